"""What do charts have in common: lines with intervals, ticks, keys, and what is said of cells without a number?"""

import functools
import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.collections import LineCollection
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedFormatter, FixedLocator, FuncFormatter, NullLocator
from numpy.typing import NDArray

from study import installed, tables, view
from study.charts.chart import MOST_ROWS
from study.frame import factor, numeric
from study.notation import duration, plain
from study.palette import Look, looks
from study.panels import FAINT
from study.tables import Results

Numbers = NDArray[np.float64]
BESIDE = 0.008  # of the axis: how far apart two backends stand at one place
ZEROS = re.compile(r"\.0+(?= )|(?<=\.\d)0+(?= )")  # at the end of a fraction


@functools.lru_cache(maxsize=64)
def lines_of(found: Results, scenario: str) -> pd.DataFrame:
    """The durations of one scenario on the most CPUs, a line for each cell and lap."""
    return tables.on_most_cpus(found.of(scenario))


@functools.lru_cache(maxsize=32)
def amounts_of(found: Results, scenario: str) -> pd.DataFrame:
    """Its bytes and shares; a cell that has neither keeps a line with lap ""."""
    counted = found.quantities.loc[found.quantities["scenario"] == scenario]
    rest = found.cells.loc[found.cells["scenario"] == scenario]
    rest = rest.loc[~rest["cell"].astype(str).isin(counted["cell"])]
    empty = rest.assign(lap="", amount=np.nan, low=np.nan, high=np.nan, blocks=0, source="", amount_unit="")
    # Two frames of which one has no line are not joined: pandas warns that the types of empty columns will count one day.
    return tables.on_most_cpus(
        pd.concat([counted, empty], ignore_index=True)
        if len(counted) and len(empty)
        else empty
        if len(empty)
        else counted
    )


def words_of(table: pd.DataFrame, name: str) -> "pd.Series[str]":
    """A factor as text."""
    return factor(table, name).astype(str)


def numbers(column: "pd.Series[Any]") -> Numbers:
    """A column as numbers, NaN where it has none."""
    return np.asarray(column.to_numpy(dtype=float, na_value=np.nan))


def numbers_of(table: pd.DataFrame, name: str) -> "pd.Series[float]":
    """A factor as numbers, NaN where it is none."""
    return numeric(factor(table, name))


def backends(table: pd.DataFrame) -> list[str]:
    """The backends of a table, plainest first."""
    return installed.in_order(table["backend"].astype(str), installed.known_backends())


def limits(values: Iterable[float], room: float = 2.5) -> tuple[float, float]:
    """A log axis that has room on both sides of what is drawn."""
    positive = [value for value in values if 0 < value < float("inf")]
    return (min(positive) / room, max(positive) * room) if positive else (1.0, 10.0)


def lines(axes: Axes, table: pd.DataFrame, y: str, low: str, high: str) -> None:
    """A line with intervals for each backend, each a little beside the next one on the log axis of x."""
    names = backends(table)[:MOST_ROWS]
    of, x, values = table["backend"].to_numpy(dtype=str), numbers(table["x"]), numbers(table[y])
    ends = numbers(table[low]), numbers(table[high])
    drawn = (x > 0) & (values > 0)
    reach = x[drawn].max() / x[drawn].min() if drawn.any() else 1.0
    step = (reach if reach > 1 else 4.0) ** BESIDE
    for position, (backend, look) in enumerate(looks(names).items()):
        at = np.flatnonzero(drawn & (of == backend))
        at = at[np.argsort(x[at], kind="stable")]
        beside = x[at] * step ** (position - (len(names) - 1) / 2)
        known = view.series(backend, table["cell"].to_numpy()[at])
        line(axes, beside, values[at], (ends[0][at], ends[1][at]), look, known)


def line(axes: Axes, x: Numbers, y: Numbers, ends: tuple[Numbers, Numbers], look: Look, known: str | None) -> None:
    """One line through the values, with intervals where there are any; `known` is what `view.series` calls it."""
    face = look.colour if look.filled else "none"
    style: dict[str, Any] = {
        "color": look.colour,
        "linestyle": look.dash,
        "marker": look.marker,
        "markerfacecolor": face,
    }
    # add_artist: `plot` and `vlines` would look for the limits of the axes, which are known.
    axes.add_artist(Line2D(x, y, **style, markersize=5.5, gid=known))
    sure = ~np.isnan(ends[0])
    if sure.any():
        spans = np.stack(
            [np.repeat(x[sure, None], 2, axis=1), np.stack([ends[0][sure], ends[1][sure]], axis=1)], axis=2
        )
        axes.add_artist(LineCollection(list(spans), colors=look.colour, linewidths=2, alpha=0.6, gid=known))


Segment = Sequence[tuple[float, float]]


def bars(axes: Axes, segments: Sequence[Segment], colour: str | Sequence[str], width: float, **style: Any) -> None:
    """Straight lines between places, so many points wide. The limits of the axes are known, as those of `line`."""
    if segments:
        axes.add_artist(LineCollection(list(segments), colors=colour, linewidths=width, **style))


def ticks(axes: Axes, places: Sequence[float], text: Callable[[float], str]) -> None:
    """Ticks on the x axis at the values that were measured, and nowhere else."""
    axes.xaxis.set_major_locator(FixedLocator(places))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: text(value)))
    if places:
        room = (places[-1] / places[0]) ** 0.08 if len(places) > 1 else 2.0
        axes.set_xlim(places[0] / room, places[-1] * room)


def named(axis: Axis, names: Sequence[str]) -> None:
    """A name at 0, 1 … and no other tick. `set_ticks` would make all of them, also where nobody draws them."""
    axis.set_major_locator(FixedLocator(range(len(names))))
    axis.set_major_formatter(FixedFormatter(list(names)))


def log_axis(axes: Axes, which: str, limits: tuple[float, float], text: Callable[[float], str], most: int = 7) -> None:
    """Make an axis logarithmic, with ticks at round numbers and no others."""
    axes.set(**{f"{which}scale": "log", f"{which}lim": limits}, gid=which)  # the page can show this axis linear
    axis = axes.xaxis if which == "x" else axes.yaxis
    axis.set_major_locator(FixedLocator(round_numbers(limits, most)))
    axis.set_minor_locator(NullLocator())
    axis.set_major_formatter(FuncFormatter(lambda value, _: text(value)))


def round_numbers(limits: tuple[float, float], most: int) -> list[float]:
    """Powers of ten within the limits, not all when there are too many; with numbers between them when there are too few."""
    exponents = range(math.floor(math.log10(limits[0])), math.ceil(math.log10(limits[1])) + 1)
    found: list[float] = []
    for parts in ((1.0,), (1.0, 3.0), (1.0, 2.0, 5.0), (1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0)):
        every = [float(f"{part}e{exponent}") for exponent in exponents for part in parts]
        found = [value for value in every if limits[0] <= value <= limits[1]]
        if len(found) > 2:
            break
    return found[:: -(-len(found) // most)]


def short(seconds: float) -> str:
    """A duration for a tick, with as few digits as tell it: 10 µs, 1.2 ms."""
    return ZEROS.sub("", duration(float(f"{seconds:.2g}")))


def handle(look: Look) -> Line2D:
    """The key of a line."""
    face = look.colour if look.filled else "none"
    return Line2D([], [], color=look.colour, marker=look.marker, linestyle=look.dash, markerfacecolor=face)


def dot(look: Look, marker: str = "", *, filled: bool | None = None) -> Line2D:
    """The key of a mark without a line."""
    face = look.colour if (look.filled if filled is None else filled) else "none"
    return Line2D(
        [], [], color=look.colour, marker=marker or look.marker, linestyle="none", markerfacecolor=face, markersize=6.5
    )


def state(marker: str, *, filled: bool) -> Line2D:
    """The key of what a marker says whatever its colour."""
    return dot(Look(FAINT, marker, "none", filled))


def legend(table: pd.DataFrame) -> list[tuple[Line2D, str]]:
    """A key for each backend that has a line somewhere."""
    with_values = backends(table.loc[table["lap"] != ""])[:MOST_ROWS]
    return [(handle(look), installed.label(backend)) for backend, look in looks(with_values).items()]


def dots_legend(table: pd.DataFrame) -> list[tuple[Line2D, str]]:
    """A key for each backend that has a mark somewhere, on a chart without lines."""
    with_values = backends(table.loc[table["lap"] != ""])[:MOST_ROWS]
    return [(dot(look), installed.label(backend)) for backend, look in looks(with_values).items()]


def without_numbers(table: pd.DataFrame, y: str, words: str) -> pd.DataFrame:
    """The table with the lines that have a time but nothing to draw made into lines without a number, in these words."""
    empty = (table["lap"] != "") & table[y].isna()
    return table.assign(lap=table["lap"].mask(empty, ""), words=table["words"].mask(empty, words))


def cell_words(lines: pd.DataFrame) -> str:
    """What is said of a cell without a number."""
    words = [text for text in lines["words"] if text]
    return words[0] if words else "not measured" if len(lines) else "not part of this run"


def notes(table: pd.DataFrame, facet: str, names: Mapping[str, str], where: Callable[[float], str] = str) -> list[str]:
    """Every cell without a number in words, those of one reason together: "Queue, Pipe · serial loop: not offered: …".

    A backend that has numbers at other places of the axis is followed by the places where it has none.
    """
    cells: dict[tuple[Any, str], list[tuple[str, float, str]]] = {}
    columns = (table[facet], table["backend"].astype(str), table["lap"], numbers(table["x"]), table["words"])
    for value, backend, lap, x, words in zip(*columns, strict=True):
        cells.setdefault((value, backend), []).append((lap, x, words))
    order = backends(table)
    places: dict[tuple[str, str], list[str]] = {}
    for value, name in names.items():
        for backend in order:
            own = cells.get((value, backend), [])
            empty = [(x, words or "not measured") for lap, x, words in own if not lap]
            if empty:
                at = sorted({x for x, _ in empty if x == x}) if len(empty) < len(own) else []
                label = f"{installed.label(backend)} at {', '.join(map(where, at))}" if at else installed.label(backend)
                places.setdefault((label, "; ".join(dict.fromkeys(words for _, words in empty))), []).append(name)
    groups: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for (label, words), facets in places.items():
        groups.setdefault((words, tuple(facets)), []).append(label)
    return [
        f"{_where(facets, names)}{', '.join(labels)}: {plain(words, 200)}" for (words, facets), labels in groups.items()
    ]


def _where(facets: Sequence[str], names: Mapping[str, str]) -> str:
    """The panels before a note; none before one that holds for all of several."""
    everywhere = len(facets) == len(names) > 1 or not any(facets)
    return "" if everywhere else f"{', '.join(facets)} · "

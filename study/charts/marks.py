"""What do charts have in common: lines with intervals, ticks, keys, and what is said of cells without a number?"""

import functools
import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.collections import LineCollection
from matplotlib.lines import Line2D
from matplotlib.text import Text
from matplotlib.ticker import FixedFormatter, FixedLocator, FuncFormatter, NullLocator
from numpy.typing import NDArray

from study import installed, tables, view
from study.charts.chart import MOST_ROWS
from study.frame import factor, numeric
from study.notation import duration, plain
from study.palette import GREY, Look, looks
from study.panels import FAINT, SMALL, Key
from study.tables import Line, Results

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


def numbers(lines: Sequence[Line], name: str) -> Numbers:
    """A column of these lines."""
    return np.array([line[name] for line in lines], dtype=float)


def numbers_of(table: pd.DataFrame, name: str) -> "pd.Series[float]":
    """A factor as numbers, NaN where it is none."""
    return numeric(factor(table, name))


def backends(lines: Iterable[Line]) -> list[str]:
    """The backends of these lines, plainest first."""
    return installed.in_order((line["backend"] for line in lines), installed.known_backends())


def measured(lines: Iterable[Line]) -> list[Line]:
    """Those that are no cell without a number."""
    return [line for line in lines if line["lap"]]


def names_of(lines: Iterable[Line], name: str) -> list[Any]:
    """What stands in one column, each once, in the order in which it is first met."""
    return list(dict.fromkeys(line[name] for line in lines))


def most_cpus(lines: Iterable[Line]) -> float | None:
    """How many CPUs the cells could use, None when it is not known."""
    return max((float(line["cpus"]) for line in lines if not pd.isna(line["cpus"])), default=None)


def places(lines: Iterable[Line], name: str = "x") -> list[float]:
    """The values of a column that a log axis has, in their order."""
    return sorted({line[name] for line in lines if line[name] > 0})


def limits(values: Iterable[float], room: float = 2.5) -> tuple[float, float]:
    """A log axis that has room on both sides of what is drawn."""
    positive = [value for value in values if 0 < value < float("inf")]
    return (min(positive) / room, max(positive) * room) if positive else (1.0, 10.0)


@dataclass(frozen=True, slots=True)
class Curve:
    """A line through values, with intervals where there are any."""

    x: Numbers
    values: Numbers
    spans: Sequence[Any]  #: from the low end to the high one, where there are any
    look: Look
    known: str | None  #: what `view.series` calls it


def curves(lines: Sequence[Line], y: str, low: str, high: str, scale: float = 1.0) -> list[Curve]:
    """A curve for each backend, each a little beside the next one on the log axis of x."""
    names = backends(lines)[:MOST_ROWS]
    drawn = sorted((line for line in lines if line["x"] > 0 and line[y] > 0), key=lambda line: line["x"])
    reach = drawn[-1]["x"] / drawn[0]["x"] if drawn else 1.0
    step = (reach if reach > 1 else 4.0) ** BESIDE
    found = []
    for position, (backend, look) in enumerate(looks(names).items()):
        own = [line for line in drawn if line["backend"] == backend]
        x = numbers(own, "x") * step ** (position - (len(names) - 1) / 2)
        ends = zip(x, numbers(own, low) * scale, numbers(own, high) * scale, strict=True)
        spans = [((at, least), (at, most)) for at, least, most in ends if least == least]
        known = view.series(backend, (line["cell"] for line in own))
        found.append(Curve(x, numbers(own, y) * scale, spans, look, known))
    return [curve for curve in found if len(curve.x)]


def draw(axes: Axes, drawn: Sequence[Curve]) -> None:
    """The curves with their intervals."""
    for curve in drawn:
        # add_artist: `plot` and `vlines` would look for the limits of the axes, which are known.
        axes.add_artist(Line2D(curve.x, curve.values, **line_style(curve.look), gid=curve.known))
        bars(axes, curve.spans, curve.look.colour, 2, alpha=0.6, gid=curve.known)


def bars(axes: Axes, segments: Sequence[Any], colour: str | Sequence[str], width: float, **style: Any) -> None:
    """Straight lines between two places each, so many points wide. The limits of the axes are known, as those of `draw`."""
    if segments:
        axes.add_artist(LineCollection(segments, colors=colour, linewidths=width, **style))


def rule(axes: Axes, way: str, value: float, **style: Any) -> None:
    """A line across the axes at a value of x or of y."""
    ends, at = (0.0, 1.0), (value, value)
    x, y = (at, ends) if way == "x" else (ends, at)
    transform = axes.get_xaxis_transform() if way == "x" else axes.get_yaxis_transform()
    look = {"color": GREY, "linestyle": "dotted", "linewidth": 1.2, "zorder": 1, **style}
    axes.add_artist(Line2D(x, y, transform=transform, **look))


def write(axes: Axes, x: float, y: float, text: str, **style: Any) -> None:
    """A small text, also beyond the axes."""
    axes.add_artist(Text(x, y, text, clip_on=False, **{"fontsize": SMALL, **style}))


def ticks(axes: Axes, label: str, places: Sequence[float], text: Callable[[float], str]) -> None:
    """Make the x axis logarithmic, with ticks at the values that were measured, and nowhere else."""
    axes.set_xscale("log")
    axes.set_xlabel(label)
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


def log_axis(
    axes: Axes, which: str, label: str, limits: tuple[float, float], text: Callable[[float], str], most: int = 7
) -> None:
    """Make an axis logarithmic, with ticks at round numbers and no others."""
    axes.set_gid(which)  # the page can show this axis linear
    getattr(axes, f"set_{which}scale")("log")
    getattr(axes, f"set_{which}lim")(limits)
    axis = axes.xaxis if which == "x" else axes.yaxis
    axis.set_label_text(label)
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
    return found[:: max(1, -(-len(found) // most))]


def short(seconds: float) -> str:
    """A duration for a tick, with as few digits as tell it: 10 µs, 1.2 ms."""
    return ZEROS.sub("", duration(float(f"{seconds:.2g}")))


def line_style(look: Look) -> dict[str, Any]:
    """How a line looks, as `Line2D` takes it."""
    face = look.colour if look.filled else "none"
    return {"color": look.colour, "marker": look.marker, "linestyle": look.dash, "markerfacecolor": face}


def dot_style(colour: str, marker: str, *, filled: bool) -> dict[str, Any]:
    """How a mark looks that stands on no line."""
    face = colour if filled else "none"
    return {"color": colour, "marker": marker, "linestyle": "none", "markerfacecolor": face, "markersize": 6.5}


def state(label: str, marker: str, *, filled: bool) -> Key:
    """The key of what a marker says whatever its colour."""
    return Key(label, dot_style(FAINT, marker, filled=filled))


def legend(lines: Iterable[Line]) -> list[Key]:
    """A key for each backend that has a line somewhere."""
    own = looks(backends(measured(lines))[:MOST_ROWS])
    return [Key(installed.label(name), line_style(look), view.series(name)) for name, look in own.items()]


def dots_legend(lines: Iterable[Line]) -> list[Key]:
    """A key for each backend that has a mark somewhere, on a chart without lines."""
    own = looks(backends(measured(lines))[:MOST_ROWS])
    return [
        Key(installed.label(name), dot_style(look.colour, look.marker, filled=look.filled), view.series(name))
        for name, look in own.items()
    ]


def without_numbers(lines: Iterable[Line], y: str, words: str) -> list[Line]:
    """The lines; those that have a time but nothing to draw made into lines without a number, in these words."""
    return [{**line, "lap": "", "words": words} if line["lap"] and line[y] != line[y] else line for line in lines]


def cell_words(lines: Sequence[Line]) -> str:
    """What is said of a cell without a number."""
    words = [line["words"] for line in lines if line["words"]]
    return words[0] if words else "not measured" if len(lines) else "not part of this run"


def notes(
    lines: Sequence[Line], facet: str, names: Mapping[Any, str], where: Callable[[float], str] = str
) -> list[str]:
    """Every cell without a number in words, those of one reason together: "Queue, Pipe · serial loop: not offered: …".

    A backend that has numbers at other places of the axis is followed by the places where it has none.
    """
    cells: dict[tuple[Any, str], list[tuple[str, float, str]]] = {}
    for line in lines:
        cells.setdefault((line[facet], line["backend"]), []).append((line["lap"], line["x"], line["words"]))
    order = backends(lines)
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

"""What do charts have in common: lines with intervals, ticks, keys, and what is said of cells without a number?"""

from collections.abc import Callable, Mapping, Sequence

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from study import installed
from study.charts.chart import MOST_ROWS
from study.notation import plain
from study.palette import Look, looks


def backends(table: pd.DataFrame) -> list[str]:
    """The backends of a table, plainest first."""
    return installed.in_order(table["backend"].astype(str), installed.known_backends())


def limits(values: "pd.Series[float]") -> tuple[float, float]:
    """A log axis that has room on both sides of what is drawn."""
    positive = values[values > 0]
    if positive.empty:
        return 1.0, 10.0
    return float(positive.min()) / 2.5, float(positive.max()) * 2.5


def lines(axes: Axes, table: pd.DataFrame, y: str, low: str, high: str, dodge: float = 0.0) -> None:
    """A line with intervals for each backend; `dodge` moves them apart, as a part of x."""
    names = backends(table)[:MOST_ROWS]
    for position, (backend, look) in enumerate(looks(names).items()):
        own = table.loc[(table["backend"].astype(str) == backend) & (table[y] > 0) & (table["x"] > 0)].sort_values("x")
        x = own["x"] * (1 + dodge * (position - (len(names) - 1) / 2))
        with_interval = own[low].notna()
        face = look.colour if look.filled else "none"
        axes.plot(x, own[y], color=look.colour, marker=look.marker, markerfacecolor=face, linestyle=look.dash)
        axes.vlines(
            x[with_interval],
            own[low][with_interval],
            own[high][with_interval],
            color=look.colour,
            linewidth=2,
            alpha=0.6,
        )


def ticks(axes: Axes, places: Sequence[float], text: Callable[[float], str]) -> None:
    """Ticks on the x axis at the values that were measured, and nowhere else."""
    axes.xaxis.set_major_locator(FixedLocator(places))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: text(value)))
    if places:
        room = (places[-1] / places[0]) ** 0.08 if len(places) > 1 else 2.0
        axes.set_xlim(places[0] / room, places[-1] * room)


def handle(look: Look) -> Line2D:
    face = look.colour if look.filled else "none"
    return Line2D([], [], color=look.colour, marker=look.marker, linestyle=look.dash, markerfacecolor=face)


def legend(table: pd.DataFrame) -> list[tuple[Line2D, str]]:
    """A key for each backend that has a line somewhere."""
    with_values = backends(table.loc[table["lap"] != ""])[:MOST_ROWS]
    return [(handle(look), installed.label(backend)) for backend, look in looks(with_values).items()]


def without_numbers(table: pd.DataFrame, y: str, words: str) -> pd.DataFrame:
    """The table with the lines that have a time but nothing to draw made into lines without a number, in these words."""
    empty = (table["lap"] != "") & table[y].isna()
    return table.assign(lap=table["lap"].mask(empty, ""), words=table["words"].mask(empty, words))


def notes(table: pd.DataFrame, facet: str, names: Mapping[str, str], where: Callable[[float], str]) -> list[str]:
    """Every cell without a number in words, those of one reason together: "Queue, Pipe · serial loop: not offered: …".

    A backend that has numbers at other places of the axis is followed by the places where it has none.
    """
    places: dict[tuple[str, str], list[str]] = {}
    for value, name in names.items():
        part = table.loc[table[facet] == value]
        for backend in backends(part.loc[part["lap"] == ""]):
            own = part.loc[part["backend"].astype(str) == backend]
            empty = own.loc[own["lap"] == ""]
            at = f" at {', '.join(where(x) for x in sorted(set(empty['x'].dropna())))}" if len(empty) < len(own) else ""
            words = "; ".join(dict.fromkeys(empty["words"].replace("", "not measured")))
            places.setdefault((installed.label(backend) + at, words), []).append(name)
    groups: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for (label, words), facets in places.items():
        groups.setdefault((words, tuple(facets)), []).append(label)
    return [
        f"{', '.join(facets)} · {', '.join(labels)}: {plain(words, 200)}" for (words, facets), labels in groups.items()
    ]

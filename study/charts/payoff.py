"""From which task length does a pool pay? Speed-up against the length of a task, and where it crosses 1."""

import math
from collections.abc import Callable, Sequence

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from study import grains, installed, view
from study.charts import finding, marks
from study.charts.chart import MOST_ROWS, Chart
from study.charts.scaling import NO_BASELINE
from study.frame import records
from study.palette import GREY, Look, looks
from study.panels import FAINT, NARROW, SMALL, Panel, lay_out
from study.strokes import RULE
from study.tables import Line, Results

SPEEDUP = ("speedup", "speedup_low", "speedup_high")
HEADINGS = {grains.DEFAULT: "The library's own chunks", grains.TUNED: "Two chunks for each worker"}
ROW, NARROW_ROW = 0.4, 0.54  # inches: a break-even, and above it what it is, on one line or on two
DROP, NARROW_DROP = 0.22, 0.34  # rows: the mark below the middle


def payoff(found: Results, title: str, width: float) -> Figure:
    """Times as fast (log) as the serial loop against the length of a task (log), above the break-even of each backend."""
    table = grains.compared(found)
    table = table.assign(x=table["serial_s"])
    pools = table.loc[~table["name"].isin(installed.baselines() | installed.floors())]
    names = marks.backends(pools.loc[pools["lap"] != ""])[:MOST_ROWS]
    crossings = grains.crossings(found)
    places = sorted(set(table["x"][table["x"] > 0]))
    narrow = width < 2 * NARROW
    above = [
        Panel(heading, 2.6, _curves(grains.curves(table, lap), places, _limits(table), _cpus(table)))
        for lap, heading in HEADINGS.items()
    ]
    height = max(1, len(names)) * (NARROW_ROW if narrow else ROW)
    below = [
        Panel("… and pays from tasks of this length on", height, _crossings(records(own), names, places, narrow))
        for lap in HEADINGS
        for own in [crossings.loc[crossings["lap"] == lap]]
    ]
    panels = [above[0], below[0], above[1], below[1]] if narrow else [*above, *below]
    legend = [
        *marks.legend(pools),
        (Line2D([], [], color=GREY, linestyle="dotted"), "serial loop"),
        (Line2D([], [], color=FAINT, linestyle="dashdot"), "usable CPUs"),
    ]
    notes = marks.notes(_noted(table), "facet", {"": ""}, lambda task: marks.short(task * 1e-6))
    return lay_out(title, panels, width=width, columns=1 if narrow else 2, left=0.5, legend=legend, notes=notes)


def _noted(table: pd.DataFrame) -> pd.DataFrame:
    """The table with the places where a backend has no number in words."""
    told = marks.without_numbers(table, "speedup", NO_BASELINE)
    return told.assign(facet="", x=table["task"])


def _cpus(table: pd.DataFrame) -> float | None:
    return float(table["cpus"].dropna().max()) if table["cpus"].notna().any() else None


def _limits(table: pd.DataFrame) -> tuple[float, float]:
    """One for both kinds of chunks; 1 is within."""
    return marks.limits([*table[list(SPEEDUP)].to_numpy(dtype=float).ravel(), 1.0], 1.15)


def _curves(
    table: pd.DataFrame, places: Sequence[float], limits: tuple[float, float], cpus: float | None
) -> Callable[[Axes], None]:
    def draw(axes: Axes) -> None:
        axes.axhline(1, color=GREY, linestyle="dotted", linewidth=1.6, zorder=1, gid=RULE)
        if cpus is not None:
            axes.axhline(float(cpus), color=FAINT, linestyle="dashdot", linewidth=1.2, zorder=1, gid=RULE)
        marks.lines(axes, table, *SPEEDUP)
        axes.set(xscale="log", xlabel="length of a task in the serial loop", ylabel="times as fast as the serial loop")
        marks.log_axis(axes, "y", limits, "{:g}".format)
        marks.ticks(axes, places, marks.short)

    return draw


def _crossings(
    lines: Sequence[Line], names: Sequence[str], places: Sequence[float], narrow: bool
) -> Callable[[Axes], None]:
    own, by_name = looks(names), {str(line["name"]): line for line in lines}
    drop, between = (NARROW_DROP, "\n") if narrow else (DROP, ": ")

    def draw(axes: Axes) -> None:
        for row, name in enumerate(names):
            line = by_name.get(name)
            if line is not None:
                _crossing(axes, row + drop, line, own[name], places, view.series(name))
            words = f"{installed.label(name)}{between}{grains.told(line) if line else 'no number'}"
            axes.text(0.01, row - 0.45, words, transform=axes.get_yaxis_transform(), fontsize=SMALL, va="top")
        axes.set(xscale="log", ylim=(max(1, len(names)) - 0.5, -0.5), xlabel="length of a task in the serial loop")
        marks.ticks(axes, places, marks.short)
        marks.named(axes.yaxis, ())

    return draw


def _crossing(axes: Axes, y: float, line: Line, look: Look, places: Sequence[float], known: str | None) -> None:
    """The break-even with its interval, as far as the axis goes."""
    value, low, high = line["seconds"], line["low"], line["high"]
    if low == low and high == high and not (high == 0 or math.isinf(low)):
        axes.hlines(
            y,
            max(low, places[0] / 10),
            min(high, places[-1] * 10),
            color=look.colour,
            linewidth=2.2,
            alpha=0.6,
            gid=known,
        )
    if 0 < value < math.inf:
        face = look.colour if look.filled else "none"
        axes.plot([value], [y], color=look.colour, marker=look.marker, markerfacecolor=face, markersize=6.5, gid=known)


def _found(found: Results) -> str:
    return " ".join(grains.sentences(found)) or finding.NO_NUMBER


CHART = Chart(
    "payoff",
    "From which task length does a pool pay?",
    grains.SCENARIO,
    payoff,
    _found,
    "Equal tasks of pure Python, which take and return an integer, in a pool that is up, with a worker for each usable CPU; each "
    "pool is compared with the serial loop of the same blocks. A break-even lies between two lengths that were measured, on a "
    "straight line between their logarithms; its interval is where the ends of the intervals cross 1.",
    "Tasks that wait, or let the GIL go, pay with threads too: see the scaling. Larger arguments make messages dearer and "
    "move the break-even to longer tasks; the start of the pool is not included.",
)

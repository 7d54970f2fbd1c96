"""From which task length does a pool pay? Speed-up against the length of a task, and where it crosses 1."""

import dataclasses
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from study import grains, installed, view
from study.charts import finding, marks
from study.charts.chart import MOST_ROWS, Chart
from study.charts.scaling import NO_BASELINE, SPEEDUP
from study.frame import records
from study.palette import GREY, Look, looks
from study.panels import FAINT, NARROW, Key, Panel, Shown, lay_out
from study.strokes import RULE
from study.tables import Line, Results

HEADINGS = {grains.DEFAULT: "The library's own chunks", grains.TUNED: "Two chunks for each worker"}
ROW, NARROW_ROW = 0.4, 0.54  # inches: a break-even, and above it what it is, on one line or on two
DROP, NARROW_DROP = 0.22, 0.34  # rows: the mark below the middle
Below = Callable[[bool], list[Panel]]  # the break-evens, on a narrow chart or not


def payoff(shown: tuple[Shown, Below], title: str, width: float) -> Figure:
    """Times as fast (log) as the serial loop against the length of a task (log), above the break-even of each backend."""
    narrow = width < 2 * NARROW
    above, below = shown[0].panels, shown[1](narrow)
    panels = [above[0], below[0], above[1], below[1]] if narrow else [*above, *below]
    whole = dataclasses.replace(shown[0], panels=panels)
    return lay_out(title, whole, width=width, columns=1 if narrow else 2, left=0.5)


def _shown(found: Results) -> tuple[Shown, Below]:
    table = grains.compared(found).assign(facet="")
    table = table.assign(x=table["serial_s"])
    lines, told = records(table), records(grains.crossings(found))
    pools = [line for line in lines if line["backend"] not in installed.baselines() | installed.floors()]
    names = marks.backends(marks.measured(pools))[:MOST_ROWS]
    limits = marks.limits([*(line[end] for line in lines for end in SPEEDUP), 1.0], 1.15)  # 1 is within
    places, cpus = marks.places(lines), marks.most_cpus(lines)
    curves = {lap: _curves(records(grains.curves(table, lap)), places, limits, cpus) for lap in HEADINGS}
    crossings = {lap: {str(line["name"]): line for line in told if line["lap"] == lap} for lap in HEADINGS}

    def below(narrow: bool) -> list[Panel]:
        height = max(1, len(names)) * (NARROW_ROW if narrow else ROW)
        heading = "… and pays from tasks of this length on"
        return [Panel(heading, height, _crossings(crossings[lap], names, places, narrow)) for lap in HEADINGS]

    rules = [
        Key("serial loop", {"color": GREY, "linestyle": "dotted"}),
        Key("usable CPUs", {"color": FAINT, "linestyle": "dashdot"}),
    ]
    noted = marks.without_numbers(({**line, "x": line["task"]} for line in lines), "speedup", NO_BASELINE)
    notes = marks.notes(noted, "facet", {"": ""}, lambda task: marks.short(task * 1e-6))
    above = [Panel(heading, 2.6, curves[lap]) for lap, heading in HEADINGS.items()]
    return Shown(above, [*marks.legend(pools), *rules], notes), below


def _curves(
    lines: Sequence[Line], places: Sequence[float], limits: tuple[float, float], cpus: float | None
) -> Callable[[Axes], None]:
    curves = marks.curves(lines, *SPEEDUP)

    def draw(axes: Axes) -> None:
        marks.rule(axes, "y", 1, linewidth=1.6, gid=RULE)
        if cpus is not None:
            marks.rule(axes, "y", cpus, color=FAINT, linestyle="dashdot", gid=RULE)
        marks.draw(axes, curves)
        marks.log_axis(axes, "y", "times as fast as the serial loop", limits, "{:g}".format)
        marks.ticks(axes, "length of a task in the serial loop", places, marks.short)

    return draw


def _crossings(
    lines: Mapping[str, Line], names: Sequence[str], places: Sequence[float], narrow: bool
) -> Callable[[Axes], None]:
    own = looks(names)
    drop, between = (NARROW_DROP, "\n") if narrow else (DROP, ": ")

    def draw(axes: Axes) -> None:
        across = axes.get_yaxis_transform()
        for row, name in enumerate(names):
            line = lines.get(name)
            if line is not None:
                _crossing(axes, row + drop, line, own[name], places, view.series(name))
            words = f"{installed.label(name)}{between}{grains.told(line) if line else 'no number'}"
            marks.write(axes, 0.01, row - 0.45, words, transform=across, va="top")
        axes.set_ylim(max(1, len(names)) - 0.5, -0.5)
        marks.ticks(axes, "length of a task in the serial loop", places, marks.short)
        marks.named(axes.yaxis, ())

    return draw


def _crossing(axes: Axes, y: float, line: Line, look: Look, places: Sequence[float], known: str | None) -> None:
    """The break-even with its interval, as far as the axis goes."""
    value, low, high = line["seconds"], line["low"], line["high"]
    if low == low and high == high and not (high == 0 or math.isinf(low)):
        ends = max(low, places[0] / 10), min(high, places[-1] * 10)
        marks.bars(axes, [[(end, y) for end in ends]], look.colour, 2.2, alpha=0.6, gid=known)
    if 0 < value < math.inf:
        face = look.colour if look.filled else "none"
        style: dict[str, Any] = {"color": look.colour, "marker": look.marker, "markerfacecolor": face}
        axes.add_artist(Line2D([value], [y], **style, markersize=6.5, gid=known))


def _found(found: Results) -> str:
    return " ".join(grains.sentences(found)) or finding.NO_NUMBER


CHART = Chart(
    "payoff",
    "From which task length does a pool pay?",
    grains.SCENARIO,
    _shown,
    payoff,
    _found,
    "Equal tasks of pure Python, which take and return an integer, in a pool that is up, with a worker for each usable CPU; each "
    "pool is compared with the serial loop of the same blocks. A break-even lies between two lengths that were measured, on a "
    "straight line between their logarithms; its interval is where the ends of the intervals cross 1.",
    "Tasks that wait, or let the GIL go, pay with threads too: see the scaling. Larger arguments make messages dearer and "
    "move the break-even to longer tasks; the start of the pool is not included.",
)

"""How much memory does each further worker take? A line for each backend against the number of workers."""

import dataclasses
from collections.abc import Callable, Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from study import tables
from study.charts import finding, marks
from study.charts.chart import Chart
from study.frame import records
from study.notation import number
from study.panels import NARROW, Panel, Shown, in_columns
from study.tables import Line, Results

KINDS = {
    tables.FURTHER_WORKER: "Each further worker, shared pages in parts (PSS)",
    "further worker, USS": "What is its own alone (USS)",
    "further worker, RSS": "Each further worker, everything it sees (RSS)",
}
ENDS = ("amount", "low", "high")
MB = 1e-6
LEAST_MB = 0.01  # what is less is drawn there: a log axis has no 0


def memory(shown: Shown, title: str, width: float) -> Figure:
    """A panel for each way of counting, with a short heading on a narrow chart."""
    if width < 2 * NARROW:
        panels = [dataclasses.replace(panel, heading=_short(panel.heading)) for panel in shown.panels]
        shown = dataclasses.replace(shown, panels=panels)
    return in_columns(2, 0.7)(shown, title, width)


def _shown(found: Results) -> Shown:
    """Megabytes (log) of each further worker against their number."""
    table = marks.amounts_of(found, "memory")
    columns = {name: (table[name] * MB).clip(lower=LEAST_MB) for name in ENDS}
    lines = records(table.assign(x=marks.numbers_of(table, "width"), facet="", **columns))
    own = {lap: [line for line in lines if line["lap"] == lap] for lap in KINDS}
    shown = [lap for lap in KINDS if own[lap]] or list(KINDS)[:1]
    limits, places = marks.limits(line["amount"] for lap in shown for line in own[lap]), marks.places(lines)
    panels = [Panel(KINDS[lap], 2.6, _drawer(own[lap], places, limits)) for lap in shown]
    notes = marks.notes(lines, "facet", {"": ""}, lambda width: f"{width:g} workers")
    return Shown(panels, marks.legend(lines), notes)


def _short(heading: str) -> str:
    last = heading.rsplit(", ", maxsplit=1)[-1]
    return last[0].upper() + last[1:]


def _drawer(lines: Sequence[Line], places: Sequence[float], limits: tuple[float, float]) -> Callable[[Axes], None]:
    curves = marks.curves(lines, *ENDS)

    def draw(axes: Axes) -> None:
        marks.draw(axes, curves)
        marks.log_axis(axes, "y", "MB for each", limits, lambda value: "≤ 0.01" if value <= LEAST_MB else f"{value:g}")
        marks.ticks(axes, "workers", places, "{:g}".format)

    return draw


def _found(found: Results) -> str:
    table = marks.amounts_of(found, "memory")
    table = table.assign(x=marks.numbers_of(table, "width"))
    kinds = [lap for lap in KINDS if (table["lap"] == lap).any()]
    if not kinds:
        return finding.NO_NUMBER
    own = table.loc[table["lap"] == kinds[0]]
    own = own.loc[own["x"] == own["x"].max()]
    if own.empty:
        return finding.NO_NUMBER
    ordered = records(own.sort_values("amount", kind="stable"))
    said = finding.amounts(own, f"With {own['x'].max():g} workers each further one takes", "MB", MB)
    most = ordered[-1]
    fit = tables.GB / most["amount"] if most["amount"] > 0 else 0
    return f"{said} {number(fit)} workers of {finding.name(most)} fill 1 GB." if fit else said


CHART = Chart(
    "memory",
    "How much memory does each further worker take?",
    "memory",
    _shown,
    memory,
    _found,
    "All workers stand still while the system is asked about every process of the group. The first worker is left out: it "
    "brings along what all others use, such as a resource tracker or a fork server. Less than 0.01 MB is drawn as 0.01.",
    "What your own modules and data take: the main module imports nothing. A forked worker's share grows with what it writes to.",
)

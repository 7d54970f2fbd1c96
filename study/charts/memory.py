"""How much memory does each further worker take? A line for each backend against the number of workers."""

from collections.abc import Callable

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from study import tables
from study.charts import finding, marks
from study.charts.chart import Chart
from study.frame import records
from study.notation import number
from study.panels import NARROW, Panel, lay_out
from study.tables import Results

KINDS = {
    tables.FURTHER_WORKER: "Each further worker, shared pages in parts (PSS)",
    "further worker, USS": "What is its own alone (USS)",
    "further worker, RSS": "Each further worker, everything it sees (RSS)",
}
MB = 1e-6
LEAST_MB = 0.01  # what is less is drawn there: a log axis has no 0


def memory(found: Results, title: str, width: float) -> Figure:
    """Megabytes (log) of each further worker against their number: a panel for each way of counting."""
    table = marks.amounts_of(found, "memory")
    table = table.assign(x=marks.numbers_of(table, "width"), facet="")
    for column in ("amount", "low", "high"):
        table[column] = (table[column] * MB).clip(lower=LEAST_MB)
    shown = [lap for lap in KINDS if (table["lap"] == lap).any()] or list(KINDS)[:1]
    limits = marks.limits(table["amount"][table["lap"].isin(shown)])
    places = sorted(set(table["x"][table["x"] > 0]))
    narrow = width < 2 * NARROW
    panels = [
        Panel(
            _short(KINDS[lap]) if narrow else KINDS[lap],
            2.6,
            _drawer(table.loc[table["lap"] == lap], places, limits),
        )
        for lap in shown
    ]
    notes = marks.notes(table, "facet", {"": ""}, lambda width: f"{width:g} workers")
    columns = 1 if narrow else min(2, len(panels))
    return lay_out(title, panels, width=width, columns=columns, left=0.7, legend=marks.legend(table), notes=notes)


def _short(heading: str) -> str:
    last = heading.rsplit(", ", maxsplit=1)[-1]
    return last[0].upper() + last[1:]


def _drawer(table: pd.DataFrame, places: list[float], limits: tuple[float, float]) -> Callable[[Axes], None]:
    def draw(axes: Axes) -> None:
        marks.lines(axes, table, "amount", "low", "high")
        axes.set(xscale="log", xlabel="workers", ylabel="MB for each")
        marks.log_axis(axes, "y", limits, lambda value: "≤ 0.01" if value <= LEAST_MB else f"{value:g}")
        marks.ticks(axes, places, "{:g}".format)

    return draw


def _found(found: Results) -> str:
    table = marks.amounts_of(found, "memory")
    table = table.assign(x=marks.numbers_of(table, "width"))
    kinds = [lap for lap in KINDS if (table["lap"] == lap).any()]
    if not kinds:
        return finding.NO_NUMBER
    own = table.loc[(table["lap"] == kinds[0]) & (table["x"] == table["x"].max())]
    ordered = records(own.sort_values("amount", kind="stable"))
    said = finding.amounts(own, f"With {table['x'].max():g} workers each further one takes", "MB", MB)
    most = ordered[-1]
    fit = tables.GB / most["amount"] if most["amount"] > 0 else 0
    return f"{said} {number(fit)} workers of {finding.name(most)} fill 1 GB." if fit else said


CHART = Chart(
    "memory",
    "How much memory does each further worker take?",
    "memory",
    memory,
    _found,
    "All workers stand still while the system is asked about every process of the group. The first worker is left out: it "
    "brings along what all others use, such as a resource tracker or a fork server. Less than 0.01 MB is drawn as 0.01.",
    "What your own modules and data take: the main module imports nothing. A forked worker's share grows with what it writes to.",
)

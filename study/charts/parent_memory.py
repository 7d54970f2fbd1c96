"""What does memory in use by the parent cost a start? A line for each start method, and what the first write costs."""

from collections.abc import Callable

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from study.charts import finding, marks
from study.charts.chart import MOST_PANELS, Chart
from study.notation import plain
from study.panels import NARROW, Panel, lay_out
from study.tables import Results

FORMS = {"worker": "A worker is at work", "pool": "A pool of one is at work"}
FIRST_WRITE = "first write to a page"


def parent_memory(found: Results, title: str, width: float) -> Figure:
    """Milliseconds (log) of a start, and microseconds (log) of the first write, against megabytes in use (log)."""
    table = _with_places(marks.lines_of(found, "parent_memory"))
    panels = [
        Panel(FORMS.get(form, plain(form, 40)), 2.1, _drawer(own.loc[own["lap"].isin(["ready", ""])], places, 1e3))
        for places in [_places(table)]
        for form in list(dict.fromkeys(table["form"]))[:MOST_PANELS]
        for own in [table.loc[table["form"] == form]]
    ]
    written = table.loc[table["lap"] == FIRST_WRITE]
    if len(written):
        panels.append(Panel("The worker's first write to a page", 2.1, _drawer(written, _places(table), 1e6)))
    notes = marks.notes(table, "form", dict.fromkeys(dict.fromkeys(table["form"]), ""), _megabytes)
    columns = 1 if width < 2 * NARROW else min(2, len(panels))
    return lay_out(title, panels, width=width, columns=columns, left=0.62, legend=marks.legend(table), notes=notes)


def _with_places(table: pd.DataFrame) -> pd.DataFrame:
    """With form as text, and x, the megabytes in use: none of them, which a log axis does not have, stands a decade lower."""
    touched = marks.numbers_of(table, "touched_mb")
    least = touched[touched > 0].min()
    return table.assign(
        form=marks.words_of(table, "form"), x=touched.mask(touched == 0, least / 10 if least == least else 1.0)
    )


def _places(table: pd.DataFrame) -> dict[float, float]:
    """Where each amount stands on the axis."""
    touched = marks.numbers_of(table, "touched_mb")
    return {float(x): float(value) for x, value in sorted(zip(table["x"], touched, strict=True)) if x > 0}


def _drawer(table: pd.DataFrame, places: dict[float, float], scale: float) -> Callable[[Axes], None]:
    scaled = table.assign(**{name: table[name] * scale for name in ("seconds", "low", "high")})

    def draw(axes: Axes) -> None:
        marks.lines(axes, scaled, "seconds", "low", "high")
        axes.set(xscale="log", xlabel="MB in use by the parent", ylabel="milliseconds" if scale == 1e3 else "µs")
        marks.log_axis(axes, "y", marks.limits(scaled["seconds"]), "{:g}".format)
        marks.ticks(axes, list(places), lambda x: f"{places.get(x, x):g}")

    return draw


def _megabytes(x: float) -> str:
    return f"{x:g} MB"


def _found(found: Results) -> str:
    table = _with_places(marks.lines_of(found, "parent_memory"))
    table = table.loc[(table["lap"] == "ready") & (table["seconds"] > 0) & (table["form"] == "worker")]
    said = []
    for backend in marks.backends(table):
        own = table.loc[table["backend"].astype(str) == backend].sort_values("x").to_dict("records")
        if len(own) > 1:
            told = finding.change(own[0]["seconds"], own[-1]["seconds"])
            said.append(f"{finding.name(own[0])} {told}{finding.compared(found, own[0], own[-1])}")
    most = marks.numbers_of(table, "touched_mb").max()
    return f"With {most:g} MB in use by the parent a start takes: {'; '.join(said)}." if said else finding.NO_NUMBER


CHART = Chart(
    "parent-memory",
    "What does memory that the parent already uses cost each start?",
    "parent_memory",
    parent_memory,
    _found,
    "The parent writes to so many megabytes and then starts a worker, which stamps the clock and writes to a hundred pages.",
    "Memory that was asked for and never written to costs nothing. Where lines cross, the sooner start changes sides.",
)

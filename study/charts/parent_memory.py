"""What does memory in use by the parent cost a start? A line for each start method, and what the first write costs."""

import itertools
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from study.charts import finding, marks
from study.charts.chart import MOST_PANELS, Chart
from study.frame import records
from study.notation import plain
from study.panels import FAINT, NARROW, Panel, lay_out
from study.summary import CELL_LEVEL, ratio
from study.tables import Line, Results

FORMS = {"worker": "A worker is at work", "pool": "A pool of one is at work"}
FIRST_WRITE = "first write to a page"
SHADE = 0.15  # how dark it is where two backends change sides


class Change(NamedTuple):
    """Two backends that change sides between two amounts of memory, each with its line where it is the sooner one."""

    less: Line
    more: Line


def parent_memory(found: Results, title: str, width: float) -> Figure:
    """Milliseconds (log) of a start, and microseconds (log) of the first write, against megabytes in use (log)."""
    table = _with_places(marks.lines_of(found, "parent_memory"))
    panels, changed = [], False
    for form in list(dict.fromkeys(table["form"]))[:MOST_PANELS]:
        ready = table.loc[(table["form"] == form) & table["lap"].isin(["ready", ""])]
        spans = sorted({(one.less["x"], one.more["x"]) for one in _changes(found, ready)})
        changed = changed or bool(spans)
        panels.append(Panel(FORMS.get(form, plain(form, 40)), 2.1, _drawer(ready, _places(table), 1e3, spans)))
    written = table.loc[table["lap"] == FIRST_WRITE]
    if len(written):
        panels.append(Panel("The worker's first write to a page", 2.1, _drawer(written, _places(table), 1e6)))
    notes = marks.notes(table, "form", dict.fromkeys(dict.fromkeys(table["form"]), ""), _megabytes)
    columns = 1 if width < 2 * NARROW else min(2, len(panels))
    span = (Line2D([], [], color=FAINT, alpha=SHADE, linewidth=7), "here two of them change sides")
    legend = [*marks.legend(table), *([span] if changed else [])]
    return lay_out(title, panels, width=width, columns=columns, left=0.62, legend=legend, notes=notes)


def _changes(found: Results, ready: pd.DataFrame) -> list[Change]:
    """Between which neighbouring amounts of memory the blocks tell that two backends change sides."""
    lines: dict[float, dict[str, Any]] = {}
    for line in records(ready.loc[ready["seconds"] > 0].sort_values("x", kind="stable")):
        lines.setdefault(line["x"], {})[str(line["backend"])] = line
    return [
        Change(less[one], more[other])
        for less, more in itertools.pairwise(lines.values())
        for one, other in itertools.permutations([name for name in less if name in more], 2)
        if _is_sooner(found, less[one], less[other]) and _is_sooner(found, more[other], more[one])
    ]


def _is_sooner(found: Results, one: Line, other: Line) -> bool:
    a, b = found.paired(one["run"], (one["cell"], one["lap"]), (other["cell"], other["lap"]))
    low = ratio(a, b, CELL_LEVEL).low if len(a) else None
    return low is not None and low > 1


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


def _drawer(
    table: pd.DataFrame, places: dict[float, float], scale: float, spans: Sequence[tuple[float, float]] = ()
) -> Callable[[Axes], None]:
    scaled = table.assign(**{name: table[name] * scale for name in ("seconds", "low", "high")})

    def draw(axes: Axes) -> None:
        for low, high in spans:
            axes.axvspan(low, high, color=FAINT, alpha=SHADE, linewidth=0, zorder=0)
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
    touched = {float(x): value for x, value in zip(table["x"], marks.numbers_of(table, "touched_mb"), strict=True)}
    for backend in marks.backends(table):
        own = records(table.loc[table["backend"].astype(str) == backend].sort_values("x"))
        if len(own) > 1:
            told = finding.change(own[0]["seconds"], own[-1]["seconds"])
            said.append(f"{finding.name(own[0])} {told}{finding.compared(found, own[0], own[-1])}")
    if not said:
        return finding.NO_NUMBER
    changes = [
        f" With {touched[one.less['x']]:g} MB {finding.name(one.less)} starts sooner than {finding.name(one.more)}, with "
        f"{touched[one.more['x']]:g} MB later."
        for one in _changes(found, table)
    ]
    most = max(touched.values())
    return f"With {most:g} MB in use by the parent a start takes: {'; '.join(said)}.{''.join(changes)}"


CHART = Chart(
    "parent-memory",
    "What does memory that the parent already uses cost each start?",
    "parent_memory",
    parent_memory,
    _found,
    "The parent writes to so many megabytes and then starts a worker, which stamps the clock and writes to a hundred pages.",
    "Memory that was asked for and never written to costs nothing. Where they change sides lies somewhere in the span: only its "
    "ends were measured.",
)

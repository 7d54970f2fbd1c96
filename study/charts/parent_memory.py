"""What does memory in use by the parent cost a start? A line for each start method, and what the first write costs."""

import itertools
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from study.charts import finding, marks
from study.charts.chart import MOST_PANELS, Chart
from study.frame import records
from study.notation import plain
from study.panels import FAINT, Key, Panel, Shown, in_columns
from study.summary import CELL_LEVEL, ratio
from study.tables import Line, Results, once

FORMS = {"worker": "A worker is at work", "pool": "A pool of one is at work"}
FIRST_WRITE = "first write to a page"
SHADE = 0.15  # how dark it is where two backends change sides


class Change(NamedTuple):
    """Two backends that change sides between two amounts of memory, each with its line where it is the sooner one."""

    less: Line
    more: Line


def parent_memory(found: Results) -> Shown:
    """Milliseconds (log) of a start, and microseconds (log) of the first write, against megabytes in use (log)."""
    lines = _with_places(found)
    forms = marks.names_of(lines, "form")
    touched = {line["x"]: line["touched"] for line in lines}
    places = {x: touched[x] for x in marks.places(lines)}
    panels, changed = [], False
    for form in forms[:MOST_PANELS]:
        ready = [line for line in lines if line["form"] == form and line["lap"] in ("ready", "")]
        spans = sorted({(one.less["x"], one.more["x"]) for one in _changes(found, ready)})
        changed = changed or bool(spans)
        panels.append(Panel(FORMS.get(form, plain(form, 40)), 2.1, _drawer(ready, places, 1e3, spans)))
    written = [line for line in lines if line["lap"] == FIRST_WRITE]
    if written:
        panels.append(Panel("The worker's first write to a page", 2.1, _drawer(written, places, 1e6)))
    span = Key("here two of them change sides", {"color": FAINT, "alpha": SHADE, "linewidth": 7})
    legend = [*marks.legend(lines), *([span] if changed else [])]
    return Shown(panels, legend, marks.notes(lines, "form", dict.fromkeys(forms, ""), _megabytes))


def _changes(found: Results, ready: Sequence[Line]) -> list[Change]:
    """Between which neighbouring amounts of memory the blocks tell that two backends change sides."""
    at: dict[float, dict[str, Line]] = {}
    for line in sorted((line for line in ready if line["seconds"] > 0), key=lambda line: line["x"]):
        at.setdefault(line["x"], {})[line["backend"]] = line
    return [
        Change(less[one], more[other])
        for less, more in itertools.pairwise(at.values())
        for one, other in itertools.permutations([name for name in less if name in more], 2)
        if _is_sooner(found, less[one], less[other]) and _is_sooner(found, more[other], more[one])
    ]


def _is_sooner(found: Results, one: Line, other: Line) -> bool:
    a, b = found.paired(one["run"], (one["cell"], one["lap"]), (other["cell"], other["lap"]))
    low = ratio(a, b, CELL_LEVEL).low if len(a) else None
    return low is not None and low > 1


@once
def _with_places(found: Results) -> list[Line]:
    """With form as text, and x, where the megabytes in use (touched) stand: none of them a decade lower, on a log axis."""
    table = marks.lines_of(found, "parent_memory")
    touched = marks.numbers_of(table, "touched_mb")
    least = touched[touched > 0].min()
    x = touched.mask(touched == 0, least / 10 if least == least else 1.0)
    return list(records(table.assign(form=marks.words_of(table, "form"), touched=touched, x=x)))


def _drawer(
    lines: Sequence[Line], places: Mapping[float, float], scale: float, spans: Sequence[tuple[float, float]] = ()
) -> Callable[[Axes], None]:
    curves = marks.curves(lines, "seconds", "low", "high", scale)
    limits = marks.limits(line["seconds"] * scale for line in lines)

    def draw(axes: Axes) -> None:
        upright = axes.get_xaxis_transform()
        for low, high in spans:
            span = Rectangle((low, 0), high - low, 1, color=FAINT, alpha=SHADE, linewidth=0, transform=upright)
            axes.add_artist(span).set_zorder(0)
        marks.draw(axes, curves)
        marks.log_axis(axes, "y", "milliseconds" if scale == 1e3 else "µs", limits, "{:g}".format)
        marks.ticks(axes, "MB in use by the parent", sorted(places), lambda x: f"{places.get(x, x):g}")

    return draw


def _megabytes(x: float) -> str:
    return f"{x:g} MB"


def _found(found: Results) -> str:
    lines = [line for line in _with_places(found) if line["lap"] == "ready" and line["form"] == "worker"]
    lines = [line for line in lines if line["seconds"] > 0]
    most, said = max((line["touched"] for line in lines), default=0.0), []
    for backend in marks.backends(lines):
        own = sorted((line for line in lines if line["backend"] == backend), key=lambda line: line["x"])
        if len(own) > 1:
            told = finding.change(own[0]["seconds"], own[-1]["seconds"])
            where = "" if own[-1]["touched"] == most else f" (with {own[-1]['touched']:g} MB)"
            said.append(f"{finding.name(own[0])} {told}{where}{finding.compared(found, own[0], own[-1])}")
    if not said:
        return finding.NO_NUMBER
    changes = [
        f" With {one.less['touched']:g} MB {finding.name(one.less)} starts sooner than {finding.name(one.more)}, with "
        f"{one.more['touched']:g} MB later."
        for one in _changes(found, lines)
    ]
    return f"With {most:g} MB in use by the parent a start takes: {'; '.join(said)}.{''.join(changes)}"


CHART = Chart(
    "parent-memory",
    "What does memory that the parent already uses cost each start?",
    "parent_memory",
    parent_memory,
    in_columns(2, 0.62),
    _found,
    "The parent writes to so many megabytes and then starts a worker, which stamps the clock and writes to a hundred pages.",
    "Memory that was asked for and never written to costs nothing. Where they change sides lies somewhere in the span: only its "
    "ends were measured.",
)

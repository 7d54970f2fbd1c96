"""How far does a pool scale? A panel for each workload and kind of chunks, a line for each backend."""

import math
from collections.abc import Callable, Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from study import installed, tables
from study.charts import finding, marks, rows
from study.charts.chart import MOST_ROWS, Chart
from study.frame import records
from study.notation import number, plain
from study.palette import GREY, looks
from study.panels import FAINT, NARROW, Key, Panel, Shown, lay_out
from study.tables import NAN, Line, Results, once

MOST_WORKLOADS = 3  # side by side, each with its heading
WORKLOADS = {"cpu": "Pure Python", "hash": "C code without the GIL", "wait": "Waiting"}
IN_COMMON = {
    "shared": "All read one object",
    "lock1": "One lock, 1 % of the time",
    "lock10": "One lock, 10 % of the time",
}
CHUNKS = {"default chunks": "default chunks", "tuned chunks": "tuned chunks"}
BOUND_DASHES: tuple[Any, ...] = ("dashdot", "dashed", (0, (1, 3)), (0, (8, 4)))
Drawn = tuple[dict[tuple[str, str], Callable[[Axes], None]], list[Key], list[str]]
SPEEDUP = ("speedup", "speedup_low", "speedup_high")
NO_BASELINE = "measured, but no block has the serial loop to compare it with"


def scaling(drawn: Drawn, title: str, width: float) -> Figure:
    """Speed-up over the serial loop against workers: a panel for each workload and kind of chunks, a line for each backend."""
    drawers, legend, notes = drawn
    narrow = width < 2 * NARROW
    pairs = list(drawers) if narrow else sorted(drawers, key=lambda pair: list(CHUNKS).index(pair[1]))
    panels = [Panel(_scaling_heading(*pair, narrow), 1.7, drawers[pair]) for pair in pairs]
    columns = 2 if narrow else max(1, len(drawers) // len(CHUNKS))
    return lay_out(title, Shown(panels, legend, notes), width=width, columns=columns, left=0.5)


def _drawn(found: Results) -> Drawn:
    """What is drawn of each workload and kind of chunks, and the legend and notes of it all."""
    every = _lines(found)
    workloads = _scaled(every)[:MOST_WORKLOADS]
    lines = [line for line in every if line["workload"] in workloads]
    bounds, places = _bounds(found, lines), marks.places(lines)
    drawers = {}
    for workload in workloads:
        own = [line for line in lines if line["workload"] == workload]
        top = max(
            1.2, max((line[end] for line in own for end in SPEEDUP if line[end] == line[end]), default=0.0) * 1.08
        )
        for lap in CHUNKS:
            pools = [line for line in _pools(own) if line["lap"] == lap]
            drawers[workload, lap] = _drawer(marks.curves(pools, *SPEEDUP), top, places, list(bounds))
    rules = [Key("serial loop", {"color": GREY, "linestyle": "dotted"})]
    rules += [
        Key(f"{', '.join(names)}: {bound:g}", {"color": FAINT, "linestyle": dash})
        for (bound, names), dash in zip(bounds.items(), BOUND_DASHES, strict=False)
    ]
    names = {workload: WORKLOADS.get(workload, plain(workload, 30)) for workload in workloads}
    notes = marks.notes(marks.without_numbers(lines, "speedup", NO_BASELINE), "workload", names, _workers)
    return drawers, [*marks.legend(_pools(lines)), *rules], notes


def _drawer(
    curves: Sequence[marks.Curve], top: float, places: Sequence[float], bounds: Sequence[float]
) -> Callable[[Axes], None]:
    def draw(axes: Axes) -> None:
        marks.draw(axes, curves)
        axes.set_ylim(0, top if math.isfinite(top) else 1.2)
        axes.set_ylabel("times as fast")
        marks.ticks(axes, "workers", places, "{:g}".format)
        marks.rule(axes, "y", 1)
        for bound, dash in zip(bounds, BOUND_DASHES, strict=False):
            marks.rule(axes, "x", bound, color=FAINT, linestyle=dash)

    return draw


@once
def _lines(found: Results) -> list[Line]:
    """With x, the number of workers, and workload as text."""
    table = tables.on_most_cpus(tables.scaling(found))
    return list(records(table.assign(x=marks.numbers_of(table, "width"), workload=marks.words_of(table, "workload"))))


def _pools(lines: Sequence[Line]) -> list[Line]:
    return [line for line in lines if line["backend"] not in installed.baselines()]


def shared(found: Results) -> rows.Table:
    """Times as fast as the serial loop where tasks have an object in common: a panel for each workload at its largest width."""
    lines = marks.without_numbers(_lines(found), "speedup", NO_BASELINE)
    every = marks.names_of(lines, "workload")
    workloads = [workload for workload in every if workload in IN_COMMON]
    reference = [workload for workload in every if workload == "cpu"]  # the same work with nothing in common
    pools = [line for line in _pools(lines) if line["backend"] not in installed.floors()]
    names = marks.backends(pools)[:MOST_ROWS]
    widths = [line["x"] for line in pools if line["workload"] in (workloads or reference) and line["x"] == line["x"]]
    at = max(widths, default=NAN)
    own = {workload: [line for line in pools if line["workload"] == workload] for workload in [*reference, *workloads]}
    shown = {workload: [line for line in own[workload] if line["x"] == at and line["speedup"] > 0] for workload in own}
    limits = marks.limits([*(line["speedup"] for each in shown.values() for line in each), 1.0], 1.3)
    scale = rows.Scale("times as fast as a serial loop", limits, rule=1.0)
    panels = [
        rows.Rows(_with_workers(workload, at), scale, drawn, rows.words(own[workload], "backend", names, drawn))
        for workload in own
        for drawn in [_marks(shown[workload], names)]
    ]
    legend = [marks.state(text, "o", filled=lap == "default chunks") for lap, text in CHUNKS.items()]
    return rows.Table([installed.label(name) for name in names], panels, legend, height=0.3)


def _marks(lines: Sequence[Line], names: Sequence[str]) -> list[rows.Mark]:
    own = looks(names)
    return [
        rows.Mark(
            names.index(line["backend"]), rows.ends(line, SPEEDUP), own[line["backend"]],
            filled=line["lap"] == "default chunks", backend=line["backend"], cell=line["cell"],
        )
        for line in lines
        if line["backend"] in own and line["lap"] in CHUNKS
    ]  # fmt: skip


def _with_workers(workload: str, width: float) -> str:
    text = {**IN_COMMON, "cpu": "Nothing in common"}[workload]
    return f"{text}, {_workers(width)}" if width == width else text


def _scaled(lines: Sequence[Line]) -> list[str]:
    """Not those whose tasks have an object in common and one number of workers, which have a chart of their own."""
    widths: dict[str, set[float]] = {}
    for line in lines:
        widths.setdefault(line["workload"], set()).update({line["x"]} if line["x"] == line["x"] else ())
    return [name for name, known in widths.items() if len(known) > 1 or name not in IN_COMMON] or list(widths)


def _scaling_heading(workload: str, lap: str, narrow: bool) -> str:
    text = WORKLOADS.get(workload, plain(workload, 30))
    if narrow:
        return f"{text}" if lap == "default chunks" else "… tuned chunks"
    return f"{text}, {CHUNKS[lap]}"


def _bounds(found: Results, lines: Sequence[Line]) -> dict[float, list[str]]:
    """What bounds the workers that can work at once, those of one number together: usable CPUs, then what the machine tells."""
    usable = [("usable CPUs", float(cpus)) for cpus in [marks.most_cpus(lines)] if cpus is not None]
    together: dict[float, list[str]] = {}
    for name, bound in [*usable, *found.limits.items()]:
        together.setdefault(bound, []).append(name)
    return together


def _workers(count: float) -> str:
    return "1 worker" if count == 1 else f"{count:g} workers"


def _found(found: Results) -> str:
    return finding.headline(found, "scaling")


def _found_shared(found: Results) -> str:
    lines = [line for line in _pools(_lines(found)) if line["lap"] == "default chunks" and line["speedup"] > 0]
    said = []
    for workload, text in IN_COMMON.items():
        own = [line for line in lines if line["workload"] == workload]
        most = max((line["x"] for line in own if line["x"] == line["x"]), default=NAN)
        ordered = sorted((line for line in own if line["x"] == most), key=lambda line: line["speedup"])
        if ordered:
            ends = [
                f"{number(line['speedup'])} times as fast with {finding.name(line)}"
                for line in (ordered[-1], ordered[0])
            ]
            said.append(f"{text}: {', '.join(dict.fromkeys(ends))}.")
    return " ".join(said) or finding.NO_NUMBER


CHART = Chart(
    "scaling",
    "How many times as fast as a serial loop is a pool, with more and more workers?",
    "scaling",
    _drawn,
    scaling,
    _found,
    "The pool is built and warm before the clock starts; each pool is compared with the serial loop of the same blocks. Tasks "
    "last about half a millisecond. The floor is as many interpreters that have nothing in common.",
    "Shorter tasks gain less, longer ones more. More workers than usable CPUs help only where tasks wait.",
)
SHARED_CHART = Chart(
    "scaling-shared",
    "What does a pool lose when tasks read one object, or take turns at one lock?",
    "scaling",
    shared,
    rows.figure,
    _found_shared,
    "The same pools and clock as above, with a worker for each usable CPU, beside the same work with nothing in common. Each "
    "worker is given the object once, when it starts.",
    "What it costs to change the object: nobody does.",
)

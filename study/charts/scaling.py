"""How far does a pool scale? A panel for each workload and kind of chunks, a line for each backend."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from study import installed, tables
from study.charts import finding, marks, rows
from study.charts.chart import MOST_ROWS, Chart
from study.frame import factor, numeric, records
from study.notation import number, plain
from study.palette import GREY, looks
from study.panels import FAINT, NARROW, Panel, lay_out
from study.tables import Results

MOST_WORKLOADS = 3  # side by side, each with its heading
WORKLOADS = {"cpu": "Pure Python", "hash": "C code without the GIL", "wait": "Waiting"}
IN_COMMON = {
    "shared": "All read one object",
    "lock1": "One lock, 1 % of the time",
    "lock10": "One lock, 10 % of the time",
}
CHUNKS = {"default chunks": "default chunks", "tuned chunks": "tuned chunks"}
BOUND_DASHES: tuple[Any, ...] = ("dashdot", "dashed", (0, (1, 3)), (0, (8, 4)))
NO_BASELINE = "measured, but no block has the serial loop to compare it with"


def scaling(found: Results, title: str, width: float) -> Figure:
    """Speed-up over the serial loop against workers: a panel for each workload and kind of chunks, a line for each backend."""
    table = tables.on_most_cpus(tables.scaling(found))
    table = table.assign(x=numeric(factor(table, "width")), workload=factor(table, "workload").astype(str))
    workloads = _scaled(table)[:MOST_WORKLOADS]
    table = table.loc[table["workload"].isin(workloads)]
    bounds = _bounds(found, table)

    def drawer(workload: str, lap: str) -> Callable[[Axes], None]:
        def draw(axes: Axes) -> None:
            every = table.loc[table["workload"] == workload]
            pools = every.loc[(every["lap"] == lap) & ~every["backend"].isin(installed.baselines())]
            marks.lines(axes, pools, "speedup", "speedup_low", "speedup_high")
            top = max(1.2, float(every[["speedup", "speedup_high"]].max().max()) * 1.08)
            axes.set(xscale="log", ylim=(0, top if np.isfinite(top) else 1.2), xlabel="workers", ylabel="times as fast")
            marks.ticks(axes, sorted(set(table["x"][table["x"] > 0])), lambda value: f"{value:g}")
            axes.axhline(1, color=GREY, linestyle="dotted", linewidth=1.2, zorder=1)
            for (bound, _), dash in zip(bounds, BOUND_DASHES, strict=False):
                axes.axvline(bound, color=FAINT, linestyle=dash, linewidth=1.2, zorder=1)

        return draw

    narrow = width < 2 * NARROW
    pairs = (
        [(w, lap) for w in workloads for lap in CHUNKS] if narrow else [(w, lap) for lap in CHUNKS for w in workloads]
    )
    panels = [Panel(_scaling_heading(w, lap, narrow), 1.7, drawer(w, lap)) for w, lap in pairs]
    rules = [(Line2D([], [], color=GREY, linestyle="dotted"), "serial loop")]
    rules += [
        (Line2D([], [], color=FAINT, linestyle=dash), f"{', '.join(names)}: {bound:g}")
        for (bound, names), dash in zip(bounds, BOUND_DASHES, strict=False)
    ]
    legend = [*marks.legend(table.loc[~table["backend"].isin(installed.baselines())]), *rules]
    columns = 2 if narrow else max(1, len(workloads))
    names = {workload: WORKLOADS.get(workload, plain(workload, 30)) for workload in workloads}
    compared = marks.without_numbers(table, "speedup", NO_BASELINE)
    notes = marks.notes(compared, "workload", names, _workers)
    return lay_out(title, panels, width=width, columns=columns, left=0.5, legend=legend, notes=notes)


def shared(found: Results, title: str, width: float) -> Figure:
    """Times as fast as the serial loop where tasks have an object in common: a panel for each workload at its largest width."""
    table = tables.on_most_cpus(tables.scaling(found))
    table = table.assign(x=numeric(factor(table, "width")), workload=factor(table, "workload").astype(str))
    table = marks.without_numbers(table, "speedup", NO_BASELINE)
    apart = [workload for workload in dict.fromkeys(table["workload"]) if workload not in IN_COMMON]
    workloads = [workload for workload in dict.fromkeys(table["workload"]) if workload in IN_COMMON]
    reference = [workload for workload in apart if workload == "cpu"]  # the same work with nothing in common
    pools = table.loc[~table["backend"].isin(installed.baselines() | installed.floors())]
    pools = pools.assign(name=pools["backend"].astype(str))
    names = marks.backends(pools)[:MOST_ROWS]
    at = pools["x"][pools["workload"].isin(workloads)].max()
    shown = pools.loc[pools["workload"].isin([*reference, *workloads]) & (pools["x"] == at) & (pools["speedup"] > 0)]
    scale = rows.Scale("times as fast as a serial loop", marks.limits([*shown["speedup"], 1.0], 1.3), rule=1.0)
    panels = [
        rows.Rows(_with_workers(workload, at), scale, drawn, _empty(pools, workload, names, drawn))
        for workload in [*reference, *workloads]
        for drawn in [_marks(shown.loc[shown["workload"] == workload], names)]
    ]
    legend = [(marks.state("o", filled=lap == "default chunks"), text) for lap, text in CHUNKS.items()]
    return rows.figure(title, [installed.label(name) for name in names], panels, width=width, height=0.3, legend=legend)


def _marks(table: pd.DataFrame, names: Sequence[str]) -> list[rows.Mark]:
    own = looks(names)
    return [
        rows.Mark(
            names.index(line["name"]), (line["speedup"], line["speedup_low"], line["speedup_high"]), own[line["name"]],
            filled=line["lap"] == "default chunks", backend=line["name"], cell=line["cell"],
        )
        for line in records(table.loc[table["name"].isin(names) & table["lap"].isin(list(CHUNKS))])
    ]  # fmt: skip


def _empty(table: pd.DataFrame, workload: str, names: Sequence[str], drawn: Sequence[rows.Mark]) -> dict[int, str]:
    own = table.loc[table["workload"] == workload]
    return {
        row: marks.cell_words(own.loc[own["name"] == name])
        for row, name in enumerate(names)
        if all(mark.row != row for mark in drawn)
    }


def _with_workers(workload: str, width: float) -> str:
    text = {**IN_COMMON, "cpu": "Nothing in common"}[workload]
    return f"{text}, {_workers(width)}" if width == width else text


def _scaled(table: pd.DataFrame) -> list[str]:
    """The workloads that were measured with several numbers of workers, or all of them when there is none."""
    every = list(dict.fromkeys(table["workload"]))
    return [name for name in every if table["x"][table["workload"] == name].nunique() > 1] or every


def _scaling_heading(workload: str, lap: str, narrow: bool) -> str:
    text = WORKLOADS.get(workload, plain(workload, 30))
    if narrow:
        return f"{text}" if lap == "default chunks" else "… tuned chunks"
    return f"{text}, {CHUNKS[lap]}"


def _bounds(found: Results, table: pd.DataFrame) -> list[tuple[float, list[str]]]:
    """What bounds the workers that can work at once, those of one number together: usable CPUs, then what the machine tells."""
    usable = {"usable CPUs": float(table["cpus"].dropna().max())} if table["cpus"].notna().any() else {}
    together: dict[float, list[str]] = {}
    for name, bound in (usable | dict(found.limits)).items():
        together.setdefault(bound, []).append(name)
    return list(together.items())


def _workers(count: float) -> str:
    return "1 worker" if count == 1 else f"{count:g} workers"


def _found(found: Results) -> str:
    return finding.headline(found, "scaling")


def _found_shared(found: Results) -> str:
    table = tables.on_most_cpus(tables.scaling(found))
    table = table.assign(workload=factor(table, "workload").astype(str), width=numeric(factor(table, "width")))
    said = []
    for workload, text in IN_COMMON.items():
        own = table.loc[(table["workload"] == workload) & (table["lap"] == "default chunks") & (table["speedup"] > 0)]
        own = own.loc[(own["width"] == own["width"].max()) & ~own["backend"].isin(installed.baselines())]
        ordered = records(own.sort_values("speedup", kind="stable"))
        if ordered:
            ends = [
                f"{number(line['speedup'])} times as fast with {finding.name(line)}"
                for line in (ordered[-1], ordered[0])
            ]
            said.append(f"{text}: {', '.join(ends)}.")
    return " ".join(said) or finding.NO_NUMBER


CHART = Chart(
    "scaling",
    "How many times as fast as a serial loop is a pool, with more and more workers?",
    "scaling",
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
    _found_shared,
    "The same pools and clock as above, with a worker for each usable CPU, beside the same work with nothing in common. Each "
    "worker is given the object once, when it starts.",
    "What it costs to change the object: nobody does.",
)

"""How far does a pool scale? A panel for each workload and kind of chunks, a line for each backend."""

from collections.abc import Callable

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from study import installed, tables
from study.charts import marks
from study.charts.chart import Chart
from study.frame import factor, numeric
from study.notation import plain
from study.palette import GREY
from study.panels import FAINT, NARROW, Panel, lay_out
from study.tables import Results

MOST_WORKLOADS = 3  # side by side, each with its heading
WORKLOADS = {"cpu": "Pure Python", "hash": "C code without the GIL", "wait": "Waiting"}
CHUNKS = {"default chunks": "default chunks", "tuned chunks": "tuned chunks"}
NO_BASELINE = "measured, but no block has the serial loop to compare it with"


def scaling(found: Results, title: str, width: float) -> Figure:
    """Speed-up over the serial loop against workers: a panel for each workload and kind of chunks, a line for each backend."""
    table = tables.on_most_cpus(tables.scaling(found))
    table = table.assign(x=numeric(factor(table, "width")), workload=factor(table, "workload").astype(str))
    workloads = list(dict.fromkeys(table["workload"]))[:MOST_WORKLOADS]
    cpus = table["cpus"].dropna().max() if table["cpus"].notna().any() else None

    def drawer(workload: str, lap: str) -> Callable[[Axes], None]:
        def draw(axes: Axes) -> None:
            every = table.loc[table["workload"] == workload]
            pools = every.loc[(every["lap"] == lap) & ~every["backend"].isin(installed.baselines())]
            marks.lines(axes, pools, "speedup", "speedup_low", "speedup_high", dodge=0.02)
            top = max(1.2, float(every[["speedup", "speedup_high"]].max().max()) * 1.08)
            axes.set(xscale="log", ylim=(0, top if np.isfinite(top) else 1.2), xlabel="workers", ylabel="times as fast")
            marks.ticks(axes, sorted(set(table["x"][table["x"] > 0])), lambda value: f"{value:g}")
            _rules(axes, cpus)

        return draw

    narrow = width < 2 * NARROW
    pairs = (
        [(w, lap) for w in workloads for lap in CHUNKS] if narrow else [(w, lap) for lap in CHUNKS for w in workloads]
    )
    panels = [Panel(_scaling_heading(w, lap, narrow), 1.7, drawer(w, lap)) for w, lap in pairs]
    rules = [(Line2D([], [], color=GREY, linestyle="dotted"), "serial loop")]
    if cpus is not None:
        rules.append((Line2D([], [], color=FAINT, linestyle="dashdot"), f"usable CPUs: {cpus}"))
    legend = [*marks.legend(table.loc[~table["backend"].isin(installed.baselines())]), *rules]
    columns = 2 if narrow else max(1, len(workloads))
    names = {workload: WORKLOADS.get(workload, plain(workload, 30)) for workload in workloads}
    compared = marks.without_numbers(table, "speedup", NO_BASELINE)
    notes = marks.notes(compared, "workload", names, _workers)
    return lay_out(title, panels, width=width, columns=columns, left=0.42, legend=legend, notes=notes)


def _scaling_heading(workload: str, lap: str, narrow: bool) -> str:
    text = WORKLOADS.get(workload, plain(workload, 30))
    if narrow:
        return f"{text}" if lap == "default chunks" else "… tuned chunks"
    return f"{text}, {CHUNKS[lap]}"


def _rules(axes: Axes, cpus: float | None) -> None:
    axes.axhline(1, color=GREY, linestyle="dotted", linewidth=1.2, zorder=1)
    if cpus is not None:
        axes.axvline(float(cpus), color=FAINT, linestyle="dashdot", linewidth=1.2, zorder=1)


def _workers(count: float) -> str:
    return "1 worker" if count == 1 else f"{count:g} workers"


CHART = Chart(
    "scaling", "How many times as fast as a serial loop is a pool, with more and more workers?", "scaling", scaling
)

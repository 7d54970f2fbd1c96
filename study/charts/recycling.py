"""What does a recycled worker give back of a leak? Memory after each task: the teeth of a saw."""

from collections.abc import Callable, Sequence

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import FillBetweenPolyCollection
from matplotlib.lines import Line2D

from study import installed, tables
from study.charts import finding, marks
from study.charts.chart import MOST_PANELS, Chart
from study.frame import records
from study.notation import number, plain
from study.palette import DASHED, DOTTED, SOLID, Dash, looks
from study.panels import FAINT, Key, Panel, Shown, in_columns
from study.summary import summarise
from study.tables import Line, Results, once

LAP = "memory after a task"
MB = 1e-6
LINES: tuple[tuple[str, Dash], ...] = (("o", DASHED), ("s", SOLID), ("^", DOTTED), ("D", SOLID))  # one for each limit


def recycling(found: Results) -> Shown:
    """Megabytes after each task: a panel for each backend, a line for each number of tasks that a worker may do."""
    lines = records(saw_teeth(found))
    cells = tables.on_most_cpus(found.cells.loc[found.cells["scenario"] == "recycling"])
    every = records(cells.assign(lap="", facet=marks.words_of(cells, "limit"), x=float("nan")))
    limits = sorted({line["limit"] for line in lines}, key=_order)
    highest = (line["high"] if line["high"] == line["high"] else line["amount"] for line in lines)
    top = max(highest, default=1 / 1.1) * 1.1
    panels = [
        Panel(installed.label(name), 1.7, _drawer(own, limits, looks([name])[name].colour, top))
        for name in marks.backends(lines)[:MOST_PANELS]
        for own in [[line for line in lines if line["name"] == name]]
    ] or [Panel("No number", 0.6, _drawer([], [], FAINT, 1.0))]
    legend = [
        Key(_limit(limit), {"color": FAINT, "marker": marker, "linestyle": dash})
        for limit, (marker, dash) in zip(limits, LINES, strict=False)
    ]
    told = {line["cell"] for line in lines}
    facets = sorted({line["facet"] for line in every}, key=_order)
    empty = [line for line in every if line["cell"] not in told]
    return Shown(panels, legend, marks.notes(empty, "facet", {facet: _limit(facet) for facet in facets}))


@once
def saw_teeth(found: Results) -> pd.DataFrame:
    """For each cell and task the median over the blocks, in MB: cell, name and backend, limit, x (tasks done), amount, low, high."""
    turns = found.sequences.loc[found.sequences["lap"] == LAP]
    cells = tables.on_most_cpus(found.cells.loc[found.cells["scenario"] == "recycling"])
    limits = dict(zip(cells["cell"].astype(str), marks.words_of(cells, "limit"), strict=True))
    names = dict(zip(cells["cell"].astype(str), cells["backend"].astype(str), strict=True))
    seen: dict[tuple[str, int], list[float]] = {}
    for cell, position, amount in zip(turns["cell"], turns["position"], turns["amount"], strict=True):
        seen.setdefault((cell, position), []).append(amount * MB)
    rows = [
        (cell, names[cell], names[cell], limits[cell], position + 1, s.value, s.low, s.high)
        for (cell, position), amounts in seen.items()
        if cell in names
        for s in [summarise(amounts)]
    ]
    table = pd.DataFrame(rows, columns=["cell", "name", "backend", "limit", "x", "amount", "low", "high"])
    return table.astype({"amount": float, "low": float, "high": float})


def _order(limit: str) -> tuple[bool, float]:
    """Workers that are kept first, then the longest lives."""
    return limit != "none", -float(limit) if limit.isdecimal() else 0.0


def _limit(limit: str) -> str:
    return (
        "workers are kept"
        if limit == "none"
        else plain(f"a new worker after {limit} task{'' if limit == '1' else 's'}", 40)
    )


def _drawer(lines: Sequence[Line], limits: Sequence[str], colour: str, top: float) -> Callable[[Axes], None]:
    teeth = [sorted((line for line in lines if line["limit"] == limit), key=lambda line: line["x"]) for limit in limits]

    def draw(axes: Axes) -> None:
        for own, (marker, dash) in zip(teeth, LINES, strict=False):
            x, amount, low, high = (marks.numbers(own, name) for name in ("x", "amount", "low", "high"))
            line = Line2D(x, amount, color=colour, marker=marker, linestyle=dash, linewidth=1.2, markersize=2.6)
            axes.add_artist(line)
            axes.add_artist(FillBetweenPolyCollection("x", x, low, high, color=colour, alpha=0.25, linewidth=0))
        if lines:
            axes.update_datalim([(line["x"], 0) for line in lines])
            axes.autoscale_view(scaley=False)
        axes.set_ylim(0, top)
        axes.set_xlabel("tasks done, each leaks 1 MiB")
        axes.set_ylabel("MB at most")

    return draw


def _found(found: Results) -> str:
    table = saw_teeth(found)
    if table.empty:
        return finding.NO_NUMBER
    peaks = table.groupby(["limit", "name"], sort=False)["amount"].max()
    said = [
        f"{_limit(str(limit))}: {number(own.min())} to {number(own.max())} MB"
        for limit, own in peaks.groupby("limit", sort=False)
    ]
    return f"The most memory a worker ever held. {'; '.join(said)}."


CHART = Chart(
    "recycling",
    "What does a recycled worker give back of a leak?",
    "recycling",
    recycling,
    in_columns(3, 0.5),
    _found,
    "Every task keeps 1 MiB for good; after it, the worker reads the most memory it has held so far. One worker, so that each "
    "tooth is one worker's life; the median over the blocks of each task.",
    "What the replacement costs: that is the time of a task in the table below.",
)

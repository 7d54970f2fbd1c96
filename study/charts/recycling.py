"""What does a recycled worker give back of a leak? Memory after each task: the teeth of a saw."""

import functools
from collections.abc import Callable

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from study import installed, tables
from study.charts import finding, marks
from study.charts.chart import MOST_PANELS, Chart
from study.notation import number, plain
from study.palette import DASHED, DOTTED, SOLID, Dash, looks
from study.panels import FAINT, NARROW, Panel, lay_out
from study.summary import summarise
from study.tables import Results

LAP = "memory after a task"
MB = 1e-6
LINES: tuple[tuple[str, Dash], ...] = (("o", DASHED), ("s", SOLID), ("^", DOTTED), ("D", SOLID))  # one for each limit


def recycling(found: Results, title: str, width: float) -> Figure:
    """Megabytes after each task: a panel for each backend, a line for each number of tasks that a worker may do."""
    table = saw_teeth(found)
    cells = tables.on_most_cpus(found.cells.loc[found.cells["scenario"] == "recycling"])
    names = marks.backends(table)[:MOST_PANELS]
    limits = sorted(set(table["limit"]), key=_order)
    top = float(table["high"].fillna(table["amount"]).max()) * 1.1 if len(table) else 1.0
    panels = [
        Panel(
            installed.label(name),
            1.7,
            _drawer(table.loc[table["name"] == name], limits, looks([name])[name].colour, top),
        )
        for name in names
    ] or [Panel("No number", 0.6, _drawer(table, [], FAINT, 1.0))]
    legend = [
        (Line2D([], [], color=FAINT, marker=marker, linestyle=dash), _limit(limit))
        for limit, (marker, dash) in zip(limits, LINES, strict=False)
    ]
    empty = cells.loc[~cells["cell"].astype(str).isin(table["cell"])]
    empty = empty.assign(lap="", facet=marks.words_of(empty, "limit"), x=float("nan"))
    notes = marks.notes(
        empty, "facet", {limit: _limit(limit) for limit in sorted(set(marks.words_of(cells, "limit")), key=_order)}
    )
    columns = 1 if width < 2 * NARROW else min(3, len(panels))
    return lay_out(title, panels, width=width, columns=columns, left=0.5, legend=legend, notes=notes)


@functools.lru_cache(maxsize=8)
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


def _drawer(table: pd.DataFrame, limits: list[str], colour: str, top: float) -> Callable[[Axes], None]:
    def draw(axes: Axes) -> None:
        for limit, (marker, dash) in zip(limits, LINES, strict=False):
            own = table.loc[table["limit"] == limit].sort_values("x")
            x, y = marks.numbers(own["x"]), marks.numbers(own["amount"])
            axes.plot(x, y, color=colour, marker=marker, linestyle=dash, linewidth=1.2, markersize=2.6)
            axes.fill_between(
                x, marks.numbers(own["low"]), marks.numbers(own["high"]), color=colour, alpha=0.25, linewidth=0
            )
        axes.set(ylim=(0, top), xlabel="tasks done, each leaks 1 MiB", ylabel="MB at most")

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
    _found,
    "Every task keeps 1 MiB for good; after it, the worker reads the most memory it has held so far. One worker, so that each "
    "tooth is one worker's life; the median over the blocks of each task.",
    "What the replacement costs: that is the time of a task in the table below.",
)

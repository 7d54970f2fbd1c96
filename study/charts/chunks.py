"""How large should chunks be? A panel for each backend: task length against chunk, the colour is the slow-down."""

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from study import grains, installed
from study.charts import finding, marks
from study.charts.chart import MOST_PANELS, Chart
from study.frame import records
from study.notation import plain, times
from study.panels import NARROW, Panel, Shown, lay_out
from study.tables import Line, Results, once

ROW = 0.4  # inches
SHADE = "#d1495b"  # of a cell; the more of it, the slower
FRAME = "#7d7d7d"  # around the library's own choice
DARKEST = 0.55  # of it, so that text on it keeps its contrast with the page's own colour
WORST = 32.0  # times as long as the best of the row, from which on no cell is darker
NAMES = {grains.DEFAULT: "default", grains.TUNED: "2 each"}
FRAMED = (
    "Below each factor: tasks in a chunk. The frame is the library's own choice; “2 each”: two chunks for each worker."
)


def chunks(drawn: tuple[Shown, int], title: str, width: float) -> Figure:
    """Slow-down against the row's best chunk, a row for each task length, a column for each kind of chunk."""
    shown, laps = drawn
    columns = 1 if width < 2 * NARROW else min(2 if laps > 4 else 3, len(shown.panels))
    return lay_out(title, shown, width=width, columns=columns, left=0.72)


def _shown(found: Results) -> tuple[Shown, int]:
    """What is shown however wide the chart is, and how many kinds of chunks there are."""
    table = slow_downs(found)
    lines = records(table.assign(facet="", x=table["task"]))
    own = marks.measured(lines)
    laps = sorted({line["lap"] for line in own}, key=_order)
    tasks = sorted({line["task"] for line in own if line["task"] == line["task"]})
    panels = [
        Panel(
            installed.label(name),
            max(1, len(tasks)) * ROW,
            _drawer([line for line in own if line["backend"] == name], tasks, laps),
        )
        for name in marks.backends(own)[:MOST_PANELS]
    ] or [Panel("No number", ROW, _drawer([], [], []))]
    notes = marks.notes(lines, "facet", {"": ""}, lambda task: marks.short(task * 1e-6))
    return Shown(panels, (), [*notes, FRAMED]), len(laps)


@once
def slow_downs(found: Results) -> pd.DataFrame:
    """The lines of the pools with slow_down: how many times as long as the best chunk of the same backend and task length.

    A task length that was swept through all sizes is shown by that sweep alone.
    """
    table = grains.compared(found)
    table = table.loc[~table["name"].isin(installed.baselines() | installed.floors())]
    kinds = marks.words_of(table, "chunks")
    swept = set(zip(table["name"][(kinds == "sweep") & (table["lap"] != "")], table["task"], strict=False))
    rest = [
        kind == "sweep" or (name, task) not in swept
        for kind, name, task in zip(kinds, table["name"], table["task"], strict=True)
    ]
    table = table.loc[rest]
    least = table.groupby(["name", "task"])["seconds"].transform("min")
    return _every_size(table.assign(slow_down=table["seconds"] / least.where(least > 0)))


def _every_size(table: pd.DataFrame) -> pd.DataFrame:
    """With the kinds of chunks that were left out because another kind had the same size: that one's line under their name."""
    lines = records(table.loc[(table["lap"] != "") & table["chunk"].notna()])
    present = {(line["name"], line["task"], line["lap"]) for line in lines}
    sizes = {lap: _order(lap)[1] for lap in set(table["lap"]) if _order(lap)[0] == 0}
    more = [
        {**line, "lap": lap}
        for line in lines
        for lap in [*(lap for lap, size in sizes.items() if size == line["chunk"]), grains.TUNED]
        if (line["name"], line["task"], lap) not in present and (lap != grains.TUNED or line["lap"] == grains.DEFAULT)
    ]
    return pd.concat([table, pd.DataFrame(more).astype(table.dtypes.to_dict())], ignore_index=True) if more else table


def _order(lap: str) -> tuple[int, float, str]:
    """Sizes first, then the default and the tuned chunks."""
    size = lap.removeprefix("chunks of ")
    return (0, float(size), lap) if size.isdecimal() else (1, 0.0, lap)


def _drawer(lines: Sequence[Line], tasks: Sequence[float], laps: Sequence[str]) -> Callable[[Axes], None]:
    def draw(axes: Axes) -> None:
        for line in lines:
            if line["slow_down"] == line["slow_down"]:
                _cell(axes, laps.index(line["lap"]), tasks.index(line["task"]), line)
        axes.set_xlim(-0.5, max(1, len(laps)) - 0.5)
        axes.set_ylim(max(1, len(tasks)) - 0.5, -0.5)
        axes.set_xlabel("tasks in a chunk")
        axes.set_ylabel("length of a task")
        marks.named(axes.xaxis, [NAMES.get(lap, plain(lap.removeprefix("chunks of "), 12)) for lap in laps])
        marks.named(axes.yaxis, [marks.short(task * 1e-6) for task in tasks])
        axes.tick_params(length=0)
        axes.grid(visible=False)

    return draw


def _cell(axes: Axes, x: int, y: int, line: Line) -> None:
    share = min(1.0, float(np.log(line["slow_down"]) / np.log(WORST)))
    edge = FRAME if line["lap"] == grains.DEFAULT else "none"
    shade = (*to_rgb(SHADE), DARKEST * share)
    # add_artist: add_patch would look for the limits of the data, which are known.
    axes.add_artist(Rectangle((x - 0.47, y - 0.46), 0.94, 0.92, facecolor=shade, edgecolor=edge, linewidth=1.6))
    size = "" if line["chunk"] != line["chunk"] else f"\n{line['chunk']:g}"
    marks.write(axes, x, y, f"{times(line['slow_down'])}{size}", ha="center", va="center")


def _found(found: Results) -> str:
    table = slow_downs(found)
    own = table.loc[(table["lap"] == grains.DEFAULT) & table["slow_down"].notna()]
    if own.empty:
        return finding.NO_NUMBER
    worst = records(own.sort_values("slow_down", kind="stable"))[-1]
    near = own.loc[own["slow_down"] < 1.1]
    return (
        f"The library's own chunks are within a tenth of the best ones measured in {len(near)} of {len(own)} cases. Furthest from "
        f"them is {finding.name(worst)} with tasks of {marks.short(worst['task'] * 1e-6)}: {times(worst['slow_down'])} as long."
    )


CHART = Chart(
    "chunks",
    "What do chunks of another size cost?",
    grains.SCENARIO,
    _shown,
    chunks,
    _found,
    "The same tasks are sent in chunks of each size. The factor is the median time of a task against that of the best chunk of "
    "the same backend and task length. Threads and interpreters accept a chunk size and send one task at a time all the same.",
    "How it would be with tasks of unequal length, where large chunks leave workers idle at the end.",
)

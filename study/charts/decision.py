"""Which backend is best for tasks of that length? A row for each length, a column for each kind of chunks."""

from collections.abc import Callable, Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from study import grains, installed
from study.charts import finding, marks
from study.charts.chart import Chart
from study.charts.payoff import HEADINGS
from study.frame import records
from study.palette import looks
from study.panels import NARROW, TEXT, Panel, Shown, lay_out, shortened
from study.tables import Line, Results

ROW = 0.68  # inches: three lines of text and some room
TINT = 0.22  # of the best backend's colour: text on it keeps its contrast with the page's own colour
MISSING = (
    "Missing: the payload. No scenario gives tasks of several lengths arguments of several sizes, so the map has one column of it: "
    "tasks that take and return an integer. The throughput tells what larger messages cost."
)


def decision(shown: tuple[list[list[dict[str, Any]]], list[str]], title: str, width: float) -> Figure:
    """The best backend of each task length in its colour and by its name, hatched where others tie with it."""
    best, notes = shown
    narrow = width < 2 * NARROW
    space = width - 1.1 if narrow else width / 2 - 0.9
    panels = [
        Panel(heading, max(1, len(lines)) * ROW, _drawer(lines, space))
        for heading, lines in zip(HEADINGS.values(), best, strict=True)
    ]
    return lay_out(title, Shown(panels, (), notes), width=width, columns=1 if narrow else 2, left=0.72)


def _shown(found: Results) -> tuple[list[list[dict[str, Any]]], list[str]]:
    """The best of each task length, for both kinds of chunks, and the notes."""
    table = grains.compared(found)
    lines = records(table.assign(facet="", x=table["task"]))
    notes = marks.notes(lines, "facet", {"": ""}, lambda task: marks.short(task * 1e-6))
    return [records(grains.best_of(found, lap)) for lap in HEADINGS], [MISSING, *notes]


def _drawer(best: Sequence[Line], space: float) -> Callable[[Axes], None]:
    colours = {name: look.colour for name, look in looks([str(line["name"]) for line in best]).items()}

    def draw(axes: Axes) -> None:
        for row, line in enumerate(best):
            _cell(axes, row, line, colours[str(line["name"])], space)
        axes.set_xlim(0, 1)
        axes.set_ylim(max(1, len(best)) - 0.5, -0.5)
        axes.set_xlabel("hatched: the intervals tie")
        axes.set_ylabel("length of a task")
        marks.named(axes.xaxis, ())
        marks.named(axes.yaxis, [marks.short(line["task"] * 1e-6) for line in best])
        axes.tick_params(length=0)
        axes.grid(visible=False)
        if not best:
            marks.write(axes, 0.01, 0, "no number", fontstyle="italic", va="center")

    return draw


def _cell(axes: Axes, row: int, line: Line, colour: str, space: float) -> None:
    hatch = "//" if line["ties"] else ""
    axes.add_artist(Rectangle((0, row - 0.47), 1, 0.94, facecolor=colour, alpha=TINT, edgecolor="none"))
    if hatch:
        edge = Rectangle(
            (0, row - 0.47), 1, 0.94, facecolor="none", edgecolor=colour, hatch=hatch, alpha=0.35, linewidth=0
        )
        axes.add_artist(edge)
    best = shortened(installed.label(str(line["name"])), space, 1)
    marks.write(axes, 0.02, row - 0.28, best, fontsize=TEXT, fontweight="bold", va="center")
    marks.write(axes, 0.02, row - 0.08, shortened(_beside(line), space, 2), va="top")


def _beside(line: Line) -> str:
    """What stands below the name: how much of the time is saved, or who ties."""
    if line["ties"]:
        return f"or as good: {', '.join(installed.label(name) for name in line['ties'])}"
    told = f"{marks.short(line['seconds'])} a task"
    return told if line["name"] in installed.baselines() else f"{told}, the serial loop {marks.short(line['serial_s'])}"


def _found(found: Results) -> str:
    best = records(grains.best_of(found, grains.DEFAULT))
    said = [
        f"{marks.short(line['task'] * 1e-6)}: {installed.label(str(line['name']))}{' (tied)' if line['ties'] else ''}"
        for line in best
    ]
    return f"Best with the library's own chunks for tasks of {'; '.join(said)}." if said else finding.NO_NUMBER


CHART = Chart(
    "decision",
    "Which backend is best for tasks of that length?",
    grains.SCENARIO,
    _shown,
    decision,
    _found,
    "Best is the least median time of a task, the serial loop included. Another ties with it when the 95 % interval of their "
    "ratio, block by block, includes 1, or when there are too few blocks for one. Pure Python, a worker for each usable CPU.",
    "Anything of tasks that wait or let the GIL go, or of large arguments. The best of several is chosen by what was measured, "
    "so that a close second may be as good.",
)

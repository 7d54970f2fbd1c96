"""Where on a chart do title, legend, panels and notes stand? Laid out in inches, so that nothing moves and nothing overlaps."""

import functools
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

WIDE, NARROW = 9.6, 3.7  # inches: a desktop's column, and a telephone's at its natural size
TEXT, SMALL, TITLE = 9.0, 8.0, 11.5  # points
EDGE, LINE, GAP = 0.12, 0.17, 0.12  # inches: margin, height of a small line, space between parts
HEADING, FOOTING = 0.28, 0.5  # inches above and below the axes of a panel
X_LABEL, Y_LABEL = (
    0.29,
    0.13,
)  # inches: from the axes down to the label, and from the label's inner side out to the edge
FAINT = "#8a8a8a"
MOST_NOTES = 24  # lines
T = TypeVar("T")

STYLE: dict[str, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "study",
    "text.parse_math": False,  # a backend may be called $x$
    "font.family": "DejaVu Sans",
    "font.size": TEXT,
    "axes.titlesize": TEXT,
    "axes.titlelocation": "left",
    "axes.titlepad": 6.0,
    "axes.labelsize": SMALL,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": FAINT,
    "axes.facecolor": "none",
    "xtick.labelsize": SMALL,
    "ytick.labelsize": SMALL,
    "xtick.color": FAINT,
    "ytick.color": FAINT,
    "xtick.labelcolor": "black",
    "ytick.labelcolor": "black",
    "axes.grid": True,
    "grid.color": FAINT,
    "grid.alpha": 0.3,
    "grid.linewidth": 0.6,
    "lines.linewidth": 1.6,
    "lines.markersize": 5.5,
    "legend.frameon": False,
    "legend.fontsize": SMALL,
}


@dataclass(frozen=True, slots=True)
class Panel:
    """One pair of axes: its heading, its height in inches, and what is drawn on it."""

    heading: str
    height: float
    draw: Callable[[Axes], None]


def lay_out(
    title: str,
    panels: Sequence[Panel],
    *,
    width: float,
    columns: int,
    left: float,
    first_left: float | None = None,
    legend: Sequence[tuple[Line2D, str]] = (),
    notes: Sequence[str] = (),
) -> Figure:
    """A figure with the panels in rows of `columns`; `left` inches are kept for tick labels, `first_left` in the first column."""
    heading = textwrap.wrap(title, fitting(width, TITLE))
    below = _wrapped(notes, width)
    keys = _legend_columns(legend, width)
    key_height = -(-len(legend) // keys) * LINE * 1.15 + GAP if legend else 0.0
    top_height = EDGE + len(heading) * 0.22 + GAP + key_height
    rows = [panels[start : start + columns] for start in range(0, len(panels), columns)]
    heights = [HEADING + max(panel.height for panel in row) + FOOTING for row in rows]
    height = top_height + sum(heights) + (GAP + len(below) * LINE if below else 0.0) + EDGE
    figure = Figure(figsize=(width, height))
    _write(figure, heading, EDGE, TITLE, "bold", 0.22)
    if legend:
        _place_legend(figure, legend, keys, top_height - key_height)
    top = top_height
    for row, row_height in zip(rows, heights, strict=True):
        _place_row(figure, row, columns, top, left, left if first_left is None else first_left)
        top += row_height
    _write(figure, below, top + GAP, SMALL, "normal", LINE)
    return figure


def fitting(width: float, points: float) -> int:
    """How many characters of that size fit into so many inches, going by a wide typical letter of DejaVu Sans (0.6 em)."""
    return max(12, int((width - 2 * EDGE) * 72 / (points * 0.6)))


def shortened(text: str, width: float, lines: int) -> str:
    """The text on at most that many lines; the table beside the chart has it all."""
    wrapped = textwrap.wrap(text, fitting(width, SMALL), max_lines=lines, placeholder=" …")
    return "\n".join(wrapped)


def key(label: str) -> str:
    """A legend's label; matplotlib leaves out one that begins with an underscore."""
    return f" {label}" if label.startswith("_") else label


def _wrapped(notes: Sequence[str], width: float) -> list[str]:
    lines = [line for note in notes for line in textwrap.wrap(note, fitting(width, SMALL), subsequent_indent="   ")]
    return lines if len(lines) <= MOST_NOTES else [*lines[: MOST_NOTES - 1], "… and more: see the table."]


def _write(figure: Figure, lines: Sequence[str], top: float, points: float, weight: str, step: float) -> None:
    width, height = figure.get_size_inches()
    for number, line in enumerate(lines):
        y = 1 - (top + number * step) / height
        figure.text(EDGE / width, y, line, fontsize=points, fontweight=weight, va="top", ha="left")


def _legend_columns(legend: Sequence[tuple[Line2D, str]], width: float) -> int:
    longest = max((len(label) for _, label in legend), default=1)
    each = longest * SMALL * 0.6 / 72 + 0.55
    return max(1, min(len(legend), int((width - 2 * EDGE) / each)))


def _place_legend(figure: Figure, legend: Sequence[tuple[Line2D, str]], columns: int, top: float) -> None:
    width, height = figure.get_size_inches()
    handles, labels = [handle for handle, _ in legend], [key(label) for _, label in legend]
    corner = (EDGE / width, 1 - top / height)
    figure.legend(
        handles,
        labels,
        loc="upper left",
        bbox_to_anchor=corner,
        ncols=columns,
        borderpad=0,
        borderaxespad=0,
        handlelength=2.6,
    )


def _place_row(figure: Figure, row: Sequence[Panel], columns: int, top: float, left: float, first_left: float) -> None:
    width, height = figure.get_size_inches()
    free = width - 2 * EDGE - first_left - left * (columns - 1) - GAP * columns
    each = free / columns
    x = EDGE + first_left
    for panel in row:
        bottom = top + HEADING + panel.height
        axes = figure.add_axes((x / width, 1 - bottom / height, each / width, panel.height / height))
        room = left if x > EDGE + first_left else first_left
        # Places that are given need not be found out from the size of every tick's label, which is half of the drawing.
        axes.xaxis.set_label_coords(0.5, -X_LABEL / panel.height)
        axes.yaxis.set_label_coords(-(room - Y_LABEL) / each, 0.5)
        panel.draw(axes)
        axes.set_title(panel.heading, fontweight="bold", y=1.0)
        x += each + GAP + left


def styled(draw: Callable[[], T]) -> T:
    """What `draw` makes in the study's style, whatever the reader's matplotlibrc says."""
    with matplotlib.rc_context():
        settings: dict[str, Any] = matplotlib.rcParams  # type: ignore[assignment] # the stubs list every name there is
        dict.update(settings, _settings())  # past the validation, which takes longer than many a drawing
        return draw()


@functools.cache
def _settings() -> dict[str, Any]:
    """matplotlib's defaults with the study's style, validated once."""
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        settings: dict[str, Any] = matplotlib.rcParams  # type: ignore[assignment] # the stubs list every name there is
        settings.update(STYLE)
        return {name: value for name, value in settings.items() if not name.startswith("backend")}

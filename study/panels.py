"""Where on a chart do title, legend, panels and notes stand? Laid out in inches, so that nothing moves and nothing overlaps."""

import functools
import textwrap
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from study.letters import MIDDLE, plain_width

WIDE, NARROW = 9.6, 3.7  # inches: a desktop's column, and a telephone's at its natural size
TEXT, SMALL, TITLE = 9.0, 8.0, 11.5  # points
EDGE, LINE, GAP = 0.12, 0.17, 0.12  # inches: margin, height of a small line, space between parts
HEADING, FOOTING = 0.28, 0.5  # inches above and below the axes of a panel
X_LABEL, Y_LABEL = (
    0.29,
    0.13,
)  # inches: from the axes down to the label, and from the label's inner side out to the edge
POINTS = 72  # to the inch
DASH, LABEL, KEY = 21.0, 27.0, 44.0  # points: a legend's line, where its label begins, and its width without the label
KEY_LINE = 0.185  # inches: a line of it
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
}


@dataclass(frozen=True, slots=True)
class Panel:
    """One pair of axes: its heading, its height in inches, and what is drawn on it."""

    heading: str
    height: float
    draw: Callable[[Axes], None]


@dataclass(frozen=True, slots=True)
class Key:
    """One entry of a legend."""

    label: str
    style: Mapping[str, Any]  #: of its line, as `Line2D` takes it
    known: str | None = None  #: what `view.series` calls the backend that it stands for


@dataclass(frozen=True, slots=True)
class Shown:
    """What a figure shows, however wide it is."""

    panels: Sequence[Panel]
    legend: Sequence[Key] = ()
    notes: Sequence[str] = ()


def lay_out(
    title: str, shown: Shown, *, width: float, columns: int, left: float, first_left: float | None = None
) -> Figure:
    """A figure with the panels in rows of `columns`; `left` inches are kept for tick labels, `first_left` in the first column."""
    panels, legend = shown.panels, shown.legend
    heading = textwrap.wrap(title, fitting(width, TITLE))
    below = _wrapped(shown.notes, width)
    keys = _legend_columns(legend, width)
    key_height = -(-len(legend) // len(keys)) * KEY_LINE + GAP if legend else 0.0
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


def in_columns(most: int, left: float) -> Callable[[Shown, str, float], Figure]:
    """How a chart is drawn whose panels stand in up to so many columns, or in one where it is narrow."""

    def draw(shown: Shown, title: str, width: float) -> Figure:
        columns = 1 if width < 2 * NARROW else max(1, min(most, len(shown.panels)))
        return lay_out(title, shown, width=width, columns=columns, left=left)

    return draw


def fitting(width: float, points: float) -> int:
    """How many characters of that size fit into so many inches, going by a wide typical letter of DejaVu Sans (0.6 em)."""
    return max(12, int((width - 2 * EDGE) * 72 / (points * 0.6)))


def shortened(text: str, width: float, lines: int) -> str:
    """The text on at most that many lines; the table beside the chart has it all."""
    wrapped = textwrap.wrap(text, fitting(width, SMALL), max_lines=lines, placeholder=" …")
    return "\n".join(wrapped)


def _wrapped(notes: Sequence[str], width: float) -> list[str]:
    lines = [line for note in notes for line in textwrap.wrap(note, fitting(width, SMALL), subsequent_indent="   ")]
    return lines if len(lines) <= MOST_NOTES else [*lines[: MOST_NOTES - 1], "… and more: see the table."]


def _write(figure: Figure, lines: Sequence[str], top: float, points: float, weight: str, step: float) -> None:
    width, height = figure.get_size_inches()
    for number, line in enumerate(lines):
        y = 1 - (top + number * step) / height
        figure.text(EDGE / width, y, line, fontsize=points, fontweight=weight, va="top", ha="left")


def _legend_columns(legend: Sequence[Key], width: float) -> list[float]:
    """The widths in inches of as many columns as fit beside each other; keys go down first, then across."""
    each = [(KEY + plain_width(key.label, SMALL)) / POINTS for key in legend]
    for columns in range(len(legend), 1, -1):
        rows = -(-len(legend) // columns)
        widths = [max(each[start : start + rows]) for start in range(0, len(each), rows)]
        if sum(widths) <= width - 2 * EDGE:
            return widths
    return [width - 2 * EDGE]


def _place_legend(figure: Figure, legend: Sequence[Key], columns: Sequence[float], top: float) -> None:
    """matplotlib's own legend finds out from all sizes where things stand, which takes longer than to draw them."""
    width, height = figure.get_size_inches()
    rows = -(-len(legend) // len(columns))
    for place, key in enumerate(legend):
        column, row = divmod(place, rows)
        x, y = EDGE + sum(columns[:column]), top + (row + 0.5) * KEY_LINE
        line = [x, x + DASH / POINTS / 2, x + DASH / POINTS]
        at = line if key.style.get("linestyle") != "none" else line[1:2]
        every = [1] if len(at) > 1 else None
        across, up = [each / width for each in at], [1 - y / height] * len(at)
        figure.add_artist(Line2D(across, up, markevery=every, gid=key.known, **key.style))
        base = y + MIDDLE * SMALL / POINTS
        figure.text((x + LABEL / POINTS) / width, 1 - base / height, key.label, fontsize=SMALL, gid=key.known)


def _place_row(figure: Figure, row: Sequence[Panel], columns: int, top: float, left: float, first_left: float) -> None:
    width, height = figure.get_size_inches()
    free = width - 2 * EDGE - first_left - left * (columns - 1) - GAP * columns
    each = free / columns
    x = EDGE + first_left
    for panel in row:
        bottom = top + HEADING + panel.height
        axes = figure.add_axes(_Pane(figure, (x / width, 1 - bottom / height, each / width, panel.height / height)))
        room = left if x > EDGE + first_left else first_left
        # Places that are given need not be found out from the size of every tick's label, which is half of the drawing.
        axes.xaxis.set_label_coords(0.5, -X_LABEL / panel.height)
        axes.yaxis.set_label_coords(-(room - Y_LABEL) / each, 0.5)
        panel.draw(axes)
        axes.set_title(panel.heading, fontweight="bold", y=1.0)
        x += each + GAP + left


class _Pane(Axes):
    """Axes that make no tick before one is drawn; `Axes` makes some twice, only to tell them what holds for all."""

    _is_made = False

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self._is_made = True

    def add_artist(self, a: Any) -> Any:
        """Draw it here, too, cut at the box of these axes, of which `Axes` would make an equal one for each."""
        own: Any = self  # the stubs leave these names out
        own._set_artist_props(a)
        own._children.append(a)
        a.set_clip_box(self.bbox)
        return a

    def set_axis_on(self) -> None:
        """Show ticks and labels. `Axes` calls it right before it would make the first ticks."""
        super().set_axis_on()
        for axis in (self.xaxis, self.yaxis):
            axis.majorTicks, axis.minorTicks = [], []

    def tick_params(self, axis: Any = "both", **settings: Any) -> None:
        """How ticks look. What `Axes` sets at first is what holds without it."""
        if self._is_made:
            super().tick_params(axis, **settings)

    def grid(self, visible: bool | None = None, which: Any = "major", axis: Any = "both", **settings: Any) -> None:
        """Whether there are lines across. The same holds."""
        if self._is_made:
            super().grid(visible, which, axis, **settings)


def styled(draw: Callable[[], T]) -> T:
    """What `draw` makes in the study's style, whatever the reader's matplotlibrc says."""
    with matplotlib.rc_context():
        settings: dict[str, Any] = matplotlib.rcParams  # type: ignore[assignment] # the stubs list every name there is
        dict.update(settings, _settings())  # past the validation, which takes longer than many a drawing
        return draw()


@functools.cache
def _settings() -> dict[str, Any]:
    """matplotlib's defaults with the study's style, validated once. A look at its backend would import pyplot and all styles."""
    defaults = dict.items(matplotlib.rcParamsDefault)
    own: dict[str, Any] = {name: value for name, value in defaults if not name.startswith("backend")}
    return own | dict(dict.items(matplotlib.RcParams(STYLE)))

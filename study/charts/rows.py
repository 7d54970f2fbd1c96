"""How is a chart drawn that has a row for each name and marks on one axis, and where do the names stand?"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, MaxNLocator

from study import view
from study.charts import marks
from study.palette import GREY, Look
from study.panels import FAINT, NARROW, SMALL, TEXT, Panel, lay_out, shortened
from study.strokes import RULE

LEFT = 2.25  # inches: the longest name of a backend


@dataclass(frozen=True, slots=True)
class Mark:
    """One number on a row."""

    row: int
    ends: tuple[float, ...]  #: the value, and its interval from low to high, NaN where there is none
    look: Look
    marker: str = ""  #: "" for the backend's own
    filled: bool = True
    lane: float = 0.0  #: how many rows below the middle of its own
    backend: str = ""
    cell: str = ""

    @property
    def value(self) -> float:
        """The number itself."""
        return self.ends[0]

    @property
    def low(self) -> float:
        """Where its interval begins."""
        return self.ends[1]

    @property
    def high(self) -> float:
        """Where it ends."""
        return self.ends[2]


@dataclass(frozen=True, slots=True)
class Scale:
    """The axis that all rows of a panel share."""

    label: str
    limits: tuple[float, float]
    log: bool = True
    text: Callable[[float], str] = "{:,g}".format  #: what stands at a tick
    rule: float | None = None  #: where a line is drawn across all rows


@dataclass(frozen=True, slots=True)
class Rows:
    """What one panel shows."""

    heading: str
    scale: Scale
    marks: Sequence[Mark]
    words: Mapping[int, str]  #: what is written on a row without a mark
    linked: bool = False  #: whether the marks of a row are joined by a thin line


def figure(
    title: str,
    names: Sequence[str],
    panels: Sequence[Rows],
    *,
    width: float,
    height: float = 0.36,
    left: float = LEFT,
    legend: Sequence[tuple[Line2D, str]] = (),
    notes: Sequence[str] = (),
) -> Figure:
    """A figure with these panels; a row is so many inches high. Names stand at the left, or on narrow charts above the marks."""
    narrow = width < 2 * NARROW
    panels = panels or [Rows("No number", Scale("", (0.0, 1.0), log=False), (), {})]
    columns = 1 if narrow else min(2, len(panels))
    each = height + 0.12 if narrow else height
    drawn = [
        Panel(rows.heading, max(1, len(names)) * each, _drawer(rows, names, _labels(narrow, position, columns), width))
        for position, rows in enumerate(panels)
    ]
    if narrow:
        return lay_out(title, drawn, width=width, columns=1, left=0.05, legend=legend, notes=notes)
    return lay_out(title, drawn, width=width, columns=columns, left=0.25, first_left=left, legend=legend, notes=notes)


def lanes(count: int) -> list[float]:
    """How far below the middle of its row each of so many marks stands."""
    return [0.6 * ((position + 0.5) / count - 0.5) for position in range(count)]


def _labels(narrow: bool, position: int, columns: int) -> str:
    return "inside" if narrow else "left" if position % columns == 0 else "none"


def _drawer(rows: Rows, names: Sequence[str], labels: str, width: float) -> Callable[[Axes], None]:
    def draw(axes: Axes) -> None:
        inside = labels == "inside"
        drop = 0.2 if inside else 0.0
        if rows.scale.rule is not None:
            axes.axvline(rows.scale.rule, color=GREY, linestyle="dotted", linewidth=1.2, zorder=1, gid=RULE)
        _marks(axes, rows, drop)
        _scale(axes, rows.scale, len(names))
        for row, words in rows.words.items():
            space = width - 0.4 if inside else width / 2 - 1.3
            _write(axes, row + drop, shortened(words, space, 1 if inside else 2), fontstyle="italic")
        for row, name in enumerate(names if inside else ()):
            _write(axes, row - 0.26, shortened(name, width - 0.4, 1))
        marks.named(axes.yaxis, names if labels == "left" else ())
        axes.tick_params(axis="y", length=0, labelsize=TEXT)
        axes.grid(visible=False, axis="y")
        if len(rows.marks) > 2 * len(names):
            low, high = rows.scale.limits
            grid = [[(low, row + drop), (high, row + drop)] for row in range(len(names))]
            marks.bars(axes, grid, FAINT, 0.6, zorder=0, alpha=0.3)

    return draw


def _marks(axes: Axes, rows: Rows, drop: float) -> None:
    at = {id(mark): mark.row + drop + mark.lane * (0.8 if drop else 1) for mark in rows.marks}
    spans = [mark for mark in rows.marks if mark.low == mark.low and mark.high == mark.high]
    if rows.linked:
        values: dict[int, list[float]] = {}
        for mark in rows.marks:
            values.setdefault(mark.row, []).append(mark.value)
        links = [[(min(own), row + drop), (max(own), row + drop)] for row, own in sorted(values.items())]
        marks.bars(axes, links, FAINT, 0.8, zorder=1, gid=RULE)
    for backend in dict.fromkeys(mark.backend for mark in spans):
        sure = [mark for mark in spans if mark.backend == backend]
        ends = [[(mark.low, at[id(mark)]), (mark.high, at[id(mark)])] for mark in sure]
        marks.bars(axes, ends, [mark.look.colour for mark in sure], 2.2, alpha=0.55, gid=view.series(backend))
    alike: dict[tuple[Any, ...], list[Mark]] = {}
    for mark in rows.marks:
        look = mark.look.colour, mark.marker or mark.look.marker, mark.filled, mark.backend
        alike.setdefault(look, []).append(mark)
    for (colour, marker, filled, backend), own_marks in alike.items():
        shape = Line2D(
            [mark.value for mark in own_marks],
            [at[id(mark)] for mark in own_marks],
            color=colour,
            marker=marker,
            markerfacecolor=colour if filled else "none",
            linestyle="none",
            markersize=6.5,
            gid=view.series(backend, (mark.cell for mark in own_marks)),
        )
        axes.add_artist(shape)


def _scale(axes: Axes, scale: Scale, rows: int) -> None:
    axes.set(xlim=scale.limits, ylim=(max(1, rows) - 0.5, -0.5), xlabel=scale.label)
    if scale.log:
        marks.log_axis(axes, "x", scale.limits, scale.text)
    else:
        axes.xaxis.set_major_locator(MaxNLocator(5))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: scale.text(value)))


def _write(axes: Axes, row: float, text: str, **style: Any) -> None:
    """Across in parts of the axes, up and down in rows."""
    axes.text(0.01, row, text, transform=axes.get_yaxis_transform(), fontsize=SMALL, va="center", **style)

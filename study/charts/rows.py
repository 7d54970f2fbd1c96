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
from study.palette import Look
from study.panels import FAINT, NARROW, TEXT, Key, Panel, Shown, lay_out, shortened
from study.strokes import RULE
from study.tables import Line

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


@dataclass(frozen=True, slots=True)
class Table:
    """What a chart shows, however wide it is."""

    names: Sequence[str]  #: of the rows
    panels: Sequence[Rows]
    legend: Sequence[Key] = ()
    notes: Sequence[str] = ()
    height: float = 0.36  #: of a row, in inches
    above: float = 0.12  #: more of them where the names stand above the marks
    left: float = LEFT  #: inches for the names beside them


def figure(table: Table, title: str, width: float) -> Figure:
    """A figure with these panels. Names stand at the left, or on narrow charts above the marks."""
    narrow, names = width < 2 * NARROW, table.names
    panels = table.panels or [Rows("No number", Scale("", (0.0, 1.0), log=False), (), {})]
    columns = 1 if narrow else min(2, len(panels))
    height = max(1, len(names)) * (table.height + (table.above if narrow else 0.0))
    sides = ["" if place % columns else "inside" if narrow else "left" for place in range(len(panels))]
    drawn = [
        Panel(each.heading, height, _drawer(each, names, side, width)) for each, side in zip(panels, sides, strict=True)
    ]
    left, first = (0.05, None) if narrow else (0.25, table.left)
    shown = Shown(drawn, table.legend, table.notes)
    return lay_out(title, shown, width=width, columns=columns, left=left, first_left=first)


def ends(line: Line, names: Sequence[str] = ("seconds", "low", "high"), scale: float = 1.0) -> tuple[float, ...]:
    """A value and its interval, from these columns of a line."""
    return tuple(line[name] * scale for name in names)


def words(lines: Sequence[Line], column: str, names: Sequence[str], drawn: Sequence[Mark]) -> dict[int, str]:
    """What is said on each row without a mark, whose name stands in that column of its lines."""
    taken = {mark.row for mark in drawn}
    return {
        row: marks.cell_words([line for line in lines if line[column] == name])
        for row, name in enumerate(names)
        if row not in taken
    }


def lanes(count: int) -> list[float]:
    """How far below the middle of its row each of so many marks stands."""
    return [0.6 * ((position + 0.5) / count - 0.5) for position in range(count)]


def _drawer(rows: Rows, names: Sequence[str], labels: str, width: float) -> Callable[[Axes], None]:
    def draw(axes: Axes) -> None:
        inside = labels == "inside"
        drop, across = 0.2 if inside else 0.0, axes.get_yaxis_transform()
        if rows.scale.rule is not None:
            marks.rule(axes, "x", rows.scale.rule, gid=RULE)
        _marks(axes, rows, drop)
        _scale(axes, rows.scale, len(names))
        for row, words in rows.words.items():
            text = shortened(words, width - 0.4 if inside else width / 2 - 1.3, 1 if inside else 2)
            marks.write(axes, 0.01, row + drop, text, transform=across, va="center", fontstyle="italic")
        for row, name in enumerate(names if inside else ()):
            text = shortened(name, width - 0.4, 1)
            marks.write(axes, 0.01, row - 0.26, text, transform=across, va="center")
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
        marks.bars(axes, ends, sure[0].look.colour, 2.2, alpha=0.55, gid=view.series(backend))
    alike: dict[tuple[Any, ...], list[Mark]] = {}
    for mark in rows.marks:
        look = mark.look.colour, mark.marker or mark.look.marker, mark.filled, mark.backend
        alike.setdefault(look, []).append(mark)
    for (colour, marker, filled, backend), own_marks in alike.items():
        style = marks.dot_style(colour, marker, filled=filled)
        known = view.series(backend, (mark.cell for mark in own_marks))
        x, y = [mark.value for mark in own_marks], [at[id(mark)] for mark in own_marks]
        axes.add_artist(Line2D(x, y, **style, gid=known))


def _scale(axes: Axes, scale: Scale, rows: int) -> None:
    axes.set_ylim(max(1, rows) - 0.5, -0.5)
    if scale.log:
        marks.log_axis(axes, "x", scale.label, scale.limits, scale.text)
    else:
        axes.set_xlim(scale.limits)
        axes.set_xlabel(scale.label)
        axes.xaxis.set_major_locator(MaxNLocator(5))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: scale.text(value)))

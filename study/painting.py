"""In which order is a figure put on a canvas? Ticks are told from their places: matplotlib's own take a third of all drawing."""

import contextlib
from collections.abc import Iterator
from typing import Any

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from numpy.typing import NDArray

from study import artists
from study.letters import ASCENT, MIDDLE
from study.panels import FAINT, STYLE
from study.strokes import TICKS, Canvas, Style

NEAR = 0.5  # points: a tick so far beyond the end of its axis is drawn
GRID: Style = (
    ("fill", "none"),
    ("stroke", FAINT),
    ("stroke-width", f"{STYLE['grid.linewidth']:g}"),
    ("stroke-opacity", f"{STYLE['grid.alpha']:g}"),
)
EDGE: Style = (("fill", "none"), ("stroke", FAINT), ("stroke-width", "0.8"))


def paint(figure: Figure, canvas: Canvas) -> None:
    """Draw everything of a figure of `study.panels` but its ground: its axes first, then what stands around them."""
    for axes in figure.axes:
        _axes(axes, canvas)
    around = {figure.patch, *figure.axes}
    artists.put([child for child in figure.get_children() if child not in around], canvas)


def _axes(axes: Axes, canvas: Canvas) -> None:
    around = {axes.patch, axes.xaxis, axes.yaxis, *axes.spines.values()}
    box = axes.bbox
    left, right, low, high = box.x0, box.x1, canvas.drawing.height - box.y0, canvas.drawing.height - box.y1
    across, up = _ticks(axes.xaxis, 0), canvas.drawing.height - _ticks(axes.yaxis, 1)
    with _ticks_of(axes, "x", canvas):
        canvas.lines(GRID, [((x, low), (x, high)) for x in across if _has_grid(axes.xaxis)])
    with _ticks_of(axes, "y", canvas):
        canvas.lines(GRID, [((left, y), (right, y)) for y in up if _has_grid(axes.yaxis)])
    artists.put([child for child in axes.get_children() if child not in around], canvas)
    if axes.get_gid() in ("x", "y"):
        limits = axes.get_xlim() if axes.get_gid() == "x" else axes.get_ylim()
        canvas.drawing.scales.append(
            " ".join([str(axes.get_gid()), *(f"{place:.5g}" for place in (left, high, right, low, *limits))])
        )
    edges = {"left": ((left, low), (left, high)), "bottom": ((left, low), (right, low))}
    edges |= {"right": ((right, low), (right, high)), "top": ((left, high), (right, high))}
    canvas.lines(EDGE, [ends for side, ends in edges.items() if axes.spines[side].get_visible()])
    reach, size, pad = _sizes(axes.xaxis, "xtick")
    with _ticks_of(axes, "x", canvas):
        canvas.lines(EDGE, [((x, low), (x, low + reach)) for x in across if reach])
        canvas.words(size, "middle", [(x, low + reach + pad + ASCENT * size) for x in across], _labels(axes.xaxis, 0))
    reach, size, pad = _sizes(axes.yaxis, "ytick")
    with _ticks_of(axes, "y", canvas):
        canvas.lines(EDGE, [((left - reach, y), (left, y)) for y in up if reach])
        canvas.words(size, "end", [(left - reach - pad, y + MIDDLE * size) for y in up], _labels(axes.yaxis, 1))
    artists.put([axes.xaxis.label, axes.yaxis.label], canvas)


@contextlib.contextmanager
def _ticks_of(axes: Axes, which: str, canvas: Canvas) -> Iterator[None]:
    """Between its begin and its end grid, ticks and labels of an axis are drawn, named where a page can show it linear."""
    canvas.open_group("ticks", TICKS if axes.get_gid() == which else None)
    yield
    canvas.close_group("ticks")


def _ticks(axis: Axis, which: int) -> NDArray[np.float64]:
    """Where the ticks of an axis stand, in points from the left or from below."""
    return _places(axis, which)[0]


def _labels(axis: Axis, which: int) -> list[str]:
    """What stands at each of them."""
    _, values, shown = _places(axis, which)
    texts = axis.get_major_formatter().format_ticks(values.tolist())
    return [text for text, is_shown in zip(texts, shown, strict=True) if is_shown]


def _places(axis: Axis, which: int) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_]]:
    axes: Any = axis.axes
    values = np.asarray(axis.get_majorticklocs(), dtype=float)
    across = axes.get_xaxis_transform() if which == 0 else axes.get_yaxis_transform()
    other = np.zeros(len(values))
    places = across.transform(np.column_stack([values, other] if which == 0 else [other, values]))[:, which]
    low, high = (axes.bbox.x0, axes.bbox.x1) if which == 0 else (axes.bbox.y0, axes.bbox.y1)
    shown = (places >= low - NEAR) & (places <= high + NEAR)
    return places[shown], values, shown


def _has_grid(axis: Axis) -> bool:
    known = axis.get_tick_params()
    return bool(known.get("gridOn", known.get("grid_visible", True)))


def _sizes(axis: Axis, name: str) -> tuple[float, float, float]:
    """Length of a tick, size of its label, and the room between them, in points."""
    own: dict[str, Any] = axis.get_tick_params()
    settings: dict[str, Any] = matplotlib.rcParams  # type: ignore[assignment] # the stubs list every name there is
    return (
        float(own.get("length", settings[f"{name}.major.size"])),
        float(own.get("labelsize", settings[f"{name}.labelsize"])),
        float(settings[f"{name}.major.pad"]),
    )

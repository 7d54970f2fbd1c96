"""What is on a figure: its panels, its texts and where they stand, its points and its intervals."""

import itertools

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from study.panels import styled


def panel(figure: Figure, heading: str) -> Axes:
    return next(axes for axes in figure.axes if axes.get_title(loc="left") == heading)


def texts(figure: Figure) -> list[str]:
    """All text of a figure, each with its line breaks taken out."""
    for axis in (axis for axes in figure.axes for axis in (axes.xaxis, axes.yaxis)):
        axis.get_ticklabels()  # makes them: a figure has none before it is drawn
    return [" ".join(text.get_text().split()) for text in figure.findobj(Text) if text.get_text().strip()]


def points(axes: Axes) -> set[tuple[float, float]]:
    """All points with a marker, rounded to six digits."""
    lines = [line for line in axes.lines if line.get_marker() not in ("None", None, "")]
    return {(float(f"{x:.6g}"), float(f"{y:.6g}")) for line in lines for x, y in np.column_stack(line.get_data())}


def spans(axes: Axes, across: int = 0) -> list[tuple[float, float]]:
    """Where each interval begins and ends: along x, or along y (across=1)."""
    collections = [one for one in axes.collections if isinstance(one, LineCollection)]
    ends = [np.sort(np.asarray(segment)[:, across]) for one in collections for segment in one.get_segments()]
    whole = tuple(sorted(axes.get_ylim() if across else axes.get_xlim()))
    found = [(float(low), float(high)) for low, high in ends]
    return [span for span in found if not np.allclose(span, whole)]  # a line across the panel is a grid's


def overlaps(figure: Figure) -> list[str]:
    """Which texts stand on another one, and which leave the figure."""
    placed = boxes(figure)
    outside = [
        f"{label!r} leaves the figure"
        for label, box in placed
        if box.x0 < figure.bbox.x0 or box.x1 > figure.bbox.x1 or box.y0 < figure.bbox.y0 or box.y1 > figure.bbox.y1
    ]
    return outside + [
        f"{one!r} overlaps {other!r}"
        for (one, a), (other, b) in itertools.combinations(placed, 2)
        if a.shrunk(0.98, 0.9).overlaps(b.shrunk(0.98, 0.9))
    ]


def boxes(figure: Figure) -> list[tuple[str, Bbox]]:
    """Where each visible text stands, in pixels."""
    canvas = FigureCanvasAgg(figure)
    styled(canvas.draw)
    renderer = canvas.get_renderer()
    seen = [text for text in figure.findobj(Text) if text.get_text().strip() and text.get_visible()]
    drawn = [(text.get_text(), text.get_window_extent(renderer)) for text in seen]
    inside = [(label, box) for label, box in drawn if not outside_its_axis(figure, label, box)]
    return [(label, box) for label, box in inside if box.width > 0]


def outside_its_axis(figure: Figure, label: str, box: Bbox) -> bool:
    """Tick labels beyond the limits exist but are not drawn."""
    ticks = [
        (tick, axes) for axes in figure.axes for axis in (axes.xaxis, axes.yaxis) for tick in axis.get_major_ticks()
    ]
    for tick, axes in ticks:
        if tick.label1.get_text() == label and tick.label1.get_window_extent().bounds == box.bounds:
            low, high = sorted(axes.get_xlim() if tick in axes.xaxis.get_major_ticks() else axes.get_ylim())
            return not low <= tick.get_loc() <= high
    return False

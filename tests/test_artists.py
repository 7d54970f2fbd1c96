"""The artists that the study puts on a canvas by itself stand where matplotlib would put them, and look alike."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.text import Text

from study import artists
from study.panels import POINTS, styled
from study.strokes import Canvas

MARKERS = "osD^vPXph*d<>|"
WIDTH, HEIGHT = 5.0, 3.0  # inches
FARTHEST = 0.1000001  # points: what is rounded to a tenth on two ways


def drawn(make: Callable[[Axes], Artist], draw: Callable[[Artist, Canvas], None], name: str = "i") -> str:
    """What stands on the canvas after `draw` has put there what `make` adds to axes from 1 to 1000 (log) and 0 to 10."""

    def paint() -> str:
        figure = Figure(figsize=(WIDTH, HEIGHT), dpi=POINTS)
        axes = figure.add_axes((0.2, 0.2, 0.7, 0.7))
        axes.set(xscale="log", xlim=(1, 1000), ylim=(0, 10))
        canvas = Canvas(WIDTH * POINTS, HEIGHT * POINTS)
        draw(axes.add_artist(make(axes)), canvas)
        return canvas.drawing.body(name)

    return styled(paint)


def ours(artist: Artist, canvas: Canvas) -> None:
    artists.put([artist], canvas)


def theirs(artist: Artist, canvas: Canvas) -> None:
    artist.draw(canvas)


def marks(**more: Any) -> Callable[[Axes], Artist]:
    style = {"color": "#2f7fc1", "markerfacecolor": "#2f7fc1", "linestyle": "none", "markersize": 6.5, **more}
    return lambda _: Line2D([2, 30, 400], [1, 5, 9.5], **style)


def spans(ends: list[list[tuple[float, float]]], **more: Any) -> Callable[[Axes], Artist]:
    return lambda _: LineCollection(ends, **{"colors": "#c2701c", "linewidths": 2.2, "alpha": 0.6, **more})


def words(text: str, **more: Any) -> Callable[[Axes], Artist]:
    return lambda axes: Text(30, 5, text, transform=axes.transData, **more)


@pytest.mark.parametrize("marker", MARKERS)
@pytest.mark.parametrize("face", ["#2f7fc1", "none"])
def test_a_mark_is_matplotlibs(marker: str, face: str) -> None:
    made = marks(marker=marker, markerfacecolor=face, gid="b3 k1 k2 k3")
    assert 'data-k="k1 k2 k3" data-b="3"' in drawn(made, ours)
    assert drawn(made, ours) == drawn(made, theirs)


def test_a_mark_beyond_the_axes_is_left_out_and_its_neighbours_stay() -> None:
    made = lambda _: Line2D([2, 30, 4000], [1, 50, 5], marker="o", color="#2f7fc1", linestyle="none")  # noqa: E731
    assert drawn(made, ours).count("<use") == 1
    assert drawn(made, ours) == drawn(made, theirs)


@pytest.mark.parametrize("colours", [["#c2701c"], ["#c2701c", "#2f7fc1", "#1e9166"]])
def test_spans_within_the_axes_are_matplotlibs(colours: list[str]) -> None:
    made = spans([[(2, 1), (2, 4)], [(30, 2), (30, 9)], [(400, 5), (900, 5)]], colors=colours, gid="b2")
    assert drawn(made, ours).count('data-b="2"') == len(colours)
    assert drawn(made, ours) == drawn(made, theirs)


@pytest.mark.parametrize("end", [20.0, float("inf"), float("nan")])
def test_a_span_that_leaves_the_axes_is_cut_as_matplotlib_cuts_it(end: float) -> None:
    made = spans([[(2, 1), (2, 4)], [(30, 2), (30, end)]])
    assert drawn(made, ours) == drawn(made, theirs)


@pytest.mark.parametrize("va", ["top", "center", "baseline"])
@pytest.mark.parametrize("ha", ["left", "center", "right"])
@pytest.mark.parametrize(
    "style", [{}, {"fontstyle": "italic", "color": "#8a8a8a"}, {"fontweight": "bold", "fontsize": 12}]
)
def test_a_line_of_text_is_matplotlibs(va: str, ha: str, style: dict[str, Any]) -> None:
    made = words("Größe <1 µs>", va=va, ha=ha, **style)
    assert drawn(made, ours) == drawn(made, theirs)


@pytest.mark.parametrize("va", ["top", "center", "baseline"])
def test_lines_of_text_stand_as_far_apart_as_matplotlibs(va: str) -> None:
    made = words("first\nsecond\nthird", va=va, ha="center")
    found, wanted = ([float(y) for y in re.findall(r' y="([-.\d]+)"', drawn(made, draw))] for draw in (ours, theirs))
    assert len(found) == 3
    assert found == pytest.approx(wanted, abs=FARTHEST)


def test_every_line_of_text_has_its_middle_at_the_texts_place() -> None:
    places = re.findall(r'x="([-.\d]+)"', drawn(words("a\nlonger", ha="center"), ours))
    assert len(places) == 2
    assert len(set(places)) == 1


def test_text_that_is_turned_draws_itself() -> None:
    made = words("upwards", rotation=90, va="center", ha="center")
    assert "rotate(-90 " in drawn(made, ours)
    assert drawn(made, ours) == drawn(made, theirs)


def test_what_is_of_a_lower_order_is_drawn_first() -> None:
    first, second = Text(0, 0, "above", zorder=3), Text(0, 0, "below", zorder=1)
    canvas = Canvas(10, 10)
    styled(lambda: artists.put([first, second], canvas))
    assert [stroke.text for stroke in canvas.drawing.strokes] == ["below", "above"]

"""Do ticks, grid, edges and labels of a figure stand where its axes say, and does a text take the room that its font says?"""

import re
import sys
import warnings
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, findfont
from matplotlib.ft2font import FT2Font, LoadFlags
from matplotlib.patches import Rectangle
from matplotlib.ticker import FixedFormatter, FixedLocator

from busy import on_a_busy_machine_too
from study import letters
from study.painting import paint
from study.panels import FAINT, POINTS, STYLE, styled
from study.processors import forked
from study.strokes import Canvas, Drawing, Stroke

WIDTH, HEIGHT = 4.0, 2.0  # inches
LEFT, RIGHT, LOW, HIGH = 57.6, 259.2, 115.2, 28.8  # points from the upper left corner: where the axes end
TICK, PAD = 3.5, 3.5  # points: its length, and from its end to its label
FONT = FontProperties(family="DejaVu Sans", size=10)


def painted(xs: tuple[float, ...] = (0, 5, 10), ys: tuple[float, ...] = (0, 1), **settings: Any) -> Drawing:
    """A figure with one pair of axes from 0 to 10 and 0 to 1, with ticks at these places; `settings` are those of Axes.set."""

    def draw() -> Drawing:
        figure = Figure(figsize=(WIDTH, HEIGHT), dpi=POINTS)
        axes = figure.add_axes((0.2, 0.2, 0.7, 0.6))
        axes.set(**{"xlim": (0, 10), "ylim": (0, 1), **settings})
        for axis, places in ((axes.xaxis, xs), (axes.yaxis, ys)):
            axis.set_major_locator(FixedLocator(places))
            axis.set_major_formatter(FixedFormatter([f"{place:g}" for place in places]))
        return put(figure)

    return styled(draw)


def put(figure: Figure) -> Drawing:
    canvas = Canvas(WIDTH * POINTS, HEIGHT * POINTS)
    styled(lambda: paint(figure, canvas))
    return canvas.drawing


def labels(drawing: Drawing, anchor: str) -> dict[str, tuple[float, float]]:
    """What the labels with that anchor say, and where they stand."""
    found = [stroke for stroke in drawing.strokes if ("text-anchor", anchor) in stroke.style and stroke.name == "text"]
    return {stroke.text: (at(stroke)[0], at(stroke)[1]) for stroke in found}


def at(stroke: Stroke) -> list[float]:
    return [float(number) for number in re.findall(r'[xy]="([^"]+)"', stroke.own)]


def lines(drawing: Drawing, stroke: str, width: str) -> list[str]:
    found = [one for one in drawing.strokes if one.name == "path"]
    return [one.own for one in found if {("stroke", stroke), ("stroke-width", width)} <= set(one.style)]


def grid(drawing: Drawing) -> list[str]:
    return lines(drawing, FAINT, f"{STYLE['grid.linewidth']:g}")


def edges(drawing: Drawing) -> list[str]:
    return lines(drawing, FAINT, "0.8")


def test_each_label_stands_at_its_tick() -> None:
    drawing = painted()
    across, up = labels(drawing, "middle"), labels(drawing, "end")
    assert {text: x for text, (x, _) in across.items()} == pytest.approx(
        {"0": LEFT, "5": (LEFT + RIGHT) / 2, "10": RIGHT}, abs=0.06
    )
    wanted = LOW + TICK + PAD + letters.ASCENT * STYLE["xtick.labelsize"]
    assert [y for _, y in across.values()] == pytest.approx([wanted] * 3, abs=0.06)
    half = letters.MIDDLE * STYLE["ytick.labelsize"]
    assert {text: y - half for text, (_, y) in up.items()} == pytest.approx({"0": LOW, "1": HIGH}, abs=0.06)
    assert [x for x, _ in up.values()] == pytest.approx([LEFT - TICK - PAD] * 2, abs=0.06)


def test_the_grid_crosses_the_axes_at_each_tick_and_a_short_line_marks_it() -> None:
    drawing = painted(xs=(5,), ys=(0.5,))
    assert grid(drawing) == ["M158.4 115.2v-86.4", "M57.6 72h201.6"]
    marks = [one for one in edges(drawing) if not one.endswith(("v-86.4", "h201.6"))]
    assert sorted(marks) == ["M158.4 115.2v3.5", "M54.1 72h3.5"]


@pytest.mark.parametrize(
    ("place", "is_drawn"), [(-1.0, False), (-0.01, True), (10.01, True), (10.05, False), (11.0, False)]
)
def test_a_tick_beyond_its_axis_is_left_out_with_its_label_unless_it_is_rounding(place: float, is_drawn: bool) -> None:
    drawing = painted(xs=(5, place), ys=())
    assert (f"{place:g}" in labels(drawing, "middle")) is is_drawn
    assert "5" in labels(drawing, "middle")
    assert len(grid(drawing)) == 1 + is_drawn


def test_a_label_keeps_its_tick_when_an_earlier_one_is_left_out() -> None:
    (text,) = labels(painted(xs=(-3, 5), ys=()), "middle").items()
    assert text == ("5", pytest.approx(((LEFT + RIGHT) / 2, text[1][1]), abs=0.06))


def test_ticks_of_a_logarithmic_axis_stand_at_their_logarithms() -> None:
    across = labels(painted(xs=(1, 10, 100), ys=(), xscale="log", xlim=(1, 100)), "middle")
    assert across["10"][0] - across["1"][0] == pytest.approx(across["100"][0] - across["10"][0], abs=0.11)


@pytest.mark.parametrize("which", ["x", "y", "both"])
def test_an_axis_without_grid_has_no_line_across(which: Any) -> None:
    def draw() -> Drawing:
        figure = Figure(figsize=(WIDTH, HEIGHT), dpi=POINTS)
        axes = figure.add_axes((0.2, 0.2, 0.7, 0.6))
        axes.set(xticks=(0.5,), yticks=(0.5,), xlim=(0, 1), ylim=(0, 1))
        axes.grid(visible=False, axis=which)
        axes.tick_params(axis=which, length=0, labelsize=13)
        return put(figure)

    drawing = styled(draw)
    rest = {"x": ["M57.6 72h201.6"], "y": ["M158.4 115.2v-86.4"], "both": []}[which]
    assert grid(drawing) == rest
    assert len(edges(drawing)) == 2 + len(rest)  # of the axes, and ticks
    sizes = [dict(stroke.style)["font-size"] for stroke in drawing.strokes if stroke.name == "text"]
    assert sizes.count("13") == 2 - len(rest)


def test_only_edges_that_are_seen_are_drawn() -> None:
    def edges_of(**seen: bool) -> set[str]:
        figure = Figure(figsize=(WIDTH, HEIGHT), dpi=POINTS)
        axes = styled(lambda: figure.add_axes((0.2, 0.2, 0.7, 0.6)))
        axes.set(xticks=(), yticks=())
        for side, is_seen in seen.items():
            axes.spines[side].set_visible(is_seen)
        return set(edges(put(figure)))

    left, bottom, right, top = "M57.6 115.2v-86.4", "M57.6 115.2h201.6", "M259.2 115.2v-86.4", "M57.6 28.8h201.6"
    assert edges_of() == {left, bottom}
    assert edges_of(left=False, top=True) == {bottom, top}
    assert edges_of(bottom=False, right=True) == {left, right}


@pytest.mark.parametrize(("which", "limits"), [("x", "0 10"), ("y", "0 1")])
def test_axes_that_a_page_can_show_another_way_tell_their_place_and_name_their_ticks(which: str, limits: str) -> None:
    drawing = painted(gid=which)
    assert drawing.scales == [f"{which} 57.6 28.8 259.2 115.2 {limits}"]
    named = {stroke.text for stroke in drawing.strokes if ("class", "t") in stroke.style}
    assert named - {""} == ({"0", "5", "10"} if which == "x" else {"0", "1"})
    assert painted(gid="other").scales == []


def test_the_grid_lies_below_what_is_drawn_and_the_edges_above_it() -> None:
    def draw() -> Drawing:
        figure = Figure(figsize=(WIDTH, HEIGHT), dpi=POINTS)
        axes = figure.add_axes((0.2, 0.2, 0.7, 0.6))
        axes.set(xlim=(0, 1), ylim=(0, 1), xlabel="across")
        axes.add_artist(Rectangle((0.2, 0.2), 0.5, 0.5, facecolor="red"))
        figure.text(0.1, 0.9, "title")
        return put(figure)

    drawing = styled(draw)
    order = [dict(stroke.style).get("fill") == "#ff0000" for stroke in drawing.strokes]
    shape = order.index(True)
    widths = [dict(stroke.style).get("stroke-width") for stroke in drawing.strokes]
    assert set(widths[:shape]) == {f"{STYLE['grid.linewidth']:g}"}
    assert "0.8" in widths[shape + 1 :]
    assert [stroke.text for stroke in drawing.strokes][-2:] == ["across", "title"]


def by_the_font(letter: str, points: float, **look: Any) -> float:
    """How far the pen goes on after a letter, from the font's own units and with no size set."""
    font = FT2Font(findfont(FontProperties(family="DejaVu Sans", **look)))
    glyph = font.load_char(ord(letter), flags=LoadFlags.NO_SCALE)
    return glyph.horiAdvance / font.units_per_EM * points


@pytest.mark.parametrize("look", [{}, {"weight": "bold"}, {"style": "italic"}], ids=["plain", "bold", "italic"])
@pytest.mark.parametrize("letter", "iW µ–→0")
def test_a_letter_is_as_wide_as_the_font_says(letter: str, look: dict[str, Any]) -> None:
    font = FontProperties(family="DejaVu Sans", size=11.5, **look)
    assert letters.width(letter, font) == pytest.approx(by_the_font(letter, 11.5, **look), rel=1e-3)


SERIF = FontProperties(family="DejaVu Serif", size=8)  # of which no other test and no chart has measured anything
LETTERS = [chr(number) for number in range(0x21, 0x7D0)]


def measured(_: int) -> list[float]:
    return [letters.width(letter, SERIF) for letter in LETTERS]


@pytest.mark.skipif(sys.platform != "linux", reason="charts are drawn by forked processes on Linux only")
def test_forked_processes_that_measure_at_the_same_time_read_the_font_each_for_itself() -> None:
    letters.width("!", SERIF)  # from here on the font is open
    with forked(4) as pool:
        every = pool.map(measured, range(4), chunksize=1)
    assert every == [measured(0)] * 4
    assert len(set(every[0])) > 100


@on_a_busy_machine_too
@given(st.text("abcXYZ 0189µ", max_size=30), st.text("abcXYZ 0189µ", max_size=30), st.floats(1, 40))
def test_a_text_is_as_wide_as_its_parts_and_grows_with_its_size(one: str, other: str, points: float) -> None:
    whole = letters.plain_width(one + other, points)
    assert whole == pytest.approx(letters.plain_width(one, points) + letters.plain_width(other, points))
    assert whole == pytest.approx(letters.plain_width(one + other, 1.0) * points)
    assert whole == pytest.approx(letters.width(one + other, FontProperties(family="DejaVu Sans", size=points)))


@pytest.mark.parametrize("letter", ["漢", "\U0001f40d", "\ud800"])
def test_a_letter_that_the_font_lacks_takes_the_room_of_a_box_without_a_warning(letter: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert letters.width(f"a{letter}", FONT) - letters.width("a", FONT) == pytest.approx(letters.BOX * 10)


def test_no_text_takes_no_room() -> None:
    assert letters.width("", FONT) == letters.plain_width("", 10) == 0

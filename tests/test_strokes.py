"""Is what a canvas is told drawn where it should be, cut only where it must be, under its backend's number, and as text?"""

import re
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from matplotlib.backend_bases import GraphicsContextBase
from matplotlib.font_manager import FontProperties
from matplotlib.path import Path
from matplotlib.transforms import Affine2D, Bbox, IdentityTransform

from study import letters
from study.strokes import NEAR, RULE, TICKS, Canvas, Style, ends_look, fill_look, letter_look, line_look

NO_FILL: Style = (("fill", "none"),)
BLUE: Style = (*NO_FILL, ("stroke", "#2f7fc1"))
SQUARE = "M-1-1h2v2h-2z"
WIDTH, HEIGHT = 300.0, 200.0


def canvas() -> Canvas:
    return Canvas(WIDTH, HEIGHT)


def pen(**settings: Any) -> GraphicsContextBase:
    """What matplotlib says of a line: `pen(linewidth=2)`."""
    made = GraphicsContextBase()
    for name, value in settings.items():
        getattr(made, f"set_{name}")(*(value if name == "dashes" else [value]))
    return made


def styles(drawn: Canvas) -> list[dict[str, str]]:
    return [dict(stroke.style) for stroke in drawn.drawing.strokes]


def elements(drawn: Canvas, name: str = "i") -> ElementTree.Element:
    return ElementTree.fromstring(f"<svg>{drawn.drawing.body(name)}</svg>")


def test_lines_that_look_alike_are_one_path_and_others_keep_their_order() -> None:
    made = canvas()
    for style, x in ((BLUE, 1), (BLUE, 2), (NO_FILL, 3), (BLUE, 4)):
        made.lines(style, [((x, 0), (x, 5))])
    found = [(one.tag, one.get("d"), one.get("stroke")) for one in elements(made)]
    assert found == [("path", "M1 0v5M2 0v5", "#2f7fc1"), ("path", "M3 0v5", None), ("path", "M4 0v5", "#2f7fc1")]


def test_areas_that_look_alike_stay_apart_because_one_would_cut_a_hole_into_the_other() -> None:
    made = canvas()
    for size in (8.0, 4.0):
        made.draw_path(pen(linewidth=0), Path.unit_rectangle(), Affine2D().scale(size), (1.0, 0.0, 0.0))
    (group,) = elements(made)
    assert (group.tag, group.get("fill"), [one.tag for one in group]) == ("g", "#ff0000", ["path", "path"])


def test_words_are_text_and_what_says_nothing_is_left_out() -> None:
    made = canvas()
    made.words(8.0, "end", [(1, 2), (3, 4), (5.25, 6)], ["<a & b>", "", "c"], (("fill", "#8a8a8a"),))
    (group,) = elements(made)
    assert [(one.text, one.get("x"), one.get("y")) for one in group] == [("<a & b>", "1", "2"), ("c", "5.2", "6")]
    assert group.attrib == {"font-size": "8", "text-anchor": "end", "fill": "#8a8a8a"}


def test_every_place_of_words_needs_its_text() -> None:
    with pytest.raises(ValueError, match="shorter"):
        canvas().words(8.0, "end", [(1, 2), (3, 4)], ["one"])


@pytest.mark.parametrize(
    ("gid", "attributes"),
    [
        ("b3", {"data-b": "3"}),
        ("b12 1a 2b", {"data-b": "12"}),
        (RULE, {"class": "r"}),
        (TICKS, {"class": "t"}),
        ("bar", {}),
        ("b", {}),
        ("3", {}),
        ("rules", {}),
        (None, {}),
    ],
)
def test_a_group_is_a_backends_or_a_rule_or_nothing_of_the_kind(gid: str | None, attributes: dict[str, str]) -> None:
    made = canvas()
    made.open_group("group", gid)
    made.lines(BLUE, [((0, 0), (1, 1))])
    assert styles(made) == [dict(BLUE) | attributes]


def test_what_stands_in_a_group_without_a_name_belongs_to_the_one_around_it() -> None:
    made = canvas()
    for gid in ("b1 aa", None, "b2", RULE):
        made.open_group("group", gid)
        made.lines(BLUE, [((0, 0), (1, 1))])
    for _ in range(4):
        made.close_group("group")
        made.lines(BLUE, [((0, 0), (1, 1))])
    known = [(style.get("data-b"), style.get("class")) for style in styles(made)]
    inwards = [("1", None), ("1", None), ("2", None), (None, "r")]
    assert known == [*inwards, *inwards[2::-1], (None, None)]


@pytest.mark.parametrize(
    ("gid", "places", "keys"),
    [
        ("b1 aa bb", [(1, 1), (2, 2)], "aa bb"),
        ("b1 aa", [(1, 1)], "aa"),
        ("b1 aa bb", [(1, 1), (2, np.nan)], None),
        ("b1 aa bb", [(1, 1), (2, 99)], None),
        ("b1", [(1, 1), (2, 2)], None),
        (RULE, [(1, 1)], None),
    ],
    ids=["two", "one", "no number", "beyond the axes", "no keys", "a rule"],
)
def test_marks_tell_their_cells_only_if_each_of_them_is_drawn(
    gid: str, places: list[tuple[float, float]], keys: str | None
) -> None:
    made = canvas()
    made.open_group("marks", gid)
    made.marks(NO_FILL, SQUARE, np.array(places, dtype=float), Bbox([[0, 150], [50, HEIGHT]]))
    assert {style.get("data-k") for style in styles(made)} == {keys}


def test_a_shape_is_kept_once_however_often_it_is_drawn_and_marks_nowhere_leave_nothing() -> None:
    made = canvas()
    for places in ([(1, 2), (3, 4)], [(5, 6)], [(np.inf, 6)], np.empty((0, 2))):
        made.marks(NO_FILL, SQUARE, np.array(places, dtype=float), None)
    root = elements(made, "chart-")
    assert [(one.tag, one.get("id"), one.get("d")) for one in root[0]] == [("path", "chart-0", SQUARE)]
    used = [(one.get("href"), one.get("x"), one.get("y")) for one in root.iter("use")]
    assert used == [("#chart-0", "1", "2"), ("#chart-0", "3", "4"), ("#chart-0", "5", "6")]


BOX = Bbox([[100, 50], [200, 150]])  # from the lower left corner: 50 to 150 from above as well


@pytest.mark.parametrize(
    ("end", "is_whole"),
    [
        ((100, 50), True),
        ((200, 150), True),
        ((200 + NEAR / 2, 50 - NEAR / 2), True),
        ((100 - NEAR / 2, 150 + NEAR / 2), True),
        ((200 + 2 * NEAR, 100), False),
        ((100 - 2 * NEAR, 100), False),
        ((150, 150 + 2 * NEAR), False),
        ((150, 50 - 2 * NEAR), False),
    ],
)
def test_only_what_leaves_the_axes_is_cut(end: tuple[float, float], is_whole: bool) -> None:
    made = canvas()
    path, pencil = Path([(150, 100), end]), pen(linewidth=1, clip_rectangle=BOX)
    made.draw_path(pencil, path, IdentityTransform())
    (style,) = styles(made)
    assert (
        ("clip-path" not in style)
        is is_whole
        is made.is_within(made.flipped(IdentityTransform()).transform(path.vertices), BOX)
    )


def test_all_that_leaves_one_pair_of_axes_is_cut_at_one_rectangle() -> None:
    made = canvas()
    low = Bbox([[100, 20], [200, 60]])
    for box in (BOX, BOX, low):
        made.draw_path(pen(clip_rectangle=box), Path([(150, 60), (250, 60)]), IdentityTransform())
    root = elements(made)
    (defined,) = root.findall("defs")
    boxes = [tuple(rect.get(side) for side in ("x", "y", "width", "height")) for rect in defined.iter("rect")]
    assert boxes == [("100", "50", "100", "100"), ("100", "140", "100", "40")]
    assert [one.get("clip-path") for one in root if one.tag == "path"] == ["url(#i0)", "url(#i1)"]


def test_without_axes_around_it_everything_is_within() -> None:
    assert canvas().is_within(np.array([[-1e6, 1e6]]), None)


def test_a_line_is_told_from_the_upper_left_corner_and_breaks_where_there_is_no_number() -> None:
    made = canvas()
    made.draw_path(pen(), Path([(10, 10), (20, 10), (np.nan, 10), (40, 30), (50, 30)]), IdentityTransform())
    assert [stroke.own for stroke in made.drawing.strokes] == ["M10 190h10M40 170h10"]


def test_a_path_of_no_number_draws_nothing() -> None:
    made = canvas()
    made.draw_path(pen(), Path([(np.nan, np.nan)]), IdentityTransform())
    assert made.drawing.strokes == []
    assert made.drawing.body("i") == ""


@pytest.mark.parametrize(
    ("settings", "face", "look"),
    [
        ({"linewidth": 1.25, "foreground": "#ff0000"}, None, {"fill": "none", "stroke": "#ff0000", "stroke-width": "1.25"}),
        ({"linewidth": 0}, (0.0, 0.0, 1.0), {"fill": "#0000ff"}),
        ({"linewidth": 0}, (0.0, 0.0, 1.0, 0.25), {"fill": "#0000ff", "fill-opacity": "0.25"}),
        ({"foreground": (1, 0, 0, 0)}, (0.0, 0.0, 1.0, 0.0), {"fill": "none"}),
        (
            {"foreground": (1, 0, 0, 0.5)},
            None,
            {"fill": "none", "stroke": "#ff0000", "stroke-width": "1", "stroke-opacity": "0.5"},
        ),
        (
            {"dashes": (0, [5, 2]), "capstyle": "projecting", "joinstyle": "miter"},
            None,
            {
                "fill": "none", "stroke": "#000000", "stroke-width": "1", "stroke-dasharray": "5 2",
                "stroke-linecap": "square", "stroke-linejoin": "miter",
            },
        ),
    ],
    ids=["line", "area", "faint area", "unseen", "faint line", "dashes"],
)  # fmt: skip
def test_a_path_looks_as_it_is_told(settings: dict[str, Any], face: Any, look: dict[str, str]) -> None:
    made = canvas()
    made.draw_path(pen(**{"joinstyle": "round", **settings}), Path([(1, 1), (2, 2)]), IdentityTransform(), face)
    assert styles(made) == [look]


def test_hatches_that_look_alike_share_a_pattern_and_a_fainter_one_says_so() -> None:
    made = canvas()
    for colour in ("#ff0000", "#ff0000", (1.0, 0.0, 0.0, 0.35)):
        made.draw_path(pen(hatch="//", hatch_color=colour), Path.unit_rectangle(), Affine2D().scale(9))
    root = elements(made)
    (known,) = root.findall("defs")
    drawn = [pattern[0] for pattern in known]
    assert [(one.get("stroke"), one.get("stroke-opacity")) for one in drawn] == [("#ff0000", None), ("#ff0000", "0.35")]
    assert [style["fill"].replace("{name}", "") for style in styles(made)] == ["url(#0)", "url(#0)", "url(#1)"]


@pytest.mark.parametrize("angle", [90, 270, 45])
def test_turned_text_turns_around_its_middle(angle: float) -> None:
    made, font = canvas(), FontProperties(family="DejaVu Sans", size=10)
    made.draw_text(pen(), 50, 60, "seconds", font, angle)
    (stroke,) = made.drawing.strokes
    x, y, turn, *centre = map(float, re.findall(r"-?\d*\.?\d+", stroke.own))
    half = letters.width("seconds", font) / 2
    assert (x, y) == pytest.approx(
        (50 + half * np.cos(np.radians(angle)), 60 - half * np.sin(np.radians(angle))), abs=0.06
    )
    assert (turn, centre) == (-angle, [x, y])
    assert dict(stroke.style)["text-anchor"] == "middle"


def test_looks_leave_out_what_the_whole_picture_has_anyway() -> None:
    assert letter_look(FontProperties(weight=400), "black") == letter_look(FontProperties(weight="normal"), "k") == ()
    assert dict(letter_look(FontProperties(weight=700, style="oblique"), "red")) == {
        "font-style": "oblique", "font-weight": "700", "fill": "#ff0000",
    }  # fmt: skip
    assert ends_look("butt", "round") == ()
    assert ends_look("round", "bevel") == (("stroke-linecap", "round"), ("stroke-linejoin", "bevel"))
    assert fill_look(None) == fill_look((1.0, 1.0, 1.0, 0.0)) == NO_FILL
    assert dict(line_look((0.0, 0.0, 0.0, 1.0), 0.8)) == {"stroke": "#000000", "stroke-width": "0.8"}

"""A figure becomes a file that is the same each time, and an element that a page with a strict policy may hold."""

import re
import struct
import warnings
from xml.etree import ElementTree

import pytest
from matplotlib.figure import Figure

from study import drawing
from study.panels import styled

ON_PAGE = "{http://www.w3.org/2000/svg}"


def figure(label: str = "a label", **style: object) -> Figure:
    """One line with markers and a title."""

    def draw() -> Figure:
        made = Figure(figsize=(3, 2))
        axes = made.add_axes((0.2, 0.2, 0.7, 0.7))
        axes.plot([1, 2, 3], [3, 1, 2], marker="s", color="#2f7fc1")
        axes.set_title(label, **style)  # type: ignore[arg-type]
        return made

    return styled(draw)


def element(made: Figure, name: str = "chart", label: str = "read out", classes: str = "wide") -> ElementTree.Element:
    return ElementTree.fromstring(drawing.inline(made, name, label, classes))


def inherited(root: ElementTree.Element, wanted: ElementTree.Element) -> dict[str, str]:
    """All attributes that hold for an element, those of its groups included."""
    parents = {child: parent for parent in root.iter() for child in parent}
    chain = [wanted]
    while chain[-1] in parents:
        chain.append(parents[chain[-1]])
    return {name: value for one in reversed(chain) for name, value in one.attrib.items()}


def text(root: ElementTree.Element, words: str) -> ElementTree.Element:
    (found,) = (one for one in root.iter(f"{ON_PAGE}text") if one.text == words)
    return found


def test_a_file_holds_no_date_and_is_the_same_each_time() -> None:
    first, second = drawing.svg(figure()), drawing.svg(figure())
    assert first == second
    assert b"date" not in first


def test_a_file_has_a_white_ground_and_an_element_of_a_page_has_none() -> None:
    file, inline = ElementTree.fromstring(drawing.svg(figure())), element(figure())
    assert [one.attrib["fill"] for one in file.findall(f"{ON_PAGE}rect")] == ["#fff"]
    assert not inline.findall(f"{ON_PAGE}rect")


def test_a_file_and_an_element_show_the_same() -> None:
    def shown(root: ElementTree.Element) -> list[str | None]:
        return [one.attrib.get("d") or one.text for one in root.iter() if one.tag != f"{ON_PAGE}rect"]

    assert shown(ElementTree.fromstring(drawing.svg(figure()))) == shown(element(figure()))


def test_a_figure_has_the_same_size_after_it_was_drawn() -> None:
    made = figure()
    before = made.dpi, drawing.png(made)
    drawing.svg(made)
    assert (made.dpi, drawing.png(made)) == before


def test_a_picture_has_the_size_of_the_figure_in_dots() -> None:
    file = drawing.png(figure())
    assert file.startswith(b"\x89PNG")
    assert struct.unpack(">II", file[16:24]) == (3 * drawing.PNG_DPI, 2 * drawing.PNG_DPI)


def test_a_png_file_has_ticks_below_and_at_the_left_alone() -> None:
    made = figure()
    drawing.png(made)
    ticks = [tick for axes in made.axes for axis in (axes.xaxis, axes.yaxis) for tick in axis.get_major_ticks()]
    assert any(tick.tick1line.get_visible() for tick in ticks)
    assert not any(tick.tick2line.get_visible() for tick in ticks)


@pytest.mark.parametrize("draw", [drawing.png, drawing.svg])
def test_a_character_that_the_font_lacks_is_drawn_without_a_warning(draw: object) -> None:
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        draw(figure("\u1f4a9 漢字 \U0001f40d"))  # type: ignore[operator]
    assert not [warning for warning in seen if "Glyph" in str(warning.message)]


def test_an_element_says_what_it_is_and_how_large() -> None:
    root = element(figure(), label='"<&>', classes="narrow")
    assert root.attrib["role"] == "img"
    assert root.attrib["aria-label"] == '"<&>'
    assert root.attrib["class"] == "narrow"
    assert (root.attrib["width"], root.attrib["height"]) == ("288", "192")  # pixels: 96 to the inch
    assert root.attrib["viewBox"] == "0 0 216 144"  # points: 72 to the inch


def test_nothing_on_a_page_has_a_style_because_a_strict_policy_ignores_it() -> None:
    root = element(figure())
    assert not [
        one for one in root.iter() if "style" in one.attrib or one.tag in (f"{ON_PAGE}style", f"{ON_PAGE}script")
    ]


def test_two_charts_on_one_page_share_no_identifier_and_refer_to_their_own() -> None:
    for name in ("one", "other"):
        made = drawing.inline(figure(), name, "", "wide")
        names = re.findall(r'\bid="([^"]+)"', made)
        referred = set(re.findall(r"url\(#([^)]+)\)", made)) | set(re.findall(r'href="#([^"]+)"', made))
        assert referred
        assert referred <= set(names)
        assert all(known.startswith(f"{name}-") for known in names)


def test_text_of_a_figure_is_text_of_the_page_in_its_size_and_weight() -> None:
    root = element(figure("a <heavy> label", fontweight="bold", fontsize=11.5, fontstyle="italic"))
    own = inherited(root, text(root, "a <heavy> label"))
    assert (own["font-weight"], own["font-size"], own["font-style"]) == ("bold", "11.5", "italic")


def test_text_in_black_takes_the_ink_of_the_page_and_any_other_keeps_its_colour() -> None:
    plain, coloured = element(figure("plain")), element(figure("coloured", color="#d1495b"))
    assert "fill" not in inherited(plain, text(plain, "plain"))
    assert inherited(coloured, text(coloured, "coloured"))["fill"] == "#d1495b"


@pytest.mark.parametrize(("loc", "anchor"), [("left", "start"), ("center", "middle"), ("right", "end")])
def test_text_keeps_its_anchor_whatever_font_a_reader_has(loc: str, anchor: str) -> None:
    root = element(figure("a title", loc=loc))
    assert inherited(root, text(root, "a title"))["text-anchor"] == anchor


def test_what_looks_alike_and_stands_together_says_so_once() -> None:
    root = element(figure())
    marks = root.findall(f".//{ON_PAGE}use")
    assert len(marks) == 3
    (group,) = (one for one in root.iter(f"{ON_PAGE}g") if marks[0] in one)
    assert list(group) == marks
    assert group.attrib["fill"] == "#2f7fc1"
    assert all(set(mark.attrib) == {"href", "x", "y"} for mark in marks)

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
    """One line with markers, clipped to its axes, and a text."""

    def draw() -> Figure:
        made = Figure(figsize=(3, 2))
        axes = made.add_axes((0.2, 0.2, 0.7, 0.7))
        axes.plot([1, 2, 3], [3, 1, 2], marker="s", color="#2f7fc1")
        axes.set_title(label, **style)  # type: ignore[arg-type]
        return made

    return styled(draw)


def element(file: str, name: str = "chart", label: str = "read out", classes: str = "wide") -> ElementTree.Element:
    return ElementTree.fromstring(drawing.inline(file.encode(), name, label, classes))


def svg(inside: str, more: str = "") -> str:
    """An SVG file as matplotlib writes one, with this in it."""
    head = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    return f'<svg {head} width="72pt" height="36pt" viewBox="0 0 72 36" {more}>{inside}</svg>'


def test_a_file_holds_no_date_and_is_the_same_each_time() -> None:
    first, second = drawing.svg(figure()), drawing.svg(figure())
    assert first == second
    assert b"date>" not in first


def test_a_picture_has_the_size_of_the_figure_in_dots() -> None:
    file = drawing.png(figure())
    assert file.startswith(b"\x89PNG")
    assert struct.unpack(">II", file[16:24]) == (3 * drawing.PNG_DPI, 2 * drawing.PNG_DPI)


def test_a_character_that_the_font_lacks_is_drawn_without_a_warning() -> None:
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        drawing.png(figure("\u1f4a9 漢字 \U0001f40d"))
    assert not [warning for warning in seen if "Glyph" in str(warning.message)]


def test_an_element_says_what_it_is_and_how_large() -> None:
    root = element(svg(""), label='"<&>', classes="narrow")
    assert root.attrib["role"] == "img"
    assert root.attrib["aria-label"] == '"<&>'
    assert root.attrib["class"] == "narrow"
    assert (root.attrib["width"], root.attrib["height"]) == ("96", "48")  # pixels: 96 to the inch of 72 points
    assert root.attrib["viewBox"] == "0 0 72 36"


@pytest.mark.parametrize("gone", ["metadata", "style"])
def test_what_a_page_has_no_use_for_is_left_out(gone: str) -> None:
    root = element(svg(f"<g><{gone}>x</{gone}><path/></g><{gone}/>"))
    assert not root.findall(f".//{ON_PAGE}{gone}")
    assert root.findall(f".//{ON_PAGE}path")


@pytest.mark.parametrize(
    ("style", "attributes"),
    [
        ("fill: none", {"fill": "none"}),
        ("fill: none; stroke: #8a8a8a;", {"fill": "none", "stroke": "#8a8a8a"}),
        (" stroke-width : 0.8 ;", {"stroke-width": "0.8"}),
        ("font: 9px 'DejaVu Sans'", {"font-size": "9", "font-style": "normal", "font-weight": "normal"}),
        ("font: bold 11.5px 'DejaVu Sans'", {"font-size": "11.5", "font-style": "normal", "font-weight": "bold"}),
        ("font: 700 8px 'DejaVu Sans'", {"font-size": "8", "font-style": "normal", "font-weight": "700"}),
        ("font: italic 8px x; text-anchor: end", {"font-size": "8", "font-style": "italic", "text-anchor": "end"}),
        ("clip-path: url(#p)", {"clip-path": "url(#chart-p)"}),
        ("", {}),
    ],
)
def test_a_style_becomes_attributes_because_a_strict_policy_ignores_styles(
    style: str, attributes: dict[str, str]
) -> None:
    (path,) = element(svg(f'<path style="{style}"/>'))
    assert "style" not in path.attrib
    assert {name: path.attrib.get(name) for name in attributes} == attributes


def test_the_ground_lets_a_dark_page_show_through() -> None:
    ground = '<g id="patch_1"><path style="fill: #ffffff"/></g><g id="patch_2"><path style="fill: #ffffff"/></g>'
    first, second = element(svg(ground)).findall(f".//{ON_PAGE}path")
    assert (first.attrib["fill"], second.attrib["fill"]) == ("none", "#ffffff")


def test_two_charts_on_one_page_share_no_identifier_and_refer_to_their_own() -> None:
    inside = '<defs><path id="m1"/><clipPath id="p"/></defs><use xlink:href="#m1"/><g clip-path="url(#p)"/>'
    one, other = element(svg(inside), "one"), element(svg(inside), "other")
    names = [[found.attrib["id"] for found in root.iter() if "id" in found.attrib] for root in (one, other)]
    assert names == [["one-m1", "one-p"], ["other-m1", "other-p"]]
    (use,), (group,) = one.findall(f".//{ON_PAGE}use"), one.findall(f".//{ON_PAGE}g")
    assert use.attrib["{http://www.w3.org/1999/xlink}href"] == "#one-m1"
    assert group.attrib["clip-path"] == "url(#one-p)"


def test_a_real_figure_refers_to_nothing_that_it_does_not_hold() -> None:
    text = drawing.inline(drawing.svg(figure()), "chart", "", "wide")
    names = set(re.findall(r'\bid="([^"]+)"', text))
    referred = set(re.findall(r"url\(#([^)]+)\)", text)) | set(re.findall(r'xlink:href="#([^"]+)"', text))
    assert referred
    assert referred <= names


def test_text_of_a_figure_is_text_of_the_page_in_its_weight() -> None:
    root = ElementTree.fromstring(
        drawing.inline(drawing.svg(figure("a heavy label", fontweight="bold")), "chart", "", "wide")
    )
    (title,) = (found for found in root.iter(f"{ON_PAGE}text") if "".join(found.itertext()).strip() == "a heavy label")
    assert title.attrib["font-weight"] in ("bold", "700")
    assert re.fullmatch(r"[\d.]+(px)?", title.attrib["font-size"])

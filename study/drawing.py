"""How does a chart get into a file, and into a page that allows no inline style? The same figure gives the same bytes each time."""

import io
import re
import warnings
from collections.abc import Callable
from xml.etree import ElementTree

from matplotlib.figure import Figure

from study.panels import styled

SVG, XLINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"
PNG_DPI = 160
FONT = re.compile(r"(?P<style>italic |oblique )?(?P<weight>bold |\d+ )?(?P<size>[\d.]+)px ")
DIGITS = re.compile(r"(\d\.\d\d)\d+")  # of a coordinate: the third decimal is a thousandth of a point
REFERENCE = re.compile(r"#([^)]+)")
ElementTree.register_namespace("", SVG)
ElementTree.register_namespace("xlink", XLINK)


def svg(figure: Figure) -> bytes:
    """The figure as an SVG file with text as text, without a date."""
    return _saved(lambda file: figure.savefig(file, format="svg", facecolor="white", metadata={"Date": None}))


def png(figure: Figure) -> bytes:
    """The figure as a PNG file."""
    return _saved(lambda file: figure.savefig(file, format="png", dpi=PNG_DPI, facecolor="white"))


def inline(file: bytes, name: str, label: str, classes: str) -> str:
    """`svg`'s file as an element for a page: identifiers begin with `name`, and `label` is read out for it.

    The white ground is taken away, so that a dark page shows through.
    A content security policy without 'unsafe-inline' ignores style attributes and style elements, so there are none.
    """
    root = ElementTree.fromstring(file)
    ground = root.find(f".//{{{SVG}}}g[@id='patch_1']/{{{SVG}}}path")
    if ground is not None:
        ground.set("style", "fill: none")
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag in (f"{{{SVG}}}metadata", f"{{{SVG}}}style"):
                parent.remove(child)
    for element in root.iter():
        _rename(element, name)
        _set_attributes(element)
    width, height = (float(root.attrib.pop(side).removesuffix("pt")) for side in ("width", "height"))
    root.attrib.update({"role": "img", "aria-label": label, "class": classes})
    root.attrib.update({"width": f"{width * 4 / 3:.0f}", "height": f"{height * 4 / 3:.0f}"})
    _slim(root)
    return ElementTree.tostring(root, encoding="unicode")


def _saved(save: Callable[[io.BytesIO], None]) -> bytes:
    file = io.BytesIO()
    with warnings.catch_warnings():
        # A name in a results file may hold any character; one that the font lacks is drawn as a box.
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        styled(lambda: save(file))
    return file.getvalue()


def _rename(element: ElementTree.Element, name: str) -> None:
    """Make every identifier, and what refers to it, the page's own."""
    for key, value in element.attrib.items():
        if key == "id":
            element.set(key, f"{name}-{value}")
        elif key == f"{{{XLINK}}}href":
            element.set(key, value.replace("#", f"#{name}-"))
        elif "url(#" in value:
            element.set(key, value.replace("url(#", f"url(#{name}-"))


def _slim(root: ElementTree.Element) -> None:
    """Leave out what a browser has no use for: hundredths of a point, names that nobody refers to, groups of nothing in common."""
    values = [value for element in root.iter() for value in element.attrib.values() if "#" in value]
    referred = {name for value in values for name in REFERENCE.findall(value)}
    for element in root.iter():
        if element.attrib.get("id") not in referred:
            element.attrib.pop("id", None)
        for name in element.attrib.keys() & {"d", "x", "y", "transform", "points"}:
            element.set(name, " ".join(DIGITS.sub(r"\1", element.attrib[name]).split()))
        if element.attrib.get("transform", "").startswith("rotate(-0 "):
            del element.attrib["transform"]
        element.attrib.pop("font-family", None)  # the page has one for all text of charts
        if element.tag != f"{{{SVG}}}text":
            element.text = (element.text or "").strip() or None
        element.tail = (element.tail or "").strip() or None
    _ungroup(root)


def _ungroup(parent: ElementTree.Element) -> None:
    children: list[ElementTree.Element] = []
    for child in parent:
        _ungroup(child)
        children += child if child.tag == f"{{{SVG}}}g" and not child.attrib else [child]
    parent[:] = children


def _set_attributes(element: ElementTree.Element) -> None:
    """Turn the style attribute into one attribute for each property."""
    for declaration in element.attrib.pop("style", "").split(";"):
        name, _, value = (part.strip() for part in declaration.partition(":"))
        font = FONT.match(value) if name == "font" else None
        if font:
            element.set("font-size", font["size"])
            element.set("font-style", (font["style"] or "normal").strip())
            element.set("font-weight", (font["weight"] or "normal").strip())
        elif name:
            element.set(name, value)

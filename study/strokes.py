"""How does a figure become few elements of SVG? matplotlib draws on it; what looks alike and stands together shares a group."""

import itertools
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any
from xml.sax.saxutils import escape

import numpy as np
from matplotlib.backend_bases import GraphicsContextBase, RendererBase
from matplotlib.colors import to_hex
from matplotlib.font_manager import FontProperties
from matplotlib.path import Path
from matplotlib.transforms import Affine2D, BboxBase, Transform
from numpy.typing import ArrayLike, NDArray

from study import letters
from study.letters import ASCENT, DESCENT
from study.outlines import outline, written

Style = tuple[tuple[str, str], ...]  # attributes that an element can inherit, and their values
Places = NDArray[np.float64]
RULE = "rule"  # what the drawing of a line is called that stands at a value, and belongs to no backend
TICKS = "ticks"  # the same of what goes with an axis that a page can show another way
CLASSES = {RULE: "r", TICKS: "t"}
HATCH = 72  # points: the side of a tile
NEAR = 0.1  # points: what is drawn so far beyond the axes is not cut
BRACES = {"{": "&#123;"}  # in a text: those of a placeholder are not from there
CAPS = {"projecting": "square", "round": "round"}
ANCHORS = {"left": "start", "center": "middle", "right": "end"}


@dataclass(frozen=True, slots=True)
class Stroke:
    """One element."""

    style: Style
    name: str
    own: str  #: the attributes that no other element shares; of a path what it draws
    text: str = ""  #: what stands in it


@dataclass(slots=True)
class Drawing:
    """A figure as SVG: what refers to its definitions says `{name}` before their identifiers."""

    width: float  #: points
    height: float
    definitions: dict[str, str] = field(default_factory=dict)  #: the element -> its identifier
    strokes: list[Stroke] = field(default_factory=list)
    scales: list[str] = field(default_factory=list)  #: of the axes that a page can show linear, see `study.painting`

    def body(self, name: str) -> str:
        """All elements; their identifiers begin with `name`."""
        known = "".join(element.replace("{id}", f"{{name}}{key}") for element, key in self.definitions.items())
        parts = (f"<defs>{known}</defs>" if known else "", *_elements(self.strokes))
        return "".join(parts).replace("{name}", name)


class Canvas(RendererBase):
    """What matplotlib draws on, one point for each of its pixels."""

    def __init__(self, width: float, height: float) -> None:
        super().__init__()
        self.drawing = Drawing(width, height)
        self._marks: list[tuple[Style, str]] = [
            ((), "")
        ]  # what the page knows of what is drawn now, the innermost last

    def get_canvas_width_height(self) -> tuple[float, float]:
        """In points."""
        return self.drawing.width, self.drawing.height

    def points_to_pixels(self, points: Any) -> Any:
        """The same."""
        return points

    def open_group(self, s: str, gid: str | None = None) -> None:  # noqa: ARG002 # matplotlib tells it
        """What is drawn until its end is a backend's (see `study.view.series`), a rule, or nothing of the kind."""
        name, _, keys = (gid or "").partition(" ")
        if name in CLASSES:
            self._marks.append(((("class", CLASSES[name]),), ""))
        elif name.startswith("b") and name[1:].isdigit():
            self._marks.append(((("data-b", name[1:]),), keys))
        else:
            self._marks.append(self._marks[-1])

    def close_group(self, s: str) -> None:  # noqa: ARG002 # matplotlib tells it
        """Go on with what was drawn before it."""
        self._marks.pop()

    def lines(self, style: Style, ends: Iterable[ArrayLike]) -> None:
        """Straight lines between two places, which are told from the upper left corner."""
        for one in ends:
            self._add(style, "path", outline(np.array(one)))

    def words(
        self, size: float, anchor: str, places: Iterable[tuple[float, float]], texts: Iterable[str], look: Style = ()
    ) -> None:
        """A text at each place, on one line; `look` is what its font and colour have beside the size."""
        style = (("font-size", written(size)), ("text-anchor", anchor), *look)
        for (x, y), text in zip(places, texts, strict=True):
            if text:
                self._add(style, "text", f'x="{written(x)}" y="{written(y)}"', escape(text, BRACES))

    def is_within(self, places: Places, clip: BboxBase | None) -> bool:
        """Whether nothing of what is drawn between these places is cut."""
        box = self._box(clip)
        return box is None or bool(_within(places, box).all())

    def draw_path(self, gc: GraphicsContextBase, path: Path, transform: Transform, rgbFace: Any = None) -> None:  # noqa: N803 # matplotlib's name
        """A line, an area or a hatched area."""
        line = rgbFace is None and not gc.get_hatch()
        found: Any = path.cleaned(
            self.flipped(transform),
            remove_nans=True,
            clip=(0.0, 0.0, self.drawing.width, self.drawing.height) if line else None,
            simplify=path.should_simplify and line,
            curves=True,
        )
        vertices, codes = found.vertices[:-1], found.codes[:-1]  # the last one says that it is the last
        if len(vertices):
            fill = (("fill", f"url(#{{name}}{self._hatch(gc)})"),) if gc.get_hatch() else fill_look(rgbFace)
            self._add((*fill, *_line(gc), *self._clip(gc, vertices)), "path", outline(vertices, codes))

    def draw_markers(
        self,
        gc: GraphicsContextBase,
        marker_path: Path,
        marker_trans: Transform,
        path: Path,
        trans: Transform,
        rgbFace: Any = None,  # noqa: N803 # matplotlib's name
    ) -> None:
        """A mark at the edge of the axes is whole; one whose middle is beyond it is left out."""
        marker = marker_path.transformed(marker_trans + Affine2D().scale(1, -1))
        shape = outline(np.asarray(marker.vertices, dtype=float), marker.codes, 100)
        places = self.flipped(trans).transform(path.vertices)
        self.marks((*fill_look(rgbFace), *_line(gc)), shape, places, gc.get_clip_rectangle())

    def marks(self, style: Style, shape: str, places: Places, clip: BboxBase | None) -> None:
        """One shape, of which `outline` tells in hundredths of a point, at each place that is within the axes."""
        inside, keys = self._inside(places, clip), self._marks[-1][1]
        if len(inside):
            style += (("data-k", keys),) if keys and keys.count(" ") + 1 == len(inside) else ()
            known = self._define(f'<path id="{{id}}" d="{shape}"/>')
            for x, y in inside:
                self._add(style, "use", f'href="#{{name}}{known}" x="{written(x)}" y="{written(y)}"')

    def draw_text(
        self,
        gc: GraphicsContextBase,
        x: float,
        y: float,
        s: str,
        prop: FontProperties,
        angle: float,
        ismath: Any = False,
        mtext: Any = None,
    ) -> None:
        """Text as text, which begins, ends or has its middle where it should, whatever font the reader has."""
        anchor = "start"
        if angle:
            half, turn = self.get_text_width_height_descent(s, prop, ismath)[0] / 2, math.radians(angle)
            anchor, x, y = "middle", x + half * math.cos(turn), y - half * math.sin(turn)
        elif mtext is not None:
            anchor = ANCHORS[mtext.get_ha()]
            x = mtext.get_transform().transform(mtext.get_unitless_position())[0]
        style = (("font-size", written(prop.get_size_in_points())), ("text-anchor", anchor))
        at = f'x="{written(x)}" y="{written(y)}"'
        turned = f' transform="rotate({-angle:g} {written(x)} {written(y)})"' if angle else ""
        self._add((*style, *letter_look(prop, gc.get_rgb())), "text", at + turned, escape(s, BRACES))

    def get_text_width_height_descent(
        self,
        s: str,
        prop: FontProperties,
        ismath: Any,  # noqa: ARG002 # matplotlib tells it
    ) -> tuple[float, float, float]:
        """By the font's own widths; lines are equally high whatever letters they have."""
        size = prop.get_size_in_points()
        return letters.width(s, prop), (ASCENT + DESCENT) * size, DESCENT * size

    def _add(self, style: Style, name: str, own: str, text: str = "") -> None:
        self.drawing.strokes.append(Stroke(style + self._marks[-1][0], name, own, text))

    def _define(self, element: str) -> str:
        known = self.drawing.definitions
        return known.setdefault(element, str(len(known)))

    def flipped(self, transform: Transform) -> Transform:
        """The same, to places told from the upper left corner."""
        return transform + Affine2D().scale(1, -1).translate(0, self.drawing.height)

    def _clip(self, gc: GraphicsContextBase, vertices: Places) -> Style:
        """An attribute where something would be drawn beyond the axes, none where nothing is."""
        box = self._box(gc.get_clip_rectangle())
        if box is None or _within(vertices, box).all():
            return ()
        x, y, width, height = map(written, (*box[:2], *(box[2:] - box[:2])))
        rectangle = f'<rect x="{x}" y="{y}" width="{width}" height="{height}"/>'
        known = self._define(f'<clipPath id="{{id}}">{rectangle}</clipPath>')
        return (("clip-path", f"url(#{{name}}{known})"),)

    def _inside(self, places: Places, clip: BboxBase | None) -> Places:
        places, box = places[np.isfinite(places).all(axis=1)], self._box(clip)
        return places if box is None else places[_within(places, box)]

    def _box(self, clip: BboxBase | None) -> Places | None:
        """Left, upper, right and lower edge of what may be drawn on; None without one."""
        high = self.drawing.height
        return None if clip is None else np.array([clip.x0, high - clip.y1, clip.x1, high - clip.y0])

    def _hatch(self, gc: GraphicsContextBase) -> str:
        tile = gc.get_hatch_path().transformed(Affine2D().scale(HATCH, -HATCH).translate(0, HATCH))
        colour: Any = gc.get_hatch_color()
        wide = written(gc.get_hatch_linewidth())
        drawn = f'd="{outline(np.asarray(tile.vertices, dtype=float), tile.codes)}" stroke="{to_hex(colour)}" stroke-width="{wide}"'
        faint = f' stroke-opacity="{_opacity(colour):.3g}"' if _opacity(colour) != 1 else ""
        size = f'width="{HATCH}" height="{HATCH}"'
        return self._define(
            f'<pattern id="{{id}}" patternUnits="userSpaceOnUse" {size}><path {drawn}{faint}/></pattern>'
        )


def letter_look(font: FontProperties, colour: Any) -> Style:
    """What a text has that is not plain and black."""
    look: dict[str, str] = {"font-style": font.get_style()} if font.get_style() != "normal" else {}
    look |= {"font-weight": str(font.get_weight())} if font.get_weight() not in ("normal", 400) else {}
    fill = to_hex(colour)
    look |= {"fill": fill} if fill != "#000000" else {}
    return tuple(look.items())


def _within(places: Places, box: Places) -> NDArray[np.bool_]:
    return np.asarray(((places >= box[:2] - NEAR) & (places <= box[2:] + NEAR)).all(axis=1))


def fill_look(face: Any) -> Style:
    """What an area has; nothing is none."""
    opacity = _opacity(face) if face is not None else 0.0
    if not opacity:
        return (("fill", "none"),)
    return (("fill", to_hex(face[:3])), *((("fill-opacity", f"{opacity:.3g}"),) if opacity != 1 else ()))


def _opacity(colour: Any) -> float:
    return float(colour[3]) if len(colour) > 3 else 1.0


def _line(gc: GraphicsContextBase) -> Style:
    """What is drawn along a path. Round joins and butt caps are those of the whole picture."""
    wide = gc.get_linewidth()
    colour: Any = gc.get_rgb()
    if not wide or not colour[3]:
        return ()
    found = dict(line_look(colour, wide))
    dashes: Any = gc.get_dashes()[1]
    found |= {"stroke-dasharray": " ".join(f"{length:.3g}" for length in dashes)} if dashes is not None else {}
    return (*found.items(), *ends_look(gc.get_capstyle(), gc.get_joinstyle()))


def ends_look(cap: str, join: str) -> Style:
    """How a line ends, and how its parts meet."""
    look = {"stroke-linecap": CAPS[cap]} if cap in CAPS else {}
    look |= {"stroke-linejoin": join} if join != "round" else {}
    return tuple(look.items())


def line_look(colour: Any, wide: float) -> Style:
    """What a line without dashes has that is so many points wide."""
    look = {"stroke": to_hex(colour[:3]), "stroke-width": f"{wide:.3g}"}
    look |= {"stroke-opacity": f"{colour[3]:.3g}"} if colour[3] != 1 else {}
    return tuple(look.items())


def _elements(strokes: Iterable[Stroke]) -> Iterator[str]:
    """Those of one style in a group that has it; their lines are one path."""
    for style, each in itertools.groupby(strokes, key=lambda stroke: stroke.style):
        shared = "".join(f' {name}="{value}"' for name, value in style)
        own = list(each)
        own = list(_joined(own)) if ("fill", "none") in style else own
        if len(own) == 1:
            yield _element(own[0], shared)
        else:
            yield f"<g{shared}>{''.join(_element(stroke, '') for stroke in own)}</g>"


def _joined(strokes: Iterable[Stroke]) -> Iterator[Stroke]:
    for name, each in itertools.groupby(strokes, key=lambda stroke: stroke.name):
        own = list(each)
        if name == "path":
            yield Stroke(own[0].style, name, "".join(stroke.own for stroke in own))
        else:
            yield from own


def _element(stroke: Stroke, shared: str) -> str:
    own = f'd="{stroke.own}"' if stroke.name == "path" else stroke.own
    end = f">{stroke.text}</{stroke.name}>" if stroke.text else "/>"
    return f"<{stroke.name}{shared} {own}{end}"

"""How does a chart get into a file, and into a page that allows no inline style? The same figure gives the same bytes each time."""

import io
import warnings
from collections.abc import Callable
from typing import TypeVar
from xml.sax.saxutils import quoteattr

from matplotlib.figure import Figure

from study.painting import paint
from study.panels import styled
from study.strokes import Canvas, Drawing

PNG_DPI = 160
POINTS = 72  # to the inch
PIXELS = 96  # to the inch, as browsers count
SVG = 'xmlns="http://www.w3.org/2000/svg"'
FONTS = "DejaVu Sans, Verdana, Liberation Sans, sans-serif"
T = TypeVar("T")


def drawn(figure: Figure) -> Drawing:
    """The figure as elements of SVG with text as text, without a ground."""
    return _quietly(lambda: _drawn(figure))


def svg(figure: Figure | Drawing) -> bytes:
    """The same as a file, on white."""
    made = figure if isinstance(figure, Drawing) else drawn(figure)
    size = f'width="{made.width:g}pt" height="{made.height:g}pt" viewBox="0 0 {made.width:g} {made.height:g}"'
    ground = '<rect width="100%" height="100%" fill="#fff"/>'
    look = f'font-family="{FONTS}" stroke-linejoin="round"'
    return f'<?xml version="1.0" encoding="utf-8"?>\n<svg {SVG} {size} {look}>{ground}{made.body("i")}</svg>\n'.encode()


def inline(figure: Figure | Drawing, name: str, label: str, classes: str) -> str:
    """The same as an element for a page: identifiers begin with `name`, and `label` is read out for it.

    A content security policy without 'unsafe-inline' ignores style attributes and style elements, so there are none; without a
    ground a dark page shows through. Font and joins of lines are those of the page.
    """
    made = figure if isinstance(figure, Drawing) else drawn(figure)
    width, height = (f"{side * PIXELS / POINTS:.0f}" for side in (made.width, made.height))
    size = f'width="{width}" height="{height}" viewBox="0 0 {made.width:g} {made.height:g}"'
    said = f'role="img" aria-label={quoteattr(label)} class="{classes}"'
    said += f' data-axes="{";".join(made.scales)}"' if made.scales else ""
    return f"<svg {SVG} {said} {size}>{made.body(f'{name}-')}</svg>"


def png(figure: Figure) -> bytes:
    """The figure as a PNG file."""
    file = io.BytesIO()
    for axes in figure.axes:
        axes.tick_params(top=False, right=False)  # matplotlib's own ticks stand on all sides unless they are told
    _quietly(lambda: figure.savefig(file, format="png", dpi=PNG_DPI, facecolor="white"))
    return file.getvalue()


def _drawn(figure: Figure) -> Drawing:
    width, height = (float(side) * POINTS for side in figure.get_size_inches())
    canvas = Canvas(width, height)
    before = figure.dpi
    figure.dpi = POINTS
    try:
        paint(figure, canvas)
    finally:
        figure.dpi = before
    return canvas.drawing


def _quietly(draw: Callable[[], T]) -> T:
    with warnings.catch_warnings():
        # A name in a results file may hold any character; one that the font lacks is drawn as a box.
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        return styled(draw)

"""How are the commonest artists put on a canvas? From their own numbers: matplotlib's way there takes twice as long.

All others draw themselves.
"""

import functools
import itertools
from collections.abc import Sequence

import numpy as np
from matplotlib.artist import Artist
from matplotlib.collections import LineCollection
from matplotlib.colors import to_rgba
from matplotlib.lines import Line2D
from matplotlib.markers import MarkerStyle
from matplotlib.text import Text
from matplotlib.transforms import Affine2D

from study.letters import ASCENT
from study.outlines import outline
from study.strokes import ANCHORS, Canvas, Style, ends_look, fill_look, letter_look, line_look

LINE, DEPTH = 1.2, 0.24  # em: from one line to the next, and how far the font reaches below its line


def put(artists: Sequence[Artist], canvas: Canvas) -> None:
    """Draw them, those of lower order first."""
    for artist in sorted(artists, key=lambda artist: artist.get_zorder()):
        if isinstance(artist, Text) and not artist.get_rotation():
            _text(artist, canvas)
        elif isinstance(artist, Line2D) and artist.get_linestyle() == "None":
            _marks(artist, canvas)
        elif not (isinstance(artist, LineCollection) and _spans(artist, canvas)):
            artist.draw(canvas)


def _marks(artist: Line2D, canvas: Canvas) -> None:
    """A mark at each place, and no line."""
    shape, ends = _shape(str(artist.get_marker()), artist.get_markersize())
    style = fill_look(to_rgba(artist.get_markerfacecolor()))
    style += (*line_look(to_rgba(artist.get_markeredgecolor()), artist.get_markeredgewidth()), *ends)
    places = canvas.flipped(artist.get_transform()).transform(np.column_stack(artist.get_data()))
    canvas.open_group("marks", artist.get_gid())
    canvas.marks(style, shape, places, artist.get_clip_box())
    canvas.close_group("marks")


@functools.cache
def _shape(marker: str, points: float) -> tuple[str, Style]:
    """The outline of a mark of that size in hundredths of a point, and how its line ends."""
    known = MarkerStyle(marker)
    path = known.get_path().transformed(known.get_transform() + Affine2D().scale(points, -points))
    ends = ends_look(known.get_capstyle(), known.get_joinstyle())
    return outline(np.asarray(path.vertices, dtype=float), path.codes, 100), ends


def _spans(artist: LineCollection, canvas: Canvas) -> bool:
    """Straight lines between two places, all at once if nothing of them is cut; whether it was so."""
    ends = np.array([path.vertices for path in artist.get_paths()])
    places = canvas.flipped(artist.get_transform()).transform(ends.reshape(-1, 2))
    if not canvas.is_within(places, artist.get_clip_box()):
        return False
    (wide,) = np.atleast_1d(artist.get_linewidth())
    looks = itertools.cycle([(("fill", "none"), *line_look(colour, wide)) for colour in artist.get_colors()])
    canvas.open_group("spans", artist.get_gid())
    for look, one in zip(looks, places.reshape(-1, 2, 2), strict=False):
        canvas.lines(look, [one])
    canvas.close_group("spans")
    return True


def _text(artist: Text, canvas: Canvas) -> None:
    """Lines one below the other around the text's place. matplotlib would measure each of them first."""
    lines, font = artist.get_text().split("\n"), artist.get_fontproperties()
    size = font.get_size_in_points()
    step = LINE if len(lines) > 1 else ASCENT + DEPTH
    reach = ASCENT + (step - 1) / 2  # em: from the upper edge down to where the first line stands
    last = step * (len(lines) - 1)
    above = {"top": 0.0, "center": (last + step) / 2, "baseline": last + reach}[artist.get_verticalalignment()]
    x, y = artist.get_transform().transform(artist.get_unitless_position())
    first = canvas.drawing.height - y + size * (reach - above)
    places = [(x, first + size * step * number) for number in range(len(lines))]
    canvas.open_group("text", artist.get_gid())
    anchor = ANCHORS[artist.get_horizontalalignment()]
    canvas.words(size, anchor, places, lines, letter_look(font, artist.get_color()))
    canvas.close_group("text")

"""How much room does a text take on a chart? By the widths that the font itself has for each letter."""

import functools

from matplotlib.font_manager import FontProperties, findfont, get_font
from matplotlib.ft2font import LoadFlags

ASCENT, DESCENT = 0.76, 0.21  # em: how far letters of DejaVu Sans reach above and below their line
MIDDLE = 0.365  # em: half the height of a capital letter or a digit above its line
BOX = 0.6  # em: what stands for a letter that the font lacks
MEASURED_AT = 100  # points: a size at which a font's hinting moves nothing


def width(text: str, font: FontProperties) -> float:
    """Of one line, in points."""
    widths = _widths(findfont(font))
    return sum(widths[letter] for letter in text) * font.get_size_in_points()


def plain_width(text: str, points: float) -> float:
    """Of one line in the font of all charts, in points."""
    widths = _widths(findfont("DejaVu Sans"))
    return sum(widths[letter] for letter in text) * points


class _Widths(dict[str, float]):
    """How wide each letter of a font is, in em; found out when it is first asked for.

    The font itself is not kept: it reads from an open file, which processes forked from here would read at the same time.
    """

    def __init__(self, file: str) -> None:
        super().__init__()
        self._file = file

    def __missing__(self, letter: str) -> float:
        font = get_font(self._file)  # Matplotlib opens it anew in a forked process
        if not font.get_char_index(ord(letter)):
            return BOX  # asking for its width would warn that there is none
        font.set_size(MEASURED_AT, 72)
        glyph = font.load_char(ord(letter), flags=LoadFlags.NO_HINTING)
        self[letter] = glyph.linearHoriAdvance / 65536 / MEASURED_AT
        return self[letter]


@functools.cache
def _widths(file: str) -> _Widths:
    return _Widths(file)

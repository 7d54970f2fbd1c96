"""How are numbers and text from a results file written, so that they are read alike and harm nobody?"""

import math
import re

CONTROL = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff\ufffe\uffff]"
)
LONGEST = 600  # characters of one piece of text that a table shows
FORMULA = re.compile(r"^[\s]*[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]")
MARKDOWN = re.compile(r"([\\`*_\[\]<>|~!#$&])")


def number(value: float) -> str:
    """Three significant digits, thousands separated, never in powers of ten below a billion: 0.0123, 12.3, 12,300."""
    if value == 0 or not math.isfinite(value):
        return "0" if value == 0 else "∞" if value > 0 else "—"
    rounded = _to_three_digits(value)
    decimals = max(0, 2 - math.floor(math.log10(abs(rounded))))
    if decimals > 6 or abs(value) >= 1e9:
        return f"{value:.3g}"
    return f"{rounded:,.{decimals}f}"


def interval(value: float, low: float | None, high: float | None) -> str:
    """A number with its interval where there is one: 12.3 (11.9–12.8)."""
    if missing(low) or missing(high):
        return number(value)
    assert low is not None
    assert high is not None
    return f"{number(value)} ({number(low)}–{number(high)})"


def missing(value: float | None) -> bool:
    """Whether there is no number: None as types have it, NaN as tables have it."""
    return value is None or value != value


def times(value: float) -> str:
    """A ratio for a sentence: 2.0x, 37x, 1,240x."""
    return f"{value:.1f}x" if value < 9.95 else f"{value:.0f}x" if value < 100 else f"{number(value)}x"


def duration(seconds: float) -> str:
    """A time in the unit that suits it: 850 ns, 12.3 µs, 4.56 ms, 1.20 s."""
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if _to_three_digits(seconds) >= size:
            return f"{number(seconds / size)} {unit}"
    return f"{number(seconds * 1e9)} ns"


def _to_three_digits(value: float) -> float:
    """The number that is written: 9.996 is 10.0, and no longer below ten."""
    return float(f"{value:.2e}")


def size(count: float) -> str:
    """A number of bytes: 64 B, 1 KiB, 16 MiB."""
    for unit, bytes_ in (("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)):
        if count >= bytes_:
            return f"{count / bytes_:.4g} {unit}"
    return f"{count:.4g} B"


def plain(text: object, longest: int = LONGEST) -> str:
    """Foreign text on its way to a reader: nothing invisible in it, and cut where it becomes a burden."""
    shown = CONTROL.sub("�", str(text)[: longest + 1])
    return shown if len(shown) <= longest else shown[: longest - 1] + "…"


def csv_text(text: object) -> str:
    """Foreign text for a spreadsheet, which takes what begins like a formula for one."""
    shown = plain(text, 1 << 15)
    return f"'{shown}" if FORMULA.match(shown) else shown


def markdown_text(text: object) -> str:
    """Foreign text for a table in Markdown: one line, no markup, no link, nobody notified."""
    shown = MARKDOWN.sub(r"\\\1", " ".join(plain(text).split()))
    return shown.replace("://", r":\//").replace("@", "@\u2060").replace("www.", "www\u2060.")

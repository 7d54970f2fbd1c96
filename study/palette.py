"""Which colour, marker and dash does a backend have? The same ones in every chart.

Colour tells the kind of worker, marker and dash the library, so that no two backends differ by colour alone. Each colour has a
contrast of at least 3 to 1 with a white page and with a dark one (WCAG 2.2, 1.4.11).
"""

import itertools
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from study import installed

BLUE, ORANGE, PURPLE, GREEN, RED, GREY = "#2f7fc1", "#c2701c", "#a85cb8", "#1e9166", "#d1495b", "#7d7d7d"
Dash = Literal["solid", "none"] | tuple[float, tuple[float, ...]]
SOLID: Dash = "solid"
DASHED: Dash = (0, (5, 2))
DOTTED: Dash = (0, (1.2, 1.6))


@dataclass(frozen=True, slots=True)
class Look:
    """How a backend is drawn."""

    colour: str
    marker: str
    dash: Dash
    filled: bool = True  #: whether the marker is, on a line; the start-up chart tells states by it


FIXED = {
    "serial": Look(GREY, "X", DOTTED),
    "threads": Look(BLUE, "o", SOLID),
    "processes.fork": Look(ORANGE, "s", SOLID),
    "processes.spawn": Look(PURPLE, "^", SOLID),
    "processes.forkserver": Look(GREEN, "D", SOLID),
    "executors.thread": Look(BLUE, "p", DASHED, filled=False),
    "executors.fork": Look(ORANGE, "P", DASHED, filled=False),
    "executors.spawn": Look(PURPLE, "v", DASHED, filled=False),
    "executors.forkserver": Look(GREEN, "d", DASHED, filled=False),
    "executors.interpreter": Look(RED, "*", DASHED, filled=False),
    "floor.thread": Look(GREY, "<", SOLID),
    "floor.fork": Look(GREY, ">", SOLID),
    "floor.interpreter": Look(GREY, "h", SOLID),
}
#: What became of a hazard, in a table that says it in a word as well.
OUTCOMES = {
    "works": GREEN,
    "answers": BLUE,
    "raises": ORANGE,
    "loses data": PURPLE,
    "wrong answer": PURPLE,
    "leaks": GREY,
    "leaves orphans": GREY,
    "dies": RED,
    "hangs": RED,
}
DASH_DOTTED: Dash = (0, (4, 1.6, 1.2, 1.6))
FREE = [
    Look(colour, marker, dash, filled)
    for colour, (dash, filled, marker) in zip(
        itertools.cycle((RED, BLUE, ORANGE, PURPLE, GREEN)),
        itertools.product((DOTTED, DASH_DOTTED), (True, False), "<>H8"),
        strict=False,  # colours begin again, shapes do not
    )
]


def looks(backends: Iterable[str]) -> dict[str, Look]:
    """The look of each backend; those without a fixed one are given the free ones, installed ones first."""
    others = [name for name in installed.in_order(backends, installed.known_backends()) if name not in FIXED]
    free = {name: FREE[position % len(FREE)] for position, name in enumerate(others)}
    return {name: FIXED.get(name) or free[name] for name in backends}


def css() -> str:
    """The colour of each outcome as a property that a page's style can use."""
    return "".join(f".{name.replace(' ', '-')} {{ --outcome: {colour}; }}\n" for name, colour in OUTCOMES.items())

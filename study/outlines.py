"""How is a path written with few characters? Relative to where the pen stands, in tenths of a point, without what is not needed."""

import functools
from collections.abc import Iterable
from typing import Any

import numpy as np
from matplotlib.path import Path
from numpy.typing import NDArray

LETTERS = {2: "l", 3: "q", 4: "c"}  # of matplotlib's codes
POINTS = {3: 2, 4: 3}  # that a curve takes, its end included
MOVE, LINE, CLOSE = int(Path.MOVETO), int(Path.LINETO), int(Path.CLOSEPOLY)


def written(value: float, scale: int = 10) -> str:
    """A number to the next tenth (or the next part of `scale`), as SVG reads it."""
    return _written(round(value * scale), scale)


def outline(vertices: NDArray[np.float64], codes: Any = None, scale: int = 10) -> str:
    """What a `d` attribute says of a path; `codes` are those of `matplotlib.path.Path`, None for one line through all vertices.

    Each place is rounded by itself and steps are told between rounded places, so that the end of a long line does not drift.
    """
    places = np.rint(np.asarray(vertices) * scale).astype(np.int64).tolist()
    kinds = [MOVE, *[LINE] * (len(places) - 1)] if codes is None else np.asarray(codes).tolist()
    parts: list[str] = []
    pen = begun = [0, 0]
    at, last = 0, ""
    while at < len(places):
        taken = POINTS.get(kinds[at], 1)
        if kinds[at] == MOVE:
            pen = begun = places[at]
            letter, numbers = "M", [*pen]
        elif kinds[at] == CLOSE:
            pen = begun
            letter, numbers = "z", []
        else:
            letter, numbers = _steps(LETTERS[kinds[at]], pen, places[at : at + taken])
            pen = places[at + taken - 1]
        at += taken
        if letter:
            run = _run(_written(number, scale) for number in numbers)
            parts += [letter, run] if letter != last else [run] if run.startswith("-") else [" ", run]
            last = letter
    return "".join(parts)


def _steps(letter: str, pen: list[int], places: list[list[int]]) -> tuple[str, list[int]]:
    """The letter and the numbers of the next command; none where the pen stands there already."""
    steps = [coordinate - pen[axis] for place in places for axis, coordinate in enumerate(place)]
    if letter == "l" and not all(steps):
        return ("h", steps[:1]) if steps[0] else ("v", steps[1:]) if steps[1] else ("", [])
    return letter, steps


def _run(numbers: Iterable[str]) -> str:
    """Numbers with a space where there would be no end of the first one: 1 2-3."""
    return " ".join(numbers).replace(" -", "-")


@functools.lru_cache(maxsize=1 << 14)
def _written(parts: int, scale: int) -> str:
    text = f"{parts / scale:.10g}"
    return text.replace("0.", ".", 1) if text.startswith(("0.", "-0.")) else text

"""A path is written shortly and leads where it led."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.path import Path

from busy import on_a_busy_machine_too
from study.outlines import outline, written

NUMBERS = re.compile(r"-?(?:\d+\.?\d*|\.\d+)")
PLACES = st.lists(st.tuples(st.floats(-900, 900), st.floats(-900, 900)), min_size=1, max_size=40)


def ends(text: str) -> list[tuple[float, float]]:
    """Where the pen stands after each step of a path of lines."""
    found, pen = [], (0.0, 0.0)
    for letter, run in re.findall(r"([Mlhv])([^Mlhvz]*)", text):
        numbers = [float(number) for number in NUMBERS.findall(run)]
        pairs = list(zip(numbers[::2], numbers[1::2], strict=False)) if letter in "Ml" else []
        pairs += [(number, 0.0) for number in numbers] if letter == "h" else []
        pairs += [(0.0, number) for number in numbers] if letter == "v" else []
        for x, y in pairs:
            pen = (x, y) if letter == "M" else (pen[0] + x, pen[1] + y)
            found.append(pen)
    return found


@pytest.mark.parametrize(
    ("value", "text"), [(0.04, "0"), (0.31, ".3"), (-0.5, "-.5"), (12.0, "12"), (-3.14159, "-3.1"), (691.2, "691.2")]
)
def test_a_number_has_no_digit_that_says_nothing(value: float, text: str) -> None:
    assert written(value) == text


def test_a_rectangle_takes_five_short_steps() -> None:
    corners = np.array([[1.0, 2.0], [4.5, 2.0], [4.5, 3.0], [1.0, 3.0], [1.0, 2.0]])
    codes = [Path.MOVETO, Path.LINETO, Path.LINETO, Path.LINETO, Path.CLOSEPOLY]
    assert outline(corners, codes) == "M1 2h3.5v1h-3.5z"


def test_the_same_letter_is_told_once_and_a_minus_is_space_enough() -> None:
    assert outline(np.array([[0, 0], [1, 2], [3, -4], [2, -5]])) == "M0 0l1 2 2-6-1-1"


def test_a_curve_is_told_with_all_its_points() -> None:
    path = Path([[0, 0], [1, 0], [2, 1], [2, 2]], [Path.MOVETO, Path.CURVE4, Path.CURVE4, Path.CURVE4])
    assert outline(np.asarray(path.vertices, dtype=float), path.codes) == "M0 0c1 0 2 1 2 2"


def test_a_line_that_begins_anew_begins_at_a_place() -> None:
    codes = [Path.MOVETO, Path.LINETO, Path.MOVETO, Path.LINETO]
    assert outline(np.array([[0, 0], [1, 0], [5, 5], [5, 6]]), codes) == "M0 0h1M5 5v1"


@settings(on_a_busy_machine_too)
@given(PLACES)
def test_a_line_however_long_ends_within_a_tenth_of_where_it_should(places: list[tuple[float, float]]) -> None:
    found = ends(outline(np.array(places)))
    assert found[-1] == pytest.approx(places[-1], abs=0.051)
    assert found[0] == pytest.approx(places[0], abs=0.051)

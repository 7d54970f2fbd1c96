"""Numbers and foreign text are written so that they are read alike and harm nobody."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from study import notation


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (0.0123456, "0.0123"),
        (0.999, "0.999"),
        (1, "1.00"),
        (12.34, "12.3"),
        (999.6, "1,000"),
        (12345, "12,300"),
        (1e-9, "1e-09"),
    ],
)
def test_numbers_have_three_significant_digits(value: float, text: str) -> None:
    assert notation.number(value) == text


@given(st.floats(1e-5, 1e8))
def test_a_written_number_is_within_half_a_percent_of_it(value: float) -> None:
    assert float(notation.number(value).replace(",", "")) == pytest.approx(value, rel=0.00501)


@pytest.mark.parametrize(
    ("seconds", "text"), [(1.5, "1.50 s"), (0.0123, "12.3 ms"), (4.5e-6, "4.50 µs"), (8.5e-7, "850 ns")]
)
def test_a_duration_is_told_in_the_unit_that_suits_it(seconds: float, text: str) -> None:
    assert notation.duration(seconds) == text


@pytest.mark.parametrize(
    ("count", "text"), [(0, "0 B"), (64, "64 B"), (1024, "1 KiB"), (65536, "64 KiB"), (1 << 20, "1 MiB")]
)
def test_a_payload_is_told_in_bytes(count: int, text: str) -> None:
    assert notation.size(count) == text


@given(st.text())
def test_no_text_becomes_a_formula_a_control_or_a_line_of_its_own(text: str) -> None:
    assert not notation.csv_text(text).startswith(("=", "+", "-", "@", "\t"))
    assert "\n" not in notation.markdown_text(text)
    assert not notation.CONTROL.search(notation.plain(text))
    assert not re.search(r"(?<!\\)[|<\[]", notation.markdown_text(text).replace("\\\\", ""))


def test_long_text_is_cut_where_it_becomes_a_burden() -> None:
    assert len(notation.plain("x" * 1_000_000)) == notation.LONGEST

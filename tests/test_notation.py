"""Numbers and foreign text are written so that they are read alike and harm nobody."""

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from busy import on_a_busy_machine_too
from study import notation

NAN = float("nan")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (0.0123456, "0.0123"),
        (0.999, "0.999"),
        (0.9996, "1.00"),
        (1, "1.00"),
        (9.996, "10.0"),
        (12.34, "12.3"),
        (99.96, "100"),
        (999.6, "1,000"),
        (12345, "12,300"),
        (1e-9, "1e-09"),
        (1.5e9, "1.5e+09"),
        (math.inf, "∞"),
        (NAN, "—"),
    ],
)
def test_numbers_have_three_significant_digits(value: float, text: str) -> None:
    assert notation.number(value) == text


@on_a_busy_machine_too
@given(st.floats(1e-5, 1e8))
def test_a_written_number_is_within_half_a_percent_of_it(value: float) -> None:
    assert float(notation.number(value).replace(",", "")) == pytest.approx(value, rel=0.00501)


@on_a_busy_machine_too
@given(st.floats(1e-4, 1e8))
def test_no_number_is_written_with_fewer_or_more_digits_than_three(value: float) -> None:
    digits = notation.number(value).replace(",", "").replace(".", "").lstrip("0")
    assert len(digits.rstrip("0") if len(digits) > 3 else digits) <= 3 <= len(digits)


@on_a_busy_machine_too
@given(st.floats(1e-12, 1e12))
def test_a_number_below_zero_is_written_like_the_one_above(value: float) -> None:
    assert notation.number(-value) == f"-{notation.number(value)}"


@on_a_busy_machine_too
@given(st.floats(1e-12, 1e12), st.floats(1e-12, 1e12))
def test_the_greater_number_is_never_written_as_the_smaller(one: float, other: float) -> None:
    less, more = sorted((one, other))
    assert float(notation.number(less).replace(",", "")) <= float(notation.number(more).replace(",", ""))


@pytest.mark.parametrize(("low", "high"), [(None, None), (1.0, None), (NAN, NAN), (None, NAN)])
def test_a_number_without_both_ends_of_an_interval_stands_alone(low: float | None, high: float | None) -> None:
    assert notation.interval(2.0, low, high) == "2.00"


def test_an_interval_stands_behind_its_number() -> None:
    assert notation.interval(12.34, 11.9, 1250.0) == "12.3 (11.9–1,250)"


@pytest.mark.parametrize(
    ("value", "text"), [(0.25, "0.2x"), (1.96, "2.0x"), (9.96, "10x"), (37.4, "37x"), (99.7, "100x"), (1239, "1,240x")]
)
def test_a_ratio_is_told_with_no_more_digits_than_a_sentence_bears(value: float, text: str) -> None:
    assert notation.times(value) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (3600, "3,600 s"),
        (1.5, "1.50 s"),
        (0.99999, "1.00 s"),
        (0.0123, "12.3 ms"),
        (4.5e-6, "4.50 µs"),
        (8.5e-7, "850 ns"),
        (0, "0 ns"),
    ],
)
def test_a_duration_is_told_in_the_unit_that_suits_it(seconds: float, text: str) -> None:
    assert notation.duration(seconds) == text


@on_a_busy_machine_too
@given(st.floats(1e-9, 999.0))
def test_the_number_of_a_duration_lies_between_one_and_a_thousand(seconds: float) -> None:
    number, unit = notation.duration(seconds).split()
    assert 1 <= float(number) < 1000
    size = {"s": 1, "ms": 1e-3, "µs": 1e-6, "ns": 1e-9}[unit]
    assert float(number) * size == pytest.approx(seconds, rel=0.00501)


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "0 B"), (64, "64 B"), (1024, "1 KiB"), (1536, "1.5 KiB"), (65536, "64 KiB"), (1 << 20, "1 MiB")],
)
def test_a_payload_is_told_in_bytes(count: int, text: str) -> None:
    assert notation.size(count) == text


@on_a_busy_machine_too
@given(st.integers(0, 40))
def test_a_power_of_two_is_told_without_a_fraction(power: int) -> None:
    number, unit = notation.size(1 << power).split()
    assert int(number) << {"B": 0, "KiB": 10, "MiB": 20, "GiB": 30}[unit] == 1 << power


@on_a_busy_machine_too
@given(st.text())
def test_no_text_becomes_a_formula_a_control_or_a_line_of_its_own(text: str) -> None:
    assert not notation.csv_text(text).startswith(("=", "+", "-", "@", "\t"))
    assert "\n" not in notation.markdown_text(text)
    assert not notation.CONTROL.search(notation.plain(text))
    assert not re.search(r"(?<!\\)[|<\[]", notation.markdown_text(text).replace("\\\\", ""))


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@x", " =1", "\t=1", "\n=1", "\uff1d1", "\uff0b1", "\uff0d1", "\uff201"]
)
def test_what_a_spreadsheet_takes_for_a_formula_is_quoted(text: str) -> None:
    assert notation.csv_text(text).startswith("'")


@on_a_busy_machine_too
@given(st.from_regex(r"\A[A-Za-z0-9][A-Za-z0-9 .,:/()]*\Z"))
def test_harmless_text_is_shown_as_it_is(text: str) -> None:
    assert notation.plain(text) == text
    assert notation.csv_text(text) == text


def test_nobody_is_notified_and_no_link_is_made_by_a_table_in_markdown() -> None:
    shown = notation.markdown_text("see https://example.org www.example.org and @all #12 <b>")
    assert "://" not in shown
    assert "www." not in shown
    assert "@all" not in shown
    assert r"\#12 \<b\>" in shown


def test_long_text_is_cut_where_it_becomes_a_burden() -> None:
    assert len(notation.plain("x" * 1_000_000)) == notation.LONGEST


@on_a_busy_machine_too
@given(st.text(), st.integers(1, 40))
def test_text_that_was_cut_says_so_and_is_no_longer_than_allowed(text: str, longest: int) -> None:
    shown = notation.plain(text, longest)
    assert len(shown) <= longest
    assert shown.endswith("…") or len(text) <= longest


@pytest.mark.parametrize(
    "hidden",
    ["\x00", "\x1b", "\x7f", "\x9b", "\u200b", "\u200f", "\u202e", "\u2066", "\ufeff", "\ud800", "\ufffe"],
    ids=ascii,
)
def test_a_character_that_hides_or_turns_text_is_shown_as_a_mark(hidden: str) -> None:
    assert notation.plain(f"a{hidden}b") == "a�b"


@pytest.mark.parametrize(("value", "is_missing"), [(None, True), (NAN, True), (0.0, False), (-1.0, False)])
def test_a_zero_is_a_number_and_no_missing_one(value: float | None, is_missing: bool) -> None:
    assert notation.missing(value) is is_missing

"""The laws of scaling are found again from their own curves, and refused where the points do not determine them."""

import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from numpy.typing import ArrayLike

from study.fits import Amdahl, Refused, Usl, fit_amdahl, fit_usl

WIDTHS = [1, 2, 4, 8, 16]
SPEEDUPS = [1.0, 1.96, 3.33, 5.07, 5.75]
Fit = Callable[[ArrayLike, ArrayLike], Amdahl | Usl | Refused]

shares = st.floats(0.001, 0.9)
costs = st.floats(1e-4, 0.1)
widths = st.lists(st.integers(2, 256), min_size=3, max_size=8, unique=True).map(lambda more: [1, *sorted(more)])
each_law = pytest.mark.parametrize("fit", [fit_amdahl, fit_usl])


def usl(contention: float, coherency: float, width: float) -> float:
    return width / (1 + contention * (width - 1) + coherency * width * (width - 1))


def amdahl(serial: float, width: float) -> float:
    return 1 / (serial + (1 - serial) / width)


def test_the_scalability_law_of_the_test_vector() -> None:
    found = fit_usl(WIDTHS, SPEEDUPS)
    assert isinstance(found, Usl)
    assert round(found.contention.value, 3) == 0.046
    assert round(found.coherency.value, 4) == 0.0046
    assert found.peak == pytest.approx(14.5, abs=0.1)
    assert found.residual < 0.02


def test_the_intervals_of_the_test_vector_hold_the_least_squares_of_the_speedups_themselves() -> None:
    """Without the change of scale, by a search for the least sum of squares: 0.0465 and 0.00452, peak 14.52."""
    found = fit_usl(WIDTHS, SPEEDUPS)
    assert isinstance(found, Usl)
    assert found.contention.low < 0.0465 < found.contention.high
    assert found.coherency.low < 0.00452 < found.coherency.high
    assert found.peak_range[0] < 14.52 < found.peak_range[1]


def test_amdahls_law_lies_above_measured_speedups_that_come_to_a_peak() -> None:
    """It has no word for them: its residual is five times that of the law which has."""
    straight, bent = fit_amdahl(WIDTHS, SPEEDUPS), fit_usl(WIDTHS, SPEEDUPS)
    assert isinstance(straight, Amdahl)
    assert isinstance(bent, Usl)
    assert straight.residual > 5 * bent.residual
    assert straight.speedup(64) > SPEEDUPS[-1] > bent.speedup(64)


@given(shares, costs, widths)
def test_a_curve_of_the_scalability_law_gives_its_coefficients_back(a: float, b: float, at: list[int]) -> None:
    found = fit_usl(at, [usl(a, b, width) for width in at])
    assert isinstance(found, Usl)
    assert found.contention.value == pytest.approx(a, rel=1e-5)
    assert found.coherency.value == pytest.approx(b, rel=1e-5)
    assert found.residual == pytest.approx(0, abs=1e-6)
    assert [found.speedup(width) for width in at] == pytest.approx([usl(a, b, width) for width in at])


@given(shares, widths)
def test_a_curve_of_amdahls_law_gives_its_serial_share_back(serial: float, at: list[int]) -> None:
    found = fit_amdahl(at, [amdahl(serial, width) for width in at])
    assert isinstance(found, Amdahl)
    assert found.serial.value == pytest.approx(serial)
    assert [found.speedup(width) for width in at] == pytest.approx([amdahl(serial, width) for width in at])


@given(shares, costs)
def test_the_speedup_is_largest_at_the_peak(a: float, b: float) -> None:
    assume((1 - a) / b > 1)
    found = fit_usl(WIDTHS, [usl(a, b, width) for width in WIDTHS])
    assert isinstance(found, Usl)
    top = found.speedup(found.peak)
    assert top >= found.speedup(found.peak * 1.01)
    assert top >= found.speedup(found.peak * 0.99)


@given(st.floats(0.1, 10), shares, costs)
def test_speedups_are_relative_to_the_one_of_one_worker(one: float, a: float, b: float) -> None:
    """Speed-ups over a serial loop, where a pool of one worker is slower or faster than the loop."""
    found = fit_usl(WIDTHS, [one * usl(a, b, width) for width in WIDTHS])
    assert isinstance(found, Usl)
    assert found.contention.value == pytest.approx(a, rel=1e-5)
    assert found.speedup(1) == 1


@each_law
def test_the_point_of_one_worker_only_scales_the_others(fit: Fit) -> None:
    assert fit(WIDTHS, SPEEDUPS) == fit(WIDTHS[1:], SPEEDUPS[1:])


@each_law
def test_a_width_may_be_measured_more_than_once(fit: Fit) -> None:
    once, twice = fit(WIDTHS, SPEEDUPS), fit([*WIDTHS, *WIDTHS], [*SPEEDUPS, *SPEEDUPS])
    assert not isinstance(once, Refused)
    assert not isinstance(twice, Refused)
    assert [twice.speedup(width) for width in WIDTHS] == pytest.approx([once.speedup(width) for width in WIDTHS])


@each_law
@given(order=st.permutations(range(5)))
def test_the_order_of_the_points_does_not_matter(fit: Fit, order: list[int]) -> None:
    there, back = fit(WIDTHS, SPEEDUPS), fit([WIDTHS[i] for i in order], [SPEEDUPS[i] for i in order])
    assert not isinstance(there, Refused)
    assert not isinstance(back, Refused)
    assert back.speedup(32) == pytest.approx(there.speedup(32))


def test_noise_makes_the_intervals_wide_and_the_peak_unknown() -> None:
    """Ten percent up and down in turn."""
    found = fit_usl([1, 2, 4, 6, 8, 12, 16], [1, 2.1, 3.0, 4.7, 4.6, 6.2, 5.6])
    assert isinstance(found, Usl)
    assert found.contention.low <= found.contention.value <= found.contention.high
    least, most = found.peak_range
    assert least < found.peak < most == math.inf
    assert found.coherency.low == 0


def test_the_interval_of_a_coefficient_covers_it_as_often_as_it_claims() -> None:
    """Noise on the scale of the fit, on which it is exact; 1,500 fits have a standard error of 0.6 points."""
    chance = np.random.default_rng(11)
    w = np.array([1.0, 2, 4, 8, 16, 32])
    load = 1 + 0.3 * (w - 1) + 0.01 * w * (w - 1)
    covered = fitted = 0
    for _ in range(1500):
        noise = chance.normal(0.0, 0.05, 6) * (w > 1)
        found = fit_usl(w, w / (load + noise))
        if isinstance(found, Usl):
            fitted += 1
            covered += found.contention.low <= 0.3 <= found.contention.high
    assert fitted == 1500
    assert covered / fitted == pytest.approx(0.95, abs=0.02)


@each_law
@pytest.mark.parametrize(
    ("at", "words"),
    [([1], "1 width was"), ([1, 2], "2 widths were"), ([1, 2, 4], "3 widths were"), ([2, 2, 4, 4, 1], "3 widths were")],
)
def test_fewer_than_four_widths_are_refused_in_words(fit: Fit, at: list[float], words: str) -> None:
    expected = Refused(f"not identifiable on this machine: {words} measured, 4 are needed")
    assert fit(at, [1 + width / 2 for width in at]) == expected


@each_law
def test_no_point_at_all_is_refused(fit: Fit) -> None:
    assert fit([], []) == Refused("not identifiable on this machine: 0 widths were measured, 4 are needed")


@each_law
@pytest.mark.parametrize("speedup", [0.0, -1.0, math.nan, math.inf])
def test_a_speedup_that_is_none_is_refused_by_its_width(fit: Fit, speedup: float) -> None:
    found = fit(WIDTHS, [1.0, 2.0, speedup, 4.0, 5.0])
    assert isinstance(found, Refused)
    assert f"a speed-up of {speedup:g} with 4 workers" in found.reason


@each_law
@pytest.mark.parametrize("width", [0, -2, math.nan, math.inf])
def test_a_width_that_is_none_is_refused(fit: Fit, width: float) -> None:
    found = fit([1, 2, 4, width], [1.0, 2.0, 3.0, 4.0])
    assert isinstance(found, Refused)
    assert f"with {width:g} workers" in found.reason


@each_law
def test_every_width_needs_its_speedup(fit: Fit) -> None:
    with pytest.raises(ValueError, match="4 widths and 3 speed-ups"):
        fit([1, 2, 4, 8], [1.0, 2.0, 3.0])


@pytest.mark.parametrize("excess", [1.0, 1.05])
def test_speedups_that_grow_as_fast_as_the_width_or_faster_show_nothing_to_wait_for(excess: float) -> None:
    speedups = [width * (excess if width > 1 else 1) for width in WIDTHS]
    nothing = "not identifiable on this machine: the speed-ups show no"
    assert fit_amdahl(WIDTHS, speedups) == Refused(f"{nothing} serial share")
    assert fit_usl(WIDTHS, speedups) == Refused(f"{nothing} contention")


@given(shares, widths)
def test_a_curve_of_amdahls_law_shows_no_cost_of_coherency(serial: float, at: list[int]) -> None:
    found = fit_usl(at, [amdahl(serial, width) for width in at])
    assert found == Refused("not identifiable on this machine: the speed-ups show no cost of coherency")


def test_workers_that_take_turns_leave_no_speedup_to_fit() -> None:
    """Threads under a global lock."""
    speedups = [1.0, 0.99, 0.97, 0.96, 0.95]
    assert fit_amdahl(WIDTHS, speedups) == Refused(
        "not identifiable on this machine: the serial share leaves no speed-up"
    )
    assert fit_usl(WIDTHS, speedups) == Refused("not identifiable on this machine: the contention leaves no speed-up")


def test_a_coefficient_that_may_be_anything_is_refused() -> None:
    """Four widths leave one degree of freedom, for which Student's factor is 12.7."""
    found = fit_usl([1, 2, 4, 8], [0.9, 1.7, 1.9, 2.0])
    assert found == Refused("not identifiable on this machine: the speed-ups are too uneven to tell the contention")
    assert isinstance(fit_amdahl([1, 2, 4, 8], [0.9, 1.7, 1.9, 2.0]), Amdahl)


def test_widths_so_close_that_both_costs_are_one_are_refused() -> None:
    found = fit_usl([1, 1e9, 1e9 + 1, 1e9 + 2], [1.0, 2.0, 2.0, 2.0])
    assert isinstance(found, Refused)
    assert "too uneven to tell the contention" in found.reason


@each_law
@given(speedups=st.lists(st.floats(0.01, 100), min_size=5, max_size=5))
def test_whatever_was_measured_is_fitted_within_bounds_or_refused_in_words(fit: Fit, speedups: list[float]) -> None:
    found = fit(WIDTHS, speedups)
    if isinstance(found, Refused):
        assert found.reason.startswith("not identifiable on this machine: ")
        return
    for one in (found.serial,) if isinstance(found, Amdahl) else (found.contention, found.coherency):
        assert 0 <= one.low <= one.value <= one.high <= 1
    assert found.residual >= 0

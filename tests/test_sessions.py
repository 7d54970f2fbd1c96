"""Two sessions are told apart only beyond the floor: what two sessions of the same thing differ by anyway."""

import math

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from journals import failed, journal, measured, noisy, planned, simple
from study.journal import Journal, Row, Values
from study.sessions import DEFAULT_FLOOR, floor, medians, ratio, verdict, widened
from study.summary import Ratio, Verdict, summarise

LOCK = planned("lock/threads", 6, width=2)
FORK = planned("lock/processes.fork", 6, width=2)
seconds = st.floats(1e-6, 1e3)
observed = st.lists(seconds, min_size=1, max_size=20)
floors = st.floats(1.0, 2.0)


def session(median_s: float, seed: int = 0, blocks: int = 15) -> list[float]:
    return noisy(seed, median_s, blocks, spread=0.01)


def lock(rows: list[Row]) -> Journal:
    return journal([LOCK, FORK], rows)


def test_a_session_is_known_by_the_median_of_the_blocks_of_each_lap() -> None:
    rows = [
        *simple(LOCK, [3.0, 1.0, 2.0], "message"),
        *(measured(FORK, block, {"a": [9.0, 4.0], "b": [9.0, 8.0]}, operations=2) for block in (1, 2)),
    ]
    assert medians(lock(rows)) == pytest.approx({(LOCK.cell, "message"): 2, (FORK.cell, "a"): 2, (FORK.cell, "b"): 4})


def test_a_cell_that_failed_or_was_only_rehearsed_or_took_no_time_has_no_median() -> None:
    rows = [failed(LOCK, 1), measured(LOCK, 0, {"a": [1.0]}), measured(FORK, 1, {"a": [0.0]})]
    assert medians(lock(rows)) == {}
    assert medians(lock([])) == {}


def test_bytes_and_shares_are_no_times() -> None:
    made = measured(LOCK, 1, {"a": [1.0]})
    others = [Values("b", 1, "lock.py:1", [5, 5], "B"), Values("c", 1, "lock.py:1", [0.5], "1")]
    row = msgspec.structs.replace(made, laps=[*made.laps, *others])
    assert set(medians(lock([row]))) == {(LOCK.cell, "a")}


@pytest.mark.parametrize("count", range(5))
def test_until_five_sessions_measured_it_the_floor_is_ten_percent(count: int) -> None:
    assert floor([{"a": 1.0 + i} for i in range(count)]) == DEFAULT_FLOOR == 1.10


def test_sessions_without_a_cell_in_common_measure_no_floor() -> None:
    assert floor([{str(i): 1.0} for i in range(5)]) == DEFAULT_FLOOR


def test_five_equal_sessions_leave_no_floor() -> None:
    assert floor([{"a": 2.0, "b": 3.0}] * 5) == 1.0


def test_the_floor_of_one_cell_and_five_sessions_is_the_widest_pair() -> None:
    """The 95th of a hundred: of ten pairs the largest."""
    assert floor([{"a": value} for value in (1.0, 1.02, 1.01, 1.08, 0.99)]) == pytest.approx(1.08 / 0.99)


def test_over_many_cells_one_wild_pair_does_not_make_the_floor() -> None:
    sessions = [dict.fromkeys(range(100), 1.01**k) for k in range(5)]
    sessions[0][0] = 50.0
    assert floor(sessions) == pytest.approx(1.01**4)


def test_a_cell_that_a_session_lacks_counts_in_the_others() -> None:
    sessions = [{"a": 1.0}, {"a": 1.03}, {"b": 7.0}, {"b": 7.0}, {"a": 1.0, "b": 7.0}]
    assert floor(sessions) == pytest.approx(1.03)


@pytest.mark.parametrize("value", [0.0, -1.0, math.nan])
def test_a_median_that_is_not_positive_is_an_error_that_says_so(value: float) -> None:
    with pytest.raises(ValueError, match="not positive"):
        floor([{"a": 1.0}, {"a": value}])


@given(st.lists(st.fixed_dictionaries({"a": seconds, "b": seconds}), min_size=5, max_size=7), st.randoms())
def test_neither_the_order_of_the_sessions_nor_the_unit_changes_the_floor(
    sessions: list[dict[str, float]], chance: object
) -> None:
    found = floor(sessions)
    shuffled = [{name: 1e3 * value for name, value in one.items()} for one in sessions]
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert found >= 1
    assert floor(shuffled) == pytest.approx(found)


def test_the_floor_holds_about_95_of_100_further_pairs_of_sessions() -> None:
    """Sessions that differ by 4 % (log-sd), so that a pair differs by 1.41 times as much: the floor is 1.96 times that."""
    chance = np.random.default_rng(12)
    found = floor([{str(cell): math.exp(chance.normal(0, 0.04)) for cell in range(200)} for _ in range(10)])
    assert math.log(found) == pytest.approx(1.96 * 0.04 * math.sqrt(2), rel=0.05)
    pairs = np.abs(chance.normal(0, 0.04 * math.sqrt(2), 20_000))
    assert np.mean(pairs <= math.log(found)) == pytest.approx(0.95, abs=0.01)


def test_journals_of_five_sessions_measure_the_floor() -> None:
    """Each session is as a whole a percent slower than the one before."""
    sessions = [lock(simple(LOCK, [1.01**k * value for value in (1.0, 1.1, 0.9)])) for k in range(5)]
    assert floor([medians(one) for one in sessions]) == pytest.approx(1.01**4, rel=1e-6)


def test_the_ratio_of_sessions_is_that_of_their_medians() -> None:
    """Two sessions share no block: which one of A is named with which one of B must not matter."""
    a, b = session(1.0, seed=1), session(1.5, seed=2, blocks=30)
    found = ratio(a, b)
    assert found.value == summarise(b).value / summarise(a).value
    assert found == ratio(a[::-1], b)
    assert found.n == 15


def test_the_interval_of_sessions_divides_opposite_ends() -> None:
    a, b = session(1.0, seed=1), session(1.5, seed=2)
    first, second = summarise(a, 0.995), summarise(b, 0.995)
    found = ratio(a, b, 0.99)
    assert first.low is not None
    assert first.high is not None
    assert second.low is not None
    assert second.high is not None
    assert (found.low, found.high) == (second.low / first.high, second.high / first.low)


@pytest.mark.parametrize("level", [0.90, 0.95, 0.99])
def test_the_interval_of_sessions_covers_at_least_as_often_as_it_claims(level: float) -> None:
    """Also when one of them is three times as uneven."""
    chance = np.random.default_rng(13)
    a, b = np.exp(chance.normal(0, 0.03, (1000, 15))), 2 * np.exp(chance.normal(0, 0.09, (1000, 15)))
    found = [ratio(*pair, level) for pair in zip(a, b, strict=True)]
    assert np.mean([r.low <= 2 <= r.high for r in found if r.low is not None and r.high is not None]) >= level


def test_too_few_blocks_of_either_session_have_no_interval_and_no_verdict() -> None:
    few, many = session(1.0, blocks=5), session(3.0, blocks=30)
    for found in (ratio(few, many), ratio(many, few)):
        assert (found.low, found.high, found.n) == (None, None, 5)
        assert widened(found, 1.1) == found
        assert verdict(found, 1.1) is Verdict.INCONCLUSIVE


def test_a_session_without_observation_is_an_error_that_says_so() -> None:
    with pytest.raises(ValueError, match="no observation"):
        ratio([], [1.0])


@given(observed, observed)
def test_swapping_the_sessions_turns_their_ratio_round(a: list[float], b: list[float]) -> None:
    there, back = ratio(a, b), ratio(b, a).inverse
    assert there.value == pytest.approx(back.value)
    assert (there.low is None) == (back.low is None)
    if there.low is not None:
        assert (there.low, there.high) == pytest.approx((back.low, back.high))


def test_the_floor_widens_both_ends_and_leaves_the_value() -> None:
    wide = widened(Ratio(2.0, 1.8, 2.2, 15), 1.25)
    assert (wide.value, wide.low, wide.high, wide.n) == pytest.approx((2.0, 1.44, 2.75, 15))


@given(observed, observed, floors)
def test_a_widened_interval_holds_the_one_it_was(a: list[float], b: list[float], by: float) -> None:
    found = ratio(a, b)
    wide = widened(found, by)
    if found.low is not None and found.high is not None:
        assert wide.low is not None
        assert wide.high is not None
        assert wide.low <= found.low <= wide.value <= found.high <= wide.high


@pytest.mark.parametrize(
    ("found", "by", "expected"),
    [
        (Ratio(1.2, 1.15, 1.25, 15), 1.10, Verdict.SLOWER),
        (Ratio(1.2, 1.08, 1.30, 15), 1.10, Verdict.INCONCLUSIVE),
        (Ratio(0.8, 0.75, 0.85, 15), 1.10, Verdict.FASTER),
        (Ratio(1.0, 0.99, 1.01, 15), 1.10, Verdict.INCONCLUSIVE),
        (Ratio(1.0, 0.99, 1.01, 15), 1.02, Verdict.EQUIVALENT),
        (Ratio(1.02, 1.015, 1.025, 15), 1.01, Verdict.EQUIVALENT),
        (Ratio(1.04, 1.03, 1.06, 15), 1.01, Verdict.SLOWER),
        (Ratio(1.04, 1.03, 1.06, 15), 1.05, Verdict.INCONCLUSIVE),
    ],
)
def test_the_verdict_on_sessions_is_that_of_the_widened_interval(found: Ratio, by: float, expected: Verdict) -> None:
    turned = {Verdict.FASTER: Verdict.SLOWER, Verdict.SLOWER: Verdict.FASTER}
    assert verdict(found, by) is expected
    assert verdict(found.inverse, by) is turned.get(expected, expected)


def test_without_a_measured_floor_sessions_are_never_called_equivalent() -> None:
    assert verdict(Ratio(1.0, 1.0, 1.0, 15), DEFAULT_FLOOR) is Verdict.INCONCLUSIVE


def test_sessions_that_drift_by_four_percent_are_seldom_told_apart_over_their_measured_floor() -> None:
    """A/A: with no floor at all, more than half of the verdicts are wrong."""
    chance = np.random.default_rng(14)
    drifts = np.exp(chance.normal(0, 0.04, (400, 2)))
    by = floor([{str(cell): math.exp(chance.normal(0, 0.04)) for cell in range(40)} for _ in range(5)])
    pairs = [[one * np.exp(chance.normal(0, 0.01, 15)) for one in two] for two in drifts]
    wrong = {
        widening: np.mean([verdict(ratio(a, b), widening) in (Verdict.FASTER, Verdict.SLOWER) for a, b in pairs])
        for widening in (1.0, by)
    }
    assert wrong[by] <= 0.05
    assert wrong[1.0] > 0.4

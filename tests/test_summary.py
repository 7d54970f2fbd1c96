"""The statistics are exact, agree with scipy, and cover as often as they claim."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from study.summary import (
    Ratio,
    Summary,
    Verdict,
    least_blocks,
    median_rank,
    ratio,
    signed_rank,
    signed_rank_distribution,
    summarise,
    verdict,
    walsh_averages,
)

seconds = st.floats(min_value=1e-9, max_value=1e3, allow_nan=False)
blocks = st.lists(seconds, min_size=1, max_size=40)


def test_the_median_of_the_blocks_is_the_value() -> None:
    assert summarise([3.0, 1.0, 2.0]).value == 2.0
    assert summarise([4.0, 1.0, 2.0, 3.0]).value == 2.5


@pytest.mark.parametrize(("n", "rank"), [(6, 1), (8, 1), (9, 2), (15, 4), (30, 10)])
def test_the_interval_takes_the_order_statistics_of_the_binomial(n: int, rank: int) -> None:
    summary = summarise(np.arange(1.0, n + 1))
    assert (summary.low, summary.high) == (rank, n + 1 - rank)


@pytest.mark.parametrize("n", [1, 2, 3, 4, 5])
def test_fewer_than_six_blocks_have_no_interval(n: int) -> None:
    assert summarise([1.0] * n) == Summary(1.0, None, None, n)


def test_no_observation_is_an_error_that_says_so() -> None:
    with pytest.raises(ValueError, match="no observation"):
        summarise([])


@pytest.mark.parametrize("n", range(6, 60))
def test_the_interval_is_the_narrowest_that_still_covers_95_percent(n: int) -> None:
    rank = median_rank(n)
    assert coverage_of_ranks(n, rank) >= 0.95 > coverage_of_ranks(n, rank + 1)


def coverage_of_ranks(n: int, rank: int) -> float:
    """How often the rank-th smallest and largest of n lie on both sides of the median."""
    below = [math.comb(n, k) / 2**n for k in range(n + 1)]
    return sum(below[rank : n - rank + 1])


@pytest.mark.parametrize("n", [6, 15, 30])
@pytest.mark.parametrize("shape", ["normal", "skewed", "two humps"])
def test_the_interval_covers_the_true_median_as_often_as_it_claims(n: int, shape: str) -> None:
    chance = np.random.default_rng(20260101 + n)
    tries = 3000
    draws = {
        "normal": lambda: chance.normal(10.0, 1.0, (tries, n)),
        "skewed": lambda: np.exp(chance.normal(0.0, 1.0, (tries, n))) - 1 + 10,
        "two humps": lambda: 10 + np.where(chance.random((tries, n)) < 0.5, -1, 1) * (1 + chance.random((tries, n))),
    }[shape]()
    found = [summarise(row) for row in draws]
    covered = np.mean([s.low <= 10.0 <= s.high for s in found if s.low is not None and s.high is not None])
    assert covered == pytest.approx(coverage_of_ranks(n, median_rank(n)), abs=0.015)


def test_repeating_the_values_of_one_block_is_not_taken_for_evidence() -> None:
    """The caller gives one number for each block; six of them are needed however often each was read."""
    assert summarise([1.0, 1.1, 1.2, 1.0, 1.1]).low is None


@given(blocks)
def test_the_interval_holds_the_median(observations: list[float]) -> None:
    summary = summarise(observations)
    if summary.low is not None and summary.high is not None:
        assert min(observations) <= summary.low <= summary.value <= summary.high <= max(observations)


@given(blocks, st.randoms())
def test_the_order_of_the_blocks_does_not_matter_to_a_summary(observations: list[float], chance: object) -> None:
    shuffled = list(observations)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert summarise(shuffled) == summarise(observations)


@pytest.mark.parametrize("n", range(1, 12))
def test_the_signed_rank_distribution_is_that_of_all_signs(n: int) -> None:
    totals = [sum(rank for rank, up in enumerate(signs, 1) if up) for signs in itertools.product((0, 1), repeat=n)]
    counted = np.bincount(totals, minlength=n * (n + 1) // 2 + 1) / 2**n
    assert signed_rank_distribution(n) == pytest.approx(counted)


@pytest.mark.parametrize(
    ("n", "level", "rank"), [(5, 0.90, 1), (6, 0.95, 1), (7, 0.99, 0), (8, 0.99, 1), (15, 0.99, 16), (10, 0.95, 9)]
)
def test_the_ranks_are_those_of_the_printed_tables(n: int, level: float, rank: int) -> None:
    """Hollander, Wolfe and Chicken, table A.4: P(T <= 8) = .024 for n = 10, P(T <= 15) = .0042 for n = 15."""
    assert signed_rank(n, level) == rank


def test_eight_blocks_are_the_least_for_a_verdict() -> None:
    assert least_blocks() == 8
    assert least_blocks(0.95) == 6


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("n", [8, 15, 30])
def test_the_interval_excludes_1_exactly_when_scipys_test_rejects(seed: int, n: int) -> None:
    chance = np.random.default_rng(seed)
    a = np.exp(chance.normal(0.0, 0.05, n))
    b = a * np.exp(chance.normal(0.03, 0.05, n))
    found = ratio(a, b)
    assert found.low is not None
    assert found.high is not None
    p = stats.wilcoxon(np.log(b / a), method="exact").pvalue
    assert (not found.low <= 1 <= found.high) == (p <= 0.01)


@pytest.mark.parametrize("n", [8, 15])
def test_the_ends_of_the_interval_are_where_scipys_test_turns(n: int) -> None:
    """Inversion: a shift just inside is not rejected, one just outside is."""
    chance = np.random.default_rng(n)
    differences = chance.normal(0.1, 0.05, n)
    found = ratio(np.ones(n), np.exp(differences))
    assert found.low is not None
    assert found.high is not None
    for end, inwards in ((math.log(found.low), 1e-9), (math.log(found.high), -1e-9)):
        assert stats.wilcoxon(differences - end - inwards, method="exact").pvalue > 0.01
        assert stats.wilcoxon(differences - end + inwards, method="exact").pvalue <= 0.01


def test_the_walsh_averages_are_all_pairs_with_each_itself() -> None:
    assert walsh_averages(np.array([0.0, 2.0, 8.0])).tolist() == [0.0, 1.0, 2.0, 4.0, 5.0, 8.0]


def test_the_estimate_is_the_hodges_lehmann_one() -> None:
    assert ratio([1, 1, 1], np.exp([0.0, 2.0, 8.0])).value == pytest.approx(math.exp(3.0))


def test_a_constant_factor_is_found_through_any_drift() -> None:
    """Blocks that are slower for both do not matter: the pairs are compared."""
    drift = np.array([1.0, 3.0, 9.0, 2.0, 5.0, 1.5, 4.0, 7.0])
    found = ratio(drift, 2 * drift)
    assert (found.value, found.low, found.high, found.n) == pytest.approx((2.0, 2.0, 2.0, 8))


def test_a_ratio_needs_positive_numbers_of_both_sides() -> None:
    for a, b in (([], []), ([1.0], [0.0]), ([1.0, 2.0], [1.0]), ([-1.0], [1.0])):
        with pytest.raises(ValueError, match="positive"):
            ratio(a, b)


@pytest.mark.parametrize("n", [8, 15])
def test_the_ratios_interval_covers_as_often_as_it_claims(n: int) -> None:
    chance = np.random.default_rng(7)
    tries = 1500
    covered = 0
    for _ in range(tries):
        a = np.exp(chance.normal(0.0, 0.2, n))
        found = ratio(a, a * 1.5 * np.exp(chance.laplace(0.0, 0.05, n)))
        assert found.low is not None
        assert found.high is not None
        covered += found.low <= 1.5 <= found.high
    tail = signed_rank_distribution(n)[: signed_rank(n, 0.99)].sum()
    assert covered / tries == pytest.approx(1 - 2 * tail, abs=0.008)


@given(st.lists(st.tuples(seconds, seconds), min_size=1, max_size=20))
def test_swapping_the_sides_turns_the_ratio_round(pairs: list[tuple[float, float]]) -> None:
    a, b = np.array(pairs).T
    there, back = ratio(a, b), ratio(b, a).inverse
    assert there.value == pytest.approx(back.value, rel=1e-9)
    assert (there.low is None) == (back.low is None)
    if there.low is not None:
        assert (there.low, there.high) == pytest.approx((back.low, back.high), rel=1e-9)


def test_turning_a_ratio_round_keeps_the_interval_in_order() -> None:
    assert Ratio(2.0, 1.0, 4.0, 9).inverse == Ratio(0.5, 0.25, 1.0, 9)


def around(factor: float, n: int = 15, spread: float = 0.01) -> tuple[list[float], list[float]]:
    """A and B = factor times A, with a little noise that is symmetric around the factor."""
    noise = np.linspace(-spread, spread, n)
    return [1.0] * n, [factor * math.exp(d) for d in noise]


@pytest.mark.parametrize(
    ("factor", "expected"),
    [
        (2.0, Verdict.SLOWER),
        (1.05, Verdict.SLOWER),
        (0.5, Verdict.FASTER),
        (0.95, Verdict.FASTER),
        (1.0, Verdict.EQUIVALENT),
        (1.02, Verdict.EQUIVALENT),
    ],
)
def test_the_verdict_is_what_the_blocks_say(factor: float, expected: Verdict) -> None:
    assert verdict(*around(factor)) is expected


def test_a_difference_below_three_percent_is_none_however_certain() -> None:
    a, b = around(1.029, spread=1e-6)
    found = ratio(a, b)
    assert found.low is not None
    assert found.low > 1
    assert verdict(a, b) is Verdict.EQUIVALENT


def test_noise_wider_than_the_margin_is_inconclusive() -> None:
    assert verdict(*around(1.0, n=9, spread=0.5)) is Verdict.INCONCLUSIVE


@pytest.mark.parametrize("n", [1, 2, 7])
def test_too_few_blocks_never_give_faster_or_slower(n: int) -> None:
    assert verdict([1.0] * n, [9.0] * n) is Verdict.INCONCLUSIVE
    assert verdict([9.0] * n, [1.0] * n) is Verdict.INCONCLUSIVE


@given(st.lists(st.tuples(st.floats(0.5, 2), st.floats(0.5, 2)), min_size=1, max_size=16))
def test_swapping_the_sides_swaps_faster_and_slower_only(pairs: list[tuple[float, float]]) -> None:
    a, b = np.array(pairs).T
    turned = {Verdict.FASTER: Verdict.SLOWER, Verdict.SLOWER: Verdict.FASTER}
    there = verdict(a, b)
    assert verdict(b, a) is turned.get(there, there)


def test_two_names_of_one_thing_are_seldom_told_apart() -> None:
    """A against A: at most 1 % of 600 comparisons may find a difference, and the margin of 3 % makes it fewer."""
    chance = np.random.default_rng(3)
    wrong = 0
    for _ in range(600):
        drift = np.exp(chance.normal(0.0, 0.1, 15))
        a, b = (drift * np.exp(chance.normal(0.0, 0.05, 15)) for _ in range(2))
        wrong += verdict(a, b) in (Verdict.FASTER, Verdict.SLOWER)
    assert wrong <= 9


def test_a_difference_of_ten_percent_is_found_in_fifteen_blocks() -> None:
    chance = np.random.default_rng(4)
    found = 0
    for _ in range(200):
        drift = np.exp(chance.normal(0.0, 0.1, 15))
        a, b = (drift * np.exp(chance.normal(shift, 0.03, 15)) for shift in (0.0, math.log(1.1)))
        found += verdict(a, b) is Verdict.SLOWER
    assert found >= 195

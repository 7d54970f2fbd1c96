"""The statistics are exact and agree with scipy. How often they err is in `test_levels`."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from pairs import around
from study.summary import (
    MOST_BLOCKS,
    Ratio,
    Summary,
    Verdict,
    further_blocks,
    least_blocks,
    median_rank,
    p_value,
    ratio,
    signed_rank,
    signed_rank_distribution,
    summarise,
    verdict,
    walsh_averages,
)

seconds = st.floats(min_value=1e-9, max_value=1e3, allow_nan=False)
blocks = st.lists(seconds, min_size=1, max_size=40)
coarse = st.sampled_from([0.5, 1.0, 1.0, 2.0, 4.0])  # so that there are ties, and pairs without a difference
paired = st.lists(st.tuples(coarse, coarse) | st.tuples(seconds, seconds), min_size=1, max_size=24)
shares = st.floats(0, 1)


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
    return math.fsum(below[rank : n - rank + 1])


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


@given(paired, st.sampled_from([0.90, 0.95, 0.99]))
def test_the_p_value_rejects_at_a_level_exactly_when_the_interval_excludes_1(
    pairs: list[tuple[float, float]], level: float
) -> None:
    a, b = np.array(pairs).T
    found = ratio(a, b, level)
    excluded = found.low is not None and found.high is not None and not found.low <= 1 <= found.high
    assert (p_value(a, b) <= 1 - level) == excluded


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("n", [1, 2, 5, 15, 30])
def test_the_p_value_is_scipys_where_no_two_differences_are_alike(seed: int, n: int) -> None:
    differences = np.random.default_rng([seed, n]).normal(0.02, 0.05, n)
    expected = stats.wilcoxon(differences, method="exact").pvalue
    assert p_value(np.ones(n), np.exp(differences)) == pytest.approx(expected)


def test_blocks_without_a_difference_are_kept_as_evidence_for_none() -> None:
    """scipy leaves the three out and rejects at 1 %, where the interval of all eleven blocks has 1 for an end."""
    differences = np.array([0.0] * 3 + [0.1, 0.12, 0.15, 0.19, 0.24, 0.3, 0.37, 0.45])
    assert stats.wilcoxon(differences, method="exact").pvalue < 0.01
    assert ratio(np.ones(11), np.exp(differences)).low == 1
    assert p_value(np.ones(11), np.exp(differences)) == pytest.approx(2 * 14 / 2**11)


def test_equal_blocks_have_a_p_value_of_one() -> None:
    assert p_value([1.0, 2.0, 3.0], [1.0, 2.0, 3.0]) == 1.0


@given(st.lists(st.tuples(coarse, coarse), min_size=1, max_size=24))
def test_swapping_the_sides_keeps_the_p_value(pairs: list[tuple[float, float]]) -> None:
    a, b = np.array(pairs).T
    assert p_value(a, b) == p_value(b, a)


def test_a_p_value_needs_positive_numbers_of_both_sides() -> None:
    with pytest.raises(ValueError, match="positive"):
        p_value([1.0], [0.0])


def test_a_pair_with_a_verdict_needs_no_further_block() -> None:
    assert further_blocks(*around(2.0)) == 0
    assert further_blocks(*around(1.0)) == 0


def test_twice_the_spread_needs_four_times_the_blocks() -> None:
    little, much = (further_blocks(*around(1.0, n=8, spread=spread)) for spread in (0.3, 0.6))
    assert little is not None
    assert much is not None
    assert (much + 8) / (little + 8) == pytest.approx(4, rel=0.05)


def test_a_larger_difference_needs_fewer_blocks() -> None:
    asked = [further_blocks(*around(factor, n=8, spread=0.5)) for factor in (1.1, 1.2, 1.3)]
    assert asked == sorted(asked, reverse=True)  # type: ignore[type-var]
    assert len(set(asked)) == 3


def test_further_blocks_beyond_the_most_are_none() -> None:
    assert further_blocks(*around(1.0, n=8, spread=0.7)) is not None
    assert further_blocks(*around(1.0, n=8, spread=1.0)) is None


@pytest.mark.parametrize(("n", "factor", "asked"), [(1, 1.0, 4), (4, 1.0, 1), (1, 3.0, 7), (7, 3.0, 1), (6, 3.0, 2)])
def test_blocks_that_agree_need_as_many_more_as_an_interval_takes(n: int, factor: float, asked: int) -> None:
    """Five blocks for the 90 % interval, eight for the 99 % one."""
    assert further_blocks([1.0] * n, [factor] * n) == asked


@given(paired)
def test_further_blocks_are_none_or_some_up_to_the_most_and_the_same_from_either_side(
    pairs: list[tuple[float, float]],
) -> None:
    a, b = np.array(pairs).T
    asked = further_blocks(a, b)
    assert asked is None or 0 <= asked <= MOST_BLOCKS
    assert (asked == 0) == (verdict(a, b) is not Verdict.INCONCLUSIVE)
    there, back = asked or 0, further_blocks(b, a) or 0
    assert abs(there - back) <= 1

"""Many comparisons in one table: Holm's step-down procedure, and the verdicts that it leaves."""

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pairs import around
from study.summary import Judgement, Verdict, further_blocks, holm, p_value, ratio, verdict, verdicts

shares = st.floats(0, 1)


def test_holm_stops_at_the_first_that_its_step_does_not_reject() -> None:
    """0.005 <= 0.05/4 and 0.01 <= 0.05/3, but 0.03 > 0.05/2: then 0.04 is not looked at."""
    assert holm([0.01, 0.04, 0.03, 0.005]) == [True, False, False, True]


def test_holm_of_nothing_is_nothing_and_of_one_is_the_level_itself() -> None:
    assert holm([]) == []
    assert holm([0.05]) == [True]
    assert holm([0.051]) == [False]


@given(st.lists(shares, max_size=30))
def test_holm_rejects_what_bonferroni_does_and_nothing_above_the_level(p_values: list[float]) -> None:
    for p, rejected in zip(p_values, holm(p_values), strict=True):
        assert rejected or p > 0.05 / len(p_values)
        assert not rejected or p <= 0.05


@given(st.lists(shares, min_size=1, max_size=30), st.randoms())
def test_holm_does_not_depend_on_the_order_of_the_table(p_values: list[float], chance: object) -> None:
    rejected = {p for p, hit in zip(p_values, holm(p_values), strict=True) if hit}
    shuffled = list(p_values)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert {p for p, hit in zip(shuffled, holm(shuffled), strict=True) if hit} == rejected


@given(st.lists(shares, max_size=30), shares)
def test_a_further_comparison_never_makes_holm_reject_another(p_values: list[float], p: float) -> None:
    before, after = holm(p_values), holm([*p_values, p])[:-1]
    assert all(then or not now for now, then in zip(after, before, strict=True))


def table(factors: list[float], spread: float = 0.01) -> list[tuple[list[float], list[float]]]:
    return [around(factor, spread=spread) for factor in factors]


def test_a_table_of_one_pair_says_what_the_pair_says() -> None:
    for factor in (0.5, 1.0, 1.04, 2.0):
        (pair,) = table([factor], spread=0.03)
        assert verdicts([pair]) == [
            Judgement(verdict(*pair), ratio(*pair), p_value(*pair), further_blocks(*pair)),
        ]


def test_a_table_without_pairs_has_no_verdicts() -> None:
    assert verdicts([]) == []


def nearly_different() -> tuple[list[float], list[float]]:
    """Fifteen blocks of which two speak against: p = 0.0084, which a table of many pairs does not reject."""
    differences = [-0.01, -0.02, *(0.03 + i / 100 for i in range(13))]
    return [1.0] * 15, [math.exp(d) for d in differences]


def test_in_a_table_of_many_equal_pairs_a_difference_needs_more_evidence_than_alone() -> None:
    pair = nearly_different()
    equal = [(pair[0], pair[0])] * 200
    assert verdict(*pair) is Verdict.SLOWER
    assert p_value(*pair) > 0.05 / 201
    judged = verdicts([pair, *equal])
    assert judged[0].verdict is Verdict.INCONCLUSIVE
    assert judged[0].ratio == ratio(*pair)
    assert {one.verdict for one in judged[1:]} == {Verdict.EQUIVALENT}


def test_a_table_of_many_true_differences_finds_each() -> None:
    judged = verdicts(table([0.5, 0.8, 1.2, 2.0] * 10))
    assert [one.verdict for one in judged] == [Verdict.FASTER, Verdict.FASTER, Verdict.SLOWER, Verdict.SLOWER] * 10


def test_in_a_table_more_blocks_are_asked_for_than_alone() -> None:
    unsure = around(1.1, n=9, spread=0.2)
    alone, many = further_blocks(*unsure), verdicts([unsure] * 40)[0].further_blocks
    assert alone is not None
    assert many is not None
    assert 0 < alone < many


@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=12))
def test_in_a_table_only_what_holm_rejects_is_faster_or_slower(seeds: list[int]) -> None:
    chances = [np.random.default_rng(seed) for seed in seeds]
    pairs = [(np.ones(15), np.exp(chance.normal(chance.choice([0.0, 0.05]), 0.05, 15))) for chance in chances]
    judged = verdicts(pairs)
    for one, rejected, pair in zip(judged, holm([p_value(*pair) for pair in pairs]), pairs, strict=True):
        alone = verdict(*pair)
        decided = alone in (Verdict.FASTER, Verdict.SLOWER)
        assert one.verdict is (alone if rejected or not decided else verdict(*pair, level=1.0))
        assert (one.further_blocks == 0) == (one.verdict is not Verdict.INCONCLUSIVE)

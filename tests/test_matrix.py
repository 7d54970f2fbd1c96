"""Is every hazard tried on every backend that can express it, as often as it takes, and no other?"""

import pytest

import backends
from study import hazards, matrix
from study.hazard import HANG_S
from study.matrix import Pair

NEW, OLD = (3, 14), (3, 11)


def test_no_pair_is_silently_absent() -> None:
    every = [(pair.hazard, pair.backend) for pair in matrix.pairs(NEW)]
    assert every == [(hazard, backend) for hazard in hazards.names() for backend in backends.names()]


def test_what_an_older_python_lacks_is_not_tried_there_and_it_says_why() -> None:
    reasons = {pair.reason for pair in matrix.pairs(OLD) if pair.backend == "executors.interpreter"}
    assert reasons == {"needs Python 3.14; this is 3.11"}
    assert any(not pair.reason for pair in matrix.pairs(NEW) if pair.backend == "executors.interpreter")


def test_only_those_are_chosen_that_are_wanted() -> None:
    chosen = matrix.pairs(NEW, {"killed_worker/threads", "segfault/serial"}.__contains__)
    assert sorted(pair.name for pair in chosen) == ["killed_worker/threads", "segfault/serial"]


@pytest.mark.parametrize(
    ("pair", "repeat", "times"),
    [
        (Pair("killed_worker", "threads"), 1, 1),
        (Pair("killed_worker", "threads"), 5, 5),
        (Pair("killed_worker", "serial", "there is no worker"), 5, 0),
    ],
)
def test_a_pair_takes_as_many_interpreters_as_the_reader_wants(pair: Pair, repeat: int, times: int) -> None:
    assert matrix.attempts_of(pair, repeat) == times


def test_all_that_is_tried_is_begun_once_and_always_in_the_same_order() -> None:
    pairs = matrix.pairs(NEW)
    order = matrix._order(pairs, 1)
    assert order == matrix._order(pairs, 1)
    assert sorted(pair.name for pair in order) == sorted(
        pair.name for pair in pairs for _ in range(matrix.attempts_of(pair))
    )


def test_the_slow_ones_are_spread_over_the_first_part_and_after_it_there_are_none() -> None:
    order = matrix._order(matrix.pairs(NEW), 1)
    slow = [at for at, pair in enumerate(order) if hazards.find(pair.hazard).patience_s > HANG_S]
    assert slow[0] < len(order) / 10
    assert len(order) / 3 < slow[-1] < len(order) * 2 / 3

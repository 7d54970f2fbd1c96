"""Comparisons of known outcome: nothing is found where nothing is, a delay is found, and the sentence about it is right."""

import itertools
import json
import random
import sys
from pathlib import Path

import pytest

from study import proof, scenarios, trials
from study.plain import delayed
from study.selfcheck import answered, observed
from study.trials import ALIKE, BLOCKS, DELAYS, Trials, _judge, _Pair, amiss

VERDICTS = ("faster", "slower", "equivalent", "inconclusive")


def series(factor: float, trials_: int = 20, spread: float = 0.02, drift: float = 0.0) -> list[_Pair]:
    """B takes `factor` times as long as A; both drift together, by that share from the first block to the last."""
    chance, blocks = random.Random(7), trials_ * BLOCKS
    machine = [1 + drift * (block % BLOCKS) / BLOCKS for block in range(blocks)]
    return [
        _Pair(speed * chance.lognormvariate(0, spread), factor * speed * chance.lognormvariate(0, spread), 1.0)
        for speed in machine
    ]


def counts(**found: int) -> dict[str, int]:
    return {word: found.get(word, 0) for word in VERDICTS}


def outcome(name: str, quiet: int = 10, **found: int) -> Trials:
    return Trials(name, sum(found.values()), counts(**found), 0, quiet, counts(**found), 1.0)


@pytest.mark.parametrize(("blocks", "trials_"), [(46, 3), (45, 3), (44, 3), (43, 2), (14, 1), (13, 0)])
def test_every_fifteen_blocks_are_one_trial_and_so_are_fourteen_that_are_left_over(blocks: int, trials_: int) -> None:
    assert len(trials._spans(series(1.0, 4)[:blocks], BLOCKS)) == trials_


def test_a_cell_beside_itself_is_not_called_different_although_the_machine_drifts() -> None:
    (judged,) = _judge({"x": series(1.0, drift=0.3)}, BLOCKS)
    assert judged.found == 0
    assert judged.naive >= 18, "measured one after the other, the drift passes for a difference"


def test_a_fifth_is_found_every_time_and_told_as_what_it_is() -> None:
    (judged,) = _judge({"x": series(1.2)}, BLOCKS)
    assert judged.verdicts["slower"] == judged.trials == 20
    assert judged.ratio == pytest.approx(1.2, rel=0.01)


def test_quiet_pairs_make_trials_of_their_own_whatever_lies_between_them() -> None:
    quiet = series(1.2, 2)
    noisy = [pair._replace(b=pair.a, unrest=1.11) for pair in quiet]
    mixed = [pair for both in zip(quiet, noisy, strict=True) for pair in both]
    (judged,) = _judge({"x": mixed}, BLOCKS)
    assert (judged.trials, judged.verdicts["slower"]) == (4, 0)
    assert (judged.quiet, judged.quiet_verdicts["slower"]) == (2, 2)


def test_nothing_is_amiss_when_the_delay_is_found_and_nothing_else_is() -> None:
    assert amiss([outcome("x", inconclusive=10)], [outcome("20 % later", slower=10)]) == []


def test_one_false_alarm_in_many_is_chance_and_many_are_not() -> None:
    late = [outcome("20 % later", slower=10)]
    assert amiss([outcome("x", inconclusive=99, faster=1)], late) == []
    (sentence,) = amiss([outcome("x", inconclusive=5, faster=5)], late)
    assert sentence == "5 of 10 identical pairs were called different; 1% may be"


def test_a_delay_that_is_missed_in_quiet_trials_is_told() -> None:
    (sentence,) = amiss([outcome("x", equivalent=10)], [outcome("20 % later", slower=8, inconclusive=2)])
    assert sentence == "20 % later was not found in 2 of 10 quiet trials"


def test_noisy_trials_are_not_held_against_the_study() -> None:
    noisy = Trials("20 % later", 10, counts(inconclusive=10), 0, 0, counts(), 1.2)
    assert amiss([outcome("x", equivalent=10)], [noisy]) == []


def test_the_table_has_a_line_for_each_pair_and_ends_with_a_sentence() -> None:
    text = proof.as_text([], [outcome("lock/threads", equivalent=3)], [outcome("20 % later", slower=3, quiet=3)])
    assert "lock/threads" in text
    assert "3 of 3 called different" in text
    assert text.endswith("Nothing was called different that is not, and what is was found.")


def test_the_document_has_verdicts_by_name() -> None:
    shown = json.loads(proof.as_json([], [outcome("x", equivalent=3)], [outcome("20 % later", slower=3)]))
    assert shown["alike"][0]["verdicts"]["equivalent"] == 3
    assert shown["delayed"][0]["verdicts"]["slower"] == 3


def test_what_is_compared_with_itself_is_installed_and_has_the_lap() -> None:
    for scenario, backend, lap, arguments in ALIKE:
        assert scenario in scenarios.names()
        assert lap
        assert backend
        assert arguments["rounds"] == 3


@pytest.mark.parametrize("percent", DELAYS)
def test_the_late_library_gives_the_pools_answers(percent: int, tmp_path: Path) -> None:
    request = trials._request("scaling", "threads", {"workload": "cpu", "width": 1, "tasks": 8, "rounds": 2})
    late = {**request, "instead": {"Pool": trials.LATE.format(percent=percent)}}
    answer = answered(late, sys.executable, tmp_path)
    assert observed(answer)["default chunks"] > 0
    assert min(answer["probes_ns"]) > 0


def test_the_late_library_waits_its_share_of_what_the_map_took(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = itertools.count(step=100)
    monkeypatch.setattr(delayed.time, "perf_counter_ns", lambda: next(clock))
    with delayed.DelayedPool(1, share=5.0) as pool:
        assert pool.map(abs, [-1, -2]) == [1, 2]
    # begun, ended, and then until five times their distance has passed
    assert next(clock) == 100 * (2 + 5)

"""Does the self-check count what it measured: warm-ups left out, script beside study, quiet blocks, and alarms as chance has them?"""

import itertools
import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from statistics import geometric_mean
from typing import Any

import pytest

from study import selfcheck, trials
from study.launch import Ended, Usage
from study.selfcheck import TOLERANCE, Parity, Quantity
from study.summary import Ratio
from study.trials import ALIKE, DELAYS, Trials, _judge, _Pair, amiss
from test_trials import outcome

STARTS = Quantity("start-up fork", ("startup.py", "fork"), "startup", "processes.fork", ("cold", "warm"), {"width": 1})
FOUND = outcome("20 % later", slower=10)
Asked = list[Mapping[str, Any]]


def test_one_false_alarm_in_ten_pairs_is_chance_and_two_are_not() -> None:
    assert amiss([outcome("x", inconclusive=9, slower=1)], [FOUND]) == []
    (sentence,) = amiss([outcome("x", inconclusive=8, slower=1, faster=1)], [FOUND])
    assert sentence.startswith("2 of 10 identical pairs were called different")


def test_false_alarms_of_all_cells_are_counted_together() -> None:
    every = [outcome(str(number), inconclusive=1) for number in range(8)] + [outcome("x", slower=1)] * 2
    (sentence,) = amiss(every, [FOUND])
    assert sentence.startswith("2 of 10 ")


def test_only_the_longest_delay_has_to_be_found() -> None:
    hardly = outcome("5 % later", inconclusive=10)
    same = [outcome("x", equivalent=10)]
    assert amiss(same, [hardly, FOUND]) == []
    assert amiss(same, [FOUND, hardly]) == ["5 % later was not found in 10 of 10 quiet trials"]


def test_a_delay_that_is_called_faster_is_not_found() -> None:
    assert amiss([outcome("x", equivalent=10)], [outcome("20 % later", slower=7, faster=3)]) == [
        "20 % later was not found in 3 of 10 quiet trials"
    ]


def test_both_complaints_are_told() -> None:
    assert len(amiss([outcome("x", slower=10)], [outcome("20 % later", faster=10)])) == 2


def judged(a: list[float], b: list[float], blocks: int) -> Trials:
    (found,) = _judge({"x": [_Pair(*sides, 1.0) for sides in zip(a, b, strict=True)]}, blocks)
    return found


def test_twice_as_fast_and_twice_as_slow_are_together_no_difference() -> None:
    found = judged([1.0] * 16, [2.0] * 8 + [0.5] * 8, 8)
    assert (found.verdicts["slower"], found.verdicts["faster"]) == (1, 1)
    assert found.ratio == pytest.approx(1.0)


@pytest.mark.parametrize(("last", "differs"), [(1.0, 0), (1.04, 0), (1.06, 1), (0.96, 0), (0.94, 1)])
def test_a_naive_comparison_sees_a_in_the_first_half_and_b_in_the_second_and_nothing_else(
    last: float, differs: int
) -> None:
    first, unseen = [8.0, *[1.0] * 6], [40.0] * 8
    a, b = [*first, *unseen], [*unseen, *(last * seconds for seconds in first)]
    assert judged(a, b, 15).naive == differs


class Machine:
    """Takes the place of measured interpreters: each has the next two probes beside it, and late takes 1.2 times as long."""

    def __init__(self, probes: Iterable[tuple[int, int]]) -> None:
        self.probes = iter(probes)
        self.asked: Asked = []

    def answer(self, request: Mapping[str, Any], *_: object) -> Mapping[str, Any]:
        self.asked.append(request)
        headline = {scenario: lap for scenario, _, lap, _ in ALIKE}[request["scenario"]]
        laps = {"another lap": 1, headline: 1200 if "instead" in request else 1000}
        told = [{"name": name, "unit": "ns", "values": [5000, took, took]} for name, took in laps.items()]
        return {"laps": told, "probes_ns": next(self.probes)}


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Callable[[Iterable[tuple[int, int]]], Machine]:
    def made(probes: Iterable[tuple[int, int]]) -> Machine:
        one = Machine(probes)
        monkeypatch.setattr(trials, "answered", one.answer)
        return one

    return made


SLOW_THROUGHOUT, SLOWER, TWICE = [(170, 175), (180, 187)], [(100, 110), (105, 101)], [(100, 100), (200, 200)]
LATER, BETWEEN = [(100, 101), (100, 112)], [(112, 100), (100, 100)]


def test_a_pair_is_noisy_when_the_processor_was_slower_for_one_side_or_became_so_beside_it(
    machine: Callable[[Iterable[tuple[int, int]]], Machine],
) -> None:
    """In half of the blocks of each pair nothing of the kind happened, though they are not equally fast."""
    blocks = [SLOW_THROUGHOUT, LATER, SLOWER, BETWEEN, SLOWER, TWICE, SLOW_THROUGHOUT, LATER] * 3
    one = machine(probes for block in blocks for _ in DELAYS for probes in block)
    found = trials.delayed("python", 2, 12, lambda _: None)
    assert {(each.trials, each.quiet) for each in found} == {(2, 1)}
    assert {(each.verdicts["slower"], each.quiet_verdicts["slower"]) for each in found} == {(2, 1)}
    assert [each.name for each in found] == [f"{percent} % later" for percent in DELAYS]
    assert all(request["witnessed"] for request in one.asked)
    assert {request.get("cpus") for request in one.asked} == {1 if hasattr(os, "sched_setaffinity") else None}
    assert ["instead" in request for request in one.asked].count(True) == len(one.asked) / 2 == 24 * len(DELAYS)


def test_each_cell_is_compared_with_itself_by_its_own_lap(
    machine: Callable[[Iterable[tuple[int, int]]], Machine],
) -> None:
    one, told = machine(itertools.repeat((100, 100))), list[str]()
    found = trials.alike("python", 1, 8, told.append)
    assert [each.name for each in found] == [f"{scenario}/{backend}" for scenario, backend, _, _ in ALIKE]
    assert {(each.verdicts["equivalent"], each.ratio) for each in found} == {(1, 1.0)}
    for scenario, backend, _, arguments in ALIKE:
        asked = {"do": "run", "scenario": scenario, "backend": backend, "arguments": arguments, "witnessed": True}
        assert one.asked.count(asked) == 16
    names = [line.partition("  ")[2] for line in told]
    assert names[::2] == names[1::2], "both sides are measured one right after the other"
    assert [line.partition("  ")[0] for line in told[:: 2 * len(ALIKE)]] == [f"block {n}/8" for n in range(1, 9)]


def test_the_order_is_another_in_each_block_and_the_same_for_the_same_seed(
    machine: Callable[[Iterable[tuple[int, int]]], Machine],
) -> None:
    def order(seed: int) -> list[str]:
        told: list[str] = []
        machine(itertools.repeat((100, 100)))
        trials.alike("python", 1, 8, told.append, seed)
        return [line.partition("  ")[2] for line in told]

    first = order(1)
    assert order(1) == first != order(2)
    assert first[: 2 * len(ALIKE)] != first[2 * len(ALIKE) : 4 * len(ALIKE)]


def test_of_what_a_script_prints_the_first_of_several_values_is_the_warm_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = 'import sys\nopen("here", "w").close()\nprint("cold\\t900")\nprint("warm\\t900\\t5\\t8", len(sys.argv[1]), sep="\\t")\n'
    (tmp_path / "startup.py").write_text(script)
    (tmp_path / "scratch").mkdir()
    monkeypatch.setattr(selfcheck, "PLAIN", tmp_path)
    found = selfcheck.by_script(STARTS, sys.executable, tmp_path / "scratch")
    assert found == {"cold": 900.0, "warm": 5.0}, "the median of 5, 8 and the length of the argument"
    assert (tmp_path / "scratch" / "here").exists(), "it runs where its files are swept away"


def test_a_script_that_fails_is_no_observation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "startup.py").write_text('print("cold\\t900")\nraise SystemExit(3)\n')
    monkeypatch.setattr(selfcheck, "PLAIN", tmp_path)
    with pytest.raises(subprocess.CalledProcessError):
        selfcheck.by_script(STARTS, sys.executable, tmp_path)


def test_of_what_a_child_tells_the_durations_count_and_not_their_warm_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = {"once": ("ns", [70]), "often": ("ns", [900, 4, 6, 8, 7]), "memory": ("B", [1, 2]), "empty": ("ns", [])}
    laps = [{"name": name, "unit": unit, "values": values} for name, (unit, values) in told.items()]
    asked: Asked = []

    def ask(python: str, request: Mapping[str, Any], *_: object) -> Ended:
        asked.append(request)
        return Ended("measured", "", 0.1, Usage(), {"laps": laps})

    monkeypatch.setattr(selfcheck.launch, "ask", ask)
    assert selfcheck.by_study(STARTS, "python", tmp_path) == {"once": 70.0, "often": 6.5}
    assert asked == [{"do": "run", "scenario": "startup", "backend": "processes.fork", "arguments": {"width": 1}}]


def test_script_and_cell_send_as_many_messages_of_one_size_and_fewer_of_a_larger_one_where_it_is_copied() -> None:
    sent: dict[str, list[int]] = {}
    for quantity in (one for one in selfcheck.QUANTITIES if one.scenario == "throughput"):
        _, channel, payload, messages = quantity.script
        assert quantity.arguments["payload"] == int(payload)
        assert quantity.arguments["operations"] == int(messages)
        sent.setdefault(channel, []).append(int(messages))
    for channel, numbers in sent.items():
        assert numbers == sorted(numbers, reverse=True)
        assert (len(set(numbers)) == 1) is channel.startswith("queue."), "a queue of threads copies nothing"


@pytest.mark.parametrize(("low", "high"), [(1 + TOLERANCE, 2.0), (0.5, 1 - TOLERANCE), (0.5, 2.0)])
def test_an_interval_that_only_touches_the_tolerance_leaves_room(low: float, high: float) -> None:
    assert Parity("x", 1.0, 1.2, Ratio(1.2, low, high, 15)).may_hold


def observing(monkeypatch: pytest.MonkeyPatch, plain: Mapping[str, float], study: Mapping[str, float]) -> None:
    """Have scripts and children take so long for each lap, and longer from block to block, both alike."""
    blocks = {"plain": 0, "study": 0}

    def observe(side: str, laps: Mapping[str, float]) -> Callable[..., dict[str, float]]:
        def observed(*_: object) -> dict[str, float]:
            blocks[side] += 1
            return {lap: seconds * blocks[side] for lap, seconds in laps.items()}

        return observed

    monkeypatch.setattr(selfcheck, "by_script", observe("plain", plain))
    monkeypatch.setattr(selfcheck, "by_study", observe("study", study))


def test_each_lap_has_the_median_of_both_sides_and_their_ratio_block_by_block(monkeypatch: pytest.MonkeyPatch) -> None:
    observing(monkeypatch, {"cold": 10.0, "warm": 30.0}, {"cold": 20.0, "warm": 33.0})
    cold, warm = selfcheck.check("python", 5, lambda _: None, quantities=[STARTS])
    assert (cold.name, cold.plain_ns, cold.study_ns) == ("start-up fork, cold", 30.0, 60.0)
    assert (warm.name, warm.plain_ns, warm.study_ns) == ("start-up fork, warm", 90.0, 99.0)
    assert (cold.ratio.value, warm.ratio.value) == (pytest.approx(2.0), pytest.approx(1.1))
    assert (cold.ratio.n, cold.ratio.low) == (5, None)


def test_six_blocks_are_enough_for_an_interval(monkeypatch: pytest.MonkeyPatch) -> None:
    observing(monkeypatch, {"cold": 10.0, "warm": 30.0}, {"cold": 11.0, "warm": 30.0})
    cold, warm = selfcheck.check("python", 6, lambda _: None, quantities=[STARTS])
    assert cold.ratio.low == pytest.approx(1.1)
    assert (cold.holds, cold.may_hold, warm.holds, warm.may_hold) == (False, False, True, True)


def test_the_order_of_a_check_is_a_matter_of_its_seed(monkeypatch: pytest.MonkeyPatch) -> None:
    observing(monkeypatch, {"cold": 1.0, "warm": 1.0}, {"cold": 1.0, "warm": 1.0})
    every = [Quantity(str(n), STARTS.script, "startup", "threads", ("cold",), {}) for n in range(9)]

    def order(seed: int) -> list[str]:
        told: list[str] = []
        selfcheck.check("python", 2, told.append, seed, every)
        return told

    assert order(1) == order(1) != order(2)
    assert [line.partition("  ")[0] for line in order(3)] == ["block 1/2"] * 18 + ["block 2/2"] * 18


def test_the_ratios_of_trials_are_averaged_as_ratios_are() -> None:
    found = judged([1.0] * 24, [1.1] * 8 + [1.2] * 8 + [1.5] * 8, 8)
    assert found.ratio == pytest.approx(geometric_mean([1.1, 1.2, 1.5]))

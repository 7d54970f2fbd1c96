"""What the journal keeps of a child is what the child did: as it ended, rounded to microseconds, and no more than can be trusted."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from busy import on_a_busy_machine_too
from journals import journal, planned, write
from study import journal as kept
from study.campaign import row_of
from study.journal import Row
from study.launch import Ended, Usage

LOCK = planned("lock/threads", 2, width=2)
LAP: dict[str, Any] = {
    "name": "work",
    "operations": 10,
    "source": "study/scenarios/lock.py:61",
    "values": [9, 5],
    "unit": "ns",
}
ANSWER: dict[str, Any] = {
    "operations": 10,
    "laps": [LAP],
    "trace": "1\t2\t3\ta\tgot\t1\n",
    "printed": ["hello"],
    "modules": 99,
}


def row(status: str = "measured", *, reason: str = "", traced: bool = True, **answer: Any) -> Row:
    usage = Usage(cpu_s=0.25, voluntary_switches=3, involuntary_switches=4, peak_rss_bytes=1 << 20)
    ended = Ended(status, reason, 1.23456789, usage, answer)  # type: ignore[arg-type]
    return row_of(LOCK, 2, 7, ended, 100.123456789, traced=traced)


def test_a_row_says_which_child_it_was_and_how_it_ended() -> None:
    found = row(**ANSWER)
    assert (found.cell, found.block, found.position) == (LOCK.cell, 2, 7)
    assert (found.status, found.reason, found.operations) == ("measured", "", 10)
    assert [(lap.name, lap.operations, lap.values) for lap in found.laps] == [("work", 10, [9, 5])]
    assert found.printed == ["hello"]


def test_times_are_kept_to_the_microsecond() -> None:
    found = row(**ANSWER)
    assert (found.started, found.seconds, found.cpu_s) == (100.123457, 1.234568, 0.25)
    assert (found.voluntary_switches, found.involuntary_switches, found.peak_rss_bytes) == (3, 4, 1 << 20)


@pytest.mark.parametrize("status", ["wrong answer", "timeout", "crash", "exception", "out of memory"])
def test_of_a_child_that_failed_no_value_is_kept_but_its_reason_and_story(status: str) -> None:
    found = row(status, reason="no such luck", **ANSWER)
    assert (found.status, found.reason, found.laps) == (status, "no such luck", [])
    assert found.trace == ANSWER["trace"]


def test_a_child_that_answered_nothing_has_a_row_all_the_same() -> None:
    found = row("timeout", reason="no answer within 30 s")
    assert (found.operations, found.laps, found.trace, found.printed) == (None, [], "", [])


def test_a_story_is_kept_only_where_it_is_wanted() -> None:
    assert row(traced=True, **ANSWER).trace == ANSWER["trace"]
    assert row(traced=False, **ANSWER).trace == ""


NUMBERS = st.floats(0, 1e6)


@on_a_busy_machine_too
@given(NUMBERS, NUMBERS, NUMBERS, st.text(max_size=50), st.lists(st.integers(0, 10**15), min_size=1, max_size=5))
def test_a_row_is_one_that_the_journal_takes_and_gives_back(
    started_s: float, seconds: float, cpu_s: float, trace: str, values: list[int]
) -> None:
    import tempfile

    answer = {"laps": [{**LAP, "values": values}], "trace": trace, "printed": [trace]}
    made = row_of(LOCK, 1, 1, Ended("measured", "", seconds, Usage(cpu_s=cpu_s), answer), started_s, traced=True)
    with tempfile.TemporaryDirectory() as folder:
        path = write(journal([LOCK], [made]), Path(folder) / "run.jsonl")
        assert kept.load(path).rows == [made]
    assert abs(made.seconds - seconds) <= 1e-6

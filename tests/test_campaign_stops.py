"""A cell that hangs is given up after two time-outs: it costs a minute, not one in each block, and the report says so."""

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from campaigns import (
    CELLS,
    CHILD_S,
    LOCK,
    PLAN,
    QUEUE,
    Children,
    Died,
    begun,
    own_temporary_folder,
    put_in_place,
    taken_up,
)
from journals import failed, measured
from journals import journal as made_up
from study import frame, journal
from study.campaign import DEADLINE_FACTOR, SHORTEST_DEADLINE_S
from study.journal import REHEARSAL, Rejected, Status
from study.plan import PROFILES, Plan

on_a_busy_machine_too = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
WORDS = "failed (timeout) in 2 of 2 blocks, and was not tried again"


@pytest.fixture
def children(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Children]:
    with own_temporary_folder(monkeypatch):
        yield put_in_place(Children(), monkeypatch)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "run.jsonl"


def hangs(cell: str, *answered: int) -> Callable[[str, int], Status]:
    """How a child ends: that cell times out, but for its children with these numbers, of which a rehearsal is the first."""
    return lambda name, nth: "timeout" if name == cell and nth not in answered else "measured"


def state_of(kept: journal.Journal, cell: str) -> tuple[object, ...]:
    line = frame.cells([kept]).set_index("cell").loc[cell]
    return tuple(line[["planned", "measured", "failed", "state", "words"]])


def test_a_cell_that_times_out_twice_is_not_asked_for_again(children: Children, path: Path) -> None:
    children.status = hangs(QUEUE.cell, 0)
    begun(path).measure()
    kept = journal.load(path)
    assert [(row.block, row.status) for row in kept.rows if row.cell == QUEUE.cell] == [
        *((REHEARSAL, "measured"), (1, "timeout"), (2, "timeout"))
    ]
    counts = Counter(row.cell for row in kept.rows if row.block != REHEARSAL)
    assert all(counts[cell.cell] == cell.blocks for cell in CELLS if cell is not QUEUE)
    assert journal.unfinished(kept.header, kept.rows) == 0
    assert state_of(kept, QUEUE.cell) == (2, 0, 2, "failed", WORDS)


def test_the_second_try_waits_no_longer_than_the_first(children: Children, path: Path) -> None:
    """Ten times as long as the last child took is meant for children that answer."""
    children.status = hangs(QUEUE.cell)
    begun(path, Plan(PROFILES["smoke"], 7, CELLS, ())).measure()
    waited = [seconds for name, seconds in zip(children.asked, children.deadlines_s, strict=True) if name == QUEUE.cell]
    assert waited == [SHORTEST_DEADLINE_S] * 2


def test_a_slow_child_is_given_ten_times_as_long_as_its_last(children: Children, path: Path) -> None:
    children.seconds = lambda name, nth: 20.0 if name == QUEUE.cell else CHILD_S
    begun(path).measure()
    waited = [seconds for name, seconds in zip(children.asked, children.deadlines_s, strict=True) if name == QUEUE.cell]
    assert waited == [SHORTEST_DEADLINE_S] + [20.0 * DEADLINE_FACTOR] * PLAN.blocks


def test_a_cell_that_ever_answered_is_asked_for_in_every_block(children: Children, path: Path) -> None:
    plan = Plan(PROFILES["smoke"], 7, CELLS, ())
    children.status = hangs(QUEUE.cell, 1, 5)
    begun(path, plan).measure()
    kept = journal.load(path)
    assert [row.status for row in kept.rows if row.cell == QUEUE.cell] == [
        *("timeout", "measured", "timeout", "timeout", "timeout", "measured")
    ]
    assert state_of(kept, QUEUE.cell) == (6, 2, 4, "measured", "failed (timeout) in 4 of 6 blocks")


@pytest.mark.parametrize("status", ["crash", "wrong answer", "exception", "out of memory"])
def test_a_cell_that_fails_without_a_hang_is_asked_for_in_every_block(
    children: Children, path: Path, status: Status
) -> None:
    children.status = lambda name, nth: status if name == QUEUE.cell else "measured"
    begun(path, Plan(PROFILES["smoke"], 7, CELLS, ())).measure()
    kept = journal.load(path)
    assert [row.status for row in kept.rows if row.cell == QUEUE.cell] == [status] * 6


def test_a_given_up_cell_stays_given_up_when_the_campaign_is_taken_up(children: Children, path: Path) -> None:
    plan = Plan(PROFILES["smoke"], 7, CELLS, ())
    children.status = hangs(QUEUE.cell)
    children.die_before = 12
    with pytest.raises(Died):
        begun(path, plan).measure()
    assert children.asked.count(QUEUE.cell) == 2
    children.die_before = None
    taken_up(path, plan).measure()
    assert children.asked.count(QUEUE.cell) == 2
    kept = journal.load(path)
    assert journal.unfinished(kept.header, kept.rows) == 0


def test_the_words_of_a_cell_that_is_still_tried_do_not_say_that_it_is_not() -> None:
    kept = made_up([LOCK], [failed(LOCK, 1)])
    assert state_of(kept, LOCK.cell) == (2, 0, 1, "failed", "failed (timeout) in 1 of 1 blocks")


def test_a_cell_that_was_lost_in_its_rehearsal_is_due_once() -> None:
    kept = made_up([LOCK], [failed(LOCK, REHEARSAL)])
    assert state_of(kept, LOCK.cell) == (1, 0, 1, "failed", "failed (timeout) in its rehearsal")


def test_a_time_out_in_a_block_that_was_rejected_later_counts_for_giving_up() -> None:
    cell = QUEUE
    rejected = [Rejected(1, 7, "it was noisy")]
    kept = made_up([cell], [failed(cell, 1), failed(cell, 2)], rejected=rejected)
    assert journal.unfinished(kept.header, kept.rows, kept.rejected_rows) == 0
    assert state_of(kept, cell.cell) == (
        1,
        0,
        1,
        "failed",
        "failed (timeout) in 1 of 1 blocks, and was not tried again",
    )


OUTCOMES: "st.SearchStrategy[list[str]]" = st.lists(st.sampled_from(["measured", "timeout", "crash"]), max_size=8)


@on_a_busy_machine_too
@given(OUTCOMES)
def test_a_cell_is_lost_by_two_time_outs_and_never_after_an_answer(outcomes: list[str]) -> None:
    rows = [
        measured(LOCK, block, {"work": [1.0]}) if outcome == "measured" else failed(LOCK, block, outcome)
        for block, outcome in enumerate(outcomes, start=1)
    ]
    lost = outcomes.count("timeout") >= 2 and "measured" not in outcomes
    assert journal.lost_cells(rows) == ({LOCK.cell} if lost else set())


@on_a_busy_machine_too
@given(OUTCOMES)
def test_one_hang_in_the_rehearsal_is_enough(outcomes: list[str]) -> None:
    rows = [failed(LOCK, REHEARSAL), *(failed(LOCK, number + 1, "crash") for number, _ in enumerate(outcomes))]
    assert journal.lost_cells(rows) == {LOCK.cell}

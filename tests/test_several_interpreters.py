"""One campaign over several interpreters: the same blocks, and a journal for each that is complete in itself."""

import dataclasses
import itertools
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from campaigns import (
    CELLS,
    LOCK,
    PIPE,
    PLAN,
    POOL,
    QUEUE,
    QUIET_NS,
    TAGS,
    Children,
    allowance_of,
    kept_by,
    own_temporary_folder,
    put_in_place,
    several,
)
from study import budget, campaign, interleaving, journal, preparation, run
from study.campaign import Busy, Campaign, Progress
from study.interleaving import Side, told_by
from study.journal import REHEARSAL, Budget, Journal, JournalError
from study.plan import PROFILES
from study.preparation import Interpreter, Options, Part, UsageError

SLOW_NS = 2 * QUIET_NS


@pytest.fixture
def children(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Children]:
    with own_temporary_folder(monkeypatch):
        yield put_in_place(Children(), monkeypatch)


def measured(campaign: Campaign) -> list[Journal]:
    campaign.measure()
    return kept_by(campaign)


def test_in_each_block_the_cells_of_all_interpreters_are_shuffled_together(children: Children, tmp_path: Path) -> None:
    both = several(tmp_path)
    first, second = measured(both)
    for number in range(1, PLAN.blocks + 1):
        places = {
            row.position: tag for kept, tag in ((first, 1), (second, 2)) for row in kept.rows if row.block == number
        }
        own = len(PLAN.block(number))
        assert sorted(places) == list(range(1, 2 * own + 1)), "each place is taken once, by the one or the other"
    together = sorted((row.started, tag) for kept, tag in ((first, 1), (second, 2)) for row in kept.rows if row.block)
    turns = [tag for _, tag in together]
    assert sum(one != other for one, other in itertools.pairwise(turns)) > len(turns) / 4
    pairs = list(zip(turns[::2], turns[1::2], strict=True))
    assert set(pairs) == {(1, 2), (2, 1)}, (
        "a cell of both is measured on one right after the other, and neither is always first"
    )


def test_the_order_is_a_matter_of_the_seed_alone(children: Children, tmp_path: Path) -> None:
    one, other = several(tmp_path / "a"), several(tmp_path / "b")
    assert [one.plan.block(n) for n in range(1, 8)] == [other.plan.block(n) for n in range(1, 8)]


def test_of_one_interpreter_alone_the_plan_and_its_order_are_what_they_were(tmp_path: Path) -> None:
    alone = Campaign([Side(PLAN, "python", tmp_path / "run.jsonl")])
    assert alone.plan == PLAN
    assert alone.plan.block(3) == PLAN.block(3)


def test_each_journal_is_complete_in_itself_and_has_plain_names(children: Children, tmp_path: Path) -> None:
    for kept in measured(several(tmp_path)):
        counts = Counter(row.cell for row in kept.rows if row.block != REHEARSAL)
        assert counts == {cell.cell: cell.blocks for cell in CELLS}
        assert journal.unfinished(kept.header, kept.rows) == 0
        assert {row.cell: row.block for row in kept.rows if row.trace} == {LOCK.cell: 5, POOL.cell: 5}


def test_each_cell_is_asked_of_its_own_interpreter(children: Children, tmp_path: Path) -> None:
    several(tmp_path).measure()
    asked = Counter(zip(children.pythons, children.asked, strict=True))
    rehearsed_cells = {cell.cell for cell in CELLS}
    for cell in CELLS:
        assert asked["/usr/bin/python-3.11.7", cell.cell] == cell.blocks + (cell.cell in rehearsed_cells)
        assert asked["/usr/bin/python-3.12.1", cell.cell] == cell.blocks
    assert {python for python, name in asked if name == "probe"} == {"/usr/bin/python-3.11.7"}


def test_operations_are_chosen_once_on_the_first_interpreter_for_all(children: Children, tmp_path: Path) -> None:
    first, second = measured(several(tmp_path))
    assert {row.cell for row in first.rows if row.block == REHEARSAL} == {cell.cell for cell in CELLS}
    assert not [row for row in second.rows if row.block == REHEARSAL]
    assert {row.operations for kept in (first, second) for row in kept.rows} == {64}


def test_operations_of_a_cell_that_the_first_does_not_have_are_chosen_where_it_is(
    children: Children, tmp_path: Path
) -> None:
    first, second = measured(several(tmp_path, (QUEUE, LOCK), CELLS))
    assert {row.cell for row in first.rows} == {QUEUE.cell, LOCK.cell}
    assert {row.cell for row in second.rows if row.block == REHEARSAL} == {PIPE.cell, POOL.cell}
    assert Counter(row.cell for row in second.rows if row.block) == {cell.cell: cell.blocks for cell in CELLS}


def test_all_journals_have_the_same_blocks_rejections_and_replacements(children: Children, tmp_path: Path) -> None:
    children.probe_ns = lambda nth: SLOW_NS if nth in (8, 9) else QUIET_NS  # around the fifth block
    first, second = measured(several(tmp_path))
    assert first.blocks == second.blocks
    assert [block.block for block in first.blocks] == [1, 2, 3, 4, 5, 6, 7]
    assert first.rejected == second.rejected
    assert [(one.block, one.by) for one in first.rejected] == [(5, 7)]
    for kept in (first, second):
        assert Counter(row.cell for row in kept.rows if row.block == 7) == {cell.cell: 1 for cell in CELLS}
        assert {row.block for row in kept.rejected_rows} == {5}


def test_a_cell_that_hangs_on_one_interpreter_is_given_up_on_that_one_alone(children: Children, tmp_path: Path) -> None:
    children.status = lambda name, nth: (
        "timeout" if name == QUEUE.cell and children.pythons[-1:] == ["/usr/bin/python-3.12.1"] else "measured"
    )
    first, second = measured(several(tmp_path))
    assert [row.status for row in second.rows if row.cell == QUEUE.cell] == ["timeout", "timeout"]
    assert Counter(row.status for row in first.rows if row.cell == QUEUE.cell) == {"measured": 1 + QUEUE.blocks}


def test_a_plan_without_headlines_has_cells_in_every_block_so_that_its_journal_knows_them_all() -> None:
    few = dataclasses.replace(PLAN, cells=(LOCK, POOL))
    long, short = interleaving.level([PLAN, few])
    assert long == PLAN
    assert {cell.blocks for cell in short.cells} == {PLAN.blocks}


def test_an_interpreter_that_offers_no_cell_has_a_journal_that_can_be_read(children: Children, tmp_path: Path) -> None:
    children.steal = lambda nth: 0.5 if nth == 0 else 0.0
    first, second = measured(several(tmp_path, CELLS, ()))
    assert first.rejected
    assert (second.rows, second.blocks, second.rejected) == ([], [], [])


def test_progress_speaks_of_the_whole(children: Children, tmp_path: Path) -> None:
    told: list[Progress] = []
    both = several(tmp_path)
    both.tell = told.append
    both.measure()
    assert {progress.total for progress in told} == {2 * PLAN.children}
    assert told[-1].done == 2 * PLAN.children - 1
    assert {progress.cell.rpartition("-")[2] for progress in told} == set(TAGS)


def test_a_budget_is_that_of_the_whole_campaign(children: Children, tmp_path: Path) -> None:
    cells = [msgspec.structs.replace(cell, blocks=30 if cell.headline else 15) for cell in CELLS]
    both = several(tmp_path, cells, cells, budget_s=40.0)
    both.allowance = allowance_of(children, 40.0, PROFILES["default"])
    start = children.clock_s
    first, second = measured(both)
    assert 30 < children.clock_s - start <= 44
    counts = [Counter(row.cell for row in kept.rows if row.block) for kept in (first, second)]
    assert abs(counts[0][QUEUE.cell] - counts[1][QUEUE.cell]) <= 1
    assert counts[0][QUEUE.cell] >= 8


def test_two_names_of_one_interpreter_are_two_sides(tmp_path: Path) -> None:
    assert interleaving.tags([{"version": "3.11.7"}, {"version": "3.13.0", "free_threaded_build": True}] * 2) == [
        *("3.11.7", "3.13.0t", "3.11.7-2", "3.13.0t-2")
    ]
    names = interleaving.campaign_name("20260102T030405Z", ["3.11.7", "3.11.7-2"])
    assert interleaving.runs_of(names) == ["20260102T030405Z-3.11.7", "20260102T030405Z-3.11.7-2"]


def two(select: str = "pool/serial/width=2", profile: str = "smoke", **more: str) -> tuple[Options, list[Part]]:
    options = Options(Path("results"), profile, select, **more)
    interpreters = [Interpreter("python", {"version": version}, 0.05) for version in ("3.12.1", "3.12.1")]
    return options, preparation.parts_for(options, interpreters)


def older_and_newer(select: str, **more: str) -> tuple[Options, list[Part]]:
    both = [Interpreter("python", {"version": version}, 0.05) for version in ("3.13.1", "3.14.0")]
    options = Options(Path("results"), "default", select, **more)
    return options, preparation.parts_for(options, both)


def test_journals_are_begun_together_with_one_seed_and_one_name(tmp_path: Path) -> None:
    options, parts = two()
    campaign = preparation.start(dataclasses.replace(options, results=tmp_path), parts)
    first, second = (kept.header for kept in kept_by(campaign))
    assert (first.seed, first.started, first.machine) == (second.seed, second.started, second.machine)
    assert first.campaign == second.campaign == f"{first.run},3.12.1-2"
    assert second.run == f"{first.run}-2"
    assert [path.stem for path in campaign.paths] == [first.run, second.run]


def test_one_interpreter_alone_is_of_no_campaign(tmp_path: Path) -> None:
    options, parts = two()
    campaign = preparation.start(dataclasses.replace(options, results=tmp_path), parts[:1])
    (kept,) = kept_by(campaign)
    assert kept.header.campaign == ""
    assert kept.header.run.endswith("Z-3.12.1")


def test_cells_are_chosen_by_the_interpreter_too() -> None:
    _, parts = two("pool/serial and 3.12.1-2")
    assert [part.tag for part in parts] == ["3.12.1-2"]
    with pytest.raises(UsageError, match="matches no cell"):
        two("pool/serial and 3.13")


def test_the_announcement_names_the_interpreters_and_counts_all_their_cells() -> None:
    _, parts = two()
    said = preparation.announcement(parts)
    assert said.startswith(
        "Python 3.12.1, 3.12.1 in the same blocks: 2 cells, 2 interpreters to start, profile smoke: "
    )


def test_what_a_budget_leaves_out_is_told_of_each_journal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budget, "crowding", lambda: 1.0)
    options, parts = two("lock or queue", "default", budget="1h")
    campaign = preparation.start(dataclasses.replace(options, results=tmp_path), parts)
    reserve_s = round(budget.report_starts(campaign.plan, sides=2) * 0.05, 3)
    assert {kept.header.budget for kept in kept_by(campaign)} == {Budget(3600.0, reserve_s, "nothing of the profile")}


def test_journals_that_were_made_for_nothing_are_all_removed(
    children: Children, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    both = several(tmp_path)
    with campaign._only_campaign(), pytest.raises(Busy):
        both.measure()
    assert list(tmp_path.iterdir()) == []


def test_of_journals_that_cannot_all_be_begun_none_is_and_one_that_was_there_stays(tmp_path: Path) -> None:
    options, parts = two()
    options = dataclasses.replace(options, results=tmp_path)
    headers = preparation.headers_of(options, parts)
    there = tmp_path / headers[1].machine / f"{headers[1].run}.jsonl"
    there.parent.mkdir()
    there.write_text("mine")
    with pytest.raises(JournalError, match="exists already and is not overwritten"):
        preparation._create([(there.with_name(f"{one.run}.jsonl"), one) for one in headers])
    assert [path.name for path in there.parent.iterdir()] == [there.name]
    assert there.read_text() == "mine"


def test_the_summary_counts_all_children_and_names_all_journals(children: Children, tmp_path: Path) -> None:
    children.status = lambda name, nth: "crash" if name == LOCK.cell else "measured"
    both = several(tmp_path)
    both.measure()
    lines = run.summary(both, 10.0).splitlines()
    assert lines[0].startswith(f"measured {len(both.rows)} interpreters in 10 s")
    assert lines[0].endswith(f"2 cells failed: {LOCK.cell}-3.11.7, {LOCK.cell}-3.12.1")
    assert lines[-2:] == [str(path) for path in both.paths]


def test_rows_are_told_by_the_side_they_are_of(children: Children, tmp_path: Path) -> None:
    both = several(tmp_path)
    first, second = measured(both)
    named = [row for side, kept in zip(both.sides, (first, second), strict=True) for row in told_by(side, kept.rows)]
    assert Counter(row.cell for row in named) == Counter(row.cell for row in both.rows)


def test_what_only_a_later_python_offers_is_planned_on_that_one_and_absent_with_its_reason_on_the_other() -> None:
    _, (older, newer) = older_and_newer("startup and interpreter")
    only_there = {cell.cell for cell in newer.plan.cells} - {cell.cell for cell in older.plan.cells}
    assert only_there
    assert only_there == {cell.cell for cell in older.plan.absent} - {cell.cell for cell in newer.plan.absent}
    assert all(cell.reason for cell in older.plan.absent)
    assert older.plan.seed == newer.plan.seed
    assert older.plan.blocks == newer.plan.blocks


def test_an_interpreter_without_headline_cells_is_measured_in_all_blocks_of_the_other() -> None:
    _, (older, newer) = older_and_newer("startup/executors.interpreter or lock/threads")
    assert older.plan.blocks == newer.plan.blocks == PROFILES["default"].headline_blocks
    assert {cell.blocks for cell in older.plan.cells} == {PROFILES["default"].headline_blocks}
    assert {cell.blocks for cell in newer.plan.cells if not cell.headline} == {PROFILES["default"].other_blocks}


def test_a_journal_says_of_its_own_cells_what_a_budget_will_leave_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(budget, "crowding", lambda: 1.0)
    options, parts = older_and_newer("", budget="80s")
    headers = preparation.headers_of(dataclasses.replace(options, results=tmp_path), parts)
    told = [kept.budget.left_out.partition(" cells")[0] for kept in headers if kept.budget]
    assert [text.rpartition(" of ")[2] for text in told] == [str(len(part.plan.cells)) for part in parts]
    whole = f" of {sum(len(part.plan.cells) for part in parts)} cells"
    assert whole in preparation.announcement(parts)

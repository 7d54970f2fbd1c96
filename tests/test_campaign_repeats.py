"""Headlines come first, each block has a record of how quiet the machine was, and a noisy one is measured again as a whole."""

import itertools
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from campaigns import (
    CELLS,
    CHILD_S,
    LOCK,
    PIPE,
    PLAN,
    POOL,
    PROBE_S,
    QUEUE,
    QUIET_NS,
    Children,
    Died,
    begun,
    names,
    own_temporary_folder,
    per_block,
    put_in_place,
    taken_up,
)
from study import frame, journal, noise, scenarios
from study.campaign import Campaign, Progress
from study.journal import REHEARSAL, Block, Journal, Row
from study.observations import of_cell
from study.plan import PROFILES, Plan

HEADLINES = (QUEUE, PIPE)
REPEATS = PLAN.blocks // 3
SLOW_NS = 2 * QUIET_NS


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:  # not in the folder, and after it
    with own_temporary_folder(monkeypatch) as folder:
        yield folder


@pytest.fixture
def children(monkeypatch: pytest.MonkeyPatch, temporary: Path) -> Children:
    return put_in_place(Children(), monkeypatch)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "run.jsonl"


def slow_in(*blocks: int) -> "itertools.chain[int]":
    """Numbers of the probes in those blocks: two around each, and none around anything else."""
    return itertools.chain.from_iterable((2 * block - 2, 2 * block - 1) for block in blocks)


def measured(run: Campaign) -> Journal:
    run.measure()
    return journal.load(run.paths[0])


def test_cells_with_fewer_blocks_are_measured_in_the_last_ones(children: Children, path: Path) -> None:
    kept = per_block(measured(begun(path)))
    del kept[REHEARSAL]
    assert kept == {**dict.fromkeys(range(1, 5), names(*HEADLINES)), 5: names(*CELLS), 6: names(*CELLS)}


def test_a_campaign_cut_after_any_child_has_more_headlines_than_anything_else(children: Children, path: Path) -> None:
    whole = measured(begun(path)).rows
    for cut in range(len(whole)):
        counts = Counter(row.cell for row in whole[:cut] if row.block != REHEARSAL)
        assert min(counts[cell.cell] for cell in HEADLINES) >= max(counts[LOCK.cell], counts[POOL.cell])


def test_only_what_a_block_measures_is_rehearsed_before_it(children: Children, path: Path) -> None:
    rows = measured(begun(path)).rows
    blocks = [row.block for row in rows]
    rehearsed = {row.cell: position for position, row in enumerate(rows) if row.block == REHEARSAL}
    assert rehearsed.keys() == {cell.cell for cell in CELLS}
    assert {rehearsed[cell.cell] for cell in HEADLINES} == {0, 1}
    assert blocks.index(5) == max(rehearsed[LOCK.cell], rehearsed[POOL.cell]) + 1
    assert all(row.operations == 64 for row in rows)


def test_a_rehearsal_asks_for_one_round_and_a_block_for_all(children: Children, path: Path) -> None:
    run = begun(path)
    rows = measured(run).rows
    asked = [rounds for name, rounds in zip(children.asked, children.rounds, strict=True) if name != "probe"]
    assert [rounds == 1 for rounds in asked] == [row.block == REHEARSAL for row in rows]
    assert {*asked} == {1, run.plan.profile.rounds}


def test_a_rehearsal_that_fails_is_not_repeated_before_each_block(children: Children, path: Path) -> None:
    children.status = lambda name, nth: "crash" if name == LOCK.cell else "measured"
    kept = measured(begun(path))
    assert [row.block for row in kept.rows if row.cell == LOCK.cell] == [REHEARSAL, 5, 6]


def test_the_story_is_told_in_the_first_block_in_which_the_cell_was_measured(children: Children, path: Path) -> None:
    children.status = lambda name, nth: "crash" if (name, nth) == (LOCK.cell, 1) else "measured"
    told = {row.cell: row.block for row in measured(begun(path)).rows if row.trace}
    assert told == {LOCK.cell: 6, POOL.cell: 5}


def test_each_block_has_one_record_with_the_least_value_of_the_probes_around_it(children: Children, path: Path) -> None:
    children.probe_ns = lambda nth: QUIET_NS + 1000 * (nth % 2 == 0) + nth // 2
    children.steal = lambda nth: 0.001 * nth
    kept = measured(begun(path))
    assert [block.block for block in kept.blocks] == [1, 2, 3, 4, 5, 6]
    assert [block.probe_ns for block in kept.blocks] == [QUIET_NS + number for number in range(6)]
    assert [block.steal for block in kept.blocks] == [0.001 * number for number in range(6)]
    assert children.asked[0] == children.asked[-1] == "probe"


def test_a_blocks_record_says_when_it_was_measured(children: Children, path: Path) -> None:
    kept = measured(begun(path))
    lasted = [2 * CHILD_S] * 4 + [4 * CHILD_S] * 2
    rehearsals = [2 * CHILD_S, 0, 0, 0, 2 * CHILD_S, 0]
    assert [block.seconds for block in kept.blocks] == pytest.approx(
        [one + other for one, other in zip(lasted, rehearsals, strict=True)]
    )
    for block, following in itertools.pairwise(kept.blocks):
        assert following.started == pytest.approx(block.started + block.seconds + 2 * PROBE_S)


def test_a_probe_without_an_answer_is_no_evidence_and_no_failure(children: Children, path: Path) -> None:
    children.probe_ns = lambda nth: None
    kept = measured(begun(path))
    assert [block.probe_ns for block in kept.blocks] == [None] * PLAN.blocks
    assert not kept.rejected
    assert journal.unfinished(kept.header, kept.rows) == 0


@pytest.mark.parametrize("block", [1, 4, 6])
@pytest.mark.parametrize("how", ["probe", "steal"])
def test_a_noisy_block_is_measured_again_as_a_whole_after_the_last(
    children: Children, path: Path, block: int, how: str
) -> None:
    if how == "probe":
        children.probe_ns = lambda nth: SLOW_NS if nth in slow_in(block) else QUIET_NS
    else:
        children.steal = lambda nth: 0.03 if nth == block - 1 else 0.0
    kept = measured(begun(path))
    (rejection,) = kept.rejected
    assert (rejection.block, rejection.by) == (block, 7)
    assert ("2.00 times as long" if how == "probe" else "3.0% of the processors' time") in rejection.reason
    assert per_block(kept)[7] == Counter(row.cell for row in kept.rejected_rows)
    assert {row.block for row in kept.rejected_rows} == {block}
    assert block not in per_block(kept)
    assert [witnessed.block for witnessed in kept.blocks] == [1, 2, 3, 4, 5, 6, 7]
    assert journal.unfinished(kept.header, kept.rows, kept.rejected_rows) == 0


def test_a_block_that_replaces_another_has_an_order_of_its_own(children: Children, path: Path) -> None:
    orders = {tuple(cell.cell for cell in PLAN.block(number, 6)) for number in range(7, 27)}
    assert len(orders) > 10
    assert {frozenset(order) for order in orders} == {frozenset(cell.cell for cell in CELLS)}


def test_rejected_rows_are_kept_and_left_out_of_everything_that_is_computed(children: Children, path: Path) -> None:
    children.probe_ns = lambda nth: SLOW_NS if nth in slow_in(5) else QUIET_NS
    run = begun(path)
    kept = measured(run)
    assert len(kept.rejected_rows) == len(CELLS)
    own = [row for row in run.counted if row.cell == LOCK.cell]
    assert of_cell(own, scenarios.find("lock").headline).keys() == {6, 7}
    values = frame.frame([kept])
    assert set(values["block"]) == {1, 2, 3, 4, 6, 7}
    assert set(frame.observations(values)["block"]) == {1, 2, 3, 4, 6, 7}
    assert {row.block for row in kept.rows if row.trace} == {7}, "the story of a rejected block is told again"
    states = frame.cells([kept]).set_index("cell")
    assert (states["planned"] == states["measured"]).all()


@pytest.mark.parametrize("noisy_for_ever", [True, False])
def test_blocks_are_measured_again_a_third_as_often_as_there_are_at_the_most(
    children: Children, path: Path, noisy_for_ever: bool
) -> None:
    children.steal = lambda nth: 0.5 if noisy_for_ever or nth < PLAN.blocks else 0.0
    kept = measured(begun(path))
    assert len(kept.rejected) == REPEATS == 2
    assert [(rejection.block, rejection.by) for rejection in kept.rejected] == [(1, 7), (2, 8)]
    assessment = noise.assess(kept)
    assert assessment.kept_noisy == (6 if noisy_for_ever else 4)
    assert "noisy in" in assessment.banner


def test_a_block_that_is_noisy_again_is_measured_a_third_time(children: Children, path: Path) -> None:
    children.steal = lambda nth: 0.5 if nth in (4, 6) else 0.0  # the fifth, and the one in its place
    kept = measured(begun(path))
    assert [(rejection.block, rejection.by) for rejection in kept.rejected] == [(5, 7), (7, 8)]
    assert per_block(kept)[8] == names(*CELLS)
    assert noise.assess(kept).banner == ""


@pytest.mark.parametrize("profile", ["smoke", "quick"])
def test_a_short_profile_records_the_noise_and_measures_nothing_again(
    children: Children, path: Path, profile: str
) -> None:
    children.steal = lambda nth: 0.5
    kept = measured(begun(path, Plan(PROFILES[profile], 7, CELLS, ())))
    assert len(kept.blocks) == 6
    assert not kept.rejected
    assert noise.assess(kept).kept_noisy == 6


def test_whether_a_block_is_measured_again_does_not_depend_on_what_was_measured(
    children: Children, path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The cells take other times, some fail: the same blocks are measured again."""
    children.steal = lambda nth: 0.5 if nth in (2, 3) else 0.0
    first = measured(begun(path)).rejected
    other = put_in_place(Children(), monkeypatch)
    other.steal, other.seconds = children.steal, lambda name, nth: CHILD_S * (1 + nth)
    other.status = lambda name, nth: "crash" if nth % 2 else "measured"
    assert measured(begun(tmp_path / "other.jsonl")).rejected == first


def test_progress_names_the_block_that_is_measured_again_and_counts_it(children: Children, path: Path) -> None:
    children.steal = lambda nth: 0.5 if nth == 4 else 0.0
    told: list[Progress] = []
    run = begun(path)
    run.tell = told.append
    run.measure()
    assert list(dict.fromkeys(progress.phase for progress in told))[-1] == "block 5 again"
    assert told[-1].total == PLAN.children + len(CELLS) == told[-1].done + 1


def test_a_campaign_that_is_whole_measures_nothing_when_it_is_taken_up(children: Children, path: Path) -> None:
    children.steal = lambda nth: 0.5 if nth == 4 else 0.0
    before = measured(begun(path))
    asked = len(children.asked)
    assert measured(taken_up(path)) == before
    assert len(children.asked) == asked


WHOLE = 4 + 4 * 2 + 2 * 4 + 6 * 2 + 2 * (2 + 4)  # children: rehearsals, blocks, probes, and two blocks again


@pytest.mark.parametrize("child", range(WHOLE))
def test_a_campaign_killed_before_any_child_ends_as_if_it_had_not_been(
    children: Children, path: Path, child: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Blocks 5 and 6 are noisy, so that the last children belong to blocks that replace them."""
    evidence = noise.evidence

    def told(number: int, *rest: Any) -> Block:
        return msgspec.structs.replace(evidence(number, *rest), steal=0.5 if number in (5, 6) else 0.0)

    monkeypatch.setattr(noise, "evidence", told)
    children.die_before = child
    with pytest.raises(Died):
        begun(path).measure()
    cut = journal.load(path)
    children.die_before = None
    kept = measured(taken_up(path))
    assert {place(row) for row in every_row(cut)} <= {place(row) for row in every_row(kept)}
    assert journal.unfinished(kept.header, kept.rows, kept.rejected_rows) == 0
    blocks = per_block(kept)
    del blocks[REHEARSAL]
    # Killed between its last child and its record, a block is whole and nobody knows how noisy it was: it stays.
    unknown = {5, 6} - {block.block for block in kept.blocks}
    assert len(unknown) == (child in (25, 31))
    again = {rejection.block: rejection.by for rejection in kept.rejected}
    assert again == ({5: 7, 6: 8} if not unknown else {({5, 6} - unknown).pop(): 7})
    assert blocks == {
        **dict.fromkeys(range(1, 5), names(*HEADLINES)),
        **dict.fromkeys([*again.values(), *unknown], names(*CELLS)),
    }


def every_row(kept: Journal) -> list[Row]:
    return [*kept.rows, *kept.rejected_rows]


def place(row: Row) -> tuple[str, int, float]:
    return row.cell, row.block, row.started


def test_the_campaigns_clock_stands_still_while_it_is_not_running(children: Children, path: Path) -> None:
    children.die_before = 12
    with pytest.raises(Died):
        begun(path).measure()
    children.die_before, children.clock_s = None, children.clock_s + 3600
    kept = measured(taken_up(path))
    assert max(row.started for row in kept.rows) < 60
    starts = [row.started for row in kept.rows]
    assert starts == sorted(starts)


# A campaign of four cells of one scenario in six blocks, on a machine that is always noisy.
DRIVER = """
import sys
from study import cli, noise
noise.MOST_PROBE = 0.001
sys.exit(cli.main(sys.argv[1:]))
"""


def test_a_kill_in_the_middle_of_a_repeated_block_costs_one_child(temporary: Path, tmp_path: Path) -> None:
    results = tmp_path / "results"
    options = ["--results", str(results), "--profile", "default", "-k", "namespace_in_place and (threads or thread)"]
    command = [sys.executable, "-c", DRIVER, "run"]
    running = subprocess.Popen([*command, *options], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    try:
        path = wait_for_a_row_that_replaces(running, results)
    finally:
        running.kill()
        running.communicate()
    cut = journal.load(path)
    last = max(cell.blocks for cell in cut.header.plan)
    assert cut.rejected
    ran = subprocess.run(
        [*command, "--resume", str(path), "--results", str(results)], capture_output=True, text=True, timeout=200
    )
    assert ran.returncode == 0, ran.stderr
    assert "The machine was noisy in" in ran.stderr
    kept = journal.load(path)
    assert kept.rejected[: len(cut.rejected)] == cut.rejected
    assert [rejection.by for rejection in kept.rejected] == [last + 1, last + 2]
    every = Counter((row.cell, row.block) for row in (*kept.rows, *kept.rejected_rows))
    assert set(every.values()) == {1}
    for rejection in kept.rejected:
        assert {cell for cell, block in every if block == rejection.by} == {cell.cell for cell in kept.header.plan}


def wait_for_a_row_that_replaces(running: "subprocess.Popen[str]", results: Path) -> Path:
    """The journal, once a block that replaces another has begun and has not ended."""
    until = time.monotonic() + 150
    while running.poll() is None and time.monotonic() < until:
        for path in results.glob("*/*.jsonl"):
            lines = path.read_bytes().splitlines()
            rejected = [number for number, line in enumerate(lines) if line.startswith(b'{"record":"rejected"')]
            if rejected and len(lines) > rejected[-1] + 1 and not lines[-1].startswith(b'{"record":"block"'):
                return path
    raise AssertionError(f"no block was measured again: {running.communicate()[1] if running.poll() else 'too slow'}")


on_a_busy_machine_too = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


@on_a_busy_machine_too
@given(st.lists(st.integers(1, 9), min_size=1, max_size=6))
def test_a_cell_is_measured_in_as_many_blocks_as_it_has_and_always_in_the_last(blocks: list[int]) -> None:
    cells = tuple(
        msgspec.structs.replace(QUEUE, cell=f"throughput/threads/{number}", blocks=count)
        for number, count in enumerate(blocks)
    )
    plan = Plan(PROFILES["default"], 7, cells, ())
    for cell in cells:
        members = [number for number in range(1, plan.blocks + 1) if cell in plan.block(number)]
        assert members == list(range(plan.blocks - cell.blocks + 1, plan.blocks + 1))

"""A campaign with a budget ends in time whatever its children do, headlines first, and says what it left out."""

import dataclasses
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from campaigns import (
    CHILD_S,
    LOCK,
    PIPE,
    POOL,
    PROBE_S,
    QUEUE,
    Children,
    Died,
    allowance_of,
    begun,
    own_temporary_folder,
    put_in_place,
    taken_up,
)
from study import budget, frame, journal, preparation, run
from study.budget import report_starts
from study.campaign import Campaign, Progress
from study.journal import REHEARSAL, Budget, Journal
from study.plan import PROFILES, Plan
from study.preparation import Interpreter, Options, Part, UsageError

HEADLINES, OTHERS = (QUEUE, PIPE), (LOCK, POOL)
LONGEST = PROFILES["rigorous"]


def planned_for(seconds: float, profile: str = "default") -> Plan:
    cells = [msgspec.structs.replace(cell, blocks=LONGEST.headline_blocks) for cell in HEADLINES]
    cells += [msgspec.structs.replace(cell, blocks=LONGEST.other_blocks) for cell in OTHERS]
    return Plan(PROFILES[profile], 7, tuple(cells), (), seconds)


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    with own_temporary_folder(monkeypatch) as folder:
        yield folder


@pytest.fixture
def children(monkeypatch: pytest.MonkeyPatch, temporary: Path) -> Children:
    return put_in_place(Children(), monkeypatch)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "run.jsonl"


@pytest.fixture(autouse=True)
def idle(monkeypatch: pytest.MonkeyPatch) -> None:
    """What else runs on the machine of these tests is none of their business."""
    monkeypatch.setattr(budget, "crowding", lambda: 1.0)


def within(children: Children, path: Path, seconds: float, profile: str = "default") -> Campaign:
    """A campaign with that budget, two seconds of it for the report."""
    plan = planned_for(seconds, profile)
    return begun(path, plan, allowance_of(children, seconds, plan.profile, reserve_s=2.0))


def measured(run: Campaign) -> Journal:
    run.measure()
    return journal.load(run.paths[0])


def counts(kept: Journal) -> Counter[str]:
    return Counter(row.cell for row in kept.rows if row.block != REHEARSAL)


@pytest.mark.parametrize("seconds", [10.0, 15.0, 30.0, 50.0])
def test_a_campaign_ends_within_its_time_and_not_much_earlier(children: Children, path: Path, seconds: float) -> None:
    start = children.clock_s
    within(children, path, seconds).measure()
    used = children.clock_s - start + 2.0
    assert seconds - (2 * CHILD_S + 2 * PROBE_S) <= used <= seconds + 2 * PROBE_S


on_a_busy_machine_too = settings(deadline=None, suppress_health_check=[*HealthCheck], max_examples=40)


@on_a_busy_machine_too
@given(st.floats(20, 90), st.lists(st.floats(0.05, 3.0), min_size=7, max_size=7))
def test_a_campaign_ends_in_time_whatever_its_children_take(
    children: Children, tmp_path: Path, seconds: float, lasts: list[float]
) -> None:
    """Within a tenth of the budget, and a child: the one that is not started because it would end too late."""
    path = tmp_path / "run.jsonl"
    path.unlink(missing_ok=True)
    children.seconds = lambda name, nth: lasts[(len(name) + nth) % len(lasts)]
    start = children.clock_s
    kept = measured(within(children, path, seconds))
    used = children.clock_s - start + 2.0
    assert used <= 1.1 * seconds
    assert used >= 0.9 * seconds - 2 * max(lasts) or len(kept.blocks) == LONGEST.headline_blocks


def test_headlines_come_to_8_blocks_before_anything_else_is_measured(children: Children, path: Path) -> None:
    kept = measured(within(children, path, 2 + 2 * CHILD_S + 8 * (2 * CHILD_S + 2 * PROBE_S) + 0.1))
    assert counts(kept) == {cell.cell: 8 for cell in HEADLINES}


def test_then_everything_is_measured_once_and_headlines_go_on_to_15(children: Children, path: Path) -> None:
    kept = measured(within(children, path, 21.9))
    assert counts(kept) == {**{cell.cell: 15 for cell in HEADLINES}, **{cell.cell: 1 for cell in OTHERS}}


def test_blocks_are_added_while_time_is_left_up_to_those_of_the_longest_profile(children: Children, path: Path) -> None:
    start = children.clock_s
    kept = measured(within(children, path, 3600.0))
    assert counts(kept) == {cell.cell: cell.blocks for cell in kept.header.plan}
    assert len(kept.blocks) == LONGEST.headline_blocks
    assert children.clock_s - start < 100


def test_a_block_can_be_cut_between_two_cells(children: Children, path: Path) -> None:
    kept = measured(within(children, path, 6.1))
    assert sorted(counts(kept).values()) == [2, 3]
    assert [block.block for block in kept.blocks] == [1, 2, 3]


def test_a_block_of_which_nothing_fits_is_not_begun(children: Children, path: Path) -> None:
    kept = measured(within(children, path, 2 + 2 * CHILD_S + 2 * CHILD_S + 2 * PROBE_S + 0.4))
    assert [block.block for block in kept.blocks] == [1]
    assert children.asked[-1] == "probe"


def test_only_what_is_about_to_be_measured_is_rehearsed(children: Children, path: Path) -> None:
    kept = measured(within(children, path, 10.0))
    rehearsed = {row.cell for row in kept.rows if row.block == REHEARSAL}
    assert rehearsed == {cell.cell for cell in HEADLINES}


def test_a_child_that_hangs_as_the_time_ends_is_ended_with_it_and_is_no_failure(children: Children, path: Path) -> None:
    """The last child would take an hour; nobody knows whether it would have failed."""
    start = children.clock_s
    children.seconds = lambda name, nth: 3600.0 if children.clock_s - start > 16 else CHILD_S
    kept = measured(within(children, path, 20.0))
    assert children.clock_s - start + 2.0 <= 1.1 * 20.0
    assert {row.status for row in kept.rows} == {"measured"}


def test_a_child_that_hangs_earlier_is_a_failure_and_is_waited_for_as_ever(children: Children, path: Path) -> None:
    children.status = lambda name, nth: "timeout" if name == QUEUE.cell and nth > 0 else "measured"
    start = children.clock_s
    kept = measured(within(children, path, 120.0))
    late = [row for row in kept.rows if row.status == "timeout"]
    assert [row.seconds for row in late] == [30.0, 30.0]
    assert children.clock_s - start + 2.0 <= 1.1 * 120.0


def test_when_a_campaign_stops_does_not_depend_on_what_it_measured(
    children: Children, path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Other values, wrong answers, a noisy machine: the same children are started."""
    first = within(children, path, 25.0)
    first.measure()
    other = put_in_place(Children(), monkeypatch)
    other.status = lambda name, nth: "wrong answer" if nth % 2 else "measured"
    other.steal = lambda nth: 0.9
    second = within(other, tmp_path / "other.jsonl", 25.0)
    second.measure()
    places = [[(row.cell, row.block) for row in run.rows if row.block != REHEARSAL] for run in (first, second)]
    assert places[0] == places[1]
    assert not second.rejected


def test_progress_tells_the_time_that_is_left(children: Children, path: Path) -> None:
    told: list[Progress] = []
    campaign = within(children, path, 20.0)
    campaign.tell = told.append
    campaign.measure()
    left = [progress.seconds_left for progress in told]
    assert left == sorted(left, reverse=True)
    assert all(0 <= seconds <= 18.0 for seconds in left)
    assert {progress.total for progress in told} == {0}


def test_a_campaign_that_is_taken_up_goes_on_with_what_is_left_of_its_budget(children: Children, path: Path) -> None:
    children.die_before = 20
    start = children.clock_s
    with pytest.raises(Died):
        within(children, path, 30.0).measure()
    used = children.clock_s - start
    children.die_before, children.clock_s = None, children.clock_s + 3600
    again = children.clock_s
    plan, begun_before = planned_for(30.0), journal.load(path)
    allowance = allowance_of(children, 30.0, plan.profile, reserve_s=2.0)
    allowance.spent_s = max(row.started + row.seconds for row in begun_before.rows)
    assert allowance.spent_s == pytest.approx(used, abs=PROBE_S)
    kept = measured(taken_up(path, plan, allowance))
    assert kept.rows[: len(begun_before.rows)] == begun_before.rows
    assert used + children.clock_s - again + 2.0 == pytest.approx(30.0, abs=2 * CHILD_S)
    assert len({(row.cell, row.block) for row in kept.rows}) == len(kept.rows)


def test_a_campaign_whose_budget_is_used_up_measures_nothing_more(children: Children, path: Path) -> None:
    before = measured(within(children, path, 6.1))
    plan = planned_for(6.1)
    allowance = allowance_of(children, 6.1, plan.profile, reserve_s=2.0)
    allowance.spent_s = 4.1
    asked = len(children.asked)
    assert measured(taken_up(path, plan, allowance)) == before
    assert len(children.asked) == asked
    assert journal.unfinished(before.header, before.rows) == 0


def test_a_block_that_was_cut_by_the_budget_and_taken_up_has_one_record(children: Children, path: Path) -> None:
    """More time than was left: a journal may come from a machine whose clock was set."""
    cut = measured(within(children, path, 6.1))
    plan = planned_for(6.1)
    kept = measured(taken_up(path, plan, allowance_of(children, 10.0, plan.profile)))
    assert len(kept.rows) > len(cut.rows)
    numbers = [block.block for block in kept.blocks]
    assert numbers == sorted(set(numbers))


def test_a_cell_that_was_not_reached_is_said_to_be_left_out_and_one_that_was_is_whole(
    children: Children, path: Path
) -> None:
    kept = measured(within(children, path, 10.0))
    states = frame.cells([kept]).set_index("cell")
    assert set(states.loc[[cell.cell for cell in OTHERS], "words"]) == {"left out: the budget of 10 s did not reach it"}
    assert (states["planned"] == states["measured"]).all()


def test_a_cell_is_left_out_when_nothing_but_its_rehearsal_is_known(children: Children, path: Path) -> None:
    children.status = lambda name, nth: "crash" if name == PIPE.cell else "measured"
    campaign = within(children, path, 10.0)
    assert all(campaign.left_out(cell.cell) for cell in (*HEADLINES, *OTHERS))
    campaign.measure()
    assert [campaign.left_out(cell.cell) for cell in (*HEADLINES, *OTHERS)] == [False, False, True, True]
    campaign.rows = [row for row in campaign.rows if row.block == REHEARSAL]
    assert [campaign.left_out(cell.cell) for cell in HEADLINES] == [True, False]
    campaign.allowance = None
    assert not campaign.left_out(LOCK.cell)


def test_the_end_says_what_was_left_out(children: Children, path: Path) -> None:
    campaign = within(children, path, 10.0)
    campaign.measure()
    lines = run.summary(campaign, 8.0).splitlines()
    assert lines[1] == "left out: 2 of 4 cells, 9 of 15 blocks of 2 headline cells"
    assert lines[-1] == str(path)


MACHINE = Interpreter(sys.executable, {"version": "3.13.0"}, 0.05)


@pytest.mark.parametrize(("time", "words"), [("30s", "30 s"), ("3m", "3 min"), ("1h", "1 h")])
def test_a_budget_is_announced_with_what_it_is_expected_to_leave_out(tmp_path: Path, time: str, words: str) -> None:
    options = Options(tmp_path, "default", budget=time)
    plan = preparation.plan_for(options, MACHINE)
    said = preparation.announcement([Part(MACHINE, plan)])
    campaign = preparation.start(options, [Part(MACHINE, plan)])
    header = journal.load(campaign.paths[0]).header
    assert isinstance(header.budget, Budget)
    assert header.budget.left_out in said
    assert words in said
    assert campaign.allowance is not None
    assert campaign.allowance.seconds == plan.budget_s == header.budget.seconds
    assert campaign.allowance.begun == options.asked, "reading the options and describing the machine count as well"


def test_a_budget_too_small_for_the_headlines_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    options = Options(tmp_path / "results", "default", budget="5s")
    plan = preparation.plan_for(options, MACHINE)
    with pytest.raises(UsageError, match=r"--budget: 5 s are not enough for .* give at least \d+s, or choose fewer"):
        preparation.start(options, [Part(MACHINE, plan)])
    assert not (tmp_path / "results").exists()


def test_time_that_went_by_and_work_that_is_to_follow_make_a_budget_too_small(tmp_path: Path) -> None:
    """pytest collects its tests before, and replays or skips them afterwards."""
    import time

    enough = Options(tmp_path, "default", budget="1h")
    plan = preparation.plan_for(enough, MACHINE)
    for options in (
        Options(tmp_path, "default", budget="1h", asked=time.perf_counter() - 3590),
        Options(tmp_path, "default", budget="1h", afterwards=3590 / MACHINE.bare_start_s),
    ):
        with pytest.raises(UsageError, match="1 h are not enough"):
            preparation.start(options, [Part(MACHINE, plan)])
    campaign = preparation.start(dataclasses.replace(enough, afterwards=200.0), [Part(MACHINE, plan)])
    assert campaign.allowance is not None
    assert campaign.allowance.report_starts == pytest.approx(report_starts(plan) + 200)


def test_the_budget_that_is_called_enough_is_enough(tmp_path: Path) -> None:
    import re

    options = Options(tmp_path / "results", "default", budget="1s")
    plan = preparation.plan_for(options, MACHINE)
    with pytest.raises(UsageError) as refused:
        preparation.start(options, [Part(MACHINE, plan)])
    least = re.search(r"at least (\d+s)", str(refused.value))
    assert least
    options = Options(tmp_path / "results", "default", budget=least[1])
    preparation.start(options, [Part(MACHINE, preparation.plan_for(options, MACHINE))])


def test_a_budget_that_is_no_time_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--budget: 'soon' is no time between 1s and 24h"):
        preparation.plan_for(Options(tmp_path, "default", budget="soon"), MACHINE)


def study(*options: str, timeout_s: float = 120) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "study", "run", *options]
    return subprocess.run(command, capture_output=True, text=True, timeout=timeout_s, check=False)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--budget", "soon"), "--budget: 'soon' is no time"),
        (("--budget", "2s"), "--budget: 2 s are not enough for one child of each of"),
        (("--budget", "60s", "--resume"), "--budget: a campaign that is taken up keeps its own"),
    ],
)
def test_a_wrong_budget_gets_one_sentence_and_exit_code_2(
    temporary: Path, tmp_path: Path, options: tuple[str, ...], words: str
) -> None:
    ran = study(*options, "--results", str(tmp_path / "results"))
    assert ran.returncode == 2
    assert words in ran.stderr
    assert len(ran.stderr.strip().splitlines()) == 1
    assert not (tmp_path / "results").exists()


def test_a_real_campaign_with_time_to_spare_is_complete_and_stays_so_when_it_is_taken_up(
    temporary: Path, tmp_path: Path
) -> None:
    results = ("--results", str(tmp_path / "results"))
    ran = study("--profile", "smoke", "--budget", "20m", "-k", "pool/serial", *results)
    assert ran.returncode == 0, ran.stderr
    assert "within 20 min" in ran.stderr
    assert "left out: nothing of the profile" in ran.stderr
    (path,) = (tmp_path / "results").glob("*/*.jsonl")
    before = journal.load(path)
    assert before.header.budget
    assert [row.block for row in before.rows] == [*range(1, LONGEST.other_blocks + 1)]
    again = study("--resume", str(path), *results)
    assert again.returncode == 0, again.stderr
    assert journal.load(path) == before

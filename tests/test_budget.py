"""Does a budget buy the headlines first, as much as fits, and is what it leaves out said?"""

import contextlib
import itertools
from collections import Counter

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from campaigns import CELLS, LOCK, POOL, QUEUE
from journals import failed, header, journal, measured, planned
from study import budget
from study.budget import Allowance, Pace, fitting, forecast, least_s, left_out, left_out_of, parse, spell
from study.journal import Budget
from study.plan import PROFILES, Plan, calibration_group, child_s, make_plan

on_a_busy_machine_too = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
DEFAULT, RIGOROUS = PROFILES["default"], PROFILES["rigorous"]
INTERPRETER_S = 0.05


@pytest.fixture(autouse=True)
def idle(monkeypatch):
    monkeypatch.setattr(budget, "crowding", lambda: 1.0)


def plan_for(budget_s=60.0, profile=DEFAULT, wanted=lambda _: True):
    return make_plan(profile, (3, 13), 2, 7, wanted, budget_s)


PLAN = plan_for()
HEADLINES = [cell for cell in PLAN.cells if cell.headline]
OTHERS = [cell for cell in PLAN.cells if not cell.headline]


def report_s(plan):
    return budget.report_starts(plan) * INTERPRETER_S


def expected(seconds, plan=PLAN):
    return forecast(plan, Pace(plan.profile, INTERPRETER_S), seconds)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("90s", 90), ("3m", 180), ("1h", 3600), ("1.5m", 90), (" 3m ", 180), ("24h", 86400), ("0.001s", 0.001)],
)
def test_a_time_has_a_unit(text, seconds):
    assert parse(text) == seconds


@pytest.mark.parametrize(
    "text", ["", "90", "s", "-3m", "+3m", "3 m", "3M", "1h30m", "1e3s", "inf", "nan", "0s", "25h", "٣m", "9" * 99 + "s"]
)
def test_what_is_no_time_is_refused_with_an_example(text):
    with pytest.raises(ValueError, match="write one such as 90s, 3m or 1h"):
        parse(text)


@on_a_busy_machine_too
@given(st.text(max_size=12))
def test_any_text_is_a_time_or_refused(text):
    with contextlib.suppress(ValueError):
        assert 0 < parse(text) <= budget.LONGEST_S


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 s"),
        (90, "90 s"),
        (60, "1 min"),
        (180, "3 min"),
        (3600, "1 h"),
        (7200, "2 h"),
        (5400, "90 min"),
        (1.5, "1.5 s"),
        (12345, "12345 s"),
        (86399.5, "86399.5 s"),
    ],
)
def test_a_budget_is_spelt_in_the_largest_unit_that_is_exact(seconds, words):
    assert spell(seconds) == words


def test_a_plan_with_a_budget_wants_as_many_blocks_as_the_longest_profile_has():
    assert PLAN.blocks == RIGOROUS.headline_blocks
    assert {cell.blocks for cell in HEADLINES} == {RIGOROUS.headline_blocks}
    assert {cell.blocks for cell in OTHERS} == {RIGOROUS.other_blocks}
    assert {cell.cell for cell in PLAN.cells} == {cell.cell for cell in make_plan(DEFAULT, (3, 13), 2, 7).cells}
    members = Counter(cell.cell for number in range(1, PLAN.blocks + 1) for cell in PLAN.block(number))
    assert members == {cell.cell: cell.blocks for cell in PLAN.cells}


def test_the_order_of_preference_is_headlines_to_8_everything_once_headlines_to_15_and_then_everything():
    stages = []
    counts = Counter()
    for number in range(1, PLAN.blocks + 1):
        counts.update(cell.headline for cell in {cell.headline: cell for cell in PLAN.block(number)}.values())
        stages.append((counts[True], counts[False]))
    assert stages[:15] == [*((n, 0) for n in range(1, 9)), (9, 1), *((n, 1) for n in range(10, 16))]
    assert stages[15:29] == [(16 + n, 2 + n) for n in range(14)]
    assert stages[29] == (30, 15)


def test_other_cells_are_never_measured_without_the_headlines_they_are_compared_with():
    for number in range(1, PLAN.blocks + 1):
        assert {cell.cell for cell in HEADLINES} <= {cell.cell for cell in PLAN.block(number)}


def test_a_selection_without_headlines_is_measured_in_every_block():
    plan = plan_for(wanted=lambda cell: cell.startswith("lock/"))
    assert plan.blocks == RIGOROUS.other_blocks
    for number in range(1, plan.blocks + 1):
        assert {cell.cell for cell in plan.block(number)} == {cell.cell for cell in plan.cells}


def test_nothing_is_measured_again_under_a_budget_since_its_time_is_used_up_anyway():
    assert PLAN.repeats == 0
    assert make_plan(DEFAULT, (3, 13), 2, 7).repeats == DEFAULT.headline_blocks // 3


@on_a_busy_machine_too
@given(st.floats(0, 3000), st.floats(1.0, 3.0))
def test_more_time_buys_at_least_as_much_of_every_cell(seconds, times):
    less, more = expected(seconds), expected(seconds * times)
    assert all(less[cell.cell] <= more[cell.cell] for cell in PLAN.cells)


@on_a_busy_machine_too
@given(st.floats(0, 3000))
def test_headlines_are_never_behind_anything_else(seconds):
    counts = expected(seconds)
    fewest = min(counts[cell.cell] for cell in HEADLINES)
    assert all(counts[cell.cell] <= fewest + 1 for cell in OTHERS)


def test_no_time_buys_nothing_and_all_the_time_in_the_world_everything():
    assert not expected(0)
    assert expected(1e9) == {cell.cell: cell.blocks for cell in PLAN.cells}


@on_a_busy_machine_too
@given(st.floats(0, 3000))
def test_what_is_forecast_is_the_beginning_of_the_order_and_nothing_behind_what_does_not_fit(seconds):
    """A campaign stops there too, though a shorter child of a later block would have fitted."""
    counts = expected(seconds)
    order = itertools.chain.from_iterable(PLAN.block(number) for number in range(1, PLAN.blocks + 1))
    assert counts == Counter(cell.cell for cell in itertools.islice(order, counts.total()))


def test_a_child_that_takes_exactly_what_is_left_fits():
    pace = Pace(PROFILES["smoke"], INTERPRETER_S)
    pace.learn(LOCK, 2.0)
    assert fitting([LOCK, LOCK], 4.0, pace, set()) == (2, 0.0)


def test_what_is_forecast_takes_no_more_than_the_time_and_one_more_child_would():
    """Without rehearsals, whose cost hangs on which cell of a group comes first."""
    plan = plan_for(profile=PROFILES["smoke"])
    pace = Pace(plan.profile, INTERPRETER_S)
    longest = max(map(pace.expect_s, plan.cells)) + pace.witness_s
    for seconds in (20.0, 77.7, 300.0):
        counts = expected(seconds, plan)
        took = sum(counts[cell.cell] * pace.expect_s(cell) for cell in plan.cells)
        took += max(counts.values()) * pace.witness_s
        assert seconds - longest < took <= seconds + 1e-6


def test_a_group_is_rehearsed_once():
    pace, rehearsed = Pace(DEFAULT, INTERPRETER_S), set()
    cell = LOCK
    once = pace.expect_s(cell)
    assert fitting([cell, cell, cell], 4 * once + 1e-9, pace, rehearsed)[0] == 3
    assert rehearsed == {calibration_group(cell)}
    assert fitting([cell] * 4, 4 * once + 1e-9, pace, rehearsed)[0] == 4


def test_a_profile_that_does_not_rehearse_pays_for_no_rehearsal():
    pace = Pace(PROFILES["smoke"], INTERPRETER_S)
    assert not pace.needs_rehearsal(LOCK, set())
    assert Pace(DEFAULT, INTERPRETER_S).needs_rehearsal(LOCK, set())
    assert not Pace(DEFAULT, INTERPRETER_S).needs_rehearsal(planned("startup/threads", form="worker", width=1), set())


@on_a_busy_machine_too
@given(st.lists(st.sampled_from(CELLS), max_size=9), st.floats(0, 5))
def test_what_fits_and_what_is_left_add_up(cells, seconds):
    pace = Pace(PROFILES["smoke"], INTERPRETER_S)
    count, left = fitting(cells, seconds, pace, set())
    assert left >= 0
    assert seconds - left == pytest.approx(sum(map(pace.expect_s, cells[:count])), abs=1e-9)
    assert count == len(cells) or pace.expect_s(cells[count]) > left


def test_an_unknown_child_is_expected_as_the_plan_does():
    assert Pace(DEFAULT, INTERPRETER_S).expect_s(LOCK) == child_s(LOCK, DEFAULT, INTERPRETER_S)


def test_a_cell_is_expected_to_take_as_long_as_last_time():
    pace = Pace(DEFAULT, INTERPRETER_S)
    for seconds in (3.0, 2.0):
        pace.learn(LOCK, seconds)
    assert pace.expect_s(LOCK) == 2.0


@on_a_busy_machine_too
@given(st.floats(0.1, 10))
def test_what_children_really_took_corrects_what_is_expected_of_the_others(factor):
    pace = Pace(DEFAULT, INTERPRETER_S)
    for cell in (QUEUE, LOCK):
        pace.learn(cell, factor * child_s(cell, DEFAULT, INTERPRETER_S))
    assert pace.expect_s(POOL) == pytest.approx(factor * child_s(POOL, DEFAULT, INTERPRETER_S))


def test_an_allowance_is_used_up_by_its_clock_and_keeps_the_reports_time_free():
    now = iter([110.0, 170.0, 175.0])
    allowance = Allowance(
        60.0, 10.0 / INTERPRETER_S, Pace(DEFAULT, INTERPRETER_S), begun=100.0, spent_s=5.0, now=lambda: next(now)
    )
    assert allowance.left_s() == 35.0
    assert allowance.left_s() == -25.0
    assert allowance.latest_s() == 3.0, "a child that is at work when the time is over is given a moment"


def test_what_an_allowance_affords_is_what_fits_into_what_is_left():
    pace = Pace(DEFAULT, INTERPRETER_S)
    allowance = Allowance(60.0, 0.0, pace, begun=0.0, now=lambda: 60.0 - 2.5 * pace.expect_s(LOCK))
    assert allowance.affordable([LOCK] * 3, []) == 1
    assert allowance.affordable([LOCK] * 3, [calibration_group(LOCK)]) == 2


def test_the_least_budget_is_one_child_of_each_headline_and_the_report():
    least = least_s(PLAN, INTERPRETER_S)
    counts = expected(least - report_s(PLAN) + 1e-6)
    assert counts == {cell.cell: 1 for cell in HEADLINES}
    few = plan_for(wanted=lambda cell: cell.startswith("startup/threads"))
    assert report_s(few) < least_s(few, INTERPRETER_S) < least


def test_a_larger_page_takes_longer_to_write():
    few = plan_for(wanted=lambda cell: cell.startswith("lock/"))
    assert report_s(few) < report_s(PLAN)
    assert report_s(PLAN) < budget.report_starts(PLAN, sides=2) * INTERPRETER_S, "each interpreter has its own chapter"


def test_what_has_to_be_done_after_the_report_is_paid_for_by_the_budget():
    assert budget.report_starts(PLAN, 50.0) == budget.report_starts(PLAN) + 50.0
    assert least_s(PLAN, INTERPRETER_S, 50.0) == pytest.approx(least_s(PLAN, INTERPRETER_S) + 50 * INTERPRETER_S)
    less, more = (budget.record(PLAN, INTERPRETER_S, starts).reserve_s for starts in (0.0, 50.0))
    assert more == pytest.approx(less + 50 * INTERPRETER_S, abs=1e-2)


def test_a_machine_that_gets_slower_or_crowded_makes_the_report_slower_too(monkeypatch):
    pace = Pace(DEFAULT, INTERPRETER_S)
    allowance = Allowance(60.0, 200.0, pace, begun=0.0, now=lambda: 0.0)
    assert allowance.reserve_s == pytest.approx(200 * INTERPRETER_S)
    for _ in range(budget.RECENT_STARTS):
        pace.learn_start(2 * INTERPRETER_S)
    assert allowance.reserve_s == pytest.approx(400 * INTERPRETER_S)
    monkeypatch.setattr(budget, "crowding", lambda: 1.5)
    assert allowance.reserve_s == pytest.approx(600 * INTERPRETER_S)
    assert allowance.left_s() == pytest.approx(60 - 600 * INTERPRETER_S)


def test_on_a_crowded_machine_more_is_announced_to_be_kept_for_the_report(monkeypatch):
    idle = least_s(PLAN, INTERPRETER_S), budget.record(PLAN, INTERPRETER_S).reserve_s
    monkeypatch.setattr(budget, "crowding", lambda: 2.0)
    crowded = least_s(PLAN, INTERPRETER_S), budget.record(PLAN, INTERPRETER_S).reserve_s
    assert [more - less for less, more in zip(idle, crowded, strict=True)] == pytest.approx(
        [report_s(PLAN)] * 2, abs=1e-2
    )


@pytest.mark.parametrize(
    ("load", "cpus", "times"),
    [(0.0, 2, 1.0), (1.5, 1, 1.0), (5.5, 2, 2.5), (40.0, 64, 1.0), (None, 2, 1.0), (3.5, None, 3.0)],
)
def test_a_long_computation_shares_the_processors_with_all_that_runs(monkeypatch, load, cpus, times):
    monkeypatch.undo()
    monkeypatch.setattr(budget, "load_average", lambda: load)
    monkeypatch.setattr(budget.os, "cpu_count", lambda: cpus)
    assert budget.crowding() == times


@on_a_busy_machine_too
@given(st.lists(st.floats(0.01, 1.0), max_size=20))
def test_an_interpreter_takes_the_least_that_it_took_of_late(starts):
    pace = Pace(DEFAULT, INTERPRETER_S)
    for seconds in starts:
        pace.learn_start(seconds)
    assert pace.interpreter_s == min([INTERPRETER_S, *starts][-budget.RECENT_STARTS :])


def test_the_header_says_what_was_announced():
    record = budget.record(PLAN, INTERPRETER_S)
    assert record.seconds == 60.0
    assert record.reserve_s == pytest.approx(report_s(PLAN), abs=1e-3)
    counts = expected(60.0 - report_s(PLAN))
    assert record.left_out == left_out(DEFAULT, PLAN.cells, counts)
    assert msgspec.json.decode(msgspec.json.encode(record), type=Budget) == record
    assert budget.record(make_plan(DEFAULT, (3, 13), 2, 7), INTERPRETER_S) is None


@pytest.mark.parametrize(
    ("blocks", "words"),
    [
        ((0, 0, 0), "3 of 3 cells"),
        ((4, 0, 0), "2 of 3 cells, 11 of 15 blocks of 1 headline cells"),
        ((15, 0, 0), "2 of 3 cells"),
        ((9, 1, 0), "1 of 3 cells, 6 of 15 blocks of 1 headline cells, 5 of 6 blocks of 1 other cells"),
        ((15, 6, 5), "1 of 6 blocks of 2 other cells"),
        ((15, 6, 6), "nothing of the profile"),
        ((30, 15, 15), "nothing of the profile"),
    ],
)
def test_what_is_left_out_is_counted_against_the_profile_that_was_asked_for(blocks, words):
    cells = [QUEUE, LOCK, POOL]
    counts = {cell.cell: count for cell, count in zip(cells, blocks, strict=True)}
    assert left_out(DEFAULT, cells, counts) == words


def test_a_journal_says_what_its_budget_left_out_so_far():
    rows = [measured(QUEUE, block, {"message": [1.0]}) for block in (0, 1, 2)]
    kept = journal([QUEUE, LOCK], rows, budget=Budget(60.0, 10.0, "much"))
    assert left_out_of(kept) == "1 of 2 cells, 13 of 15 blocks of 1 headline cells"


def test_a_cell_that_was_given_up_was_not_left_out():
    rows = [failed(LOCK, 1), failed(LOCK, 2), *(measured(QUEUE, block, {"message": [1.0]}) for block in range(1, 16))]
    assert left_out_of(journal([QUEUE, LOCK], rows, budget=Budget(60.0, 10.0, ""))) == "nothing of the profile"


def test_a_strangers_profile_has_no_blocks_to_lack():
    kept = journal([QUEUE, LOCK], [measured(QUEUE, 1, {"message": [1.0]})], profile="theirs")
    assert left_out_of(kept) == "1 of 2 cells"


def test_a_plan_without_cells_leaves_nothing_out():
    assert left_out(DEFAULT, [], {}) == "nothing of the profile"
    assert forecast(Plan(DEFAULT, 7, (), (), 60.0), Pace(DEFAULT, INTERPRETER_S), 60.0) == {}


def test_a_header_without_a_budget_has_none():
    assert header([LOCK]).budget is None


def test_announcing_a_budget_takes_no_time_to_speak_of():
    """It is computed before each run: a plan of the full grid on a large machine included."""
    plan = make_plan(RIGOROUS, (3, 14), 8, 7, budget_s=3600.0)
    looked_up = itertools.count()

    class Counting(Pace):
        def expect_s(self, cell):
            next(looked_up)
            return super().expect_s(cell)

    forecast(plan, Counting(RIGOROUS, INTERPRETER_S), 1e9)
    assert next(looked_up) <= plan.children

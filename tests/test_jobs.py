"""A job pays where what its tasks gain in a pool is more than the pool's start, and what cannot be told is not a number."""

import math
from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journals import journal, measured, planned
from study import grains, jobs, sections
from study.jobs import NEVER, pays_from
from study.journal import Planned, Row
from study.sheets import Sheet
from study.tables import Results, results

SERIAL = [1e-5, 1e-4, 1e-3, 1e-2]
TWICE = [one / 2 for one in SERIAL]
LENGTHS = (10, 100, 1000, 10_000)
BLOCKS = 6
positive = st.floats(1e-7, 10)


def test_a_pool_twice_as_fast_pays_where_half_of_all_tasks_is_more_than_its_start() -> None:
    assert pays_from(SERIAL, TWICE, start_s=0.01, tasks=100) == pytest.approx(2e-4)
    assert pays_from(SERIAL, TWICE, start_s=0.2, tasks=1000) == pytest.approx(4e-4)


def test_beyond_the_longest_task_the_pool_is_as_many_times_as_fast_as_there() -> None:
    assert pays_from(SERIAL, TWICE, start_s=0.1, tasks=10) == pytest.approx(0.02)


def test_where_every_length_pays_the_shortest_one_is_told() -> None:
    assert pays_from(SERIAL, TWICE, start_s=1e-9, tasks=100_000) == SERIAL[0]


def test_one_task_never_pays_and_a_pool_that_gains_nothing_never_does() -> None:
    assert pays_from(SERIAL, TWICE, start_s=1e-9, tasks=1) == NEVER
    assert pays_from(SERIAL, SERIAL, start_s=1e-9, tasks=1000) == NEVER


def test_the_last_crossing_counts() -> None:
    pool = [0.5e-5, 2e-4, 0.5e-3, 0.5e-2]  # it gains at the shortest length, loses at the next one, and gains again
    found = pays_from(SERIAL, pool, start_s=0.0, tasks=10)
    assert SERIAL[1] < found < SERIAL[2]


def test_a_pool_without_lengths_is_refused() -> None:
    with pytest.raises(ValueError, match="no task length"):
        pays_from([], [], 1.0, 10)


@given(start=positive, speed=st.floats(1.01, 64), tasks=st.integers(2, 10**6))
def test_at_the_length_found_the_job_takes_as_long_either_way(start: float, speed: float, tasks: int) -> None:
    pool = [one / speed for one in SERIAL]
    found = pays_from(SERIAL, pool, start, tasks)
    if found > SERIAL[0]:
        assert tasks * found == pytest.approx(start + tasks * found / speed)
    else:
        assert tasks * (SERIAL[0] - pool[0]) >= start


@given(start=positive, tasks=st.integers(2, 10**6), pool=st.lists(positive, min_size=4, max_size=4))
def test_more_tasks_never_need_longer_ones(start: float, tasks: int, pool: list[float]) -> None:
    assert pays_from(SERIAL, pool, start, tasks * 2) <= pays_from(SERIAL, pool, start, tasks)


def grain(backend: str, task: int) -> Planned:
    return planned(f"grain/{backend}", BLOCKS, task_us=task, width=2, chunks="few")


def starting(backend: str, width: int) -> Planned:
    return planned(f"startup/{backend}", BLOCKS, form="pool", width=width)


def run(
    speeds: Mapping[str, Sequence[float]], starts: Mapping[str, float], widths: Sequence[int] = (1, 2, 4)
) -> Results:
    """A serial loop that takes what the task says, pools so many times as fast, and pools that so long to start and stop."""
    plan: list[Planned] = []
    rows: list[Row] = []

    def told(cell: Planned, lap: str, seconds: float) -> None:
        plan.append(cell)
        rows.extend(measured(cell, block, {lap: [seconds]}) for block in range(1, BLOCKS + 1))

    for number, task in enumerate(LENGTHS):
        told(grain("serial", task), grains.DEFAULT, task * 1e-6)
        for backend, speed in speeds.items():
            told(grain(backend, task), grains.DEFAULT, task * 1e-6 / speed[number])
    for backend, seconds in starts.items():
        for width in widths:
            told(starting(backend, width), "cold round trip", seconds * width)
    return results([journal(plan, rows)])


def texts(sheet: Sheet | None) -> list[list[str]]:
    assert sheet is not None
    return [[entry.text for entry in row.entries] for row in sheet.rows]


def test_a_row_tells_the_task_length_for_each_number_of_tasks() -> None:
    found = run(
        {"processes.fork": (0.5, 0.5, 2, 2), "executors.thread": (0.9,) * 4},
        {"processes.fork": 0.05, "executors.thread": 0.001},
    )
    fork, threads = texts(jobs.sheet(found))
    assert fork[:3] == ["multiprocessing (fork)", "never", "≈ 20.0 (20.0–20.0)"]
    assert (
        fork[4] == "0.400 (0.400–0.400)"
    )  # at 0.1 ms a task loses 0.1 ms, at 1 ms it gains 0.5 ms, and 0.1 ms are wanted
    assert threads == ["ThreadPoolExecutor", *["never"] * 5]


def test_the_start_is_that_of_as_many_workers_as_compute_or_of_the_most_that_were_measured() -> None:
    found = run({"processes.fork": (0.5, 0.5, 2, 2)}, {"processes.fork": 0.05})
    assert jobs.starts(found, 2)["processes.fork"].seconds == pytest.approx(0.1)
    assert jobs.starts(found, 8)["processes.fork"].width == 4
    assert jobs.starts(found, 0) == {}


def test_the_table_belongs_to_the_section_of_task_lengths_and_its_rows_lead_to_the_start() -> None:
    found = run({"processes.fork": (0.5, 0.5, 2, 2)}, {"processes.fork": 0.05})
    derived = {section.scenario: section.derived for section in sections.costs(found)}
    table = derived.pop("grain")
    assert table is not None
    assert table.rows[0].entries[0].cell == starting("processes.fork", 2).cell
    assert not any(derived.values())


def test_the_caption_says_when_the_start_is_that_of_another_number_of_workers() -> None:
    speeds, starts = {"processes.fork": (0.5, 0.5, 2, 2)}, {"processes.fork": 0.05}
    plain, other = (jobs.sheet(run(speeds, starts, widths)) for widths in ((1, 2), (1,)))
    assert plain is not None
    assert other is not None
    assert "(2 workers, default chunks)" in plain.caption
    assert "(2 workers, and 1 for the start, default chunks)" in other.caption


def test_without_starts_or_without_a_loop_there_is_no_table() -> None:
    assert jobs.sheet(run({"processes.fork": (0.5, 0.5, 2, 2)}, {})) is None
    assert jobs.sheet(run({}, {"processes.fork": 0.05})) is None


def test_what_is_not_certain_is_said() -> None:
    entry = jobs._entry(0.004, 0.002, NEVER, 0.01)
    assert entry.text == "4.00, not certain"
    assert jobs._entry(NEVER, 0.002, NEVER, 0.01).text == "not certain"
    assert jobs._entry(None, None, None, 0.01).text == "—"
    assert jobs._entry(0.02, None, None, 0.01).text == "≈ 20.0"
    ranks = [jobs._entry(value, None, None, 0.01).rank for value in (0.02, NEVER)]
    assert ranks == sorted(ranks)  # type: ignore[type-var]
    assert all(rank is not None and math.isfinite(rank) for rank in ranks)

"""Have all cells of the task lengths equal work to do, and is every size of chunks tried that the question needs?"""

from multiprocessing.pool import Pool, ThreadPool

import pytest
from hypothesis import given
from hypothesis import strategies as st

import backends
from busy import on_a_busy_machine_too
from greedy import Greedy
from study.plan import PROFILES, make_plan
from study.scenario import unanswered
from study.scenarios import grain
from study.stopwatch import Stopwatch

LENGTHS = st.sampled_from([1, 10, 100, 1000, 10_000, 100_000])
WIDTHS = st.integers(1, 256)
CHUNKS = st.sampled_from(["few", "sweep"])


@pytest.mark.parametrize(
    ("task_us", "width", "tasks"),
    [
        (1, 2, 256),
        (10, 2, 256),
        (100, 2, 200),
        (1000, 2, 20),
        (10_000, 2, 4),
        (100_000, 2, 4),
        (10, 64, 512),
        (1000, 64, 512),
        (10_000, 64, 128),
    ],
)
def test_so_many_tasks_are_given_of_each_length(task_us, width, tasks):
    assert grain.tasks_of(task_us, width) == tasks


@given(LENGTHS, WIDTHS)
def test_every_worker_has_tasks_and_no_more_than_fill_a_value_unless_it_would_have_too_few(task_us, width):
    tasks = grain.tasks_of(task_us, width)
    least = width * (8 if task_us <= 1000 else 2)
    assert tasks >= least
    assert tasks == least or tasks * task_us <= grain.VALUE_US
    assert tasks <= max(least, grain.MOST_TASKS)


@pytest.mark.parametrize("width", [1, 2, 4])
def test_a_value_lasts_no_longer_than_a_child_can_afford(width):
    """Of the usual lengths, one after the other."""
    assert all(grain.tasks_of(n, width) * n <= 2 * width * 10_000 for n in (10, 100, 1000, 10_000))


def laps(task_us, width, chunks, *, executor):
    tasks = grain.tasks_of(task_us, width)
    default = 1 if executor else -(-tasks // (4 * width))
    return grain.laps_of(tasks, width, default, chunks), tasks, default


@given(LENGTHS, WIDTHS, CHUNKS, st.booleans())
def test_no_two_laps_have_chunks_of_one_size_and_none_has_more_than_there_are_tasks(task_us, width, chunks, executor):
    found, tasks, default = laps(task_us, width, chunks, executor=executor)
    sizes = [size or default for size in found.values()]
    assert len(set(sizes)) == len(sizes)
    assert all(1 <= size <= tasks for size in sizes)


@given(LENGTHS, WIDTHS, CHUNKS, st.booleans())
def test_the_librarys_own_size_comes_first_and_is_left_to_the_library(task_us, width, chunks, executor):
    found, _, _ = laps(task_us, width, chunks, executor=executor)
    assert next(iter(found.items())) == ("default chunks", None)
    assert list(found.values()).count(None) == 1


@given(LENGTHS, WIDTHS, CHUNKS, st.booleans())
def test_a_size_that_is_asked_for_is_tried_under_one_name_or_another(task_us, width, chunks, executor):
    found, tasks, default = laps(task_us, width, chunks, executor=executor)
    wanted = grain.SIZES if chunks == "sweep" else (1,)
    tried = {size or default for size in found.values()}
    assert tried == {default, tasks // (2 * width), *(size for size in wanted if size <= tasks)}
    named = {name: size for name, size in found.items() if name.startswith("chunks of ")}
    assert named == {f"chunks of {size}": size for size in named.values()}


def test_what_a_single_task_for_each_message_costs_is_the_executors_default_and_no_lap_of_its_own():
    assert list(laps(10, 2, "few", executor=True)[0]) == ["default chunks", "tuned chunks"]
    assert list(laps(10, 2, "few", executor=False)[0]) == ["default chunks", "tuned chunks", "chunks of 1"]


def test_two_tasks_for_each_worker_leave_one_size_of_chunks():
    assert list(laps(10_000, 2, "few", executor=True)[0]) == ["default chunks"]
    assert list(laps(10_000, 2, "few", executor=False)[0]) == ["default chunks"]


@pytest.mark.parametrize("width", [1, 2, 3])
@pytest.mark.parametrize("task_us", [1, 1000, 10_000])
def test_the_size_that_a_pool_chooses_itself_is_the_one_that_laps_are_told_apart_by(task_us, width, monkeypatch):
    seen, cut = [], Pool._get_tasks
    monkeypatch.setattr(Pool, "_get_tasks", staticmethod(lambda f, it, size: seen.append(size) or cut(f, it, size)))
    _, tasks, default = laps(task_us, width, "few", executor=False)
    with ThreadPool(width) as pool:
        pool.map(abs, range(tasks))
    assert seen == [default]


def run(style, **arguments):
    library, stopwatch = Greedy(), Stopwatch()
    grain.SCENARIO.styles[style](library, stopwatch, **{"task_us": 10, "width": 2, "rounds": 2} | arguments)
    return library, stopwatch


@pytest.mark.usefixtures("capfd")
@pytest.mark.parametrize(
    ("style", "sizes"),
    [
        ("workers", {"default chunks": None, "tuned chunks": 64, "chunks of 1": 1}),
        ("executor", {"default chunks": 1, "tuned chunks": 64}),
    ],
)
def test_each_lap_hands_over_its_size_of_chunks_in_every_round(style, sizes):
    library, stopwatch = run(style, chunks="few")
    assert [size for task, size in library.jobs if task is grain.compute] == 2 * list(sizes.values())
    assert {name: len(lap.values) for name, lap in stopwatch.laps.items()} == dict.fromkeys(sizes, 2)


@pytest.mark.usefixtures("capfd")
@pytest.mark.parametrize("style", ["workers", "executor"])
def test_a_sweep_tries_every_size(style):
    library, _ = run(style, chunks="sweep", rounds=1)
    sizes = {size for task, size in library.jobs if task is grain.compute}
    assert sizes >= set(grain.SIZES)


@pytest.mark.usefixtures("capfd")
@pytest.mark.parametrize("width", [1, 2, 16])
@pytest.mark.parametrize("task_us", [10, 1000])
def test_the_serial_loop_does_as_many_tasks_as_the_pools_it_is_compared_with(task_us, width):
    counts = {
        style: run(style, task_us=task_us, width=width, rounds=1)[1].laps["default chunks"].operations
        for style in grain.SCENARIO.styles
    }
    assert set(counts.values()) == {grain.tasks_of(task_us, width)}


@on_a_busy_machine_too
@given(st.integers(1, 50), st.integers(2, 20))
def test_a_task_of_so_many_microseconds_is_so_many_loops_on_every_backend(task_us, tasks):
    grain.install(None, task_us)
    assert grain.loops == task_us * grain.LOOPS_PER_US
    answers = [grain.compute(number) for number in range(tasks)]
    assert grain.are_right(answers, task_us)
    assert not grain.are_right(answers[::-1], task_us)
    assert not grain.are_right([*answers[1:], answers[0]], task_us)
    assert not grain.are_right(answers, task_us + 1)


@pytest.mark.parametrize("cpus", [1, 2, 6])
def test_the_usual_lengths_are_measured_at_one_width_with_the_serial_loop_beside_them(cpus):
    usual = [load for load in grain.SCENARIO.loads(cpus) if not load.full_grid]
    assert [load.factors["task_us"] for load in usual] == [10, 100, 1000, 10_000]
    assert {load.factors["width"] for load in grain.SCENARIO.loads(cpus)} == {cpus}
    assert not any(unanswered(grain.SCENARIO, backends.find("serial"), (3, 12), load.needs) for load in usual)


def test_the_ends_of_the_scale_and_the_sweep_of_chunks_are_left_to_the_full_grid():
    full = {(load.factors["task_us"], load.factors["chunks"]) for load in grain.SCENARIO.loads(2) if load.full_grid}
    assert full == {(1, "few"), (100_000, "few"), *((10**n, "sweep") for n in range(5))}


def test_the_smoke_profile_tries_one_length():
    cells = [cell for cell in make_plan(PROFILES["smoke"], (3, 12), 2, seed=7).cells if cell.scenario == "grain"]
    assert {str(cell.factors) for cell in cells} == {"{'task_us': 10, 'width': 2, 'chunks': 'few'}"}


def test_tasks_with_something_in_common_their_lengths_and_recycling_are_85_cells_together():
    def is_new(cell):
        return cell.scenario in ("grain", "recycling") or cell.factors.get("workload") in ("shared", "lock1", "lock10")

    new = [cell for cell in make_plan(PROFILES["default"], (3, 14), 2, seed=7).cells if is_new(cell)]
    assert len(new) <= 85

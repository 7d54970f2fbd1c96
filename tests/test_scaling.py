"""Do the tasks of the scaling pools do the work they are said to do, and is the worker that did most of it found out?"""

import contextlib
import itertools
import operator

import pytest
from hypothesis import given
from hypothesis import strategies as st

import backends
from busy import on_a_busy_machine_too
from greedy import Greedy
from study import scenarios
from study.plan import PROFILES, is_baseline, make_plan
from study.scenario import unanswered
from study.scenarios import scaling
from study.stopwatch import Stopwatch

NEW = {"shared", "lock1", "lock10"}
TIMED = {"default chunks", "tuned chunks"}
WORKERS = st.lists(st.tuples(st.integers(1, 3), st.integers(1, 2)), min_size=1)


@pytest.mark.parametrize(
    ("seen", "share"),
    [([(1, 1)] * 8, 1.0), ([(1, 1), (2, 1)] * 4, 0.5), ([(1, 1), (1, 1), (1, 2), (1, 1)], 0.75), ([(1, 1)], 1.0)],
    ids=["one worker does everything", "two share alike", "two threads of one process", "there is one task"],
)
def test_the_share_of_the_busiest_worker_is_told(seen, share):
    assert scaling.largest_share(seen) == share


@given(WORKERS)
def test_a_share_is_at_least_that_of_workers_who_share_alike_and_at_most_all(seen):
    assert 1 / len(set(seen)) <= scaling.largest_share(seen) <= 1


@given(WORKERS, st.randoms())
def test_who_came_first_does_not_matter(seen, random):
    mixed = random.sample(seen, len(seen))
    assert scaling.largest_share(mixed) == scaling.largest_share(seen)


@pytest.fixture(params=["workers", "executor"])
def greedy(request, capfd):
    """The laps and the jobs of a body whose pool has one worker that does everything."""
    library, stopwatch = Greedy(), Stopwatch()
    scaling.SCENARIO.styles[request.param](library, stopwatch, workload="cpu", width=2, tasks=4, rounds=2)
    return stopwatch.laps, library.jobs


def test_a_worker_that_leaves_nothing_to_the_others_has_the_share_one(greedy):
    laps, _ = greedy
    assert (laps["largest share"].values, laps["largest share"].unit) == ([1.0], "1")


def test_who_does_what_is_asked_after_the_last_timed_map_and_of_the_same_tasks(greedy):
    laps, jobs = greedy
    assert set(laps) == TIMED | {"largest share"}
    assert all(len(laps[name].values) == 2 for name in TIMED)
    assert [task for task, _ in jobs] == [scaling.meet, *[scaling.compute] * 4, scaling.work_as]


def test_who_does_what_is_asked_in_chunks_of_the_default_size(greedy):
    _, jobs = greedy
    assert jobs[-1] == (scaling.work_as, None)


def test_a_worker_that_is_asked_who_it_is_does_the_task_first(monkeypatch):
    done = []
    monkeypatch.setitem(scaling.WORKLOADS, "cpu", done.append)
    assert scaling.work_as(("cpu", 7)) == scaling.work_as(("cpu", 8))
    assert done == [7, 8]


class SpyLock(contextlib.AbstractContextManager):
    held = False
    taken = 0

    def __enter__(self):
        self.held, self.taken = True, self.taken + 1

    def __exit__(self, *error):
        self.held = False


class Factor:
    """Notes with every multiplication whether the lock is held."""

    def __init__(self, lock):
        self.lock, self.steps = lock, []

    def __rmul__(self, other):
        self.steps.append(self.lock.held)
        return other


@pytest.mark.parametrize(("workload", "percent"), [("cpu", 0), ("lock1", 1), ("lock10", 10)])
def test_a_task_holds_the_lock_for_its_share_of_the_same_work(workload, percent, monkeypatch):
    lock = SpyLock()
    monkeypatch.setattr(scaling, "lock", lock, raising=False)
    number = Factor(lock)
    scaling.WORKLOADS[workload](number)
    assert len(number.steps) == scaling.LOOPS
    assert sum(number.steps) * 100 == percent * scaling.LOOPS
    assert lock.taken == (percent > 0)


@on_a_busy_machine_too
@given(st.integers(0, 100), st.integers(0, 10**6))
def test_holding_a_lock_changes_no_answer(percent, number):
    scaling.install(None, contextlib.nullcontext(), [])
    assert scaling.compute_locked(percent, number) == scaling.compute(number)


@pytest.mark.parametrize("workload", scaling.WORKLOADS)
def test_a_wrong_a_missing_and_a_displaced_answer_are_found_in_every_workload(workload):
    scaling.install(None, contextlib.nullcontext(), scaling.items(workload))
    answers = [scaling.WORKLOADS[workload](number) for number in range(3)]
    assert scaling.is_right(workload, answers)
    assert not scaling.is_right(workload, [answers[0], answers[2], answers[1]])
    assert not scaling.is_right(workload, answers[1:])
    assert not scaling.is_right(workload, [answers[0], answers[0], answers[2]])


def test_only_who_reads_the_shared_object_is_given_it():
    given_something = [workload for workload in scaling.WORKLOADS if scaling.items(workload)]
    assert given_something == ["shared"]
    assert len(scaling.items("shared")) == scaling.ITEMS


def loads(cpus, *, full):
    return [load for load in scaling.SCENARIO.loads(cpus) if full or not load.full_grid]


@pytest.mark.parametrize("cpus", [1, 2, 6, 64])
def test_of_workloads_with_something_in_common_one_is_usually_measured_at_one_width(cpus):
    usual = {(load.factors["workload"], load.factors["width"]) for load in loads(cpus, full=False)}
    assert {pair for pair in usual if pair[0] in NEW} == {("lock10", cpus)}
    every = {(load.factors["workload"], load.factors["width"]) for load in loads(cpus, full=True)}
    widths = {width for workload, width in every if workload == "cpu"}
    assert every == set(itertools.product(scaling.WORKLOADS, widths))


def test_the_cells_that_were_there_before_keep_their_names():
    names = [str(load) for load in loads(2, full=True) if load.factors["workload"] not in NEW]
    assert names == [
        f"workload={workload},width={width}" for workload in ("cpu", "hash", "wait") for width in (1, 2, 4)
    ]


@pytest.mark.parametrize(
    ("workload", "widths"), [("cpu", [1, 2, 4, 6, 12]), ("hash", [2, 4, 6]), ("wait", [2, 4, 6, 12])]
)
def test_what_one_worker_costs_is_usually_shown_by_pure_python_and_more_than_the_cpus_hash_nothing(workload, widths):
    assert [load.factors["width"] for load in loads(6, full=False) if load.factors["workload"] == workload] == widths


def test_with_one_cpu_every_usual_workload_has_one_worker():
    ones = [load.factors["workload"] for load in loads(1, full=False) if load.factors["width"] == 1]
    assert ones == ["cpu", "hash", "wait", "lock10"]


@pytest.mark.parametrize("cpus", [1, 2, 6])
@pytest.mark.parametrize(
    "workload", sorted({load.factors["workload"] for load in scaling.SCENARIO.loads(2) if not load.full_grid})
)
def test_every_usual_cell_has_the_serial_loop_of_its_workload_beside_it(cpus, workload):
    serial = backends.find("serial")
    same_work = [load for load in loads(cpus, full=False) if load.factors["workload"] == workload]
    assert any(not unanswered(scaling.SCENARIO, serial, (3, 12), load.needs) for load in same_work)


def test_the_new_cells_are_few_and_no_headline():
    plan = make_plan(PROFILES["default"], (3, 14), 2, seed=7)
    new = [cell for cell in plan.cells if cell.scenario == "scaling" and cell.factors["workload"] in NEW]
    offered = {cell.backend for cell in plan.cells if cell.scenario == "scaling"} & set(backends.names())
    assert len(new) == len(offered)  # lock10
    assert not any(map(operator.attrgetter("headline"), new))
    scenario = scenarios.find("scaling")
    assert not any(
        is_baseline(scenario, backends.find("serial"), load, 2)
        for load in loads(2, full=False)
        if load.factors["workload"] in NEW
    )

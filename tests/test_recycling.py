"""Are workers replaced as often as the load says, and does the memory that is recorded tell it?"""

import itertools
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import backends
from greedy import Greedy
from interpreters import PYTHONS
from study import launch
from study.plan import PROFILES, make_plan
from study.scenario import suspicion, unanswered
from study.scenarios import recycling
from study.stopwatch import Stopwatch

LIMITS = ["none", 10, 2, 1]
MEGABYTE = 1 << 20


@pytest.mark.parametrize(("limit", "tasks"), [("none", 20), (10, 20), (2, 4), (1, 2), (100, 20)])
def test_a_round_sees_two_workers_go_and_is_short(limit, tasks):
    assert recycling.tasks_of(limit) == tasks


@given(st.integers(1, 10))
def test_every_round_ends_where_a_worker_does(limit):
    """So that each begins alike: with a worker that is being replaced."""
    assert recycling.tasks_of(limit) == 2 * limit


@pytest.fixture
def nothing_leaked(monkeypatch):
    monkeypatch.setattr(recycling, "leaked", [])


@pytest.mark.usefixtures("nothing_leaked")
def test_a_task_leaks_a_megabyte_that_it_has_written_to():
    recycling.leak(0)
    recycling.leak(19)
    assert [len(block) for block in recycling.leaked] == [recycling.LEAK_BYTES] * 2
    assert [set(block) for block in recycling.leaked] == [{1}, {20}]


@pytest.mark.usefixtures("nothing_leaked")
@pytest.mark.parametrize(("platform", "unit"), [("linux", 1024), ("darwin", 1)])
def test_the_memory_of_a_worker_is_told_in_bytes(platform, unit, monkeypatch):
    import resource

    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr(resource, "getrusage", lambda _: type("Usage", (), {"ru_maxrss": 7}))
    assert recycling.leak(3)[0::2] == (3, 7 * unit)


@pytest.mark.usefixtures("nothing_leaked", "capfd")
@pytest.mark.parametrize(("limit", "handed_over"), [("none", None), (10, 10), (1, 1)])
@pytest.mark.parametrize(("style", "name"), [("workers", "maxtasksperchild"), ("executor", "max_tasks_per_child")])
def test_a_pool_of_one_worker_is_told_the_limit_and_no_limit_is_none(style, name, limit, handed_over):
    library = Greedy()
    recycling.SCENARIO.styles[style](library, Stopwatch(), limit=limit, rounds=1)
    assert library.pools == [{"workers": 1, name: handed_over}]


@pytest.mark.usefixtures("nothing_leaked", "capfd")
def test_tasks_are_sent_one_by_one_because_a_limit_counts_chunks():
    library = Greedy()
    recycling.workers(library, Stopwatch(), limit=2, rounds=3)
    assert library.jobs == [(recycling.leak, 1)] * 3


@pytest.mark.usefixtures("capfd")
def test_memory_is_recorded_after_each_task_in_turn_and_its_peak_once_for_each_round():
    stopwatch = Stopwatch()
    recycling.note(stopwatch, [(0, 1, 500), (1, 1, 900), (2, 2, 400)])
    recycling.note(stopwatch, [(0, 2, 600), (1, 3, 300)])
    laps = {name: (lap.values, lap.unit) for name, lap in stopwatch.laps.items()}
    assert laps == {
        "memory after a task": ([500, 900, 400, 600, 300], "B"),
        "peak memory": ([900, 600], "B"),
    }


def measured(python, backend, limit):
    request = {"do": "run", "scenario": "recycling", "backend": backend, "arguments": {"limit": limit, "rounds": 2}}
    with tempfile.TemporaryDirectory(prefix="s") as scratch, launch.adopting_orphans():
        ended = launch.ask(python, request, Path(scratch))
    assert (ended.status, ended.reason) == ("measured", "")
    return {lap["name"]: lap["values"] for lap in ended.answer["laps"]}


@pytest.fixture(scope="module", params=PYTHONS)
def teeth(request):
    """Limit -> the memory after each task of two rounds, and the peak of each round, of a forked worker."""
    found = {limit: measured(request.param, "processes.fork", limit) for limit in LIMITS}
    return {limit: (laps["memory after a task"], laps["peak memory"]) for limit, laps in found.items()}


@pytest.mark.parametrize("limit", LIMITS)
def test_every_task_tells_the_memory_of_its_worker(teeth, limit):
    memory, peaks = teeth[limit]
    assert len(memory) == 2 * recycling.tasks_of(limit)
    assert peaks == [max(memory[: len(memory) // 2]), max(memory[len(memory) // 2 :])]


@pytest.mark.parametrize("limit", LIMITS)
def test_memory_grows_with_each_task_until_the_worker_is_replaced(teeth, limit):
    memory, _ = teeth[limit]
    every = len(memory) if limit == "none" else limit
    for begin in range(0, len(memory), every):
        tooth = memory[begin : begin + every]
        assert all(before < after for before, after in itertools.pairwise(tooth))
        assert tooth[-1] - tooth[0] > (len(tooth) - 1.5) * MEGABYTE


def test_a_fresh_worker_gives_back_what_the_one_before_leaked(teeth):
    memory, _ = teeth[10]
    falls = [before - after for before, after in itertools.pairwise(memory) if after < before]
    assert len(falls) == 3
    assert all(fall > 7 * MEGABYTE for fall in falls)


def test_the_sooner_a_worker_is_replaced_the_less_it_holds(teeth):
    none, ten, two, _ = (peaks[-1] for _, peaks in teeth.values())
    one = teeth[1][1][-1]
    assert none - ten > 20 * MEGABYTE
    assert ten - two > 6 * MEGABYTE
    assert two > one


@pytest.mark.parametrize("limit", ["none", 2])
@pytest.mark.parametrize("backend", ["processes.spawn", "processes.forkserver"])
def test_other_start_methods_replace_their_workers_too(backend, limit):
    memory = measured(sys.executable, backend, limit)["memory after a task"]
    falls = sum(after < before for before, after in itertools.pairwise(memory))
    assert falls == (0 if limit == "none" else 3)


def test_only_who_can_replace_workers_is_asked():
    plan = make_plan(PROFILES["default"], (3, 12), 2, seed=7)
    asked = {cell.backend for cell in plan.cells if cell.scenario == "recycling"}
    assert asked == {f"processes.{m}" for m in ("fork", "spawn", "forkserver")} | {
        "executors.spawn",
        "executors.forkserver",
    }


@pytest.mark.parametrize("method", ["spawn", "forkserver"])
def test_an_executor_that_may_deadlock_is_suspected_before_it_is_measured(method):
    assert "gh-115634" in str(suspicion(recycling.SCENARIO, backends.find(f"executors.{method}")))


def test_only_a_forked_replacement_can_inherit_a_lock_that_nobody_releases():
    suspects = {
        method: suspicion(recycling.SCENARIO, backends.find(f"processes.{method}"))
        for method in ("fork", "spawn", "forkserver")
    }
    assert "gh-91776" in str(suspects.pop("fork"))
    assert set(suspects.values()) == {None}


def test_an_executor_before_python_311_is_told_what_it_needs():
    reason = unanswered(recycling.SCENARIO, backends.find("executors.spawn"), (3, 10))
    assert reason == "recycled workers: needs Python 3.11; this is 3.10"


def test_the_plainest_load_replaces_nobody_and_every_second_task_is_left_to_the_full_grid():
    loads = recycling.SCENARIO.loads(2)
    assert [load.factors["limit"] for load in loads if not load.full_grid] == ["none", 10, 1]
    assert [load.factors["limit"] for load in loads if load.full_grid] == [2]

"""Is every worker started before the stopwatch, so that no figure holds a start that it does not name?

Only the bodies of threads are watched: they run in this process, under the same code as those of processes.
"""

import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from time import perf_counter_ns

import pytest

import backends
from study import scenarios
from study.scenario import body_of, unanswered
from study.stopwatch import Stopwatch

ABOUT_STARTING = {scenario.name for scenario in scenarios.every() if scenario.about_starting}
BACKENDS = ["serial", "threads", "executors.thread"]
NEWEST = (3, 15)
FEW = {"operations": 5, "rounds": 3, "samples": 50, "tasks": 4, "seconds": 0.2}


class WatchingStopwatch(Stopwatch):
    """A stopwatch that knows which of its blocks are open."""

    def __init__(self):
        super().__init__()
        self.open = []

    def __call__(self, name, operations=1):
        block = super().__call__(name, operations)
        return WatchedBlock(self, name, block)


class WatchedBlock:
    def __init__(self, stopwatch, name, block):
        self.stopwatch, self.name, self.block = stopwatch, name, block

    def __enter__(self):
        self.stopwatch.open.append(self.name)
        self.block.__enter__()

    def __exit__(self, *error):
        self.block.__exit__(*error)
        self.stopwatch.open.remove(self.name)


@pytest.fixture
def starts(monkeypatch):
    """Runs a body; the number of threads it started, and the laps during which it started one.

    A body that times by its own clock is taken to be timing from the first time it reads it.
    """

    def run(body, lib, **arguments):
        stopwatch, started, during, read = WatchingStopwatch(), [], [], []
        start = threading.Thread.start

        def watched_start(thread):
            started.append(thread)
            during.extend(stopwatch.open or read[:1])
            start(thread)

        def own_clock():
            read.append("own clock")
            return time.perf_counter_ns()

        with monkeypatch.context() as patch:
            patch.setattr(threading.Thread, "start", watched_start)
            patch.setattr(sys.modules[body.__module__], "perf_counter_ns", own_clock, raising=False)
            body(lib, stopwatch, **arguments)
        assert stopwatch.laps, "a body that times nothing proves nothing"
        assert not stopwatch.open
        return len(started), during

    return run


def few(body):
    taken = body.__code__.co_varnames[: body.__code__.co_argcount]
    return {name: value for name, value in FEW.items() if name in taken}


def pairs():
    for scenario in scenarios.every():
        for name in BACKENDS:
            backend = backends.find(name)
            for load in scenario.loads(2):
                if not unanswered(scenario, backend, NEWEST, load.needs):
                    yield pytest.param(scenario, backend, load, id=f"{scenario.name}-{name}-{load}")


@pytest.mark.parametrize(("scenario", "backend", "load"), list(pairs()))
@pytest.mark.usefixtures("capfd")  # what a body says is on standard output
def test_nothing_is_started_while_a_lap_is_timed_unless_that_is_the_question(scenario, backend, load, starts):
    body = body_of(scenario, backend)
    taken = body.__code__.co_varnames[: body.__code__.co_argcount]
    factors = {name: value for name, value in load.factors.items() if name in taken}
    started, during = starts(body, backend.lib, **(factors | few(body)))
    assert (started > 0) == (backend.style != "serial")
    assert during == [] or scenario.name in ABOUT_STARTING


def test_only_these_scenarios_are_excepted():
    expected = {"imports", "launch_form", "parent_memory", "pool_recycling", "recycling", "startup"}
    assert set(ABOUT_STARTING) == expected


class Plain:
    """The names that the made-up bodies call."""

    Thread = threading.Thread
    Executor = ThreadPoolExecutor


def starts_late(mp, stopwatch):
    worker = mp.Thread(target=int)
    with stopwatch("work"):
        worker.start()
    worker.join()


def starts_early(mp, stopwatch):
    worker = mp.Thread(target=int)
    worker.start()
    with stopwatch("work"):
        worker.join()


def starts_in_an_outer_lap(mp, stopwatch):
    with stopwatch("outer"):
        with stopwatch("inner"):
            pass
        starts_early(mp, stopwatch)


def starts_a_pool_late(mp, stopwatch):
    with stopwatch("work"), mp.Executor(max_workers=1) as pool:
        pool.submit(int).result()


def starts_after_reading_its_clock(mp, stopwatch):
    begun = perf_counter_ns()
    starts_early(mp, stopwatch)
    stopwatch.note("by hand", perf_counter_ns() - begun)


@pytest.mark.parametrize(
    ("body", "laps"),
    [
        (starts_late, ["work"]),
        (starts_early, []),
        (starts_in_an_outer_lap, ["outer"]),
        (starts_a_pool_late, ["work"]),
        (starts_after_reading_its_clock, ["own clock"]),
    ],
)
def test_a_start_inside_a_lap_is_noticed(body, laps, starts):
    assert starts(body, Plain) == (1, laps)

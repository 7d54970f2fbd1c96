"""Is a start timed with so much memory in use, and is what the worker writes to the parent's, a copy, or not there at all?"""

import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import backends
from children import laps_of
from stories import judge, told
from study import scenarios
from study.scenarios import memory, parent_memory
from study.stopwatch import Stopwatch

MB = 1_000_000
WRITE = "first write to a page"  # a lap
TOLD = pytest.mark.skipif(not Path("/proc/self/smaps_rollup").exists(), reason="this system does not tell USS")


@pytest.fixture
def emptied() -> Iterator[None]:
    yield
    parent_memory.touch(0)


@TOLD
@pytest.mark.usefixtures("emptied")
def test_memory_is_in_use_once_every_page_of_it_was_written_to() -> None:
    before = memory.sizes_of(os.getpid())["USS"]
    parent_memory.touch(50)
    grown = memory.sizes_of(os.getpid())["USS"] - before
    assert 49 * MB < grown < 60 * MB
    parent_memory.touch(0)
    assert memory.sizes_of(os.getpid())["USS"] - before < 10 * MB


@pytest.mark.usefixtures("emptied")
def test_a_worker_writes_to_a_hundred_pages_of_what_it_sees_and_to_each_once() -> None:
    parent_memory.touch(1)
    _, pages, _ = parent_memory.first_statement()
    assert pages == parent_memory.FEW
    assert sum(parent_memory.memory) == 2 * pages + (len(range(0, MB, parent_memory.PAGE)) - pages)
    parent_memory.touch(0)
    assert parent_memory.first_statement()[1] == 0


@pytest.mark.parametrize(
    ("backend", "form", "sees"),
    [
        ("threads", "worker", True),
        ("threads", "pool", True),
        ("processes.fork", "worker", True),
        ("processes.fork", "pool", True),
        ("executors.thread", "pool", True),
        ("executors.fork", "pool", True),
        ("processes.spawn", "worker", False),
        ("processes.forkserver", "pool", False),
        ("executors.spawn", "pool", False),
    ],
)
def test_the_first_write_is_timed_where_the_worker_sees_the_parents_memory(backend: str, form: str, sees: bool) -> None:
    laps = laps_of("parent_memory", backend, form=form, touched_mb=2, rounds=2)
    assert set(laps) == {"ready", "call"} | ({WRITE} if sees else set())
    assert not sees or laps[WRITE]["operations"] == parent_memory.FEW


@pytest.mark.parametrize("backend", ["threads", "processes.fork"])
def test_without_memory_in_use_there_is_no_page_to_write_to(backend: str) -> None:
    assert WRITE not in laps_of("parent_memory", backend, form="worker", touched_mb=0, rounds=2)


@pytest.mark.parametrize(
    ("teller", "judged_as"),
    [("threads", "processes.fork"), ("processes.fork", "threads"), ("processes.fork", "serial")],
)
def test_a_write_that_the_parent_sees_is_told_from_one_that_it_does_not_see(teller: str, judged_as: str) -> None:
    text, arguments = told("parent_memory", teller)
    assert judge("parent_memory", teller, text, arguments) is None
    assert "the parent's pages hold" in str(judge("parent_memory", judged_as, text, arguments))


class Counting:
    """A library's names; it writes down how many threads there are when a worker or a pool is made."""

    def __init__(self, backend: str) -> None:
        self.lib = backends.find(backend).lib
        self.threads: list[int] = []

    def __getattr__(self, name: str) -> Any:
        made = getattr(self.lib, name)
        if name not in ("Process", "Pool", "Executor"):
            return made

        def make(*arguments: Any, **more: Any) -> Any:
            self.threads.append(threading.active_count())
            return made(*arguments, **more)

        return make


@pytest.mark.parametrize(
    ("backend", "form"), [("threads", "worker"), ("threads", "pool"), ("executors.thread", "pool")]
)
@pytest.mark.usefixtures("capfd", "emptied")
def test_no_worker_is_started_by_a_parent_that_still_has_threads(backend: str, form: str) -> None:
    """Otherwise a fork would be one of a threaded process: here the threads of the round before would be counted."""
    lib, before = Counting(backend), threading.active_count()
    body = scenarios.find("parent_memory").styles[backends.find(backend).style]
    body(lib, Stopwatch(), form=form, touched_mb=1, rounds=3)
    assert lib.threads == [before] * 3


@pytest.mark.parametrize("backend", ["threads", "executors.thread", "processes.fork"])
def test_the_lap_that_stands_for_it_is_measured_on_every_style(backend: str) -> None:
    laps = laps_of("parent_memory", backend, rounds=2)
    assert len(laps[scenarios.find("parent_memory").headline]["values"]) == 2


def test_the_usual_grid_has_the_ends_and_the_full_one_what_is_between_and_pools() -> None:
    loads = scenarios.find("parent_memory").loads(2)
    assert [str(load) for load in loads if not load.full_grid] == [
        "form=worker,touched_mb=0",
        "form=worker,touched_mb=500",
    ]
    assert {(load.factors["form"], load.factors["touched_mb"]) for load in loads} == {
        (form, touched) for form in ("worker", "pool") for touched in (0, 100, 500)
    }

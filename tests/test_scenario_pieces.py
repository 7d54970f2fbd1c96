"""Do the small functions of the bodies do what they are timed for, and does a pool have enough for every worker to do?"""

import queue
import sys
import threading
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from busy import on_a_busy_machine_too
from greedy import Greedy
from study.scenarios import condition, imports, lock, namespace, scaling, synchronisation
from study.scenarios.throughput import in_order, marks, ring
from study.stopwatch import Stopwatch
from study.trace import Trace


@on_a_busy_machine_too
@given(st.integers(1, 5000), st.integers(1, 256))
def test_tuned_chunks_are_the_largest_of_which_every_worker_has_two(tasks: int, width: int) -> None:
    size = scaling.tuned(tasks, width)
    assert size == 1 or tasks >= size * 2 * width
    assert tasks < (size + 1) * 2 * width


@pytest.mark.usefixtures("capfd")
@pytest.mark.parametrize("style", ["workers", "executor"])
def test_a_pool_is_timed_with_its_own_chunks_and_then_with_tuned_ones_in_every_round(style: str) -> None:
    library = Greedy()
    scaling.SCENARIO.styles[style](library, Stopwatch(), workload="wait", width=3, tasks=24, rounds=2)
    assert [size for task, size in library.jobs if task is scaling.wait] == [None, 4] * 2


@on_a_busy_machine_too
@given(st.integers(1, 256))
def test_the_widest_pool_has_eight_tasks_for_each_worker_and_every_cell_has_as_many(cpus: int) -> None:
    loads = scaling.loads(cpus)
    tasks = {int(load.factors.get("tasks", scaling.TASKS)) for load in loads}
    assert len(tasks) == 1
    assert tasks == {max(scaling.TASKS, 8 * max(int(load.factors["width"]) for load in loads))}


@on_a_busy_machine_too
@given(st.integers(1, 50), st.integers(0, 49))
def test_of_messages_in_turn_those_count_that_came_at_their_turn(length: int, place: int) -> None:
    expected = ring(marks(64), length)
    assert in_order(expected, expected) == length
    assert in_order([], expected) == 0
    place %= length
    before, at, after = expected[:place], expected[place : place + 1], expected[place + 1 :]
    assert in_order(before + after, expected) == place, "after a lost one all come too early"
    assert in_order(before + at * 2 + after, expected) == place + 1, "after a doubled one all come too late"
    assert in_order([*before, 99, *after], expected) == length - 1, "one in the place of another harms no other"


class Gate:
    """Counts who waits at it, and lets everybody pass."""

    def __init__(self) -> None:
        self.passed = 0

    def wait(self) -> None:
        self.passed += 1


@pytest.mark.parametrize("times", [1, 7])
def test_a_turn_leaves_behind_what_it_is_timed_for(times: int) -> None:
    """Whoever did nothing would be the fastest."""
    counter, event, gate = SimpleNamespace(value=0), threading.Event(), Gate()
    numbers: dict[int, int] = {}
    appended: list[int] = []
    assigned = SimpleNamespace()
    synchronisation.add((threading.Lock(), counter), times)
    synchronisation.write(numbers, times)
    synchronisation.append(appended, times)
    synchronisation.assign(assigned, times)
    synchronisation.signal(event, times)
    synchronisation.meet(gate, times)
    assert (counter.value, assigned.value, gate.passed) == (times, times - 1, times)
    assert (numbers, appended) == ({number: number for number in range(times)}, list(range(times)))
    assert not event.is_set()


class Sleepless(threading.Condition):
    """Nobody may have to wait for it."""

    def wait(self, *_: Any) -> bool:
        raise AssertionError("who waits for a notification that is over waits for ever")


def told(capfd: pytest.CaptureFixture[str]) -> list[tuple[str, str, Any]]:
    return [(event.actor, event.event, event.value) for event in Trace(capfd.readouterr().out).events]


def test_a_notification_that_came_first_is_harmless(capfd: pytest.CaptureFixture[str]) -> None:
    done, gate = threading.Event(), Sleepless()
    condition.stage_1(gate, done)
    condition.stage_2("late", gate, done)
    assert told(capfd)[-1] == ("late", "running", True)


def test_a_worker_that_fails_with_the_lock_in_its_hand_lets_it_go(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(seconds: float) -> None:
        raise OSError(f"no sleep of {seconds} s")

    monkeypatch.setattr(lock.time, "sleep", fail)
    for worker in (lock.worker_with, lock.worker_no_with):
        held = threading.Lock()
        with pytest.raises(OSError, match=r"no sleep of 0\.25 s"):
            worker(held, 0.25)
        assert not held.locked()


def test_only_what_is_read_as_it_was_written_counts(capfd: pytest.CaptureFixture[str]) -> None:
    class Forgetful:
        """Keeps a number only where it is even."""

        def __setattr__(self, name: str, value: int) -> None:
            vars(self)[name] = value - value % 2

    stopwatch = Stopwatch()
    namespace.write_and_read(Forgetful(), stopwatch, 10, 3)
    assert told(capfd) == [("main", "counted", 15)]
    lap = stopwatch.laps["write + read"]
    assert (lap.operations, len(lap.values)) == (10, 3)


def test_a_main_file_imports_what_it_has_a_name_for(monkeypatch: pytest.MonkeyPatch) -> None:
    main = ModuleType("__main__")
    vars(main).update(q=queue, other=queue, lock=threading.Lock, text="queue", sys=sys)
    monkeypatch.setitem(sys.modules, "__main__", main)
    assert imports.imported_by_main() == {"queue", "sys"}

"""Does everybody who waits wake up after the signal and not before, and is the time that of the last one?"""

import contextlib
import queue
import sys
import threading

import pytest

import backends
from broken import Library, ask, play
from study import scenarios
from study.scenario import unanswered
from study.scenarios import wake_up
from study.scenarios.wake_up import REPEATS, signal, tell, wait_for
from study.stopwatch import Stopwatch

PRIMITIVES = ["Event", "Condition", "Semaphore", "Barrier", "Queue", "Lock"]


def run(capfd, library=None, waiters=2, rounds=1, style="workers"):
    return play("wake_up", capfd, library, style=style, waiters=waiters, rounds=rounds)


@pytest.mark.parametrize("waiters", [1, 2, 4])
@pytest.mark.parametrize("style", ["workers", "executor"])
def test_every_signal_wakes_everybody(capfd, style, waiters):
    played = run(capfd, waiters=waiters, rounds=2, style=style)
    assert played.refusal is None
    assert {name: len(lap.values) for name, lap in played.laps.items()} == dict.fromkeys(PRIMITIVES, 2 * REPEATS)
    assert all(value > 0 for lap in played.laps.values() for value in lap.values)


@pytest.mark.parametrize("waiters", [1, 3])
def test_every_signal_wakes_everybody_in_other_processes(waiters):
    answer = ask(sys.executable, "wake_up", "processes.fork", waiters=waiters, rounds=1)
    assert answer["trace"].count("\twoke\t") == len(PRIMITIVES) * REPEATS


class Sleepless:
    """Waits for nothing, whatever it is asked to wait for."""

    def __init__(self, *_):
        pass

    def wait(self):
        pass

    acquire = release = set = clear = notify_all = wait

    def get(self):
        pass

    def put(self, item):
        pass

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass


@pytest.mark.parametrize("name", ["Event", "Condition", "Queue", "Lock"])
def test_whoever_does_not_wait_for_the_signal_is_noticed(capfd, name):
    played = run(capfd, Library(**{name: Sleepless}))
    assert played.refusal == f"a worker went on before {name} gave its signal"


def test_a_semaphore_that_has_a_permit_before_it_is_released_is_noticed(capfd):
    made = []

    def semaphore(permits):
        made.append(threading.Semaphore(permits if made else 1))  # the first one is the one to wait for
        return made[-1]

    assert run(capfd, Library(Semaphore=semaphore)).refusal == "a worker went on before Semaphore gave its signal"


def offset(monkeypatch, offset_ns):
    """Main's clock stands at a second; that of the workers is ahead of it."""
    main = threading.get_ident()
    ahead = {True: 0, False: offset_ns}
    monkeypatch.setattr(wake_up, "perf_counter_ns", lambda: 10**9 + ahead[threading.get_ident() == main])


@pytest.mark.parametrize("waiters", [1, 3])
def test_a_wake_up_lasts_from_mains_stamp_to_the_waiters(capfd, monkeypatch, waiters):
    offset(monkeypatch, 40_000)
    laps = run(capfd, waiters=waiters).laps
    assert {name: set(lap.values) for name, lap in laps.items()} == {name: {40_000} for name in PRIMITIVES}


def test_clocks_that_are_not_one_clock_are_noticed(capfd, monkeypatch):
    offset(monkeypatch, -1)
    assert str(run(capfd).refusal).startswith("a worker went on before ")


def told(capfd, signals, stamps):
    stopwatch = Stopwatch()
    tell(stopwatch, signals, stamps)
    woke = [eval(line.split("\t")[5]) for line in capfd.readouterr().out.splitlines()]
    return {lap.name: lap.values for lap in stopwatch.laps.values()}, woke


def test_where_several_wait_the_time_is_that_of_the_last_one(capfd):
    laps, woke = told(capfd, [("Event", 100), ("Lock", 200)], [[130, 290], [110, 250], [120, 210]])
    assert laps == {"Event": [30], "Lock": [90]}
    assert woke == [(100, (130, 110, 120)), (200, (290, 250, 210))]


@pytest.mark.parametrize("stamps", [[[130]], [[130, 290, 400]]])
def test_a_worker_that_woke_another_number_of_times_than_there_were_signals_is_an_error(capfd, stamps):
    with pytest.raises(ValueError, match="zip"):
        told(capfd, [("Event", 100), ("Lock", 200)], stamps)


class Recorder:
    """Writes down what is called, also as a context."""

    def __init__(self, calls, name):
        self.calls, self.name = calls, name

    def __getattr__(self, method):
        return lambda *arguments: self.calls.append(f"{self.name}.{method}")

    def __enter__(self):
        self.calls.append(f"{self.name}.enter")

    def __exit__(self, *_):
        self.calls.append(f"{self.name}.exit")


@pytest.fixture
def calls(monkeypatch):
    made = []
    monkeypatch.setattr(wake_up, "perf_counter_ns", lambda: made.append("stamp"))
    return made


@pytest.mark.parametrize(
    ("name", "steps"),
    [
        ("Event", ["ready.release", "it.wait", "stamp"]),
        ("Barrier", ["ready.release", "it.wait", "stamp"]),
        ("Semaphore", ["ready.release", "it.acquire", "stamp"]),
        ("Queue", ["ready.release", "it.get", "stamp"]),
        ("Lock", ["ready.release", "it.acquire", "stamp", "it.release"]),
        ("Condition", ["it.enter", "ready.release", "it.wait", "stamp", "it.exit"]),
    ],
)
def test_the_stamp_is_the_first_statement_after_the_wait(calls, name, steps):
    wait_for(name, Recorder(calls, "it"), Recorder(calls, "ready"))
    assert calls == steps


@pytest.mark.parametrize(
    ("name", "steps"),
    [
        ("Event", ["stamp", "it.set"]),
        ("Barrier", ["stamp", "it.wait"]),
        ("Semaphore", ["stamp", "it.release", "it.release", "it.release"]),
        ("Queue", ["stamp", "it.put", "it.put", "it.put"]),
        ("Lock", ["stamp", "it.release"]),
        ("Condition", ["it.enter", "stamp", "it.notify_all", "it.exit"]),
    ],
)
def test_the_stamp_is_the_last_statement_before_the_signal(calls, name, steps):
    signal(name, Recorder(calls, "it"), 3)
    assert calls == steps


def test_main_gives_the_signal_only_when_all_have_said_that_they_are_ready(monkeypatch):
    calls = []
    monkeypatch.setattr(wake_up.time, "sleep", lambda seconds: calls.append("sleep"))
    monkeypatch.setattr(wake_up, "signal", lambda name, primitive, waiters: calls.append("signal"))
    gate, ready, lock = Recorder(calls, "gate"), Recorder(calls, "ready"), Recorder(calls, "lock")
    wake_up.wake({"Lock": lock}, ready, gate, waiters=2, rounds=1)
    once = ["lock.acquire", "gate.wait", "ready.acquire", "ready.acquire", "sleep", "signal", "gate.wait"]
    assert calls == once * REPEATS


def test_an_event_is_cleared_before_anybody_waits_for_it_again(monkeypatch):
    calls = []
    monkeypatch.setattr(wake_up.time, "sleep", lambda seconds: None)
    wake_up.wake({"Event": Recorder(calls, "event")}, contextlib.nullcontext(), Recorder(calls, "gate"), 0, 1)
    assert calls[:4] == ["event.clear", "gate.wait", "event.set", "gate.wait"]


def test_what_was_put_is_taken_so_that_the_queue_is_empty_in_the_end(capfd):
    made = []

    class Kept(queue.Queue):
        def __init__(self):
            super().__init__()
            made.append(self)

    assert run(capfd, Library(Queue=Kept), waiters=3).refusal is None
    assert [channel.qsize() for channel in made] == [0]


@pytest.mark.parametrize("cpus", [1, 2, 8])
def test_one_waiter_is_the_usual_case_and_several_are_left_to_the_full_grid(cpus):
    loads = scenarios.find("wake_up").loads(cpus)
    assert [(load.factors["waiters"], load.full_grid) for load in loads] == [(1, False), (max(2, cpus), True)]


def test_it_is_measured_where_the_primitives_come_from():
    scenario = scenarios.find("wake_up")
    answering = {found.name for found in backends.every() if not unanswered(scenario, found, (3, 15))}
    assert answering == {
        *("threads", "processes.fork", "processes.spawn", "processes.forkserver"),
        "executors.interpreter",
    }

"""Is every turn counted, is a lock that does not lock found out, and is it told how evenly turns were shared?"""

import contextlib
import sys
import threading
import time
import types

import pytest
from hypothesis import given
from hypothesis import strategies as st

import backends
from broken import Library, ask, play
from busy import on_a_busy_machine_too
from study import scenarios
from study.scenario import unanswered
from study.scenarios import synchronisation
from study.scenarios.synchronisation import FEW, LOCKS, MANY, RUSH_NS, TURNS, contend, jain, note, rush
from study.stopwatch import Stopwatch

RUSHED = [*LOCKS, "Value += 1"]
TINY = 1_000_000  # nanoseconds of a rush in a test


@pytest.fixture(autouse=True)
def short(monkeypatch):
    """As many turns as a test needs, which is fewer than a measurement."""
    monkeypatch.setattr(synchronisation, "MANY", FEW)
    monkeypatch.setattr(synchronisation, "RUSH_NS", TINY)
    few = {name: (turn, min(times, FEW)) for name, (turn, times) in TURNS.items()}
    monkeypatch.setattr(synchronisation, "TURNS", few)


def run(capfd, library=None, contenders=2, rounds=2, style="workers"):
    return play("synchronisation", capfd, library, style=style, contenders=contenders, rounds=rounds)


@pytest.mark.parametrize("contenders", [1, 2, 4])
@pytest.mark.parametrize("style", ["workers", "executor"])
def test_every_primitive_has_a_lap_for_each_round_and_no_turn_is_lost(capfd, style, contenders):
    played = run(capfd, contenders=contenders, style=style)
    assert played.refusal is None
    assert {name: len(lap.values) for name, lap in played.laps.items() if lap.unit == "ns"} == dict.fromkeys(TURNS, 2)
    assert {event.actor for event in played.trace.all("added")} == set(RUSHED)


@pytest.mark.parametrize("contenders", [1, 3])
def test_no_turn_is_lost_among_processes(contenders):
    answer = ask(sys.executable, "synchronisation", "processes.fork", contenders=contenders, rounds=1)
    assert answer["trace"].count("\tadded\t") == len(RUSHED)
    assert {lap["name"] for lap in answer["laps"] if lap["unit"] == "ns"} == set(TURNS)


def test_fairness_is_told_of_each_lock_and_only_where_there_is_a_rival(capfd):
    shares = {f"{name} fairness" for name in RUSHED}
    crowd = {name for name, lap in run(capfd, contenders=3).laps.items() if lap.unit == "1"}
    alone = {name for name, lap in run(capfd, contenders=1).laps.items() if lap.unit == "1"}
    assert (crowd, alone) == (shares, set())


class NoLock:
    """Lets everybody in at any time."""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        return False


class SlowValue:
    """A number that takes a moment between being read and being written, as an addition in machine code does at times."""

    def __init__(self, _typecode, value):
        self.number, self.lock = value, threading.Lock()

    def get_lock(self):
        return self.lock

    @property
    def value(self):
        found = self.number
        time.sleep(0.0002)
        return found

    @value.setter
    def value(self, number):
        self.number = number


@pytest.mark.parametrize("name", ["Lock", "RLock", "Condition"])
def test_a_lock_that_does_not_keep_others_out_loses_additions_and_is_named(capfd, monkeypatch, name):
    monkeypatch.setattr(synchronisation, "RUSH_NS", 20 * TINY)
    played = run(capfd, Library(Value=SlowValue, **{name: NoLock}), contenders=3, rounds=1)
    assert played.refusal is not None
    assert f" additions under {name} came to " in played.refusal


def test_a_semaphore_with_a_permit_too_many_loses_additions_and_is_named(capfd, monkeypatch):
    monkeypatch.setattr(synchronisation, "RUSH_NS", 20 * TINY)
    library = Library(Value=SlowValue, Semaphore=lambda permits: threading.Semaphore(permits + 1))
    assert " additions under Semaphore came to " in str(run(capfd, library, contenders=3, rounds=1).refusal)


def test_locks_that_do_lock_lose_nothing_even_when_additions_are_slow(capfd, monkeypatch):
    monkeypatch.setattr(synchronisation, "RUSH_NS", 20 * TINY)
    assert run(capfd, Library(Value=SlowValue), contenders=3, rounds=1).refusal is None


def test_a_shared_list_that_drops_an_append_is_noticed(capfd):
    class Leaky(list):
        def append(self, item):
            if len(self) != 3:
                super().append(item)

    manager = types.SimpleNamespace(dict=dict, list=Leaky, Namespace=types.SimpleNamespace)
    played = run(capfd, Library(Manager=lambda: contextlib.nullcontext(manager)), rounds=1)
    assert played.refusal == f"{2 * FEW} items were appended to the list, which holds 3"


class Possessive:
    """Who takes it first keeps it: the others get in once, when there is nothing more to be had."""

    def __init__(self):
        self.owner, self.lock = None, threading.Lock()

    def __enter__(self):
        with self.lock:
            self.owner = self.owner or threading.get_ident()
        if threading.get_ident() != self.owner:
            time.sleep(1.5 * synchronisation.RUSH_NS * 1e-9)
        self.lock.acquire()

    def __exit__(self, *_):
        self.lock.release()


def test_a_lock_that_one_worker_keeps_has_the_least_fairness_there_is(capfd, monkeypatch):
    monkeypatch.setattr(synchronisation, "RUSH_NS", 30 * TINY)
    few = synchronisation.TURNS | {"Lock": (synchronisation.enter, 1)}
    monkeypatch.setattr(synchronisation, "TURNS", few)
    played = run(capfd, Library(Lock=Possessive), contenders=2, rounds=1)
    assert played.refusal is None
    assert played.laps["Lock fairness"].values[0] == pytest.approx(0.5, abs=0.05)


@pytest.mark.parametrize(
    ("turns", "index"),
    [
        ([7], 1),
        ([5, 5, 5], 1),
        ([9, 0, 0], 1 / 3),
        ([4, 4, 0, 0, 0], 2 / 5),  # the paper's reading: two users of five are served, and alike
        ([1, 2, 3], 36 / 42),
    ],
)
def test_jains_index_is_the_share_of_workers_that_are_served_alike(turns, index):
    assert jain(turns) == pytest.approx(index)


@on_a_busy_machine_too
@given(st.lists(st.integers(1, 10**6), min_size=1, max_size=20), st.integers(2, 50))
def test_jains_index_lies_between_one_nth_and_one_whatever_is_counted_and_in_whatever_order(turns, scale):
    assert 1 / len(turns) - 1e-9 <= jain(turns) <= 1 + 1e-9
    assert jain([scale * own for own in turns]) == pytest.approx(jain(turns))
    assert jain(turns[::-1]) == pytest.approx(jain(turns))


@on_a_busy_machine_too
@given(st.integers(1, 10**6), st.integers(1, 10**6), st.integers(1, 10))
def test_jains_index_falls_with_every_turn_that_goes_to_who_has_more_already(turns, more, taken):
    uneven, more_uneven = [turns, turns + more], [turns, turns + more + taken]
    assert jain(more_uneven) < jain(uneven) < jain([turns, turns])


def noted(reports, most=MANY, **counters):
    stopwatch = Stopwatch()
    rushes = {name: (None, types.SimpleNamespace(value=value)) for name, value in counters.items()}
    note(stopwatch, reports, rushes, most)
    return stopwatch.laps


def test_a_lap_lasts_from_the_first_ones_begin_to_the_last_ones_end(capfd):
    """A clock that is 40 ahead for one of them is a start that is 40 later."""
    reports = [([("Lock", 100, 300)], {}), ([("Lock", 140, 340)], {})]
    lap = noted(reports)["Lock"]
    assert (lap.values, lap.operations) == ([240], 2 * FEW)


def test_all_pass_a_barrier_at_once_so_that_its_operations_are_those_of_one(capfd):
    reports = [([("Barrier", 0, 10)], {})] * 4
    assert noted(reports)["Barrier"].operations == FEW
    assert noted(reports, most=5)["Barrier"].operations == 5


def test_fairness_comes_from_the_turns_of_the_rush_and_not_from_the_laps(capfd):
    reports = [([("Lock", 0, 10)], {"Lock": 30}), ([("Lock", 0, 9000)], {"Lock": 10})]
    laps = noted(reports, Lock=40)
    assert laps["Lock fairness"].values == [jain([30, 10])]
    assert capfd.readouterr().out.split("\t")[3:] == ["Lock", "added", "(40, 40)\n"]


class Gate:
    def __init__(self, parties=1):
        self.parties, self.passed = parties, 0

    def wait(self):
        self.passed += 1


class Counting(contextlib.nullcontext):
    entered = 0

    def __enter__(self):
        self.entered += 1


@pytest.mark.parametrize(("most", "times"), [(MANY, FEW), (3, 3)])
def test_a_contender_takes_as_many_turns_as_the_table_says_and_no_more_than_it_may(most, times):
    lock, gate = Counting(), Gate()
    laps, turns = contend({"Lock": lock}, {}, gate, None, most, 4)
    assert lock.entered == 4 * times
    assert ([name for name, _, _ in laps], turns, gate.passed) == (["Lock"] * 4, {}, 4)


@pytest.mark.parametrize(("parties", "lasts_ns"), [(1, synchronisation.RUSH_ALONE_NS), (2, TINY)])
def test_a_rush_is_short_where_there_is_no_rival(monkeypatch, parties, lasts_ns):
    monkeypatch.setattr(synchronisation, "perf_counter_ns", lambda: 5_000)
    monkeypatch.setattr(synchronisation, "rush", lambda lock, counter, until_ns: until_ns)
    until = types.SimpleNamespace(value=0)
    _, turns = contend({}, {"Lock": (None, None)}, Gate(parties), until, MANY, 0)
    assert turns == {"Lock": 5_000 + lasts_ns}


def test_a_rush_ends_at_its_time_and_has_had_as_many_turns_as_it_added(monkeypatch):
    times = iter(range(0, 1000, 10))
    monkeypatch.setattr(synchronisation, "perf_counter_ns", lambda: next(times))
    counter = types.SimpleNamespace(value=3)
    turns = rush(threading.Lock(), counter, 100)
    assert (turns, counter.value) == (11, 14)  # the first turn is everybody's, whatever the time


def test_who_comes_too_late_for_a_rush_has_one_turn(monkeypatch):
    monkeypatch.setattr(synchronisation, "perf_counter_ns", lambda: 10**9)
    assert rush(threading.Lock(), types.SimpleNamespace(value=0), 5) == 1


@pytest.mark.parametrize(("name", "turn"), [(name, turn) for name, (turn, _) in TURNS.items()])
def test_a_turn_can_be_taken_any_number_of_times(name, turn):
    primitive = {
        "Value += 1": (threading.Lock(), types.SimpleNamespace(value=0)),
        "Event": threading.Event(),
        "Barrier": threading.Barrier(1),
        "Manager dict": {},
        "Manager list": [],
        "Manager Namespace": types.SimpleNamespace(),
    }.get(name, threading.Lock())
    for times in (0, 1, 7):
        assert turn(primitive, times) is None


def test_the_rush_outlasts_several_of_a_threads_turns_at_the_gil():
    assert 5 * sys.getswitchinterval() * 1e9 <= RUSH_NS


@pytest.mark.parametrize(("cpus", "usual", "full"), [(1, [1, 2], []), (2, [1, 4], [2]), (8, [1, 16], [2])])
def test_one_and_a_crowd_are_measured_usually_and_two_by_the_full_grid_unless_they_are_the_crowd(cpus, usual, full):
    loads = scenarios.find("synchronisation").loads(cpus)
    assert [load.factors["contenders"] for load in loads if not load.full_grid] == usual
    assert [load.factors["contenders"] for load in loads if load.full_grid] == full


def test_it_is_measured_where_the_primitives_come_from_and_the_others_name_that():
    scenario = scenarios.find("synchronisation")
    reasons = {found.name: unanswered(scenario, found, (3, 15)) for found in backends.every()}
    answering = {"threads", "processes.fork", "processes.spawn", "processes.forkserver", "executors.interpreter"}
    assert {name for name, reason in reasons.items() if reason is None} == answering
    assert reasons["executors.thread"].endswith("measured as threads")
    assert reasons["executors.spawn"].endswith("measured as processes.spawn")

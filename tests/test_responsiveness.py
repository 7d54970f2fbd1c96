"""Is the wait of the main thread told by percentiles that have enough samples, while every worker is proved to be busy?"""

import math
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

import backends
from broken import Library, ask, play
from busy import on_a_busy_machine_too
from study import scenarios
from study.scenario import unanswered
from study.scenarios import responsiveness
from study.scenarios.responsiveness import CHUNK, ECHO, ENOUGH, GIVE_UP, LEAST_BEYOND, note_waits, start_echo
from study.stopwatch import Stopwatch

MS = 1_000_000


def noted(waits):
    stopwatch = Stopwatch()
    note_waits(stopwatch, waits)
    return {lap.name: lap.values[0] for lap in stopwatch.laps.values()}


@pytest.mark.parametrize(
    ("samples", "percentiles"),
    [
        (19, set()),
        (20, {"p50"}),
        (99, {"p50"}),
        (100, {"p50", "p90"}),
        (999, {"p50", "p90"}),
        (1000, {"p50", "p90", "p99"}),
        (10_000, {"p50", "p90", "p99", "p99.9"}),
    ],
)
def test_a_percentile_needs_ten_samples_beyond_it(samples, percentiles):
    assert set(noted(list(range(samples)))) == {"mean", *percentiles}


def test_percentiles_are_those_of_the_samples_in_whatever_order_they_came():
    waits = list(range(1000))
    assert noted(waits) == noted(waits[::-1]) == {"mean": 499, "p50": 500, "p90": 900, "p99": 990}


@on_a_busy_machine_too
@given(st.lists(st.integers(0, 10**10), min_size=1, max_size=300))
def test_percentiles_never_fall_and_the_mean_lies_between_the_least_and_the_greatest(waits):
    found = noted(waits)
    mean = found.pop("mean")
    assert min(waits) <= mean <= max(waits)
    assert list(found.values()) == sorted(found.values())
    for name, value in found.items():
        beyond = sum(wait >= value for wait in waits)
        assert beyond >= LEAST_BEYOND
        assert sum(wait > value for wait in waits) <= math.ceil(len(waits) * (1 - float(name[1:]) / 100))


class Clock:
    """Each look at it takes as long as it is told, from a start that is not zero."""

    def __init__(self, *steps_ns):
        self.now, self.steps = 7_000 * MS, steps_ns
        self.looks = 0

    def __call__(self):
        self.now += self.steps[self.looks % len(self.steps)]
        self.looks += 1
        return self.now


class Echo:
    """A partner that answers at once, rightly or as it is told."""

    def __init__(self, *answers):
        self.answers, self.asked = answers or (b"?",), 0
        self.stdin = self.stdout = self

    def write(self, question):
        assert question == b"?"
        self.asked += 1

    def read(self, length):
        assert length == 1
        return self.answers[(self.asked - 1) % len(self.answers)]


def asked(monkeypatch, capfd, seconds, wait_ns, echo=None):
    """What a main thread notes that waits `wait_ns` for each answer."""
    monkeypatch.setattr(responsiveness, "perf_counter_ns", Clock(wait_ns, 0))
    stopwatch = Stopwatch()
    responsiveness.ask(stopwatch, echo or Echo(), seconds)
    count, right = eval(capfd.readouterr().out.splitlines()[-1].split("\t")[5])
    return {lap.name: lap.values for lap in stopwatch.laps.values()}, count, right


def test_a_wait_is_what_lies_between_question_and_answer(monkeypatch, capfd):
    laps, count, right = asked(monkeypatch, capfd, seconds=1, wait_ns=5 * MS)
    assert laps == {"mean": [5 * MS], "p50": [5 * MS], "p90": [5 * MS]}
    assert count == right == 200


def test_main_asks_as_long_as_it_is_told_to(monkeypatch, capfd):
    assert [asked(monkeypatch, capfd, seconds, wait_ns=MS)[1] for seconds in (0.25, 0.5, 2)] == [250, 500, 2000]


def test_main_goes_on_until_it_has_enough_samples_for_a_median(monkeypatch, capfd):
    laps, count, _ = asked(monkeypatch, capfd, seconds=0.25, wait_ns=40 * MS)
    assert count == ENOUGH
    assert laps["p50"] == [40 * MS]


def test_main_gives_up_when_even_enough_samples_would_take_too_long(monkeypatch, capfd):
    laps, count, _ = asked(monkeypatch, capfd, seconds=0.25, wait_ns=200 * MS)
    assert count == 0.25 * GIVE_UP / 0.2 < ENOUGH
    assert laps == {"mean": [200 * MS]}


def test_an_answer_that_is_wrong_or_missing_is_not_counted_as_right(monkeypatch, capfd):
    echo = Echo(b"?", b"?", b"!", b"")
    _, count, right = asked(monkeypatch, capfd, 0.1, MS, echo)
    assert (count, right) == (100, 50)


def test_the_other_program_answers_every_question_and_ends_with_its_input():
    with start_echo() as echo:
        for question in (b"?", b"!", b"\n", b"\0"):
            echo.stdin.write(question)
            assert echo.stdout.read(1) == question
    assert echo.returncode == 0


def test_the_other_program_imports_nothing_that_is_not_loaded_at_the_start_anyway():
    command = [sys.executable, "-I", "-S", "-X", "importtime", "-c", ECHO]
    ended = subprocess.run(command, input=b"", capture_output=True, timeout=60, check=True)
    assert b"site" not in ended.stderr.split()


@pytest.mark.parametrize("busy", [1, 2])
@pytest.mark.parametrize("style", ["workers", "executor"])
def test_every_worker_computes_from_before_the_first_question_until_after_the_last(capfd, style, busy):
    played = play("responsiveness", capfd, style=style, busy=busy, seconds=0.02, rounds=1)
    assert played.refusal is None
    assert sorted(event.actor for event in played.trace.all("stops")) == [f"worker {i}" for i in range(busy)]
    assert played.laps["mean"].values[0] > 0


@pytest.mark.parametrize("backend", ["processes.fork", "executors.fork"])
def test_workers_in_processes_compute_as_well_and_end(backend):
    answer = ask(sys.executable, "responsiveness", backend, busy=2, seconds=0.02, rounds=1)
    assert answer["trace"].count("\tstops\t") == 2


def test_alone_main_waits_for_the_other_program_only(capfd):
    played = play("responsiveness", capfd, style="serial", seconds=0.02, rounds=1)
    assert played.refusal is None
    assert not played.trace.all("begins")


class Flag:
    """An event that is set from the beginning, or as often as it is told not to be."""

    def __init__(self, looks=0):
        self.looks = looks

    def is_set(self):
        self.looks -= 1
        return self.looks < 0

    def set(self):
        pass


def burnt(capfd, looks):
    class Gate:
        def wait(self):
            pass

    responsiveness.burn("worker 0", Flag(looks), Gate())
    lines = [line.split("\t") for line in capfd.readouterr().out.splitlines()]
    return [(line[3], line[4], eval(line[5])) for line in lines]


@pytest.mark.parametrize("chunks", [0, 1, 3])
def test_a_worker_looks_at_the_flag_between_two_chunks_and_adds_up_right(capfd, chunks):
    total = chunks * sum(range(CHUNK))
    assert burnt(capfd, chunks) == [("worker 0", "begins", None), ("worker 0", "stops", (chunks, total))]


def test_workers_that_stop_before_they_compute_are_noticed(capfd):
    played = play("responsiveness", capfd, Library(Event=Flag), busy=2, seconds=0.02, rounds=1)
    assert played.refusal in (
        "a worker was not busy while main asked",
        "a worker computed nothing, or something wrong",
    )


LOADS = scenarios.find("responsiveness").loads(4)


def test_as_many_workers_are_busy_as_there_are_processors_or_nobody():
    assert [load.factors["busy"] for load in LOADS] == [4, 0, 4]


def test_the_long_look_that_has_the_late_percentiles_of_threads_is_left_to_the_full_grid():
    (longer,) = [load for load in LOADS if load.full_grid]
    assert longer.factors["seconds"] / 0.01 >= 1000  # at ten milliseconds an answer, enough for p99


def test_nobody_computing_is_measured_once_for_all_libraries():
    scenario = scenarios.find("responsiveness")
    idle = next(load for load in LOADS if load.factors["busy"] == 0)
    answering = [b.name for b in backends.every() if not unanswered(scenario, b, (3, 15), idle.needs)]
    assert answering == ["serial"]

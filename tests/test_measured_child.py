"""Does a measured child choose its operations, run and judge its body, and tell what it is, just as it is said to?

The functions of the child, in this process, with bodies that are made up.
"""

import gc
import io
import math
import os
import resource
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import backends
from backends import Backend, Name
from busy import on_a_busy_machine_too
from study import scenarios
from study.child import session
from study.scenario import Scenario
from study.trace import Trace, WrongAnswer, say

ROOT = Path(__file__).resolve().parent.parent
TARGET_NS = 20_000_000
Lasts = Callable[[int, int], int]  # operations, and the round from 0 on -> nanoseconds


def chosen(lasts_ns: Lasts, **arguments: Any) -> tuple[int, list[dict[str, Any]]]:
    """The number of operations that is chosen, and with what the body was called to find it."""
    tries = []

    def body(mp: Any, stopwatch: Any, **given: Any) -> None:
        tries.append(given)
        for number in range(given["rounds"]):
            stopwatch.note("a lap that does not count", 1)
            stopwatch.note("work", lasts_ns(given["operations"], number), given["operations"])

    scenario, backend = SimpleNamespace(headline="work"), SimpleNamespace(lib=None)
    return session.calibrate(scenario, backend, body, arguments, TARGET_NS), tries


@on_a_busy_machine_too
@given(st.integers(20, TARGET_NS // 33))
def test_the_power_of_two_is_chosen_whose_value_lasts_nearest_to_what_is_wanted(each_ns: int) -> None:
    operations, _ = chosen(lambda operations, number: operations * each_ns)
    assert operations.bit_count() == 1
    assert abs(math.log2(operations * each_ns / TARGET_NS)) <= 0.5 + 0.05  # operations are whole numbers


@pytest.mark.parametrize(
    ("cold", "one", "other", "operations"),
    [(1, 1, 1, 16384), (900, 1, 1, 16384), (1, 1, 4, 4096), (1, 4, 1, 4096), (900, 4, 1, 4096)],
)
def test_the_slowest_round_decides_but_not_the_first_which_warms_up(
    cold: int, one: int, other: int, operations: int
) -> None:
    assert chosen(lambda asked, number: 1200 * asked * (cold, one, other)[number])[0] == operations


def test_a_value_that_is_too_short_to_tell_is_tried_again_with_at_most_sixteen_times_as_many() -> None:
    """A millisecond that every value takes anyway would have 32 operations pass for slow ones."""
    operations, tries = chosen(lambda asked, number: 1_000_000 + 1000 * asked)
    assert [given["operations"] for given in tries] == [32, 512, 6772]
    assert operations == 16384


def test_operations_that_take_no_time_are_not_multiplied_for_ever() -> None:
    operations, tries = chosen(lambda asked, number: 0)
    assert operations == tries[-1]["operations"] == session.MOST_OPERATIONS


def test_an_operation_that_lasts_longer_than_a_value_is_done_once() -> None:
    assert chosen(lambda asked, number: 3 * TARGET_NS * asked)[0] == 1


def test_a_try_has_the_arguments_of_the_cell_but_for_its_rounds() -> None:
    arguments = {"payload": 64, "rounds": 9}
    _, (given,) = chosen(lambda asked, number: TARGET_NS, **arguments)
    assert given == {"payload": 64, "rounds": 3, "operations": 32}
    assert arguments == {"payload": 64, "rounds": 9}


class Library:
    """Notes in order which of its names are asked for, and its end."""

    def __init__(self, at_its_end: Callable[[], object] = bool) -> None:
        self.calls: list[str] = []
        self.at_its_end = at_its_end

    def __getattr__(self, name: str) -> str:
        self.calls.append(name)
        return name

    def close(self) -> None:
        self.calls.append("closed")
        self.at_its_end()


def body(mp: Any, stopwatch: Any, width: int = 2, text: str = "a", operations: int = 5) -> None:
    local = mp.Queue, mp.Process
    mp.calls.append("the body begins")
    with stopwatch("work", operations):
        say("main", "said", (width, text, len(local)))
    stopwatch.count("share", 0.5, "1")
    stopwatch.count("held", 4096, "B")
    stopwatch.note("ready", 7)


def measured(
    run: Any = body, lib: Library | None = None, check: Any = lambda *_: None, as_written: Any = None, **given: Any
) -> dict[str, Any]:
    scenario = SimpleNamespace(check=check, as_written=as_written)
    backend = SimpleNamespace(lib=lib or Library(), offers=frozenset({"queues"}))
    return session.measure(scenario, backend, run, given)


@pytest.mark.usefixtures("capfd")
def test_a_check_is_given_the_story_what_the_backend_offers_and_every_argument_of_the_body() -> None:
    judged: list[Any] = []
    measured(check=lambda *evidence: judged.append(evidence), text="b")
    ((trace, offers, arguments),) = judged
    assert trace.values("said") == [(2, "b", 2)]
    assert offers == {"queues"}
    assert arguments == {"width": 2, "text": "b", "operations": 5}


@pytest.mark.usefixtures("capfd")
def test_the_names_of_a_body_are_looked_up_before_it_begins_and_the_library_is_closed_after_it() -> None:
    lib = Library()
    measured(lib=lib)
    begins = lib.calls.index("the body begins")
    assert {"Queue", "Process"} <= set(lib.calls[: begins - 2])
    assert lib.calls[begins + 1 :] == ["closed"]


@pytest.mark.usefixtures("capfd")
def test_an_answer_names_each_lap_with_its_values_its_unit_and_its_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT))
    answer = measured(operations=9)
    laps = {lap["name"]: (lap["operations"], lap["unit"], lap["values"]) for lap in answer["laps"]}
    assert list(laps) == ["work", "share", "held", "ready"]
    assert (laps["share"], laps["held"], laps["ready"]) == ((1, "1", [0.5]), (1, "B", [4096]), (1, "ns", [7]))
    assert (laps["work"][:2], len(laps["work"][2])) == ((9, "ns"), 1)
    file, number = answer["laps"][1]["source"].split(":")
    assert 'stopwatch.count("share", 0.5, "1")' in (ROOT / file).read_text().splitlines()[int(number) - 1]
    assert (answer["operations"], answer["modules"]) == (9, len(sys.modules))


@pytest.mark.usefixtures("capfd")
def test_the_story_of_a_body_is_what_it_wrote_itself_and_of_what_it_printed_the_first_twenty_lines() -> None:
    say("another", "said", "earlier")

    def talkative(mp: Any, stopwatch: Any) -> None:
        say("main", "said", "now")
        os.write(1, b"".join(b"line %d\n" % number for number in range(30)))

    answer = measured(talkative)
    assert Trace(answer["trace"]).values("said") == ["now"]
    assert answer["printed"] == [f"line {number}" for number in range(20)]
    assert answer["operations"] is None


@pytest.fixture
def forgotten(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[threading.Event, Any]]:
    """A body that leaves a thread, which goes on until the event is set; nobody waits for it when told to be patient."""
    monkeypatch.setattr(session, "PATIENCE_S", 0.0)
    gate, threads = threading.Event(), []

    def leave() -> None:
        gate.wait()
        say("the forgotten one", "said", "late")

    def leaving(mp: Any, stopwatch: Any) -> None:
        threads.append(threading.Thread(target=leave, name="the forgotten one"))
        threads[-1].start()

    yield gate, leaving
    gate.set()
    for thread in threads:
        thread.join()


@pytest.mark.usefixtures("capfd")
def test_a_right_answer_whose_body_leaves_a_thread_is_a_wrong_one(forgotten: Any) -> None:
    with pytest.raises(WrongAnswer, match=r"^the body left the forgotten one running$"):
        measured(forgotten[1])


@pytest.mark.usefixtures("capfd")
def test_a_program_as_written_is_not_judged_and_what_it_leaves_is_waited_for(forgotten: Any) -> None:
    gate, leaving = forgotten

    def refuse(*_: Any) -> None:
        raise WrongAnswer("nobody should ask")

    answer = measured(leaving, Library(at_its_end=gate.set), refuse, as_written=leaving)
    assert Trace(answer["trace"]).values("said") == ["late"]


@pytest.mark.usefixtures("capfd")
def test_a_body_runs_with_garbage_collection_as_every_program_does() -> None:
    enabled: list[bool] = []

    def looking(mp: Any, stopwatch: Any) -> None:
        enabled.append(gc.isenabled())

    gc.disable()
    try:
        measured(looking)
    finally:
        gc.enable()
    assert enabled == [True]


def right(mp: Any, stopwatch: Any, operations: int = 5, rounds: int = 3) -> None:
    """Each operation lasts a microsecond by its own account."""
    for _ in range(rounds):
        stopwatch.note("work", 1000 * operations, operations)
    say("main", "made", type(mp.Thing()).__name__)


def wrong(mp: Any, stopwatch: Any) -> None:
    say("main", "made", "what the document's defect makes")


def check_it(trace: Trace, offers: frozenset[str], arguments: Mapping[str, Any]) -> None:
    trace.require(trace.one("made").value.endswith("Queue"), "nothing was queued")


@pytest.fixture
def ask(monkeypatch: pytest.MonkeyPatch) -> Callable[..., dict[str, Any]]:
    """Ask for a made-up cell."""
    scenario = Scenario(
        section="",
        title="Made up",
        question="",
        unit="lap",
        headline="work",
        styles={"workers": right},
        loads=lambda cpus: [],
        check=check_it,
        as_written=wrong,
    )
    backend = Backend("made", label="made", library="m", style="workers", names={"Thing": Name("queue.Queue")})
    monkeypatch.setattr(scenarios, "find", lambda name: scenario)
    monkeypatch.setattr(backends, "find", lambda name: backend)
    return lambda **more: session.run({"scenario": "made_up", "backend": "made", "arguments": {}} | more)


@pytest.mark.usefixtures("capfd")
def test_operations_are_chosen_where_a_request_says_how_long_a_value_should_last(ask: Any) -> None:
    arguments = {"rounds": 2}
    answer = ask(arguments=arguments, value_ns=TARGET_NS)
    assert (answer["operations"], answer["laps"][0]["values"]) == (16384, [16_384_000] * 2)
    assert arguments == {"rounds": 2}
    assert ask(arguments={"operations": 40, "rounds": 1})["laps"][0]["values"] == [40_000]


@pytest.mark.usefixtures("capfd")
def test_a_request_can_put_another_library_in_the_place_of_a_name(ask: Any) -> None:
    assert Trace(ask(instead={"Thing": "queue.LifoQueue"})["trace"]).values("made") == ["LifoQueue"]
    with pytest.raises(WrongAnswer, match="nothing was queued"):
        ask(instead={"Thing": "threading.Event"})


@pytest.mark.usefixtures("capfd")
def test_the_program_as_written_is_run_where_a_request_asks_for_it(ask: Any) -> None:
    (made,) = Trace(ask(as_written=True)["trace"]).values("made")
    assert made.startswith("what the document's defect")


@pytest.mark.parametrize(
    ("platform", "status", "own", "waited_for", "peak_rss_bytes"),
    [
        ("linux", "Name:\tpython\nVmPeak:\t 900 kB\nVmHWM:\t     500 kB\nVmRSS:\t 300 kB\n", 800, 100, 500 * 1024),
        ("linux", "VmHWM:\t 500 kB\n", 800, 700, 700 * 1024),
        ("linux", None, 800, 100, 800 * 1024),
        ("linux", None, 800, 900, 900 * 1024),
        ("darwin", None, 800, 100, 800),
    ],
)
def test_the_peak_is_that_of_the_interpreter_or_of_a_larger_worker_and_not_what_its_parent_held(
    monkeypatch: pytest.MonkeyPatch, platform: str, status: str | None, own: int, waited_for: int, peak_rss_bytes: int
) -> None:
    def opened(path: str, **_: Any) -> io.StringIO:
        if status is None:
            raise FileNotFoundError(path)
        return io.StringIO(status)

    used = {resource.RUSAGE_SELF: own, resource.RUSAGE_CHILDREN: waited_for}
    monkeypatch.setattr(resource, "getrusage", lambda who: SimpleNamespace(ru_maxrss=used[who]))
    monkeypatch.setattr(session, "open", opened, raising=False)
    monkeypatch.setattr(sys, "platform", platform)
    assert session.peak_rss_bytes() == peak_rss_bytes

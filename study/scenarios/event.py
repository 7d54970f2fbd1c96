"""Does set() wake the worker that waits and leave alone the one that gave up, and what does a signal cost?"""

from study.scenario import Load, Scenario
from study.trace import say

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from study.trace import Trace

event: "Any"
ping: "Any"
pong: "Any"


def wait_for_event(event: "Any") -> None:
    say("block", "starting")
    say("block", "saw", event.wait())


def wait_for_event_timeout(event: "Any", gave_up: "Any", timeout_s: float) -> None:
    say("nonblock", "starting_timeout")
    say("nonblock", "saw_timeout", event.wait(timeout_s))
    gave_up.set()


def answer(ping: "Any", pong: "Any", operations: int) -> None:
    for _ in range(operations):
        ping.wait()
        ping.clear()
        pong.set()
    say("answer", "counted", operations)


def workers(mp: "Any", stopwatch: "Any", timeout_s: float = 0.01, operations: int = 500, rounds: int = 3) -> None:
    event, gave_up, ping, pong = mp.Event(), mp.Event(), mp.Event(), mp.Event()
    team = [
        mp.Process(target=wait_for_event, args=(event,)),
        mp.Process(target=wait_for_event_timeout, args=(event, gave_up, timeout_s)),
        mp.Process(target=answer, args=(ping, pong, 1 + operations * rounds)),
    ]
    for process in team:
        process.start()
    say("main", "waiting")
    gave_up.wait()  # not a sleep: the other worker has timed out, however slowly it started
    say("main", "setting")
    event.set()
    say("main", "event is set")

    ping.set()
    pong.wait()  # the answering worker is ready
    pong.clear()
    for _ in range(rounds):
        with stopwatch("set + wake-up", 2 * operations):
            for _ in range(operations):
                ping.set()
                pong.wait()
                pong.clear()
    for process in team:
        process.join()


def install(*events: "Any") -> None:
    global event, ping, pong
    event, ping, pong = events


def wait_for_installed() -> None:
    wait_for_event(event)


def wait_for_installed_timeout(timeout_s: float) -> None:
    say("nonblock", "starting_timeout")
    say("nonblock", "saw_timeout", event.wait(timeout_s))


def answer_installed(operations: int) -> None:
    answer(ping, pong, operations)


def executor(mp: "Any", stopwatch: "Any", timeout_s: float = 0.01, operations: int = 500, rounds: int = 3) -> None:
    event, ping, pong = mp.Event(), mp.Event(), mp.Event()
    # Three workers, because three tasks wait for each other. submit() could hand threads an event, but not processes.
    with mp.Executor(max_workers=3, initializer=install, initargs=(event, ping, pong)) as pool:
        tasks = [pool.submit(wait_for_installed), pool.submit(answer_installed, 1 + operations * rounds)]
        gave_up = pool.submit(wait_for_installed_timeout, timeout_s)
        say("main", "waiting")
        gave_up.result()
        say("main", "setting")
        event.set()
        say("main", "event is set")

        ping.set()
        pong.wait()
        pong.clear()
        for _ in range(rounds):
            with stopwatch("set + wake-up", 2 * operations):
                for _ in range(operations):
                    ping.set()
                    pong.wait()
                    pong.clear()
        for task in tasks:
            task.result()


def check(trace: "Trace", offers: "frozenset[str]", arguments: "Mapping[str, Any]") -> None:
    blocked, timed_out = trace.one("saw"), trace.one("saw_timeout")
    trace.require(blocked.value is True, "wait() should return True once the event is set")
    trace.require(timed_out.value is False, "wait(timeout) should return False before the event is set")
    setting = trace.one("setting").time_ns
    trace.require(blocked.time_ns >= setting, "wait() returned before set() was called")
    trace.require(timed_out.time_ns <= setting, "set() was called before the other worker had given up")
    waited_ns = timed_out.time_ns - trace.one("starting_timeout").time_ns
    trace.require(waited_ns >= (arguments["timeout_s"] - 0.005) * 1e9, "wait(timeout) returned too early")
    trace.counts(1 + arguments["operations"] * arguments["rounds"])


SCENARIO = Scenario(
    section="3",
    title="Event",
    question=__doc__,
    unit="set + wake-up",
    headline="set + wake-up",
    styles={"workers": workers, "executor": executor},
    absent={"serial": "one thread works alone: if it waited for itself it would wait for ever"},
    loads=lambda cpus: [Load(width=1)],
    check=check,
    words={
        "waiting": "main: waiting before calling Event.set()",
        "starting": "wait_for_event: starting",
        "starting_timeout": "wait_for_event_timeout: starting",
        "saw": "wait_for_event: e.is_set()-> {value}",
        "saw_timeout": "wait_for_event_timeout: e.is_set()-> {value}",
        "event is set": "main: event is set",
    },
    printed="""\
main: waiting before calling Event.set()
wait_for_event: starting
wait_for_event_timeout: starting
wait_for_event_timeout: e.is_set()-> False
main: event is set
wait_for_event: e.is_set()-> True""",
    document={"timeout_s": 2.0},
)

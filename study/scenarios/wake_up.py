"""How long from a signal to the first statement of the worker that waited for it, or of the last one of several?"""

import time
from time import perf_counter_ns

from study.scenario import Load, Scenario
from study.trace import say

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from study.trace import Trace

REPEATS = 8  # signals by each primitive in a round
PAUSE_S = 0.0005  # in which whoever says to be ready falls asleep: who is still awake would not have to be woken

primitives: "dict[str, Any]"
ready: "Any"
gate: "Any"


def wait_for(name: str, primitive: "Any", ready: "Any") -> int:
    """Wait for main's signal. When the first statement after it was executed."""
    if name == "Condition":
        with primitive:
            ready.release()  # the lock is held until wait() lets it go: no notification can come too early
            primitive.wait()
            return perf_counter_ns()
    ready.release()
    if name == "Queue":
        primitive.get()
    elif name in ("Lock", "Semaphore"):
        primitive.acquire()
    else:
        primitive.wait()
    now = perf_counter_ns()
    if name == "Lock":
        primitive.release()  # to the next one
    return now


def signal(name: str, primitive: "Any", waiters: int) -> int:
    """Wake all who wait. When that was begun."""
    if name == "Condition":
        with primitive:
            now = perf_counter_ns()
            primitive.notify_all()
        return now
    now = perf_counter_ns()
    if name == "Event":
        primitive.set()
    elif name == "Lock":
        primitive.release()
    elif name == "Barrier":
        primitive.wait()
    for _ in range(waiters):
        if name == "Semaphore":
            primitive.release()
        elif name == "Queue":
            primitive.put(None)
    return now


def stand_by(primitives: "Any", ready: "Any", gate: "Any", rounds: int) -> "list[int]":
    """Wait for every signal that main gives, and stamp the clock when awake."""
    stamps = []
    for name, primitive in list(primitives.items()) * rounds:
        for _ in range(REPEATS):
            gate.wait()  # main is prepared
            stamps.append(wait_for(name, primitive, ready))
            gate.wait()  # all have woken
    return stamps


def wake(primitives: "Any", ready: "Any", gate: "Any", waiters: int, rounds: int) -> "list[tuple[str, int]]":
    """Give every signal when all wait for it: by what, and when."""
    signals = []
    for name, primitive in list(primitives.items()) * rounds:
        for _ in range(REPEATS):
            if name == "Lock":
                primitive.acquire()
            elif name == "Event":
                primitive.clear()
            gate.wait()
            for _ in range(waiters):
                ready.acquire()
            time.sleep(PAUSE_S)
            signals.append((name, signal(name, primitive, waiters)))
            gate.wait()
    return signals


def tell(stopwatch: "Any", signals: "list[tuple[str, int]]", stamps: "list[list[int]]") -> None:
    for (name, signalled), woken in zip(signals, zip(*stamps, strict=True), strict=True):
        stopwatch.note(name, max(woken) - signalled)
        say(name, "woke", (signalled, woken))


def primitives_of(mp: "Any", waiters: int) -> "dict[str, Any]":
    return {
        "Event": mp.Event(),
        "Condition": mp.Condition(),
        "Semaphore": mp.Semaphore(0),
        "Barrier": mp.Barrier(waiters + 1),
        "Queue": mp.Queue(),
        "Lock": mp.Lock(),
    }


def waiter(replies: "Any", *arguments: "Any") -> None:
    replies.put(stand_by(*arguments))


def workers(mp: "Any", stopwatch: "Any", waiters: int = 1, rounds: int = 3) -> None:
    primitives, ready, gate = primitives_of(mp, waiters), mp.Semaphore(0), mp.Barrier(waiters + 1)
    replies = mp.SimpleQueue()
    team = [mp.Process(target=waiter, args=(replies, primitives, ready, gate, rounds)) for _ in range(waiters)]
    for process in team:
        process.start()
    signals = wake(primitives, ready, gate, waiters, rounds)
    tell(stopwatch, signals, [replies.get() for _ in team])
    for process in team:
        process.join()


def install(*shared: "Any") -> None:
    global primitives, ready, gate
    primitives, ready, gate = shared


def task(rounds: int) -> "list[int]":
    return stand_by(primitives, ready, gate, rounds)


def executor(mp: "Any", stopwatch: "Any", waiters: int = 1, rounds: int = 3) -> None:
    primitives, ready, gate = primitives_of(mp, waiters), mp.Semaphore(0), mp.Barrier(waiters + 1)
    with mp.Executor(max_workers=waiters, initializer=install, initargs=(primitives, ready, gate)) as pool:
        team = [pool.submit(task, rounds) for _ in range(waiters)]
        signals = wake(primitives, ready, gate, waiters, rounds)
        tell(stopwatch, signals, [done.result() for done in team])


def check(trace: "Trace", offers: "frozenset[str]", arguments: "Mapping[str, Any]") -> None:
    woke = trace.all("woke")
    for name in ("Event", "Condition", "Semaphore", "Barrier", "Queue", "Lock"):
        times = sum(event.actor == name for event in woke)
        wanted = REPEATS * arguments["rounds"]
        trace.require(times == wanted, f"{name} should wake the waiters {wanted} times, not {times}")
    for event in woke:
        signalled, stamps = event.value
        trace.require(len(stamps) == arguments["waiters"], f"{event.actor} woke {len(stamps)} workers")
        trace.require(min(stamps) >= signalled, f"a worker went on before {event.actor} gave its signal")


SCENARIO = Scenario(
    section="",
    title="Wake-up",
    question=__doc__,
    unit="wake-up",
    headline="Event",
    needs={"primitives of its own"},
    styles={"workers": workers, "executor": executor},
    absent={"serial": "one thread works alone: if it waited for itself it would wait for ever"},
    loads=lambda cpus: [Load(waiters=1), Load(waiters=max(2, cpus), full_grid=True)],
    check=check,
    calibrated=False,
    most_rounds=3,
)

"""How long does the main thread wait for the answer to a small question while workers are busy computing?"""

import sys
from time import perf_counter_ns

from study.scenario import Load, Scenario
from study.trace import say

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from study.trace import Trace

# Another program, whose answer takes a moment, as that of any server does. It ends with its input.
ECHO = """\
import os, time
while question := os.read(0, 1):
    time.sleep(50e-6)
    os.write(1, question)
"""
CHUNK = 10_000  # additions between two looks at the flag: about half a millisecond
BEYOND = {"p50": 500, "p90": 100, "p99": 10, "p99.9": 1}  # samples beyond each percentile, in a thousand
LEAST_BEYOND = 10  # samples that must lie beyond a percentile before it is one
ENOUGH = 20  # samples: the fewest that have a p50
GIVE_UP = 4  # times the seconds asked for are the longest that main waits for enough

stop: "Any"
gate: "Any"


def burn(name: str, stop: "Any", gate: "Any") -> None:
    """Keep a processor busy with pure Python until asked to stop."""
    total = chunks = 0
    say(name, "begins")
    gate.wait()
    while not stop.is_set():
        for number in range(CHUNK):
            total += number
        chunks += 1
    say(name, "stops", (chunks, total))


def start_echo() -> "Any":
    """Start the program that answers. Who waits for it lets the GIL go, and has to get it back for the answer."""
    import subprocess

    command = [sys.executable, "-I", "-S", "-c", ECHO]
    return subprocess.Popen(command, bufsize=0, stdin=subprocess.PIPE, stdout=subprocess.PIPE)


def ask(stopwatch: "Any", echo: "Any", seconds: float) -> None:
    times: list[int] = []
    answers = 0
    say("main", "asks")
    now = perf_counter_ns()
    until, at_last = now + int(seconds * 1e9), now + int(seconds * GIVE_UP * 1e9)
    while now < until or (now < at_last and len(times) < ENOUGH):
        begun = perf_counter_ns()
        echo.stdin.write(b"?")
        answers += echo.stdout.read(1) == b"?"
        now = perf_counter_ns()
        times.append(now - begun)
    say("main", "asked", (len(times), answers))
    note_waits(stopwatch, times)


def note_waits(stopwatch: "Any", nanoseconds: "list[int]") -> None:
    ordered = sorted(nanoseconds)
    stopwatch.note("mean", sum(ordered) // len(ordered))
    for percentile, beyond in BEYOND.items():
        if len(ordered) * beyond >= LEAST_BEYOND * 1000:
            stopwatch.note(percentile, ordered[len(ordered) * (1000 - beyond) // 1000])


def workers(mp: "Any", stopwatch: "Any", busy: int = 2, seconds: float = 0.2, rounds: int = 1) -> None:
    stop, gate = mp.Event(), mp.Barrier(busy + 1)
    with start_echo() as echo:
        team = [mp.Process(target=burn, args=(f"worker {number}", stop, gate)) for number in range(busy)]
        for process in team:
            process.start()
        gate.wait()
        for _ in range(rounds):
            ask(stopwatch, echo, seconds)
        stop.set()
        for process in team:
            process.join()


def install(*primitives: "Any") -> None:
    global stop, gate
    stop, gate = primitives


def task(name: str) -> None:
    burn(name, stop, gate)


def executor(mp: "Any", stopwatch: "Any", busy: int = 2, seconds: float = 0.2, rounds: int = 1) -> None:
    stop, gate = mp.Event(), mp.Barrier(busy + 1)
    # Each worker is given the event once, when it starts: submit() could hand it to a thread, not to a process.
    pool = mp.Executor(max_workers=busy, initializer=install, initargs=(stop, gate))
    with start_echo() as echo, pool:
        team = [pool.submit(task, f"worker {number}") for number in range(busy)]
        gate.wait()
        for _ in range(rounds):
            ask(stopwatch, echo, seconds)
        stop.set()
        for done in team:
            done.result()


def serial(mp: "Any", stopwatch: "Any", busy: int = 0, seconds: float = 0.2, rounds: int = 1) -> None:
    with start_echo() as echo:
        for _ in range(rounds):
            ask(stopwatch, echo, seconds)


def check(trace: "Trace", offers: "frozenset[str]", arguments: "Mapping[str, Any]") -> None:
    asks, asked = trace.all("asks"), trace.all("asked")
    trace.require(len(asks) == len(asked) == arguments["rounds"], f"main asked {len(asked)} times, not once a round")
    trace.require(all(0 < sent == received for sent, received in trace.values("asked")), "an answer was wrong")
    burning = trace.spans("begins", "stops")
    trace.require(len(burning) == arguments["busy"], f"{len(burning)} workers computed, not {arguments['busy']}")
    for begins, stops in burning:
        throughout = begins <= asks[0].time_ns and asked[-1].time_ns <= stops
        trace.require(throughout, "a worker was not busy while main asked")
    sums = trace.values("stops")
    right = all(chunks > 0 and total == chunks * (CHUNK * (CHUNK - 1) // 2) for chunks, total in sums)
    trace.require(right, "a worker computed nothing, or something wrong")


SCENARIO = Scenario(
    section="",
    title="Responsiveness",
    question=__doc__,
    unit="question and answer of one byte",
    headline="mean",
    styles={"workers": workers, "executor": executor, "serial": serial},
    loads=lambda cpus: [
        Load(busy=cpus, seconds=0.2, needs={"several workers"}),
        Load(busy=0, seconds=0.2, needs={"solitude"}),
        Load(busy=cpus, seconds=10, full_grid=True, needs={"several workers"}),
    ],
    check=check,
    calibrated=False,
    most_rounds=1,
)

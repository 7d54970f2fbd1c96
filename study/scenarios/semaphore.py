"""Do as many workers as there are permits, and never more, get in at once, and what does a permit cost?"""

import time

from study.scenario import Load, Scenario
from study.trace import say

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from study.trace import Trace

PERMITS = 2

semaphore: "Any"
inside: "Any"
gate: "Any"


def visit(number: int, semaphore: "Any", inside: "Any", unit_s: float) -> None:
    with semaphore:
        say(f"Process-{number + 1}", "acquire")
        if number < PERMITS:
            inside.wait()  # the first ones meet in here: proof that the permits are held at the same time
        time.sleep(number * unit_s)
        say(f"Process-{number + 1}", "release")


def take_permits(semaphore: "Any", gate: "Any", operations: int, rounds: int) -> None:
    for _ in range(rounds):
        gate.wait()  # ready
        gate.wait()  # go
        for _ in range(operations):
            with semaphore:
                pass
        gate.wait()  # done


def worker(
    number: int, semaphore: "Any", inside: "Any", gate: "Any", unit_s: float, operations: int, rounds: int
) -> None:
    gate.wait()  # everyone is here: without the semaphore they would now all go in
    visit(number, semaphore, inside, unit_s)
    take_permits(semaphore, gate, operations, rounds)


def workers(
    mp: "Any", stopwatch: "Any", width: int = 3, unit_s: float = 0.002, operations: int = 3000, rounds: int = 3
) -> None:
    semaphore, inside, gate = mp.Semaphore(PERMITS), mp.Barrier(PERMITS), mp.Barrier(width + 1)
    team = [
        mp.Process(target=worker, args=(number, semaphore, inside, gate, unit_s, operations, rounds))
        for number in range(width)
    ]
    for process in team:
        process.start()
    gate.wait()  # everyone is up
    for _ in range(rounds):
        gate.wait()  # everyone is ready
        with stopwatch("acquire + release", width * operations):
            gate.wait()  # go
            gate.wait()  # everyone is done
    for process in team:
        process.join()


def as_written(mp: "Any", stopwatch: "Any", width: int = 5, unit_s: float = 0.002, rounds: int = 3) -> None:
    semaphore = mp.Semaphore(PERMITS)
    for number in range(width):
        process = mp.Process(target=plain_visit, args=(number, semaphore, unit_s))
        process.start()
    # No join(): nothing keeps the semaphore alive until the workers have it.


def plain_visit(number: int, semaphore: "Any", unit_s: float) -> None:
    semaphore.acquire()
    say(f"Process-{number + 1}", "acquire")
    time.sleep(number * unit_s)
    say(f"Process-{number + 1}", "release")
    semaphore.release()


def install(*primitives: "Any") -> None:
    global semaphore, inside, gate
    semaphore, inside, gate = primitives


def task(number: int, unit_s: float, operations: int, rounds: int) -> None:
    worker(number, semaphore, inside, gate, unit_s, operations, rounds)


def executor(
    mp: "Any", stopwatch: "Any", width: int = 3, unit_s: float = 0.002, operations: int = 3000, rounds: int = 3
) -> None:
    semaphore, inside, gate = mp.Semaphore(PERMITS), mp.Barrier(PERMITS), mp.Barrier(width + 1)
    # As many workers as tasks, because they all wait for each other at the gate.
    with mp.Executor(max_workers=width, initializer=install, initargs=(semaphore, inside, gate)) as pool:
        team = [pool.submit(task, number, unit_s, operations, rounds) for number in range(width)]
        gate.wait()
        for _ in range(rounds):
            gate.wait()
            with stopwatch("acquire + release", width * operations):
                gate.wait()
                gate.wait()
        for done in team:
            done.result()


def check(trace: "Trace", offers: "frozenset[str]", arguments: "Mapping[str, Any]") -> None:
    visits = trace.spans("acquire", "release")
    trace.require(len(visits) == arguments["width"], f"{arguments['width']} workers should get in, {len(visits)} did")
    most = trace.overlap("acquire", "release")
    trace.require(most == PERMITS, f"{most} workers were inside at once, with {PERMITS} permits")


SCENARIO = Scenario(
    section="6",
    title="Semaphore",
    question=__doc__,
    unit="acquire + release, three workers, two permits",
    headline="acquire + release",
    styles={"workers": workers, "executor": executor},
    absent={"serial": "one thread works alone: it can never be too many"},
    as_written=as_written,
    defect="no join(): the semaphore is gone before spawned workers have it; they die, and the exit status is still 0",
    loads=lambda cpus: [Load(width=3)],
    check=check,
    words={"acquire": "{actor} acquire", "release": "{actor} release"},
    printed="""\
Process-2acquire
Process-3acquire
Process-2release

Process-4acquire
Process-3release

Process-1acquire
Process-1release

Process-5acquire
Process-4release

Process-5release""",
    document={"width": 5, "unit_s": 2.0},
)

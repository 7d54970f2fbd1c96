"""Do two workers ever hold one lock at the same time, and what does it cost to take it in turns?"""

import time

from study.scenario import Load, Scenario
from study.trace import say

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from study.trace import Trace

lock: "Any"
gate: "Any"


def worker_with(lock: "Any", hold_s: float) -> None:
    with lock:
        say("via with", "acquired")
        time.sleep(hold_s)
        say("via with", "released")


def worker_no_with(lock: "Any", hold_s: float) -> None:
    lock.acquire()
    try:
        say("directly", "acquired")
        time.sleep(hold_s)
        say("directly", "released")
    finally:
        lock.release()


def take_turns(lock: "Any", gate: "Any", operations: int, rounds: int) -> None:
    for _ in range(rounds):
        gate.wait()  # ready
        gate.wait()  # go
        for _ in range(operations):
            with lock:
                pass
        gate.wait()  # done


def worker(first: "Any", lock: "Any", gate: "Any", hold_s: float, operations: int, rounds: int) -> None:
    gate.wait()  # everyone is here: without the lock they would now hold it together
    first(lock, hold_s)
    take_turns(lock, gate, operations, rounds)


def workers(mp: "Any", stopwatch: "Any", hold_s: float = 0.005, operations: int = 5000, rounds: int = 3) -> None:
    lock, gate = mp.Lock(), mp.Barrier(3)
    team = [
        mp.Process(target=worker, args=(first, lock, gate, hold_s, operations, rounds))
        for first in (worker_with, worker_no_with)
    ]
    for process in team:
        process.start()
    gate.wait()  # both are up
    for _ in range(rounds):
        gate.wait()  # both are ready
        with stopwatch("acquire + release", 2 * operations):
            gate.wait()  # go
            gate.wait()  # both are done
    for process in team:
        process.join()


def install(shared_lock: "Any", shared_gate: "Any") -> None:
    global lock, gate
    lock, gate = shared_lock, shared_gate


def task(first: "Any", hold_s: float, operations: int, rounds: int) -> None:
    worker(first, lock, gate, hold_s, operations, rounds)


def executor(mp: "Any", stopwatch: "Any", hold_s: float = 0.005, operations: int = 5000, rounds: int = 3) -> None:
    lock, gate = mp.Lock(), mp.Barrier(3)
    # Each worker is given the lock once, when it starts: submit() could hand it to a thread, not to a process.
    with mp.Executor(max_workers=2, initializer=install, initargs=(lock, gate)) as pool:
        team = [pool.submit(task, first, hold_s, operations, rounds) for first in (worker_with, worker_no_with)]
        gate.wait()
        for _ in range(rounds):
            gate.wait()
            with stopwatch("acquire + release", 2 * operations):
                gate.wait()
                gate.wait()
        for done in team:
            done.result()


def check(trace: "Trace", offers: "frozenset[str]", arguments: "Mapping[str, Any]") -> None:
    trace.require(len(trace.spans("acquired", "released")) == 2, "both workers should take the lock once")
    trace.require(trace.overlap("acquired", "released") == 1, "two workers held the lock at the same time")


SCENARIO = Scenario(
    section="4",
    title="Lock",
    question=__doc__,
    unit="acquire + release, two workers",
    headline="acquire + release",
    styles={"workers": workers, "executor": executor},
    absent={"serial": "one thread works alone: there is nobody to lock out"},
    loads=lambda cpus: [Load(width=2)],
    check=check,
    words={"acquired": "Lock acquired {actor}"},
    printed="""\
Lock acquired via with
Lock acquired directly""",
    document={"hold_s": 0.0},
)

"""Do all workers see one dict and one list, and what does a write to the dict cost?"""

from study.scenario import Load, Scenario
from study.trace import say

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from study.trace import Trace

gate: "Any"


def worker(shared: "Any", seen: "Any", key: int) -> None:
    shared[key] = key * 2
    seen.append(key * 2)


def write(shared: "Any", keys: "range", operations: int) -> None:
    for key in keys:
        for _ in range(operations):
            shared[key] = key * 2


def write_in_turn(shared: "Any", seen: "Any", keys: "range", gate: "Any", operations: int, rounds: int) -> None:
    for key in keys:
        worker(shared, seen, key)
    for _ in range(rounds):
        gate.wait()  # ready
        gate.wait()  # go
        write(shared, keys, operations)
        gate.wait()  # done


def workers(mp: "Any", stopwatch: "Any", width: int = 2, keys: int = 10, operations: int = 20, rounds: int = 3) -> None:
    gate = mp.Barrier(width + 1)
    with mp.Manager() as manager:
        shared, seen = manager.dict(), manager.list()
        jobs = [
            mp.Process(target=write_in_turn, args=(shared, seen, range(i, keys, width), gate, operations, rounds))
            for i in range(width)
        ]
        for job in jobs:
            job.start()
        for _ in range(rounds):
            gate.wait()
            with stopwatch("write", keys * operations):
                gate.wait()  # go
                gate.wait()  # done
        for job in jobs:
            job.join()
        say("main", "dict", dict(shared))
        say("main", "list", list(seen))


def install(shared_gate: "Any") -> None:
    global gate
    gate = shared_gate


def task(shared: "Any", seen: "Any", keys: "range", operations: int, rounds: int) -> None:
    write_in_turn(shared, seen, keys, gate, operations, rounds)


def executor(
    mp: "Any", stopwatch: "Any", width: int = 2, keys: int = 10, operations: int = 20, rounds: int = 3
) -> None:
    gate = mp.Barrier(width + 1)
    with mp.Manager() as manager:
        shared, seen = manager.dict(), manager.list()
        with mp.Executor(max_workers=width, initializer=install, initargs=(gate,)) as pool:
            jobs = [pool.submit(task, shared, seen, range(i, keys, width), operations, rounds) for i in range(width)]
            for _ in range(rounds):
                gate.wait()
                with stopwatch("write", keys * operations):
                    gate.wait()  # go
                    gate.wait()  # done
            for job in jobs:
                job.result()
        say("main", "dict", dict(shared))
        say("main", "list", list(seen))


def serial(mp: "Any", stopwatch: "Any", keys: int = 10, operations: int = 2000, rounds: int = 3) -> None:
    shared: dict[int, int] = {}
    seen: list[int] = []
    for key in range(keys):
        worker(shared, seen, key)
    for _ in range(rounds):
        with stopwatch("write", keys * operations):
            write(shared, range(keys), operations)
    say("main", "dict", shared)
    say("main", "list", seen)


def check(trace: "Trace", offers: "frozenset[str]", arguments: "Mapping[str, Any]") -> None:
    asked = {key: key * 2 for key in range(arguments["keys"])}
    trace.require(trace.one("dict").value == asked, "the dict lacks what a worker wrote")
    seen = sorted(map(repr, trace.one("list").value))
    trace.require(seen == sorted(map(repr, asked.values())), "the list lacks what a worker appended")


SCENARIO = Scenario(
    section="7",
    title="Manager",
    question=__doc__,
    unit="dict write, two writers",
    headline="write",
    styles={"workers": workers, "executor": executor, "serial": serial},
    loads=lambda cpus: [Load(width=2)],
    check=check,
    words={"dict": "Results: {value}"},
    printed="Results: {0: 0, 2: 4, 3: 6, 1: 2, 4: 8, 6: 12, 5: 10, 7: 14, 8: 16, 9: 18}",
    document={"width": 10, "keys": 10},
)

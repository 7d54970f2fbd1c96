"""How much faster does a pool finish the same work with more workers, at its own chunk size and at a tuned one?"""

import time

from study.scenario import Load, Scenario
from study.trace import say

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from study.trace import Trace

TASKS = 32
LOOPS = 8000  # of pure Python in a task: about half a millisecond
WAIT_S = 0.0005
BUFFER = bytes(256 * 1024)  # long enough for hashlib to release the GIL

gate: "Any"


def compute(number: int) -> int:
    total = 0
    for i in range(LOOPS):
        total += i * number
    return total


def digest(number: int) -> "tuple[int, str]":
    import hashlib  # here, because workers that hash nothing would be paying for it at their start

    return number, hashlib.sha256(BUFFER).hexdigest()


def wait(number: int) -> int:
    time.sleep(WAIT_S)
    return number


WORKLOADS = {"cpu": compute, "hash": digest, "wait": wait}


def is_right(workload: str, answers: "list[Any]") -> bool:
    _, hashed = digest(0)
    right = {
        "cpu": [number * LOOPS * (LOOPS - 1) // 2 for number in range(len(answers))],
        "hash": [(number, hashed) for number in range(len(answers))],
        "wait": list(range(len(answers))),
    }
    return answers == right[workload]


def install(shared_gate: "Any") -> None:
    global gate
    gate = shared_gate


def meet(_: int) -> None:
    gate.wait()


def tuned(tasks: int, width: int) -> int:
    """Two chunks for each worker: few messages, and still something left to even out with."""
    return max(1, tasks // (2 * width))


def workers(
    mp: "Any", stopwatch: "Any", workload: str = "cpu", width: int = 2, tasks: int = TASKS, rounds: int = 3
) -> None:
    task = WORKLOADS[workload]
    pool = mp.Pool(width, initializer=install, initargs=(mp.Barrier(width),))
    pool.map(meet, range(width), chunksize=1)  # every worker is up
    for _ in range(rounds):
        with stopwatch("default chunks", tasks):
            answers = pool.map(task, range(tasks))
        say("main", "right", (len(answers), is_right(workload, answers)))
        with stopwatch("tuned chunks", tasks):
            answers = pool.map(task, range(tasks), chunksize=tuned(tasks, width))
        say("main", "right", (len(answers), is_right(workload, answers)))
    pool.close()
    pool.join()


def executor(
    mp: "Any", stopwatch: "Any", workload: str = "cpu", width: int = 2, tasks: int = TASKS, rounds: int = 3
) -> None:
    task = WORKLOADS[workload]
    with mp.Executor(max_workers=width, initializer=install, initargs=(mp.Barrier(width),)) as pool:
        list(pool.map(meet, range(width)))
        for _ in range(rounds):
            with stopwatch("default chunks", tasks):
                answers = list(pool.map(task, range(tasks)))
            say("main", "right", (len(answers), is_right(workload, answers)))
            with stopwatch("tuned chunks", tasks):
                answers = list(pool.map(task, range(tasks), chunksize=tuned(tasks, width)))
            say("main", "right", (len(answers), is_right(workload, answers)))


def serial(
    mp: "Any", stopwatch: "Any", workload: str = "cpu", width: int = 1, tasks: int = TASKS, rounds: int = 3
) -> None:
    task = WORKLOADS[workload]
    for _ in range(rounds):
        with stopwatch("default chunks", tasks):
            answers = [task(number) for number in range(tasks)]
        say("main", "right", (len(answers), is_right(workload, answers)))


def check(trace: "Trace", offers: "frozenset[str]", arguments: "Mapping[str, Any]") -> None:
    right = trace.values("right")
    trace.require(bool(right), "no round reported its answers")
    trace.require(all(answer == (arguments["tasks"], True) for answer in right), "map() gave wrong answers")


def loads(cpus: int) -> "list[Load]":
    widths = sorted({1, cpus, 2 * cpus, *(2**n for n in range(cpus.bit_length()))})
    least_tasks = 8 * widths[-1]  # eight tasks for each worker at the largest width
    more: Any = {} if least_tasks <= TASKS else {"tasks": least_tasks}
    return [
        Load(
            workload=workload,
            width=width,
            headline=workload == "cpu" and width == cpus,
            needs={"several workers"} if width > 1 else (),
            **more,
        )
        for workload in WORKLOADS
        for width in widths
    ]


SCENARIO = Scenario(
    section="",
    title="Pool scaling",
    question=__doc__,
    unit="task",
    headline="default chunks",
    styles={"workers": workers, "executor": executor, "serial": serial},
    loads=loads,
    check=check,
    calibrated=False,
    most_rounds=3,
)

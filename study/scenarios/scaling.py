"""How much faster does a pool finish the same work with more workers, at its own chunk size and at a tuned one?"""

import contextlib
import marshal
import os
import sys
import threading
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
ITEMS = 30000  # of the list that all tasks read: summing it up lasts about half a millisecond too

gate: "Any"
lock: "Any"
numbers: "list[int]"


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


SHARING = ("shared", "lock1", "lock10")  # workloads whose tasks have an object in common


def read(number: int) -> int:
    return number + sum(numbers)


def compute_locked(percent: int, number: int) -> int:
    """What compute() does, holding the lock for the first so many percent of it."""
    held = LOOPS * percent // 100
    total = 0
    with lock:
        for i in range(held):
            total += i * number
    for i in range(held, LOOPS):
        total += i * number
    return total


def compute_lock1(number: int) -> int:
    return compute_locked(1, number)


def compute_lock10(number: int) -> int:
    return compute_locked(10, number)


APART = {"cpu": compute, "hash": digest, "wait": wait}  # workloads whose tasks have nothing in common
WORKLOADS = {
    **APART,
    "shared": read,
    "lock1": compute_lock1,
    "lock10": compute_lock10,
}


def is_right(workload: str, answers: "list[Any]") -> bool:
    numbers = range(len(answers))
    if workload == "hash":
        _, hashed = digest(0)  # here only: hashlib takes a child 10 to 25 ms to import
        return answers == [(number, hashed) for number in numbers]
    if workload == "wait":
        return answers == list(numbers)
    if workload == "shared":
        return answers == [number + ITEMS * (ITEMS - 1) // 2 for number in numbers]
    return answers == [number * LOOPS * (LOOPS - 1) // 2 for number in numbers]


def items(workload: str) -> "list[int]":
    """What the tasks of a workload read in common."""
    return list(range(ITEMS)) if workload == "shared" else []


def install(shared_gate: "Any", shared_lock: "Any", shared_numbers: "list[int]") -> None:
    global gate, lock, numbers
    gate, lock, numbers = shared_gate, shared_lock, shared_numbers


def meet(_: int) -> None:
    gate.wait()


def work_as(job: "tuple[str, int]") -> "tuple[int, int]":
    """Do a task, and tell which worker did it."""
    workload, number = job
    WORKLOADS[workload](number)
    return os.getpid(), threading.get_ident()


def largest_share(seen: "list[tuple[int, int]]") -> float:
    """How much of all tasks the busiest worker did: 1 / width when they share alike, 1 when one does everything."""
    return max(map(seen.count, seen)) / len(seen)


def tuned(tasks: int, width: int) -> int:
    """Two chunks for each worker: few messages, and still something left to even out with."""
    return max(1, tasks // (2 * width))


def workers(
    mp: "Any", stopwatch: "Any", workload: str = "cpu", width: int = 2, tasks: int = TASKS, rounds: int = 3
) -> None:
    task = WORKLOADS[workload]
    pool = mp.Pool(width, initializer=install, initargs=(mp.Barrier(width), mp.Lock(), items(workload)))
    pool.map(meet, range(width), chunksize=1)  # every worker is up
    for _ in range(rounds):
        with stopwatch("default chunks", tasks):
            answers = pool.map(task, range(tasks))
        say("main", "right", (len(answers), is_right(workload, answers)))
        with stopwatch("tuned chunks", tasks):
            answers = pool.map(task, range(tasks), chunksize=tuned(tasks, width))
        say("main", "right", (len(answers), is_right(workload, answers)))
    seen = pool.map(work_as, [(workload, number) for number in range(tasks)])
    stopwatch.count("largest share", largest_share(seen), "1")
    pool.close()
    pool.join()


def executor(
    mp: "Any", stopwatch: "Any", workload: str = "cpu", width: int = 2, tasks: int = TASKS, rounds: int = 3
) -> None:
    task = WORKLOADS[workload]
    shared = (mp.Barrier(width), mp.Lock(), items(workload))
    with mp.Executor(max_workers=width, initializer=install, initargs=shared) as pool:
        list(pool.map(meet, range(width)))
        for _ in range(rounds):
            with stopwatch("default chunks", tasks):
                answers = list(pool.map(task, range(tasks)))
            say("main", "right", (len(answers), is_right(workload, answers)))
            with stopwatch("tuned chunks", tasks):
                answers = list(pool.map(task, range(tasks), chunksize=tuned(tasks, width)))
            say("main", "right", (len(answers), is_right(workload, answers)))
        seen = list(pool.map(work_as, [(workload, number) for number in range(tasks)]))
        stopwatch.count("largest share", largest_share(seen), "1")


def serial(
    mp: "Any", stopwatch: "Any", workload: str = "cpu", width: int = 1, tasks: int = TASKS, rounds: int = 3
) -> None:
    task = WORKLOADS[workload]
    install(None, contextlib.nullcontext(), items(workload))  # nobody to lock out
    for _ in range(rounds):
        with stopwatch("default chunks", tasks):
            answers = [task(number) for number in range(tasks)]
        say("main", "right", (len(answers), is_right(workload, answers)))


INTERPRETER = """
import marshal, sys, time
code, constants, share, rounds = marshal.load(sys.stdin.buffer)
task = type(lambda: 0)(code, {**constants, "__builtins__": __builtins__, "time": time})
for _ in range(1 + rounds):  # the first time to warm up
    marshal.dump([task(number) for number in share], sys.stdout.buffer)
    sys.stdout.flush()
    sys.stdin.buffer.read(1)  # the gate
"""


def start_interpreter(workload: str, share: "list[int]", rounds: int) -> "tuple[int, Any, Any]":
    """An interpreter of its own, which has nothing but the code of its task and the numbers of its share."""
    (requests, gate), (answers, replies) = os.pipe(), os.pipe()
    ends = [(os.POSIX_SPAWN_DUP2, requests, 0), (os.POSIX_SPAWN_DUP2, replies, 1)]
    command = [sys.executable, "-I", "-S", "-c", INTERPRETER]
    pid = os.posix_spawn(sys.executable, command, os.environ, file_actions=ends)
    os.close(requests)
    os.close(replies)
    opener = os.fdopen(gate, "wb")
    constants = {"LOOPS": LOOPS, "WAIT_S": WAIT_S, "BUFFER": BUFFER}
    marshal.dump((APART[workload].__code__, constants, share, rounds), opener)
    opener.flush()
    return pid, opener, os.fdopen(answers, "rb")


def floor_interpreter(
    mp: "Any", stopwatch: "Any", workload: str = "cpu", width: int = 2, tasks: int = TASKS, rounds: int = 3
) -> None:
    """The ceiling: as many interpreters that have nothing in common, each with its share before the clock starts."""
    numbers = list(range(tasks))
    team = [start_interpreter(workload, numbers[first::width], rounds) for first in range(width)]
    answers = [marshal.load(replies) for _, _, replies in team]  # everybody is up
    for _ in range(rounds):
        with stopwatch("default chunks", tasks):
            for _, opener, _ in team:
                opener.write(b"!")
                opener.flush()
            answers = [marshal.load(replies) for _, _, replies in team]
        merged = [answers[number % width][number // width] for number in numbers]
        say("main", "right", (len(merged), is_right(workload, merged)))
    for pid, opener, replies in team:
        opener.close()
        replies.close()
        os.waitpid(pid, 0)


def check(trace: "Trace", offers: "frozenset[str]", arguments: "Mapping[str, Any]") -> None:
    right = trace.values("right")
    trace.require(bool(right), "no round reported its answers")
    trace.require(all(answer == (arguments["tasks"], True) for answer in right), "map() gave wrong answers")


def floor_of(workload: str, fits: bool) -> str:
    """Where the ceiling is measured: tasks with an object in common have none, and it is flat once all CPUs are busy."""
    if workload not in APART:
        return ""
    return "always" if workload == "cpu" and fits else "full"


def is_usual(workload: str, width: int, cpus: int) -> bool:
    """Whether the default profile has time for it: what one worker costs, and what too many gain, "cpu" shows for all."""
    if workload == "cpu" or width == cpus:
        return workload not in ("shared", "lock1")
    return width > 1 and (workload == "wait" or (workload == "hash" and width < cpus))


def loads(cpus: int) -> "list[Load]":
    widths = sorted({1, cpus, 2 * cpus, *(2**n for n in range(cpus.bit_length()))})
    least_tasks = 8 * widths[-1]  # eight tasks for each worker at the largest width
    more: Any = {} if least_tasks <= TASKS else {"tasks": least_tasks}
    return [
        Load(
            workload=workload,
            width=width,
            headline=workload == "cpu" and width == cpus,
            full_grid=not is_usual(workload, width, cpus),
            floor=floor_of(workload, width <= cpus),
            # Where no pool of one worker is usual, the serial loop has to be there too: nobody else is its baseline.
            needs={"several workers"} if width > 1 and not (width == cpus and workload != "cpu") else (),
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
    styles={"workers": workers, "executor": executor, "serial": serial, "floor.interpreter": floor_interpreter},
    loads=loads,
    check=check,
    calibrated=False,
    most_rounds=2,
)

"""What does it cost to replace a worker after every few tasks, and what of their leaks does that give back?"""

from study.scenario import Load, Scenario
from study.trace import say

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from study.trace import Trace

LEAK_BYTES = 1 << 20  # by each task
MOST_TASKS = 20  # in a round

leaked: "list[bytes]" = []


def leak(number: int) -> "tuple[int, int, int]":
    """A task that never frees: its number, who did it, and the most bytes that worker has held."""
    import os
    import resource
    import sys

    leaked.append(bytes([number + 1]) * LEAK_BYTES)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return number, os.getpid(), peak if sys.platform == "darwin" else 1024 * peak


def tasks_of(limit: "int | str") -> int:
    """The tasks of a round: so many that it sees two workers go, and no more, because each costs a start."""
    return min(MOST_TASKS, 2 * most_of(limit))


def most_of(limit: "int | str") -> int:
    """How many tasks a worker does at the most."""
    return limit if isinstance(limit, int) else 10**9


def note(stopwatch: "Any", answers: "list[tuple[int, int, int]]") -> None:
    for _, _, held in answers:
        stopwatch.count("memory after a task", held, "B")  # in turn: the teeth of the saw
    stopwatch.count("peak memory", max(held for _, _, held in answers), "B")
    say("main", "done", [(number, pid) for number, pid, _ in answers])


# One worker, so that nobody else works while it is replaced.
def workers(mp: "Any", stopwatch: "Any", limit: "int | str" = 10, rounds: int = 2) -> None:
    tasks = tasks_of(limit)
    pool = mp.Pool(1, maxtasksperchild=None if limit == "none" else limit)
    for _ in range(rounds):
        with stopwatch("task", tasks):
            answers = pool.map(leak, range(tasks), chunksize=1)  # maxtasksperchild counts chunks, not items
        note(stopwatch, answers)
    pool.close()
    pool.join()


def executor(mp: "Any", stopwatch: "Any", limit: "int | str" = 10, rounds: int = 2) -> None:
    tasks = tasks_of(limit)
    with mp.Executor(max_workers=1, max_tasks_per_child=None if limit == "none" else limit) as pool:
        for _ in range(rounds):
            with stopwatch("task", tasks):
                answers = list(pool.map(leak, range(tasks)))
            note(stopwatch, answers)


def check(trace: "Trace", offers: "frozenset[str]", arguments: "Mapping[str, Any]") -> None:
    tasks, most = tasks_of(arguments["limit"]), most_of(arguments["limit"])
    rounds = trace.values("done")
    trace.require(len(rounds) == arguments["rounds"], f"{len(rounds)} rounds of {arguments['rounds']} were answered")
    for done in rounds:
        in_order = [number for number, _ in done] == list(range(tasks))
        trace.require(in_order, "an answer is missing, doubled or out of order")
    pids = [pid for done in rounds for _, pid in done]
    busiest = max(map(pids.count, pids))
    trace.require(busiest <= most, f"one worker did {busiest} tasks; {most} were allowed")
    started = -(-len(pids) // most)
    trace.require(len(set(pids)) == started, f"{len(set(pids))} workers did the tasks; {started} should have")
    replaced = sum(pids[at] != pids[at + 1] for at in range(len(pids) - 1))
    trace.require(replaced == started - 1, "a worker that was replaced came back")


SCENARIO = Scenario(
    section="",
    title="Recycling workers",
    question=__doc__,
    unit="task of a pool of one worker",
    headline="task",
    needs={"recycled workers"},
    styles={"workers": workers, "executor": executor},
    absent={"serial": "one thread works alone: there are no workers to replace"},
    loads=lambda cpus: [Load(limit="none"), Load(limit=10), Load(limit=1), Load(limit=2, full_grid=True)],
    check=check,
    calibrated=False,
    about_starting=True,
    most_rounds=2,
)

"""Does map() return every answer in the order of its inputs, and what does a task cost?"""

from study.scenario import Load, Scenario
from study.trace import say

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from study.trace import Trace

INPUTS = list(range(10))

gate: "Any"


def do_calculation(data: int) -> int:
    return data * 2


def start_process(shared_gate: "Any") -> None:
    global gate
    gate = shared_gate
    say("worker", "starting")


def meet(_: int) -> None:
    gate.wait()


def workers(mp: "Any", stopwatch: "Any", width: int = 2, operations: int = 2000, rounds: int = 3) -> None:
    say("main", "input", INPUTS)
    say("main", "built-in", list(map(do_calculation, INPUTS)))
    gate = mp.Barrier(width)
    pool = mp.Pool(processes=width, initializer=start_process, initargs=(gate,))
    pool.map(meet, range(width), chunksize=1)  # one task each: every worker is up
    say("main", "output", pool.map(do_calculation, INPUTS))
    for _ in range(rounds):
        with stopwatch("task", operations):
            answers = pool.map(do_calculation, range(operations))
        say("main", "counted", sum(answer == 2 * number for number, answer in enumerate(answers)))
    pool.close()  # no more tasks
    pool.join()  # wrap up current tasks


def executor(mp: "Any", stopwatch: "Any", width: int = 2, operations: int = 200, rounds: int = 3) -> None:
    say("main", "input", INPUTS)
    say("main", "built-in", list(map(do_calculation, INPUTS)))
    with mp.Executor(max_workers=width, initializer=start_process, initargs=(mp.Barrier(width),)) as pool:
        list(pool.map(meet, range(width)))
        say("main", "output", list(pool.map(do_calculation, INPUTS)))
        for _ in range(rounds):
            with stopwatch("task", operations):
                answers = list(pool.map(do_calculation, range(operations)))
            say("main", "counted", sum(answer == 2 * number for number, answer in enumerate(answers)))


def serial(mp: "Any", stopwatch: "Any", operations: int = 20000, rounds: int = 3) -> None:
    say("main", "input", INPUTS)
    say("main", "built-in", list(map(do_calculation, INPUTS)))
    say("main", "output", [do_calculation(number) for number in INPUTS])
    for _ in range(rounds):
        with stopwatch("task", operations):
            answers = list(map(do_calculation, range(operations)))
        say("main", "counted", sum(answer == 2 * number for number, answer in enumerate(answers)))


def check(trace: "Trace", offers: "frozenset[str]", arguments: "Mapping[str, Any]") -> None:
    output = trace.one("output").value
    trace.require(output == trace.one("built-in").value, f"map() gave {output}, the built-in map another answer")
    starts = trace.all("starting")
    identities = {(event.pid, event.thread) for event in starts}
    trace.require(len(identities) == len(starts) == arguments.get("width", 0), "each worker should be initialized once")
    trace.counts(arguments["operations"] * arguments["rounds"])


SCENARIO = Scenario(
    section="9",
    title="Pool",
    question=__doc__,
    unit="task, chunks at the default size",
    headline="task",
    styles={"workers": workers, "executor": executor, "serial": serial},
    loads=lambda cpus: [Load(width=2)],
    check=check,
    words={
        "input": "Input   : {value}",
        "built-in": "Built-in: {value}",
        "starting": "Starting worker {pid}/{thread}",
        "output": "Pool    : {value}",
    },
    printed="""\
Input   : [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]
Built-in: <map object at 0x000000000256A080>
Starting SpawnPoolWorker-2
Starting SpawnPoolWorker-3
Starting SpawnPoolWorker-4
Starting SpawnPoolWorker-1
Starting SpawnPoolWorker-6
Starting SpawnPoolWorker-5
Starting SpawnPoolWorker-7
Starting SpawnPoolWorker-8
Pool    : [0, 2, 4, 6, 8, 10, 12, 14, 16, 18]""",
    document={"width": 8},
)

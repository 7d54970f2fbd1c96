"""Is a worker replaced after so many tasks, and what does that add to each of them?"""

from study.scenario import Load, Scenario
from study.trace import say

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from study.trace import Trace

INPUTS = list(range(10))
TASKS_PER_WORKER = 2


def do_calculation(data: int) -> int:
    say("worker", "task", data)
    return data * 2


def start_process() -> None:
    say("worker", "starting")


def workers(mp: "Any", stopwatch: "Any", width: int = 2, rounds: int = 2) -> None:
    say("main", "input", INPUTS)
    say("main", "built-in", [data * 2 for data in INPUTS])
    pool = mp.Pool(processes=width, initializer=start_process, maxtasksperchild=TASKS_PER_WORKER)
    for _ in range(rounds):
        with stopwatch("task", len(INPUTS)):
            answers = pool.map(do_calculation, INPUTS, chunksize=1)  # maxtasksperchild counts chunks, not items
        say("main", "output", answers)
    pool.close()
    pool.join()


def executor(mp: "Any", stopwatch: "Any", width: int = 2, rounds: int = 2) -> None:
    say("main", "input", INPUTS)
    say("main", "built-in", [data * 2 for data in INPUTS])
    with mp.Executor(max_workers=width, initializer=start_process, max_tasks_per_child=TASKS_PER_WORKER) as pool:
        for _ in range(rounds):
            with stopwatch("task", len(INPUTS)):
                answers = list(pool.map(do_calculation, INPUTS))
            say("main", "output", answers)


def check(trace: "Trace", offers: "frozenset[str]", arguments: "Mapping[str, Any]") -> None:
    asked = trace.one("built-in").value
    outputs = trace.values("output")
    trace.require(outputs == [asked] * arguments["rounds"], f"map() gave {outputs}, not {asked} each time")
    tasks = len(INPUTS) * arguments["rounds"]
    each_once = sorted(trace.values("task")) == sorted(INPUTS * arguments["rounds"])
    trace.require(each_once, "each item should be worked on exactly once")
    workers = {event.pid for event in trace.all("starting")}
    worked = [event.pid for event in trace.all("task")]
    trace.require(workers.issuperset(worked), "a task was done by a worker that never started")
    for pid in workers:
        done = worked.count(pid)
        trace.require(done <= TASKS_PER_WORKER, f"one worker did {done} tasks; {TASKS_PER_WORKER} were allowed")
    least, most = -(-tasks // TASKS_PER_WORKER), arguments["width"] + tasks // TASKS_PER_WORKER
    trace.require(least <= len(workers) <= most, f"{len(workers)} workers were started; {least} to {most} are possible")


SCENARIO = Scenario(
    section="9b",
    title="Pool with recycled workers",
    question=__doc__,
    unit="task, a new worker after every second",
    headline="task",
    needs={"recycled workers"},
    styles={"workers": workers, "executor": executor},
    absent={"serial": "one thread works alone: there are no workers to replace"},
    loads=lambda cpus: [Load(width=2)],
    check=check,
    words={
        "input": "Input   : {value}",
        "built-in": "Built-in: {value}",
        "starting": "Starting worker {pid}",
        "output": "Pool    : {value}",
    },
    printed="""\
Input   : [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]
Built-in: <map object at 0x00000000025CA080>
Starting SpawnPoolWorker-4
Starting SpawnPoolWorker-2
Starting SpawnPoolWorker-1
Starting SpawnPoolWorker-5
Starting SpawnPoolWorker-3
Starting SpawnPoolWorker-8
Starting SpawnPoolWorker-6
Starting SpawnPoolWorker-7
Starting SpawnPoolWorker-9
Pool    : [0, 2, 4, 6, 8, 10, 12, 14, 16, 18]""",
    document={"width": 8},
    calibrated=False,
    about_starting=True,
    most_rounds=2,
)

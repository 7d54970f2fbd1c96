"""Does join() wait until every task is done, and what does it cost to account for each?"""

import time

from study.scenario import Load, Scenario
from study.trace import say

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from study.trace import Trace

JOBS = 10


class Task:
    def __init__(self, a: int, b: int, pause_s: float) -> None:
        self.a = a
        self.b = b
        self.pause_s = pause_s

    def __call__(self) -> str:
        time.sleep(self.pause_s)  # pretend to take time to do the work
        return f"{self} = {self.a * self.b}"

    def __str__(self) -> str:
        return f"{self.a} * {self.b}"


def consumer(name: str, tasks: "Any", results: "Any") -> None:
    empty_tasks = 0
    while (task := tasks.get()) is not None:
        if isinstance(task, Task):
            say(name, "got", str(task))
            results.put(task())  # before task_done(): join() then means that the results exist
            say(name, "finished", str(task))
        else:
            empty_tasks += 1
        tasks.task_done()
    say(name, "counted", empty_tasks)
    say(name, "exiting")
    tasks.task_done()


def workers(
    mp: "Any", stopwatch: "Any", width: int = 2, pause_s: float = 0.002, operations: int = 1000, rounds: int = 3
) -> None:
    tasks, results = mp.JoinableQueue(), mp.Queue()
    say("main", "creating", width)
    consumers = [mp.Process(target=consumer, args=(f"Consumer-{i + 1}", tasks, results)) for i in range(width)]
    for process in consumers:
        process.start()
    for i in range(JOBS):
        tasks.put(Task(i, i, pause_s))
    tasks.join()
    say("main", "all done")
    for _ in range(JOBS):
        say("main", "result", results.get())

    for _ in range(rounds):
        with stopwatch("put + task_done", operations):
            for number in range(operations):
                tasks.put(number)
            tasks.join()
        say("main", "nothing left", tasks.empty())
    for _ in consumers:
        tasks.put(None)  # a poison pill for each
    for process in consumers:
        process.join()


def as_written(mp: "Any", stopwatch: "Any", width: int = 2, pause_s: float = 0.002, rounds: int = 3) -> None:
    tasks, results = mp.JoinableQueue(), mp.Queue()
    consumers = [mp.Process(target=hasty_consumer, args=(f"Consumer-{i + 1}", tasks, results)) for i in range(width)]
    for process in consumers:
        process.start()
    for i in range(JOBS):
        tasks.put(Task(i, i, pause_s))
    tasks.join()
    say("main", "all done")
    say("main", "results missing", results.empty())
    for _ in range(JOBS):
        say("main", "result", results.get())
    for _ in consumers:
        tasks.put(None)
    for process in consumers:
        process.join()


def hasty_consumer(name: str, tasks: "Any", results: "Any") -> None:
    while (task := tasks.get()) is not None:
        say(name, "got", str(task))
        answer = task()
        tasks.task_done()  # too early: join() may return before the result is in its queue
        results.put(answer)
    say(name, "exiting")


def consume(task: "Task | int") -> "str | int":
    if not isinstance(task, Task):
        return task
    say("worker", "got", str(task))
    answer = task()
    say("worker", "finished", str(task))
    return answer


def executor(
    mp: "Any", stopwatch: "Any", width: int = 2, pause_s: float = 0.002, operations: int = 200, rounds: int = 3
) -> None:
    say("main", "creating", width)
    with mp.Executor(max_workers=width) as pool:
        done = [pool.submit(consume, Task(i, i, pause_s)) for i in range(JOBS)]
        results = [task.result() for task in done]  # a future is its own result queue and its own join()
        say("main", "all done")
        for result in results:
            say("main", "result", result)
        for _ in range(rounds):
            with stopwatch("put + task_done", operations):
                tasks = [pool.submit(consume, number) for number in range(operations)]
                in_order = sum(task.result() == number for number, task in enumerate(tasks))
            say("main", "nothing left", all(task.done() for task in tasks))
            say("main", "counted", in_order)


def check(trace: "Trace", offers: "frozenset[str]", arguments: "Mapping[str, Any]") -> None:
    asked = [f"{i} * {i}" for i in range(JOBS)]
    trace.require(sorted(trace.values("got")) == asked, "each task should be taken exactly once")
    answers = sorted(repr(f"{i} * {i} = {i * i}") for i in range(JOBS))
    trace.require(sorted(map(repr, trace.values("result"))) == answers, "the results are not the ten squares")
    done, finished = trace.one("all done").time_ns, trace.all("finished")
    trace.require(sorted(event.value for event in finished) == asked, "each task should be finished exactly once")
    trace.require(all(event.time_ns <= done for event in finished), "join() returned before the last task was finished")
    emptied = trace.values("nothing left") == [True] * arguments["rounds"]
    trace.require(emptied, "join() returned while tasks were waiting")
    for end in trace.all("exiting"):
        taken = trace.values("got", end.actor)
        trace.require(taken == sorted(taken), f"{end.actor} took tasks out of order")
        trace.require(
            all(e.time_ns <= end.time_ns for e in trace.events if e.actor == end.actor),
            f"{end.actor} worked after its pill",
        )
    trace.counts(arguments["operations"] * arguments["rounds"])


SCENARIO = Scenario(
    section="2",
    title="JoinableQueue",
    question=__doc__,
    unit="put + task_done",
    headline="put + task_done",
    styles={"workers": workers, "executor": executor},
    absent={"serial": "one thread works alone: when it has done a task it knows"},
    as_written=as_written,
    defect="task_done() comes before results.put(), so join() may return while results are still missing",
    loads=lambda cpus: [Load(width=2)],
    check=check,
    words={
        "creating": "Creating {value} consumers",
        "got": "{actor}: {value}",
        "exiting": "{actor}: Exiting",
        "result": "Result: {value}",
    },
    printed="""\
Creating 8 consumers
Consumer-4: 0 * 0
Consumer-1: 1 * 1
Consumer-2: 2 * 2
Consumer-4: 3 * 3
Consumer-1: 4 * 4
Consumer-2: 5 * 5
Consumer-1: 6 * 6
Consumer-6: 7 * 7
Consumer-4: 8 * 8
Consumer-2: 9 * 9
Consumer-1: Exiting
Consumer-4: Exiting
Consumer-6: Exiting
Consumer-2: Exiting
Consumer-5: Exiting
Consumer-8: Exiting
Consumer-3: Exiting
Consumer-7: Exiting
Result: 0 * 0 = 0
Result: 1 * 1 = 1
Result: 2 * 2 = 4
Result: 4 * 4 = 16
Result: 3 * 3 = 9
Result: 5 * 5 = 25
Result: 6 * 6 = 36
Result: 8 * 8 = 64
Result: 7 * 7 = 49
Result: 9 * 9 = 81""",
    document={"width": 8, "pause_s": 0.1},
)

"""From which task length does a pool pay, and with which chunks?"""

from study.scenario import Load, Scenario
from study.trace import say

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from study.trace import Trace

LOOPS_PER_US = 24  # about, and never calibrated: the work is equal, and the serial loop tells how long it lasts
VALUE_US = 20_000  # what all tasks last one after the other, where that makes neither too many of them nor too few
MOST_TASKS = 256  # of short ones, because each may be a message
SIZES = (1, 4, 16, 64, 256)  # of the chunks of a sweep

gate: "Any"
loops: int


def compute(number: int) -> int:
    total = 0
    for i in range(loops):
        total += i
    return total + number


def are_right(answers: "list[int]", task_us: int) -> bool:
    """Whether every answer is there, in the order of the tasks."""
    loops = task_us * LOOPS_PER_US
    return answers == [loops * (loops - 1) // 2 + number for number in range(len(answers))]


def tasks_of(task_us: int, width: int) -> int:
    """As many as fill a value; of short ones at most 256, and for each worker at least eight, or two long ones."""
    return max((8 if task_us <= 1000 else 2) * width, min(MOST_TASKS, VALUE_US // task_us))


def laps_of(tasks: int, width: int, default: int, chunks: str) -> "dict[str, int | None]":
    """The laps and the size of their chunks, None for the library's own default. Laps that would be alike are one."""
    tuned = tasks // (2 * width)  # two for each worker: few messages, and something left to even out with
    sizes = SIZES if chunks == "sweep" else SIZES[:1]
    laps = {"tuned chunks": tuned} | {f"chunks of {size}": size for size in sizes if size != tuned}
    return {"default chunks": None} | {lap: size for lap, size in laps.items() if size != default and size <= tasks}


def install(shared_gate: "Any", task_us: int) -> None:
    global gate, loops
    gate, loops = shared_gate, task_us * LOOPS_PER_US


def meet(_: int) -> None:
    gate.wait()


def workers(
    mp: "Any", stopwatch: "Any", task_us: int = 1000, width: int = 2, chunks: str = "few", rounds: int = 2
) -> None:
    tasks = tasks_of(task_us, width)
    laps = laps_of(tasks, width, -(-tasks // (4 * width)), chunks)  # Pool.map() makes four chunks for each worker
    say("main", "asked", list(laps))
    pool = mp.Pool(width, initializer=install, initargs=(mp.Barrier(width), task_us))
    pool.map(meet, range(width), chunksize=1)  # every worker is up
    for _ in range(rounds):
        for lap, size in laps.items():
            with stopwatch(lap, tasks):
                answers = pool.map(compute, range(tasks), chunksize=size)
            say("main", "answered", (lap, len(answers), are_right(answers, task_us)))
    pool.close()
    pool.join()


def executor(
    mp: "Any", stopwatch: "Any", task_us: int = 1000, width: int = 2, chunks: str = "few", rounds: int = 2
) -> None:
    tasks = tasks_of(task_us, width)
    laps = laps_of(tasks, width, 1, chunks)
    say("main", "asked", list(laps))
    with mp.Executor(max_workers=width, initializer=install, initargs=(mp.Barrier(width), task_us)) as pool:
        list(pool.map(meet, range(width)))
        for _ in range(rounds):
            for lap, size in laps.items():
                with stopwatch(lap, tasks):
                    # 1 is the default. Threads and interpreters accept any size, and send one task at a time.
                    answers = list(pool.map(compute, range(tasks), chunksize=size or 1))
                say("main", "answered", (lap, len(answers), are_right(answers, task_us)))


def serial(mp: "Any", stopwatch: "Any", task_us: int = 1000, width: int = 2, rounds: int = 2) -> None:
    tasks = tasks_of(task_us, width)  # as many as the pools of that width are given
    install(None, task_us)
    say("main", "asked", ["default chunks"])
    for _ in range(rounds):
        with stopwatch("default chunks", tasks):
            answers = [compute(number) for number in range(tasks)]
        say("main", "answered", ("default chunks", len(answers), are_right(answers, task_us)))


def check(trace: "Trace", offers: "frozenset[str]", arguments: "Mapping[str, Any]") -> None:
    tasks = tasks_of(arguments["task_us"], arguments["width"])
    asked = [(lap, tasks, True) for _ in range(arguments["rounds"]) for lap in trace.one("asked").value]
    trace.require(bool(asked), "no answers were asked for")
    answered = trace.values("answered")
    trace.require(len(answered) == len(asked), f"map() answered {len(answered)} times, {len(asked)} were asked for")
    for right, found in zip(asked, answered, strict=True):
        trace.require(found == right, f"map() with {right[0]} gave answers that are wrong, too few or out of order")


def loads(cpus: int) -> "list[Load]":
    usual = [Load(task_us=task_us, width=cpus, chunks="few") for task_us in (10, 100, 1000, 10_000)]
    ends = [Load(task_us=task_us, width=cpus, chunks="few", full_grid=True) for task_us in (1, 100_000)]
    sweeps = [Load(task_us=10**n, width=cpus, chunks="sweep", full_grid=True) for n in range(5)]
    return usual + ends + sweeps


SCENARIO = Scenario(
    section="",
    title="Task length",
    question=__doc__,
    unit="task",
    headline="default chunks",
    styles={"workers": workers, "executor": executor, "serial": serial},
    loads=loads,
    check=check,
    calibrated=False,
    most_rounds=2,
)

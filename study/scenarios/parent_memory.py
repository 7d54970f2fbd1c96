"""What does memory already in use by the parent cost each start?"""

from time import perf_counter_ns

from study.scenario import Load, Scenario
from study.trace import say

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from study.trace import Trace

PAGE = 4096  # bytes
FEW = 100  # pages that a worker writes to

memory = bytearray()


def touch(megabytes: int) -> None:
    """Use so much memory: the system gives a page only when it is written to."""
    global memory
    memory = bytearray(megabytes * 1_000_000)
    memory[::PAGE] = b"\1" * len(range(0, len(memory), PAGE))


def first_statement() -> "tuple[int, int, int]":
    now = perf_counter_ns()
    pages = range(0, len(memory), PAGE)[:FEW]  # none where the parent's memory is not seen
    begun = perf_counter_ns()
    for start in pages:
        memory[start] += 1
    return now, len(pages), perf_counter_ns() - begun


def send_first_statement(sender: "Any") -> None:
    sender.send(first_statement())


def tell(stopwatch: "Any", begun: int, called: int, told: "tuple[int, int, int]") -> None:
    stamp, pages, lasted = told
    say("main", "started", (begun, stamp, perf_counter_ns(), pages, sum(memory[: FEW * PAGE : PAGE])))
    stopwatch.note("ready", stamp - begun)
    stopwatch.note("call", called - begun)
    if pages:
        stopwatch.note("first write to a page", lasted, pages)


def start_worker(mp: "Any", stopwatch: "Any") -> None:
    receiver, sender = mp.Pipe(duplex=False)
    process = mp.Process(target=send_first_statement, args=(sender,))
    begun = perf_counter_ns()
    process.start()
    called = perf_counter_ns()
    told = receiver.recv()
    process.join()
    tell(stopwatch, begun, called, told)


def start_pool(mp: "Any", stopwatch: "Any") -> None:
    begun = perf_counter_ns()
    pool = mp.Pool(1)
    called = perf_counter_ns()
    told = pool.apply(first_statement)
    pool.close()
    pool.join()
    tell(stopwatch, begun, called, told)


def workers(mp: "Any", stopwatch: "Any", form: str = "worker", touched_mb: int = 10, rounds: int = 2) -> None:
    touch(touched_mb)
    for _ in range(rounds):
        if form == "pool":
            start_pool(mp, stopwatch)
        else:
            start_worker(mp, stopwatch)
    touch(0)


def executor(mp: "Any", stopwatch: "Any", form: str = "pool", touched_mb: int = 10, rounds: int = 2) -> None:
    touch(touched_mb)
    for _ in range(rounds):
        begun = perf_counter_ns()
        with mp.Executor(max_workers=1) as pool:
            task = pool.submit(first_statement)
            called = perf_counter_ns()
            told = task.result()
        tell(stopwatch, begun, called, told)
    touch(0)


def check(trace: "Trace", offers: "frozenset[str]", arguments: "Mapping[str, Any]") -> None:
    starts = trace.values("started")
    trace.require(len(starts) == arguments["rounds"], f"{len(starts)} workers of {arguments['rounds']} reported")
    shared, used = "shared objects" in offers, FEW if arguments["touched_mb"] else 0
    for number, (begun, stamp, joined, pages, left) in enumerate(starts, start=1):
        trace.require(
            begun <= stamp <= joined, "a worker's clock is outside the time in which it was started and joined"
        )
        # A thread writes to the parent's pages, a forked worker to copies of them, and any other sees none.
        trace.require(pages == used or not (pages or shared), f"a worker wrote to {pages} pages of {used}")
        right = used * (1 + number) if shared else used
        trace.require(
            left == right, f"the parent's pages hold {left} instead of {right} once a worker wrote to its own"
        )


def loads(cpus: int) -> "list[Load]":
    worker = [
        Load(form="worker", touched_mb=touched, full_grid=touched == 100, needs={"bare workers"})
        for touched in (0, 100, 500)
    ]
    return worker + [Load(form="pool", touched_mb=touched, full_grid=True) for touched in (0, 100, 500)]


SCENARIO = Scenario(
    section="",
    title="Memory of the parent",
    question=__doc__,
    unit="start",
    headline="ready",
    styles={"workers": workers, "executor": executor},
    absent={"serial": "a loop in the thread that is already there starts nothing"},
    loads=loads,
    check=check,
    calibrated=False,
    most_rounds=2,
    about_starting=True,
)

"""How long until a new worker executes its first statement, and until a whole pool is at work?"""

from time import perf_counter_ns

from study.scenario import Load, Scenario
from study.trace import say

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from study.trace import Trace

gate: "Any"


def first_statement(sender: "Any") -> None:
    now = perf_counter_ns()
    sender.send_bytes(b"%d" % now)


def start_workers(mp: "Any", stopwatch: "Any", state: str, width: int) -> None:
    receiver, sender = mp.Pipe(duplex=False)
    team = [mp.Process(target=first_statement, args=(sender,)) for _ in range(width)]
    begun = perf_counter_ns()
    for process in team:
        process.start()
    called = perf_counter_ns()
    stamps = [int(receiver.recv_bytes()) for _ in team]
    for process in team:
        process.join()
    joined = perf_counter_ns()
    say("main", "started", (begun, stamps, joined))
    stopwatch.note(f"{state} ready", max(stamps) - begun)
    stopwatch.note(f"{state} call", called - begun)
    stopwatch.note(f"{state} round trip", joined - begun)


def install(shared_gate: "Any") -> None:
    global gate
    gate = shared_gate


def meet(_: int) -> int:
    now = perf_counter_ns()
    gate.wait()  # proves that as many workers run as there are tasks
    return now


def start_pool(mp: "Any", stopwatch: "Any", state: str, width: int) -> None:
    gate = mp.Barrier(width)
    begun = perf_counter_ns()
    pool = mp.Pool(width, initializer=install, initargs=(gate,))
    called = perf_counter_ns()
    stamps = pool.map(meet, range(width), chunksize=1)
    asked = perf_counter_ns()
    warm_stamps = pool.map(meet, range(width), chunksize=1)
    pool.close()
    pool.join()
    joined = perf_counter_ns()
    say("main", "started", (begun, stamps, joined))
    say("main", "started", (asked, warm_stamps, joined))
    stopwatch.note(f"{state} ready", max(stamps) - begun)
    stopwatch.note(f"{state} call", called - begun)
    stopwatch.note(f"{state} round trip", joined - begun)
    stopwatch.note("running pool ready", max(warm_stamps) - asked)


def workers(mp: "Any", stopwatch: "Any", form: str = "worker", width: int = 1, rounds: int = 3) -> None:
    start = start_pool if form == "pool" else start_workers
    for state in ["cold"] + ["warm"] * (rounds - 1):
        start(mp, stopwatch, state, width)


def executor(mp: "Any", stopwatch: "Any", form: str = "pool", width: int = 1, rounds: int = 3) -> None:
    for state in ["cold"] + ["warm"] * (rounds - 1):
        gate = mp.Barrier(width)
        begun = perf_counter_ns()
        with mp.Executor(max_workers=width, initializer=install, initargs=(gate,)) as pool:
            tasks = [pool.submit(meet, number) for number in range(width)]
            called = perf_counter_ns()
            stamps = [task.result() for task in tasks]
            asked = perf_counter_ns()
            warm_stamps = list(pool.map(meet, range(width)))
        joined = perf_counter_ns()
        say("main", "started", (begun, stamps, joined))
        say("main", "started", (asked, warm_stamps, joined))
        stopwatch.note(f"{state} ready", max(stamps) - begun)
        stopwatch.note(f"{state} call", called - begun)
        stopwatch.note(f"{state} round trip", joined - begun)
        stopwatch.note("running pool ready", max(warm_stamps) - asked)


def check(trace: "Trace", offers: "frozenset[str]", arguments: "Mapping[str, Any]") -> None:
    for begun, stamps, joined in trace.values("started"):
        trace.require(len(stamps) == arguments["width"], f"{len(stamps)} workers of {arguments['width']} reported")
        inside = all(begun <= stamp <= joined for stamp in stamps)
        trace.require(inside, "a worker's clock is outside the time in which it was started and joined")
    times = arguments["rounds"] * (2 if arguments["form"] == "pool" else 1)
    trace.require(len(trace.all("started")) == times, f"the workers should be started {times} times")


def loads(cpus: int) -> "list[Load]":
    workers = [Load(form="worker", width=width, headline=width == 1, needs={"bare workers"}) for width in (1, 2, 4)]
    return workers + [Load(form="pool", width=width, headline=width == 1) for width in (1, 2, 4)]


SCENARIO = Scenario(
    section="",
    title="Start-up",
    question=__doc__,
    unit="start",
    headline="cold ready",
    styles={"workers": workers, "executor": executor},
    absent={"serial": "a loop in the thread that is already there starts nothing"},
    loads=loads,
    check=check,
    calibrated=False,
    most_rounds=3,
    about_starting=True,
)

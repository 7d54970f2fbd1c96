"""How long until a new worker executes its first statement, and until a whole pool is at work?"""

import _thread
import os
import sys
from time import perf_counter_ns

from study.scenario import Load, Scenario
from study.trace import say

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
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


STAMP_BYTES = 20
FIRST_STATEMENT = "import time; now = time.perf_counter_ns(); print(f'{now:20}', end='')"


def time_floor(
    stopwatch: "Any", width: int, rounds: int, start: "Callable[[], Any]", join: "Callable[[Any], Any]", stamp: "Any"
) -> None:
    for state in ["cold"] + ["warm"] * (rounds - 1):
        begun = perf_counter_ns()
        team = [start() for _ in range(width)]
        called = perf_counter_ns()
        for worker in team:
            join(worker)
        joined = perf_counter_ns()
        stamps = [int(stamp()) for _ in team]
        say("main", "started", (begun, stamps, joined))
        stopwatch.note(f"{state} ready", max(stamps) - begun)
        stopwatch.note(f"{state} call", called - begun)
        stopwatch.note(f"{state} round trip", joined - begun)


def floor_thread(mp: "Any", stopwatch: "Any", form: str = "worker", width: int = 1, rounds: int = 3) -> None:
    stamps: list[int] = []

    def run(ended: "Any") -> None:
        stamps.append(perf_counter_ns())
        ended.release()

    def start() -> "Any":
        ended = _thread.allocate_lock()
        ended.acquire()
        _thread.start_new_thread(run, (ended,))
        return ended

    time_floor(stopwatch, width, rounds, start, lambda ended: ended.acquire(), stamps.pop)


def floor_fork(mp: "Any", stopwatch: "Any", form: str = "worker", width: int = 1, rounds: int = 3) -> None:
    outlet, inlet = os.pipe()

    def start() -> int:
        pid = os.fork()
        if pid == 0:
            os.write(inlet, b"%20d" % perf_counter_ns())
            os._exit(0)
        return pid

    time_floor(stopwatch, width, rounds, start, lambda pid: os.waitpid(pid, 0), lambda: os.read(outlet, STAMP_BYTES))


def floor_interpreter(mp: "Any", stopwatch: "Any", form: str = "worker", width: int = 1, rounds: int = 3) -> None:
    outlet, inlet = os.pipe()
    command = [sys.executable, "-I", "-S", "-c", FIRST_STATEMENT]

    def start() -> int:
        output = [(os.POSIX_SPAWN_DUP2, inlet, 1)]
        return os.posix_spawn(sys.executable, command, os.environ, file_actions=output)

    time_floor(stopwatch, width, rounds, start, lambda pid: os.waitpid(pid, 0), lambda: os.read(outlet, STAMP_BYTES))


def check(trace: "Trace", offers: "frozenset[str]", arguments: "Mapping[str, Any]") -> None:
    for begun, stamps, joined in trace.values("started"):
        trace.require(len(stamps) == arguments["width"], f"{len(stamps)} workers of {arguments['width']} reported")
        inside = all(begun <= stamp <= joined for stamp in stamps)
        trace.require(inside, "a worker's clock is outside the time in which it was started and joined")
    times = arguments["rounds"] * (2 if arguments["form"] == "pool" else 1)
    trace.require(len(trace.all("started")) == times, f"the workers should be started {times} times")


def loads(cpus: int) -> "list[Load]":
    floor = {1: "always", 2: "full", 4: "full"}
    usual = (1, 4)  # which tell what another worker adds
    workers = [
        Load(
            form="worker",
            width=width,
            headline=width == 1,
            full_grid=width not in usual,
            floor=floor[width],
            needs={"bare workers"},
        )
        for width in floor
    ]
    return workers + [
        Load(form="pool", width=width, headline=width == 1, full_grid=width not in usual) for width in floor
    ]


SCENARIO = Scenario(
    section="",
    title="Start-up",
    question=__doc__,
    unit="start",
    headline="cold ready",
    styles={
        "workers": workers,
        "executor": executor,
        "floor.thread": floor_thread,
        "floor.fork": floor_fork,
        "floor.interpreter": floor_interpreter,
    },
    absent={"serial": "a loop in the thread that is already there starts nothing"},
    loads=loads,
    check=check,
    calibrated=False,
    most_rounds=3,
    about_starting=True,
)

"""A task is running and not wanted any more: can it be stopped?"""

from study.hazard import Hazard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from study.hazard import Watch

LONG_S = 60.0
started: "Any"
gate: "Any"


def install(*events: "Any") -> None:
    global started, gate
    started, gate = events


def work(started: "Any", gate: "Any") -> None:
    started.set()
    gate.wait(LONG_S)


def work_as_installed() -> None:
    work(started, gate)


def processes(mp: "Any", watch: "Watch") -> None:
    started, gate = mp.Event(), mp.Event()
    worker = mp.Process(target=work, args=(started, gate))
    worker.start()
    started.wait()
    worker.terminate()
    worker.join()
    watch.answers("yes", f"terminate() ends the process, with exit code {worker.exitcode} and without its `finally`")


def threads(mp: "Any", watch: "Watch") -> None:
    started, gate = mp.Event(), mp.Event()
    worker = mp.Process(target=work, args=(started, gate))
    worker.start()
    started.wait()
    stop = getattr(worker, "terminate", None)
    gate.set()
    worker.join()
    watch.answers(
        "yes" if stop else "no", "a thread has no terminate(): it ends when its function looks at an Event and returns"
    )


def executor(mp: "Any", watch: "Watch") -> None:
    events = started, gate = mp.Event(), mp.Event()
    with mp.Executor(max_workers=1, initializer=install, initargs=events) as pool:
        future = pool.submit(work_as_installed)
        started.wait()
        cancelled = future.cancel()
        gate.set()
    watch.answers("yes" if cancelled else "no", f"cancel() returned {cancelled}: a task that runs goes on to its end")


HAZARD = Hazard(
    title="A running task is stopped",
    question=__doc__,
    group="pools and their workers",
    rank=32,
    styles={"multiprocessing": processes, "threading": threads, "executor": executor},
    absent={"serial": "one thread works alone: nobody is there to stop it"},
)

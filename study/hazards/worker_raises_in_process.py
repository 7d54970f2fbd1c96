"""The function of a bare worker raises, and there is no future that could hold the exception: does anybody know?"""

from study.hazard import Hazard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from study.hazard import Watch


def fail() -> None:
    raise ValueError("a task failed")


def threads(mp: "Any", watch: "Watch") -> None:
    thread = mp.Process(target=fail)
    thread.start()
    watch.call("join", thread.join)
    watch.answers("traceback only", "join() returns as ever: the traceback on standard error is all there is")


def processes(mp: "Any", watch: "Watch") -> None:
    process = mp.Process(target=fail)
    process.start()
    watch.call("join", process.join)
    watch.answers(f"exit code {process.exitcode}", "join() returns as ever: who does not look at exitcode goes on")


def executor(mp: "Any", watch: "Watch") -> None:
    with mp.Executor(max_workers=1) as pool:
        watch.call("result", pool.submit(fail).result)


def serial(_mp: "Any", watch: "Watch") -> None:
    watch.call("call", fail)


HAZARD = Hazard(
    title="The function of a bare worker raises",
    question=__doc__,
    group="the end of a program",
    rank=41,
    styles={"threading": threads, "multiprocessing": processes, "executor": executor, "serial": serial},
)

"""A lock of one start method is given to a process of another: does it work there?"""

from study.hazard import Hazard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from study.hazard import Watch

lock: "Any"


def take(lock: "Any") -> None:
    with lock:
        pass


def another(mp: "Any") -> "Any":
    """A lock of a fork context; for fork itself, one of a spawn context."""
    import multiprocessing

    return multiprocessing.get_context("spawn" if mp.get_start_method() == "fork" else "fork").Lock()


def workers(mp: "Any", watch: "Watch") -> None:
    lock = another(mp)
    process = mp.Process(target=take, args=(lock,))
    watch.call("start", process.start)
    if watch.raised is None:
        process.join()
        if process.exitcode:
            watch.finds("loses data", f"the worker ended with exit code {process.exitcode} and nobody was told")


def install(shared_lock: "Any") -> None:
    global lock
    lock = shared_lock


def task() -> None:
    take(lock)


def executor(mp: "Any", watch: "Watch") -> None:
    lock = another(mp)
    pool = mp.Executor(max_workers=1, initializer=install, initargs=(lock,))
    watch.call("submit", lambda: pool.submit(task).result())
    watch.afterwards("shutdown", pool.shutdown)


HAZARD = Hazard(
    title="A lock of another start method",
    question=__doc__,
    group="locks and queues",
    rank=54,
    styles={"workers": workers, "executor": executor},
    absent={"serial": "one thread works alone: there is nobody to take turns with"},
    needs=["own process"],
    defects={
        **dict.fromkeys(("processes.spawn", "processes.forkserver"), "gh-77377"),
        **dict.fromkeys(("executors.spawn", "executors.forkserver"), "gh-77377"),
    },
)

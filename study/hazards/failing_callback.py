"""A callback raises: does the caller still get the task's result, and the results of other tasks?"""

from study.hazard import HANG_S, Hazard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from study.hazard import Watch

gate: "Any"


def install(event: "Any") -> None:
    global gate
    gate = event


def work() -> str:
    gate.wait()
    return "done"


def fail(_result: object) -> None:
    raise ValueError("the callback failed")


def workers(mp: "Any", watch: "Watch") -> None:
    gate = mp.Event()
    pool = mp.Pool(1, initializer=install, initargs=(gate,))
    result = pool.apply_async(work, callback=fail)
    gate.set()
    watch.wait("get", result.get)
    watch.afterwards("terminate", pool.terminate)


def executor(mp: "Any", watch: "Watch") -> None:
    gate = mp.Event()
    with mp.Executor(max_workers=1, initializer=install, initargs=(gate,)) as pool:
        future = pool.submit(work)
        future.add_done_callback(fail)
        gate.set()
        watch.call("result", future.result)
        watch.afterwards("submit", lambda: pool.submit(work).result())


HAZARD = Hazard(
    title="A callback raises",
    question=__doc__,
    group="a worker or a task fails",
    rank=44,
    styles={"workers": workers, "executor": executor},
    absent={"serial": "one thread works alone: what it calls raises where it was called"},
    defects={"multiprocessing": "gh-83371", "threading": "gh-83371"},
    patience_s=2 * HANG_S,
)

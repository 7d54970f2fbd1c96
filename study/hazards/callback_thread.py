"""A callback is added to a task that still runs: in which thread is it called?"""

import os
import threading

from study.hazard import Hazard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from study.hazard import Watch

gate: "Any"


def install(event: "Any") -> None:
    global gate
    gate = event


def work() -> "tuple[int, int]":
    gate.wait()
    return os.getpid(), threading.get_ident()


class Callback:
    """Notes the thread that it is called in."""

    def __init__(self) -> None:
        self.thread = 0
        self.called = threading.Event()

    def __call__(self, _result: object) -> None:
        self.thread = threading.get_ident()
        self.called.set()


def workers(mp: "Any", watch: "Watch") -> None:
    callback, gate = Callback(), mp.Event()
    with mp.Pool(1, initializer=install, initargs=(gate,)) as pool:
        result = pool.apply_async(work, callback=callback)
        gate.set()
        callback.called.wait()
        tell(watch, callback, result.get())


def executor(mp: "Any", watch: "Watch") -> None:
    callback, gate = Callback(), mp.Event()
    with mp.Executor(max_workers=1, initializer=install, initargs=(gate,)) as pool:
        future = pool.submit(work)
        future.add_done_callback(callback)
        gate.set()
        callback.called.wait()
        tell(watch, callback, future.result())


def tell(watch: "Watch", callback: Callback, worker: "tuple[int, int]") -> None:
    if callback.thread == threading.main_thread().ident:
        watch.answers("the main thread", "the callback waits until the main thread looks after its results")
    elif (os.getpid(), callback.thread) == worker:
        watch.answers("the worker's", "a slow callback keeps the worker from its next task")
    else:
        watch.answers(
            "the pool's", "one thread beside the main thread delivers all results: a slow callback delays every one"
        )


HAZARD = Hazard(
    title="A callback",
    question=__doc__,
    group="pools and their workers",
    rank=60,
    styles={"workers": workers, "executor": executor},
    absent={"serial": "one thread works alone: it calls back whom it likes"},
)

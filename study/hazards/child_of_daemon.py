"""A worker of a pool starts a worker of its own: may it?"""

import threading

from study.hazard import Hazard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from study.hazard import Watch


def start(kind: "Any") -> None:
    child = kind(target=abs, args=(-1,))
    child.start()
    child.join()


def start_thread() -> None:
    start(threading.Thread)


def workers(mp: "Any", watch: "Watch") -> None:
    pool = mp.Pool(1)
    watch.call("apply", pool.apply, start, (mp.Process,))
    watch.afterwards("apply again", pool.apply, abs, (-1,))
    pool.terminate()


def executor(mp: "Any", watch: "Watch") -> None:
    with mp.Executor(max_workers=1) as pool:
        watch.call("submit", lambda: pool.submit(start, mp.Process).result())


def executor_of_threads(mp: "Any", watch: "Watch") -> None:
    with mp.Executor(max_workers=1) as pool:
        watch.call("submit", lambda: pool.submit(start_thread).result())


HAZARD = Hazard(
    title="A worker starts a worker",
    question=__doc__,
    group="the end of a program",
    rank=32,
    styles={
        "workers": workers,
        "executor": executor,
        "executors.thread": executor_of_threads,
        "executors.interpreter": executor_of_threads,
    },
    absent={"serial": "there are no workers that could start others"},
)

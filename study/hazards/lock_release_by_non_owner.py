"""A worker holds a Lock, and its parent releases it: is that accepted?"""

from study.hazard import Hazard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from study.hazard import Watch
lock: "Any"


def install(shared: "Any") -> None:
    global lock
    lock = shared


def hold(lock: "Any") -> None:
    lock.acquire()


def hold_installed() -> None:
    hold(lock)


def workers(mp: "Any", watch: "Watch") -> None:
    lock = mp.Lock()
    worker = mp.Process(target=hold, args=(lock,))
    worker.start()
    worker.join()
    watch.call("release", lock.release)


def executor(mp: "Any", watch: "Watch") -> None:
    lock = mp.Lock()
    with mp.Executor(max_workers=1, initializer=install, initargs=(lock,)) as pool:
        pool.submit(hold_installed).result()
        watch.call("release", lock.release)


HAZARD = Hazard(
    title="Another one's Lock is released",
    question=__doc__,
    group="queues and locks",
    rank=52,
    styles={"workers": workers, "executor": executor},
    absent={"serial": "one thread works alone: there is nobody to take turns with"},
)

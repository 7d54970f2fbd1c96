"""A process is killed while it holds a lock: does anybody ever get that lock again?"""

import os
import signal

from study.hazard import Hazard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from study.hazard import Watch

lock: "Any"


def acquire_and_die(lock: "Any") -> None:
    lock.acquire()
    os.kill(os.getpid(), signal.SIGKILL)


def acquire(lock: "Any") -> None:
    lock.acquire()


def workers(mp: "Any", watch: "Watch") -> None:
    lock = mp.Lock()
    process = mp.Process(target=acquire_and_die, args=(lock,))
    process.start()
    process.join()
    watch.call("acquire", acquire, lock)


def install(shared_lock: "Any") -> None:
    global lock
    lock = shared_lock


def task() -> None:
    acquire_and_die(lock)


def executor(mp: "Any", watch: "Watch") -> None:
    lock = mp.Lock()
    pool = mp.Executor(max_workers=1, initializer=install, initargs=(lock,))
    watch.call("result", pool.submit(task).result)
    watch.afterwards("shutdown", pool.shutdown)
    watch.afterwards("acquire", acquire, lock)


HAZARD = Hazard(
    title="A process is killed with a lock in its hand",
    question=__doc__,
    group="locks and queues",
    rank=30,
    styles={"workers": workers, "executor": executor},
    absent={"serial": "one thread works alone: there is nobody to take turns with"},
    needs=["own process"],
    defects={"multiprocessing": "gh-88304", "concurrent.futures": "gh-88304"},
)

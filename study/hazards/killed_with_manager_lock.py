"""A process is killed while it holds a manager's lock: does the manager, which is still there, ever give it back?"""

import os
import signal

from study.hazard import Hazard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from study.hazard import Watch


def acquire_and_die(lock: "Any") -> None:
    lock.acquire()
    os.kill(os.getpid(), signal.SIGKILL)


def workers(mp: "Any", watch: "Watch") -> None:
    with mp.Manager() as manager:
        lock = manager.Lock()
        process = mp.Process(target=acquire_and_die, args=(lock,))
        process.start()
        process.join()
        watch.call("acquire", lock.acquire)


def executor(mp: "Any", watch: "Watch") -> None:
    with mp.Manager() as manager:
        lock = manager.Lock()
        pool = mp.Executor(max_workers=1)
        watch.call("result", pool.submit(acquire_and_die, lock).result)
        watch.afterwards("shutdown", pool.shutdown)
        watch.afterwards("acquire", lock.acquire)


HAZARD = Hazard(
    title="A process is killed with a manager's lock in its hand",
    question=__doc__,
    group="locks and queues",
    rank=31,
    styles={"workers": workers, "executor": executor},
    absent={"serial": "one thread works alone: there is nobody to take turns with"},
    needs=["own process"],
)

"""A process is killed while it holds a manager's RLock, which knows its owner: does anybody ever get it again?"""

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


def acquire(lock: "Any") -> None:
    """The owner is a thread of the server, one for each client. A dead one's identity goes to the next that starts: if that
    is ours, the lock takes us for its owner.
    """
    lock.acquire()


def workers(mp: "Any", watch: "Watch") -> None:
    with mp.Manager() as manager:
        lock = manager.RLock()
        process = mp.Process(target=acquire_and_die, args=(lock,))
        process.start()
        process.join()
        watch.call("acquire", acquire, lock)


def executor(mp: "Any", watch: "Watch") -> None:
    with mp.Manager() as manager:
        lock = manager.RLock()
        pool = mp.Executor(max_workers=1)
        watch.call("result", pool.submit(acquire_and_die, lock).result)
        watch.afterwards("shutdown", pool.shutdown)
        watch.afterwards("acquire", acquire, lock)


HAZARD = Hazard(
    title="A process is killed with a manager's RLock in its hand",
    question=__doc__,
    group="locks and queues",
    rank=32,
    styles={"workers": workers, "executor": executor},
    absent={"serial": "one thread works alone: there is nobody to take turns with"},
    needs=["own process"],
    tries=3,
)

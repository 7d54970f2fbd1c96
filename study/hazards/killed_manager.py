"""A manager's process is killed: what do those see who use its objects?"""

import os
import signal

from study.hazard import Hazard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from study.hazard import Watch


def read(shared: "Any") -> "Any":
    return shared["x"]


def kill_manager() -> None:
    import multiprocessing

    (server,) = multiprocessing.active_children()
    os.kill(server.pid or 0, signal.SIGKILL)
    server.join()


def workers(mp: "Any", watch: "Watch") -> None:
    manager = mp.Manager()
    shared = manager.dict(x=1)
    read(shared)
    kill_manager()
    watch.call("read", read, shared)
    watch.afterwards("make another dict", manager.dict)
    watch.afterwards("shutdown", manager.shutdown)


def executor(mp: "Any", watch: "Watch") -> None:
    with mp.Manager() as manager:
        shared = manager.dict(x=1)
        kill_manager()
        pool = mp.Executor(max_workers=1)
        watch.call("result", lambda: pool.submit(read, shared).result())
        watch.afterwards("submit", lambda: pool.submit(abs, -1).result())
        watch.afterwards("shutdown", pool.shutdown)


NO_SERVER = "threads need no manager: where one would serve an object, they use the object itself"
HAZARD = Hazard(
    title="A manager is killed",
    question=__doc__,
    group="locks and queues",
    rank=60,
    styles={
        "multiprocessing": workers,
        **dict.fromkeys(("executors.fork", "executors.spawn", "executors.forkserver"), executor),
        "executors.interpreter": executor,
    },
    absent={
        "serial": "one thread works alone: it needs no manager",
        "threading": NO_SERVER,
        "executors.thread": NO_SERVER,
    },
)

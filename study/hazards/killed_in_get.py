"""A process is killed while it waits in get() for a message: can anybody else still read that queue?"""

import os
import signal

from study.hazard import Hazard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from study.hazard import Watch

queue: "Any"


def kill_in_get(queue: "Any", pid: int) -> None:
    """The lock that get() waits with is the queue's own, and the only sign from outside that it waits."""
    while queue._rlock.acquire(False):
        queue._rlock.release()
    os.kill(pid, signal.SIGKILL)


def receive(queue: "Any") -> None:
    queue.get()


def workers(mp: "Any", watch: "Watch") -> None:
    queue = mp.Queue()
    reader = mp.Process(target=receive, args=(queue,))
    reader.start()
    kill_in_get(queue, reader.pid)
    reader.join()
    queue.put("a message")
    watch.call("get", queue.get)


def install(shared_queue: "Any") -> None:
    global queue
    queue = shared_queue


def task() -> None:
    receive(queue)


def executor(mp: "Any", watch: "Watch") -> None:
    queue = mp.Queue()
    pool = mp.Executor(max_workers=1, initializer=install, initargs=(queue,))
    pid = pool.submit(os.getpid).result()
    waiting = pool.submit(task)
    kill_in_get(queue, pid)
    watch.call("result", waiting.result)
    watch.afterwards("shutdown", pool.shutdown)
    queue.put("a message")
    watch.afterwards("get", queue.get)


HAZARD = Hazard(
    title="A process is killed while it waits in get()",
    question=__doc__,
    group="locks and queues",
    rank=34,
    styles={"workers": workers, "executor": executor},
    absent={"serial": "one thread works alone: there is nobody to send a message to"},
    needs=["own process"],
    defects={"multiprocessing": "gh-88304", "concurrent.futures": "gh-88304"},
)

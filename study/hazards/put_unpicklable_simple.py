"""Something that cannot be pickled is put into a SimpleQueue: who is told?"""

import threading

from study.hazard import Hazard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from study.hazard import Watch

queue: "Any"


def send(queue: "Any") -> None:
    queue.put(threading.Lock())


def workers(mp: "Any", watch: "Watch") -> None:
    queue = mp.SimpleQueue()
    watch.call("put", send, queue)
    if watch.raised is None:
        watch.afterwards("get", queue.get)
    watch.afterwards("put something else", queue.put, "what comes after it")


def install(shared_queue: "Any") -> None:
    global queue
    queue = shared_queue


def task() -> None:
    send(queue)


def executor(mp: "Any", watch: "Watch") -> None:
    queue = mp.SimpleQueue()
    pool = mp.Executor(max_workers=1, initializer=install, initargs=(queue,))
    watch.call("result", pool.submit(task).result)
    if watch.raised is None:
        watch.afterwards("get", queue.get)
    watch.afterwards("shutdown", pool.shutdown)


HAZARD = Hazard(
    title="An unpicklable message in a SimpleQueue",
    question=__doc__,
    group="locks and queues",
    rank=22,
    styles={
        "workers": workers,
        **dict.fromkeys(("executors.thread", "executors.fork", "executors.spawn", "executors.forkserver"), executor),
    },
    absent={
        "serial": "one thread works alone: there is nobody to send a message to",
        "executors.interpreter": "a SimpleQueue cannot reach an interpreter, and a manager offers none",
    },
)

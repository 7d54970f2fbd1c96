"""Something that cannot be pickled is put into a Queue: who is told?"""

import threading

from study.hazard import Hazard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from study.hazard import Watch

queue: "Any"


def send(queue: "Any") -> None:
    queue.put(threading.Lock())
    queue.put("what comes after it")


def receive(queue: "Any", watch: "Watch") -> None:
    first = watch.afterwards("get", queue.get)
    if isinstance(first, str):
        watch.finds("loses data", f"1 of 2 messages arrived: {first!r}; put() had returned for both")


def workers(mp: "Any", watch: "Watch") -> None:
    queue = mp.Queue()
    watch.call("put", send, queue)
    receive(queue, watch)


def install(shared_queue: "Any") -> None:
    global queue
    queue = shared_queue


def task() -> None:
    send(queue)


def executor(mp: "Any", watch: "Watch") -> None:
    queue = mp.Queue()
    pool = mp.Executor(max_workers=1, initializer=install, initargs=(queue,))
    watch.call("result", pool.submit(task).result)
    if watch.raised is None:
        receive(queue, watch)
    watch.afterwards("shutdown", pool.shutdown)


HAZARD = Hazard(
    title="An unpicklable message in a Queue",
    question=__doc__,
    group="locks and queues",
    rank=20,
    styles={"workers": workers, "executor": executor},
    absent={"serial": "one thread works alone: there is nobody to send a message to"},
    defects=dict.fromkeys(
        ("multiprocessing", "executors.fork", "executors.spawn", "executors.forkserver"), "gh-79423, gh-84376"
    ),
)

"""Something that cannot be pickled is put into a JoinableQueue: does join() ever return?"""

import threading

from study.hazard import Hazard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from study.hazard import Watch

queue: "Any"


def consume(queue: "Any") -> None:
    while queue.get() is not None:
        queue.task_done()
    queue.task_done()


def send(queue: "Any", watch: "Watch") -> None:
    watch.call("put", queue.put, threading.Lock())
    queue.put("what comes after it")
    queue.put(None)
    watch.call("join", queue.join)


def workers(mp: "Any", watch: "Watch") -> None:
    queue = mp.JoinableQueue()
    consumer = mp.Process(target=consume, args=(queue,))
    consumer.start()
    send(queue, watch)
    consumer.join()


def install(shared_queue: "Any") -> None:
    global queue
    queue = shared_queue


def task() -> None:
    consume(queue)


def executor(mp: "Any", watch: "Watch") -> None:
    queue = mp.JoinableQueue()
    pool = mp.Executor(max_workers=1, initializer=install, initargs=(queue,))
    consumer = pool.submit(task)
    send(queue, watch)
    watch.afterwards("result", consumer.result)
    watch.afterwards("shutdown", pool.shutdown)


HAZARD = Hazard(
    title="An unpicklable message in a JoinableQueue",
    question=__doc__,
    group="locks and queues",
    rank=21,
    styles={"workers": workers, "executor": executor},
    absent={"serial": "one thread works alone: there is nobody to send a message to"},
    defects=dict.fromkeys(
        ("multiprocessing", "executors.fork", "executors.spawn", "executors.forkserver"), "gh-79423, gh-84376"
    ),
)

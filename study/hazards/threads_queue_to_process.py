"""A queue.Queue, which is made for threads, is given to a worker: what arrives?"""

from study.hazard import Hazard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from study.hazard import Watch

MESSAGES = 3


def send(queue: "Any") -> None:
    for number in range(MESSAGES):
        queue.put(number)


def count(queue: "Any", watch: "Watch") -> None:
    if queue.qsize() < MESSAGES:
        watch.finds("loses data", f"{queue.qsize()} of {MESSAGES} messages arrived")


def workers(mp: "Any", watch: "Watch") -> None:
    from queue import Queue

    queue: Queue[int] = Queue()
    process = mp.Process(target=send, args=(queue,))
    watch.call("start", process.start)
    if watch.raised is None:
        process.join()
        count(queue, watch)


def executor(mp: "Any", watch: "Watch") -> None:
    from queue import Queue

    queue: Queue[int] = Queue()
    pool = mp.Executor(max_workers=1)
    watch.call("result", lambda: pool.submit(send, queue).result())
    if watch.raised is None:
        count(queue, watch)
    watch.afterwards("submit", lambda: pool.submit(abs, -1).result())
    watch.afterwards("shutdown", pool.shutdown)


HAZARD = Hazard(
    title="A thread's queue is given to a worker",
    question=__doc__,
    group="locks and queues",
    rank=50,
    styles={"workers": workers, "executor": executor},
    absent={"serial": "one thread works alone: there is nobody to send a message to"},
)

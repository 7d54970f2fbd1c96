"""A worker ends by os._exit() right after it has put its results into a queue: which of them arrive?"""

import os

from study.hazard import Hazard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from study.hazard import Watch

MESSAGES = 1000
queue: "Any"


def send_and_exit(queue: "Any") -> None:
    for number in range(MESSAGES):
        queue.put(number)
    os._exit(1)


def count(queue: "Any", watch: "Watch", told: str) -> None:
    arrived = 0
    while not queue.empty():
        queue.get()
        arrived += 1
    if arrived < MESSAGES:
        watch.finds("loses data", f"{arrived} of {MESSAGES} messages arrived; {told}")


def workers(mp: "Any", watch: "Watch") -> None:
    queue = mp.Queue()
    process = mp.Process(target=send_and_exit, args=(queue,))
    process.start()
    watch.call("join", process.join)
    count(queue, watch, "join() returned as ever")


def install(shared_queue: "Any") -> None:
    global queue
    queue = shared_queue


def task() -> None:
    send_and_exit(queue)


def executor(mp: "Any", watch: "Watch") -> None:
    queue = mp.Queue()
    pool = mp.Executor(max_workers=1, initializer=install, initargs=(queue,))
    watch.call("result", pool.submit(task).result)
    count(queue, watch, f"result() raised {type(watch.raised).__name__}")
    watch.afterwards("shutdown", pool.shutdown)


HAZARD = Hazard(
    title="A worker exits at once after put()",
    question=__doc__,
    group="locks and queues",
    rank=16,
    styles={"workers": workers, "executor": executor},
    absent={"serial": "one thread works alone: there is nobody to send a message to"},
)

"""A worker calls cancel_join_thread() so that it may end before its messages are read: do they still arrive?"""

import time

from study.hazard import Hazard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from study.hazard import Watch

WORKERS = 4
SMALL, LARGE = b"x" * 100, b"x" * 1_000_000
TIMEOUT_S = 1  # which get() does not keep once a message has begun to arrive
queue: "Any"


def send(queue: "Any") -> None:
    queue.cancel_join_thread()
    queue.put(SMALL)


def workers(mp: "Any", watch: "Watch") -> None:
    queue = mp.Queue()
    senders = [mp.Process(target=send, args=(queue,)) for _ in range(WORKERS)]
    for sender in senders:
        sender.start()
    for sender in senders:
        watch.call("join", sender.join)
    arrived = 0
    while not queue.empty():
        queue.get()
        arrived += 1
    if arrived < WORKERS:
        watch.finds("loses data", f"{arrived} of {WORKERS} messages arrived")


def install(shared_queue: "Any") -> None:
    global queue
    queue = shared_queue
    queue.cancel_join_thread()


def task() -> None:
    queue.put(LARGE)


def executor(mp: "Any", watch: "Watch") -> None:
    """A worker outlives its task, so that small messages have time; a large one is cut short where the pipe was full."""
    queue = mp.Queue()
    pool = mp.Executor(max_workers=1, initializer=install, initargs=(queue,))
    pool.submit(task).result()
    while queue.empty():  # the thread has not begun to send
        time.sleep(0.001)
    watch.call("shutdown", pool.shutdown)
    watch.call(f"get(timeout={TIMEOUT_S})", lambda: len(queue.get(timeout=TIMEOUT_S)))


HAZARD = Hazard(
    title="The thread that sends is not joined",
    question=__doc__,
    group="locks and queues",
    rank=14,
    styles={
        "multiprocessing": workers,
        **dict.fromkeys(("executors.fork", "executors.spawn", "executors.forkserver"), executor),
    },
    absent={
        "serial": "one thread works alone: there is nobody to send a message to",
        "threading": "queue.Queue has no thread to join: a message has arrived when put() returns",
        "executors.thread": "queue.Queue has no thread to join: a message has arrived when put() returns",
        "executors.interpreter": "a manager's queue has no thread to join: its server has the message when put() returns",
    },
)

"""A worker sends more than a pipe holds, and is joined before anybody reads it: does the join return?"""

from study.hazard import HANG_S, Hazard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from study.hazard import Watch

MESSAGE = b"x" * 1_000_000  # a pipe holds 64 KiB
queue: "Any"


def send(queue: "Any") -> None:
    queue.put(MESSAGE)


def join(process: "Any", limit_s: float) -> None:
    process.join(limit_s)
    if process.is_alive():
        raise TimeoutError


def workers(mp: "Any", watch: "Watch") -> None:
    queue = mp.Queue()
    process = mp.Process(target=send, args=(queue,))
    process.start()
    watch.wait("join", lambda limit_s: join(process, limit_s))
    watch.afterwards("get", lambda: len(queue.get()))
    watch.afterwards("join again", process.join)


def install(shared_queue: "Any") -> None:
    global queue
    queue = shared_queue


def task() -> None:
    send(queue)


def executor(mp: "Any", watch: "Watch") -> None:
    queue = mp.Queue()
    pool = mp.Executor(max_workers=1, initializer=install, initargs=(queue,))
    pool.submit(task).result()  # put() has only handed the message to a thread of the worker's
    watch.call("shutdown", pool.shutdown)
    watch.afterwards("get", lambda: len(queue.get()))


HAZARD = Hazard(
    title="A worker is joined before its messages are read",
    question=__doc__,
    group="locks and queues",
    rank=10,
    styles={"workers": workers, "executor": executor},
    absent={"serial": "one thread works alone: there is nobody to send a message to"},
    defects=dict.fromkeys(("multiprocessing", "executors.fork", "executors.spawn", "executors.forkserver"), "gh-73983"),
    patience_s=2 * HANG_S,
)

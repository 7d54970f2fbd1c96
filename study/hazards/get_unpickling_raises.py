"""A message arrives that raises while it is unpickled: what does get() do, and is the queue usable afterwards?"""

from study.hazard import Hazard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from study.hazard import Watch

queue: "Any"


def fail() -> None:
    raise ValueError("this cannot be unpickled")


class Unreadable:
    def __reduce__(self) -> "tuple[Any, ...]":
        return fail, ()


def send(queue: "Any") -> None:
    queue.put(Unreadable())
    queue.put("what comes after it")


def receive(queue: "Any", watch: "Watch") -> None:
    watch.call("get", queue.get)
    watch.afterwards("get the next", queue.get)


def workers(mp: "Any", watch: "Watch") -> None:
    queue = mp.Queue()
    sender = mp.Process(target=send, args=(queue,))
    sender.start()
    receive(queue, watch)
    sender.join()


def install(shared_queue: "Any") -> None:
    global queue
    queue = shared_queue


def task() -> None:
    send(queue)


def executor(mp: "Any", watch: "Watch") -> None:
    queue = mp.Queue()
    pool = mp.Executor(max_workers=1, initializer=install, initargs=(queue,))
    watch.call("put", pool.submit(task).result)
    if watch.raised is None:
        receive(queue, watch)
    watch.afterwards("shutdown", pool.shutdown)


HAZARD = Hazard(
    title="A message raises while it is unpickled",
    question=__doc__,
    group="locks and queues",
    rank=24,
    styles={"workers": workers, "executor": executor},
    absent={"serial": "one thread works alone: there is nobody to send a message to"},
)

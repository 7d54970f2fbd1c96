"""threading and queue, under the names multiprocessing uses."""

import threading

from backends import Backend, Name


class Value:
    """A number and the lock it is changed under: threading has no such pair, since threads see any variable."""

    def __init__(self, _typecode: str, value: int) -> None:
        self.value = value
        self._lock = threading.Lock()

    def get_lock(self) -> "threading.Lock":
        return self._lock


PRIMITIVES = {
    "Barrier": Name("threading.Barrier"),
    "BoundedSemaphore": Name("threading.BoundedSemaphore"),
    "Condition": Name("threading.Condition"),
    "Event": Name("threading.Event"),
    "JoinableQueue": Name("queue.Queue"),
    "Lock": Name("threading.Lock"),
    "Pipe": Name("multiprocessing.Pipe"),
    "Queue": Name("queue.Queue"),
    "RLock": Name("threading.RLock"),
    "Semaphore": Name("threading.Semaphore"),
    "SimpleQueue": Name("queue.SimpleQueue"),
    "Value": Name("backends.threads.Value"),
    # Threads see each other's objects, so what a manager's server hands out is here the plain object.
    "Manager.dict": Name("dict"),
    "Manager.list": Name("list"),
    "Manager.Namespace": Name("types.SimpleNamespace"),
    "Manager.Queue": Name("queue.Queue"),
}

SHARED = "threads are part of one process and see the same objects"
ALONE = "with nobody beside it the main thread waits alike, whatever the library: measured as serial"

BACKENDS = [
    Backend(
        "threads",
        label="threading.Thread",
        library="threading",
        style="workers",
        names={**PRIMITIVES, "Process": Name("threading.Thread"), "Pool": Name("multiprocessing.pool.ThreadPool")},
        offers={
            "shared objects",
            "bare workers",
            "several workers",
            "queues",
            "simple queue",
            "pipe",
            "primitives of its own",
        },
        lacks={
            "own process": SHARED,
            "solitude": ALONE,
            "submit": "a Thread has no submit: work reaches it through a queue",
            "two-way pipe": "threads talk both ways through two queues; a pipe between them is measured as channel=Pipe",
            "manager's queue": "threads need no manager: they see the queue itself, measured as channel=Queue",
            "shared memory": "threads see all of one memory: they hand over the object, measured as channel=Queue",
            "recycled workers": "ThreadPool takes no maxtasksperchild (TypeError): a thread holds nothing that its end would free",
        },
    )
]

"""threading and queue, under the names multiprocessing uses."""

from backends import Backend, Name

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
    # Threads see each other's objects, so what a manager's server hands out is here the plain object.
    "Manager.dict": Name("dict"),
    "Manager.list": Name("list"),
    "Manager.Namespace": Name("types.SimpleNamespace"),
}

SHARED = "threads are part of one process and see the same objects"

BACKENDS = [
    Backend(
        "threads",
        label="threading.Thread",
        library="threading",
        style="workers",
        names={**PRIMITIVES, "Process": Name("threading.Thread"), "Pool": Name("multiprocessing.pool.ThreadPool")},
        offers={"shared objects", "bare workers", "several workers", "queues", "simple queue", "pipe"},
        lacks={
            "own process": SHARED,
            "submit": "a Thread has no submit: work reaches it through a queue",
            "recycled workers": "ThreadPool takes no maxtasksperchild (TypeError): a thread holds nothing that its end would free",
        },
    )
]

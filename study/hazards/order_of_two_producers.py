"""One worker puts a large message and tells another, which then puts a small one: does the large one arrive first?"""

from study.hazard import Hazard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from study.hazard import Watch

TRIES, NUMBERS = 6, 200_000


def put_large(queue: "Any", again: "Any", was_put: "Any") -> None:
    large = list(range(NUMBERS))
    for _ in range(TRIES):
        again.acquire()
        queue.put(large)
        was_put.release()


def put_small(queue: "Any", was_put: "Any") -> None:
    for _ in range(TRIES):
        was_put.acquire()
        queue.put([])


def workers(mp: "Any", watch: "Watch") -> None:
    queue, again, was_put, kept = mp.Queue(), mp.Semaphore(0), mp.Semaphore(0), 0
    team = [
        mp.Process(target=put_large, args=(queue, again, was_put)),
        mp.Process(target=put_small, args=(queue, was_put)),
    ]
    for worker in team:
        worker.start()
    for _ in range(TRIES):
        again.release()
        first, _ = queue.get(), queue.get()
        kept += bool(first)
    for worker in team:
        worker.join()
    if kept == TRIES:
        watch.answers("kept", f"in {kept} of {TRIES} tries: what was put is in the queue")
    else:
        watch.answers(
            "not kept", f"in {kept} of {TRIES} tries only: put() returns before the message is pickled and sent"
        )


HAZARD = Hazard(
    title="Order of two workers' messages",
    question=__doc__,
    group="queues and locks",
    rank=22,
    styles={"workers": workers},
    absent={
        "executor": "an executor hands results back through futures; a queue for its workers comes from threading or multiprocessing",
        "serial": "one thread works alone: there is nobody to send a message to",
    },
)

"""As with any queue, a worker puts a large message into a manager's queue and tells another, which puts a small one: who is first?"""

from study.hazard import Hazard
from study.hazards.order_of_two_producers import TRIES, put_large, put_small

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from study.hazard import Watch


def workers(mp: "Any", watch: "Watch") -> None:
    again, was_put, kept = mp.Semaphore(0), mp.Semaphore(0), 0
    with mp.Manager() as manager:
        queue = manager.Queue()
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
    word = "kept" if kept == TRIES else "not kept"
    watch.answers(word, f"in {kept} of {TRIES} tries: put() returns when the manager has the message")


HAZARD = Hazard(
    title="Order in a manager's queue",
    question=__doc__,
    group="queues and locks",
    rank=26,
    styles={"multiprocessing": workers},
    absent={
        "threading": "threads need no manager: they see the queue itself",
        "executor": "its workers are given the same proxy, measured with multiprocessing's processes",
        "serial": "one thread works alone: there is nobody to send a message to",
    },
)

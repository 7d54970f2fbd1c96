"""A manager's queue: is what was put there at once, and as it was when it was put?"""

from study.hazard import Hazard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from study.hazard import Watch

TRIES = 20


def workers(mp: "Any", watch: "Watch") -> None:
    from queue import Empty

    late = changed = 0
    with mp.Manager() as manager:
        queue = manager.Queue()
        for _ in range(TRIES):
            item = ["as put"]
            queue.put(item)
            item[0] = "changed"
            try:
                changed += queue.get_nowait() != ["as put"]
            except Empty:
                late += 1
                queue.get()
    if late or changed:
        watch.answers("no", f"{late} of {TRIES} were late, {changed} were changed after they had been put")
    else:
        watch.answers(
            "yes", "put() returns when the manager has its copy: exact, at the price of a message to another process"
        )


HAZARD = Hazard(
    title="A manager's queue",
    question=__doc__,
    group="queues and locks",
    rank=24,
    styles={"multiprocessing": workers},
    absent={
        "threading": "threads need no manager: they see the queue itself",
        "executor": "its workers are given the same proxy, measured with multiprocessing's processes",
        "serial": "one thread works alone: there is nobody to send a message to",
    },
)

"""get_nowait() is called right after put(): is the item there?"""

from study.hazard import Hazard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from study.hazard import Watch

TRIES = 20


def workers(mp: "Any", watch: "Watch") -> None:
    from queue import Empty

    late = 0
    for number in range(TRIES):
        queue = mp.Queue()
        queue.put(number)
        try:
            queue.get_nowait()
        except Empty:
            late += 1
            queue.get()
    if late:
        watch.answers(
            "not always",
            f"Empty was raised {late} of {TRIES} times: a thread of the queue sends what was put only later",
        )
    else:
        watch.answers("always", "what was put is there when put() returns")


HAZARD = Hazard(
    title="get_nowait() right after put()",
    question=__doc__,
    group="queues and locks",
    rank=10,
    styles={"workers": workers},
    absent={
        "executor": "an executor hands results back through futures; a queue for its workers comes from threading or multiprocessing",
        "serial": "one thread works alone: there is nobody to send a message to",
    },
)

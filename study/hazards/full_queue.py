"""A queue of maxsize=1 is full and nobody takes anything out: how does put(timeout=...) end?"""

from study.hazard import Hazard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from study.hazard import Watch


def workers(mp: "Any", watch: "Watch") -> None:
    queue = mp.Queue(maxsize=1)
    queue.put("fits")
    watch.call("put", queue.put, "one too many", timeout=0.05)
    watch.afterwards("get", queue.get)


HAZARD = Hazard(
    title="A full queue",
    question=__doc__,
    group="queues and locks",
    rank=32,
    styles={"workers": workers},
    absent={
        "executor": "an executor hands results back through futures; a queue for its workers comes from threading or multiprocessing",
        "serial": "one thread works alone: there is nobody to send a message to",
    },
)

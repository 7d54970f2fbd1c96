"""A queue is closed by close(), and then put() is called: what is raised?"""

from study.hazard import Hazard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from study.hazard import Watch


def workers(mp: "Any", watch: "Watch") -> None:
    queue = mp.Queue()
    close = getattr(queue, "close", None)
    if close is None:
        watch.answers("not offered", "queue.Queue has no close(); from Python 3.13 on it has shutdown()")
        return
    close()
    watch.call("put", queue.put, "too late")


HAZARD = Hazard(
    title="put() into a closed queue",
    question=__doc__,
    group="queues and locks",
    rank=34,
    styles={"workers": workers},
    absent={
        "executor": "an executor hands results back through futures; a queue for its workers comes from threading or multiprocessing",
        "serial": "one thread works alone: there is nobody to send a message to",
    },
)

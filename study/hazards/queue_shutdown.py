"""A queue is ended by shutdown() (Python 3.13 and later), and then put() is called: what is raised?"""

from study.hazard import Hazard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from study.hazard import Watch


def workers(mp: "Any", watch: "Watch") -> None:
    queue = mp.Queue()
    shutdown = getattr(queue, "shutdown", None)
    if shutdown is None:
        watch.answers("not offered", "this queue has no shutdown(): send each consumer a last message that ends it")
        return
    shutdown()
    watch.call("put", queue.put, "too late")
    watch.afterwards("get", queue.get)


HAZARD = Hazard(
    title="put() into a queue that was shut down",
    question=__doc__,
    group="queues and locks",
    rank=36,
    styles={"workers": workers},
    absent={
        "executor": "an executor hands results back through futures; a queue for its workers comes from threading or multiprocessing",
        "serial": "one thread works alone: there is nobody to send a message to",
    },
)

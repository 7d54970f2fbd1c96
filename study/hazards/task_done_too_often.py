"""task_done() is called more often than there were items: what is raised?"""

from study.hazard import Hazard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from study.hazard import Watch


def workers(mp: "Any", watch: "Watch") -> None:
    queue = mp.JoinableQueue()
    queue.put("one item")
    queue.get()
    queue.task_done()
    watch.call("task_done", queue.task_done)


HAZARD = Hazard(
    title="task_done() is called too often",
    question=__doc__,
    group="queues and locks",
    rank=30,
    styles={"workers": workers},
    absent={
        "executor": "an executor hands results back through futures; a queue for its workers comes from threading or multiprocessing",
        "serial": "one thread works alone: there is nobody to send a message to",
    },
)

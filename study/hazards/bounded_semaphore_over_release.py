"""A BoundedSemaphore is released more often than it was acquired: what is raised?"""

from study.hazard import Hazard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from study.hazard import Watch


def release(mp: "Any", watch: "Watch") -> None:
    watch.call("release", mp.BoundedSemaphore(1).release)


HAZARD = Hazard(
    title="A BoundedSemaphore is released too often",
    question=__doc__,
    group="queues and locks",
    rank=58,
    styles={"workers": release, "executor": release},
    absent={"serial": "one thread works alone: there is nobody to take turns with"},
)

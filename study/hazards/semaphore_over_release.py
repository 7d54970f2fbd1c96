"""A Semaphore is released more often than it was acquired: is that accepted?"""

from study.hazard import Hazard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from study.hazard import Watch


def release(mp: "Any", watch: "Watch") -> None:
    watch.call("release", mp.Semaphore(1).release)


HAZARD = Hazard(
    title="A Semaphore is released too often",
    question=__doc__,
    group="queues and locks",
    rank=56,
    styles={"workers": release, "executor": release},
    absent={"serial": "one thread works alone: there is nobody to take turns with"},
)

"""A Lock is released that nobody holds: what is raised?"""

from study.hazard import Hazard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from study.hazard import Watch


def release(mp: "Any", watch: "Watch") -> None:
    watch.call("release", mp.Lock().release)


HAZARD = Hazard(
    title="An unlocked Lock is released",
    question=__doc__,
    group="queues and locks",
    rank=50,
    styles={"workers": release, "executor": release},
    absent={"serial": "one thread works alone: there is nobody to take turns with"},
)

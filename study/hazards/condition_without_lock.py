"""A Condition is notified by one who does not hold its lock: what is raised?"""

from study.hazard import Hazard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from study.hazard import Watch


def notify(mp: "Any", watch: "Watch") -> None:
    condition = mp.Condition()
    watch.call("notify", condition.notify)
    watch.afterwards("wait", condition.wait, 0.01)


HAZARD = Hazard(
    title="A Condition is notified without its lock",
    question=__doc__,
    group="queues and locks",
    rank=60,
    styles={"workers": notify, "executor": notify},
    absent={"serial": "one thread works alone: there is nobody to take turns with"},
)

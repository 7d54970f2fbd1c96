"""Can an RLock be asked whether somebody holds it?"""

from study.hazard import Hazard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from study.hazard import Watch


def ask(mp: "Any", watch: "Watch") -> None:
    lock = mp.RLock()
    locked = getattr(lock, "locked", None)
    if locked is None:
        watch.answers("no", "it has no locked() before Python 3.14")
        return
    before = locked()
    with lock:
        watch.answers("yes", f"locked() is {before}, and {locked()} while it is held")


HAZARD = Hazard(
    title="RLock.locked()",
    question=__doc__,
    group="queues and locks",
    rank=63,
    styles={"workers": ask, "executor": ask},
    absent={"serial": "one thread works alone: there is nobody to take turns with"},
)

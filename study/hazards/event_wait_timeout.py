"""Event.wait() is given a limit and nobody sets the event: how does the caller learn of it?"""

from study.hazard import Hazard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from study.hazard import Watch


def wait(mp: "Any", watch: "Watch") -> None:
    event = mp.Event()
    late = watch.call("wait", event.wait, 0.01)
    event.set()
    if watch.raised is None:
        watch.answers(
            repr(late), f"wait() returns {late}, and {event.wait(0.01)} once the event is set: nothing is raised"
        )


HAZARD = Hazard(
    title="Event.wait() times out",
    question=__doc__,
    group="queues and locks",
    rank=64,
    styles={"workers": wait, "executor": wait},
    absent={"serial": "one thread works alone: there is nobody to wait for"},
)

"""A key is read that nobody has set in a shared dict: what is raised?"""

from study.hazard import Hazard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from study.hazard import Watch


def read(mp: "Any", watch: "Watch") -> None:
    with mp.Manager() as manager:
        shared = manager.dict()
        watch.call("read", lambda: shared["nobody's key"])


def serial(_mp: "Any", watch: "Watch") -> None:
    plain: dict[str, str] = {}
    watch.call("read", lambda: plain["nobody's key"])


HAZARD = Hazard(
    title="A shared dict has no such key",
    question=__doc__,
    group="what is shared",
    rank=32,
    styles={"workers": read, "executor": read, "serial": serial},
)

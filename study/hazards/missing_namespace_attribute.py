"""An attribute is read that nobody has set in a namespace: what is raised?"""

from study.hazard import Hazard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from study.hazard import Watch


def read(mp: "Any", watch: "Watch") -> None:
    with mp.Manager() as manager:
        namespace = manager.Namespace()
        watch.call("read", lambda: namespace.value)


HAZARD = Hazard(
    title="A namespace has no such attribute",
    question=__doc__,
    group="what is shared",
    rank=30,
    styles={"workers": read, "executor": read},
    absent={"serial": "one thread works alone: it keeps what it knows in variables"},
)

"""Is what arrives the object that was sent, or a copy of it?"""

from study.hazard import Hazard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from study.hazard import Watch


def echo(item: "Any") -> "Any":
    return item


def workers(mp: "Any", watch: "Watch") -> None:
    item, queue = ["a list"], mp.Queue()
    queue.put(item)
    tell(watch, queue.get() is item)


def executor(mp: "Any", watch: "Watch") -> None:
    item = ["a list"]
    with mp.Executor(max_workers=1) as pool:
        tell(watch, pool.submit(echo, item).result() is item)


def serial(_mp: "Any", watch: "Watch") -> None:
    item = ["a list"]
    tell(watch, echo(item) is item)


def tell(watch: "Watch", same: bool) -> None:
    if same:
        watch.answers("same object", "sender and receiver hold one list: what one of them changes, the other sees")
    else:
        watch.answers("copy", "it is pickled by the sender and built anew by the receiver")


HAZARD = Hazard(
    title="A list is sent",
    question=__doc__,
    group="what travels",
    rank=10,
    styles={"workers": workers, "executor": executor, "serial": serial},
)

"""A worker raises an exception of one's own class: do its type, its arguments and its attributes arrive?"""

from study.hazard import Hazard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from study.hazard import Watch


class Refused(Exception):
    pass


def work() -> None:
    error = Refused("the order", 7)
    error.order = 7  # type: ignore[attr-defined]
    raise error


def workers(mp: "Any", watch: "Watch") -> None:
    with mp.Pool(1) as pool:
        watch.call("apply", pool.apply, work)
    tell(watch, watch.raised)


def executor(mp: "Any", watch: "Watch") -> None:
    with mp.Executor(max_workers=1) as pool:
        watch.call("submit", lambda: pool.submit(work).result())
    tell(watch, watch.raised)


def serial(_mp: "Any", watch: "Watch") -> None:
    watch.call("call", work)
    tell(watch, watch.raised)


def tell(watch: "Watch", error: "BaseException | None") -> None:
    kept = {
        "type": type(error) is Refused,
        "arguments": error is not None and error.args == ("the order", 7),
        "attributes": getattr(error, "order", None) == 7,
    }
    lost = [name for name, there in kept.items() if not there]
    if lost:
        watch.answers("lost", f"{', '.join(lost)}: {error!r} arrives")
    else:
        watch.answers("kept", "the exception that arrives has the worker's type, arguments and attributes")


HAZARD = Hazard(
    title="Type and arguments of an exception",
    question=__doc__,
    group="errors and their words",
    rank=20,
    styles={"workers": workers, "executor": executor, "serial": serial},
)

"""A threading.local is set before the workers start, as a connection is: do they see it?"""

import threading

from study.hazard import Hazard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from study.hazard import Watch

local = threading.local()


def read() -> "str | None":
    return getattr(local, "connection", None)


def workers(mp: "Any", watch: "Watch") -> None:
    local.connection = "the parent's"
    with mp.Pool(1) as pool:
        tell(watch, pool.apply(read))


def executor(mp: "Any", watch: "Watch") -> None:
    local.connection = "the parent's"
    with mp.Executor(max_workers=1) as pool:
        tell(watch, pool.submit(read).result())


def serial(_mp: "Any", watch: "Watch") -> None:
    local.connection = "the parent's"
    tell(watch, read())


def tell(watch: "Watch", value: "str | None") -> None:
    if value is None:
        watch.answers("not seen", "each worker begins with an empty threading.local")
    else:
        watch.answers("seen", "the worker goes on as the thread that set it: a connection kept there is used by both")


HAZARD = Hazard(
    title="A threading.local is set",
    question=__doc__,
    group="what travels",
    rank=64,
    styles={"workers": workers, "executor": executor, "serial": serial},
)

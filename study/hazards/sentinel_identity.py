"""A module's own marker, as in `MISSING = object()`, is sent to a worker: does `is` still recognise it there?"""

from study.hazard import Hazard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from study.hazard import Watch

MISSING = object()


def is_missing(value: object) -> bool:
    return value is MISSING


def workers(mp: "Any", watch: "Watch") -> None:
    with mp.Pool(1) as pool:
        tell(watch, pool.apply(is_missing, (MISSING,)))


def executor(mp: "Any", watch: "Watch") -> None:
    with mp.Executor(max_workers=1) as pool:
        tell(watch, pool.submit(is_missing, MISSING).result())


def serial(_mp: "Any", watch: "Watch") -> None:
    tell(watch, is_missing(MISSING))


def tell(watch: "Watch", recognised: bool) -> None:
    if recognised:
        watch.answers("recognised", "there is one marker for all")
    else:
        watch.answers("not recognised", "a copy arrives, which is another object: use None or a member of an Enum")


HAZARD = Hazard(
    title="A marker object is sent",
    question=__doc__,
    group="what travels",
    rank=30,
    styles={"workers": workers, "executor": executor, "serial": serial},
)

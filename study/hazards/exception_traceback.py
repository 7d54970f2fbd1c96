"""A worker raises: does the traceback that the caller sees name the worker's line?"""

from study.hazard import Hazard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from study.hazard import Watch


def work() -> None:
    raise ValueError("the worker's function failed")


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
    import traceback

    assert error is not None, "it was raised in the worker"
    if any(frame.name == work.__name__ for frame in traceback.extract_tb(error.__traceback__)):
        watch.answers("its frames", "the traceback goes on into the worker's function: a debugger can be used on it")
    elif f"in {work.__name__}" in str(error.__cause__):
        cause = type(error.__cause__).__name__
        watch.answers("as text", f"frames cannot travel; the worker's traceback is the text of its cause: {cause}")
    else:
        watch.answers("lost", f"the cause is {error.__cause__!r}")


HAZARD = Hazard(
    title="Traceback of an exception",
    question=__doc__,
    group="errors and their words",
    rank=22,
    styles={"workers": workers, "executor": executor, "serial": serial},
)

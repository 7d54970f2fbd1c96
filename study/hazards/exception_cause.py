"""A worker raises an exception `from` another: does the caller still find the first one in __cause__?"""

from study.hazard import Hazard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from study.hazard import Watch


def work() -> None:
    orders: dict[str, str] = {}
    try:
        orders["number 7"]
    except KeyError as error:
        raise ValueError("there is no such order") from error


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
    assert error is not None, "it was raised in the worker"
    cause = type(error.__cause__)
    if cause is KeyError:
        watch.answers("kept", "__cause__ is the exception that came first")
    elif "KeyError" in str(error.__cause__):
        watch.answers(
            "as text",
            f"__cause__ is now {cause.__name__}, whose text tells of the first one: nothing can be read off it",
        )
    else:
        watch.answers("lost", f"__cause__ is {error.__cause__!r}")


HAZARD = Hazard(
    title="Cause of an exception",
    question=__doc__,
    group="errors and their words",
    rank=24,
    styles={"workers": workers, "executor": executor, "serial": serial},
)

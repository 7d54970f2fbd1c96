"""A ContextVar is set before the workers start, as a request's id is: do they see its value?"""

import functools

from study.hazard import Hazard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from study.hazard import Watch


@functools.cache
def request() -> "Any":
    from contextvars import ContextVar

    return ContextVar("request", default="none")


def read() -> str:
    value: str = request().get()
    return value


def workers(mp: "Any", watch: "Watch") -> None:
    request().set("number 7")
    with mp.Pool(1) as pool:
        tell(watch, pool.apply(read))


def executor(mp: "Any", watch: "Watch") -> None:
    request().set("number 7")
    with mp.Executor(max_workers=1) as pool:
        tell(watch, pool.submit(read).result())


def serial(_mp: "Any", watch: "Watch") -> None:
    request().set("number 7")
    tell(watch, read())


def tell(watch: "Watch", value: str) -> None:
    if value == "none":
        watch.answers(
            "not seen", "a worker has a context of its own: run tasks with copy_context().run, or pass the value"
        )
    else:
        watch.answers("seen", "the worker has the context of the thread that started it")


HAZARD = Hazard(
    title="A context variable is set",
    question=__doc__,
    group="what travels",
    rank=62,
    styles={"workers": workers, "executor": executor, "serial": serial},
)

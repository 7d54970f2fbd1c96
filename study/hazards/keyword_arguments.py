"""A function is given a keyword argument that has the name of one of the library's own parameters: does it get it?"""

from study.hazard import Hazard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from study.hazard import Watch


def work(*, timeout: str) -> str:
    return timeout


def workers(mp: "Any", watch: "Watch") -> None:
    with mp.Pool(1) as pool:
        look(watch, watch.call("apply", pool.apply, work, (), {"timeout": "the task's"}))


def executor(mp: "Any", watch: "Watch") -> None:
    with mp.Executor(max_workers=1) as pool:
        look(watch, watch.call("submit", lambda: pool.submit(work, timeout="the task's").result()))


def serial(_mp: "Any", watch: "Watch") -> None:
    look(watch, watch.call("call", work, timeout="the task's"))


def look(watch: "Watch", timeout: "Any") -> None:
    if watch.raised is None and timeout != "the task's":
        watch.finds("wrong answer", f"the function got {timeout!r}")


HAZARD = Hazard(
    title="A keyword argument",
    question=__doc__,
    group="what travels",
    rank=52,
    styles={"workers": workers, "executor": executor, "serial": serial},
)

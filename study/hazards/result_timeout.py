"""A caller waits for a result for a limited time only: what does it get, and what becomes of the task?"""

from study.hazard import Hazard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from study.hazard import Watch

LIMIT_S = 0.1
go: "Any"


def prepare(shared_go: "Any") -> None:
    global go
    go = shared_go


def work() -> str:
    go.wait()
    return "done"


def workers(mp: "Any", watch: "Watch") -> None:
    may_go = mp.Event()
    with mp.Pool(1, prepare, (may_go,)) as pool:
        result = pool.apply_async(work)
        watch.call("get with a limit", result.get, LIMIT_S)
        may_go.set()
        watch.afterwards("get without a limit", result.get)


def executor(mp: "Any", watch: "Watch") -> None:
    may_go = mp.Event()
    with mp.Executor(max_workers=1, initializer=prepare, initargs=(may_go,)) as pool:
        future = pool.submit(work)
        watch.call("result with a limit", future.result, LIMIT_S)
        may_go.set()  # without this the block would never be left: it waits for the task
        watch.afterwards("result without a limit", future.result)


HAZARD = Hazard(
    title="A result does not come in time",
    question=__doc__,
    group="the end of a program",
    rank=34,
    styles={"workers": workers, "executor": executor},
    absent={"serial": "a function that is called cannot be waited for with a limit"},
)

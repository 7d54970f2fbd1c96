"""Three tasks wait for each other on two workers: the third can only begin when one of the two has ended."""

from study.hazard import Hazard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from study.hazard import Watch

TASKS = 3
LIMIT_S = 1.0  # without it, this would hang on every backend

barrier: "Any" = None


def keep(shared: "Any") -> None:
    global barrier
    barrier = shared


def meet(_: int) -> int:
    place: int = barrier.wait(LIMIT_S)
    return place


def workers(mp: "Any", watch: "Watch") -> None:
    with mp.Pool(2, initializer=keep, initargs=(mp.Barrier(TASKS),)) as pool:
        watch.call("map", pool.map, meet, range(TASKS), chunksize=1)
        watch.afterwards("map again", pool.map, abs, range(TASKS))


def executor(mp: "Any", watch: "Watch") -> None:
    with mp.Executor(max_workers=2, initializer=keep, initargs=(mp.Barrier(TASKS),)) as pool:
        watch.call("map", lambda: list(pool.map(meet, range(TASKS))))
        watch.afterwards("submit", lambda: pool.submit(abs, 0).result())


HAZARD = Hazard(
    title="Tasks wait for each other",
    question=__doc__,
    group="a worker or a task fails",
    rank=52,
    styles={"workers": workers, "executor": executor},
    absent={"serial": "a loop ends one task before the next begins: they never meet"},
)

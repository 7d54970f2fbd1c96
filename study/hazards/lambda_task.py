"""The task is a lambda: a worker in another process could not find it by a name."""

from study.hazard import Hazard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from study.hazard import Watch

ITEMS = 6


def workers(mp: "Any", watch: "Watch") -> None:
    with mp.Pool(2) as pool:
        watch.call("map", pool.map, lambda number: 2 * number, range(ITEMS), chunksize=1)
        watch.afterwards("map again", pool.map, abs, range(ITEMS))


def executor(mp: "Any", watch: "Watch") -> None:
    with mp.Executor(max_workers=2) as pool:
        watch.call("map", lambda: list(pool.map(lambda number: 2 * number, range(ITEMS))))
        watch.afterwards("submit", lambda: pool.submit(abs, 0).result())


HAZARD = Hazard(
    title="A lambda as the task",
    question=__doc__,
    group="something cannot travel",
    rank=12,
    styles={"workers": workers, "executor": executor},
    absent={"serial": "nothing travels: the loop and what it calls are in one thread"},
)

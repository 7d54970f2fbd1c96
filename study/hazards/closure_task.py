"""The task is a function inside a function, and uses a variable of that: neither has a name that a worker could find."""

from study.hazard import Hazard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from study.hazard import Watch

ITEMS = 6


def times(factor: int) -> "Callable[[int], int]":
    def multiply(number: int) -> int:
        return factor * number

    return multiply


def workers(mp: "Any", watch: "Watch") -> None:
    with mp.Pool(2) as pool:
        watch.call("map", pool.map, times(2), range(ITEMS), chunksize=1)
        watch.afterwards("map again", pool.map, abs, range(ITEMS))


def executor(mp: "Any", watch: "Watch") -> None:
    with mp.Executor(max_workers=2) as pool:
        watch.call("map", lambda: list(pool.map(times(2), range(ITEMS))))
        watch.afterwards("submit", lambda: pool.submit(abs, 0).result())


HAZARD = Hazard(
    title="A closure as the task",
    question=__doc__,
    group="something cannot travel",
    rank=14,
    styles={"workers": workers, "executor": executor},
    absent={"serial": "nothing travels: the loop and what it calls are in one thread"},
)

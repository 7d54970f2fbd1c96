"""A task returns a lambda, as a function does that builds functions: does it reach the caller?"""

from study.hazard import Hazard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from study.hazard import Watch

BAD, ITEMS = 2, 6


def work(number: int) -> object:
    return (lambda: 7) if number == BAD else number


def workers(mp: "Any", watch: "Watch") -> None:
    with mp.Pool(2) as pool:
        watch.call("map", pool.map, work, range(ITEMS), chunksize=1)
        watch.afterwards("map again", pool.map, abs, range(ITEMS))


def executor(mp: "Any", watch: "Watch") -> None:
    with mp.Executor(max_workers=2) as pool:
        watch.call("map", lambda: list(pool.map(work, range(ITEMS))))
        watch.afterwards("submit", lambda: pool.submit(abs, 0).result())


HAZARD = Hazard(
    title="A lambda as the result",
    question=__doc__,
    group="something cannot travel",
    rank=32,
    styles={"workers": workers, "executor": executor},
    absent={"serial": "nothing travels: the loop and what it calls are in one thread"},
)

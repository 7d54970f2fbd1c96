"""A task is given an object whose class is defined inside a function."""

from study.hazard import Hazard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from study.hazard import Watch


def point() -> object:
    class Point:
        x = 7

    return Point()


def x_of(there: "Any") -> int:
    x: int = there.x
    return x


def workers(mp: "Any", watch: "Watch") -> None:
    with mp.Pool(2) as pool:
        watch.call("apply", pool.apply, x_of, (point(),))
        watch.afterwards("map again", pool.map, abs, range(2))


def executor(mp: "Any", watch: "Watch") -> None:
    with mp.Executor(max_workers=2) as pool:
        watch.call("submit", lambda: pool.submit(x_of, point()).result())
        watch.afterwards("submit again", lambda: pool.submit(abs, 0).result())


HAZARD = Hazard(
    title="An object of a local class",
    question=__doc__,
    group="something cannot travel",
    rank=16,
    styles={"workers": workers, "executor": executor},
    absent={"serial": "nothing travels: the loop and what it calls are in one thread"},
)

"""An instance of a class comes back from a worker: is it an instance of the same class here?"""

from study.hazard import Hazard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from study.hazard import Watch


class Point:
    def __init__(self, x: int) -> None:
        self.x = x


def moved(point: Point) -> Point:
    # In the worker, too, the class has to be the one that its own module holds.
    return Point(point.x + isinstance(point, Point))


def workers(mp: "Any", watch: "Watch") -> None:
    with mp.Pool(1) as pool:
        tell(watch, pool.apply(moved, (Point(1),)))


def executor(mp: "Any", watch: "Watch") -> None:
    with mp.Executor(max_workers=1) as pool:
        tell(watch, pool.submit(moved, Point(1)).result())


def serial(_mp: "Any", watch: "Watch") -> None:
    tell(watch, moved(Point(1)))


def tell(watch: "Watch", point: "Any") -> None:
    if type(point) is Point and point.x == 2:
        watch.answers("same class", "an instance travels as the name of its class and its attributes, without __init__")
    else:
        watch.answers("another class", f"isinstance() is no longer true: {type(point)}")


HAZARD = Hazard(
    title="An instance comes back",
    question=__doc__,
    group="what travels",
    rank=32,
    styles={"workers": workers, "executor": executor, "serial": serial},
)

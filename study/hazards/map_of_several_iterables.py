"""map() is given two iterables, as the built-in map() may be: does the function get an argument of each?"""

from study.hazard import Hazard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from study.hazard import Watch


def add(first: int, second: int) -> int:
    return first + second


def workers(mp: "Any", watch: "Watch") -> None:
    with mp.Pool(1) as pool:
        watch.call("map", pool.map, add, [1, 2], [10, 20])
        watch.afterwards("starmap", pool.starmap, add, [(1, 10), (2, 20)])


def executor(mp: "Any", watch: "Watch") -> None:
    with mp.Executor(max_workers=1) as pool:
        look(watch, watch.call("map", lambda: list(pool.map(add, [1, 2], [10, 20]))))


def serial(_mp: "Any", watch: "Watch") -> None:
    look(watch, watch.call("map", lambda: list(map(add, [1, 2], [10, 20]))))


def look(watch: "Watch", sums: "Any") -> None:
    if watch.raised is None and sums != [11, 22]:
        watch.finds("wrong answer", f"map() gave {sums}, not [11, 22]")


HAZARD = Hazard(
    title="map() of two iterables",
    question=__doc__,
    group="what travels",
    rank=50,
    styles={"workers": workers, "executor": executor, "serial": serial},
)

"""A task is given a generator: what has been computed of it, and what has not, is a frame that cannot be pickled."""

from study.hazard import Hazard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from study.hazard import Watch

ITEMS = 6


def workers(mp: "Any", watch: "Watch") -> None:
    with mp.Pool(2) as pool:
        watch.call("apply", pool.apply, sum, ((number for number in range(ITEMS)),))
        watch.afterwards("map again", pool.map, abs, range(2))


def executor(mp: "Any", watch: "Watch") -> None:
    with mp.Executor(max_workers=2) as pool:
        watch.call("submit", lambda: pool.submit(sum, (number for number in range(ITEMS))).result())
        watch.afterwards("submit again", lambda: pool.submit(abs, 0).result())


HAZARD = Hazard(
    title="A generator as an argument",
    question=__doc__,
    group="something cannot travel",
    rank=18,
    styles={"workers": workers, "executor": executor},
    absent={"serial": "nothing travels: the loop and what it calls are in one thread"},
)

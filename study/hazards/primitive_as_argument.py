"""A lock of multiprocessing is given to a pool's task as an argument: it is for workers that are being started only."""

from study.hazard import Hazard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from study.hazard import Watch


def work(lock: "Any") -> str:
    with lock:
        return "taken and released"


def workers(mp: "Any", watch: "Watch") -> None:
    with mp.Pool(2) as pool:
        watch.call("apply", pool.apply, work, (mp.Lock(),))
        watch.afterwards("map again", pool.map, abs, range(2))


def executor(mp: "Any", watch: "Watch") -> None:
    with mp.Executor(max_workers=2) as pool:
        watch.call("submit", lambda: pool.submit(work, mp.Lock()).result())
        watch.afterwards("submit again", lambda: pool.submit(abs, 0).result())


HAZARD = Hazard(
    title="A lock as an argument of a task",
    question=__doc__,
    group="something cannot travel",
    rank=20,
    styles={"workers": workers, "executor": executor},
    absent={"serial": "nothing travels: the loop and what it calls are in one thread"},
)

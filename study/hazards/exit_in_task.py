"""A task calls os._exit, which ends its process at once: does the caller ever know?"""

import os

from study.hazard import HANG_S, Hazard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from study.hazard import Watch

BAD, ITEMS = 2, 6


def work(number: int) -> int:
    if number == BAD:
        os._exit(3)
    return number


def workers(mp: "Any", watch: "Watch") -> None:
    pool = mp.Pool(2)
    watch.wait("map", pool.map_async(work, range(ITEMS), chunksize=1).get)
    watch.afterwards("map again", pool.map, abs, range(ITEMS))
    pool.close()
    watch.afterwards("close and join", pool.join)


def executor(mp: "Any", watch: "Watch") -> None:
    with mp.Executor(max_workers=2) as pool:
        watch.call("map", lambda: list(pool.map(work, range(ITEMS))))
        watch.afterwards("submit", lambda: pool.submit(abs, 0).result())


HAZARD = Hazard(
    title="A task calls os._exit",
    question=__doc__,
    group="a worker or a task fails",
    rank=14,
    styles={"workers": workers, "executor": executor},
    absent={"serial": "there is no worker: what ends the task ends the program"},
    defects={"multiprocessing": "gh-66587"},
    patience_s=2 * HANG_S,
)

"""A worker is killed in the middle of a task, as the kernel does when memory runs out: does the caller ever know?"""

import os
import signal

from study.hazard import HANG_S, Hazard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from study.hazard import Watch

BAD, ITEMS = 2, 6


def work(number: int) -> int:
    if number == BAD:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def workers(mp: "Any", watch: "Watch") -> None:
    pool = mp.Pool(2)
    watch.wait("map", pool.map_async(work, range(ITEMS), chunksize=1).get)
    watch.afterwards("map again", pool.map, abs, range(ITEMS))
    watch.afterwards("terminate", pool.terminate)


def executor(mp: "Any", watch: "Watch") -> None:
    pool = mp.Executor(max_workers=2)
    watch.call("map", lambda: list(pool.map(work, range(ITEMS))))
    watch.afterwards("submit", lambda: pool.submit(work, 0).result())
    watch.afterwards("shutdown", pool.shutdown)


HAZARD = Hazard(
    title="A worker is killed",
    question=__doc__,
    group="a worker or a task fails",
    rank=10,
    styles={"workers": workers, "executor": executor},
    absent={"serial": "there is no worker: what kills the task kills the program"},
    defects={"multiprocessing": "gh-66587"},
    patience_s=2 * HANG_S,
)

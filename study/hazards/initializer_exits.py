"""The initializer of a pool's workers ends its process: does the caller know, or wait for workers that never come?"""

import os
import time

from study.hazard import HANG_S, Hazard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from study.hazard import Watch

ITEMS = 6
PAUSE_S = 2.0  # a Pool replaces such workers as fast as they end, for ever, and would do nothing else


def prepare(pause_s: float) -> None:
    time.sleep(pause_s)
    os._exit(3)


def workers(mp: "Any", watch: "Watch") -> None:
    pool = mp.Pool(2, initializer=prepare, initargs=(PAUSE_S,))
    watch.wait("map", pool.map_async(abs, range(ITEMS)).get)
    watch.afterwards("terminate", pool.terminate)


def executor(mp: "Any", watch: "Watch") -> None:
    pool = mp.Executor(max_workers=2, initializer=prepare, initargs=(0,))
    watch.call("map", lambda: list(pool.map(abs, range(ITEMS))))
    watch.afterwards("submit", lambda: pool.submit(abs, 0).result())
    watch.afterwards("shutdown", pool.shutdown)


HAZARD = Hazard(
    title="An initializer ends its worker",
    question=__doc__,
    group="a worker or a task fails",
    rank=42,
    styles={"workers": workers, "executor": executor},
    absent={"serial": "a loop has no workers to prepare"},
    defects={"multiprocessing": "gh-87472"},
    patience_s=2 * HANG_S,
)

"""The workers of a pool are killed while they have nothing to do: does the pool notice, and serve the next task?"""

import os
import signal
import time

from study.hazard import HANG_S, Hazard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from study.hazard import Watch

ITEMS = 6
IDLE_S = 0.5  # after the first tasks, until every worker waits for the next


def kill_workers() -> None:
    import multiprocessing

    time.sleep(IDLE_S)
    for worker in multiprocessing.active_children():
        os.kill(worker.pid or 0, signal.SIGKILL)


def workers(mp: "Any", watch: "Watch") -> None:
    pool = mp.Pool(2)
    pool.map(abs, range(ITEMS))
    kill_workers()
    watch.wait("map", pool.map_async(abs, range(ITEMS)).get)
    watch.afterwards("terminate", pool.terminate)


def executor(mp: "Any", watch: "Watch") -> None:
    pool = mp.Executor(max_workers=2)
    list(pool.map(abs, range(ITEMS)))
    kill_workers()
    watch.call("map", lambda: list(pool.map(abs, range(ITEMS))))
    watch.afterwards("submit", lambda: pool.submit(abs, 0).result())
    watch.afterwards("shutdown", pool.shutdown)


HAZARD = Hazard(
    title="Idle workers are killed",
    question=__doc__,
    group="a worker or a task fails",
    rank=60,
    styles={
        "multiprocessing": workers,
        "executors.fork": executor,
        "executors.spawn": executor,
        "executors.forkserver": executor,
    },
    absent={
        "serial": "there is no worker",
        "workers": "a thread cannot be killed without its program",
        "executor": "its workers cannot be killed without their program",
    },
    defects={"multiprocessing": "gh-96062"},
    patience_s=2 * HANG_S,
)

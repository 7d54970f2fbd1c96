"""Workers are replaced after one task and map() sends chunks of two items: is a task an item or a chunk?"""

import os

from study.hazard import Hazard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from study.hazard import Watch

ITEMS = 2


def pid(_number: int) -> int:
    return os.getpid()


def workers(mp: "Any", watch: "Watch") -> None:
    pool = mp.Pool(1, maxtasksperchild=1)
    tell(watch, pool.map(pid, range(ITEMS), chunksize=ITEMS))
    pool.close()
    pool.join()


def executor(mp: "Any", watch: "Watch") -> None:
    pool = watch.call("Executor", mp.Executor, max_workers=1, max_tasks_per_child=1)
    if pool is not None:
        with pool:
            tell(watch, list(pool.map(pid, range(ITEMS), chunksize=ITEMS)))


def tell(watch: "Watch", pids: "list[int]") -> None:
    if len(set(pids)) == 1:
        watch.answers("a chunk", "one worker did both items: pass chunksize=1 to have a new worker for each")
    else:
        watch.answers("an item", "each item had a worker of its own")


HAZARD = Hazard(
    title="Replaced workers and chunks",
    question=__doc__,
    group="pools and their workers",
    rank=52,
    needs={"recycled workers"},
    styles={"workers": workers, "executor": executor},
    absent={"serial": "one thread works alone: there is no worker to replace"},
)

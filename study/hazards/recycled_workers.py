"""A pool is told to replace each worker after one task, as a library that leaks memory needs it: is that on offer?"""

import os

from study.hazard import Hazard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from study.hazard import Watch


def pid(_number: int) -> int:
    return os.getpid()


def workers(mp: "Any", watch: "Watch") -> None:
    pool = watch.call("Pool", mp.Pool, 1, maxtasksperchild=1)
    if pool is not None:
        look(watch, {pool.apply(pid, (number,)) for number in range(2)})
        pool.close()
        pool.join()


def executor(mp: "Any", watch: "Watch") -> None:
    pool = watch.call("Executor", mp.Executor, max_workers=1, max_tasks_per_child=1)
    if pool is not None:
        with pool:
            look(watch, {pool.submit(pid, number).result() for number in range(2)})


def interpreters(_mp: "Any", watch: "Watch") -> None:
    import concurrent.futures

    pool: Any = concurrent.futures.InterpreterPoolExecutor  # type: ignore[attr-defined,unused-ignore]
    watch.call("Executor", pool, max_workers=1, max_tasks_per_child=1)


def look(watch: "Watch", pids: "set[int]") -> None:
    if len(pids) != 2:
        watch.finds("wrong answer", "one worker did both tasks")


HAZARD = Hazard(
    title="Workers are replaced after a task",
    question=__doc__,
    group="pools and their workers",
    rank=50,
    styles={"workers": workers, "executor": executor, "executors.interpreter": interpreters},
    absent={"serial": "one thread works alone: there is no worker to replace"},
)

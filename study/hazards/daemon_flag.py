"""Is a pool's worker a daemon? A daemon is ended with the program, and a daemonic process may have no children."""

import threading

from study.hazard import Hazard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from study.hazard import Watch


def is_daemon() -> bool:
    import multiprocessing

    return multiprocessing.current_process().daemon or threading.current_thread().daemon


def workers(mp: "Any", watch: "Watch") -> None:
    with mp.Pool(1) as pool:
        tell(watch, pool.apply(is_daemon))


def executor(mp: "Any", watch: "Watch") -> None:
    with mp.Executor(max_workers=1) as pool:
        tell(watch, pool.submit(is_daemon).result())


def tell(watch: "Watch", daemon: bool) -> None:
    if daemon:
        watch.answers("yes", "the end of the program is the end of its workers")
    else:
        watch.answers("no", "the program does not end before its workers have")


HAZARD = Hazard(
    title="A worker is a daemon",
    question=__doc__,
    group="pools and their workers",
    rank=18,
    styles={"workers": workers, "executor": executor},
    absent={"serial": "one thread works alone: the program's own"},
)

"""Each worker starts a thread that waits for the parent and then ends the worker: is anything left of a killed program?"""

import os
import signal
import threading

from study.hazard import Hazard
from study.hazards.parent_killed import NO_WORKERS, in_executor, in_pool, prepare

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from study.hazard import Watch

ONE_PROCESS = "threads end with their process: there is nothing to remedy"


def follow_parent() -> None:
    import multiprocessing

    parent = multiprocessing.parent_process()
    assert parent is not None, "only a worker follows"
    parent.join()
    os._exit(1)


def prepare_to_follow(shared_meeting: "Any") -> None:
    prepare(shared_meeting)
    threading.Thread(target=follow_parent, daemon=True).start()


def workers(mp: "Any", watch: "Watch") -> None:
    in_pool(mp, watch, signal.SIGKILL, prepare_to_follow)


def executor(mp: "Any", watch: "Watch") -> None:
    in_executor(mp, watch, signal.SIGKILL, prepare_to_follow)


HAZARD = Hazard(
    title="The parent is killed, and its workers follow it",
    question=__doc__,
    group="the end of a program",
    rank=22,
    styles={
        "multiprocessing": workers,
        "executors.fork": executor,
        "executors.spawn": executor,
        "executors.forkserver": executor,
    },
    absent={"serial": NO_WORKERS, "threading": ONE_PROCESS, "concurrent.futures": ONE_PROCESS},
)

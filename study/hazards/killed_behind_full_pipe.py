"""A worker is killed while arguments of 2 MB wait for it in a full pipe that nobody reads any more."""

import os
import signal

from study.hazard import Hazard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from study.hazard import Watch

TASKS = 4
ARGUMENT = bytes(2_000_000)  # a pipe holds 64 kB


def work(_: bytes) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def executor(mp: "Any", watch: "Watch") -> None:
    pool = mp.Executor(max_workers=1)
    futures = [pool.submit(work, ARGUMENT) for _ in range(TASKS)]
    watch.call("submit", futures[0].result)
    watch.afterwards("submit again", lambda: pool.submit(abs, 0).result())
    watch.call("shutdown", pool.shutdown)  # which may hang even where the future has raised


HAZARD = Hazard(
    title="A worker is killed behind a full pipe",
    question=__doc__,
    group="a worker or a task fails",
    rank=62,
    styles={"executors.fork": executor, "executors.spawn": executor, "executors.forkserver": executor},
    absent={
        "serial": "there is no worker, and no pipe",
        "threading": "there is no pipe between threads",
        "multiprocessing": "a Pool hangs when a worker is killed, whatever is in the pipe: see 'A worker is killed'",
        "executor": "its workers cannot be killed without their program",
    },
    defects={"concurrent.futures": "gh-94777"},
)

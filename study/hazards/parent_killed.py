"""The program is killed while its workers run tasks, as the kernel does when memory runs out: what is left of them?"""

import os
import signal
import time

from study.hazard import Hazard, Watch

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

ITEMS, WORKERS, TASK_S = 4, 2, 1.0
LAST_S = 30  # then an orphan ends, in case that whoever watches it was killed too
NO_WORKERS = "there are no workers that could outlive the program"
meeting: "Any"


def prepare(shared_meeting: "Any") -> None:
    global meeting
    meeting = shared_meeting
    signal.alarm(LAST_S)


def work(number: int) -> None:
    if number < WORKERS:
        meeting.wait()
    time.sleep(TASK_S)
    Watch().answers("end their tasks", "the workers went on with their running tasks, and ended after that")


def in_pool(mp: "Any", watch: "Watch", number: int, initializer: "Callable[..., None]" = prepare) -> None:
    """End this program by that signal while both workers of a Pool run a task and others wait."""
    both_run = mp.Barrier(WORKERS + 1)
    pool = mp.Pool(WORKERS, initializer, (both_run,))
    pool.map_async(work, range(ITEMS), chunksize=1)
    both_run.wait()
    end(watch, number)


def in_executor(mp: "Any", watch: "Watch", number: int, initializer: "Callable[..., None]" = prepare) -> None:
    """The same with the workers of an executor."""
    both_run = mp.Barrier(WORKERS + 1)
    pool = mp.Executor(max_workers=WORKERS, initializer=initializer, initargs=(both_run,))
    pool.map(work, range(ITEMS))
    both_run.wait()
    end(watch, number)


def begin(descriptor: int) -> None:
    os.write(descriptor, b".")
    time.sleep(TASK_S)


def in_interpreters(mp: "Any", watch: "Watch", number: int) -> None:
    """The same without a barrier: for interpreters that would be a Manager's, which is a process itself."""
    begun, begin_in = os.pipe()
    pool = mp.Executor(max_workers=WORKERS)
    pool.map(begin, [begin_in] * ITEMS)
    for _ in range(WORKERS):
        os.read(begun, 1)
    end(watch, number)


def end(watch: "Watch", number: int) -> None:
    watch.ends_itself()
    os.kill(os.getpid(), number)


def workers(mp: "Any", watch: "Watch") -> None:
    in_pool(mp, watch, signal.SIGKILL)


def executor(mp: "Any", watch: "Watch") -> None:
    in_executor(mp, watch, signal.SIGKILL)


def interpreters(mp: "Any", watch: "Watch") -> None:
    in_interpreters(mp, watch, signal.SIGKILL)


HAZARD = Hazard(
    title="The parent is killed",
    question=__doc__,
    group="the end of a program",
    rank=21,
    styles={"workers": workers, "executor": executor, "executors.interpreter": interpreters},
    absent={"serial": NO_WORKERS},
    defects=dict.fromkeys(("executors.fork", "executors.spawn", "executors.forkserver"), "gh-111873"),
)

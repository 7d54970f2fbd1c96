"""Somebody presses Ctrl-C while tasks run: how long until the caller's KeyboardInterrupt, and what runs to its end before?"""

import os
import signal
import time

from study.hazard import Hazard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from study.hazard import Watch

ITEMS, WORKERS, TASK_S = 8, 2, 1.0
PAUSE_S = 0.2  # until the caller waits: a signal that comes just before a wait may be seen only when the wait is over
RUNNING = (1, 2)  # the first item returns at once: then the caller is in the middle of the results
meeting: "Any"
target: int


def prepare(shared_meeting: "Any", process: int) -> None:
    global meeting, target
    meeting, target = shared_meeting, process


def meet(_number: int) -> None:
    meeting.wait()


def work(number: int) -> int:
    if number in RUNNING:
        meeting.wait()
    if number == RUNNING[0]:
        time.sleep(PAUSE_S)
        interrupt()
    if number:
        time.sleep(TASK_S)
        open(f"ended {number}", "x").close()
    return number


def interrupt() -> None:
    open("sent", "x").close()
    os.kill(target, signal.SIGINT)


def wait_for_all(pool: "Any", results_of: "Callable[..., Iterator[int]]", both_run: "Any") -> None:
    with pool:
        for number in results_of(work, range(ITEMS)):
            if number == 0:
                both_run.wait()


def in_pool(mp: "Any", watch: "Watch", process: int) -> None:
    """Tasks of a Pool; the first interrupts that process, or that group if it is negative."""
    both_run = mp.Barrier(WORKERS + 1)
    pool = mp.Pool(WORKERS, prepare, (both_run, process))
    pool.map_async(meet, range(WORKERS), chunksize=1)
    both_run.wait()
    watch.call("imap", wait_for_all, pool, pool.imap, both_run)
    tell(watch)


def in_executor(mp: "Any", watch: "Watch", process: int) -> None:
    """Tasks of an executor; the first interrupts that process, or that group if it is negative."""
    both_run = mp.Barrier(WORKERS + 1)
    pool = mp.Executor(max_workers=WORKERS, initializer=prepare, initargs=(both_run, process))
    pool.map(meet, range(WORKERS))
    both_run.wait()
    watch.call("map", wait_for_all, pool, pool.map, both_run)
    tell(watch)


def in_loop(process: int, watch: "Watch") -> None:
    """Tasks one after the other; the first interrupts."""
    global target
    target = process
    watch.call("loop", lambda: [in_turn(number) for number in range(ITEMS)])
    tell(watch)


def in_turn(number: int) -> int:
    if number == 0:
        interrupt()
    return number


def tell(watch: "Watch") -> None:
    if not isinstance(watch.raised, KeyboardInterrupt):
        return
    ended = {int(name.split()[1]) for name in os.listdir() if name.startswith("ended")}
    after_s = time.time() - os.path.getmtime("sent")
    when = f"after {after_s:.1f} s, when {len(ended)} of {ITEMS} tasks had run to their end"
    if not ended:
        watch.answers("at once", f"KeyboardInterrupt {when}")
    elif ended <= set(RUNNING):
        watch.answers("after the running tasks", f"KeyboardInterrupt {when}: the running ones")
    else:
        watch.answers(
            "after waiting tasks too", f"KeyboardInterrupt {when}: also such as had not begun before the signal"
        )


def workers(mp: "Any", watch: "Watch") -> None:
    in_pool(mp, watch, -os.getpgrp())


def executor(mp: "Any", watch: "Watch") -> None:
    in_executor(mp, watch, -os.getpgrp())


def serial(_mp: "Any", watch: "Watch") -> None:
    in_loop(-os.getpgrp(), watch)


HAZARD = Hazard(
    title="Ctrl-C while tasks run",
    question=__doc__,
    group="the end of a program",
    rank=10,
    styles={"workers": workers, "executor": executor, "serial": serial},
)

"""The `with` block of a pool is left while tasks run and others wait: what becomes of them?"""

import os
import time

from study.hazard import Hazard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from study.hazard import Watch

ITEMS, WORKERS, TASK_S, PATIENCE_S = 4, 2, 0.5, 3.0
meeting: "Any"
done: "Any"


def prepare(shared_meeting: "Any", shared_done: "Any") -> None:
    global meeting, done
    meeting, done = shared_meeting, shared_done


def work(number: int) -> None:
    if number < WORKERS:
        meeting.wait()
    time.sleep(TASK_S)
    open(f"ended {number}", "x").close()
    done.release()


def leave(pool: "Any", both_run: "Any") -> None:
    with pool:
        both_run.wait()


def workers(mp: "Any", watch: "Watch") -> None:
    both_run, one_done = mp.Barrier(WORKERS + 1), mp.Semaphore(0)
    pool = mp.Pool(WORKERS, prepare, (both_run, one_done))
    pool.map_async(work, range(ITEMS), chunksize=1)
    watch.call("leave the with block", leave, pool, both_run)
    tell(watch, one_done)


def executor(mp: "Any", watch: "Watch") -> None:
    both_run, one_done = mp.Barrier(WORKERS + 1), mp.Semaphore(0)
    pool = mp.Executor(max_workers=WORKERS, initializer=prepare, initargs=(both_run, one_done))
    pool.map(work, range(ITEMS))
    watch.call("leave the with block", leave, pool, both_run)
    tell(watch, one_done)


def tell(watch: "Watch", one_done: "Any") -> None:
    if watch.raised:
        return
    ended = sum(name.startswith("ended") for name in os.listdir())
    if ended == ITEMS:
        watch.answers("waits", f"left when all {ITEMS} tasks had ended, also those that had not begun")
    elif one_done.acquire(timeout=PATIENCE_S):
        watch.answers("leaves them", f"left when {ended} of {ITEMS} tasks had ended; the running ones go on unseen")
    else:
        watch.answers("ends them", f"left when {ended} of {ITEMS} tasks had ended; the others never do")


HAZARD = Hazard(
    title="A with block is left while tasks run",
    question=__doc__,
    group="the end of a program",
    rank=33,
    styles={"workers": workers, "executor": executor},
    absent={"serial": "nothing runs beside the caller that could be left behind"},
)

"""Two processes are killed, each with a permit of a Semaphore(2): how many permits are left?"""

import os
import signal

from study.hazard import Hazard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from study.hazard import Watch

PERMITS = 2
permits: "Any"
both: "Any"


def acquire_and_die(permits: "Any", both: "Any") -> None:
    permits.acquire()
    both.wait()  # an executor ends its other workers as soon as one is gone
    os.kill(os.getpid(), signal.SIGKILL)


def acquire(permits: "Any") -> None:
    permits.acquire()


def workers(mp: "Any", watch: "Watch") -> None:
    permits, both = mp.Semaphore(PERMITS), mp.Barrier(PERMITS)
    team = [mp.Process(target=acquire_and_die, args=(permits, both)) for _ in range(PERMITS)]
    for process in team:
        process.start()
    for process in team:
        process.join()
    watch.call("acquire", acquire, permits)


def install(shared_permits: "Any", shared_both: "Any") -> None:
    global permits, both
    permits, both = shared_permits, shared_both


def task() -> None:
    acquire_and_die(permits, both)


def executor(mp: "Any", watch: "Watch") -> None:
    permits, both = mp.Semaphore(PERMITS), mp.Barrier(PERMITS)
    pool = mp.Executor(max_workers=PERMITS, initializer=install, initargs=(permits, both))
    team = [pool.submit(task) for _ in range(PERMITS)]
    watch.call("result", team[0].result)
    watch.afterwards("shutdown", pool.shutdown)
    watch.afterwards("acquire", acquire, permits)


HAZARD = Hazard(
    title="Processes are killed with the permits of a semaphore",
    question=__doc__,
    group="locks and queues",
    rank=33,
    styles={"workers": workers, "executor": executor},
    absent={"serial": "one thread works alone: there is nobody to take turns with"},
    needs=["own process"],
    defects={"multiprocessing": "gh-88304", "concurrent.futures": "gh-88304"},
)

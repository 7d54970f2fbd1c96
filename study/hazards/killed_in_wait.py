"""A process is killed while it waits for a Condition, on which Event and Barrier are built: does notify() return?"""

import os
import signal

from study.hazard import Hazard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from study.hazard import Watch

condition: "Any"
ready: "Any"


def wait(condition: "Any", ready: "Any") -> None:
    with condition:
        ready.release()
        condition.wait()


def kill_in_wait(condition: "Any", ready: "Any", pid: int) -> None:
    ready.acquire()
    with condition:  # whoever waits has let go of it
        os.kill(pid, signal.SIGKILL)


def notify(condition: "Any") -> None:
    with condition:
        condition.notify()


def workers(mp: "Any", watch: "Watch") -> None:
    condition, ready = mp.Condition(), mp.Semaphore(0)
    process = mp.Process(target=wait, args=(condition, ready))
    process.start()
    kill_in_wait(condition, ready, process.pid)
    process.join()
    watch.call("notify", notify, condition)


def install(shared_condition: "Any", shared_ready: "Any") -> None:
    global condition, ready
    condition, ready = shared_condition, shared_ready


def task() -> None:
    wait(condition, ready)


def executor(mp: "Any", watch: "Watch") -> None:
    condition, ready = mp.Condition(), mp.Semaphore(0)
    pool = mp.Executor(max_workers=1, initializer=install, initargs=(condition, ready))
    pid = pool.submit(os.getpid).result()
    waiting = pool.submit(task)
    kill_in_wait(condition, ready, pid)
    watch.call("result", waiting.result)
    watch.afterwards("shutdown", pool.shutdown)
    watch.afterwards("notify", notify, condition)


HAZARD = Hazard(
    title="A process is killed while it waits for a condition",
    question=__doc__,
    group="locks and queues",
    rank=35,
    styles={"workers": workers, "executor": executor},
    absent={"serial": "one thread works alone: there is nobody to wait for"},
    needs=["own process"],
    defects={"multiprocessing": "gh-75158", "concurrent.futures": "gh-75158"},
)

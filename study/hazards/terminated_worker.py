"""A worker is terminated in the middle of a task: do its `finally` and its atexit functions run?"""

import os
import signal
import time

from study.hazard import Hazard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from study.hazard import Watch

FOR_EVER_S = 60.0
NO_TERMINATE = "threads cannot be ended from outside: they have no terminate()"
running: "Any"


def prepare(shared_running: "Any") -> None:
    global running
    running = shared_running


def work() -> None:
    import atexit

    atexit.register(open, "atexit ran", "x")
    try:
        running.set()
        time.sleep(FOR_EVER_S)
    finally:
        open("finally ran", "x").close()


def prepare_and_work(shared_running: "Any") -> None:
    prepare(shared_running)
    work()


def workers(mp: "Any", watch: "Watch") -> None:
    works = mp.Event()
    process = mp.Process(target=prepare_and_work, args=(works,))
    process.start()
    works.wait()
    process.terminate()
    watch.call("join", process.join)
    tell(watch, f"its exit code is {process.exitcode}")


def executor(mp: "Any", watch: "Watch") -> None:
    works = mp.Event()
    pool = mp.Executor(max_workers=1, initializer=prepare, initargs=(works,))
    worker = pool.submit(os.getpid).result()
    future = pool.submit(work)
    works.wait()
    os.kill(worker, signal.SIGTERM)
    watch.call("result", future.result)
    tell(watch, f"result() raises {type(watch.raised).__name__}")
    watch.afterwards("shutdown", pool.shutdown)


def tell(watch: "Watch", seen: str) -> None:
    ran = [name for name in ("finally", "atexit") if os.path.exists(f"{name} ran")]
    watch.answers(" and ".join(ran) or "neither", f"SIGTERM ends it where it stands; {seen}")


HAZARD = Hazard(
    title="A worker is terminated",
    question=__doc__,
    group="the end of a program",
    rank=30,
    styles={
        "multiprocessing": workers,
        "executors.fork": executor,
        "executors.spawn": executor,
        "executors.forkserver": executor,
    },
    absent={
        "serial": "there is no worker that could be terminated",
        "threading": NO_TERMINATE,
        "concurrent.futures": NO_TERMINATE,
    },
)

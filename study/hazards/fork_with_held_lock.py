"""Workers start while another thread holds a lock that they will want: do they ever get it?"""

import threading

from study.hazard import Hazard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from study.hazard import Watch

lock = threading.Lock()


def take() -> None:
    with lock:
        pass


def hold(held: "threading.Event", may_go: "threading.Event") -> None:
    with lock:
        held.set()
        may_go.wait()


class Holder:
    """Another thread that holds the lock, as a library's may at any moment."""

    def __enter__(self) -> None:
        held, self.may_go = threading.Event(), threading.Event()
        self.thread = threading.Thread(target=hold, args=(held, self.may_go))
        self.thread.start()
        held.wait()

    def __exit__(self, *_: object) -> None:
        self.may_go.set()
        self.thread.join()


def workers(mp: "Any", watch: "Watch") -> None:
    process = mp.Process(target=take)
    with Holder():
        process.start()
    watch.call("join", process.join)


def executor(mp: "Any", watch: "Watch") -> None:
    pool = mp.Executor(max_workers=1)
    with Holder():
        future = pool.submit(take)
    watch.call("result", future.result)
    watch.afterwards("shutdown", pool.shutdown)


HAZARD = Hazard(
    title="Workers start while a thread holds a lock",
    question=__doc__,
    group="locks and queues",
    rank=42,
    styles={"workers": workers, "executor": executor},
    absent={"serial": "one thread works alone: there is nobody to take turns with"},
    defects={"processes.fork": "gh-100228", "executors.fork": "gh-100228"},
)

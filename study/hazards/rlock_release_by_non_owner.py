"""A worker holds an RLock, and its parent releases it: what is raised?"""

from study.hazard import Hazard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from study.hazard import Watch

shared: "tuple[Any, Any, Any]"


def install(*lock_and_events: "Any") -> None:
    global shared
    shared = lock_and_events


def hold(lock: "Any", held: "Any", gate: "Any") -> None:
    lock.acquire()
    held.set()
    gate.wait()


def hold_installed() -> None:
    hold(*shared)


def workers(mp: "Any", watch: "Watch") -> None:
    lock, held, gate = mp.RLock(), mp.Event(), mp.Event()
    worker = mp.Process(target=hold, args=(lock, held, gate))
    worker.start()
    held.wait()
    watch.call("release", lock.release)
    gate.set()
    worker.join()


def executor(mp: "Any", watch: "Watch") -> None:
    lock, held, gate = mp.RLock(), mp.Event(), mp.Event()
    with mp.Executor(max_workers=1, initializer=install, initargs=(lock, held, gate)) as pool:
        pool.submit(hold_installed)
        held.wait()
        watch.call("release", lock.release)
        gate.set()


HAZARD = Hazard(
    title="Another one's RLock is released",
    question=__doc__,
    group="queues and locks",
    rank=54,
    styles={"workers": workers, "executor": executor},
    absent={"serial": "one thread works alone: there is nobody to take turns with"},
)

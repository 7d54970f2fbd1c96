"""Mistakes with a manager's locks: is what is raised that of threading, or that of multiprocessing's own locks?"""

from study.hazard import Hazard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from study.hazard import Watch


def ask(mp: "Any", watch: "Watch") -> None:
    with mp.Manager() as manager:
        told = {
            "release of an unlocked Lock": raised(manager.Lock().release),
            "release of an RLock that nobody holds": raised(manager.RLock().release),
            "notify() without the lock": raised(manager.Condition().notify),
            "a BoundedSemaphore released too often": raised(manager.BoundedSemaphore(1).release),
            "a Semaphore released too often": raised(manager.Semaphore(1).release),
        }
    words = list(told.values())
    sentence = "; ".join(f"{mistake}: {word}" for mistake, word in told.items())
    watch.answers("threading's" if words == as_threading() else "others", sentence)


def as_threading() -> "list[str]":
    import threading

    makers = (threading.Lock(), threading.RLock(), threading.BoundedSemaphore(1), threading.Semaphore(1))
    lock, rlock, bounded, plain = (raised(maker.release) for maker in makers)
    return [lock, rlock, raised(threading.Condition().notify), bounded, plain]


def raised(misuse: "Any") -> str:
    try:
        misuse()
    except Exception as error:
        return type(error).__name__
    return "accepted"


HAZARD = Hazard(
    title="Mistakes with a manager's locks",
    question=__doc__,
    group="queues and locks",
    rank=70,
    styles={"multiprocessing": ask},
    absent={
        "threading": "threads need no manager: they see the lock itself",
        "executor": "its workers are given the same proxies, measured with multiprocessing's processes",
        "serial": "one thread works alone: there is nobody to take turns with",
    },
)

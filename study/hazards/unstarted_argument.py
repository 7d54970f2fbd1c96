"""A lock that only the arguments of a process refer to, as in Process(target=f, args=(Lock(),)): is it there when f runs?"""

from study.hazard import Hazard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from study.hazard import Watch

lock: "Any"


def take(lock: "Any", done: "Any") -> None:
    with lock:
        done.set()


def workers(mp: "Any", watch: "Watch") -> None:
    done = mp.Event()
    process = mp.Process(target=take, args=(mp.Lock(), done))
    watch.call("start", process.start)  # which forgets the arguments, and with them the lock
    watch.call("join", process.join)
    if not done.is_set():
        watch.finds("loses data", f"the worker ended with exit code {process.exitcode} before its function began")


def install(shared_lock: "Any") -> None:
    global lock
    lock = shared_lock


def task() -> None:
    with lock:
        pass


def executor(mp: "Any", watch: "Watch") -> None:
    pool = mp.Executor(max_workers=1, initializer=install, initargs=(mp.Lock(),))
    watch.call("result", lambda: pool.submit(task).result())
    watch.afterwards("shutdown", pool.shutdown)


HAZARD = Hazard(
    title="A lock that nobody keeps",
    question=__doc__,
    group="locks and queues",
    rank=56,
    styles={"workers": workers, "executor": executor},
    absent={"serial": "one thread works alone: there is nobody to take turns with"},
    defects=dict.fromkeys(("processes.spawn", "processes.forkserver"), "gh-94765"),
)

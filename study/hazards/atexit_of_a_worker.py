"""A worker registers a function with atexit: has it run when the worker is gone?"""

import os

from study.hazard import Hazard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from study.hazard import Watch

FAREWELL = "farewell.txt"


def say_farewell() -> None:
    open(FAREWELL, "x", encoding="utf-8").close()


def work() -> None:
    import atexit

    atexit.register(say_farewell)


def workers(mp: "Any", watch: "Watch") -> None:
    worker = mp.Process(target=work)
    worker.start()
    worker.join()
    tell(watch)


def executor(mp: "Any", watch: "Watch") -> None:
    with mp.Executor(max_workers=1) as pool:
        pool.submit(work).result()
    tell(watch)


def tell(watch: "Watch") -> None:
    if os.path.exists(FAREWELL):
        watch.answers("yes", "the function ran at the end of the worker")
    else:
        watch.answers("no", "the worker ended without it: use `finally`, or multiprocessing.util.Finalize in a process")


HAZARD = Hazard(
    title="atexit in a worker",
    question=__doc__,
    group="pools and their workers",
    rank=70,
    styles={"workers": workers, "executor": executor},
    absent={"serial": "one thread works alone: its end is the end of the program"},
)

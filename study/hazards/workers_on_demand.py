"""A pool of two workers is given one task: how many workers does it start?"""

import os

from study.hazard import Hazard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from study.hazard import Watch

STARTED = "started.txt"


def note_start() -> None:
    with open(STARTED, "a", encoding="utf-8") as file:
        file.write(f"{os.getpid()}\n")


def workers(mp: "Any", watch: "Watch") -> None:
    pool = mp.Pool(2, initializer=note_start)
    pool.apply(abs, (1,))
    pool.close()
    pool.join()
    tell(watch)


def executor(mp: "Any", watch: "Watch") -> None:
    with mp.Executor(max_workers=2, initializer=note_start) as pool:
        pool.submit(abs, 1).result()
    tell(watch)


def tell(watch: "Watch") -> None:
    with open(STARTED, encoding="utf-8") as file:
        started = len(file.readlines())
    if started == 1:
        watch.answers(
            "on demand", "one worker was started: the other one would be started for a task that finds none idle"
        )
    else:
        watch.answers("all at once", f"{started} workers were started for the one task")


HAZARD = Hazard(
    title="Two workers, one task",
    question=__doc__,
    group="pools and their workers",
    rank=14,
    styles={"workers": workers, "executor": executor},
    absent={"serial": "one thread works alone: it starts no workers"},
)

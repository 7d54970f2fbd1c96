"""How often does a pool's initializer run, and is it before the worker's first task?"""

import os
import threading

from study.hazard import Hazard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from study.hazard import Watch

DIARY, ITEMS = "diary.txt", 8


def note(what: str) -> None:
    with open(DIARY, "a", encoding="utf-8") as file:
        file.write(f"{os.getpid()} {threading.get_native_id()} {what}\n")


def initialize() -> None:
    note("initializer")


def work(_number: int) -> None:
    note("task")


def workers(mp: "Any", watch: "Watch") -> None:
    pool = mp.Pool(2, initializer=initialize)
    pool.map(work, range(ITEMS), chunksize=1)
    pool.close()
    pool.join()
    tell(watch)


def executor(mp: "Any", watch: "Watch") -> None:
    with mp.Executor(max_workers=2, initializer=initialize) as pool:
        list(pool.map(work, range(ITEMS)))
    tell(watch)


def tell(watch: "Watch") -> None:
    of_worker: dict[str, list[str]] = {}
    with open(DIARY, encoding="utf-8") as file:
        for line in file:
            worker, _, what = line.strip().rpartition(" ")
            of_worker.setdefault(worker, []).append(what)
    first = [notes[0] == "initializer" and notes.count("initializer") == 1 for notes in of_worker.values()]
    if all(first):
        watch.answers("once a worker", "each worker runs it once, before its first task")
    else:
        watch.answers("otherwise", f"it was so in {sum(first)} of {len(first)} workers")


HAZARD = Hazard(
    title="The initializer",
    question=__doc__,
    group="pools and their workers",
    rank=16,
    styles={"workers": workers, "executor": executor},
    absent={"serial": "one thread works alone: there is no worker to prepare"},
)

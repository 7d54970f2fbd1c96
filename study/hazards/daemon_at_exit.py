"""The program ends while a daemon works: does the daemon's `finally` run?"""

import os

from study.hazard import Hazard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from study.hazard import Watch

DONE = "cleaned.txt"
PROGRAM = """
import time

{library}


def work(begun):
    try:
        begun.set()
        time.sleep(60)
    finally:
        open("{done}", "x").close()


if __name__ == "__main__":
    begun = {mp}.Event()
    {mp}.{worker}(target=work, args=(begun,), daemon=True).start()
    begun.wait()
"""


def processes(mp: "Any", watch: "Watch") -> None:
    library = f"import multiprocessing\n\nmp = multiprocessing.get_context({mp.get_start_method()!r})"
    end(watch, PROGRAM.format(library=library, mp="mp", worker="Process", done=DONE))


def threads(_mp: "Any", watch: "Watch") -> None:
    end(watch, PROGRAM.format(library="import threading", mp="threading", worker="Thread", done=DONE))


def end(watch: "Watch", program: str) -> None:
    watch.script("python program.py", program)
    if watch.raised is not None:
        return
    if os.path.exists(DONE):
        watch.answers("yes", "what was begun was put in order")
    else:
        watch.answers("no", "the daemon is gone with the program, in the middle of what it did")


HAZARD = Hazard(
    title="The program ends, its daemon works",
    question=__doc__,
    group="pools and their workers",
    rank=72,
    styles={"multiprocessing": processes, "threading": threads},
    absent={
        "executor": "an executor's workers are no daemons: the program waits for them",
        "serial": "one thread works alone: there is no daemon",
    },
)

"""The main file starts a process without `if __name__ == "__main__"`: does the process do its work?"""

import os

from study.hazard import Hazard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from study.hazard import Watch

OF_THREADS = """\
from threading import Thread


def work():
    open("done", "x").close()


worker = Thread(target=work)
worker.start()
worker.join()
"""
OF_PROCESSES = """\
import multiprocessing


def work():
    open("done", "x").close()


mp = multiprocessing.get_context("{method}")
worker = mp.Process(target=work)
worker.start()
worker.join()
print(worker.exitcode)
"""


def threads(_mp: "Any", watch: "Watch") -> None:
    watch.script("python program.py", OF_THREADS)


def processes(mp: "Any", watch: "Watch") -> None:
    exit_code = watch.script("python program.py", OF_PROCESSES.format(method=mp.get_start_method()))
    if exit_code and not os.path.exists("done"):
        watch.finds(
            "loses data", f"the worker ended with exit code {exit_code} before its work; the program's own is 0"
        )


HAZARD = Hazard(
    title="A Process and no guard in the main file",
    question=__doc__,
    group="the main file",
    rank=10,
    styles={"threading": threads, "multiprocessing": processes},
    absent={
        "serial": "it starts nothing that would run the main file again",
        "concurrent.futures": "an executor starts its workers itself: tried as an executor and no guard",
    },
)

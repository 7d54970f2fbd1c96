"""A program given as `python -c` starts a process for a function of its own: does the process do its work?"""

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


if __name__ == "__main__":
    worker = multiprocessing.get_context("{method}").Process(target=work)
    worker.start()
    worker.join()
    print(worker.exitcode)
"""


def threads(_mp: "Any", watch: "Watch") -> None:
    watch.command_line("python -c", OF_THREADS)


def processes(mp: "Any", watch: "Watch") -> None:
    exit_code = watch.command_line("python -c", OF_PROCESSES.format(method=mp.get_start_method()))
    if exit_code and not os.path.exists("done"):
        watch.finds(
            "loses data", f"the worker ended with exit code {exit_code} before its work; the program's own is 0"
        )


HAZARD = Hazard(
    title="A Process from the command line",
    question=__doc__,
    group="the main file",
    rank=20,
    styles={"threading": threads, "multiprocessing": processes},
    absent={
        "serial": "it hands its functions to nobody",
        "concurrent.futures": "an executor starts its workers itself: tried as a pool from the command line",
    },
)

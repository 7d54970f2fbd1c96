"""The main file starts an executor without `if __name__ == "__main__"`: does the caller know what went wrong?"""

from study.hazard import HANG_S, Hazard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from study.hazard import Watch

OF_ONE_PROCESS = """\
from concurrent.futures import {executor}

with {executor}(1) as pool:
    print(list(pool.map(abs, [-1])))
"""
OF_PROCESSES = """\
import multiprocessing
from concurrent.futures import ProcessPoolExecutor

with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("{method}")) as pool:
    print(list(pool.map(abs, [-1])))
"""


def threads(_mp: "Any", watch: "Watch") -> None:
    watch.script("python program.py", OF_ONE_PROCESS.format(executor="ThreadPoolExecutor"))


def interpreters(_mp: "Any", watch: "Watch") -> None:
    watch.script("python program.py", OF_ONE_PROCESS.format(executor="InterpreterPoolExecutor"))


def processes(mp: "Any", watch: "Watch") -> None:
    watch.script("python program.py", OF_PROCESSES.format(method=mp.get_start_method()))


HAZARD = Hazard(
    title="An executor and no guard in the main file",
    question=__doc__,
    group="the main file",
    rank=12,
    styles={"executors.thread": threads, "executors.interpreter": interpreters, "executor": processes},
    absent={
        "serial": "it starts nothing that would run the main file again",
        "workers": "tried as a Pool and no guard",
    },
    defects={"executors.interpreter": "gh-136659"},
    patience_s=2 * HANG_S,
)

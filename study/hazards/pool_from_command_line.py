"""A program given as `python -c` has a pool run a function of its own: do the workers find the function?"""

from study.hazard import HANG_S, Hazard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from study.hazard import Watch

OF_A_THREAD_POOL = """\
from multiprocessing.pool import ThreadPool


def square(number):
    return number * number


with ThreadPool(1) as pool:
    print(pool.map(square, [2]))
"""
OF_A_POOL = """\
import multiprocessing


def square(number):
    return number * number


if __name__ == "__main__":
    with multiprocessing.get_context("{method}").Pool(1) as pool:
        print(pool.map(square, [2]))
"""
OF_ONE_PROCESS = """\
from concurrent.futures import {executor}


def square(number):
    return number * number


if __name__ == "__main__":
    with {executor}(1) as pool:
        print(list(pool.map(square, [2])))
"""
OF_AN_EXECUTOR = """\
import multiprocessing
from concurrent.futures import ProcessPoolExecutor


def square(number):
    return number * number


if __name__ == "__main__":
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("{method}")) as pool:
        print(list(pool.map(square, [2])))
"""


def thread_pool(_mp: "Any", watch: "Watch") -> None:
    watch.command_line("python -c", OF_A_THREAD_POOL)


def pool(mp: "Any", watch: "Watch") -> None:
    watch.command_line("python -c", OF_A_POOL.format(method=mp.get_start_method()))


def threads(_mp: "Any", watch: "Watch") -> None:
    watch.command_line("python -c", OF_ONE_PROCESS.format(executor="ThreadPoolExecutor"))


def interpreters(_mp: "Any", watch: "Watch") -> None:
    watch.command_line("python -c", OF_ONE_PROCESS.format(executor="InterpreterPoolExecutor"))


def executor(mp: "Any", watch: "Watch") -> None:
    watch.command_line("python -c", OF_AN_EXECUTOR.format(method=mp.get_start_method()))


HAZARD = Hazard(
    title="A pool from the command line",
    question=__doc__,
    group="the main file",
    rank=21,
    styles={
        "threading": thread_pool,
        "multiprocessing": pool,
        "executors.thread": threads,
        "executors.interpreter": interpreters,
        "executor": executor,
    },
    absent={"serial": "it hands its functions to nobody"},
    patience_s=2 * HANG_S,
)

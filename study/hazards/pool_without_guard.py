"""The main file starts a Pool without `if __name__ == "__main__"`: does map ever return?"""

from study.hazard import HANG_S, Hazard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from study.hazard import Watch

OF_THREADS = """\
from multiprocessing.pool import ThreadPool

with ThreadPool(1) as pool:
    print(pool.map(abs, [-1]))
"""
# The pause keeps the respawning of workers from using a processor up.
OF_PROCESSES = """\
import multiprocessing
import time

time.sleep(1)  # stands for imports that take their time

with multiprocessing.get_context("{method}").Pool(1) as pool:
    print(pool.map(abs, [-1]))
"""


def threads(_mp: "Any", watch: "Watch") -> None:
    watch.script("python program.py", OF_THREADS)


def processes(mp: "Any", watch: "Watch") -> None:
    watch.script("python program.py", OF_PROCESSES.format(method=mp.get_start_method()))


HAZARD = Hazard(
    title="A Pool and no guard in the main file",
    question=__doc__,
    group="the main file",
    rank=11,
    styles={"threading": threads, "multiprocessing": processes},
    absent={
        "serial": "it starts nothing that would run the main file again",
        "concurrent.futures": "tried as an executor and no guard",
    },
    patience_s=2 * HANG_S,
)

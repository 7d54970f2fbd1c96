"""A worker is started while another thread lives, whose locks a fork would copy as they are: is there a warning?"""

import threading

from study.hazard import Hazard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from study.hazard import Watch

NO_FORK = "it starts no process"


def beside_a_thread(watch: "Watch", start: "Callable[[], object]") -> None:
    import warnings

    end = threading.Event()
    thread = threading.Thread(target=end.wait)
    thread.start()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        watch.call("start", start)
    end.set()
    thread.join()
    forks = [str(warning.message) for warning in caught if "fork" in str(warning.message)]
    watch.answers("warns" if forks else "silent", forks[0] if forks else "")


def workers(mp: "Any", watch: "Watch") -> None:
    process = mp.Process(target=abs, args=(-1,))
    beside_a_thread(watch, process.start)
    process.join()


def executor(mp: "Any", watch: "Watch") -> None:
    with mp.Executor(max_workers=1) as pool:
        beside_a_thread(watch, lambda: pool.submit(abs, -1).result())


HAZARD = Hazard(
    title="A fork beside a thread",
    question=__doc__,
    group="the end of a program",
    rank=42,
    styles={
        "multiprocessing": workers,
        "executors.fork": executor,
        "executors.spawn": executor,
        "executors.forkserver": executor,
    },
    absent={"serial": NO_FORK, "threading": NO_FORK, "concurrent.futures": NO_FORK},
    defects={"processes.fork": "gh-100228", "executors.fork": "gh-100228"},
)

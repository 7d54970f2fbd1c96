"""The program has a thread of its own, as a connection pool or a metrics client has: is it there in the workers?"""

import threading

from study.hazard import Hazard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from study.hazard import Watch

NAME = "background"


def is_there() -> bool:
    return any(thread.name == NAME for thread in threading.enumerate())


def workers(mp: "Any", watch: "Watch") -> None:
    stop = start()
    with mp.Pool(1) as pool:
        tell(watch, pool.apply(is_there))
    stop.set()


def executor(mp: "Any", watch: "Watch") -> None:
    stop = start()
    with mp.Executor(max_workers=1) as pool:
        tell(watch, pool.submit(is_there).result())
    stop.set()


def serial(_mp: "Any", watch: "Watch") -> None:
    stop = start()
    tell(watch, is_there())
    stop.set()


def start() -> threading.Event:
    stop = threading.Event()
    threading.Thread(target=stop.wait, name=NAME).start()
    return stop


def tell(watch: "Watch", there: bool) -> None:
    if there:
        watch.answers("there", "workers are part of the process in which it runs")
    else:
        watch.answers("gone", "a worker has threads of its own only: what relies on the parent's waits for ever")


HAZARD = Hazard(
    title="The program has another thread",
    question=__doc__,
    group="what travels",
    rank=72,
    styles={"workers": workers, "executor": executor, "serial": serial},
)

"""What is a worker of a pool called, in current_process().name or, where that is the parent's, in current_thread().name?"""

import threading

from study.hazard import Hazard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from study.hazard import Watch


def name() -> str:
    import multiprocessing

    process = multiprocessing.current_process().name
    return threading.current_thread().name if process == "MainProcess" else process


def workers(mp: "Any", watch: "Watch") -> None:
    with mp.Pool(1) as pool:
        tell(watch, pool.apply(name))


def executor(mp: "Any", watch: "Watch") -> None:
    with mp.Executor(max_workers=1) as pool:
        tell(watch, pool.submit(name).result())


def serial(_mp: "Any", watch: "Watch") -> None:
    tell(watch, name())


def tell(watch: "Watch", found: str) -> None:
    import re

    watch.answers(re.sub(r"\d+", "N", found), f"a label, which is counted up and not unique: here it was {found}")


HAZARD = Hazard(
    title="The name of a worker",
    question=__doc__,
    group="pools and their workers",
    rank=10,
    styles={"workers": workers, "executor": executor, "serial": serial},
)

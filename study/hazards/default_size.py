"""How many workers has a pool that is not told, where this program may use 2 of the machine's 3 processors?"""

import os

from study.hazard import Hazard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from study.hazard import Watch

ON_MACHINE, OURS = 3, 2


def workers(mp: "Any", watch: "Watch") -> None:
    pretend()
    with mp.Pool() as pool:
        tell(watch, pool._processes)


def executor(mp: "Any", watch: "Watch") -> None:
    pretend()
    with mp.Executor() as pool:
        tell(watch, pool._max_workers)


def interpreters(_mp: "Any", watch: "Watch") -> None:
    import concurrent.futures

    pretend()
    with concurrent.futures.InterpreterPoolExecutor() as pool:  # type: ignore[attr-defined,unused-ignore]
        tell(watch, pool._max_workers)


def pretend() -> None:
    """Both libraries ask the module os when they are asked for a pool; os.process_cpu_count is there from Python 3.13 on."""
    os.cpu_count = lambda: ON_MACHINE
    if hasattr(os, "process_cpu_count"):
        os.process_cpu_count = lambda: OURS


def tell(watch: "Watch", size: int) -> None:
    told = {
        OURS: ("ours", "one for each processor that this program may use"),
        ON_MACHINE: ("all", "one for each processor of the machine, also where a container or taskset allows fewer"),
        OURS + 4: ("ours + 4", "four more than the processors that this program may use, 32 at the most"),
        ON_MACHINE + 4: ("all + 4", "four more than the processors of the machine, 32 at the most"),
    }
    watch.answers(*told.get(size, (str(size), "neither the machine's processors nor ours")))


HAZARD = Hazard(
    title="A pool of no given size",
    question=__doc__,
    group="pools and their workers",
    rank=12,
    styles={"workers": workers, "executor": executor, "executors.interpreter": interpreters},
    absent={"serial": "one thread works alone"},
)

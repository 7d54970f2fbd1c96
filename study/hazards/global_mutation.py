"""A worker appends to a list of its module: does its parent see it?"""

from study.hazard import Hazard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from study.hazard import Watch

found: "list[int]" = []


def work(number: int) -> None:
    found.append(number)


def workers(mp: "Any", watch: "Watch") -> None:
    worker = mp.Process(target=work, args=(1,))
    worker.start()
    worker.join()
    tell(watch)


def executor(mp: "Any", watch: "Watch") -> None:
    with mp.Executor(max_workers=1) as pool:
        pool.submit(work, 1).result()
    tell(watch)


def serial(_mp: "Any", watch: "Watch") -> None:
    work(1)
    tell(watch)


def tell(watch: "Watch") -> None:
    if found:
        watch.answers("seen", "there is one list for all")
    else:
        watch.answers("not seen", "each worker has a list of its own: return what you found")


HAZARD = Hazard(
    title="A worker changes a global",
    question=__doc__,
    group="what is shared",
    rank=10,
    styles={"workers": workers, "executor": executor, "serial": serial},
)

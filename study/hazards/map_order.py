"""The first item of a map() takes longest: in which order do the results come?"""

from study.hazard import Hazard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from study.hazard import Watch

second_done: "Any"


def install(event: "Any") -> None:
    global second_done
    second_done = event


def work(number: int) -> int:
    if number == 0:
        second_done.wait()
    else:
        second_done.set()
    return number


def workers(mp: "Any", watch: "Watch") -> None:
    with mp.Pool(2, initializer=install, initargs=(mp.Event(),)) as pool:
        tell(watch, pool.map(work, [0, 1], chunksize=1))


def executor(mp: "Any", watch: "Watch") -> None:
    event = mp.Event()
    with mp.Executor(max_workers=2, initializer=install, initargs=(event,)) as pool:
        tell(watch, list(pool.map(work, [0, 1])))


def serial(_mp: "Any", watch: "Watch") -> None:
    tell(watch, list(map(abs, [0, 1])))


def tell(watch: "Watch", results: "list[int]") -> None:
    if results == [0, 1]:
        watch.answers("of the items", "a result that is ready waits for those before it")
    else:
        watch.answers("of the ends", f"the results come as {results}")


HAZARD = Hazard(
    title="Order of map()'s results",
    question=__doc__,
    group="pools and their workers",
    rank=40,
    styles={"workers": workers, "executor": executor, "serial": serial},
)

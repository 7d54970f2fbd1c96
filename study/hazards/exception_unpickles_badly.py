"""A task raises an exception whose __init__ takes two arguments and passes on one: it can be pickled, and never unpickled."""

from study.hazard import HANG_S, Hazard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from study.hazard import Watch

BAD, ITEMS = 2, 6
PATIENCE_S = 5.0  # for a map of which each worker has to do three times nothing


class Refused(Exception):
    def __init__(self, item: int, reason: str) -> None:
        super().__init__(f"item {item}: {reason}")  # pickle calls Refused with this one argument


def work(number: int) -> int:
    if number == BAD:
        raise Refused(number, "no such item")
    return number


def workers(mp: "Any", watch: "Watch") -> None:
    pool = mp.Pool(2)
    watch.wait("map", pool.map_async(work, range(ITEMS), chunksize=1).get)
    watch.afterwards("map again, with a limit", lambda: pool.map_async(abs, range(ITEMS)).get(PATIENCE_S))
    watch.afterwards("terminate", pool.terminate)


def executor(mp: "Any", watch: "Watch") -> None:
    with mp.Executor(max_workers=2) as pool:
        watch.call("map", lambda: list(pool.map(work, range(ITEMS))))
        watch.afterwards("submit", lambda: pool.submit(abs, 0).result())


def serial(_: "Any", watch: "Watch") -> None:
    watch.call("loop", lambda: [work(number) for number in range(ITEMS)])
    watch.afterwards("loop again", lambda: [abs(number) for number in range(ITEMS)])


HAZARD = Hazard(
    title="An exception that cannot be unpickled",
    question=__doc__,
    group="a worker or a task fails",
    rank=30,
    styles={"workers": workers, "executor": executor, "serial": serial},
    defects={"multiprocessing": "gh-79492"},
    patience_s=2 * HANG_S,
)

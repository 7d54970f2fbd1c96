"""A task's result can be pickled, but the caller fails to unpickle it: does it ever know?"""

from study.hazard import HANG_S, Hazard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn

    from study.hazard import Watch

BAD, ITEMS = 2, 6
PATIENCE_S = 5.0  # for a map of which each worker has to do three times nothing


class Sealed:
    """Can be pickled and not unpickled, as an object is whose module is missing on the other side."""

    def __reduce__(self) -> "tuple[Any, ...]":
        return unseal, ()


def unseal() -> "NoReturn":
    raise ValueError("this cannot be unpickled here")


def work(number: int) -> object:
    return Sealed() if number == BAD else number


def workers(mp: "Any", watch: "Watch") -> None:
    pool = mp.Pool(2)
    watch.wait("map", pool.map_async(work, range(ITEMS), chunksize=1).get)
    watch.afterwards("map again, with a limit", lambda: pool.map_async(abs, range(ITEMS)).get(PATIENCE_S))
    watch.afterwards("terminate", pool.terminate)


def executor(mp: "Any", watch: "Watch") -> None:
    with mp.Executor(max_workers=2) as pool:
        watch.call("map", lambda: list(pool.map(work, range(ITEMS))))
        watch.afterwards("submit", lambda: pool.submit(abs, 0).result())


HAZARD = Hazard(
    title="A result that cannot be unpickled",
    question=__doc__,
    group="something cannot travel",
    rank=34,
    styles={"workers": workers, "executor": executor},
    absent={"serial": "nothing travels: the loop and what it calls are in one thread"},
    defects={"multiprocessing": "gh-79492"},
    patience_s=2 * HANG_S,
)

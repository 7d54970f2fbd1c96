"""A task's argument can be pickled, but the worker fails to unpickle it: does the caller ever know?"""

from study.hazard import HANG_S, Hazard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn

    from study.hazard import Watch


class Sealed:
    """Can be pickled and not unpickled, as an object is whose module is missing on the other side."""

    def __reduce__(self) -> "tuple[Any, ...]":
        return unseal, ()


def unseal() -> "NoReturn":
    raise ValueError("this cannot be unpickled here")


def work(_: object) -> str:
    return "done"


def workers(mp: "Any", watch: "Watch") -> None:
    pool = mp.Pool(2)
    watch.wait("apply", pool.apply_async(work, (Sealed(),)).get)
    watch.afterwards("map again", pool.map, abs, range(2))
    watch.afterwards("terminate", pool.terminate)


def executor(mp: "Any", watch: "Watch") -> None:
    with mp.Executor(max_workers=2) as pool:
        watch.call("submit", lambda: pool.submit(work, Sealed()).result())
        watch.afterwards("submit again", lambda: pool.submit(abs, 0).result())


HAZARD = Hazard(
    title="An argument that cannot be unpickled",
    question=__doc__,
    group="something cannot travel",
    rank=22,
    styles={"workers": workers, "executor": executor},
    absent={"serial": "nothing travels: the loop and what it calls are in one thread"},
    defects={"multiprocessing": "gh-66587"},
    patience_s=2 * HANG_S,
)

"""map() is given a generator: does it take all items at once, or as they are needed? An endless one never comes back."""

from study.hazard import Hazard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from study.hazard import Watch

ITEMS = 1_000
taken: "list[int]" = []


def items() -> "Any":
    for number in range(ITEMS):
        taken.append(number)
        yield number


def workers(mp: "Any", watch: "Watch") -> None:
    with mp.Pool(1) as pool:
        result = pool.map_async(abs, items(), chunksize=ITEMS)
        tell(watch)
        result.get()


def executor(mp: "Any", watch: "Watch") -> None:
    with mp.Executor(max_workers=1) as pool:
        pool.map(abs, items(), chunksize=ITEMS)
        tell(watch)


def serial(_mp: "Any", watch: "Watch") -> None:
    results = map(abs, items())
    next(results)
    tell(watch)


def tell(watch: "Watch") -> None:
    if len(taken) == ITEMS:
        watch.answers(
            "all at once", f"all {ITEMS} items were taken and held in memory before the first result was asked for"
        )
    else:
        watch.answers("as needed", f"{len(taken)} of {ITEMS} items were taken when the first result was there")


HAZARD = Hazard(
    title="map() of a generator",
    question=__doc__,
    group="pools and their workers",
    rank=42,
    styles={"workers": workers, "executor": executor, "serial": serial},
)

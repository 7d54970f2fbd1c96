"""The program has a random generator of its own, as numpy's legacy functions have: do two workers draw the same numbers?"""

import functools

from study.hazard import Hazard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from study.hazard import Watch


@functools.cache
def generator() -> "Any":
    import random

    return random.Random()


def draw() -> float:
    number: float = generator().random()
    return number


def workers(mp: "Any", watch: "Watch") -> None:
    draw()
    numbers = set()
    for _ in range(2):
        with mp.Pool(1) as pool:
            numbers.add(pool.apply(draw))
    tell(watch, numbers)


def executor(mp: "Any", watch: "Watch") -> None:
    draw()
    numbers = set()
    for _ in range(2):
        with mp.Executor(max_workers=1) as pool:
            numbers.add(pool.submit(draw).result())
    tell(watch, numbers)


def serial(_mp: "Any", watch: "Watch") -> None:
    draw()
    tell(watch, {draw(), draw()})


def tell(watch: "Watch", numbers: "set[float]") -> None:
    if len(numbers) == 1:
        watch.answers(
            "same", "each forked worker has a copy of the generator, in the same state: seed it in an initializer"
        )
    else:
        watch.answers("different", "no two workers drew the same number")


HAZARD = Hazard(
    title="A random generator of one's own",
    question=__doc__,
    group="what is shared",
    rank=52,
    styles={"workers": workers, "executor": executor, "serial": serial},
)

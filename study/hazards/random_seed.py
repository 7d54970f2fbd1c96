"""random.seed() is called before the workers start: does a worker draw the numbers of that seed?"""

from study.hazard import Hazard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from study.hazard import Watch

SEED = 7


def draw() -> float:
    import random

    return random.random()


def expected() -> float:
    """Seeds the generator that the module random keeps, and tells what comes next."""
    import random

    random.seed(SEED)
    return random.Random(SEED).random()


def workers(mp: "Any", watch: "Watch") -> None:
    number = expected()
    with mp.Pool(1) as pool:
        tell(watch, pool.apply(draw) == number)


def executor(mp: "Any", watch: "Watch") -> None:
    number = expected()
    with mp.Executor(max_workers=1) as pool:
        tell(watch, pool.submit(draw).result() == number)


def serial(_mp: "Any", watch: "Watch") -> None:
    number = expected()
    tell(watch, draw() == number)


def tell(watch: "Watch", seeded: bool) -> None:
    if seeded:
        watch.answers("seen", "all draw from one generator: which worker gets which number depends on who comes first")
    else:
        watch.answers(
            "not seen", "a new process seeds its generator anew, also after a fork: give each worker a seed of its own"
        )


HAZARD = Hazard(
    title="random.seed() before the start",
    question=__doc__,
    group="what is shared",
    rank=50,
    styles={"workers": workers, "executor": executor, "serial": serial},
)

"""A KeyboardInterrupt is raised in a task: is the caller interrupted too, or left waiting?"""

from study.hazard import HANG_S, Hazard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from study.hazard import Watch

BAD, ITEMS = 2, 6


def work(number: int) -> int:
    if number == BAD:
        raise KeyboardInterrupt
    return number


def workers(mp: "Any", watch: "Watch") -> None:
    pool = mp.Pool(2)
    watch.wait("map", pool.map_async(work, range(ITEMS), chunksize=1).get)
    watch.afterwards("map again", pool.map, abs, range(ITEMS))
    watch.afterwards("terminate", pool.terminate)


def executor(mp: "Any", watch: "Watch") -> None:
    with mp.Executor(max_workers=2) as pool:
        watch.call("map", lambda: list(pool.map(work, range(ITEMS))))
        watch.afterwards("submit", lambda: pool.submit(abs, 0).result())


def serial(_: "Any", watch: "Watch") -> None:
    watch.call("loop", lambda: [work(number) for number in range(ITEMS)])
    watch.afterwards("loop again", lambda: [abs(number) for number in range(ITEMS)])


HAZARD = Hazard(
    title="A KeyboardInterrupt in a task",
    question=__doc__,
    group="a worker or a task fails",
    rank=22,
    styles={"workers": workers, "executor": executor, "serial": serial},
    defects={"multiprocessing": "gh-66587", "threading": "gh-101081"},
    patience_s=2 * HANG_S,
)

"""A task crashes in C code, and takes its process with it: does the caller ever know?"""

from study.hazard import HANG_S, Hazard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from study.hazard import Watch

BAD, ITEMS = 2, 6


def work(number: int) -> int:
    if number == BAD:
        import ctypes

        ctypes.string_at(0)  # reads where nothing can be read
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


HAZARD = Hazard(
    title="A worker crashes",
    question=__doc__,
    group="a worker or a task fails",
    rank=12,
    styles={"workers": workers, "executor": executor},
    absent={"serial": "there is no worker: what ends the task ends the program"},
    defects={"multiprocessing": "gh-66587"},
    patience_s=2 * HANG_S,
)

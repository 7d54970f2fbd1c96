"""A task asks for more memory than there can be: does the caller get the MemoryError?"""

import sys

from study.hazard import Hazard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from study.hazard import Watch

BAD, ITEMS = 2, 6


def work(number: int) -> int:
    if number == BAD:
        bytearray(sys.maxsize // 2)  # no address space is half as large
    return number


def workers(mp: "Any", watch: "Watch") -> None:
    with mp.Pool(2) as pool:
        watch.call("map", pool.map, work, range(ITEMS), chunksize=1)
        watch.afterwards("map again", pool.map, abs, range(ITEMS))


def executor(mp: "Any", watch: "Watch") -> None:
    with mp.Executor(max_workers=2) as pool:
        results = watch.call("map", lambda: list(pool.map(work, range(ITEMS))))
        if not watch.raised:
            watch.finds("wrong answer", f"no error, and the results {results}")
        watch.afterwards("submit", lambda: pool.submit(abs, 0).result())


def serial(_: "Any", watch: "Watch") -> None:
    watch.call("loop", lambda: [work(number) for number in range(ITEMS)])
    watch.afterwards("loop again", lambda: [abs(number) for number in range(ITEMS)])


HAZARD = Hazard(
    title="A task runs out of memory",
    question=__doc__,
    group="a worker or a task fails",
    rank=26,
    styles={"workers": workers, "executor": executor, "serial": serial},
)

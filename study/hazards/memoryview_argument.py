"""A worker is given a memoryview and writes into it: does it arrive, and does its sender see the bytes?"""

from study.hazard import Hazard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from study.hazard import Watch


def write(view: memoryview) -> None:
    view[:] = b"new"


def workers(mp: "Any", watch: "Watch") -> None:
    data = bytearray(b"old")
    worker = mp.Process(target=write, args=(memoryview(data),))
    watch.call("start", worker.start)
    if watch.raised is None:
        worker.join()
        tell(watch, data)


def executor(mp: "Any", watch: "Watch") -> None:
    data = bytearray(b"old")
    with mp.Executor(max_workers=1) as pool:
        watch.call("submit", lambda: pool.submit(write, memoryview(data)).result())
    if watch.raised is None:
        tell(watch, data)


def serial(_mp: "Any", watch: "Watch") -> None:
    data = bytearray(b"old")
    write(memoryview(data))
    tell(watch, data)


def tell(watch: "Watch", data: bytearray) -> None:
    if data == b"new":
        watch.answers("seen", "both look at the same bytes, and nothing was copied")
    else:
        watch.answers("not seen", "the forked worker inherited the view of a memory that is no longer shared")


HAZARD = Hazard(
    title="A worker is given a memoryview",
    question=__doc__,
    group="what travels",
    rank=42,
    styles={"workers": workers, "executor": executor, "serial": serial},
)

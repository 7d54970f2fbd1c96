"""A worker writes into a bytearray that it was given: does its sender see the bytes?"""

from study.hazard import Hazard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from study.hazard import Watch


def write(data: bytearray) -> None:
    data[:] = b"new"


def workers(mp: "Any", watch: "Watch") -> None:
    data = bytearray(b"old")
    worker = mp.Process(target=write, args=(data,))
    worker.start()
    worker.join()
    tell(watch, data)


def executor(mp: "Any", watch: "Watch") -> None:
    data = bytearray(b"old")
    with mp.Executor(max_workers=1) as pool:
        pool.submit(write, data).result()
    tell(watch, data)


def serial(_mp: "Any", watch: "Watch") -> None:
    data = bytearray(b"old")
    write(data)
    tell(watch, data)


def tell(watch: "Watch", data: bytearray) -> None:
    if data == b"new":
        watch.answers("seen", "both hold the same bytes")
    else:
        watch.answers("not seen", "the worker has bytes of its own: shared_memory is what both can write to")


HAZARD = Hazard(
    title="A worker writes into a bytearray",
    question=__doc__,
    group="what travels",
    rank=40,
    styles={"workers": workers, "executor": executor, "serial": serial},
)

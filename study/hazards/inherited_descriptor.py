"""The program has a pipe or a socket open when it starts its workers: do they hold it open, too?"""

import os

from study.hazard import Hazard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from study.hazard import Watch


def holds(descriptor: int, inode: int) -> bool:
    try:
        return os.fstat(descriptor).st_ino == inode
    except OSError:
        return False


def workers(mp: "Any", watch: "Watch") -> None:
    reader, writer = os.pipe()
    with mp.Pool(1) as pool:
        tell(watch, pool.apply(holds, (writer, os.fstat(writer).st_ino)))
    os.close(reader)
    os.close(writer)


def executor(mp: "Any", watch: "Watch") -> None:
    reader, writer = os.pipe()
    with mp.Executor(max_workers=1) as pool:
        tell(watch, pool.submit(holds, writer, os.fstat(writer).st_ino).result())
    os.close(reader)
    os.close(writer)


def serial(_mp: "Any", watch: "Watch") -> None:
    reader, writer = os.pipe()
    tell(watch, holds(writer, os.fstat(writer).st_ino))
    os.close(reader)
    os.close(writer)


def tell(watch: "Watch", held: bool) -> None:
    if held:
        watch.answers("held", "an end of file comes only when everybody who holds it has closed it or is gone")
    else:
        watch.answers("not held", "the worker was started with the descriptors that it needs")


HAZARD = Hazard(
    title="A descriptor is open",
    question=__doc__,
    group="what travels",
    rank=76,
    styles={"workers": workers, "executor": executor, "serial": serial},
)

"""Nobody unlinks one piece of shared memory, and the owner of another is killed: are they there after the program's end?"""

import time

from study.hazard import Hazard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from study.hazard import Watch

SIZE_BYTES, FOR_EVER_S = 4096, 60.0
ONE_PROCESS = "threads see all of one memory and need no segment"


def own(connection: "Any") -> None:
    from multiprocessing.shared_memory import SharedMemory

    segment = SharedMemory(create=True, size=SIZE_BYTES)
    connection.send(segment.name)
    time.sleep(FOR_EVER_S)


def workers(mp: "Any", watch: "Watch") -> None:
    from multiprocessing.shared_memory import SharedMemory

    forgotten = SharedMemory(create=True, size=SIZE_BYTES)
    watch.leaves(forgotten.name)
    ours, theirs = mp.Pipe()
    owner = mp.Process(target=own, args=(theirs,))
    owner.start()
    name = ours.recv()
    watch.leaves(name)
    owner.kill()
    watch.call("join", owner.join)
    watch.afterwards("attach to what the killed owner made", SharedMemory, name)


HAZARD = Hazard(
    title="Shared memory is left behind",
    question=__doc__,
    group="the end of a program",
    rank=40,
    styles={"multiprocessing": workers},
    absent={
        "serial": ONE_PROCESS,
        "threading": ONE_PROCESS,
        "executors.thread": ONE_PROCESS,
        "executors.interpreter": ONE_PROCESS,
        "executor": "segments are multiprocessing's own: measured with its processes",
    },
)

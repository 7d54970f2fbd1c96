"""Four tasks wait behind a long one in a pool of one worker: how many of them can still be cancelled?"""

from study.hazard import Hazard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from study.hazard import Watch

QUEUED, FETCH_S = 4, 0.5
started: "Any"
gate: "Any"


def install(*events: "Any") -> None:
    global started, gate
    started, gate = events


def hold() -> None:
    started.set()
    gate.wait()


def executor(mp: "Any", watch: "Watch") -> None:
    from concurrent.futures import wait

    events = started, gate = mp.Event(), mp.Event()
    with mp.Executor(max_workers=1, initializer=install, initargs=events) as pool:
        pool.submit(hold)
        started.wait()
        queued = [pool.submit(hold) for _ in range(QUEUED)]
        wait(queued, FETCH_S)  # none is done by then; a pool of processes sends tasks ahead meanwhile
        cancelled = sum(future.cancel() for future in queued)
        gate.set()
    word = "all" if cancelled == QUEUED else f"{cancelled} of {QUEUED}"
    ahead = "" if cancelled == QUEUED else ": the others were already in the pipe to the worker"
    watch.answers(word, f"cancel() returned True for {cancelled} of {QUEUED} tasks{ahead}")


HAZARD = Hazard(
    title="Queued tasks are cancelled",
    question=__doc__,
    group="pools and their workers",
    rank=30,
    styles={"executor": executor},
    absent={
        "workers": "what a Pool returns has no cancel(): only terminate() drops what is queued",
        "serial": "one thread works alone: nothing is queued",
    },
)

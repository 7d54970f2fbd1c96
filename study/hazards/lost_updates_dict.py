"""Two workers count in one shared dict by d[key] = d[key] + 1: is every count kept?"""

from study.hazard import HANG_S, Hazard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from study.hazard import Watch

WORKERS, TIMES = 2, 200
counts: "Any"
gate: "Any"


def count(counts: "Any", gate: "Any") -> None:
    gate.wait()
    for _ in range(TIMES):
        counts["x"] = counts["x"] + 1


def tell(counts: "Any", watch: "Watch") -> None:
    if counts["x"] != WORKERS * TIMES:
        watch.finds("loses data", f"{counts['x']} of {WORKERS * TIMES} counted")


def workers(mp: "Any", watch: "Watch") -> None:
    with mp.Manager() as manager:
        counts, gate = manager.dict(x=0), mp.Barrier(WORKERS)
        team = [mp.Process(target=count, args=(counts, gate)) for _ in range(WORKERS)]
        for process in team:
            process.start()
        for process in team:
            watch.call("join", process.join)
        tell(counts, watch)


def install(shared_counts: "Any", shared_gate: "Any") -> None:
    global counts, gate
    counts, gate = shared_counts, shared_gate


def task() -> None:
    count(counts, gate)


def executor(mp: "Any", watch: "Watch") -> None:
    with mp.Manager() as manager:
        counts, gate = manager.dict(x=0), mp.Barrier(WORKERS)
        with mp.Executor(max_workers=WORKERS, initializer=install, initargs=(counts, gate)) as pool:
            for done in [pool.submit(task) for _ in range(WORKERS)]:
                watch.call("result", done.result)
        tell(counts, watch)


HAZARD = Hazard(
    title="Updates of a shared dict",
    question=__doc__,
    group="locks and queues",
    rank=70,
    styles={"workers": workers, "executor": executor},
    absent={"serial": "one thread works alone: there is nobody to count beside it"},
    patience_s=2 * HANG_S,
)

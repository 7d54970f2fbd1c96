"""Two workers count in one shared Value by value += 1, without its lock: is every count kept?"""

from study.hazard import HANG_S, Hazard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from study.hazard import Watch

WORKERS, TIMES = 2, 40_000
THROUGH_A_SERVER = 200  # times: each is two messages
number: "Any"
gate: "Any"


def count(number: "Any", gate: "Any", times: int) -> None:
    gate.wait()
    for _ in range(times):
        number.value += 1


def tell(number: "Any", watch: "Watch", times: int) -> None:
    if number.value != WORKERS * times:
        watch.finds("loses data", f"{number.value:,} of {WORKERS * times:,} counted")


def workers(mp: "Any", watch: "Watch") -> None:
    number, gate = mp.Value("i", 0), mp.Barrier(WORKERS)
    team = [mp.Process(target=count, args=(number, gate, TIMES)) for _ in range(WORKERS)]
    for process in team:
        process.start()
    for process in team:
        watch.call("join", process.join)
    tell(number, watch, TIMES)


def install(shared_number: "Any", shared_gate: "Any") -> None:
    global number, gate
    number, gate = shared_number, shared_gate


def task(times: int) -> None:
    count(number, gate, times)


def executor(mp: "Any", watch: "Watch", times: int = TIMES) -> None:
    number, gate = mp.Value("i", 0), mp.Barrier(WORKERS)
    with mp.Executor(max_workers=WORKERS, initializer=install, initargs=(number, gate)) as pool:
        for done in [pool.submit(task, times) for _ in range(WORKERS)]:
            watch.call("result", done.result)
    tell(number, watch, times)


def interpreters(mp: "Any", watch: "Watch") -> None:
    executor(mp, watch, THROUGH_A_SERVER)


HAZARD = Hazard(
    title="Updates of a shared Value without its lock",
    question=__doc__,
    group="locks and queues",
    rank=72,
    styles={"workers": workers, "executor": executor, "executors.interpreter": interpreters},
    absent={"serial": "one thread works alone: there is nobody to count beside it"},
    patience_s=2 * HANG_S,
)

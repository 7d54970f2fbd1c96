"""A list is changed right after it was put into a queue or submitted: does the receiver see the change?"""

from study.hazard import Hazard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from study.hazard import Watch

TRIES = 20


def first_of(item: "list[str]") -> str:
    return item[0]


def workers(mp: "Any", watch: "Watch") -> None:
    queue, seen = mp.Queue(), 0
    for _ in range(TRIES):
        item = ["as put"]
        queue.put(item)
        item[0] = "changed"
        seen += first_of(queue.get()) == "changed"
    tell(watch, seen)


def executor(mp: "Any", watch: "Watch") -> None:
    seen = 0
    with mp.Executor(max_workers=1) as pool:
        pool.submit(first_of, ["warm up"]).result()
        for _ in range(TRIES):
            item = ["as put"]
            future = pool.submit(first_of, item)
            item[0] = "changed"
            seen += future.result() == "changed"
    tell(watch, seen)


def tell(watch: "Watch", seen: int) -> None:
    later = ": it was read or pickled only later" if seen else ""
    watch.answers("seen" if seen else "not seen", f"{seen} of {TRIES} receivers got the changed list{later}")


HAZARD = Hazard(
    title="A list is changed after it was sent",
    question=__doc__,
    group="what travels",
    rank=20,
    styles={"workers": workers, "executor": executor},
    absent={"serial": "a call begins at once: there is no moment between sending and receiving"},
)

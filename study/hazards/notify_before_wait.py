"""A condition is notified before anybody waits for it: is the one who comes later woken?"""

from study.hazard import Hazard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from study.hazard import Watch

condition: "Any"


def wait(condition: "Any") -> None:
    with condition:
        condition.wait()


def notify(condition: "Any") -> None:
    with condition:
        condition.notify_all()


def workers(mp: "Any", watch: "Watch") -> None:
    condition = mp.Condition()
    notify(condition)
    process = mp.Process(target=wait, args=(condition,))
    process.start()
    watch.call("join", process.join)


def install(shared_condition: "Any") -> None:
    global condition
    condition = shared_condition


def task() -> None:
    wait(condition)


def executor(mp: "Any", watch: "Watch") -> None:
    condition = mp.Condition()
    notify(condition)
    pool = mp.Executor(max_workers=1, initializer=install, initargs=(condition,))
    watch.call("result", pool.submit(task).result)
    watch.afterwards("shutdown", pool.shutdown)


HAZARD = Hazard(
    title="notify() comes before wait()",
    question=__doc__,
    group="locks and queues",
    rank=40,
    styles={"workers": workers, "executor": executor},
    absent={"serial": "one thread works alone: there is nobody to wait for"},
)

"""A lock is sent to a worker that is already running: through a queue, or as the argument of a task. Does it arrive?"""

from study.hazard import Hazard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from study.hazard import Watch


def receive(queue: "Any", answers: "Any") -> None:
    answers.put(type(queue.get()).__name__)


def take(lock: "Any") -> None:
    with lock:
        pass


def workers(mp: "Any", watch: "Watch") -> None:
    queue, answers = mp.Queue(), mp.Queue()
    process = mp.Process(target=receive, args=(queue, answers))
    process.start()
    watch.call("put", queue.put, mp.Lock())
    queue.put("what comes after it")
    if answers.get() == "str":
        watch.finds("loses data", "the lock never arrived, what was put after it did; put() had returned for both")
    process.join()


def executor(mp: "Any", watch: "Watch") -> None:
    pool = mp.Executor(max_workers=1)
    watch.call("result", lambda: pool.submit(take, mp.Lock()).result())
    watch.afterwards("submit", lambda: pool.submit(abs, -1).result())
    watch.afterwards("shutdown", pool.shutdown)


HAZARD = Hazard(
    title="A lock is sent to a running worker",
    question=__doc__,
    group="locks and queues",
    rank=52,
    styles={"workers": workers, "executor": executor},
    absent={"serial": "one thread works alone: there is nobody to take turns with"},
    defects={"multiprocessing": "gh-79423"},
)

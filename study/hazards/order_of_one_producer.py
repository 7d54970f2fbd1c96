"""One worker puts many messages, small and large, into a queue: do they arrive in the order of the puts?"""

from study.hazard import Hazard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from study.hazard import Watch

MESSAGES, LARGE = 40, 100_000


def produce(queue: "Any") -> None:
    for number in range(MESSAGES):
        queue.put((number, b"x" * (LARGE if number % 10 == 0 else 1)))


def workers(mp: "Any", watch: "Watch") -> None:
    queue = mp.Queue()
    worker = mp.Process(target=produce, args=(queue,))
    worker.start()
    numbers = [queue.get()[0] for _ in range(MESSAGES)]
    worker.join()
    if numbers == sorted(numbers):
        watch.answers("kept", "first in, first out")
    else:
        watch.answers("not kept", f"they came as {numbers}")


HAZARD = Hazard(
    title="Order of one worker's messages",
    question=__doc__,
    group="queues and locks",
    rank=20,
    styles={"workers": workers},
    absent={
        "executor": "an executor hands results back through futures; a queue for its workers comes from threading or multiprocessing",
        "serial": "one thread works alone: there is nobody to send a message to",
    },
)

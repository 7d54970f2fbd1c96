"""A program puts a large message into a queue and nobody reads it: does the program end?"""

from study.hazard import Hazard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from study.hazard import Watch

MESSAGE = b"x" * 1_000_000  # a pipe holds 64 KiB


def program(mp: "Any", watch: "Watch") -> None:
    queue = mp.Queue()
    watch.call("put", queue.put, MESSAGE)


HAZARD = Hazard(
    title="A message is never read",
    question=__doc__,
    group="locks and queues",
    rank=12,
    styles={"workers": program, "executor": program},
    absent={"serial": "one thread works alone: there is nobody to send a message to"},
    defects=dict.fromkeys(("multiprocessing", "executors.fork", "executors.spawn", "executors.forkserver"), "gh-73983"),
)

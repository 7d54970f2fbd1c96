"""The program gets SIGTERM while its workers run tasks, as from a supervisor or a container that stops: what is left of them?"""

import signal

from study.hazard import Hazard
from study.hazards.parent_killed import NO_WORKERS, in_executor, in_interpreters, in_pool

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from study.hazard import Watch


def workers(mp: "Any", watch: "Watch") -> None:
    in_pool(mp, watch, signal.SIGTERM)


def executor(mp: "Any", watch: "Watch") -> None:
    in_executor(mp, watch, signal.SIGTERM)


def interpreters(mp: "Any", watch: "Watch") -> None:
    in_interpreters(mp, watch, signal.SIGTERM)


HAZARD = Hazard(
    title="The parent gets SIGTERM",
    question=__doc__,
    group="the end of a program",
    rank=20,
    styles={"workers": workers, "executor": executor, "executors.interpreter": interpreters},
    absent={"serial": NO_WORKERS},
    defects=dict.fromkeys(("executors.fork", "executors.spawn", "executors.forkserver"), "gh-111873"),
)

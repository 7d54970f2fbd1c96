"""Only the program itself is interrupted, not its workers, as by kill -INT or a supervisor: when does the caller know?"""

import os

from study.hazard import Hazard
from study.hazards.ctrl_c import in_executor, in_loop, in_pool

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from study.hazard import Watch


def workers(mp: "Any", watch: "Watch") -> None:
    in_pool(mp, watch, os.getpid())


def executor(mp: "Any", watch: "Watch") -> None:
    in_executor(mp, watch, os.getpid())


def serial(_mp: "Any", watch: "Watch") -> None:
    in_loop(os.getpid(), watch)


HAZARD = Hazard(
    title="Only the parent is interrupted",
    question=__doc__,
    group="the end of a program",
    rank=11,
    styles={"workers": workers, "executor": executor, "serial": serial},
)

"""os.environ is changed when workers have already been started once: do workers that start now see it?"""

import os

from study.hazard import Hazard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from study.hazard import Watch

VARIABLE = "STUDY_SET_LATER"


def read() -> bool:
    return VARIABLE in os.environ


def workers(mp: "Any", watch: "Watch") -> None:
    with mp.Pool(1) as pool:
        pool.apply(read)
    os.environ[VARIABLE] = "1"
    with mp.Pool(1) as pool:
        tell(watch, pool.apply(read))


def executor(mp: "Any", watch: "Watch") -> None:
    with mp.Executor(max_workers=1) as pool:
        pool.submit(read).result()
    os.environ[VARIABLE] = "1"
    with mp.Executor(max_workers=1) as pool:
        tell(watch, pool.submit(read).result())


def serial(_mp: "Any", watch: "Watch") -> None:
    os.environ[VARIABLE] = "1"
    tell(watch, read())


def tell(watch: "Watch", seen: bool) -> None:
    if seen:
        watch.answers("seen", "what starts after the change has it")
    else:
        watch.answers(
            "not seen", "new workers are forked by a server, which has the variables of the time of its own start"
        )


HAZARD = Hazard(
    title="os.environ is changed between two pools",
    question=__doc__,
    group="what travels",
    rank=66,
    styles={"workers": workers, "executor": executor, "serial": serial},
)

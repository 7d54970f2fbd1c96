"""The program has added a folder to sys.path: do its workers import from there?"""

import sys

from study.hazard import Hazard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from study.hazard import Watch

FOLDER = "/added by the program"


def looks_there() -> bool:
    return FOLDER in sys.path


def workers(mp: "Any", watch: "Watch") -> None:
    sys.path.append(FOLDER)
    with mp.Pool(1) as pool:
        tell(watch, pool.apply(looks_there))


def executor(mp: "Any", watch: "Watch") -> None:
    sys.path.append(FOLDER)
    with mp.Executor(max_workers=1) as pool:
        tell(watch, pool.submit(looks_there).result())


def serial(_mp: "Any", watch: "Watch") -> None:
    sys.path.append(FOLDER)
    tell(watch, looks_there())


def tell(watch: "Watch", there: bool) -> None:
    if there:
        watch.answers("seen", "the workers share the path, or are told it when they start")
    else:
        watch.answers("not seen", "the worker has the path of a new interpreter: set PYTHONPATH")


HAZARD = Hazard(
    title="A folder is added to sys.path",
    question=__doc__,
    group="what travels",
    rank=78,
    styles={"workers": workers, "executor": executor, "serial": serial},
)

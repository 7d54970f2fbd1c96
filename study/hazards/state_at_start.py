"""A module's variable is changed before the workers start: do they see the change?"""

from study.hazard import Hazard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from study.hazard import Watch

setting = "as imported"


def read() -> str:
    return setting


def change() -> None:
    global setting
    setting = "changed"


def workers(mp: "Any", watch: "Watch") -> None:
    change()
    with mp.Pool(1) as pool:
        tell(watch, pool.apply(read))


def executor(mp: "Any", watch: "Watch") -> None:
    change()
    with mp.Executor(max_workers=1) as pool:
        tell(watch, pool.submit(read).result())


def serial(_mp: "Any", watch: "Watch") -> None:
    change()
    tell(watch, read())


def tell(watch: "Watch", value: str) -> None:
    if value == "changed":
        watch.answers("seen", "the workers have the module as it was when they started")
    else:
        watch.answers(
            "not seen", "each worker imports the module anew: pass settings as arguments or to an initializer"
        )


HAZARD = Hazard(
    title="A global is set before the start",
    question=__doc__,
    group="what travels",
    rank=60,
    styles={"workers": workers, "executor": executor, "serial": serial},
)

"""warnings.simplefilter("error") is called before the workers start: does a warning in a worker raise?"""

from study.hazard import Hazard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from study.hazard import Watch


def warn() -> str:
    import warnings

    try:
        warnings.warn("something is old", UserWarning, stacklevel=1)
    except UserWarning:
        return "raised"
    return "printed"


def make_errors() -> None:
    import warnings

    warnings.simplefilter("error", UserWarning)


def workers(mp: "Any", watch: "Watch") -> None:
    make_errors()
    with mp.Pool(1) as pool:
        tell(watch, pool.apply(warn))


def executor(mp: "Any", watch: "Watch") -> None:
    make_errors()
    with mp.Executor(max_workers=1) as pool:
        tell(watch, pool.submit(warn).result())


def serial(_mp: "Any", watch: "Watch") -> None:
    make_errors()
    tell(watch, warn())


def tell(watch: "Watch", became: str) -> None:
    if became == "raised":
        watch.answers("seen", "the filter holds in the worker, and the warning raises")
    else:
        watch.answers(
            "not seen", "the worker has the filters of a new interpreter: -W and PYTHONWARNINGS reach it, calls do not"
        )


HAZARD = Hazard(
    title="A warning filter is set",
    question=__doc__,
    group="what travels",
    rank=68,
    styles={"workers": workers, "executor": executor, "serial": serial},
)

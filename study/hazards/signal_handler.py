"""The program has a signal handler when it starts its workers: do they have it, too?"""

from study.hazard import Hazard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from study.hazard import Watch


def clean_up(number: int, frame: object) -> None:
    """What a server does when it is asked to end."""


def has_handler() -> bool:
    import signal

    return signal.getsignal(signal.SIGUSR1) is clean_up


def set_handler() -> None:
    import signal

    signal.signal(signal.SIGUSR1, clean_up)


def workers(mp: "Any", watch: "Watch") -> None:
    set_handler()
    with mp.Pool(1) as pool:
        tell(watch, pool.apply(has_handler))


def executor(mp: "Any", watch: "Watch") -> None:
    set_handler()
    with mp.Executor(max_workers=1) as pool:
        tell(watch, pool.submit(has_handler).result())


def serial(_mp: "Any", watch: "Watch") -> None:
    set_handler()
    tell(watch, has_handler())


def tell(watch: "Watch", there: bool) -> None:
    if there:
        watch.answers(
            "seen", "a handler belongs to the process, and a fork copies it: a worker's signal runs the parent's code"
        )
    else:
        watch.answers("not seen", "the worker has the handlers of a new interpreter")


HAZARD = Hazard(
    title="A signal handler is set",
    question=__doc__,
    group="what travels",
    rank=74,
    styles={"workers": workers, "executor": executor, "serial": serial},
)

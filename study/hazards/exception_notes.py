"""A worker adds a note to the exception that it raises (Python 3.11 and later): does the note arrive?"""

from study.hazard import Hazard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from study.hazard import Watch

NOTE = "while reading order 7"


def work() -> None:
    error = ValueError("not a number")
    if hasattr(error, "add_note"):
        error.add_note(NOTE)
    raise error


def workers(mp: "Any", watch: "Watch") -> None:
    with mp.Pool(1) as pool:
        watch.call("apply", pool.apply, work)
    tell(watch, watch.raised)


def executor(mp: "Any", watch: "Watch") -> None:
    with mp.Executor(max_workers=1) as pool:
        watch.call("submit", lambda: pool.submit(work).result())
    tell(watch, watch.raised)


def serial(_mp: "Any", watch: "Watch") -> None:
    watch.call("call", work)
    tell(watch, watch.raised)


def tell(watch: "Watch", error: "BaseException | None") -> None:
    notes = getattr(error, "__notes__", [])
    if not hasattr(error, "add_note"):
        watch.answers("not offered", "an exception has notes from Python 3.11 on")
    elif NOTE in notes:
        watch.answers("kept", "the note is printed below the exception's message")
    else:
        watch.answers("lost", f"the exception arrives with the notes {notes}")


HAZARD = Hazard(
    title="Notes of an exception",
    question=__doc__,
    group="errors and their words",
    rank=26,
    styles={"workers": workers, "executor": executor, "serial": serial},
)

"""What a hazard declares, and how its body tells what happened: a call that raised, one that never came back, a loss."""

import sys

from study.trace import say

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import Any, NoReturn

    from backends import Backend

    Body = Callable[..., None]

#: In the order of the tables: what fails, then what merely differs.
FAILURES = (
    "a worker or a task fails",
    "something cannot travel",
    "locks and queues",
    "the end of a program",
    "the main file",
)
BEHAVIOURS = ("what travels", "what is shared", "errors and their words", "pools and their workers", "queues and locks")
GROUPS = FAILURES + BEHAVIOURS
HANG_S = 10.0  # three times the slowest start-up of any backend, and more: whoever has not answered by then hangs
LONGEST_TEXT = 300  # characters of a message or an answer that are kept


class Hazard:
    """One thing that may go wrong or differ, provoked on every backend that can express it."""

    __slots__ = (
        "absent",
        "defects",
        "group",
        "name",
        "needs",
        "patience_s",
        "question",
        "rank",
        "styles",
        "title",
        "tries",
    )

    def __init__(
        self,
        *,
        title: str,
        question: "str | None",
        group: str,
        styles: "Mapping[str, Body]",
        absent: "Mapping[str, str] | None" = None,
        needs: "Iterable[str]" = (),
        defects: "Mapping[str, str] | None" = None,
        rank: int = 50,
        tries: int = 1,
        patience_s: float = HANG_S,
    ) -> None:
        self.name = ""  #: the file's name, set when it is found
        self.title = title  #: "A worker is killed"
        self.question = (question or "").strip()
        self.group = group  #: one of GROUPS
        self.rank = rank  #: place in its group, the plainest first
        self.styles = dict(styles)  #: name, library or style of a backend -> body
        self.absent = dict(absent or {})  #: the same -> why there is no body for it
        self.needs = frozenset(needs)  #: behaviours a backend must offer
        self.defects = dict(defects or {})  #: name, library or style -> CPython's issue about what is seen there
        self.tries = tries  #: interpreters, where chance decides: reported as so many of so many
        self.patience_s = patience_s  #: after so long a call hangs

    @property
    def is_failure(self) -> bool:
        """Whether it is about a failure rather than a difference."""
        return self.group in FAILURES


def declared_for(backend: "Backend", declared: "Mapping[str, Any]") -> "Any":
    """What is declared for this backend by its name, else by its library, else by its style; None where nothing is."""
    return next((declared[key] for key in (backend.name, backend.library, backend.style) if key in declared), None)


def untried(hazard: Hazard, backend: "Backend", python: "tuple[int, int]") -> "str | None":
    """One sentence why this pair is not tried on that Python, or None when it is."""
    if backend.since and python < backend.since:
        return f"needs Python {backend.since[0]}.{backend.since[1]}; this is {python[0]}.{python[1]}"
    if declared_for(backend, hazard.styles) is None:
        reason: str | None = declared_for(backend, hazard.absent)
        return reason or f"{hazard.title} has no body for {backend.style} backends"
    for behaviour in sorted(hazard.needs - backend.offers):
        return backend.lacks.get(behaviour) or f"{backend.label} does not offer {behaviour}"
    return None


class Watch:
    """Given to a body: each call through it is told before and after, so that a hang and a death are told by what is missing."""

    __slots__ = ("raised",)

    def __init__(self) -> None:
        self.raised: BaseException | None = None  #: what the last call raised

    def call(self, doing: str, function: "Callable[..., Any]", *args: "Any", **kwargs: "Any") -> "Any":
        """Make the call that the hazard is about; what it returns, or None when it raised."""
        return self._call("calling", doing, function, args, kwargs)

    def afterwards(self, doing: str, function: "Callable[..., Any]", *args: "Any", **kwargs: "Any") -> "Any":
        """Make a call that shows whether things still work after the hazard."""
        return self._call("calling afterwards", doing, function, args, kwargs)

    def wait(self, doing: str, get: "Callable[[float], Any]") -> "Any":
        """As `call`, for a wait that takes a limit in seconds and raises a TimeoutError: things can be tried after a hang."""
        answer = self._call("calling", doing, get, (HANG_S,), {})
        if type(self.raised).__name__ == "TimeoutError":
            import faulthandler

            faulthandler.dump_traceback()
            say("main", "hung")
        return answer

    def finds(self, outcome: str, what: str) -> None:
        """Tell what no call raises: "loses data", "wrong answer", "leaks"; and how much of it."""
        say("main", "found", (outcome, what[:LONGEST_TEXT]))

    def answers(self, word: str, sentence: str = "") -> None:
        """Answer a question about a behaviour: a word or two that a table holds, and a sentence."""
        say("main", "answered", (word, sentence[:LONGEST_TEXT]))

    def ends_itself(self) -> None:
        """Tell that the program is about to be ended on purpose, so that its death is no finding."""
        say("main", "ending itself")

    def leaves(self, segment: str) -> None:
        """Name a shared-memory segment that should be gone when the program is."""
        say("main", "owns", segment)

    def script(self, doing: str, text: str, *options: str) -> None:
        """Run a program of its own in this folder and tell how it ended, as of a call: by its exit code and last line."""
        with open("program.py", "w", encoding="utf-8") as file:
            file.write(text)
        self.call(doing, _run_program, [sys.executable, *(options or ("program.py",))])

    def _call(self, event: str, doing: str, function: "Callable[..., Any]", args: "Any", kwargs: "Any") -> "Any":
        caller = sys._getframe(2)
        say("main", event, (doing, f"{caller.f_code.co_filename}:{caller.f_lineno}"))
        self.raised = None
        try:
            result = function(*args, **kwargs)
        except BaseException as error:
            self.raised = error
            say("main", "raised", _told(error))
            return None
        say("main", "returned", repr(result)[:LONGEST_TEXT])
        return result


class ProgramFailed(Exception):
    """A program ended with another exit code than 0. The message is the last line that it wrote to standard error."""


def _run_program(command: "list[str]") -> str:
    import subprocess

    ran = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    lines = ran.stderr.strip().splitlines() or [f"exit code {ran.returncode}, and nothing on standard error"]
    if ran.returncode:
        _fail(lines[-1], ran.returncode, ran.stderr)
    return ran.stdout.strip()


def _fail(line: str, exit_code: int, errors: str) -> "NoReturn":
    failed = ProgramFailed(line)
    failed.args = (line, exit_code, errors)
    raise failed


def _told(error: BaseException) -> "tuple[str, str, str, str]":
    """Type, message, type of the cause, traceback."""
    import traceback

    cause = error.__cause__
    text = "".join(traceback.format_exception(type(error), error, error.__traceback__))
    return _name_of(error), str(error)[:LONGEST_TEXT], _name_of(cause) if cause else "", text


def _name_of(error: BaseException) -> str:
    kind = type(error)
    return kind.__name__ if kind.__module__ in ("builtins", "__main__") else f"{kind.__module__}.{kind.__name__}"

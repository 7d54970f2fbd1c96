"""What a hazard declares, and how its body tells what happened: a call that raised, one that never came back, a loss."""

import sys

from study.trace import say

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import Any

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
LONGEST_TOLD = 8000  # bytes of the end of what a program wrote


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

    def script(self, doing: str, text: str) -> "Any":
        """Run a main file of its own in this folder and tell how it ended, as of a call. Gives what it printed, if it ended well."""
        with open("program.py", "w", encoding="utf-8") as file:
            file.write(text)
        return self._program(doing, "program.py")

    def command_line(self, doing: str, text: str) -> "Any":
        """The same for a program that is no file: `python -c text`."""
        return self._program(doing, "-c", text)

    def _program(self, doing: str, *options: str) -> "Any":
        printed = self._call("calling", doing, _run_program, ([sys.executable, *options],), {}, depth=3)
        if type(self.raised).__name__ == "TimeoutExpired":
            say("main", "hung")
        return printed

    def _call(
        self, event: str, doing: str, function: "Callable[..., Any]", args: "Any", kwargs: "Any", depth: int = 2
    ) -> "Any":
        caller = sys._getframe(depth)
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
    """A program ended with another exit code than 0. What it raised is taken from what it wrote to standard error."""

    def __init__(self, exit_code: int, errors: str) -> None:
        kind, _, message = _last_raised(errors).partition(": ")
        super().__init__(message if kind else f"exit code {exit_code}")
        self.kind = kind or "ProgramFailed"
        self.errors = errors


def _last_raised(errors: str) -> str:
    """The last line that begins with the name of an exception."""
    for line in reversed(errors.splitlines()):
        name = line.partition(":")[0]
        if name.replace(".", "").isidentifier() and name.rpartition(".")[2][:1].isupper():
            return line
    return ""


def _run_program(command: "list[str]") -> str:
    """Give what it printed. Raises ProgramFailed, or TimeoutExpired after HANG_S.

    Both streams go to files: a program that respawns its workers for ever writes for ever, and orphans would keep a pipe open.
    """
    import signal
    import subprocess

    with open("printed.txt", "w+b") as printed, open("errors.txt", "w+b") as errors:
        program = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=printed, stderr=errors)
        try:
            program.wait(HANG_S)
        except subprocess.TimeoutExpired:
            program.send_signal(signal.SIGABRT)  # it says where its threads stand
            program.wait()
            raise
        finally:
            told = _tail(errors)
            sys.stderr.write(told)
        if program.returncode:
            raise ProgramFailed(program.returncode, told)
        return _tail(printed).strip()


def _tail(file: "Any") -> str:
    file.seek(max(0, file.seek(0, 2) - LONGEST_TOLD))
    text: str = file.read().decode(errors="replace")
    return text


def _told(error: BaseException) -> "tuple[str, str, str, str]":
    """Type, message, type of the cause, traceback."""
    import traceback

    if isinstance(error, ProgramFailed):
        return error.kind, str(error)[:LONGEST_TEXT], "", error.errors
    cause = error.__cause__
    text = "".join(traceback.format_exception(type(error), error, error.__traceback__))
    return _name_of(error), str(error)[:LONGEST_TEXT], _name_of(cause) if cause else "", text


def _name_of(error: BaseException) -> str:
    kind = type(error)
    return kind.__name__ if kind.__module__ in ("builtins", "__main__") else f"{kind.__module__}.{kind.__name__}"

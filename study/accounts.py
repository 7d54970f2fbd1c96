"""What is said of one pair of hazard and backend: a word for the table, and a sentence for who wants to know more."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from study.attempt import Attempt, Outcome
from study.hazard import HANG_S
from study.notation import duration, plain
from study.outcomes import WORST_FIRST

LONGEST_WORD = 40  # characters
MOST_LINES = 30  # of a traceback or of stacks
THREADS = re.compile(r"(?:Current thread|Thread) 0x.*", re.DOTALL)
FILE = re.compile(r'File "(?P<path>[^"]*)"')
NOT_OFFERED, NOT_REACHED = "not offered", "not reached"


@dataclass(frozen=True, slots=True)
class Seen:
    """What one interpreter did with one hazard on one backend, each time it was tried."""

    version: str  #: "3.13.1"
    attempts: tuple[Attempt, ...] = ()
    reason: str = ""  #: why it was not tried

    @property
    def shown(self) -> Attempt | None:
        """The first attempt with the worst outcome."""
        order = {outcome: rank for rank, outcome in enumerate(WORST_FIRST)}
        return min(self.attempts, key=lambda attempt: order[attempt.outcome], default=None)

    @property
    def kind(self) -> str:
        """The outcome as it is coloured: "hangs", "raises" …; "" where there is none."""
        return self.shown.outcome.value if self.shown else ""

    @property
    def word(self) -> str:
        """What stands in the table: "hangs", "BrokenProcessPool", "same object"; with its rate where chance decides."""
        if not self.shown:
            return NOT_OFFERED if self.reason else NOT_REACHED
        words = Counter(word_of(attempt) for attempt in self.attempts)
        word = word_of(self.shown)
        return word if len(words) == 1 else f"{word} ({words[word]} of {len(self.attempts)})"

    @property
    def afterwards(self) -> str:
        """What was tried next, and what became of it."""
        tried = self.shown.afterwards if self.shown else {}
        return "; ".join(f"{plain(doing, 60)} {plain(became, 60)}" for doing, became in tried.items())

    @property
    def stacks(self) -> str:
        """Where each thread stood when it hung."""
        if not self.shown or self.shown.outcome is not Outcome.HANGS:
            return ""
        dumped = THREADS.search(self.shown.story)  # by the body itself, which went on afterwards
        return shortened(self.shown.stacks or (dumped[0] if dumped else ""))

    @property
    def traceback(self) -> str:
        """Of the exception that the caller got."""
        return shortened(self.shown.traceback) if self.shown and self.shown.outcome is Outcome.RAISES else ""

    @property
    def sentence(self) -> str:
        """What happened, in one sentence."""
        return _sentence(self.shown) if self.shown else plain(self.reason) or "The run ended before it was tried."


def word_of(attempt: Attempt) -> str:
    """The word of one attempt."""
    if attempt.outcome is Outcome.RAISES:
        return plain(attempt.what.rpartition(".")[2], LONGEST_WORD)
    if attempt.outcome is Outcome.ANSWERS:
        return plain(attempt.what, LONGEST_WORD)
    return str(attempt.outcome.value)


def _sentence(attempt: Attempt) -> str:
    doing, what, detail = (plain(text, 300) for text in (attempt.doing, attempt.what, attempt.detail))
    match attempt.outcome:
        case Outcome.WORKS:
            return f"{doing or 'It'} came to its end as if nothing had happened."
        case Outcome.ANSWERS:
            return f"{what}: {detail}" if detail else f"{what}."
        case Outcome.RAISES:
            cause = f", caused by {plain(attempt.cause, 80)}" if attempt.cause else ""
            return f"{doing} raised {what}{cause}: {detail}" if detail else f"{doing} raised {what}{cause}."
        case Outcome.HANGS:
            where = f", {detail}" if detail.startswith("in ") else ""
            return f"{what or doing} did not come to its end within {HANG_S:.0f} s{where}."
        case Outcome.DIES:
            return f"The whole program died ({what})" + (f": {detail}" if detail else ".")
        case Outcome.ORPHANS:
            return f"When the program was gone, these were still there: {detail}."
        case Outcome.LEAKS:
            return f"{detail or 'Something was left behind'}: {what}."
        case _:
            return f"{attempt.outcome.value[0].upper()}{attempt.outcome.value[1:]}: {what}."


def knew(every: Iterable[Seen]) -> str:
    """How long it took until the callers knew: "never", "after 0.12 s", "after 0.12 to 1.4 s"; "" where there is nothing to know."""
    shown = [seen.shown for seen in every if seen.shown]
    if any(attempt.outcome is Outcome.HANGS for attempt in shown):
        return "never"
    raised = [a.known_s for a in shown if a.outcome is Outcome.RAISES and a.known_s is not None]
    if not raised:
        return ""
    least, most = duration(min(raised)), duration(max(raised))
    return f"after {least}" if least == most else f"after {least} to {most}"


def shortened(text: str) -> str:
    """A traceback or stacks without the machine's folders, and no longer than a reader wants it."""
    lines = FILE.sub(lambda file: f'File "{_place(file["path"])}"', text).strip().splitlines()
    kept = [plain(line, 200) for line in lines[:MOST_LINES]]
    return "\n".join(kept + ([f"… and {len(lines) - MOST_LINES} lines more"] if len(lines) > MOST_LINES else []))


def _place(path: str) -> str:
    """The path as the library or the study knows it: "multiprocessing/pool.py"."""
    for known in (
        r"(?:/|^)(?:site|dist)-packages/(.+)",
        r"(?:/|^)lib/python3[^/]*/(.+)",
        r"(?:/|^)((?:study|backends)/.+)",
    ):
        if found := re.search(known, path.replace("\\", "/")):
            return found[1]
    return path.replace("\\", "/").rpartition("/")[2]

"""What the atlas says of one error, and by what it knows that error again."""

import re
from dataclasses import dataclass
from functools import cached_property

from study.atlas.reading import Line, Stack

EXPLAINS, FOLLOWS, BY_THE_WAY = (
    0,
    1,
    2,
)  # what explains the rest, what is mostly its consequence, what is said beside it


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One thing that goes wrong: its name, the words or the stacks it is known by, and what to tell of it."""

    name: str
    what: str  #: what happened, one sentence
    cause: str
    fix: str
    code: str = ""  #: the fix in a line or two
    hazard: str = ""  #: the hazard that shows it
    scenario: str = ""  #: the scenario that has it, or has it right
    issue: str = ""  #: "gh-66587": where CPython has a known defect
    versions: str = ""  #: in which versions it was seen
    order: int = EXPLAINS  #: which of several is told first

    def evidence(self, text: "Evidence") -> Line | None:
        """The line by which this entry is recognised in the text, or None."""
        raise NotImplementedError


@dataclass(frozen=True)
class Evidence:
    """A text, taken apart."""

    whole: str
    lines: tuple[Line, ...]
    stacks: tuple[Stack, ...]


@dataclass(frozen=True, kw_only=True)
class Message(Entry):
    """An error that is known by the line that names it."""

    words: str  #: pattern of that line
    within: tuple[str, ...] = ()  #: "multiprocessing/pool.py:get": one of these is in the traceback above that line
    innermost: tuple[str, ...] = ()  #: the same, of the frame that raised it
    without: str = ""  #: pattern of what is nowhere in the text

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """The words, compiled."""
        return re.compile(self.words)

    def evidence(self, text: Evidence) -> Line | None:
        """The last line that has the words, below such frames."""
        if self.without and re.search(self.without, text.whole):
            return None
        return next((line for line in reversed(text.lines) if self._fits(line)), None)

    def _fits(self, line: Line) -> bool:
        if not self.pattern.search(line.text):
            return False
        inner = not self.innermost or any(frame.is_at(*self.innermost) for frame in line.frames[:1])
        return inner and (not self.within or any(frame.is_at(*self.within) for frame in line.frames))


@dataclass(frozen=True, kw_only=True)
class Hang(Entry):
    """A standstill that is known by where threads stand, in a dump or in the traceback of an interrupt."""

    stands: tuple[tuple[str, ...], ...]  #: each of these is the way down to where some thread stands, outermost first
    missing: tuple[str, ...] = ()  #: no thread is in any of these; only a dump of all threads can tell
    order: int = FOLLOWS

    def evidence(self, text: Evidence) -> Line | None:
        """The line where the first of the stacks begins."""
        if self.missing and not self._all_but_missing(text):
            return None
        found = [next((stack for stack in text.stacks if stack.goes_through(way)), None) for way in self.stands]
        return found[0].line if found[0] and all(found) else None

    def _all_but_missing(self, text: Evidence) -> bool:
        in_a_dump = any(stack.of_many for stack in text.stacks)
        return in_a_dump and not any(frame.is_at(*self.missing) for stack in text.stacks for frame in stack.frames)

"""Take a text apart into lines and the frames above them: tracebacks, chained ones, behind prefixes of a log, dumps of threads."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

LONGEST_LINE = 2_000  # characters
MOST_LINES = 100_000  # workers that are started again and again write the same traceback for ever
COLOUR = re.compile(r"\x1b\[[0-9;]*m")
HEADER = re.compile(r"Traceback \(most recent call last\):")
THREAD = re.compile(r"(?:Current thread|Thread) 0x[0-9a-fA-F]+.*\(most recent call first\):")
SPIED = re.compile(r"(?:^|\W)Thread (?:0x[0-9a-fA-F]+|\d+) \((?:idle|active)[^)]*\)")  # as py-spy dumps it
FATAL = re.compile(r"Fatal Python error: (?!Aborted)")
FRAME = re.compile(r'File "(?P<file>[^"]*)", line (?P<line>\d+)(?P<comma>,?) in (?P<function>\S+)')
SPIED_FRAME = re.compile(r"^\s+(?P<function>\S+) \((?P<file>[^()]+\.py):(?P<line>\d+)\)\s*$")
INTERRUPTED = re.compile(r"(?:^|\s)KeyboardInterrupt\s*$")
ERROR = re.compile(
    r"(?:^|[\s|:\]])(?P<error>(?:[A-Za-z_]\w*\.)*[A-Z]\w*(?:(?<=Error)|(?<=Exception)|(?<=Exit)|(?<=Interrupt))(?:: .*)?)$"
)
PERHAPS = re.compile(r"^\W*(?P<error>(?:[A-Za-z_]\w*\.)*[A-Z]\w*(?:: .*)?)$")  # it is called as it likes


@dataclass(frozen=True, slots=True)
class Frame:
    """One call."""

    file: str
    line: int
    function: str

    def is_at(self, *places: str) -> bool:
        """Whether it is in one of these: "multiprocessing/pool.py", "threading.py:join"."""
        at = "/" + self.file.replace("\\", "/")
        return any(at.endswith("/" + file) and name in ("", self.function) for file, _, name in _parted(places))


@dataclass(frozen=True, slots=True)
class Line:
    """One line, and the frames of the traceback that it ends, innermost first."""

    number: int  #: 1, 2 …
    text: str
    frames: tuple[Frame, ...] = ()


@dataclass(frozen=True, slots=True)
class Stack:
    """Where one thread stands, innermost first."""

    line: Line
    frames: tuple[Frame, ...]
    of_many: bool  #: whether it is from a dump of all threads

    def goes_through(self, way: tuple[str, ...]) -> bool:
        """Whether the calls from the outermost inwards pass these places in this order."""
        frames = reversed(self.frames)
        return all(any(frame.is_at(place) for frame in frames) for place in way)


def _parted(places: tuple[str, ...]) -> Iterator[tuple[str, str, str]]:
    return (place.partition(":") for place in places)


def lines_of(text: str) -> tuple[Line, ...]:
    """Every line that is no frame, with the frames of the traceback above it."""
    found: list[Line] = []
    frames: list[Frame] = []
    for number, line in _numbered(text):
        if HEADER.search(line) or THREAD.search(line):
            frames = []
        elif found_frame := FRAME.search(line):
            if found_frame["comma"]:  # a dump has none
                frames.insert(0, _frame_of(found_frame))
            continue
        found.append(Line(number, line, tuple(frames)))
    return tuple(found)


def stacks_of(text: str) -> tuple[Stack, ...]:
    """Where threads stand: all of a dump, and the one of each traceback that an interrupt ended."""
    return tuple(_dumped(text)) + tuple(
        Stack(line, line.frames, of_many=False)
        for line in lines_of(text)
        if line.frames and INTERRUPTED.search(line.text)
    )


def _dumped(text: str) -> Iterator[Stack]:
    if FATAL.search(text):  # then it is where the interpreter crashed
        return
    begun: Line | None = None
    frames: list[Frame] = []
    for number, line in _numbered(text + "\n\nThread 0x0 (most recent call first):"):
        if THREAD.search(line) or SPIED.search(line) or HEADER.search(line):
            if begun and frames:
                yield Stack(begun, tuple(frames), of_many=True)
            begun, frames = (None if HEADER.search(line) else Line(number, line.strip())), []
        elif begun and (frame := _frame(line)):
            frames.append(frame)


def last_error(lines: tuple[Line, ...]) -> Line | None:
    """The line that names the last exception, without what a log wrote before it."""
    below = [line for line in reversed(lines) if line.frames]
    named = ((pattern.search(line.text.rstrip()), line) for pattern in (ERROR, PERHAPS) for line in below)
    return next((Line(line.number, match["error"], line.frames) for match, line in named if match), None)


def _frame(line: str) -> Frame | None:
    found = FRAME.search(line) or SPIED_FRAME.match(line)
    return _frame_of(found) if found else None


def _frame_of(found: re.Match[str]) -> Frame:
    return Frame(found["file"], int(found["line"][:9]), found["function"].rpartition(".")[2])


def _numbered(text: str) -> Iterator[tuple[int, str]]:
    lines = (COLOUR.sub("", line[:LONGEST_LINE]) for line in text.splitlines())
    return enumerate(islice(lines, MOST_LINES), start=1)

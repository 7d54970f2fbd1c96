"""The file of one run of the matrix of failures: what each hazard did on each backend, on one machine and interpreter.

JSON Lines, beside the journals of campaigns and written with the same care. The first line is a `Header`; each further one
an `Attempt`, in the order in which they ended. A run that is killed loses at most the line it was writing.

Format history
    1   first format
    2   the last field of each line is a check of the bytes before it. Format 1 is not read.
"""

import datetime
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from study import environment, journal, lines
from study.attempt import Attempt
from study.journal import SIGHTINGS, Count, JournalError, Machine, Name, Record
from study.matrix import Pair
from study.notation import plain
from study.plan import python_of

FORMAT = 2
VERSION = re.compile(r"\d+\.\d+")
ROOT = Path(__file__).resolve().parent.parent
SOURCES = (  # whose change may make another outcome of it
    *("study/hazard.py", "study/hazards/*.py", "study/attempt.py", "study/launch.py", "study/trace.py"),
    *("study/child/bare.py", "study/child/session.py", "backends/*.py"),
)

Facts = dict[str, str | int | float | bool | list[str]]


class Header(Record, frozen=True, tag="failures", tag_field="record"):
    """What was going to be tried, where, on which interpreter and with which code."""

    format: int
    machine: Machine
    started: Name  #: UTC, ISO 8601
    interpreter: Facts  #: what it tells about itself: "version", "free_threaded_build", "default_start_method" …
    sources: dict[str, str]  #: file -> first 16 digits of its SHA-256
    pairs: list[Pair]  #: all that were chosen, also those that are not tried and why
    repeat: Count  #: interpreters for each pair, unless its hazard wants more


@dataclass(frozen=True, slots=True)
class Sightings:
    """A whole file."""

    path: str
    header: Header
    attempts: tuple[Attempt, ...]  # in the order in which they ended
    torn: bool = False  # the last line was incomplete and is left out

    @property
    def version(self) -> str:
        """ "3.14.2", and "3.14.2t" of a free-threaded build."""
        return version_of(self.header.interpreter)

    @property
    def python(self) -> tuple[int, int]:
        """(3, 14)"""
        return python_of(self.header.interpreter)

    @property
    def untried(self) -> dict[tuple[str, str], str]:
        """(hazard, backend) -> one sentence why it is not tried."""
        return {(pair.hazard, pair.backend): pair.reason for pair in self.header.pairs if pair.reason}

    @property
    def tried(self) -> dict[tuple[str, str], list[Attempt]]:
        """(hazard, backend) -> what became of it each time, in the order of the header; empty where it was interrupted."""
        every: dict[tuple[str, str], list[Attempt]] = {
            (pair.hazard, pair.backend): [] for pair in self.header.pairs if not pair.reason
        }
        for attempt in self.attempts:
            every[attempt.hazard, attempt.backend].append(attempt)
        return every


header_of_line = msgspec.json.Decoder(Header)
_attempt = msgspec.json.Decoder(Attempt)
_fields = msgspec.json.Decoder(dict[str, msgspec.Raw])


def begin(results: Path, interpreter: Facts, pairs: Sequence[Pair], repeat: int = 1) -> Path:
    """Start a file in the folder of this machine, named after now and the interpreter's version. Raises JournalError, OSError."""
    now = datetime.datetime.now(datetime.UTC)
    header = Header(
        format=FORMAT,
        machine=environment.machine_id(environment.facts()),
        started=now.isoformat(timespec="seconds"),
        interpreter=interpreter,
        sources=_digests(),
        pairs=list(pairs),
        repeat=repeat,
    )
    return write(results, header)


def write(results: Path, header: Header, attempts: Sequence[Attempt] = ()) -> Path:
    """A new file with these lines; where there is one of that second already, its name ends with a number."""
    started = datetime.datetime.fromisoformat(header.started)
    name = f"{started:%Y%m%dT%H%M%SZ}-{version_of(header.interpreter)}"
    names = [name, *(f"{name}-{number}" for number in range(2, 100))]
    folder = results / header.machine
    path = next(path for path in (folder / f"{name}{SIGHTINGS}" for name in names) if not path.exists())
    journal.create(path, header)
    for attempt in attempts:
        append(path, attempt)
    return path


def append(path: Path, attempt: Attempt) -> None:
    """Add one line with one write, and sync it to the disk. Raises JournalError when it does not take it."""
    journal.append(path, attempt)


def read(path: Path) -> Sightings:
    """Read and validate a file. A torn last line is left out; anything else amiss raises JournalError, in one sentence."""
    every = lines.lines_of(path)
    number, first, whole = next(every, (1, b"", False))
    if not whole:
        raise JournalError(f"{path}: line 1 is not complete, so nothing can be read; run `python -m study failures`.")
    header = lines.decode(header_of_line, first, path, number)
    _refuse(complaint_about(header), path, number)
    attempts: list[Attempt] = []
    kept = Kept(header)
    for number, line, whole in every:
        if not whole:
            return Sightings(str(path), header, tuple(attempts), torn=True)
        attempts.append(attempt_of(line, path, number))
        _refuse(kept.add(attempts[-1]), path, number)
    return Sightings(str(path), header, tuple(attempts))


def attempt_of(line: bytes, path: Path, number: int) -> Attempt:
    """The attempt of that line. Raises JournalError, also for a field that an attempt does not have."""
    attempt = lines.decode(_attempt, line, path, number)
    unknown = [name for name in _fields.decode(line) if name not in Attempt.__slots__]
    _refuse(f"`$.{plain(unknown[0], 40)}` is an unknown field" if unknown else "", path, number)
    return attempt


def complaint_about(header: Header) -> str:
    """What is wrong with a first line, or ""."""
    if header.format != FORMAT:
        return f"`$.format` is {header.format}; this version reads {FORMAT}"
    version = str(header.interpreter.get("version"))
    return "" if VERSION.match(version) else f"`$.interpreter.version` is {plain(version, 40)!r}, which is no version"


class Kept:
    """The attempts of a file, each checked against its first line."""

    def __init__(self, header: Header) -> None:
        self._tried = {(pair.hazard, pair.backend) for pair in header.pairs if not pair.reason}

    def add(self, attempt: Attempt) -> str:
        """What is wrong with the next attempt, or ""."""
        if (attempt.hazard, attempt.backend) not in self._tried:
            return f"`$.hazard` {attempt.hazard!r} is not tried on {attempt.backend!r} by line 1"
        times = {"seconds": attempt.seconds, "known_s": attempt.known_s}
        wrong = next((name for name, time in times.items() if time is not None and not 0 <= time < 1e9), None)
        return f"`$.{wrong}` is {times[wrong]}, which is no duration" if wrong else ""


def _refuse(complaint: str, path: Path, number: int) -> None:
    if complaint:
        raise JournalError(f"{path}: line {number}: {complaint}; leave out this file or get it again.")


def found_in(folder: Path) -> list[Path]:
    """The files of one machine's folder, or of all folders of results, the oldest first."""
    found = [*folder.glob(f"*{SIGHTINGS}"), *folder.glob(f"*/*{SIGHTINGS}")]
    return sorted(found, key=lambda path: path.name.removesuffix(SIGHTINGS))  # a second file of one second ends with -2


def version_of(interpreter: Mapping[str, object]) -> str:
    """ "3.14.2", and "3.14.2t" of a free-threaded build."""
    return f"{interpreter['version']}{'t' if interpreter.get('free_threaded_build') else ''}"


def _digests() -> dict[str, str]:
    files = sorted(file for pattern in SOURCES for file in ROOT.glob(pattern))
    return {file.relative_to(ROOT).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest()[:16] for file in files}

"""The results file: the one record of a campaign, from which everything a reader sees is computed again.

JSON Lines. The first line is a `Header`; each further one a `Row`, one for a child interpreter. A row is written with one
call and synced to the disk, so a campaign that is killed loses at most the row it was writing. Nothing derived is kept.

Format history
    1   first format
    2   a lap has a unit: bytes and shares are kept beside durations
"""

import errno
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Literal, TypeVar

import msgspec
from msgspec import Meta

FORMAT = 2
LONGEST_LINE = 16 << 20  # bytes; a header of a full grid is a few hundred kB
REHEARSAL = 0  # the block in which operations are chosen and suspected cells are tried; never analysed

Count = Annotated[int, Meta(ge=0)]
Seconds = Annotated[float, Meta(ge=0, le=1e9)]
Amount = Annotated[int, Meta(ge=0, le=10**18)] | Annotated[float, Meta(ge=0, le=1e18)]
Name = Annotated[str, Meta(min_length=1, max_length=200)]
Text = Annotated[str, Meta(max_length=1 << 20)]
Machine = Annotated[str, Meta(pattern=r"^[a-z0-9-]{1,64}\Z")]
Status = Literal["measured", "wrong answer", "timeout", "crash", "exception", "out of memory"]


class JournalError(Exception):
    """The file cannot be read as a journal. The message names the file, the line, the field and what to do."""


class Record(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A part of a journal: unknown fields are an error, and nothing is changed once it is read."""


class Fact(Record, frozen=True):
    """One fact about the machine or the interpreter."""

    value: str | int | float | bool | None  #: None when the system does not tell
    unit: str  #: "" when the value is not a quantity
    source: str  #: where it was read


class Planned(Record, frozen=True):
    """One cell that the campaign measures."""

    cell: Name  #: "lock/processes.spawn/width=2"
    scenario: Name
    backend: Name
    factors: dict[str, int | float | str]
    headline: bool
    blocks: Count


class NotOffered(Record, frozen=True):
    """One cell that does not exist on this backend and Python, and why."""

    cell: Name
    scenario: Name
    backend: Name
    factors: dict[str, int | float | str]
    reason: Text


class Header(Record, frozen=True, tag="run", tag_field="record"):
    """What was going to be measured, where, and by which code."""

    format: int
    run: Name  #: "20261123T044000Z-3.11.7"
    machine: Machine
    profile: Name
    seed: int
    started: Name  #: UTC, ISO 8601
    value_ms: Count  #: how long a value of a calibrated cell should last
    rounds: Count  #: values in one child, the warm-up included
    environment: dict[str, Fact]
    interpreter: dict[str, str | int | float | bool | list[str]]
    sources: dict[str, str]  #: file -> first 16 digits of its SHA-256
    plan: list[Planned]
    absent: list[NotOffered]
    plan_hash: Name


class Values(Record, frozen=True):
    """All values of one lap in one child. The first of several is the warm-up."""

    name: Name
    operations: Annotated[int, Meta(ge=1)]  #: each value covers
    source: Text  #: "study/scenarios/lock.py:61", the line that measured it
    values: list[Amount]
    unit: Literal["ns", "B", "1"] = "ns"  #: "1" is a share or an index


class Row(Record, frozen=True, tag="child", tag_field="record"):
    """What one child interpreter measured, or how it failed."""

    cell: Name
    block: Count  #: 1 to Planned.blocks; REHEARSAL for the trial before them
    position: Count  #: in the shuffled order of its block
    status: Status
    reason: Text  #: "" when measured, otherwise a sentence for the reader
    started: Seconds  #: after the start of the campaign
    seconds: Seconds  #: life of the child
    cpu_s: Seconds  #: processor time of the child and of all workers that it or the campaign waited for
    voluntary_switches: Count
    involuntary_switches: Count
    peak_rss_bytes: Count  #: of the largest single process
    operations: Count | None = None  #: the argument of the body, where it has one
    laps: list[Values] = []
    trace: Text = ""  #: events in a transcript's block, else ""
    printed: list[Text] = []  #: what the cell wrote to standard output besides


class Journal(Record, frozen=True):
    """A whole file."""

    path: str
    header: Header
    rows: list[Row]
    torn: bool  #: the last line was incomplete and is left out


R = TypeVar("R", bound=Record)

_header = msgspec.json.Decoder(Header)
_row = msgspec.json.Decoder(Row)
_encode = msgspec.json.Encoder().encode


def load(path: Path) -> Journal:
    """Read and validate a journal. A torn last line is left out; anything else amiss raises JournalError."""
    lines = _lines(path)
    number, first, whole = next(lines, (1, b"", False))
    if not whole:
        raise JournalError(f"{path}: line 1 is not complete, so this is no journal; start a new campaign.")
    header = _decode(_header, first, path, number)
    _check_header(header, path)
    rows, torn = [], False
    for number, line, whole in lines:
        if not whole:
            torn = True
            break
        rows.append(_decode(_row, line, path, number))
    _check_rows(header, rows, path)
    return Journal(str(path), header, rows, torn)


def create(path: Path, header: Header) -> None:
    """Start a new journal. Raises JournalError rather than overwrite one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
    except FileExistsError:
        raise JournalError(
            f"{path} exists already and is not overwritten; go on with --resume or move it away."
        ) from None
    _write(path, descriptor, header)


def append(path: Path, row: Row) -> None:
    """Add one row with one write, and sync it to the disk. Raises JournalError when it does not take it."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_APPEND)
    except OSError as error:
        raise JournalError(f"{path}: {error.strerror}; the rows before are kept: go on with --resume.") from error
    _write(path, descriptor, row)


def cut_torn_line(path: Path) -> None:
    """Remove the incomplete last line that a kill has left, so that rows can be added again."""
    with path.open("rb+") as file:
        data = file.read()
        file.truncate(data.rfind(b"\n") + 1)


def lost_cells(rows: Iterable[Row]) -> set[str]:
    """Cells whose rehearsal did not end: a known deadlock, met once, which is not waited for in each block again."""
    return {row.cell for row in rows if row.block == REHEARSAL and row.status == "timeout"}


def unfinished(header: Header, rows: Iterable[Row]) -> int:
    """How many planned children have no row yet and are still to be measured."""
    kept = list(rows)
    lost = lost_cells(kept)
    due = {(cell.cell, block) for cell in header.plan if cell.cell not in lost for block in range(1, cell.blocks + 1)}
    return len(due - {(row.cell, row.block) for row in kept})


def hash_of(plan: list[Planned], absent: list[NotOffered]) -> str:
    """The digest by which a plan is known."""
    import hashlib

    return hashlib.sha256(_encode((plan, absent))).hexdigest()[:16]


def _write(path: Path, descriptor: int, record: Record) -> None:
    line = _encode(record) + b"\n"
    try:
        if os.write(descriptor, line) != len(line):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        os.fsync(descriptor)
    except OSError as error:
        raise JournalError(
            f"{path}: {error.strerror}; make room and go on with --resume, nothing else is lost."
        ) from error
    finally:
        os.close(descriptor)


def _lines(path: Path) -> Iterator[tuple[int, bytes, bool]]:
    """Number, text and completeness of each line. A line longer than any real one raises JournalError."""
    try:
        with path.open("rb") as file:
            number = 0
            while line := file.readline(LONGEST_LINE + 1):
                number += 1
                if len(line) > LONGEST_LINE:
                    raise JournalError(
                        f"{path}: line {number} is longer than {LONGEST_LINE >> 20} MB; this is no journal."
                    )
                yield number, line, line.endswith(b"\n")
    except OSError as error:
        raise JournalError(f"{path}: {error.strerror}; name a journal that can be read.") from error


def _decode(decoder: msgspec.json.Decoder[R], line: bytes, path: Path, number: int) -> R:
    try:
        return decoder.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise JournalError(f"{path}: line {number}: {error}; mend or leave out this file.") from error


def _check_header(header: Header, path: Path) -> None:
    if header.format != FORMAT:
        raise JournalError(f"{path}: line 1: `$.format` is {header.format}; this version reads {FORMAT}.")
    if hash_of(header.plan, header.absent) != header.plan_hash:
        raise JournalError(
            f"{path}: line 1: `$.plan_hash` does not belong to the plan; the file was changed after it was made."
        )


def _check_rows(header: Header, rows: list[Row], path: Path) -> None:
    blocks = {planned.cell: planned.blocks for planned in header.plan}
    seen = set()
    for number, row in enumerate(rows, start=2):
        if row.cell not in blocks:
            raise JournalError(f"{path}: line {number}: `$.cell` {row.cell!r} is not in the plan.")
        if row.block > blocks[row.cell]:
            raise JournalError(f"{path}: line {number}: `$.block` is {row.block}; the plan has {blocks[row.cell]}.")
        if (row.cell, row.block) in seen:
            raise JournalError(f"{path}: line {number}: {row.cell!r} has block {row.block} twice.")
        seen.add((row.cell, row.block))

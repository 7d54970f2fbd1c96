"""JSON Lines that tell when they were changed: how the files that keep measurements are written and read, line by line.

A line is one record, a JSON object, and its last field is `check`: the CRC-32 (ISO 3309, as zlib has it) of the bytes of the
line before that field, as eight hexadecimal digits. So each changed, lost or added byte is found, and a line stays JSON. A
line is written with one call and synced to the disk; a process that is killed loses at most the line it was writing.

A file that was packed with gzip, to be sent to somebody, is read as it is, whatever its name, and never added to.
"""

import contextlib
import errno
import gzip
import os
import re
import zlib
from collections.abc import Iterator
from io import BufferedIOBase
from pathlib import Path
from typing import NamedTuple, TypeVar
from zlib import crc32

import msgspec

LONGEST_LINE = 8 << 20  # bytes; the first line of a full grid is a few hundred kB
MOST_PACKED, MOST_UNPACKED = 4 << 20, 14 << 20  # bytes of a packed file and of what it holds: five default campaigns
GZIP = b"\x1f\x8b"  # how a packed file begins (RFC 1952)
CHECK = b',"check":"%08x"}'
CHECK_LENGTH = len(CHECK % 0)
ENDING = re.compile(rb',"check":"[0-9a-f]{8}"\}.?\Z', re.DOTALL)  # of a line, whatever byte its line end has become
R = TypeVar("R")

_encode = msgspec.json.Encoder().encode


class JournalError(Exception):
    """The file cannot be read as a journal. The message names the file, the line, the field and what to do."""


class Line(NamedTuple):
    """One line of a file, as far as its bytes go."""

    number: int  # from 1 on
    record: bytes  # as JSON, without its check; of a torn or changed line, what is there
    complaint: str = ""  # what is wrong with it; "" when it is as it was written
    torn: bool = False  # the last line, whose end was never written


def sealed(record: bytes) -> bytes:
    """The line of a record, which is a JSON object of at least one field."""
    body = record[:-1]
    return body + CHECK % crc32(body) + b"\n"


def create(path: Path, record: object) -> None:
    """Start a new file. Raises JournalError rather than overwrite one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
    except FileExistsError:
        raise JournalError(
            f"{path} exists already and is not overwritten; go on with --resume or move it away."
        ) from None
    _write(path, descriptor, sealed(_encode(record)))


def append(path: Path, record: object) -> None:
    """Add one line with one write, and sync it to the disk. Raises JournalError when it does not take it."""
    try:
        with path.open("rb") as file:
            _refuse_packed(path, file.read(len(GZIP)))
            file.seek(max(0, path.stat().st_size - 1))
            begin = b"" if file.read(1) in (b"", b"\n") else b"\n"
        descriptor = os.open(path, os.O_WRONLY | os.O_APPEND)
    except OSError as error:
        raise JournalError(f"{path}: {error.strerror}; the rows before are kept: go on with --resume.") from error
    _write(path, descriptor, begin + sealed(_encode(record)))


def cut_torn_line(path: Path) -> None:
    """Remove the incomplete last line that a kill has left, so that rows can be added again.

    A last line that lacks nothing but its line end is given it.
    """
    with path.open("rb+") as file:
        data = file.read()
        _refuse_packed(path, data)
        start = data.rfind(b"\n") + 1
        if _examined(0, data[start:]).torn:
            file.truncate(start)
        elif start < len(data):
            file.write(b"\n")


def lines_of(path: Path) -> Iterator[tuple[int, bytes, bool]]:
    """Number, record and completeness of each line. A line that is not as it was written raises JournalError."""
    for line in examined(path):
        if line.complaint:
            raise JournalError(f"{path}: line {line.number}: {line.complaint}")
        yield line.number, line.record, not line.torn


def examined(path: Path) -> Iterator[Line]:
    """Each line, also one that was changed; none after one that is torn or longer than any real one.

    Raises JournalError when the file cannot be read.
    """
    number = 0
    try:
        with _opened(path) as (file, most):
            while line := file.readline(LONGEST_LINE + 1):
                number, most = number + 1, most - len(line)
                if len(line) > LONGEST_LINE or most < 0:
                    what = "is longer than" if most >= 0 else "makes this packed file longer than"
                    limit = LONGEST_LINE if most >= 0 else MOST_UNPACKED
                    yield Line(number, b"", f"{what} {limit >> 20} MB; this is no journal.")
                    return
                yield _examined(number, line)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise JournalError(f"{path}: line {number + 1} cannot be unpacked: {error}; get this file again.") from error
    except OSError as error:
        raise JournalError(f"{path}: {error.strerror}; name a journal that can be read.") from error


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[tuple[BufferedIOBase, float]]:
    """What the file holds, and how many bytes of that are read at the most: a packed one may hold more than there is memory."""
    with path.open("rb") as file:
        if not file.peek(len(GZIP)).startswith(GZIP):
            yield file, float("inf")
            return
        size = os.fstat(file.fileno()).st_size
        if size > MOST_PACKED:
            raise JournalError(f"{path}: is packed and still larger than {MOST_PACKED >> 20} MB; this is no journal.")
        with gzip.GzipFile(fileobj=file, mode="rb") as unpacked:
            yield unpacked, MOST_UNPACKED


def decode(decoder: msgspec.json.Decoder[R], record: bytes, path: Path, number: int) -> R:
    """The record of that line. Raises JournalError."""
    try:
        return decoder.decode(record)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise JournalError(f"{path}: line {number}: {error}; leave out this file or get it again.") from error


def _examined(number: int, line: bytes) -> Line:
    end = b"\n" if line.endswith(b"\n") else b""
    cut = max(0, len(line) - len(end) - CHECK_LENGTH)
    body = line[:cut]
    if line[cut:] == CHECK % crc32(body) + end:
        return Line(number, body + b"}")
    sealed_once = ENDING.search(line, max(0, cut - 1))
    if not sealed_once and not end:
        return Line(number, line, torn=True)
    told = "does not belong to it" if sealed_once else "is not its last field"
    return Line(number, line, f"`$.check` {told}: it is of another format or was changed; get this file again.")


def _refuse_packed(path: Path, data: bytes) -> None:
    if data.startswith(GZIP):
        raise JournalError(f"{path}: is packed, and nothing is added to it; unpack it with gunzip first.")


def _write(path: Path, descriptor: int, line: bytes) -> None:
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

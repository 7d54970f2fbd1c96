"""A run in one file that can be sent to somebody: packed, and without the names of host and user and without paths.

Nothing else is changed, so that it loads, validates, reports and compares as the original does.
"""

import gzip
import os
import re
from dataclasses import dataclass
from pathlib import Path

import msgspec

from study import environment, journal, lines, scrubbing
from study.environment import STABLE
from study.journal import Header, JournalError
from study.scrubbing import Scrubber

ENDING = ".study.jsonl.gz"
LARGE = 1_000_000  # bytes, above which a file is no longer sent easily
FILE_NAME = re.compile(r"[\w+-][\w.+-]{0,99}\Z", re.ASCII)


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written."""

    path: Path
    size: int  #: bytes
    changed: int  #: texts that held a name or a path
    torn: bool  #: the last line was incomplete and is left out

    @property
    def told(self) -> str:
        """One sentence."""
        large = f", more than {LARGE / 1e6:.0f} MB: some will not take it" if self.size > LARGE else ""
        torn = "; the last line was cut off and is left out" if self.torn else ""
        return f"{self.size / 1e3:,.0f} kB{large}; {self.changed} texts held a name or a path, which is replaced{torn}."


def export(path: Path, output: Path | None = None, scrubber: Scrubber | None = None) -> Exported:
    """Write the journal to a new file, packed unless its name says otherwise. Raises JournalError, also where there is a file.

    Without an `output` it is called after the run, in the current folder.
    """
    begun = journal.load(path)
    scrubber = scrubber or scrubber_for(path, begun.header)
    target = output or Path(_name_of(begun.header, path, scrubber) + ENDING)
    plain = b"".join(_lines(path, scrubber))
    packing = target.suffix == ".gz"
    if packing and len(plain) > lines.MOST_UNPACKED:
        most = f"{lines.MOST_UNPACKED >> 20} MB"
        raise JournalError(
            f"{path}: is larger than the {most} that a packed file may hold; name an --output without .gz."
        )
    data = gzip.compress(plain, mtime=0) if packing else plain
    _write(target, data)
    return Exported(target, len(data), scrubber.changed, begun.torn)


def scrubber_for(path: Path, header: Header) -> Scrubber:
    """What replaces the names of this host and user, and of each user whose home the journal names.

    A name that is also one of a cell or of the processor cannot be told from that, and stays.
    """
    names = scrubbing.names_here()
    for _, record, whole in lines.lines_of(path):
        names |= scrubbing.names_in(record.decode()) if whole else {}
    facts = [header.environment[name].value for name in STABLE if name in header.environment]
    words = "\n".join([*(cell.cell for cell in header.plan), *map(str, facts)])
    told = {name: token for name, token in names.items() if not scrubbing.pattern_of(name).search(words)}
    return Scrubber(told, scrubbing.homes_here())


def _lines(path: Path, scrubber: Scrubber) -> list[bytes]:
    every = ((number, record) for number, record, whole in lines.lines_of(path) if whole)
    return [lines.sealed(_scrubbed(number, record, scrubber)) for number, record in every]


def _scrubbed(number: int, record: bytes, scrubber: Scrubber) -> bytes:
    """The record with other texts; byte for byte the same where there is nothing to replace."""
    decoded = journal.header_of_line.decode(record) if number == 1 else journal.record_of_line.decode(record)
    found = msgspec.to_builtins(decoded)
    without = scrubber.everything(found)
    if without == found:
        return record
    if not isinstance(decoded, Header):
        return msgspec.json.encode(without)
    if without["machine"] != decoded.machine:
        without["machine"] = _machine_of(decoded)
    header = msgspec.convert(without, Header)
    return msgspec.json.encode(msgspec.structs.replace(header, plan_hash=journal.hash_of(header.plan, header.absent)))


def _machine_of(header: Header) -> str:
    """A name made of facts, for a machine that was called after its host or its user."""
    try:
        return environment.machine_id(header.environment)
    except KeyError:
        return "machine"


def _name_of(header: Header, path: Path, scrubber: Scrubber) -> str:
    """The run's name where it can be that of a file, which a stranger's need not be."""
    run = scrubber.text(header.run)
    return run if FILE_NAME.match(run) else path.name.partition(".jsonl")[0]


def _write(target: Path, data: bytes) -> None:
    try:
        descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o644)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
    except FileExistsError:
        raise JournalError(f"{target} exists already and is not overwritten; name another with --output.") from None
    except OSError as error:
        raise JournalError(f"{target}: {error.strerror}; name another file with --output.") from error

"""The results file: the one record of a campaign, from which everything a reader sees is computed again.

JSON Lines, each with a check of its bytes (study/lines.py). The first line is a `Header`; each further one a `Row`, one for a
child interpreter, a `Block`, how quiet the machine was during a block, or a `Rejected`, which says that another block is
measured in the place of one that was noisy. A campaign that is killed loses at most the line it was writing. Nothing derived
is kept.

Format history
    1   first format
    2   a lap has a unit: bytes and shares are kept beside durations. A header may have a budget; blocks have a record of
        their own, and noisy ones are measured again. A journal without these is read as one that never had them.
    3   the last field of each line is a check of the bytes before it. Earlier formats are not read.
"""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from study import lines
from study.garbage import uncollected
from study.lines import decode, lines_of

JournalError = lines.JournalError
create, append, cut_torn_line = lines.create, lines.append, lines.cut_torn_line

FORMAT = 3
MOST_TIMEOUTS = 2  # of a cell that was never measured; then it is not asked for again
SIGHTINGS = ".failures.jsonl"  # the end of the name of a file that is no campaign's, see study/sightings.py
REHEARSAL = 0  # the block in which operations are chosen and suspected cells are tried; never analysed

Count = Annotated[int, Meta(ge=0)]
Seconds = Annotated[float, Meta(ge=0, le=1e9)]
Amount = Annotated[int, Meta(ge=0, le=10**18)] | Annotated[float, Meta(ge=0, le=1e18)]
Name = Annotated[str, Meta(min_length=1, max_length=200)]
Text = Annotated[str, Meta(max_length=1 << 20)]
Nanoseconds = Annotated[int, Meta(ge=0, le=10**18)]
Share = Annotated[float, Meta(ge=0, le=1)]
Machine = Annotated[str, Meta(pattern=r"^[a-z0-9-]{1,64}\Z")]
Status = Literal["measured", "wrong answer", "timeout", "crash", "exception", "out of memory"]


class Record(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, gc=False):
    """A part of a journal: unknown fields are an error, and nothing is changed once it is read.

    The garbage collector need not look for circles where nothing can be made to point back; a large journal loads faster.
    """


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


class Budget(Record, frozen=True):
    """The time that a campaign was given, and what was expected not to fit in it."""

    seconds: Seconds  #: from the request to the written report
    reserve_s: Seconds  #: of these kept free for the report, as announced
    left_out: Text  #: as announced before the first block: "241 of 270 cells, 8 of 15 blocks of 29 headline cells"


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
    budget: Budget | None = None  #: with one, time decides how many of the plan's blocks are measured
    campaign: Annotated[str, Meta(max_length=200)] = ""  #: shared by journals whose blocks were interleaved; "" alone


class Values(Record, frozen=True):
    """All values of one lap in one child. The first of several is the warm-up."""

    name: Name
    operations: Annotated[int, Meta(ge=1)]  #: each value covers
    source: Text  #: "study/scenarios/lock.py:61", the line that measured it
    values: list[Amount]
    unit: Literal["ns", "B", "1"] = "ns"  #: "1" is a share, an index or a number of things


class Row(Record, frozen=True, tag="child", tag_field="record"):
    """What one child interpreter measured, or how it failed."""

    cell: Name
    block: Count  #: REHEARSAL; else 1 to the plan's blocks, and above them in a block that replaces another
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
    trace: Text = ""  #: events, in the first block in which the cell was measured, else ""
    printed: list[Text] = []  #: what the cell wrote to standard output besides


class Block(Record, frozen=True, tag="block", tag_field="record"):
    """How quiet the machine was while a block was measured. Of a block that was taken up again, its later part."""

    block: Annotated[int, Meta(ge=1)]
    probe_ns: Nanoseconds | None  #: a fixed piece of work, before and after: its least value; null without an answer
    steal: Share | None  #: of all processors' time, taken by other guests; null where the system does not tell
    pressure: Share | None  #: of the time, in which some task waited for a processor, ours among them; null likewise
    load: Annotated[float, Meta(ge=0, le=1e9)] | None  #: runnable tasks, mean of the last minute; null likewise
    started: Seconds  #: after the start of the campaign
    seconds: Seconds


class Rejected(Record, frozen=True, tag="rejected", tag_field="record"):
    """A block was noisy: its rows are kept but never analysed, and another is measured in its place, whole."""

    block: Annotated[int, Meta(ge=1)]
    by: Annotated[int, Meta(ge=1)]  #: the block that replaces it: the next number after all others
    reason: Annotated[str, Meta(min_length=1, max_length=1000)]  #: a sentence for the reader


class Journal(Record, frozen=True):
    """A whole file."""

    path: str
    header: Header
    rows: list[Row]  #: those that count: not those of rejected blocks
    torn: bool  #: the last line was incomplete and is left out
    blocks: list[Block] = []
    rejected: list[Rejected] = []
    rejected_rows: list[Row] = []  #: kept, and left out of everything that is computed


Line = Row | Block | Rejected

header_of_line = msgspec.json.Decoder(Header)
record_of_line: msgspec.json.Decoder[Line] = msgspec.json.Decoder(Line)
_encode = msgspec.json.Encoder().encode


@uncollected()
def load(path: Path) -> Journal:
    """Read and validate a journal. A torn last line is left out; anything else amiss raises JournalError."""
    every = lines_of(path)
    number, first, whole = next(every, (1, b"", False))
    if not whole:
        raise JournalError(f"{path}: line 1 is not complete, so this is no journal; start a new campaign.")
    header = decode(header_of_line, first, path, number)
    _refuse(complaint_about(header), path, number)
    kept, torn = Kept(header), False
    for number, line, whole in every:
        if not whole:
            torn = True
            break
        _refuse(kept.add(decode(record_of_line, line, path, number)), path, number)
    rows, rejected_rows = counted(kept.rows, kept.rejected)
    return Journal(str(path), header, rows, torn, kept.blocks, kept.rejected, rejected_rows)


def found_in(results: Path) -> list[Path]:
    """The journals of campaigns below a folder, the oldest first; what was seen of failures lies beside them."""
    every = sorted([*results.glob("*/*.jsonl"), *results.glob("*/*.jsonl.gz")], key=lambda path: path.name)
    return [path for path in every if not path.name.endswith(SIGHTINGS)]


def counted(rows: Iterable[Row], rejected: Iterable[Rejected]) -> tuple[list[Row], list[Row]]:
    """The rows that are analysed, and those of rejected blocks."""
    gone = {rejection.block for rejection in rejected}
    count: list[Row] = []
    left_out: list[Row] = []
    for row in rows:
        (left_out if row.block in gone else count).append(row)
    return count, left_out


def lost_cells(rows: Iterable[Row]) -> set[str]:
    """Cells that are not asked for again, so that a hang is not waited for in each block.

    Those whose rehearsal did not end (a known deadlock), and those that timed out twice and were measured in no block.
    """
    late: dict[str, int] = {}
    measured = set()
    for row in rows:
        if row.status == "timeout":
            late[row.cell] = late.get(row.cell, 0) + (MOST_TIMEOUTS if row.block == REHEARSAL else 1)
        elif row.status == "measured" and row.block != REHEARSAL:
            measured.add(row.cell)
    return {cell for cell, times in late.items() if times >= MOST_TIMEOUTS and cell not in measured}


def unfinished(header: Header, rows: Iterable[Row], rejected_rows: Iterable[Row] = ()) -> int:
    """How many planned children have no row that counts and are still to be measured; none under a budget."""
    kept = list(rows)
    lost = lost_cells([*kept, *rejected_rows])
    done = Counter(row.cell for row in kept if row.block != REHEARSAL)
    due = (max(0, cell.blocks - done[cell.cell]) for cell in header.plan if cell.cell not in lost)
    return 0 if header.budget else sum(due)


def hash_of(plan: list[Planned], absent: list[NotOffered]) -> str:
    """The digest by which a plan is known."""
    import hashlib

    return hashlib.sha256(_encode((plan, absent))).hexdigest()[:16]


def complaint_about(header: Header) -> str:
    """What is wrong with a first line, or ""."""
    if header.format != FORMAT:
        return f"`$.format` is {header.format}; this version reads {FORMAT}"
    if hash_of(header.plan, header.absent) != header.plan_hash:
        return "`$.plan_hash` does not belong to the plan; the file was changed after it was made"
    names = Counter([*(cell.cell for cell in header.plan), *(cell.cell for cell in header.absent)])
    twice = next((name for name, times in names.items() if times > 1), None)
    return f"`$.plan` has {twice!r} twice" if twice is not None else ""


def _refuse(complaint: str, path: Path, number: int) -> None:
    if complaint:
        raise JournalError(f"{path}: line {number}: {complaint}.")


class Kept:
    """The lines of a journal after its header, each checked against those before it."""

    def __init__(self, header: Header) -> None:
        self.rows: list[Row] = []
        self.blocks: list[Block] = []
        self.rejected: list[Rejected] = []
        self._left = {planned.cell: planned.blocks for planned in header.plan}
        self._last = max(self._left.values(), default=0)
        self._seen: set[tuple[str, int]] = set()
        self._witnessed: set[int] = set()
        self._replaced: dict[int, int] = {}  # number of the replacing block -> number of the rejected one

    def add(self, record: Line) -> str:
        """Keep the next record. What is wrong with it, or ""."""
        if isinstance(record, Row):
            self.rows.append(record)
            return self._row(record)
        if isinstance(record, Block):
            self.blocks.append(record)
            return self._block(record)
        self.rejected.append(record)
        return self._rejection(record)

    def _row(self, row: Row) -> str:
        left, place = self._left.get(row.cell), (row.cell, row.block)
        if left is None:
            return f"`$.cell` {row.cell!r} is not in the plan"
        if place in self._seen:
            return f"{row.cell!r} has block {row.block} twice"
        self._seen.add(place)
        if row.block > self._last:
            return self._replacing(row)
        if row.block != REHEARSAL:
            self._left[row.cell] = left - 1
        return "" if left > 0 or row.block == REHEARSAL else f"`$.block` is one more than the plan has of {row.cell!r}"

    def _replacing(self, row: Row) -> str:
        replaced = self._replaced.get(row.block)
        if replaced is None:
            return self._unknown(row.block)
        return "" if (row.cell, replaced) in self._seen else f"`$.cell` {row.cell!r} was not in block {replaced}"

    def _unknown(self, block: int) -> str:
        return (
            f"`$.block` is {block}; the plan has {self._last}, and no line before says that this one replaces another"
        )

    def _block(self, block: Block) -> str:
        if block.block > self._last and block.block not in self._replaced:
            return self._unknown(block.block)
        if block.block in self._witnessed:
            return f"block {block.block} has two records"
        self._witnessed.add(block.block)
        return ""

    def _rejection(self, rejection: Rejected) -> str:
        following = self._last + len(self._replaced) + 1
        if rejection.block not in self._witnessed:
            return f"`$.block` is {rejection.block}, of which no line before says how noisy it was"
        if rejection.block in self._replaced.values():
            return f"block {rejection.block} was rejected before"
        if rejection.by != following or len(self._replaced) >= self._last // 3:
            return f"`$.by` is {rejection.by}; {self._last // 3} blocks may be replaced, and the next is {following}"
        self._replaced[rejection.by] = rejection.block
        return ""

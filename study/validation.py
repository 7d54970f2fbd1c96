"""Is a file of results as it would have been written? All that is wrong with it, each with file, line and field.

`load` stops at the first thing that makes a file unreadable. Here every line is looked at, and also what no schema says: what
cannot be is in study/plausibility.py.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from study import environment, journal, lines, plausibility, sightings
from study.journal import SIGHTINGS, Header, JournalError
from study.lines import Line
from study.notation import plain

MOST_COMPLAINTS = 20  # of a file, which is then not read further
LONGEST = 1000  # characters of one complaint
Judge = Callable[[Line], Iterable[str]]


@dataclass(slots=True)
class Examined:
    """What became of one file."""

    path: str
    complaints: list[str] = field(default_factory=list)  #: sentences with file, line and field
    told: str = ""  #: what it holds, in one line; "" as long as nothing is known of that
    header: Header | None = None  #: of a campaign's journal
    kept: journal.Kept | None = None  #: its further lines

    def complain(self, number: int, what: str) -> None:
        """Keep one more."""
        self.keep(f"{self.path}: line {number}: {what.rstrip('.')}.")

    def keep(self, complaint: object) -> None:
        """Keep one more, which names file and line itself."""
        self.complaints.append(plain(complaint, LONGEST))

    @property
    def is_full(self) -> bool:
        """Whether it is not read further."""
        return len(self.complaints) >= MOST_COMPLAINTS


def validate(places: Iterable[Path]) -> list[Examined]:
    """Each file, and each that is found in a folder, in this order. Raises JournalError for a folder without any."""
    found = [examine(path) for place in places for path in files_of(place)]
    known: list[tuple[str, Header]] = []
    for one in found:
        if one.header is not None:
            told = (environment.contradiction(path, header, one.path, one.header) for path, header in known)
            for complaint in list(filter(None, told))[:1]:
                one.keep(complaint)
            known.append((one.path, one.header))
    return found


def files_of(place: Path) -> list[Path]:
    """The file itself; of a folder of results, or of one machine, its journals and what was seen of failures."""
    if not place.is_dir():
        return [place]
    here = [path for pattern in ("*.jsonl", "*.jsonl.gz") for path in place.glob(pattern)]
    found = sorted({*here, *journal.found_in(place), *sightings.found_in(place)})
    if not found:
        raise JournalError(f"{place}: holds no journal; name a file, or a folder with some in it.")
    return found


def examine(path: Path) -> Examined:
    """Everything that is wrong with the file, up to 20 things."""
    found = Examined(str(path))
    try:
        every = lines.examined(path)
        first = next(every, Line(1, b"", torn=True))
        if first.torn or first.complaint:
            found.complain(1, first.complaint or "is not complete, so this is no journal")
        elif SIGHTINGS in path.name:
            _read(found, every, _of_failures(found, first))
        else:
            _read(found, every, _of_campaign(found, first))
            found.told += _how_much_of_it(found)
    except JournalError as error:
        found.keep(error)
    del found.complaints[MOST_COMPLAINTS:]
    return found


def _read(found: Examined, every: Iterable[Line], judge: Judge) -> None:
    for line in every:
        if line.torn:
            found.complain(
                line.number, "is cut off; a report leaves it out, and a campaign that is taken up measures it again"
            )
        elif line.complaint:
            found.complain(line.number, line.complaint)
        else:
            try:
                for complaint in judge(line):
                    found.complain(line.number, complaint)
            except JournalError as error:
                found.keep(error)
        if found.is_full:
            return


def _of_failures(found: Examined, first: Line) -> Judge:
    """What judges the attempts of that file. Raises JournalError."""
    path = Path(found.path)
    header = lines.decode(sightings.header_of_line, first.record, path, 1)
    _demand(found, sightings.complaint_about(header))
    kept = sightings.Kept(header)
    found.told = f"what {len(header.pairs)} pairs of hazard and backend did on {header.machine}"

    def judge(line: Line) -> Iterator[str]:
        yield from filter(None, [kept.add(sightings.attempt_of(line.record, path, line.number))])

    return judge


def _of_campaign(found: Examined, first: Line) -> Judge:
    """What judges the lines of that journal. Raises JournalError."""
    path = Path(found.path)
    header = lines.decode(journal.header_of_line, first.record, path, 1)
    _demand(found, journal.complaint_about(header))
    kept, rows = journal.Kept(header), plausibility.Rows(header)
    found.header, found.kept = header, kept
    version = header.interpreter.get("version", "unknown")
    found.told = (
        f"{header.run} of {header.machine}: Python {version}, {header.profile} profile, {len(header.plan)} cells"
    )
    for complaint in plausibility.of_header(header):
        found.complain(1, complaint)

    def judge(line: Line) -> Iterator[str]:
        record = lines.decode(journal.record_of_line, line.record, path, line.number)
        yield from filter(None, [kept.add(record)])
        if isinstance(record, journal.Row):
            yield from rows.of_row(record)

    return judge


def _how_much_of_it(found: Examined) -> str:
    """How many children were measured, and how many are due."""
    if found.header is None or found.kept is None:
        return ""
    rows, rejected_rows = journal.counted(found.kept.rows, found.kept.rejected)
    due = journal.unfinished(found.header, rows, rejected_rows)
    return f", {len(found.kept.rows)} children" + (f", {due} more still to be measured" if due else "")


def _demand(found: Examined, complaint: str) -> None:
    if complaint:
        raise JournalError(f"{found.path}: line 1: {complaint}.")


def as_text(found: Sequence[Examined]) -> str:
    """A line for each good file, and one for each complaint of the others."""
    told = []
    for one in found:
        told += one.complaints or [plain(f"{one.path}: fine: {one.told}", LONGEST)]
        if len(one.complaints) >= MOST_COMPLAINTS:
            told.append(plain(f"{one.path}: is not read further after {MOST_COMPLAINTS} complaints.", LONGEST))
    return "\n".join(told)


def as_json(found: Sequence[Examined]) -> str:
    """A list of {"path", "told", "complaints"}."""
    listed = [{"path": one.path, "told": plain(one.told, LONGEST), "complaints": one.complaints} for one in found]
    return json.dumps(listed, indent=2, ensure_ascii=False)

"""The matrix of what happens when it fails, hazard by backend: which versions were tried, and where do they differ?"""

import functools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from study import hazards, installed, sightings
from study.accounts import Seen, knew
from study.attempt import Attempt
from study.hazard import GROUPS, Hazard, declared_for
from study.journal import JournalError
from study.notation import plain
from study.sheets import Entry, Row, Sheet
from study.sightings import Sightings

ELSEWHERE = "hazards that are not installed here"


@dataclass(frozen=True, slots=True)
class Cell:
    """One hazard on one backend."""

    backend: str
    seen: Seen  #: by the version that the page is about
    others: tuple[Seen, ...]  #: by other versions, where their word is another

    @property
    def label(self) -> str:
        """What a reader calls the backend."""
        return installed.label(self.backend)


@dataclass(frozen=True, slots=True)
class Account:
    """What backends that did the same did, told once."""

    anchor: str
    cells: tuple[Cell, ...]
    source: str  #: "study/hazards/killed_worker.py:23"
    issue: str  #: "gh-66587"; "" where none is known

    @property
    def first(self) -> Seen:
        """The one that is told of."""
        return self.cells[0].seen

    @property
    def where(self) -> str:
        """Their backends."""
        return named(self.cells)

    @property
    def known(self) -> str:
        """How long it took until their callers knew."""
        return knew(cell.seen for cell in self.cells)


@dataclass(frozen=True, slots=True)
class Line:
    """One hazard: its cells, one for each backend of the matrix, and the accounts that they link to."""

    hazard: str
    anchor: str
    title: str
    question: str
    is_failure: bool
    cells: tuple[Cell, ...]
    accounts: tuple[Account, ...]
    command: str  #: which tries it again; "" for a stranger's hazard

    def account_of(self, cell: Cell) -> str:
        """The anchor of what is told of this cell."""
        return next(account.anchor for account in self.accounts if cell in account.cells)


@dataclass(frozen=True, slots=True)
class Group:
    """The hazards of one kind."""

    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Matrix:
    """All of it."""

    version: str  #: that the words of the table are of
    versions: tuple[str, ...]  #: all, oldest Python first
    backends: tuple[str, ...]
    groups: tuple[Group, ...]
    remarks: tuple[str, ...]  #: what a reader has to know of the files

    @property
    def lines(self) -> tuple[Line, ...]:
        """All hazards in the order of the groups."""
        return tuple(line for group in self.groups for line in group.lines)

    @property
    def labels(self) -> tuple[str, ...]:
        """The heads of the columns."""
        return tuple(map(installed.label, self.backends))


@dataclass(frozen=True, slots=True)
class _Run:
    """One file, looked up once."""

    version: str
    tried: dict[tuple[str, str], list[Attempt]]
    untried: dict[tuple[str, str], str]


@functools.cache
def known_hazards() -> dict[str, Hazard]:
    """All installed hazards in the order of the tables."""
    return {hazard.name: hazard for hazard in hazards.every()}


def find(folder: Path, version: str, prefix: str = "") -> Matrix | None:
    """The matrix of the files in a machine's folder, in the words of this Python or else of the newest file; None without any."""
    read: dict[str, Sightings] = {}
    remarks = []
    for path in sightings.found_in(folder):
        try:
            newer = sightings.read(path)
        except JournalError as error:
            remarks.append(f"Left out: {plain(error)}")
            continue
        read.pop(newer.version, None)
        read[newer.version] = newer  # a later run of the same version stands for it
    return matrix([*read.values()], version, prefix, remarks) if read else None


def matrix(runs: Sequence[Sightings], version: str, prefix: str = "", remarks: Sequence[str] = ()) -> Matrix:
    """Runs of different versions, the newest last, as one table."""
    main = next((run for run in runs if run.version == version), runs[-1])
    every = [main, *(run for run in runs if run is not main)]
    named = {pair.hazard for run in every for pair in run.header.pairs}
    backends = installed.in_order(
        (pair.backend for run in every for pair in run.header.pairs), installed.known_backends()
    )
    tables = [_Run(plain(run.version, 40), run.tried, run.untried) for run in every]
    lines = [
        _line(name, number, tables, backends, prefix)
        for number, name in enumerate(installed.in_order(named, known_hazards()), start=1)
    ]
    return Matrix(
        version=plain(main.version, 40),
        versions=tuple(plain(run.version, 40) for run in sorted(runs, key=lambda run: run.python)),
        backends=tuple(backends),
        groups=_grouped(lines),
        remarks=(*remarks, *(remark for run in every if (remark := _remark(run)))),
    )


def short(found: Matrix) -> Sheet:
    """The failures with one word for each backend, for a pull request."""
    rows = tuple(
        Row("", (Entry(line.title), *(Entry(cell.seen.word) for cell in line.cells)))
        for line in found.lines
        if line.is_failure
    )
    caption = f"What became of it on Python {found.version}: a name is the exception that the caller got."
    return Sheet("failures", caption, ("what goes wrong", *found.labels), rows)


def named(cells: Iterable[Cell]) -> str:
    """Backends in few words: a library's start methods together."""
    variants: dict[str, list[str]] = {}
    for cell in cells:
        library, _, variant = cell.label.partition(" (")
        variants.setdefault(library, []).append(variant.rstrip(")"))
    return ", ".join(_with_variants(library, names) for library, names in variants.items())


def _with_variants(library: str, names: Sequence[str]) -> str:
    if len(names) == 3:
        return f"{library} (all start methods)"
    return f"{library} ({', '.join(names)})" if names[0] else library


def _grouped(lines: Sequence[Line]) -> tuple[Group, ...]:
    by_title: dict[str, list[Line]] = {title: [] for title in (*GROUPS, ELSEWHERE)}
    for line in lines:
        known = known_hazards().get(line.hazard)
        by_title[known.group if known else ELSEWHERE].append(line)
    return tuple(Group(title, tuple(group)) for title, group in by_title.items() if group)


def _line(name: str, number: int, runs: Sequence[_Run], backends: Sequence[str], prefix: str) -> Line:
    known = known_hazards().get(name)
    anchor = f"failing{prefix}/{name if known else number}"
    cells = tuple(_cell(name, backend, runs) for backend in backends)
    return Line(
        hazard=name,
        anchor=anchor,
        title=known.title if known else plain(name, 80),
        question=known.question if known else "This hazard is not installed here; its name is the one in the file.",
        is_failure=known.is_failure if known else True,
        cells=cells,
        accounts=_accounts(name, cells, anchor),
        command=f"python -m study failures -k {name}" if known else "",
    )


def _cell(hazard: str, backend: str, runs: Sequence[_Run]) -> Cell:
    first, *rest = (_seen(run, hazard, backend) for run in runs)
    others = [seen for seen in rest if seen.attempts and seen.word != first.word]
    return Cell(backend, first, tuple(others))


def _seen(run: _Run, hazard: str, backend: str) -> Seen:
    pair = hazard, backend
    reason = run.untried.get(pair, "" if pair in run.tried else "This file has nothing of it.")
    return Seen(run.version, tuple(run.tried.get(pair, ())), reason)


def _accounts(hazard: str, cells: Sequence[Cell], anchor: str) -> tuple[Account, ...]:
    """One for each word, the worst first; those that were not tried last."""
    alike: dict[tuple[str, ...], list[Cell]] = {}
    for cell in cells:
        alike.setdefault((cell.seen.kind, cell.seen.word, cell.seen.reason), []).append(cell)
    told = sorted(alike.values(), key=lambda same: bool(same[0].seen.reason))
    return tuple(_account(hazard, same, f"{anchor}/{number}") for number, same in enumerate(told, start=1))


def _account(hazard: str, cells: Sequence[Cell], anchor: str) -> Account:
    shown = cells[0].seen.shown
    return Account(
        anchor=anchor,
        cells=tuple(cells),
        source=plain(shown.source, 120) if shown else "",
        issue=_issue(hazard, cells),
    )


def _issue(hazard: str, cells: Sequence[Cell]) -> str:
    known, backends = known_hazards().get(hazard), installed.known_backends()
    if not known or cells[0].seen.kind in ("", "works"):
        return ""
    issues = (declared_for(backends[cell.backend], known.defects) for cell in cells if cell.backend in backends)
    return ", ".join(dict.fromkeys(filter(None, issues)))


def _remark(run: Sightings) -> str:
    planned = {pair for pair, attempts in run.tried.items() if not attempts}
    if not planned:
        return ""
    return f"The run on Python {plain(run.version, 40)} ended before {len(planned)} of its pairs were tried."

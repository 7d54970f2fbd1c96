"""What does the report say of one run: its answer, its sections and tables, what failed, and where each number comes from?"""

import functools
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from study import (
    bodies,
    gallery,
    installed,
    particulars,
    provenance,
    sections,
    semantics,
    sentences,
    sheets,
    symptoms,
    tables,
    transcripts,
    view,
)
from study.budget import left_out_of, spell
from study.charts import Chart
from study.journal import Journal, JournalError
from study.noise import assess
from study.notation import plain
from study.provenance import Provenance
from study.published.page import Published, published
from study.sections import Section
from study.semantics import Matrix
from study.sentences import Sentence
from study.sheets import Sheet
from study.symptoms import Symptom
from study.tables import Results

TORN = "The last line of the results file was cut off: what it held is left out."


@dataclass(frozen=True)  # without slots: what is asked for often is remembered
class Chapter:
    """All that the report says of one run."""

    number: int  #: 1, 2 …
    journal: Journal
    results: Results
    answer: tuple[Sentence, ...]
    progress: str  #: "" for a complete campaign
    drawn: frozenset[str]  #: the charts of it that the page has
    costs: tuple[Section, ...]
    documents: tuple[Section, ...]
    matrix: Sheet
    absences: Sheet
    failures: Sheet
    facts: Sheet
    noise: Sheet
    banner: str  #: that the machine was noisy; "" when it was not
    left_out: str  #: what a budget left out; "" without one
    stories: tuple[transcripts.Story, ...]
    failing: Matrix | None  #: what was provoked on this machine; None where nothing was, or an earlier chapter has it
    code: bodies.OfRun  #: scenario -> its scripts, but for those that an earlier chapter shows
    numbers: Mapping[str, int]  #: backend -> its number, by which the page marks what belongs to it
    published: Published  #: what others have published, beside it
    journal_link: str  #: of the raw journal, seen from the page; "" where it does not lie beside the report

    @property
    def symptoms(self) -> tuple[Symptom, ...]:
        """What a reader may see of it."""
        return symptoms.symptoms(self.failing) if self.failing else ()

    @property
    def failing_briefly(self) -> Sheet | None:
        """The same for a pull request."""
        return semantics.short(self.failing) if self.failing else None

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a reader has to know before any number."""
        return tuple(filter(None, (self.progress, TORN if self.journal.torn else "", self.left_out, self.banner)))

    @property
    def python(self) -> str:
        """The measured interpreter."""
        return view.pythons([self.journal])[0]

    @property
    def journal_name(self) -> str:
        """Of the raw results file."""
        return plain(Path(self.journal.path).name, 200)

    def marks(self, sheet: Sheet) -> list[int | None]:
        """For each row of a table the number of its backend; None where it is of none or of several."""
        return [self._by_cell.get(row.cell or row.entries[0].cell) for row in sheet.rows]

    def mark(self, cell: str) -> int:
        """The number of a cell's backend."""
        return self._by_cell[cell]

    def body_marks(self, body: bodies.Body) -> str:
        """The numbers of all backends that a script stands for."""
        return " ".join(str(self.numbers[name]) for name in body.backends)

    def changed(self, scenario: str) -> str:
        """The file of the scenario, if what is installed is not what was measured."""
        return bodies.changed(self.journal.header, scenario)

    def column_marks(self, sheet: Sheet) -> list[int | None]:
        """The same for the columns of the table of all backends."""
        columns = {installed.label(name): number for name, number in self.numbers.items()}
        return [columns.get(column) if sheet.name == "matrix" else None for column in sheet.columns]

    @functools.cached_property
    def _by_cell(self) -> dict[str, int]:
        header = self.journal.header
        named = {cell.cell: cell.backend for cell in header.plan} | {cell.cell: cell.backend for cell in header.absent}
        return {cell: self.numbers[backend] for cell, backend in named.items()}

    def provenance(self, sheet: Sheet) -> Provenance:
        """Where the numbers of a table come from."""
        return provenance.provenance(self.results, sheet)

    def anchor(self, cell: str) -> str:
        """The identifier of a cell on the page: its key, in later chapters with the run."""
        return plain(cell if self.number == 1 else f"{cell}@{self.journal.header.run}")

    def link(self, cell: str) -> str:
        """The address of that identifier within the page."""
        return "#" + quote(self.anchor(cell), safe="/=,.@-_")

    def place(self, told: Sentence) -> str:
        """The address of the chart that a sentence of the answer is made of, or of the section."""
        own = "" if self.number == 1 else f"-{self.number}"
        if not told.scenario:
            return f"#documents{own}"
        return f"#chart-{told.chart}{own}" if told.chart in self.drawn else f"#section-{told.scenario}{own}"

    def charts(self, section: Section) -> tuple[Chart, ...]:
        """Those of a section that the page has."""
        return tuple(chart for chart in section.charts if chart.name in self.drawn)

    @property
    def drawn_by(self) -> str:
        """The command that draws all charts of this run."""
        return f"python -m study report {shlex.quote(self.journal_name)}"

    def file(self, chart: Chart) -> str:
        """The chart's file, without its ending."""
        return chart.name if self.number == 1 else f"{chart.name}-{self.number}"


def results_of(journals: Sequence[Journal]) -> list[Results]:
    """What the chapters and charts of each journal are made from. Raises JournalError for a run given twice."""
    runs = [journal.header.run for journal in journals]
    twice = next((run for run in runs if runs.count(run) > 1), None)
    if twice is not None:
        raise JournalError(f"the run {plain(twice, 80)!r} was given twice; name each journal once.")
    return [tables.results([journal]) for journal in journals]


def chapters(
    journals: Sequence[Journal],
    every: Sequence[Results],
    codes: Sequence[bodies.OfRun],
    directory: Path | None = None,
) -> list[Chapter]:
    """A chapter for each journal, its `results_of` and its `bodies.of_runs`; `directory` is where the report will lie."""
    folders = [Path(journal.path).parent for journal in journals]
    failing = [
        _failing(n, journal) if folders.index(folder) + 1 == n else None
        for n, (journal, folder) in enumerate(zip(journals, folders, strict=True), start=1)
    ]
    names = view.backends(journals, (name for matrix in failing if matrix for name in matrix.backends))
    numbers = {name: number for number, name in enumerate(names)}
    drawn = [frozenset(picture.chart for picture in own) for own in gallery.pictures(every)]
    return [
        _chapter(number, journal, found, charts, matrix, code, numbers, _link(journal, directory))
        for number, (journal, found, charts, matrix, code) in enumerate(
            zip(journals, every, drawn, failing, codes, strict=True), start=1
        )
    ]


def _chapter(
    number: int,
    journal: Journal,
    found: Results,
    drawn: frozenset[str],
    failing: Matrix | None,
    code: bodies.OfRun,
    numbers: Mapping[str, int],
    link: str,
) -> Chapter:
    measured = bool((found.cells["measured"] > 0).any())
    return Chapter(
        number=number,
        journal=journal,
        results=found,
        answer=sentences.told(found) if measured else (sentences.Sentence("", sentences.NOTHING),),
        progress=sentences.progress(found),
        drawn=drawn,
        costs=tuple(sections.costs(found)),
        documents=tuple(sections.documents(found)),
        matrix=sheets.matrix(found),
        absences=sheets.absences(found),
        failures=sheets.failures(particulars.failures([journal])),
        facts=sheets.facts(particulars.facts([journal])),
        noise=sheets.noise(journal),
        banner=assess(journal).banner,
        left_out=_left_out(journal),
        stories=tuple(transcripts.stories(journal)),
        failing=failing,
        code=code,
        numbers=numbers,
        published=published(found, journal.header),
        journal_link=link,
    )


def _link(journal: Journal, directory: Path | None) -> str:
    """The journal seen from the page, where it lies in the folder above: elsewhere a link would tell of a machine's folders."""
    path = Path(journal.path)
    beside = directory is not None and path.parent.resolve() == directory.parent.resolve()
    return f"../{quote(path.name)}" if beside else ""


def _failing(number: int, journal: Journal) -> Matrix | None:
    version = str(journal.header.interpreter.get("version", ""))
    return semantics.find(Path(journal.path).parent, version, "" if number == 1 else f"-{number}")


def _left_out(journal: Journal) -> str:
    given = journal.header.budget
    return f"Measured within {spell(given.seconds)}; left out: {left_out_of(journal)}." if given else ""

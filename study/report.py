"""How do journals become a report: a page, a summary for a pull request, tables and charts as files?"""

import base64
import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import jinja2
import pandas as pd
from markupsafe import Markup

from study import gallery, palette, sections, semantics, sentences, sheets, symptoms, tables, transcripts
from study.budget import left_out_of, spell
from study.charts import CHARTS, Chart
from study.journal import Journal, JournalError, load
from study.noise import assess
from study.notation import csv_text, markdown_text, plain
from study.sections import Section
from study.semantics import Matrix
from study.sheets import Sheet
from study.symptoms import Symptom
from study.tables import Results

TEMPLATES = Path(__file__).parent / "templates"
CSV_TABLES: dict[str, Callable[[Results], pd.DataFrame]] = {
    "startup": tables.startup,
    "throughput": tables.throughput,
    "latency": tables.latency,
    "scaling": tables.scaling,
    "documents": tables.documents,
    "matrix": tables.matrix,
    "not-offered": tables.absences,
}


@dataclass(frozen=True, slots=True)
class Chapter:
    """All that the report says of one run."""

    number: int  #: 1, 2 …
    journal: Journal
    results: Results
    answer: tuple[str, ...]
    progress: str  #: "" for a complete campaign
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
        return tuple(filter(None, (self.progress, self.left_out, self.banner)))

    def anchor(self, cell: str) -> str:
        """The identifier of a cell on the page: its key, in later chapters with the run."""
        return plain(cell if self.number == 1 else f"{cell}@{self.journal.header.run}")

    def link(self, cell: str) -> str:
        """The address of that identifier within the page."""
        return "#" + quote(self.anchor(cell), safe="/=,.@-_")

    def file(self, chart: Chart) -> str:
        """The chart's file, without its ending."""
        return chart.name if self.number == 1 else f"{chart.name}-{self.number}"


def build(journal_paths: Sequence[Path], directory: Path, *, png: bool = False) -> Path:
    """Write index.html, summary.md, tables/*.csv, charts/*.svg and, if wanted, *.png; the page's path. Raises JournalError."""
    chapters = _chapters([load(path) for path in journal_paths])
    for folder in ("tables", "charts"):
        (directory / folder).mkdir(parents=True, exist_ok=True)
    drawn = _draw(chapters, directory / "charts", png=png)
    for name, table in _tables(chapters).items():
        _write_csv(table, directory / "tables" / f"{name}.csv")
    page, summary = directory / "index.html", directory / "summary.md"
    summary.write_text(_render("summary.md.j2", chapters=chapters), encoding="utf-8")
    style, script = (_joined(names) for names in (("style.css", "failures.css"), ("sort.js", "open.js")))
    style += palette.css()
    policy = (
        f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; base-uri 'none'; form-action 'none'"
    )
    text = _render(
        "report.html.j2",
        chapters=chapters,
        drawn=drawn,
        png=png,
        style=Markup(style),
        script=Markup(script),
        policy=policy,
    )
    page.write_text(text, encoding="utf-8")
    return page


def as_json(journal_paths: Sequence[Path]) -> str:
    """The tables and the answer as one JSON document with sorted keys. Raises JournalError."""
    chapters = _chapters([load(path) for path in journal_paths])
    document: dict[str, Any] = {
        "answer": {chapter.journal.header.run: [*chapter.warnings, *chapter.answer] for chapter in chapters},
        "tables": {name: json.loads(table.to_json(orient="records")) for name, table in _tables(chapters).items()},
    }
    return json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False)


def _chapters(journals: Sequence[Journal]) -> list[Chapter]:
    runs = [journal.header.run for journal in journals]
    twice = next((run for run in runs if runs.count(run) > 1), None)
    if twice is not None:
        raise JournalError(f"the run {plain(twice, 80)!r} was given twice; name each journal once.")
    folders = [Path(journal.path).parent for journal in journals]
    return [
        _chapter(number, journal, provoked=folders.index(folder) + 1 == number)
        for number, (journal, folder) in enumerate(zip(journals, folders, strict=True), start=1)
    ]


def _chapter(number: int, journal: Journal, *, provoked: bool) -> Chapter:
    found = tables.results([journal])
    measured = bool((found.cells["measured"] > 0).any())
    return Chapter(
        number=number,
        journal=journal,
        results=found,
        answer=tuple(sentences.answer(found)) if measured else (sentences.NOTHING,),
        progress=sentences.progress(found),
        costs=tuple(sections.costs(found)),
        documents=tuple(sections.documents(found)),
        matrix=sheets.matrix(found),
        absences=sheets.absences(found),
        failures=sheets.failures(tables.failures([journal])),
        facts=sheets.facts(tables.facts([journal])),
        noise=sheets.noise(journal),
        banner=assess(journal).banner,
        left_out=_left_out(journal),
        stories=tuple(transcripts.stories(journal)),
        failing=_failing(number, journal) if provoked else None,
    )


def _failing(number: int, journal: Journal) -> Matrix | None:
    version = str(journal.header.interpreter.get("version", ""))
    return semantics.find(Path(journal.path).parent, version, "" if number == 1 else f"-{number}")


def _left_out(journal: Journal) -> str:
    given = journal.header.budget
    return f"Measured within {spell(given.seconds)}; left out: {left_out_of(journal)}." if given else ""


def _tables(chapters: Sequence[Chapter]) -> dict[str, pd.DataFrame]:
    """The raw tables of all runs, by the name of their file."""
    made = {
        name: pd.concat([table(c.results) for c in chapters], ignore_index=True) for name, table in CSV_TABLES.items()
    }
    journals = [chapter.journal for chapter in chapters]
    return {**made, "failures": tables.failures(journals), "environment": tables.facts(journals)}


def _draw(chapters: Sequence[Chapter], folder: Path, *, png: bool) -> dict[tuple[int, str], Markup]:
    """Write all charts' files; the wide and the narrow form of each for the page, by its chapter and name."""
    each = [(chapter, chart) for chapter in chapters for chart in CHARTS.values() if chart.has_cells(chapter.results)]
    pictures = [gallery.Picture(chapter.results, chart.name, chapter.file(chart)) for chapter, chart in each]
    drawn = {}
    for (chapter, chart), picture, made in zip(each, pictures, gallery.draw_all(pictures, png=png), strict=True):
        (folder / f"{picture.file}.svg").write_bytes(made.svg)
        if png:
            (folder / f"{picture.file}.png").write_bytes(made.png)
        drawn[chapter.number, chart.name] = Markup(made.inline)
    return drawn


def _write_csv(table: pd.DataFrame, path: Path) -> None:
    """One line for each row; text that a spreadsheet would take for a formula is quoted."""
    safe = table.copy()
    for name in safe.columns:
        if not pd.api.types.is_numeric_dtype(safe[name]):
            safe[name] = [
                None if value is None or value is pd.NA or value != value else csv_text(value) for value in safe[name]
            ]
    safe.columns = pd.Index([csv_text(name) for name in safe.columns])
    safe.to_csv(path, index=False, lineterminator="\n")


def _joined(names: Sequence[str]) -> str:
    return "".join((TEMPLATES / name).read_text(encoding="utf-8") for name in names)


def _render(template: str, **names: Any) -> str:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=template.endswith(".html.j2"),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters.update(plain=plain, md=markdown_text)
    return environment.get_template(template).render(**names)


def _hash(text: str) -> str:
    """What the content security policy calls this style or script."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"

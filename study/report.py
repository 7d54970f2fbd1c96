"""How do journals become a report: a page, a summary for a pull request, tables and charts as files?"""

import base64
import hashlib
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import jinja2
import pandas as pd
from markupsafe import Markup

from study import across, beside, bodies, gallery, palette, particulars, tables, view
from study import build as builds
from study.chapters import Chapter, chapters, results_of
from study.compare import Comparison, against_the_first
from study.garbage import uncollected
from study.journal import Journal, load
from study.notation import csv_text, markdown_text, plain
from study.published import page as published
from study.tables import Results

TEMPLATES = Path(__file__).parent / "templates"
STYLES = ("style.css", "view.css", "failures.css")
SCRIPTS = (
    *("state.js", "chips.js", "filter.js", "sort.js", "details.js"),
    *("places.js", "scale.js", "told.js", "csv.js", "start.js"),
)
CSV_TABLES: dict[str, Callable[[Results], pd.DataFrame]] = {
    "startup": tables.startup,
    "throughput": tables.throughput,
    "latency": tables.latency,
    "scaling": tables.scaling,
    "documents": tables.documents,
    "matrix": tables.matrix,
    "not-offered": tables.absences,
}


def build(
    journal_paths: Sequence[Path], directory: Path, *, png: bool = False, compared: Sequence[Comparison] = ()
) -> Path:
    """As `write`, of the journals in these files."""
    return write([load(path) for path in journal_paths], directory, png=png, compared=compared)


def write(
    journals: Sequence[Journal],
    directory: Path,
    *,
    png: bool = False,
    compared: Sequence[Comparison] = (),
    codes: Callable[[], list[bodies.OfRun]] | None = None,
) -> Path:
    """Write index.html, summary.md, tables/*.csv, charts/*.svg and, if wanted, *.png; the page's path. Raises JournalError.

    Of several journals each is compared with the first one, unless that has been done. `codes` gives their `bodies.of_runs`
    where those were begun before.
    """
    with uncollected():
        return _write(journals, directory, png, compared, codes or (lambda: _codes(journals)))


def _codes(journals: Sequence[Journal]) -> list[bodies.OfRun]:
    return bodies.of_runs([journal.header for journal in journals])


def _write(
    journals: Sequence[Journal],
    directory: Path,
    png: bool,
    compared: Sequence[Comparison],
    codes: Callable[[], list[bodies.OfRun]],
) -> Path:
    found = results_of(journals)
    pictures = gallery.pictures(found)
    with gallery.drawing_of([picture for own in pictures for picture in own], png=png) as finish:
        against = [beside.told(one) for one in compared or against_the_first(journals)]
        for folder in ("tables", "charts"):
            (directory / folder).mkdir(parents=True, exist_ok=True)
        each = chapters(journals, found, codes(), directory)
        for name, table in _tables(each).items():
            _write_csv(table, directory / "tables" / f"{name}.csv")
        page, summary = directory / "index.html", directory / "summary.md"
        interpreters = across.sheets(journals)
        told = _template("summary.md.j2").render(chapters=each, across=interpreters)
        summary.write_text(told, encoding="utf-8")
        template = _template("report.html.j2")  # compiled while charts are still drawn
        made = iter(finish())
        drawn = {
            (number, picture.chart): _written(picture, next(made), directory / "charts")
            for number, own in enumerate(pictures, start=1)
            for picture in own
        }
    text = _page(template, chapters=each, drawn=drawn, across=interpreters, beside=against, png=png)
    page.write_text(text, encoding="utf-8")
    return page


def _page(template: jinja2.Template, *, chapters: Sequence[Chapter], **parts: Any) -> str:
    """The one file: all that it needs is in it, and its policy lets it run and load nothing else."""
    style, script = _joined(STYLES) + palette.css(), _joined(SCRIPTS)
    policy = (
        f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; base-uri 'none'; form-action 'none'"
    )
    return template.render(
        chapters=chapters,
        groups=view.groups([*chapters[0].numbers], [chapter.journal for chapter in chapters]),
        style=Markup(style),
        script=Markup(script),
        policy=policy,
        **parts,
    )


def as_json(journals: Sequence[Journal]) -> str:
    """The tables and the answer as one JSON document with sorted keys. Raises JournalError."""
    each = chapters(journals, results_of(journals), _codes(journals))
    document: dict[str, Any] = {
        "answer": {
            chapter.journal.header.run: [*chapter.warnings, *(told.text for told in chapter.answer)] for chapter in each
        },
        "tables": {name: json.loads(table.to_json(orient="records")) for name, table in _tables(each).items()},
    }
    return json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False)


def _tables(every: Sequence[Chapter]) -> dict[str, pd.DataFrame]:
    """The raw tables of all runs, by the name of their file."""
    made = {name: pd.concat([table(c.results) for c in every], ignore_index=True) for name, table in CSV_TABLES.items()}
    journals = [chapter.journal for chapter in every]
    told = published.table([chapter.published for chapter in every])
    return {
        **made,
        "failures": particulars.failures(journals),
        "environment": particulars.facts(journals),
        "published": told,
    }


def _written(picture: gallery.Picture, drawn: gallery.Drawn, folder: Path) -> gallery.Drawn:
    """The same, when a chart's files are written."""
    (folder / f"{picture.file}.svg").write_bytes(drawn.svg)
    if drawn.png:
        (folder / f"{picture.file}.png").write_bytes(drawn.png)
    return drawn


def _write_csv(table: pd.DataFrame, path: Path) -> None:
    """One line for each row; text that a spreadsheet would take for a formula is quoted."""
    safe = table.copy()
    for name in safe.columns:
        if not pd.api.types.is_numeric_dtype(safe[name]):
            safe[name] = _safe(safe[name].tolist())
    safe.columns = pd.Index([csv_text(name) for name in safe.columns])
    safe.to_csv(path, index=False, lineterminator="\n")


def _safe(values: Sequence[Any]) -> list[str | None]:
    """Few texts stand in many lines: each is looked at once."""
    known = {text: csv_text(text) for text in {value for value in values if isinstance(value, str)}}
    return [known[value] if isinstance(value, str) else _other(value) for value in values]


def _other(value: Any) -> str | None:
    return None if value is None or value is pd.NA or value != value else csv_text(value)


def _joined(names: Sequence[str]) -> str:
    return "".join((TEMPLATES / name).read_text(encoding="utf-8") for name in names)


def _template(name: str) -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=name.endswith(".html.j2"),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters.update(plain=plain, md=markdown_text, build=builds.words, key=view.key, called=view.called)
    return environment.get_template(name)


def _hash(text: str) -> str:
    """What the content security policy calls this style or script."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"

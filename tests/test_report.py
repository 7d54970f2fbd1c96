"""A journal becomes a report: complete, escaped, self-contained, the same each time, and honest about what is missing."""

import base64
import csv
import hashlib
import json
import re
from pathlib import Path
from urllib.parse import unquote

import msgspec
import pytest

import journals as made
from journals import failed, journal, measured, planned, simple, write
from pages import Page, build, uneven_lines
from study import installed, report, scenarios, sections, sheets
from study.charts import CHARTS
from study.journal import Journal, JournalError, Row, load
from study.plan import PROFILES
from study.published import CLAIMS
from study.tables import results

LOCK = planned("lock/threads", 6, width=2)


@pytest.fixture(scope="module")
def whole() -> Journal:
    return made.full(PROFILES["quick"])


@pytest.fixture(scope="module")
def built(whole: Journal, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(whole, tmp_path_factory.mktemp("whole"))


@pytest.fixture(scope="module")
def page(built: Path) -> Page:
    return Page(built.read_text())


def test_the_report_has_all_its_files(built: Path) -> None:
    files = {str(path.relative_to(built.parent)) for path in built.parent.rglob("*") if path.is_file()}
    charts = {f"charts/{name}.svg" for name in CHARTS}
    named = (
        "startup",
        "throughput",
        "latency",
        "scaling",
        "documents",
        "matrix",
        "not-offered",
        "failures",
        "environment",
        "published",
    )
    assert files == {"index.html", "summary.md", *charts, *(f"tables/{name}.csv" for name in named)}


def test_every_cell_is_an_anchor_exactly_once(whole: Journal, page: Page) -> None:
    keys = [*(cell.cell for cell in whole.header.plan), *(cell.cell for cell in whole.header.absent)]
    assert sorted(key for key in page.ids if "/" in key) == sorted(keys)


def test_no_identifier_is_used_twice(page: Page) -> None:
    assert len(page.ids) == len(set(page.ids))


def test_every_link_leads_somewhere(built: Path, page: Page) -> None:
    for link in page.links:
        if link.startswith("#"):
            assert unquote(link[1:]) in page.ids, link
        elif link.startswith("https://"):
            assert link in {claim.link for claim in CLAIMS}
        else:
            assert (built.parent / link).is_file(), link


def test_the_page_makes_no_request(page: Page) -> None:
    assert not {"img", "link", "iframe", "object", "embed", "video", "audio"} & set(page.tags)
    assert not [value for _, name, value in page.attributes if name in ("src", "action", "srcset")]
    assert page.tags.count("script") == page.tags.count("style") == 1


def test_the_policy_allows_the_pages_own_style_and_script_only(built: Path, page: Page) -> None:
    text = built.read_text()
    for kind in ("style", "script"):
        (content,) = re.findall(rf"<{kind}>(.*?)</{kind}>", text, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in page.policy
    assert page.policy.startswith("default-src 'none';")
    assert "unsafe" not in page.policy
    assert not [name for _, name, _ in page.attributes if name == "style" or name.startswith("on")]


def test_the_page_is_small(built: Path) -> None:
    assert built.stat().st_size < 2_000_000


def test_all_scripts_are_about_as_large_as_two_charts() -> None:
    assert sum((report.TEMPLATES / name).stat().st_size for name in report.SCRIPTS) < 30_000


@pytest.mark.parametrize("name", report.SCRIPTS)
def test_each_script_is_one_subject_on_few_lines(name: str) -> None:
    assert (report.TEMPLATES / name).read_text().count("\n") < 120


def test_every_chart_is_there_for_a_wide_and_for_a_narrow_screen_with_words_for_those_who_cannot_see(
    page: Page,
) -> None:
    assert [value for tag, name, value in page.attributes if tag == "svg" and name == "class"] == [
        "wide",
        "narrow",
    ] * len(CHARTS)
    labels = [value for tag, name, value in page.attributes if tag == "svg" and name == "aria-label"]
    assert all("?" in label and label.endswith("The table below has the numbers.") for label in labels)


def test_the_same_journal_gives_the_same_bytes(whole: Journal, built: Path, tmp_path: Path) -> None:
    again = build(whole, tmp_path).parent
    for path in sorted(built.parent.rglob("*")):
        if path.is_file():
            assert (again / path.relative_to(built.parent)).read_bytes() == path.read_bytes(), path


def test_a_number_on_the_page_is_that_of_the_journal(tmp_path: Path) -> None:
    rows = [measured(LOCK, i, {"acquire + release": [9.0, 0.001 * i]}, operations=1000) for i in range(1, 7)]
    page = Page(build(journal([LOCK], rows), tmp_path).read_text())
    assert "3.50 (1.00–6.00)" in page.text
    assert "study/scenarios/lock.py:40 (acquire + release)" in page.text


def test_every_section_says_which_line_measured_it_and_how_to_measure_again(page: Page) -> None:
    for scenario in installed.known_scenarios():
        assert f"study/scenarios/{scenario}.py:4" in page.text
        assert all(command in page.text for command in sections.commands(scenario))


def test_what_is_not_offered_is_listed_with_its_reason(page: Page) -> None:
    assert "needs Python 3.14; this is 3.13" in page.text
    assert "one thread works alone: there is nobody to lock out" in page.text


def test_a_transcript_is_told_in_the_documents_words_beside_what_it_printed(tmp_path: Path) -> None:
    said = ((2, 20, "directly", "acquired"), (1, 21, "via with", "acquired"), (3, 21, "via with", "released"))
    trace = (
        "".join(f"{at}\t10\t{thread}\t{actor}\t{event}\tNone\n" for at, thread, actor, event in said) + "stray output\n"
    )
    page = Page(build(journal([LOCK], [measured(LOCK, 1, {"a": [1.0]}, trace=trace)]), tmp_path).read_text())
    assert "Lock acquired via with Lock acquired directly printed: stray output" in page.text
    assert "As printed in the tutorial Lock acquired via with Lock acquired directly" in page.text


def test_a_complete_campaign_does_not_apologise(page: Page) -> None:
    assert "The campaign is not complete" not in page.text


def test_a_journal_in_progress_is_a_report_that_says_so(tmp_path: Path, whole: Journal) -> None:
    part = msgspec.structs.replace(whole, rows=[row for row in whole.rows if row.block <= 1][::3])
    page = Page(build(part, tmp_path).read_text())
    done = sum(row.block > 0 for row in part.rows)
    planned_rows = sum(cell.blocks for cell in whole.header.plan)
    assert f"{done:,} of {planned_rows:,} rows so far" in page.text
    assert "not measured yet" in page.text
    assert {cell.cell for cell in whole.header.plan} <= set(page.ids)


@pytest.mark.parametrize("rows", [[], [measured(LOCK, 0, {"a": [1.0]})]], ids=["no row", "rehearsal only"])
def test_a_journal_without_a_measurement_is_a_page_that_says_so(tmp_path: Path, rows: list[Row]) -> None:
    page = Page(build(journal([LOCK], rows), tmp_path).read_text())
    assert "Nothing has been measured: no block of any cell is complete." in page.text
    assert "not measured yet" in page.text


def test_a_journal_without_a_cell_is_a_page_that_says_so(tmp_path: Path) -> None:
    assert "Nothing has been measured" in Page(build(journal([], []), tmp_path).read_text()).text


def test_a_failure_is_shown_with_its_count_and_its_reason(tmp_path: Path) -> None:
    rows = [
        *simple(LOCK, [1.0] * 4),
        failed(LOCK, 5, "crash", "killed by signal 11"),
        failed(LOCK, 6, "crash", "again"),
    ]
    page = Page(build(journal([LOCK], rows), tmp_path).read_text())
    assert "crash 2 of 6 killed by signal 11" in page.text
    assert "4 of 6, no interval; failed (crash) in 2 of 6 blocks" in page.text


def test_two_runs_are_two_chapters_with_anchors_of_their_own(tmp_path: Path) -> None:
    start = planned("startup/threads", 1, form="worker", width=1)
    two = [journal([LOCK, start], simple(LOCK, [1.0] * 6), run=run) for run in ("one", "two")]
    built = build(two, tmp_path)
    page = Page(built.read_text())
    assert {LOCK.cell, f"{LOCK.cell}@two"} <= set(page.ids)
    assert len(page.ids) == len(set(page.ids))
    assert {path.name for path in (built.parent / "charts").iterdir()} == {
        "startup.svg",
        "stages.svg",
        "startup-2.svg",
        "stages-2.svg",
    }


def test_the_same_run_twice_is_an_error(tmp_path: Path) -> None:
    path = write(journal([LOCK], []), tmp_path / "a.jsonl")
    with pytest.raises(JournalError, match="given twice"):
        report.build([path, path], tmp_path / "report")


def test_every_line_of_a_table_in_the_summary_has_as_many_columns_as_its_head(built: Path) -> None:
    assert uneven_lines((built.parent / "summary.md").read_text()) == []


def test_pictures_are_written_when_they_are_asked_for(tmp_path: Path) -> None:
    start = planned("startup/threads", 1, form="worker", width=1)
    path = write(journal([start], simple(start, [1.0], "cold ready")), tmp_path / "a.jsonl")
    built = report.build([path], tmp_path / "report", png=True)
    assert (built.parent / "charts" / "startup.png").read_bytes().startswith(b"\x89PNG")
    assert 'href="charts/startup.png"' in built.read_text()


def test_csv_holds_the_raw_seconds(tmp_path: Path) -> None:
    built = build(journal([LOCK], simple(LOCK, [0.001234567] * 6, "acquire + release")), tmp_path)
    (line,) = csv.DictReader((built.parent / "tables" / "documents.csv").read_text().splitlines())
    assert (line["cell"], line["lap"], line["seconds"], line["blocks"]) == (
        LOCK.cell,
        "acquire + release",
        "0.001234567",
        "6",
    )


def test_the_json_document_has_the_numbers_of_the_tables(tmp_path: Path) -> None:
    path = write(journal([LOCK], simple(LOCK, [0.5] * 6, "acquire + release")), tmp_path / "a.jsonl")
    document = json.loads(report.as_json([load(path)]))
    assert set(document) == {"answer", "tables"}
    assert document["tables"]["documents"][0]["seconds"] == 0.5
    assert document["tables"]["documents"][0]["low"] == 0.5
    assert document["answer"]["20260102T030405Z-3.13.1"][0].startswith("Of 1 pairs")


def test_the_summary_links_the_charts_and_has_the_answer(built: Path) -> None:
    text = (built.parent / "summary.md").read_text()
    assert "](charts/startup.svg)" in text
    assert "## Which scenario works where?" in text
    jobs = 1  # the table of jobs stands beside that of task lengths
    assert text.count("| backend |") == len(scenarios.names()) + jobs


def test_numbers_without_an_interval_say_so_in_the_table() -> None:
    sheet = sheets.scenario(results([journal([LOCK], simple(LOCK, [1.0, 1.0], "acquire + release"))]), "lock")
    assert [entry.text for entry in sheet.rows[0].entries] == [
        "threading.Thread",
        "2",
        "1,000,000",
        "2 of 6, no interval",
    ]

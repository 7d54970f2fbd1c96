"""Published claims stand on the page beside our figures, with a link to each, and a run that tells nothing shows none."""

import csv
from pathlib import Path
from urllib.parse import unquote

import msgspec
import pytest

from claims import PUBLISHED, TALES, Facts, run_of, told
from journals import HOSTILE, journal, planned, simple
from pages import Page, build, uneven_lines
from recorded_run import reference
from study.journal import Journal
from study.notation import plain
from study.published import CLAIMS, Finding
from study.published.page import LOOKS, Published, published, table
from study.tables import results


def of(slug: str, *, satisfied: bool) -> Published:
    run = told(slug, satisfied=satisfied)
    return published(run.found, run.header)


@pytest.fixture(scope="module")
def recorded() -> Published:
    kept = reference()
    return published(results([kept]), kept.header)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(reference(), tmp_path_factory.mktemp("published"))


def test_the_table_has_a_row_for_each_claim_and_the_brief_one_for_each_that_is_told(recorded: Published) -> None:
    assert len(recorded.sheet.rows) == len(CLAIMS)
    assert all(len(row.entries) == len(recorded.sheet.columns) for row in recorded.sheet.rows)
    told_of = [found for found in recorded.outcomes if found.figure]
    assert [row.entries[0].text for row in recorded.briefly.rows] == [found.claim.sentence for found in told_of]
    assert all(len(row.entries) == len(recorded.briefly.columns) for row in recorded.briefly.rows)


def test_a_row_says_what_was_published_where_and_what_is_found_here(recorded: Published) -> None:
    for row, found in zip(recorded.sheet.rows, recorded.outcomes, strict=True):
        sentence, theirs, finding, here, source = row.entries
        assert sentence.text == found.claim.sentence
        assert found.claim.theirs in theirs.text
        assert found.claim.conditions in theirs.text
        assert (finding.text, finding.kind) == (found.finding.value, LOOKS.get(found.finding, ""))
        assert here.text == found.sentence
        assert here.cell == (found.figure.cell if found.figure else "")
        assert (source.text, source.href) == (found.claim.source, found.claim.link)


def test_the_words_count_the_claims_and_each_finding(recorded: Published) -> None:
    assert recorded.words.startswith(f"{len(PUBLISHED)} published claims in {len(CLAIMS)} parts: ")
    for finding in Finding:
        count = sum(found.finding is finding for found in recorded.outcomes)
        assert (f"{count} {finding.value}" in recorded.words) == bool(count)


def test_the_raw_table_has_our_ends_theirs_and_the_verdict() -> None:
    made = table([of("fork-against-spawn", satisfied=True), of("fork-against-spawn", satisfied=False)])
    lines = [line for line in made.to_dict("records") if line["claim"] == "fork-against-spawn"]
    assert [line["finding"] for line in lines] == ["reproduced", "refuted"]
    for line, expected in zip(lines, (20, 2), strict=True):
        assert line["value"] == pytest.approx(expected, rel=0.01)
        assert line["low"] <= line["value"] <= line["high"]
        assert (line["bound_low"], line["bound_high"], line["unit"], line["blocks"]) == (10, 60, "x", 6)
        assert line["cell"] == "startup/processes.spawn/form=worker,width=1"
    others = made.loc[made["finding"] == "not applicable here"]
    assert others["value"].isna().all()
    assert len(made) == 2 * len(CLAIMS)


def test_a_table_of_no_run_has_its_columns() -> None:
    assert list(table([]).columns) == list(table([of("queue-rate", satisfied=True)]).columns)


def test_the_page_has_every_claim_and_links_each_figure_to_its_cell(built: Path, recorded: Published) -> None:
    page = Page(built.read_text())
    assert "published" in page.ids
    assert "#published" in page.links
    for found in recorded.outcomes:
        assert found.claim.sentence in page.text
        assert found.sentence in page.text
        assert not found.claim.link or found.claim.link in page.links
        if found.figure:
            assert found.figure.cell in [unquote(link[1:]) for link in page.links]
            assert found.figure.cell in page.ids


def test_the_summary_and_the_files_hold_the_same(built: Path, recorded: Published) -> None:
    summary = (built.parent / "summary.md").read_text()
    assert "## What others have published" in summary
    assert not uneven_lines(summary)
    with (built.parent / "tables" / "published.csv").open() as file:
        lines = list(csv.DictReader(file))
    assert [(line["claim"], line["finding"]) for line in lines] == [
        (found.claim.slug, found.finding.value) for found in recorded.outcomes
    ]


def test_a_run_that_tells_nothing_of_any_claim_has_no_section(tmp_path: Path) -> None:
    lock = planned("lock/threads", width=2)
    page = Page(build(journal([lock], simple(lock, [0.1] * 6, "acquire + release")), tmp_path).read_text())
    assert "published" not in page.ids
    assert "#published" not in page.links
    assert "What others have published" not in (tmp_path / "report" / "summary.md").read_text()


def test_a_stranger_cannot_say_anything_through_what_is_published() -> None:
    laps = {place: [good] * 6 for place, (good, _) in TALES["fork-against-spawn"].laps.items()}
    run = run_of(laps, Facts(version=HOSTILE, profile=HOSTILE))
    for found in published(run.found, run.header).outcomes:
        assert found.sentence == plain(found.sentence)
        assert "<script>" not in found.sentence.replace(plain(HOSTILE, 40), "")


def test_a_journal_without_facts_is_told_of_all_the_same() -> None:
    kept: Journal = journal([], [])
    header = msgspec.structs.replace(kept.header, environment={}, interpreter={})
    found = published(results([kept]), header)
    assert {outcome.finding for outcome in found.outcomes} == {Finding.NOT_APPLICABLE}
    assert not found.is_told

"""Every number on the page can be walked back: from its cell to the rows of the journal and to the line that measured it."""

import hashlib
import html
import json
import re
import statistics
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from journals import full, write
from recorded_run import JOURNALS
from study import provenance, report, sentences, sheets, tables
from study.journal import Journal, Row
from study.notation import duration, interval, number
from study.plan import PROFILES
from study.tables import Results, results

ROOT = Path(__file__).parents[1]
DERIVED = (
    "messages per second",
    "MB per second",
    "times as fast",
    "share of the ceiling",
)  # of the times that were measured
PER_GB = "further workers in 1 GB"


class Number(NamedTuple):
    """One number of a table on the page."""

    cell: str
    heading: str
    rank: float
    source: str
    blocks: int


@pytest.fixture(scope="module", params=["made up", *JOURNALS])
def journal(request: pytest.FixtureRequest) -> Journal:
    return full(PROFILES["quick"]) if request.param == "made up" else JOURNALS[request.param]()


@pytest.fixture(scope="module")
def page(journal: Journal, tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("provenance")
    return report.build([write(journal, folder / "a.jsonl")], folder / "report").read_text()


def numbers(page: str) -> Iterator[Number]:
    """Every number of the tables that have numbers of cells."""
    for sources, table in re.findall(r"<table [^>]*data-from='([^']*)'>(.*?)</table>", page, re.DOTALL):
        known = json.loads(html.unescape(sources))
        headings = [html.unescape(text) for text in re.findall(r'<th scope="col"[^>]*>(.*?)</th>', table)]
        rows = r'<tr id="([^"]*)"[^>]* data-s="(\d+)" data-n="([^"]*)"[^>]*>(.*?)</tr>'
        for cell, place, blocks, row in re.findall(rows, table, re.DOTALL):
            counts = blocks.split()
            for at, (attributes, _) in enumerate(re.findall(r"<td([^>]*)>(.*?)</td>", row, re.DOTALL), start=1):
                rank, source = re.search(r'data-rank="([^"]*)"', attributes), known[int(place)][at]
                if rank and source:
                    count = counts[at] if len(counts) > 1 else counts[0]
                    yield Number(html.unescape(cell), headings[at], float(rank[1]), source, int(count))


def observations(rows: list[Row], source: str) -> list[list[float]]:
    """For each lap that was measured at that line its observation in each block, in SI units."""
    laps: dict[str, list[float]] = {}
    for row in rows:
        for lap in row.laps:
            if row.block and lap.source == source:
                kept = lap.values[1:] or lap.values
                scale = 1e-9 / lap.operations if lap.unit == "ns" else 1.0
                laps.setdefault(lap.name, []).append(statistics.median(kept) * scale)
    return list(laps.values())


def test_every_number_is_that_of_the_rows_of_its_key_measured_at_its_line(journal: Journal, page: str) -> None:
    rows: dict[str, list[Row]] = {}
    for row in journal.rows:
        rows.setdefault(row.cell, []).append(row)
    walked = 0
    for one in numbers(page):
        walked += 1
        laps = [values for values in observations(rows[one.cell], one.source) if len(values) == one.blocks]
        assert laps, one
        if not any(words in one.heading for words in DERIVED):
            medians = [statistics.median(values) for values in laps]
            shown = [1e9 / median for median in medians if median] if one.heading == PER_GB else medians
            assert any(each == pytest.approx(one.rank, rel=1e-9) for each in shown), one
    assert walked > 100


def test_every_line_is_one_that_measures(journal: Journal, page: str) -> None:
    for source in {one.source for one in numbers(page)}:
        name, _, line = source.rpartition(":")
        text = (ROOT / name).read_text()
        if journal.header.sources.get(name) == hashlib.sha256(text.encode()).hexdigest()[:16]:
            assert "stopwatch" in text.splitlines()[int(line) - 1], source


def test_every_table_of_numbers_says_where_they_come_from(journal: Journal) -> None:
    found = results([journal])
    for make in (sheets.startup, sheets.throughput, sheets.latency, sheets.scaling):
        sheet = make(found)
        with_numbers = {row.cell for row in sheet.rows if not any(entry.kind == "words" for entry in row.entries)}
        assert set(provenance.provenance(found, sheet).of) == with_numbers
        assert len(sheet.laps) == len(sheet.columns)


def written(found: Results, scenario: str) -> set[str]:
    """Every number of a scenario's tables, as a sentence writes it."""
    lines = found.of(scenario)
    texts = {duration(seconds) for seconds in lines["seconds"].dropna()}
    if scenario == "throughput":
        texts |= {number(rate) for rate in tables.throughput(found)["messages_per_s"].dropna()}
    if scenario == "scaling":
        table = tables.scaling(found)
        columns = (table[name] for name in ("speedup", "speedup_low", "speedup_high"))
        for value, low, high in zip(*columns, strict=True):
            texts |= {interval(value, low, high).partition("(")[2].rstrip(")"), number(value)}
    return texts


@pytest.mark.parametrize("scenario", ["startup", "throughput", "latency", "scaling"])
def test_every_time_rate_and_interval_in_the_answer_stands_in_its_table(journal: Journal, scenario: str) -> None:
    found = results([journal])
    known = written(found, scenario) if (found.cells["scenario"] == scenario).any() else set()
    for text in sentences.about(found, scenario):
        for said in re.findall(r"[\d,.]+ (?:ns|µs|ms|s)\b", text):
            assert said in known, text
        for said in re.findall(r"carries ([\d,.]+) messages|submit ([\d,.]+):", text):
            assert "".join(said) in known, text
        for said in re.findall(r"\(([\d.,]+–[\d.,]+)\)", text):
            assert said in known, text


def test_each_sentence_has_a_topic_and_leads_to_what_it_is_made_of(journal: Journal, page: str) -> None:
    links = re.findall(r'<li><a href="#([^"]*)">([^<]+)</a> <span>([^<]*)</span></li>', page)
    told = sentences.told(results([journal]))
    assert [html.unescape(text) for _, _, text in links] == [sentence.text for sentence in told]
    for place, _, _ in links:
        assert f'id="{place}"' in page, place

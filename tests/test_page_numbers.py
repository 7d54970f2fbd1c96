"""In a real browser a number tells where it comes from, to the pointer and to the keyboard, and every table can be had as a file."""

import csv
from pathlib import Path
from typing import Any

import pytest

import journals as made
from browsers import EACH_WIDTH, NEEDS_CHROMIUM, Visit, chromium
from study import report

pytestmark = NEEDS_CHROMIUM
__all__ = ["chromium"]  # a fixture
START = made.planned("startup/processes.spawn", 6, form="worker", width=1)
LOCK = made.planned("lock/threads", 6, width=2)
STEADY = [0.010, 0.011, 0.012, 0.013, 0.014, 0.015]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("numbers")
    rows = [
        made.measured(START, block, {"cold ready": [seconds], **({"warm ready": [0.0, seconds]} if block < 6 else {})})
        for block, seconds in enumerate(STEADY, start=1)
    ]
    rows += made.simple(LOCK, [0.001234567] * 6, "acquire + release")
    late = made.planned("lock/processes.spawn", 6, width=2)
    return report.build(
        [made.write(made.journal([START, LOCK, late], rows), folder / "the run.jsonl")], folder / "report"
    ).as_uri()


@EACH_WIDTH
def test_a_number_under_the_pointer_tells_interval_blocks_line_and_key(chromium: Any, address: str, width: int) -> None:
    with Visit(chromium, address, width) as visit:
        visit.page.locator("#section-startup td.number", has_text="12.5").hover()
        told = visit.page.locator("#told").inner_text()
        assert "cold ready, ms: 12.5 (10.0–15.0), n = 6 blocks, measured by study/scenarios/startup.py:40" in told
        assert "startup/processes.spawn/form=worker,width=1" in told
        assert "warm" not in told
        visit.page.locator("h1").hover()
        assert not visit.page.locator("#told").is_visible()


def test_the_link_of_a_row_tells_all_its_numbers_to_the_keyboard(chromium: Any, address: str) -> None:
    with Visit(chromium, address) as visit:
        visit.page.locator("#section-startup .key").focus()
        told = visit.page.locator("#told")
        assert told.locator("li").count() == 2
        assert "n = 6 blocks" in told.locator("li").first.inner_text()
        assert "n = 5 blocks, measured by study/scenarios/startup.py:41" in told.locator("li").last.inner_text()
        assert told.get_attribute("role") == "status"
        visit.page.keyboard.press("Escape")
        assert not told.is_visible()


def test_a_row_without_a_number_tells_nothing(chromium: Any, address: str) -> None:
    with Visit(chromium, address) as visit:
        visit.page.locator('tr[id="lock/processes.spawn/width=2"] .key').focus()
        assert not visit.page.locator("#told").is_visible()


def test_a_table_is_had_as_a_file_with_an_interval_in_columns_of_its_own(
    chromium: Any, address: str, tmp_path: Path
) -> None:
    with Visit(chromium, address) as visit:
        button = visit.page.locator("#section-startup button.csv")
        button.focus()
        with visit.page.expect_download() as waiting:
            visit.page.keyboard.press("Enter")
        assert waiting.value.suggested_filename == "startup.csv"
        waiting.value.save_as(tmp_path / "startup.csv")
        (line,) = csv.DictReader((tmp_path / "startup.csv").read_text(encoding="utf-8").splitlines())
        assert line["cell"] == "startup/processes.spawn/form=worker,width=1"
        assert line["backend"] == "multiprocessing (spawn)"
        assert [line[f"cold ready, ms{end}"] for end in ("", ", low", ", high")] == ["12.5", "10.0", "15.0"]
        assert visit.complaints == []


def test_a_file_has_the_rows_that_are_shown_and_no_thousands_separators(
    chromium: Any, address: str, tmp_path: Path
) -> None:
    with Visit(chromium, f"{address}#?backend=threads") as visit:
        with visit.page.expect_download() as waiting:
            visit.page.locator("#documents button.csv").last.click()
        waiting.value.save_as(tmp_path / "lock.csv")
        (line,) = csv.DictReader((tmp_path / "lock.csv").read_text(encoding="utf-8").splitlines())
        assert line["acquire + release, µs"] == "1230"


def test_the_raw_results_file_beside_the_report_is_linked(chromium: Any, address: str) -> None:
    with Visit(chromium, address) as visit:
        link = visit.page.locator("#method a[download]")
        assert link.get_attribute("href") == "../the%20run.jsonl"
        assert link.inner_text() == "the run.jsonl"

"""A real browser shows the page: every chart and table, at any width, light and dark, sorted, without a request or an error."""

from typing import Any

import pytest

import journals as made
from browsers import EACH_SCHEME, EACH_WIDTH, NEEDS_CHROMIUM, Visit, chromium
from study import report
from study.charts import CHARTS
from study.plan import PROFILES

pytestmark = NEEDS_CHROMIUM
__all__ = ["chromium"]  # a fixture


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("browser")
    return report.build([made.write(made.full(PROFILES["quick"]), folder / "a.jsonl")], folder / "report").as_uri()


@EACH_WIDTH
@EACH_SCHEME
def test_the_page_opens_without_a_complaint_or_a_request(chromium: Any, address: str, width: int, scheme: str) -> None:
    with Visit(chromium, address, width, scheme) as visit:
        assert visit.complaints == []
        assert visit.requests == [address]


@EACH_WIDTH
def test_every_chart_is_seen_in_the_form_for_the_screen(chromium: Any, address: str, width: int) -> None:
    with Visit(chromium, address, width) as visit:
        seen = [chart for chart in visit.page.locator("svg").all() if chart.is_visible()]
        assert [chart.get_attribute("class") for chart in seen] == ["wide" if width > 700 else "narrow"] * len(CHARTS)
        for chart in seen:
            box = chart.bounding_box()
            assert box["width"] > 300
            assert box["height"] > 250


@EACH_WIDTH
def test_the_page_is_no_wider_than_the_screen(chromium: Any, address: str, width: int) -> None:
    with Visit(chromium, address, width) as visit:
        assert visit.page.evaluate("document.documentElement.scrollWidth") <= width


def test_letters_of_a_chart_are_readable_on_a_telephone(chromium: Any, address: str) -> None:
    with Visit(chromium, address, 390) as visit:
        heights = visit.page.evaluate(
            "[...document.querySelectorAll('svg.narrow text')].map(t => parseFloat(getComputedStyle(t).fontSize)"
            " * t.ownerSVGElement.getBoundingClientRect().width / t.ownerSVGElement.viewBox.baseVal.width)"
        )
        assert min(heights) >= 10


def column(page: Any, section: str, number: int) -> list[float]:
    """The ranks in one column of a section's table, from top to bottom; words are left out."""
    cells = page.locator(f"#{section} tbody tr").evaluate_all(
        "(rows, number) => rows.map(row => row.cells[number]).filter(cell => cell && cell.dataset.rank).map(cell => +cell.dataset.rank)",
        number,
    )
    return [float(cell) for cell in cells]


def test_a_click_on_a_heading_sorts_and_a_second_one_turns_round(chromium: Any, address: str) -> None:
    with Visit(chromium, address) as visit:
        button = visit.page.locator("#section-startup thead button", has_text="cold ready")
        before = column(visit.page, "section-startup", 3)
        button.click()
        assert column(visit.page, "section-startup", 3) == sorted(before) != before
        button.click()
        assert column(visit.page, "section-startup", 3) == sorted(before, reverse=True)
        assert visit.page.locator("#section-startup th[aria-sort=descending]").count() == 1


def test_words_stay_below_the_numbers_however_it_is_sorted(chromium: Any, address: str) -> None:
    with Visit(chromium, address) as visit:
        button = visit.page.locator("#section-startup thead button", has_text="cold ready")
        for _ in range(2):
            button.click()
            kinds = visit.page.locator("#section-startup tbody tr").evaluate_all(
                "rows => rows.map(row => !!row.querySelector('.words'))"
            )
            assert kinds == sorted(kinds)


def test_sorting_works_from_the_keyboard(chromium: Any, address: str) -> None:
    with Visit(chromium, address) as visit:
        visit.page.locator("#section-latency thead button", has_text="p50").focus()
        visit.page.keyboard.press("Enter")
        assert column(visit.page, "section-latency", 2) == sorted(column(visit.page, "section-latency", 2))


def test_a_cells_key_in_the_address_leads_to_its_line(chromium: Any, address: str) -> None:
    with Visit(chromium, f"{address}#lock/processes.spawn/width=2") as visit:
        line = visit.page.locator("tr:target")
        assert line.locator("th").inner_text().startswith("multiprocessing (spawn)")
        assert 0 <= line.bounding_box()["y"] <= 900


def test_an_entry_of_the_matrix_leads_to_its_cost(chromium: Any, address: str) -> None:
    with Visit(chromium, address) as visit:
        visit.page.locator('#documents a[href="#lock/threads/width=2"]').first.click()
        assert visit.page.locator("tr:target").get_attribute("id") == "lock/threads/width=2"


def test_without_a_script_every_number_is_there_and_no_button_is_dead(chromium: Any, address: str) -> None:
    with Visit(chromium, address, java_script_enabled=False) as visit:
        assert visit.page.locator("thead button").count() == 0
        assert visit.page.locator("table").first.is_visible()


def test_on_paper_the_wide_charts_are_printed_and_the_navigation_is_not(chromium: Any, address: str) -> None:
    with Visit(chromium, address, 390) as visit:
        visit.page.emulate_media(media="print")
        assert visit.page.locator("svg.wide").first.is_visible()
        assert not visit.page.locator("nav").first.is_visible()

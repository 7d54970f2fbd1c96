"""A real browser shows what happens when it fails: found by its symptom, opened by a click, at any width, light and dark."""

import dataclasses
from typing import Any

import pytest

from browsers import EACH_SCHEME, EACH_WIDTH, NEEDS_CHROMIUM, Visit, chromium, contrast
from test_matrix_section import HANGS, WHOLE, built, seen

pytestmark = NEEDS_CHROMIUM
__all__ = ["chromium"]  # a fixture


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    older = seen(dataclasses.replace(HANGS, stacks=""), version="3.12.9")
    return built(tmp_path_factory.mktemp("matrix"), WHOLE, older).as_uri()


@EACH_WIDTH
def test_a_click_on_a_hanging_pool_opens_what_was_seen_of_it(chromium: Any, address: str, width: int) -> None:
    with Visit(chromium, address, width) as visit:
        visit.page.locator("nav a", has_text="When it fails").click()
        visit.page.locator("section[aria-label='It hangs'] a", has_text="A worker is killed").click()
        account = visit.page.locator(":target")
        assert account.locator("strong").inner_text() == "hangs"
        assert account.is_visible()
        assert 0 <= account.bounding_box()["y"] <= 900
        assert visit.complaints == []
        assert visit.requests == [address]


@EACH_WIDTH
def test_a_cell_leads_to_its_account_also_from_the_keyboard(chromium: Any, address: str, width: int) -> None:
    with Visit(chromium, address, width) as visit:
        visit.page.locator("table.failing td.raises a").first.focus()
        visit.page.keyboard.press("Enter")
        assert visit.page.locator(":target strong").inner_text() == "BrokenProcessPool"


def test_an_address_with_an_account_opens_it(chromium: Any, address: str) -> None:
    with Visit(chromium, f"{address}#failing/killed_worker/2") as visit:
        assert visit.page.locator(":target strong").is_visible()


@EACH_WIDTH
def test_the_page_with_the_matrix_is_no_wider_than_the_screen(chromium: Any, address: str, width: int) -> None:
    with Visit(chromium, address, width) as visit:
        assert visit.page.evaluate("document.documentElement.scrollWidth") <= width


@EACH_SCHEME
def test_each_word_has_contrast_and_its_colour_shows(chromium: Any, address: str, scheme: str) -> None:
    with Visit(chromium, address, scheme=scheme) as visit:
        ground = visit.page.evaluate("getComputedStyle(document.body).backgroundColor")
        for selector in (".failing td a", ".where", ".instead", ".symptoms a"):
            colour = visit.page.locator(selector).first.evaluate("e => getComputedStyle(e).color")
            assert contrast(colour, ground) >= 4.5, selector
        bar = visit.page.locator(".failing td.hangs").first.evaluate("e => getComputedStyle(e).boxShadow")
        assert contrast(bar.partition(")")[0] + ")", ground) >= 3


@EACH_SCHEME
def test_axe_finds_nothing_in_an_opened_account(chromium: Any, address: str, scheme: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="the extra 'browser' is not installed")
    with Visit(chromium, f"{address}#failing/killed_worker/2", scheme=scheme) as visit:
        found = axe.Axe().run(visit.page).response["violations"]
        assert [(item["id"], item["nodes"][0]["html"][:200]) for item in found] == []

"""In a real browser a reader chooses what is shown, with mouse or keyboard, and the address says it: a link brings the same view back."""

from typing import Any

import pytest

import journals as made
from browsers import NEEDS_CHROMIUM, Visit, chromium
from study import report
from study.plan import PROFILES

pytestmark = NEEDS_CHROMIUM
__all__ = ["chromium"]  # a fixture
SHOWN = "[...document.querySelectorAll('tbody tr')].filter(row => row.checkVisibility()).map(row => row.id)"
OPENED = "[...document.querySelectorAll('details')].filter(one => one.open).map(one => one.id)"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("view")
    return report.build([made.write(made.full(PROFILES["quick"]), folder / "a.jsonl")], folder / "report").as_uri()


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Two interpreters on one page."""
    folder = tmp_path_factory.mktemp("two")
    paths = []
    for minor in (12, 13):
        cell = made.planned("lock/threads", 6, width=2)
        journal = made.journal([cell], made.simple(cell, [1.0] * 6), run=f"run-{minor}")
        journal.header.interpreter["version"] = f"3.{minor}.1"
        paths.append(made.write(journal, folder / f"{minor}.jsonl"))
    return report.build(paths, folder / "report").as_uri()


def cells(page: Any) -> list[str]:
    """The cells whose rows are shown."""
    return [name for name in page.evaluate(SHOWN) if "/" in name]


def chip(page: Any, name: str) -> Any:
    if not page.locator("#choose").evaluate("one => one.open"):
        page.locator("#choose summary").click()
    return page.locator(".view").get_by_role("button", name=name, exact=True)


def test_a_chip_leaves_the_rows_of_its_backend(chromium: Any, address: str) -> None:
    with Visit(chromium, address) as visit:
        every = cells(visit.page)
        chip(visit.page, "threading.Thread").click()
        assert cells(visit.page) == [name for name in every if name.split("/")[1] == "threads"] != []
        assert visit.page.evaluate("location.href").endswith("#?backend=threads&open=choose")
        chip(visit.page, "threading.Thread").click()
        assert cells(visit.page) == every


def test_chips_of_one_group_add_up_and_those_of_two_groups_cut_down(chromium: Any, address: str) -> None:
    with Visit(chromium, address) as visit:
        chip(visit.page, "threading.Thread").click()
        chip(visit.page, "ThreadPoolExecutor").click()
        assert {name.split("/")[1] for name in cells(visit.page)} == {"threads", "executors.thread"}
        chip(visit.page, "executors").click()
        assert {name.split("/")[1] for name in cells(visit.page)} == {"executors.thread"}


def test_a_backend_without_a_number_is_dimmed_and_so_is_what_fits_no_pressed_chip(chromium: Any, address: str) -> None:
    with Visit(chromium, address) as visit:
        assert chip(visit.page, "InterpreterPoolExecutor").is_disabled()
        chip(visit.page, "executors").click()
        assert chip(visit.page, "threading.Thread").is_disabled()
        assert chip(visit.page, "ThreadPoolExecutor").is_enabled()
        chip(visit.page, "executors").click()
        assert chip(visit.page, "threading.Thread").is_enabled()


def test_a_family_leaves_its_sections(chromium: Any, address: str) -> None:
    with Visit(chromium, address) as visit:
        chip(visit.page, "the document's scenarios").click()
        assert visit.page.locator("#documents").is_visible()
        assert not visit.page.locator("#section-startup").is_visible()


def test_in_the_table_of_all_backends_a_chip_leaves_its_column(chromium: Any, address: str) -> None:
    with Visit(chromium, address) as visit:
        chip(visit.page, "threading.Thread").click()
        heads = visit.page.locator("table[data-name=matrix] th[scope=col]:visible").all_inner_texts()
        assert [head.split("↕")[0].strip() for head in heads] == ["scenario", "threading.Thread"]


def test_a_chip_of_a_python_leaves_its_run(chromium: Any, two: str) -> None:
    with Visit(chromium, two) as visit:
        chip(visit.page, "3.12.1").click()
        assert cells(visit.page) == ["lock/threads/width=2"]
        chip(visit.page, "3.12.1").click()
        chip(visit.page, "3.13.1").click()
        assert cells(visit.page) == ["lock/threads/width=2@run-13"]


def test_typing_leaves_the_rows_that_hold_every_word(chromium: Any, address: str) -> None:
    with Visit(chromium, address) as visit:
        visit.page.locator("#filter").press_sequentially("spawn lock/")
        assert cells(visit.page)
        assert all("spawn" in name and "lock/" in name for name in cells(visit.page))
        assert visit.page.evaluate("location.href").endswith("#?q=spawn+lock/")
        assert "rows" in visit.page.locator("#shown").inner_text()


def test_a_table_without_a_row_left_says_so(chromium: Any, address: str) -> None:
    with Visit(chromium, address) as visit:
        visit.page.locator("#filter").fill("nothing is called like this")
        assert cells(visit.page) == []
        assert visit.page.locator("#section-startup .none").is_visible()
        visit.page.locator("#reset").click()
        assert cells(visit.page)
        assert visit.page.evaluate("location.href").endswith("#")


def test_a_link_brings_the_whole_view_back(chromium: Any, address: str) -> None:
    with Visit(chromium, address) as visit:
        chip(visit.page, "multiprocessing (spawn)").click()
        visit.page.locator("#filter").fill("spawn")
        visit.page.locator("#section-startup thead button", has_text="cold ready").click()
        visit.page.locator("#section-startup thead button", has_text="cold ready").click()
        visit.page.locator("#told-lock summary").click()
        visit.page.wait_for_url(lambda url: "told-lock" in url)
        link, seen, opened = (
            visit.page.evaluate("location.href"),
            visit.page.evaluate(SHOWN),
            visit.page.evaluate(OPENED),
        )
    with Visit(chromium, link) as visit:
        assert visit.page.evaluate(SHOWN) == seen
        assert visit.page.evaluate(OPENED) == opened
        assert visit.page.locator("th[aria-sort=descending]").count() == 1
        assert visit.page.locator("#filter").input_value() == "spawn"
        assert visit.page.evaluate("location.href") == link
        assert visit.complaints == []


def test_a_link_holds_a_cell_and_a_view(chromium: Any, address: str) -> None:
    with Visit(chromium, f"{address}#lock/processes.spawn/width=2?backend=processes.spawn") as visit:
        row = visit.page.locator("tr.here")
        assert row.get_attribute("id") == "lock/processes.spawn/width=2"
        assert 0 <= row.bounding_box()["y"] <= 900
        assert {name.split("/")[1] for name in cells(visit.page)} == {"processes.spawn"}


def test_a_link_within_the_page_keeps_the_view_and_back_undoes_one_step(chromium: Any, address: str) -> None:
    with Visit(chromium, address) as visit:
        chip(visit.page, "threading.Thread").click()
        seen = cells(visit.page)
        visit.page.locator("nav a", has_text="Latency").click()
        visit.page.wait_for_url(lambda url: "#section-latency?" in url)
        assert cells(visit.page) == seen
        visit.page.go_back()
        assert cells(visit.page) == seen
        visit.page.go_back()
        visit.page.wait_for_url(lambda url: "backend" not in url)
        assert len(cells(visit.page)) > len(seen)


@pytest.mark.parametrize(
    "odd", ["%", "%E0%A4%A?backend=%E0%A4%A", "?sort=startup:99a,nothing:1d&open=%", "?backend=<b>"]
)
def test_an_address_that_somebody_typed_wrong_shows_the_page(chromium: Any, address: str, odd: str) -> None:
    with Visit(chromium, f"{address}#{odd}") as visit:
        assert visit.complaints == []
        assert visit.page.locator("#filter").is_visible()


def test_every_control_is_reached_and_worked_by_the_keyboard(chromium: Any, address: str) -> None:
    with Visit(chromium, address) as visit:
        visit.page.keyboard.press("Tab")
        visit.page.keyboard.type("lock")
        assert visit.page.locator("#filter").input_value() == "lock"
        visit.page.keyboard.press("Tab")
        visit.page.keyboard.press("Enter")
        assert visit.page.locator("#choose").evaluate("one => one.open")
        reached = []
        for _ in range(30):
            visit.page.keyboard.press("Tab")
            reached.append(visit.page.evaluate("document.activeElement.dataset.value || document.activeElement.id"))
            if reached[-1] == "reset":
                break
        enabled = visit.page.locator(".view button[data-value]:enabled").evaluate_all(
            "all => all.map(one => one.dataset.value)"
        )
        assert reached == [*enabled, "reset"]
        visit.page.keyboard.press("Space")
        assert visit.page.locator("#filter").input_value() == ""
        assert visit.page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"

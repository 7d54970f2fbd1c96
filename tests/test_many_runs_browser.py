"""In a real browser a page of ten runs opens without a complaint, and its chips and addresses work where charts are not drawn."""

from typing import Any

import msgspec
import pytest

import journals as made
from browsers import NEEDS_CHROMIUM, Visit, chromium
from study import gallery, report
from study.charts import CHARTS

pytestmark = NEEDS_CHROMIUM
__all__ = ["chromium"]  # a fixture
RUNS = 10
SHOWN = "[...document.querySelectorAll('tbody tr')].filter(row => row.id.includes('/') && row.checkVisibility()).map(row => row.id)"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder, whole = tmp_path_factory.mktemp("ten"), made.full()
    paths = [
        made.write(
            msgspec.structs.replace(whole, header=msgspec.structs.replace(whole.header, run=f"run-{number}")), path
        )
        for number, path in enumerate(folder / f"{number}.jsonl" for number in range(RUNS))
    ]
    return report.build(paths, folder / "report").as_uri()


def test_it_opens_without_a_complaint_or_a_request(chromium: Any, address: str) -> None:
    with Visit(chromium, address) as visit:
        assert visit.page.locator("main svg").count() == len(CHARTS) + (RUNS - 1) * len(gallery.OF_EACH_OF_MANY)
        assert visit.complaints == []
        assert visit.requests == [address]


def test_a_chip_leaves_the_rows_of_its_backend_in_every_run(chromium: Any, address: str) -> None:
    with Visit(chromium, address) as visit:
        every = visit.page.evaluate(SHOWN)
        visit.page.locator("#choose summary").click()
        visit.page.locator(".view").get_by_role("button", name="threading.Thread", exact=True).click()
        left = visit.page.evaluate(SHOWN)
        assert left == [name for name in every if name.split("/")[1] == "threads"] != []
        assert {name.partition("@")[2] for name in left} == {"", *(f"run-{number}" for number in range(1, RUNS))}
        assert visit.complaints == []


def test_an_address_with_the_form_of_a_chart_that_is_not_drawn_is_that_of_the_rest(chromium: Any, address: str) -> None:
    with Visit(chromium, f"{address}#chart-channels-2?form=chart-channels-2:linear,chart-startup-2:linear") as visit:
        assert visit.page.locator("figure button[aria-pressed=true]").count() == 1
        assert visit.page.locator("#chart-startup-2 .made").count() == 1
        assert visit.complaints == []

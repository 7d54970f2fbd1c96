"""In a real browser nothing on the page is faint, cut off or a barrier: the reference run, one with holes, one with a single backend."""

import itertools
from pathlib import Path
from typing import Any

import pytest

from browsers import EACH_SCHEME, EACH_WIDTH, NEEDS_CHROMIUM, Visit, chromium
from journals import write
from recorded_run import JOURNALS
from study import report

pytestmark = NEEDS_CHROMIUM
__all__ = ["chromium"]  # a fixture
FRINGES = pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (390, "dark")])


@pytest.fixture(scope="module", params=JOURNALS)
def address(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    folder: Path = tmp_path_factory.mktemp("looks")
    make: Any = JOURNALS[request.param]
    return report.build([write(make(), folder / "a.jsonl")], folder / "report").as_uri()


@EACH_WIDTH
@EACH_SCHEME
def test_every_text_has_contrast_and_nothing_is_wider_than_the_screen(
    chromium: Any, address: str, width: int, scheme: str
) -> None:
    with Visit(chromium, address, width, scheme) as visit:
        visit.open_all()
        seen, faint = visit.faint()
        assert seen > 1000
        assert faint == []
        assert visit.page.evaluate("document.documentElement.scrollWidth") <= width
        assert visit.complaints == []
        assert visit.requests == [address]


@FRINGES
def test_axe_finds_nothing(chromium: Any, address: str, width: int, scheme: str) -> None:
    with Visit(chromium, address, width, scheme) as visit:
        visit.page.evaluate("document.getElementById('choose').open = true")
        assert visit.barriers() == []


def test_headings_go_down_one_step_at_a_time(chromium: Any, address: str) -> None:
    with Visit(chromium, address) as visit:
        levels = visit.page.locator("h1, h2, h3, h4").evaluate_all("all => all.map(one => Number(one.tagName[1]))")
        assert levels[0] == 1
        assert levels.count(1) == 1
        assert all(after - before <= 1 for before, after in itertools.pairwise(levels))


@EACH_SCHEME
def test_paper_is_white_without_controls_and_with_everything_unfolded(chromium: Any, address: str, scheme: str) -> None:
    with Visit(chromium, address, 390, scheme) as visit:
        visit.page.emulate_media(media="print")
        assert visit.page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
        visit.page.locator("details:not(.code):not([open])").first.wait_for(state="detached")
        controls = visit.page.locator("input, button:not(th button), nav, .view")
        assert controls.evaluate_all("all => all.filter(one => one.checkVisibility()).map(one => one.outerHTML)") == []
        _, faint = visit.faint()
        assert faint == []
        visit.page.emulate_media(media="screen")
        visit.page.locator("details[open]").first.wait_for(state="detached")

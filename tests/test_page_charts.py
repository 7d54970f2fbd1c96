"""In a real browser a chart leaves out what was not chosen, tells the number under the pointer, and shows its values another way."""

import re
from typing import Any

import pytest

import journals as made
from browsers import EACH_WIDTH, NEEDS_CHROMIUM, Visit, chromium
from study import report, view
from study.plan import PROFILES

pytestmark = NEEDS_CHROMIUM
__all__ = ["chromium"]  # a fixture
BACKENDS = {"threads": 0.010, "processes.fork": 0.040}  # seconds
RATES = {64: 1e-6, 1 << 20: 1e-3}  # payload in bytes -> seconds for a message
PLACES = """figure => [...figure.querySelectorAll('svg')].filter(svg => svg.checkVisibility()).flatMap(svg => {
  const [way, left, top, right, bottom] = svg.dataset.axes.split(';')[0].split(' ').map((part, at) => at ? Number(part) : part);
  return [...svg.querySelectorAll('use[data-k], [data-k] use')].map(use => way === 'x'
    ? Number(use.getAttribute('x')) - left : bottom - Number(use.getAttribute('y')));
})"""

TENTH = 0.15  # of a point: as finely as places are written, and half of it for each end


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    starts = [made.planned(f"startup/{name}", 6, form="worker", width=1) for name in BACKENDS]
    queues = [made.planned("throughput/threads", 6, channel="Queue", payload=size) for size in RATES]
    rows = [row for cell in starts for row in made.simple(cell, [BACKENDS[cell.backend]] * 6, "cold ready")]
    rows += [row for cell in queues for row in made.simple(cell, [RATES[int(cell.factors["payload"])]] * 6)]
    folder = tmp_path_factory.mktemp("charts")
    path = made.write(made.journal([*starts, *queues], rows), folder / "a.jsonl")
    return report.build([path], folder / "report").as_uri()


def places(visit: Any, chart: str) -> list[float]:
    """How far each mark of the chart that is shown stands from the beginning of its axis of values."""
    found: list[float] = visit.page.locator(f"#chart-{chart}").evaluate(PLACES)
    return found


def press(visit: Any, chart: str, name: str) -> None:
    button = visit.page.locator(f"#chart-{chart}").get_by_role("button", name=name)
    button.focus()
    visit.page.keyboard.press("Enter")


@EACH_WIDTH
def test_on_a_linear_scale_four_times_the_value_is_four_times_as_far(chromium: Any, address: str, width: int) -> None:
    with Visit(chromium, address, width) as visit:
        before = places(visit, "startup")
        press(visit, "startup", "linear scale")
        near, far = places(visit, "startup")
        assert far / near == pytest.approx(4, rel=0.02)
        assert visit.page.locator("#chart-startup .made text").count() > 4
        assert visit.page.evaluate("location.href").endswith("#?form=chart-startup:linear")
        press(visit, "startup", "linear scale")
        assert places(visit, "startup") == before
        assert visit.page.locator("#chart-startup .made").count() == 0
        assert visit.complaints == []


def test_messages_become_megabytes_by_the_payload_of_each_mark(chromium: Any, address: str) -> None:
    with Visit(chromium, address) as visit:
        press(visit, "throughput", "linear scale")
        small, large = places(visit, "throughput")
        assert large == pytest.approx(small / 1000, abs=TENTH)
        press(visit, "throughput", "MB per second")
        small, large = places(visit, "throughput")
        assert large / small == pytest.approx((1 << 20) / 64 / 1000, rel=0.05)
        words = visit.page.locator("#chart-throughput svg.wide").text_content()
        assert "MB per second" in words
        assert "messages per second" not in words


def test_a_link_brings_the_way_a_chart_is_shown_back(chromium: Any, address: str) -> None:
    with Visit(chromium, f"{address}#chart-startup?form=chart-startup:linear,nothing:linear") as visit:
        near, far = places(visit, "startup")
        assert far / near == pytest.approx(4, rel=0.02)
        assert visit.page.locator("#chart-startup button[aria-pressed=true]").count() == 1
        assert visit.complaints == []


def test_a_chip_leaves_the_marks_of_its_backend(chromium: Any, address: str) -> None:
    with Visit(chromium, f"{address}#?backend=threads") as visit:
        seen = visit.page.locator("#chart-startup svg.wide [data-b]").evaluate_all(
            "all => [...new Set(all.filter(one => one.checkVisibility()).map(one => one.dataset.b))]"
        )
        assert seen == [str((view.series("threads") or "")[1:])]


def test_the_key_of_a_backend_goes_and_comes_back_with_its_marks(chromium: Any, address: str) -> None:
    with Visit(chromium, f"{address}#?backend=processes.fork") as visit:
        key, rule = (
            visit.page.locator("#chart-throughput svg.wide text", has_text=words)
            for words in ("threading.Thread", "KiB:")
        )
        drawn = visit.page.locator("#chart-throughput svg.wide").locator("path[data-b], use[data-b]")
        assert drawn.count() > 2
        assert not any(drawn.evaluate_all("all => all.map(one => one.checkVisibility())"))
        assert (key.is_visible(), rule.is_visible()) == (False, True)
        visit.page.locator("#reset").click()
        assert all(drawn.evaluate_all("all => all.map(one => one.checkVisibility())"))
        assert (key.is_visible(), rule.is_visible()) == (True, True)
        key.hover()
        assert visit.page.locator("#told").is_hidden()
        assert visit.complaints == []


def test_a_mark_under_the_pointer_tells_its_row(chromium: Any, address: str) -> None:
    with Visit(chromium, address) as visit:
        visit.page.locator("#chart-startup svg.wide use[data-k]").first.hover()
        told = visit.page.locator("#told").inner_text()
        assert "cold ready, ms: 10.0 (10.0–10.0), n = 6 blocks, measured by study/scenarios/startup.py:40" in told
        assert "startup/threads/form=worker,width=1" in told


def test_every_mark_is_of_a_row_of_the_page(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("keys")
    path = made.write(made.full(PROFILES["quick"]), folder / "a.jsonl")
    page = report.build([path], folder / "report").read_text()
    rows = re.findall(r'<tr [^>]*data-k="([0-9a-f]+)"', page)
    marks = [key for keys in re.findall(r'<(?:use|g)[^>]* data-k="([^"]*)"', page) for key in keys.split()]
    assert len(marks) > 200
    assert set(marks) <= set(rows)
    assert len(rows) == len(set(rows))


def test_a_strangers_backend_is_drawn_without_a_number_of_its_own() -> None:
    assert view.series("<script>") is None
    assert view.series("threads", ["<b>/x/"]) == f"b1 {view.key('<b>/x/')}"
    assert re.fullmatch("[0-9a-f]{1,8}", view.key('"><script>\udcff'))

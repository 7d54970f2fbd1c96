"""Whatever a journal holds, a real browser shows a page that says so: nothing, one cell, failures alone, or a stranger's text."""

import dataclasses
from pathlib import Path
from typing import Any

import msgspec
import pytest

from browsers import NEEDS_CHROMIUM, Visit, chromium
from journals import HOSTILE, absent, failed, journal, measured, planned, simple, write
from study import report
from study.journal import Journal
from test_strangers_text import hostile_journal

pytestmark = NEEDS_CHROMIUM
__all__ = ["chromium"]  # a fixture
LOCK = planned("lock/threads", 6, width=2)
START = planned("startup/threads", 6, form="worker", width=1)
LONG = "x" * 10_000
RIGHT_TO_LEFT = "\u202eevil\u2066</td></table></script><!--"


def long_names() -> Journal:
    """Names, factors and reasons as long as a journal bears, which turn round and close what they stand in."""
    cells = [planned(f"startup/{'b' * 60}", 2, form="f" * 100), planned("lock/threads", 2, width=2, f=RIGHT_TO_LEFT)]
    rows = [measured(cells[0], 1, {"cold ready": [1.0], "l" * 150: [1.0]}), failed(cells[0], 2, "crash", LONG)]
    rows += [
        measured(cells[1], 1, {RIGHT_TO_LEFT: [1.0]}, trace=f"1\t1\t1\t{LONG[:5000]}\tacquired\t{RIGHT_TO_LEFT}\n")
    ]
    made = journal(cells, rows, [absent("startup/serial", LONG, form="pool")])
    interpreter: dict[str, Any] = {"version": LONG, RIGHT_TO_LEFT: LONG}
    return msgspec.structs.replace(made, header=msgspec.structs.replace(made.header, interpreter=interpreter))


@dataclasses.dataclass(frozen=True)
class Edge:
    """A journal at the edge, and what its page has to say."""

    made: Journal
    says: str


EDGES = {
    "no cell": Edge(journal([], []), "Nothing has been measured"),
    "header only": Edge(journal([LOCK, START], []), "Nothing has been measured"),
    "one cell": Edge(journal([LOCK], simple(LOCK, [1.0] * 6)), "Of 1 pairs of a scenario and a backend, 1 work"),
    "all failed": Edge(
        journal([LOCK, START], [failed(cell, block) for cell in (LOCK, START) for block in range(1, 7)]),
        "Nothing has been measured",
    ),
    "nothing offered": Edge(
        journal([], [], [absent("lock/serial", "nobody to lock out", width=2)]), "nobody to lock out"
    ),
    "a stranger's": Edge(hostile_journal(), "<script>alert(1)</script>"),
    "long names": Edge(long_names(), "xxxx"),
}


@pytest.fixture(scope="module", params=EDGES)
def edge(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Edge, str]:
    folder: Path = tmp_path_factory.mktemp("edges")
    made = EDGES[request.param]
    return made, report.build([write(made.made, folder / "a.jsonl")], folder / "report").as_uri()


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (390, "dark")])
def test_the_page_says_what_there_is_and_nothing_breaks(
    chromium: Any, edge: tuple[Edge, str], width: int, scheme: str
) -> None:
    made, address = edge
    with Visit(chromium, address, width, scheme) as visit:
        visit.page.on("dialog", lambda dialog: visit.complaints.append(dialog.message))
        visit.open_all()
        assert made.says in visit.page.locator("main").inner_text()
        assert visit.page.locator("#method").is_visible(), "everything up to the end is there"
        assert visit.page.locator("script").count() == 1
        assert visit.page.evaluate("document.documentElement.scrollWidth") <= width
        assert visit.faint()[1] == []
        assert visit.barriers() == []
        assert visit.complaints == []
        assert visit.requests == [address]


def test_every_control_works_on_it(chromium: Any, edge: tuple[Edge, str]) -> None:
    _, address = edge
    with Visit(chromium, address) as visit:
        visit.open_all()
        for button in visit.page.locator("button:not(.csv):enabled:visible").all()[:40]:
            if button.is_enabled() and button.is_visible():
                button.press("Enter")
        visit.page.locator("#filter").fill("b x")
        assert visit.complaints == []
        link = visit.page.evaluate("location.href")
    with Visit(chromium, link) as visit:
        assert visit.complaints == []
        assert visit.page.locator("#filter").input_value() == "b x"


def test_a_stranger_s_text_is_nowhere_an_address_or_a_name_of_ours(tmp_path: Path) -> None:
    page = report.build([write(hostile_journal(), tmp_path / "a.jsonl")], tmp_path / "report").read_text()
    assert HOSTILE not in page
    assert page.count("</script>") == 1
    assert page.count("</style>") == 1

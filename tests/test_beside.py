"""Do the runs stand beside the first one on the page as the comparison has them, and on the same ground?"""

from pathlib import Path

import pytest

from journals import HOSTILE
from study import beside, cli, compare, report
from study.sheets import Sheet
from test_compare import STARTS, saved, session

SPAWN = "startup/processes.spawn/form=worker,width=1, cold ready"
LATER = STARTS | {"processes.spawn": 0.12}


def sheets(told: beside.Beside) -> dict[str, Sheet]:
    return {sheet.name: sheet for sheet in told.sheets}


def texts(sheet: Sheet) -> list[list[str]]:
    return [[entry.text for entry in row.entries] for row in sheet.rows]


def test_each_figure_with_a_verdict_has_a_row_and_no_other_has() -> None:
    found = compare.compare(session(), session(LATER, 2))
    (row,) = sheets(beside.told(found))["figures-that-differ"].rows
    (figure,) = found.called(compare.Verdict.SLOWER)
    assert row.entries[0].text == SPAWN
    assert [entry.rank for entry in row.entries[1:4]] == [figure.first, figure.second, figure.ratio.value]
    assert row.entries[4].text == "slower"


def test_facts_that_differ_and_backends_that_changed_places_have_their_rows() -> None:
    swapped = STARTS | {"processes.spawn": 0.02, "processes.forkserver": 0.06}
    told = beside.told(compare.compare(session(governor="performance"), session(swapped, 2, governor="powersave")))
    assert texts(sheets(told)["facts-that-differ"]) == [["governor", "performance", "powersave"]]
    ((_, before, now),) = texts(sheets(told)["changed-places"])
    assert (before, now) == ("multiprocessing (forkserver)", "multiprocessing (spawn)")


def test_what_does_not_differ_has_no_table_but_a_sentence() -> None:
    told = beside.told(compare.compare(session(), session(number=2)))
    assert told.sheets == ()
    assert "No two backends have changed places." in told.remarks
    assert any("Of 4 figures that both have" in sentence for sentence in told.remarks)


def test_of_two_machines_no_second_stands_in_the_table() -> None:
    other = session(LATER, 2, machine="another-8c-linux-abc")
    told = beside.told(compare.compare(session(), other))
    assert any("no second is compared with a second" in sentence for sentence in told.remarks)
    sheet = sheets(told)["figures-that-differ"]
    assert sheet.columns[-1] == "over"
    assert all(row.entries[1].text.endswith("x") for row in sheet.rows)


def test_a_page_of_two_runs_begins_with_what_differs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first, second = saved(tmp_path, session()), saved(tmp_path, session(LATER, 2))
    folder = tmp_path / "page"
    assert cli.main(["compare", str(first), str(second), "--page", str(folder), "--results", str(tmp_path)]) == 0
    assert capsys.readouterr().err.strip() == str(folder / "index.html")
    page = (folder / "index.html").read_text()
    assert page.index('id="beside"') < page.index('id="answer"') < page.index('id="answer-2"')
    assert SPAWN in page


def test_a_page_of_one_run_has_nothing_beside_it(tmp_path: Path) -> None:
    page = report.build([saved(tmp_path, session())], tmp_path / "page")
    assert 'id="beside"' not in page.read_text()


def test_a_strangers_facts_are_inert(tmp_path: Path) -> None:
    paths = [saved(tmp_path, session()), saved(tmp_path, session(LATER, 2, governor=HOSTILE))]
    page = report.build(paths, tmp_path / "page").read_text()
    assert HOSTILE not in page

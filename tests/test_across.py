"""Are the journals of one campaign laid beside each other as pairs, and journals of several campaigns not mixed?"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from journals import HOSTILE, journal, noisy, planned, simple, write
from study import across, report
from study.journal import Journal
from study.sheets import Sheet

BLOCKS = 15
START = "startup/threads"
SERIAL, THREADS, POOL = "scaling/serial", "scaling/threads", "scaling/processes.fork"
LOOP = {SERIAL: 1.0, THREADS: 1.0, POOL: 0.5, START: 1e-4}
FREE = {SERIAL: 1.25, THREADS: 0.6, POOL: 0.65, START: 2e-4}
GIL_OFF = {"version": "3.13.0", "free_threaded_build": True, "gil_enabled": False}


def run(number: int, costs: Mapping[str, float], campaign: str = "20260101T000000Z-a,b,c", **facts: object) -> Journal:
    cells = [planned(cell, BLOCKS, headline=True, **factors_of(cell)) for cell in costs]
    laps = {"scaling": "default chunks", "startup": "cold ready"}
    rows = [
        row
        for place, cell in enumerate(cells)
        for row in simple(
            cell, noisy(100 * number + place, costs[cell.cell.rpartition("/")[0]], BLOCKS), laps[cell.scenario]
        )
    ]
    interpreter = {"version": "3.12.1", **facts}
    return journal(cells, rows, run=f"20260101T000000Z-{number}", campaign=campaign, interpreter=interpreter)


def factors_of(cell: str) -> dict[str, int | str]:
    return {"form": "worker", "width": 1} if cell == START else {"workload": "cpu", "width": 1 if cell == SERIAL else 2}


def sheets(journals: Sequence[Journal]) -> list[Sheet]:
    return [sheet for _, sheet in across.sheets(journals)]


def texts(sheet: Sheet) -> dict[str, list[str]]:
    """What stands in each line, by the backend of its cell."""
    return {row.entries[0].text.split("/")[1]: [entry.text for entry in row.entries[1:]] for row in sheet.rows}


def test_a_cell_stands_once_with_its_time_on_each_interpreter_and_a_verdict_on_each_after_the_first() -> None:
    times, _ = sheets([run(1, LOOP), run(2, FREE, **GIL_OFF), run(3, LOOP)])
    assert times.columns == (
        *("cell", "3.12.1", "3.13.0 free-threaded, GIL off", "3.13.0 free-threaded, GIL off against 3.12.1"),
        *("3.12.1 (2)", "3.12.1 (2) against 3.12.1"),
    )
    assert len(times.rows) == len(LOOP)
    assert all(len(row.entries) == len(times.columns) for row in times.rows)
    serial = texts(times)["serial"]
    assert serial[0].startswith(("1.0", "99"))
    assert serial[0].endswith("s)")
    assert serial[2].startswith("slower, x1.2")
    assert serial[4].startswith(("equivalent, x", "inconclusive, x"))
    assert texts(times)["processes.fork"][2].startswith("slower, x1.3")


def test_what_scales_does_so_over_the_fastest_loop_of_them_all() -> None:
    _, speedups = sheets([run(1, LOOP), run(2, FREE, **GIL_OFF)])
    assert speedups.columns == ("cell", "3.12.1", "3.13.0 free-threaded, GIL off", "over the loop of")
    told = texts(speedups)
    assert told["threads"][1].startswith(("1.6", "1.7")), "1 / 0.6, and not 1.25 / 0.6"
    assert told["serial"][0] == "—", "the loop itself is what the others are compared with"
    assert {line[-1] for line in told.values()} == {"3.12.1"}


def test_a_cell_that_one_interpreter_does_not_have_stands_with_a_dash_and_without_a_link_to_the_first() -> None:
    few = {cell: cost for cell, cost in LOOP.items() if cell != START}
    times, _ = sheets([run(1, few), run(2, LOOP)])
    (row,) = (row for row in times.rows if row.entries[0].text.startswith(START))
    assert [entry.text for entry in row.entries][1] == "—"
    assert [entry.text for entry in row.entries][3] == "—"
    assert row.entries[0].cell == ""
    assert times.rows[0].entries[0].cell


def test_one_journal_alone_and_journals_of_different_campaigns_have_nothing_beside_each_other() -> None:
    assert across.sheets([run(1, LOOP)]) == []
    assert across.sheets([run(1, LOOP), run(2, LOOP, "another")]) == []
    assert across.sheets([run(1, LOOP, ""), run(2, LOOP, "")]) == []


def test_each_campaign_has_tables_of_its_own() -> None:
    every = [run(1, LOOP), run(2, LOOP, "another"), run(3, LOOP), run(4, LOOP, "another")]
    found = [(place, sheet.name) for place, sheet in across.sheets(every)]
    assert found == [(0, "across"), (0, "across-scaling"), (1, "across"), (1, "across-scaling")]


def test_without_a_scaling_cell_there_is_no_table_of_speed_ups() -> None:
    found = sheets([run(1, {START: 1e-4}), run(2, {START: 1e-4})])
    assert [sheet.name for sheet in found] == ["across"]


@pytest.mark.parametrize("hidden", ["\x00", "\x1b", "\u202e"])
def test_hostile_words_are_shown_without_what_is_invisible(hidden: str) -> None:
    found = sheets([run(1, LOOP), run(2, LOOP, version=HOSTILE)])
    shown = [*found[0].columns, *(entry.text for sheet in found for row in sheet.rows for entry in row.entries)]
    assert not [text for text in shown if hidden in text]


def page(tmp_path: Path, *made: Journal) -> tuple[str, str]:
    folder = tmp_path / made[0].header.machine
    folder.mkdir()
    paths = [write(one, folder / f"{one.header.run}.jsonl") for one in made]
    built = report.build(paths, folder / "report")
    return built.read_text(), (folder / "report" / "summary.md").read_text()


def test_the_page_and_the_summary_name_each_build_and_lay_them_beside_each_other(tmp_path: Path) -> None:
    text, summary = page(tmp_path, run(1, LOOP), run(2, FREE, **GIL_OFF))
    assert "Python 3.13.0 free-threaded, GIL off · " in text
    assert '<a href="#across">' in text
    assert '<section id="across"' in text
    assert "slower, x1.2" in text
    assert "Python 3.13.0 free-threaded, GIL off · " in summary
    assert "## Across interpreters" in summary


def test_a_page_of_one_interpreter_says_nothing_of_others(tmp_path: Path) -> None:
    text, summary = page(tmp_path, run(1, LOOP))
    assert "across" not in text
    assert "Across" not in summary


def test_a_hostile_version_stays_inert_on_the_page(tmp_path: Path) -> None:
    text, _ = page(tmp_path, run(1, LOOP), run(2, FREE, version=HOSTILE))
    assert "<script>alert" not in text

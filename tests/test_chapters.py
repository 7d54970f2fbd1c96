"""Does each run of a page have a chapter with addresses, marks, warnings and scripts of its own, and each number its origin?"""

import shlex
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import unquote

import msgspec
import pytest

from journals import HOSTILE, absent, failed, journal, measured, planned, simple, witnessed
from study import bodies, provenance, sections, sentences, sheets, sightings, view
from study.attempt import Attempt, Outcome
from study.chapters import TORN, Chapter, chapters, results_of
from study.charts import CHARTS
from study.journal import Budget, Journal, JournalError, Planned, Row
from study.matrix import Pair
from study.notation import CONTROL
from study.provenance import Origin, origins
from study.sentences import Sentence
from study.sheets import Entry, Sheet
from study.tables import results

LOCK, SPAWN = planned("lock/threads", 6, width=2), planned("lock/processes.spawn", 6, width=2)
START = planned("startup/threads", 6, form="worker", width=1)
ALONE = absent("lock/serial", "nobody to lock out", width=2)
SEEN = sightings.Header(
    format=sightings.FORMAT,
    machine="made-up",
    started="2026-01-02T03:04:05+00:00",
    interpreter={"version": "3.13.1"},
    sources={},
    pairs=[Pair("killed_worker", "zebra")],
    repeat=1,
)


def run(name: str, plan: Sequence[Planned] = (LOCK,), path: str = "made-up.jsonl", **more: object) -> Journal:
    rows = [row for cell in plan for row in simple(cell, [1.0] * 6, "cold ready")]
    made = journal(plan, rows, [ALONE], [witnessed(1)], run=name, **more)
    return msgspec.structs.replace(made, path=path)


def told(*journals: Journal, directory: Path | None = None) -> list[Chapter]:
    return chapters(journals, results_of(journals), bodies.of_runs([one.header for one in journals]), directory)


@pytest.fixture(scope="module")
def two() -> list[Chapter]:
    """The second run is of another backend beside the first one's."""
    return told(run("first", [LOCK, START]), run("it's second", [LOCK, SPAWN], "it's.jsonl"))


def test_a_cell_has_its_key_for_an_address_and_in_later_chapters_its_run_behind_it(two: list[Chapter]) -> None:
    first, second = two
    assert (first.anchor(LOCK.cell), first.link(LOCK.cell)) == (LOCK.cell, f"#{LOCK.cell}")
    assert second.anchor(LOCK.cell) == f"{LOCK.cell}@it's second"
    assert second.link(LOCK.cell) == f"#{LOCK.cell}@it%27s%20second"


@pytest.mark.parametrize("cell", [HOSTILE, "a b#c?d%20/é=1,x@y", '"><img src=x>'])
def test_a_link_leads_to_its_anchor_whatever_a_cell_is_called(two: list[Chapter], cell: str) -> None:
    for chapter in two:
        link = chapter.link(cell)
        assert unquote(link[1:]) == chapter.anchor(cell)
        assert link.isascii()
        assert not set(link[1:]) & set("#<>\"'& ")
        assert not CONTROL.search(chapter.anchor(cell))


def test_a_sentence_leads_to_its_chart_where_that_is_drawn_and_else_to_its_section(two: list[Chapter]) -> None:
    first, second = two
    said = Sentence("How soon?", "soon", "startup", "startup")
    assert [chapter.place(said) for chapter in two] == ["#chart-startup", "#section-startup-2"]
    assert [chapter.place(Sentence("", "it works")) for chapter in two] == ["#documents", "#documents-2"]
    assert (first.file(CHARTS["startup"]), second.file(CHARTS["startup"])) == ("startup", "startup-2")
    (section,) = [section for section in first.costs if section.scenario == "startup"]
    assert {chart.name for chart in first.charts(section)} == first.drawn
    assert second.charts(section) == ()


def test_a_backend_has_one_number_on_the_whole_page_and_marks_what_is_of_it(two: list[Chapter]) -> None:
    first, second = two
    assert first.numbers == second.numbers
    threads, spawn, serial = (first.numbers[name] for name in ("threads", "processes.spawn", "serial"))
    assert (first.mark(LOCK.cell), second.mark(SPAWN.cell)) == (threads, spawn)
    sheet = sheets.scenario(second.results, "lock")
    assert dict(zip([row.cell for row in sheet.rows], second.marks(sheet), strict=True)) == {
        LOCK.cell: threads,
        SPAWN.cell: spawn,
        ALONE.cell: serial,
    }
    assert second.column_marks(second.matrix) == [None, serial, threads, spawn]
    named = Sheet("environment", "", second.matrix.columns, ())
    assert second.column_marks(named) == [None] * 4, "only the table of all backends has a column for each"


def test_a_row_of_a_failure_is_marked_by_the_cell_it_leads_to_and_one_of_nobody_is_not() -> None:
    rows = [*simple(LOCK, [1.0] * 5), failed(LOCK, 6)]
    (chapter,) = told(journal([LOCK], rows, [ALONE]))
    assert chapter.marks(chapter.failures) == [chapter.numbers["threads"]]
    assert set(chapter.marks(chapter.facts)) == {None}
    assert chapter.marks(Sheet("x", "", ("a",), (sheets.Row("", (Entry("a", cell="gone"),)),))) == [None]


def test_no_pair_of_scenario_and_backend_shows_its_script_twice(two: list[Chapter]) -> None:
    shown = [{name: [body.backends for body in made] for name, made in chapter.code.items()} for chapter in two]
    assert shown[0]["lock"] == [("threads",)]
    assert shown[1] == {"lock": [("processes.spawn",)]}
    (body,) = two[1].code["lock"]
    assert two[1].body_marks(body) == str(two[1].numbers["processes.spawn"])


def test_one_script_is_marked_by_all_backends_that_it_stands_for() -> None:
    plan = [planned(f"lock/processes.{method}", 6, width=2) for method in ("fork", "spawn")]
    (chapter,) = told(run("one", plan))
    (body,) = chapter.code["lock"]
    numbers = [chapter.numbers[cell.backend] for cell in plan]
    assert chapter.body_marks(body) == " ".join(map(str, numbers))


def test_the_command_that_draws_all_charts_names_the_journal_so_that_a_shell_takes_it(two: list[Chapter]) -> None:
    assert shlex.split(two[1].drawn_by) == ["python", "-m", "study", "report", "it's.jsonl"]
    assert two[1].journal_name == "it's.jsonl"


def test_the_journal_is_linked_only_where_it_lies_beside_the_report(tmp_path: Path) -> None:
    links = {
        "run.jsonl": "../run.jsonl",
        "a b#1%.jsonl": "../a%20b%231%25.jsonl",
        "deeper/../other.jsonl": "../other.jsonl",
        "deeper/run.jsonl": "",
    }
    every = [run(place, path=str(tmp_path / place)) for place in links]
    made = told(*every, directory=tmp_path / "deeper" / ".." / "report")
    assert [chapter.journal_link for chapter in made] == list(links.values())
    assert told(every[0])[0].journal_link == ""


def test_what_a_reader_has_to_know_first_comes_in_one_order() -> None:
    noisy = [witnessed(number, steal=0.3) for number in (1, 2)]
    made = journal([LOCK], simple(LOCK, [1.0] * 3), [], noisy, budget=Budget(60.0, 10.0, "much"))
    (chapter,) = told(msgspec.structs.replace(made, torn=True))
    torn, left_out, banner = chapter.warnings
    assert (chapter.progress, torn) == ("", TORN)
    assert left_out == "Measured within 1 min; left out: 3 of 6 blocks of 1 other cells."
    assert banner.startswith("The machine was noisy in 2 of the 2 blocks that count")
    (unfinished,) = told(journal([LOCK], simple(LOCK, [1.0] * 3)))[0].warnings
    assert unfinished.startswith("The campaign is not complete: 3 of 6 rows so far.")
    assert told(run("one"))[0].warnings == ()


def test_without_a_measurement_there_is_one_sentence_and_no_other() -> None:
    (chapter,) = told(journal([LOCK], [failed(LOCK, block) for block in range(1, 7)]))
    assert chapter.answer == (Sentence("", sentences.NOTHING),)
    assert chapter.answer != told(run("one"))[0].answer


def test_a_run_is_told_once_and_one_that_is_given_twice_is_named_without_what_is_invisible() -> None:
    other = run("other")
    with pytest.raises(JournalError, match="the run 'first' was given twice; name each journal once"):
        results_of([other, run("first"), run("first", path="another.jsonl")])
    with pytest.raises(JournalError) as refused:
        results_of([run("\u202e" + "x" * 150)] * 2)
    assert "\u202e" not in str(refused.value)
    assert len(str(refused.value)) < 150


def test_what_was_provoked_on_a_machine_is_told_by_the_first_of_its_runs(tmp_path: Path) -> None:
    dies = Attempt("killed_worker", "zebra", Outcome.DIES, "SIGKILL", seconds=0.25)
    seen = sightings.write(tmp_path, SEEN, [dies]).parent
    newer = msgspec.structs.replace(SEEN, started="2026-02-02T03:04:05+00:00", interpreter={"version": "3.14.0"})
    sightings.write(tmp_path, newer, [dies])
    names = [("elsewhere", tmp_path / "other"), ("here", seen), ("again", seen)]
    every = told(*(run(name, path=str(folder / f"{name}.jsonl")) for name, folder in names))
    assert [chapter.failing is not None for chapter in every] == [False, True, False]
    assert [bool(chapter.symptoms) for chapter in every] == [False, True, False]
    assert [chapter.failing_briefly is not None for chapter in every] == [False, True, False]
    assert [chapter.failing.version for chapter in every if chapter.failing] == ["3.13.1"], "the run's own Python"
    assert "zebra" in every[0].numbers, "its column has a number on the whole page"


def origin(cell: Planned, laps: dict[str, int]) -> list[Row]:
    """Rows of a cell whose laps were measured in so many of its blocks."""
    most = max(laps.values())
    return [
        measured(cell, block, {lap: [1.0] for lap, blocks in laps.items() if block <= blocks})
        for block in range(1, most + 1)
    ]


def test_the_numbers_of_one_row_tell_one_count_where_it_is_the_same_and_else_one_each() -> None:
    wide = planned("startup/threads", 6, form="worker", width=2)
    late = planned("startup/processes.spawn", 6, form="worker", width=2)
    rows = origin(START, {"cold ready": 6, "warm ready": 6}) + origin(wide, {"cold ready": 5, "cold call": 2})
    found = results([journal([START, wide, late], rows)])
    made = provenance.provenance(found, sheets.startup(found))
    assert set(made.of) == {START.cell, wide.cell}, "a row of words has no numbers"
    (place, count), (other, counts) = made.of[START.cell], made.of[wide.cell]
    assert (count, counts.split()) == ("6", ["-", "-", "-", "5", "-", "-", "2", "-", "-"])
    line = "study/scenarios/startup.py:40"
    assert made.sources[place][3:6] == (line, "study/scenarios/startup.py:41", "")
    assert made.sources[other][3:7] == (line, "", "", "study/scenarios/startup.py:41")
    assert place != other


def test_rows_that_were_measured_at_the_same_lines_share_them() -> None:
    every = [planned("startup/threads", 6, form="worker", width=width) for width in (1, 2, 4)]
    rows = [row for cell in every for row in simple(cell, [1.0] * 6, "cold ready")]
    found = results([journal(every, rows)])
    made = provenance.provenance(found, sheets.startup(found))
    assert (len(made.sources), set(made.of.values())) == (1, {(0, "6")})
    assert origins(found)[START.cell] == {"cold ready": Origin("study/scenarios/startup.py:40", 6)}


def test_a_table_without_laps_has_no_origins() -> None:
    found = results([run("one")])
    made = provenance.provenance(found, sheets.matrix(found))
    assert (made.sources, made.of) == ((), {})


def test_chips_are_numbered_from_nothing_on_and_a_backends_number_is_its_place(two: list[Chapter]) -> None:
    names = [*two[0].numbers]
    for group in view.groups(names, [chapter.journal for chapter in two]):
        assert [choice.number for choice in group.choices] == list(range(len(group.choices)))
    chips = view.groups(names, [])[0].choices
    assert {chip.value: chip.number for chip in chips} == dict(two[0].numbers)
    assert [chip.style for chip in chips] == [view.style_of(name) for name in names]
    assert view.style_of("zebra") == "other"


@pytest.mark.parametrize(
    ("name", "called"), [("x" * 60, True), ("x" * 61, False), ("Lock", False), ("a_b-1", True), ("a\n", False)]
)
def test_a_short_name_of_small_letters_is_a_tables_own(name: str, called: bool) -> None:
    assert (view.called(name) == name) is called


def test_a_section_tells_the_remarks_and_the_second_table_of_its_scenario_alone() -> None:
    lock, start = (
        sections.documents(results([run("one", [LOCK, START])])),
        sections.costs(results([run("one", [START])])),
    )
    assert [section.derived for section in (*lock, *start)] == [None, None]
    assert [section.remarks for section in (*lock, *start)] == [(), ()]

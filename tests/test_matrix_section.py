"""The page on what happens when it fails: is each cell what was seen, found by its symptom, and harmless to read?"""

import dataclasses
import re
from pathlib import Path
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

import backends
from journals import HOSTILE, journal, write
from pages import Page, uneven_lines
from study import accounts, palette, report, semantics, sightings
from study.accounts import Seen, word_of
from study.attempt import Attempt, Outcome
from study.hazard import HANG_S
from study.matrix import Pair
from study.semantics import Matrix, matrix
from study.sightings import Sightings
from study.symptoms import SYMPTOMS, symptoms

EVERY = (
    "serial",
    "threads",
    *(f"{kind}.{how}" for kind in ("processes", "executors") for how in ("fork", "spawn", "forkserver")),
)
KILLED, LAMBDA = "killed_worker", "lambda_task"
BROKEN = Attempt(
    KILLED,
    "executors.fork",
    Outcome.RAISES,
    "concurrent.futures.process.BrokenProcessPool",
    "A process in the process pool was terminated abruptly",
    0.5,
    0.125,
    "concurrent.futures.process._RemoteTraceback",
    {"submit": "raises concurrent.futures.process.BrokenProcessPool", "shutdown": "works"},
    "map",
    "study/hazards/killed_worker.py:33",
    'Traceback (most recent call last):\n  File "/home/me/project/study/hazards/killed_worker.py", line 33, in executor\n'
    '  File "/opt/python/lib/python3.13/concurrent/futures/process.py", line 620, in result_iterator\nBrokenProcessPool: A',
)
HANGS = Attempt(
    KILLED,
    "processes.fork",
    Outcome.HANGS,
    "map",
    "no answer within 10 s",
    20.0,
    doing="map",
    source="study/hazards/killed_worker.py:26",
    stacks='Current thread 0x1 (most recent call first):\n  File "/opt/python/lib/python3.13/threading.py", line 1 in wait\n',
)


def became(
    outcome: Outcome, hazard: str = KILLED, backend: str = "threads", what: str = "it", **more: object
) -> Attempt:
    return dataclasses.replace(Attempt(hazard, backend, outcome, what, doing="map"), **more)


def seen(*attempts: Attempt, version: str = "3.13.1", reasons: dict[tuple[str, str], str] | None = None) -> Sightings:
    pairs = [Pair(hazard, backend, reason) for (hazard, backend), reason in (reasons or {}).items()]
    pairs += [Pair(hazard, backend) for hazard, backend in dict.fromkeys((a.hazard, a.backend) for a in attempts)]
    header = sightings.Header(
        format=sightings.FORMAT,
        machine="xeon-2c-linux-1a2b3c",
        started=f"2026-01-02T03:04:{len(attempts) % 60:02}+00:00",
        interpreter={"version": version},
        sources={},
        pairs=pairs,
        repeat=1,
    )
    return Sightings("file", header, attempts)


KILLS = [dataclasses.replace(HANGS, backend=f"processes.{how}") for how in ("fork", "spawn", "forkserver")]
KILLS += [became(Outcome.DIES, what="SIGKILL"), BROKEN]
WHOLE = seen(*KILLS, reasons={(KILLED, "serial"): "there is no worker"})


def page_of(folder: Path, *runs: Sightings) -> Page:
    return Page(built(folder, *runs).read_text())


def built(folder: Path, *runs: Sightings) -> Path:
    path = write(journal([], []), folder / "xeon-2c-linux-1a2b3c" / "run.jsonl")
    for run in runs:
        sightings.write(folder, run.header, run.attempts)
    return report.build([path], folder / "report")


def word(found: Matrix, hazard: str, backend: str) -> str:
    (line,) = (line for line in found.lines if line.hazard == hazard)
    return next(cell.seen.word for cell in line.cells if cell.backend == backend)


# The words


@pytest.mark.parametrize(
    ("attempt", "expected"),
    [
        (BROKEN, "BrokenProcessPool"),
        (HANGS, "hangs"),
        (became(Outcome.DIES, what="SIGKILL"), "dies"),
        (became(Outcome.ANSWERS, what="same object"), "same object"),
        (became(Outcome.LOSES, what="428 of 1200"), "loses data"),
        (became(Outcome.ORPHANS, what="2 processes"), "leaves orphans"),
        (became(Outcome.WORKS), "works"),
    ],
)
def test_a_cell_holds_one_word(attempt: Attempt, expected: str) -> None:
    assert word_of(attempt) == expected


def test_where_chance_decides_the_worst_is_told_with_its_rate() -> None:
    tries = [became(Outcome.WORKS), became(Outcome.HANGS), became(Outcome.WORKS)]
    assert Seen("3.13.1", tuple(tries)).word == "hangs (1 of 3)"
    assert Seen("3.13.1", tuple(tries[::2])).word == "works"


@pytest.mark.parametrize("outcome", Outcome)
def test_every_outcome_has_a_colour_and_a_sentence(outcome: Outcome) -> None:
    assert outcome.value in palette.OUTCOMES
    told = Seen("3.13.1", (became(outcome, detail="detail"),)).sentence
    assert told[-1] in ".l"
    assert len(told) > 5


def test_a_hang_says_where_it_stood_and_that_the_caller_never_knew() -> None:
    one = Seen("3.13.1", (dataclasses.replace(HANGS, detail="in wait (threading.py:320)"),))
    assert one.sentence == f"map did not come to its end within {HANG_S:.0f} s, in wait (threading.py:320)."
    assert accounts.knew([one, Seen("3.13.1", (BROKEN,))]) == "never"


def test_the_stacks_of_a_hang_are_those_that_were_asked_for_or_that_the_body_dumped() -> None:
    dumped = dataclasses.replace(HANGS, stacks="", story=f"words\n{HANGS.stacks}", traceback="of our own time-out")
    for attempt in (HANGS, dumped):
        one = Seen("3.13.1", (attempt,))
        assert one.stacks.startswith("Current thread 0x1 (most recent call first):\n")
        assert one.traceback == ""
    assert Seen("3.13.1", (BROKEN,)).stacks == ""


def test_an_exception_is_told_with_its_cause_its_words_and_what_works_afterwards() -> None:
    one = Seen("3.13.1", (BROKEN,))
    assert one.sentence.startswith("map raised concurrent.futures.process.BrokenProcessPool, caused by concurrent")
    assert one.sentence.endswith(BROKEN.detail)
    assert accounts.knew([one]) == "after 125 ms"
    slower = Seen("3.13.1", (dataclasses.replace(BROKEN, known_s=1.5),))
    assert accounts.knew([slower, one]) == "after 125 ms to 1.50 s"
    assert accounts.knew([Seen("3.13.1", (became(Outcome.WORKS, known_s=1.0),))]) == ""
    assert one.afterwards == "submit raises concurrent.futures.process.BrokenProcessPool; shutdown works"


def test_a_traceback_names_no_folder_of_the_machine() -> None:
    told = accounts.shortened(BROKEN.traceback + '\n  File "C:\\Users\\me\\x.py", line 1, in f')
    assert 'File "study/hazards/killed_worker.py", line 33' in told
    assert 'File "concurrent/futures/process.py", line 620' in told
    assert 'File "x.py"' in told
    assert not re.search(r"/home|/opt|Users|\bme\b", told)


@given(st.text())
def test_any_text_is_shortened_to_so_many_lines(text: str) -> None:
    assert len(accounts.shortened(text).splitlines()) <= accounts.MOST_LINES + 1


# The matrix


def test_a_pair_that_is_not_tried_has_its_sentence_and_one_not_reached_says_so() -> None:
    run = dataclasses.replace(WHOLE, attempts=WHOLE.attempts[:3])
    found = matrix([run], "3.13.1")
    assert word(found, KILLED, "serial") == "not offered"
    assert word(found, KILLED, "threads") == "not reached"
    assert any("there is no worker" in account.first.sentence for account in found.lines[0].accounts)
    assert found.remarks == ("The run on Python 3.13.1 ended before 2 of its pairs were tried.",)


def test_backends_that_did_the_same_are_told_of_once_and_each_cell_leads_there() -> None:
    (line,) = matrix([WHOLE], "3.13.1").lines
    assert [len(account.cells) for account in line.accounts] == [1, 3, 1, 1]
    for cell in line.cells:
        account = next(one for one in line.accounts if one.anchor == line.account_of(cell))
        assert account.first.word == cell.seen.word


def test_a_known_defect_is_named_where_it_shows_and_not_where_it_works() -> None:
    (line,) = matrix([WHOLE], "3.13.1").lines
    issues = {account.cells[0].backend: account.issue for account in line.accounts}
    assert issues["processes.fork"] == "gh-66587"
    assert issues["threads"] == ""
    fine = matrix([seen(dataclasses.replace(HANGS, outcome=Outcome.WORKS))], "3.13.1")
    assert fine.lines[0].accounts[0].issue == ""


def test_the_words_are_of_the_journals_python_and_other_versions_are_marked_where_they_differ() -> None:
    older = seen(became(Outcome.DIES), dataclasses.replace(HANGS, outcome=Outcome.WORKS), version="3.10.13")
    newer = seen(became(Outcome.DIES), HANGS, version="3.13.1")
    found = matrix([older, newer], "3.10.13")
    assert (found.version, found.versions) == ("3.10.13", ("3.10.13", "3.13.1"))
    (line,) = found.lines
    assert {cell.backend: [other.word for other in cell.others] for cell in line.cells} == {
        "threads": [],
        "processes.fork": ["hangs"],
    }
    assert matrix([older, newer], "3.99.0").version == "3.13.1"


def test_a_hazard_that_is_not_installed_keeps_its_name_and_has_no_command() -> None:
    found = matrix([seen(became(Outcome.DIES, hazard='x"><script>'))], "3.13.1")
    (line,) = found.lines
    assert (line.title, line.command) == ('x"><script>', "")
    assert re.fullmatch(r"[a-z/0-9]+", line.anchor)
    assert found.groups[0].title == semantics.ELSEWHERE


def test_of_several_files_of_one_version_the_last_stands(tmp_path: Path) -> None:
    for attempts in ([became(Outcome.DIES)], [became(Outcome.WORKS), became(Outcome.WORKS)]):
        sightings.write(tmp_path, seen(*attempts).header, attempts)
    found = semantics.find(tmp_path / "xeon-2c-linux-1a2b3c", "3.13.1")
    assert found is not None
    assert word(found, KILLED, "threads") == "works"
    assert semantics.find(tmp_path / "nothing", "3.13.1") is None


def test_a_file_that_cannot_be_read_is_left_out_and_named(tmp_path: Path) -> None:
    path = sightings.write(tmp_path, WHOLE.header, WHOLE.attempts)
    (path.parent / "20990101T000000Z-3.12.0.failures.jsonl").write_text("{}\n")
    found = semantics.find(path.parent, "3.13.1")
    assert found is not None
    assert found.remarks[0].startswith("Left out: ")


# The symptoms


def test_a_hang_is_found_under_its_symptom_with_what_tells_instead() -> None:
    first = symptoms(matrix([WHOLE], "3.13.1"))[0]
    assert first.title == "It hangs"
    (finding,) = first.findings
    assert (finding.line.title, finding.doing) == ("A worker is killed", "map")
    assert finding.where == "multiprocessing (all start methods)"
    assert finding.instead == "threading.Thread: dies; ProcessPoolExecutor (fork): BrokenProcessPool"


def test_what_raises_is_found_under_the_name_of_the_exception() -> None:
    (last,) = (symptom for symptom in symptoms(matrix([WHOLE], "3.13.1")) if symptom.title == "It raises")
    assert [(head, len(findings)) for head, findings in last.heads] == [("BrokenProcessPool", 1)]


def test_every_outcome_that_is_no_good_belongs_to_one_symptom() -> None:
    kinds = [outcome for outcomes in SYMPTOMS.values() for outcome in outcomes]
    assert sorted(kinds, key=str) == sorted(set(Outcome) - {Outcome.WORKS, Outcome.ANSWERS}, key=str)


def test_what_was_not_seen_is_no_symptom() -> None:
    assert symptoms(matrix([seen(became(Outcome.WORKS))], "3.13.1")) == ()


# The page


def test_the_page_has_the_matrix_with_a_head_for_each_row_and_column(tmp_path: Path) -> None:
    path = built(tmp_path, WHOLE)
    page = Page(path.read_text())
    assert "What happens when it fails" in page.text
    assert "It hangs A worker is killed , at map multiprocessing (all start methods)" in page.text
    table = re.search(r'<table class="failing"[^>]*>.*?</table>', path.read_text(), re.DOTALL)
    assert table is not None
    assert table[0].count('scope="col"') == 1 + len({pair.backend for pair in WHOLE.header.pairs})
    assert table[0].count('scope="row"') == 1
    assert "<caption><span>A worker or a task fails" in table[0]


def test_every_link_of_it_leads_somewhere_and_no_identifier_is_used_twice(tmp_path: Path) -> None:
    page = page_of(
        tmp_path, WHOLE, seen(became(Outcome.DIES, hazard=HOSTILE), became(Outcome.WORKS, hazard="other one"))
    )
    assert len(page.ids) == len(set(page.ids))
    assert {unquote(link[1:]) for link in page.links if link.startswith("#")} <= set(page.ids)


def test_an_account_tells_all_that_was_seen(tmp_path: Path) -> None:
    text = page_of(tmp_path, WHOLE, seen(became(Outcome.WORKS), version="3.12.9")).text
    for told in (
        "On multiprocessing (all start methods) The caller knew never",
        "On ProcessPoolExecutor (fork) The caller knew after 125 ms",
        "Afterwards submit raises concurrent.futures.process.BrokenProcessPool; shutdown works",
        "CPython gh-66587",
        "Provoked by study/hazards/killed_worker.py:26",
        "python -m study failures -k killed_worker",
        "there is no worker",
        "Python 3.12.9 threading.Thread: works.",
        "Where each thread stood",
    ):
        assert told in text


def test_without_a_file_the_page_says_nothing_of_it(tmp_path: Path) -> None:
    page = page_of(tmp_path)
    assert "when-it-fails" not in page.ids
    assert "What happens when it fails" not in page.text


def test_text_from_a_strangers_file_stays_text(tmp_path: Path) -> None:
    texts = dict.fromkeys(("what", "detail", "cause", "doing", "source", "traceback", "stacks", "story"), HOSTILE)
    attempts = [
        became(outcome, hazard=hazard, backend=backend, afterwards={HOSTILE: HOSTILE}, **texts)
        for hazard in (KILLED, HOSTILE)
        for backend, outcome in zip([*backends.names(), HOSTILE], [*Outcome, *Outcome], strict=False)
    ]
    path = built(tmp_path, seen(*attempts, version="3.13.1", reasons={(LAMBDA, "threads"): HOSTILE}))
    page, text = Page(path.read_text()), path.read_text()
    assert page.tags.count("script") == 1
    assert "<script>alert" not in text
    assert not [name for _, name, _ in page.attributes if name.startswith("on") or name == "style"]
    assert not set(text) & set("\x00\x1b\u202e")
    assert uneven_lines((path.parent / "summary.md").read_text()) == []


def test_the_summary_has_the_failures_and_no_behaviour(tmp_path: Path) -> None:
    run = seen(*KILLS, became(Outcome.ANSWERS, hazard="same_object_or_copy", what="copy"))
    text = (built(tmp_path, run).parent / "summary.md").read_text()
    section = text.partition("## What happens when it fails")[2].partition("\n## ")[0]
    assert "| A worker is killed |" in section
    assert "BrokenProcessPool" in section
    assert "copy" not in section
    assert uneven_lines(text) == []


def test_two_runs_of_one_machine_share_the_matrix(tmp_path: Path) -> None:
    folder = tmp_path / "xeon-2c-linux-1a2b3c"
    made = journal([], [])
    header = type(made.header)(
        **{**{f: getattr(made.header, f) for f in made.header.__struct_fields__}, "run": "other"}
    )
    paths = [
        write(made, folder / "one.jsonl"),
        write(type(made)(made.path, header, made.rows, made.torn), folder / "two.jsonl"),
    ]
    sightings.write(tmp_path, WHOLE.header, WHOLE.attempts)
    page = Page(report.build(paths, tmp_path / "report").read_text())
    assert [name for name in page.ids if name.startswith("when-it-fails")] == ["when-it-fails"]


def test_a_whole_matrix_is_a_third_of_what_a_page_may_weigh(tmp_path: Path) -> None:
    every = [
        dataclasses.replace(KILLS[number % len(KILLS)], hazard=hazard, backend=backend)
        for hazard in semantics.known_hazards()
        for number, backend in enumerate(EVERY)
    ]
    with_it, without = (built(tmp_path / name, *runs) for name, runs in (("with", [seen(*every)]), ("without", [])))
    assert with_it.stat().st_size - without.stat().st_size < 700_000

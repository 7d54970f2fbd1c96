"""Is what was seen told so that a reader finds his danger: by hazard, by backend, with rates and versions, and as JSON?"""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import msgspec
import pytest

from fake_hazards import ROOT
from study import cli, failures, hazards, outcomes, sightings
from study.attempt import Attempt, Outcome
from study.matrix import Pair
from study.outcomes import Seen
from study.sightings import Header, Sightings

BROKEN = "concurrent.futures.process.BrokenProcessPool"
KILLED = "killed_worker"
WHY_SERIAL = "there is no worker: what kills the task kills the program"
LONG_S = 60.0


def dies(backend: str) -> Attempt:
    return Attempt(KILLED, backend, Outcome.DIES, "SIGKILL")


def hangs(backend: str) -> Attempt:
    later = {"map again": "works", "terminate": "works"}
    return Attempt(KILLED, backend, Outcome.HANGS, "map", "no answer within 10 s", 10.4, 10.0, afterwards=later)


def breaks(backend: str, known_s: float = 0.04) -> Attempt:
    later = {"submit": f"raises {BROKEN}", "shutdown": "works"}
    return Attempt(KILLED, backend, Outcome.RAISES, BROKEN, "A process …", 0.5, known_s, afterwards=later)


def seen(version: str, *attempts: Attempt, more: tuple[Pair, ...] = ()) -> Sightings:
    pairs = dict.fromkeys((attempt.hazard, attempt.backend) for attempt in attempts)
    header = Header(
        format=1,
        machine="xeon-2c",
        started="2026-01-02T03:04:05+00:00",
        interpreter={"version": version},
        sources={},
        pairs=[*more, *(Pair(*pair) for pair in pairs)],
        repeat=1,
    )
    return Sightings("made-up.failures.jsonl", header, attempts)


FORK, SPAWN, FUTURES = "processes.fork", "processes.spawn", "executors.fork"
SERIAL = Pair(KILLED, "serial", WHY_SERIAL)
ONE = seen("3.13.1", dies("threads"), hangs(FORK), hangs(SPAWN), breaks(FUTURES), more=(SERIAL,))


@pytest.mark.parametrize(
    ("attempt", "key", "words"),
    [
        (dies("threads"), "dies", "ends the whole program (SIGKILL)"),
        (hangs(FORK), "hangs", "hangs"),
        (breaks(FUTURES), "raises BrokenProcessPool", "raises BrokenProcessPool"),
        (Attempt("h", "b", Outcome.ANSWERS, "a copy", "it is"), "answers a copy", "a copy"),
        (Attempt("h", "b", Outcome.LOSES, "3 of 9 arrived"), "loses data", "loses data (3 of 9 arrived)"),
        (Attempt("h", "b", Outcome.WRONG, "3 for 4"), "wrong answer", "gives a wrong answer (3 for 4)"),
        (Attempt("h", "b", Outcome.ORPHANS, "2 processes"), "leaves orphans", "leaves processes behind (2 processes)"),
        (Attempt("h", "b", Outcome.LEAKS, "psm_1"), "leaks", "leaves shared memory behind"),
        (Attempt("h", "b", Outcome.WORKS, ""), "works", "works"),
    ],
)
def test_an_outcome_has_a_key_to_compare_and_words_to_read(attempt: Attempt, key: str, words: str) -> None:
    assert (outcomes.key_of(attempt), outcomes.words_of(attempt)) == (key, words)


def test_every_outcome_has_words_and_a_heading() -> None:
    assert outcomes.WORDS.keys() == failures.HEADINGS.keys() == set(Outcome)


def test_backends_that_share_an_outcome_are_told_together_the_worst_first() -> None:
    told = [(shared.label, shared.backends) for shared in outcomes.shared(outcomes.seen_in([ONE]))]
    assert told == [
        ("hangs", [FORK, SPAWN]),
        ("ends the whole program", ["threads"]),
        ("raises BrokenProcessPool", [FUTURES]),
    ]


def test_what_chance_decides_has_its_rate() -> None:
    found = Seen(KILLED, FORK, "3.13.1", (breaks(FORK), hangs(FORK), hangs(FORK)))
    assert found.label == "hangs 2 of 3, raises BrokenProcessPool 1 of 3"
    assert found.worst.outcome is Outcome.HANGS


def test_amounts_that_differ_are_no_other_outcome() -> None:
    lost = [Attempt(KILLED, FORK, Outcome.LOSES, what) for what in ("3 of 9", "4 of 9")]
    assert Seen(KILLED, FORK, "3.13.1", tuple(lost)).label == "loses data"


def test_versions_are_marked_only_where_they_differ() -> None:
    old = seen("3.10.1", hangs(FUTURES), dies("threads"))
    new = seen("3.11.1", breaks(FUTURES), dies("threads"), breaks("executors.spawn"))
    told = [(one.label, one.backends, one.pythons) for one in outcomes.shared(outcomes.seen_in([old, new]))]
    assert told == [
        ("hangs", [FUTURES], ("3.10.1",)),
        ("ends the whole program", ["threads"], ()),
        ("raises BrokenProcessPool", ["executors.spawn"], ()),
        ("raises BrokenProcessPool", [FUTURES], ("3.11.1",)),
    ]
    assert "raises BrokenProcessPool: executors.fork  (only on Python 3.11.1)" in failures.as_text([old, new])


@pytest.mark.parametrize(
    ("attempts", "told"),
    [
        ([hangs(FORK)], "the caller never knows"),
        ([breaks(FUTURES)], "known after 0.04 s"),
        ([breaks(FUTURES), breaks(FUTURES, 2.2)], "known after 0.04 to 2 s"),
        ([dies("threads")], ""),
        ([Attempt("h", "b", Outcome.WORKS, "", known_s=0.1)], ""),
    ],
)
def test_it_is_told_how_long_until_the_caller_knew(attempts: list[Attempt], told: str) -> None:
    assert outcomes.knew(attempts) == told


def test_it_is_told_whether_things_work_afterwards() -> None:
    assert outcomes.afterwards([breaks(FUTURES)]) == "afterwards: submit raises BrokenProcessPool, shutdown works"
    two = [breaks(FUTURES), Attempt(KILLED, FUTURES, Outcome.WORKS, "", afterwards={"submit": "hangs"})]
    assert outcomes.afterwards(two) == "afterwards: submit raises BrokenProcessPool or hangs, shutdown works"
    assert outcomes.afterwards([dies("threads")]) == ""


def test_the_text_names_group_title_backends_issue_and_what_is_not_offered() -> None:
    text = failures.as_text([ONE], width=200)
    assert text.startswith("A worker or a task fails\n")
    assert f"A worker is killed  [{KILLED}]\n    hangs: processes.fork, processes.spawn\n" in text
    assert "the caller never knows; afterwards: map again works, terminate works; CPython gh-66587\n" in text
    assert f"    not offered by serial: {WHY_SERIAL}\n" in text
    assert text.endswith("1 hazard, 4 interpreters, Python 3.13.1")


def test_an_issue_is_named_only_where_it_is_seen() -> None:
    works = seen("3.13.1", Attempt(KILLED, FORK, Outcome.WORKS, ""))
    assert "gh-66587" not in failures.as_text([works])


@pytest.mark.parametrize("width", [60, 100])
def test_lines_are_as_wide_as_the_terminal(width: int) -> None:
    assert max(map(len, failures.as_text([ONE], width).splitlines())) <= width


def test_the_dangers_of_one_backend_begin_with_what_hangs() -> None:
    works = Attempt("error_in_task", FORK, Outcome.WORKS, "")
    every = seen("3.13.1", works, hangs(FORK), dies("threads"), more=(Pair("segfault", FORK, "it has no such thing"),))
    text = failures.dangers_as_text([every], FORK, width=200)
    assert text.startswith(
        "multiprocessing (fork), Python 3.13.1\n\nIt hangs\n    A worker is killed: hangs; no answer"
    )
    assert text.index("It hangs") < text.index("It works\n") < text.index("Not offered\n")
    assert ": it has no such thing" in text
    assert "The whole program ends" not in text


def test_one_document_holds_all_of_it() -> None:
    document = json.loads(failures.as_json([ONE]))
    first = document["seen"][0]
    assert (first["hazard"], first["backend"], first["outcomes"], first["of"]) == (KILLED, "threads", {"dies": 1}, 1)
    assert [one["issue"] for one in document["seen"]] == ["", "gh-66587", "gh-66587", ""]
    assert document["not offered"] == [
        {"python": "3.13.1", "hazard": KILLED, "backend": "serial", "reason": WHY_SERIAL}
    ]


# The command


def test_it_tries_what_was_chosen_keeps_it_and_prints_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    chosen = ["-k", "(error_in_task/threads or error_in_task/serial) and not memory", "--results", str(tmp_path)]
    assert cli.main(["failures", "--repeat", "2", *chosen]) == cli.FINE
    told = capsys.readouterr()
    (path,) = sightings.found_in(tmp_path)
    found = sightings.read(path)
    assert {attempt.outcome for attempt in found.attempts} == {Outcome.RAISES}
    assert [len(attempts) for attempts in found.tried.values()] == [2] * len(found.tried)
    assert "raises ValueError: serial, threads" in told.out
    assert str(path) in told.err
    assert "4 interpreters to start" in told.err


def test_for_one_backend_it_prints_its_dangers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    chosen = ["-k", "error_in_task and not memory", "--backend", "threads", "--results", str(tmp_path)]
    assert cli.main(["failures", *chosen]) == cli.FINE
    assert "It raises\n" in capsys.readouterr().out


def test_it_prints_one_document(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    chosen = ["-k", "error_in_task and not memory", "--backend", "threads", "--results", str(tmp_path)]
    assert cli.main(["failures", "--json", *chosen]) == cli.FINE
    assert json.loads(capsys.readouterr().out)["seen"][0]["outcomes"] == {"raises ValueError": 1}


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--backend", "fibers"], "there is no backend 'fibers'"),
        (["-k", "no_such_hazard"], "matches no hazard"),
        (["-k", "and"], "a word is missing"),
        (["--python", "/nowhere/python"], "there is no such program"),
        (["-k", "error_in_task", "--results", "/proc/nowhere"], "--results"),
    ],
)
def test_what_cannot_be_followed_is_refused_in_a_sentence(arguments, told, tmp_path, capsys) -> None:
    results = [] if "--results" in arguments else ["--results", str(tmp_path)]
    assert cli.main(["failures", *results, *arguments]) == cli.USAGE
    assert told in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_ctrl_c_keeps_what_was_seen_and_says_where(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "study", "failures", "-k", "killed", "--results", str(tmp_path)]
    process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True, start_new_session=True)
    try:
        until = time.monotonic() + LONG_S
        while not any(b"SIGKILL" in path.read_bytes() for path in sightings.found_in(tmp_path)):
            assert time.monotonic() < until
            time.sleep(0.02)
        os.kill(process.pid, signal.SIGINT)
        told = process.communicate(timeout=LONG_S)[1]
    finally:
        process.kill()
    (path,) = sightings.found_in(tmp_path)
    assert process.returncode == cli.INTERRUPTED
    assert f"study: interrupted; {path} keeps what was seen." in told
    found = sightings.read(path)
    assert 1 <= len(found.attempts) < len(found.tried)
    assert "[killed_worker]" in failures.as_text([found])


def test_what_is_kept_of_a_run_fits_the_hazards_there_are(tmp_path: Path) -> None:
    gone = msgspec.structs.replace(ONE.header, pairs=[Pair("no_longer", "threads", "gone")])
    assert hazards.names()
    assert failures.as_text([Sightings("x", gone, ())]).startswith("0 hazards")

"""Is what many runs saw put together so that each symptom has its ways, each backend its word, and each version its place?"""

import dataclasses
import json
from collections.abc import Mapping
from pathlib import Path

import msgspec
import pytest

from study import failures, semantics, sightings
from study.attempt import Attempt, Outcome
from study.matrix import Pair
from study.semantics import Matrix, matrix
from study.sightings import Header, Sightings
from study.symptoms import Finding, Symptom, symptoms

KILLED, BEHAVIOUR, JOIN = "killed_worker", "same_object_or_copy", "join_before_drain"
FORK, SPAWN, SERVER = "processes.fork", "processes.spawn", "processes.forkserver"
MACHINE = "xeon-2c-linux-1a2b3c"


def became(
    outcome: Outcome, backend: str = "threads", hazard: str = KILLED, what: str = "it", **more: object
) -> Attempt:
    return dataclasses.replace(Attempt(hazard, backend, outcome, what, doing="map"), **more)  # type: ignore[arg-type]


def seen(
    *attempts: Attempt,
    version: str = "3.13.1",
    reasons: Mapping[tuple[str, str], str] | None = None,
    second: int = 0,
    unreached: tuple[Pair, ...] = (),
) -> Sightings:
    pairs = [Pair(*pair) for pair in dict.fromkeys((one.hazard, one.backend) for one in attempts)]
    header = Header(
        format=sightings.FORMAT,
        machine=MACHINE,
        started=f"2026-01-02T03:04:{second:02}+00:00",
        interpreter={"version": version},
        sources={},
        pairs=[*pairs, *unreached, *(Pair(*pair, reason) for pair, reason in (reasons or {}).items())],
        repeat=1,
    )
    return Sightings("file", header, attempts)


def symptom(found: Matrix, title: str) -> Symptom:
    (one,) = (one for one in symptoms(found) if one.title == title)
    return one


def only(found: Matrix, title: str) -> Finding:
    (finding,) = symptom(found, title).findings
    return finding


# The symptoms


def test_two_ways_of_losing_data_are_one_finding_that_names_both_backends() -> None:
    finding = only(
        matrix([seen(became(Outcome.LOSES), became(Outcome.WRONG, FORK), became(Outcome.WORKS, SPAWN))], "3.13.1"),
        "Data is lost or wrong",
    )
    assert finding.where == "threading.Thread, multiprocessing (fork)"
    assert finding.instead == "multiprocessing (spawn): works"


def test_the_call_is_named_only_where_all_who_show_it_hang_in_the_same() -> None:
    one, other = became(Outcome.HANGS), became(Outcome.HANGS, FORK, doing="join")
    assert only(matrix([seen(one)], "3.13.1"), "It hangs").doing == "map"
    assert only(matrix([seen(one, other)], "3.13.1"), "It hangs").doing == ""


def test_backends_that_do_the_same_instead_are_named_together_and_who_was_not_tried_not_at_all() -> None:
    run = seen(
        *(became(Outcome.HANGS, SPAWN), became(Outcome.DIES), became(Outcome.RAISES, FORK, what="a.Broken")),
        became(Outcome.DIES, "executors.thread"),
        reasons={(KILLED, "serial"): "there is no worker"},
        unreached=(Pair(KILLED, SERVER),),
    )
    instead = only(matrix([run], "3.13.1"), "It hangs").instead
    assert instead == "threading.Thread, ThreadPoolExecutor: dies; multiprocessing (fork): Broken"


def test_exceptions_are_found_by_name_each_with_who_raises_it() -> None:
    run = seen(
        became(Outcome.RAISES, "threads", JOIN, "z.Late"),
        *(
            became(Outcome.RAISES, name, what=what)
            for name, what in ((FORK, "b.Late"), (SPAWN, "Early"), (SERVER, "Late"))
        ),
        became(Outcome.RAISES, "threads", BEHAVIOUR, "Differs"),
        became(Outcome.DIES, "executors.thread"),
    )
    found = symptom(matrix([run], "3.13.1"), "It raises")
    told = [(head, [(one.line.hazard, one.where, one.instead) for one in findings]) for head, findings in found.heads]
    assert told == [
        ("Early", [(KILLED, "multiprocessing (spawn)", "")]),
        ("Late", [(KILLED, "multiprocessing (fork, forkserver)", ""), (JOIN, "threading.Thread", "")]),
    ]
    assert [one.line.hazard for one in found.findings] == [KILLED, KILLED, JOIN]


def test_a_behaviour_that_hangs_is_a_danger_and_one_that_raises_is_an_answer() -> None:
    hangs, raises = (became(outcome, hazard=BEHAVIOUR) for outcome in (Outcome.HANGS, Outcome.RAISES))
    assert only(matrix([seen(hangs)], "3.13.1"), "It hangs").line.hazard == BEHAVIOUR
    assert symptoms(matrix([seen(raises)], "3.13.1")) == ()


def test_a_finding_leads_to_the_account_of_those_who_show_it() -> None:
    found = matrix([seen(became(Outcome.WORKS), became(Outcome.HANGS, FORK), became(Outcome.DIES, SPAWN))], "3.13.1")
    for title, backend in (("It hangs", FORK), ("The program dies", SPAWN)):
        finding = only(found, title)
        (account,) = (one for one in finding.line.accounts if one.anchor == finding.anchor)
        assert [cell.backend for cell in account.cells] == [backend]


# The matrix


def test_pythons_are_in_the_order_of_their_numbers_and_not_of_their_letters() -> None:
    runs = [seen(became(Outcome.WORKS), version=version) for version in ("3.10.2", "3.9.1", "3.14.0", "3.11.5")]
    assert matrix(runs, "3.11.5").versions == ("3.9.1", "3.10.2", "3.11.5", "3.14.0")


def test_without_a_file_of_the_journals_python_the_words_are_of_the_newest_file(tmp_path: Path) -> None:
    """Also where that Python had a file before the others."""
    runs = [(outcome, version) for outcome, version in zip(Outcome, ("3.12.1", "3.13.1", "3.12.1"), strict=False)]
    for second, (outcome, version) in enumerate(runs):
        run = seen(became(outcome), version=version, second=second)
        sightings.write(tmp_path, run.header, run.attempts)
    found = semantics.find(tmp_path / MACHINE, "3.99.0", "-2")
    assert found is not None
    (line,) = found.lines
    assert (found.version, found.versions) == ("3.12.1", ("3.12.1", "3.13.1"))
    assert (line.anchor, line.cells[0].seen.kind) == (f"failing-2/{KILLED}", Outcome.RAISES.value)


def test_a_pair_that_a_file_does_not_have_is_not_said_to_have_been_interrupted() -> None:
    older, newer = seen(became(Outcome.DIES), version="3.12.1"), seen(became(Outcome.HANGS, FORK))
    (line,) = matrix([older, newer], "3.13.1").lines
    words = {cell.backend: (cell.seen.sentence, [other.word for other in cell.others]) for cell in line.cells}
    assert words["threads"] == ("This file has nothing of it.", ["dies"])
    assert words[FORK][1] == []
    assert matrix([older, newer], "3.13.1").remarks == ()


def test_what_was_not_tried_is_told_last_with_one_account_for_each_reason() -> None:
    reasons = {(KILLED, "serial"): "no worker", (KILLED, FORK): "no fork", (KILLED, SPAWN): "no fork"}
    (line,) = matrix([seen(became(Outcome.WORKS), reasons=reasons)], "3.13.1").lines
    assert [([cell.backend for cell in one.cells], one.first.reason) for one in line.accounts] == [
        (["threads"], ""),
        (["serial"], "no worker"),
        ([FORK, SPAWN], "no fork"),
    ]
    assert len({one.anchor for one in line.accounts}) == 3


def test_a_stranger_s_hazards_come_after_all_groups_and_count_as_failures() -> None:
    found = matrix([seen(became(Outcome.DIES, hazard="aaa"), became(Outcome.WORKS, hazard=BEHAVIOUR))], "3.13.1")
    assert [line.hazard for line in found.lines] == [BEHAVIOUR, "aaa"]
    assert [row.entries[0].text for row in semantics.short(found).rows] == ["aaa"]


def test_of_two_files_begun_in_one_second_both_are_found(tmp_path: Path) -> None:
    run = seen(became(Outcome.DIES))
    paths = {sightings.write(tmp_path, run.header) for _ in range(3)}
    assert len(paths) == 3
    assert set(sightings.found_in(tmp_path)) == paths


def test_files_of_all_machines_are_found_by_their_time(tmp_path: Path) -> None:
    for second, name in enumerate(("b", "c", "a")):
        sightings.write(tmp_path, msgspec.structs.replace(seen(second=second).header, machine=name))
    assert [path.parent.name for path in sightings.found_in(tmp_path)] == ["b", "c", "a"]


@pytest.mark.parametrize("field", ["seconds", "known_s"])
@pytest.mark.parametrize(
    ("time", "fits"), [(0.0, True), (1e6, True), (-1e-9, False), (1e9, False), (float("nan"), False)]
)
def test_a_time_that_can_be_none_is_refused(field: str, time: float, fits: bool) -> None:
    attempt = became(Outcome.RAISES, **{field: time})
    complaint = sightings.Kept(seen(attempt).header).add(attempt)
    assert (complaint == "") == fits
    assert fits or f"`$.{field}` is {time}" in complaint


# The command's text


def test_what_no_python_tried_is_told_once_for_each_reason_and_what_one_tried_is_not() -> None:
    reasons = {(KILLED, "serial"): "no worker", (KILLED, FORK): "no fork", (KILLED, SPAWN): "no fork"}
    runs = [seen(became(Outcome.WORKS), reasons=reasons, version="3.10.1"), seen(became(Outcome.WORKS, FORK))]
    text = failures.as_text(runs)
    assert "\n    not offered by serial: no worker\n    not offered by processes.spawn: no fork\n" in text
    assert text.count("not offered") == 2
    assert failures.dangers_as_text(runs, FORK).count("Not offered") == 0
    assert failures.dangers_as_text(runs, SPAWN).endswith("Not offered\n    A worker is killed: no fork")


def test_the_last_line_counts_hazards_and_interpreters_and_names_what_chance_decides() -> None:
    certain = [became(Outcome.DIES, hazard=JOIN), became(Outcome.DIES, hazard=JOIN)]
    run = seen(became(Outcome.HANGS), became(Outcome.WORKS), *certain)
    closing = failures.as_text([run, seen(became(Outcome.WORKS), version="3.14.1")]).rpartition("\n\n")[2]
    assert closing == f"2 hazards, 5 interpreters, Python 3.13.1, 3.14.1; chance decides in {KILLED}/threads"


def test_a_danger_that_only_one_python_has_names_it() -> None:
    runs = [
        seen(became(outcome), version=version)
        for outcome, version in ((Outcome.DIES, "3.12.1"), (Outcome.WORKS, "3.14.1"))
    ]
    text = failures.dangers_as_text(runs, "threads")
    assert "A worker is killed: ends the whole program (only on Python 3.12.1); it" in text
    assert "A worker is killed: works (only on Python 3.14.1)" in text


def test_the_document_has_the_worst_of_several_attempts_and_how_many_went_otherwise() -> None:
    tries = [
        became(Outcome.WORKS, FORK),
        became(Outcome.HANGS, FORK, detail="d", seconds=1.23456),
        became(Outcome.WORKS, FORK),
    ]
    (told,) = json.loads(failures.as_json([seen(*tries)]))["seen"]
    assert (told["outcomes"], told["of"]) == ({"works": 2, "hangs": 1}, 3)
    assert (told["detail"], told["seconds"], told["issue"]) == ("d", 1.235, "gh-66587")

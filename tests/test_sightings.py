"""Is what the matrix saw kept as it was, and is any other file refused in one sentence?"""

import dataclasses
from pathlib import Path

import msgspec
import pytest

from study import between, journal, lines, preparation, sightings
from study.attempt import Attempt, Outcome
from study.journal import JournalError
from study.matrix import Pair
from study.sightings import Header

INTERPRETER = {"version": "3.13.1", "free_threaded_build": False, "start_methods": ["fork", "spawn"]}
PAIRS = [
    Pair("killed_worker", "serial", "there is no worker"),
    Pair("killed_worker", "threads"),
    Pair("killed_worker", "processes.fork"),
]
HEADER = Header(
    format=sightings.FORMAT,
    machine="xeon-2c-linux-1a2b3c",
    started="2026-01-02T03:04:05+00:00",
    interpreter=INTERPRETER,
    sources={"study/hazard.py": "0123456789abcdef"},
    pairs=PAIRS,
    repeat=1,
)
DIES = Attempt("killed_worker", "threads", Outcome.DIES, "SIGKILL", seconds=0.25)
HANGS = Attempt(
    "killed_worker",
    "processes.fork",
    Outcome.HANGS,
    "map",
    "no answer within 10 s",
    20.5,
    10.0,
    "",
    {"map again": "works", "terminate": "hangs"},
    "map",
    "study/hazards/killed_worker.py:26",
    "Traceback …",
    "Current thread 0x00007f (most recent call first):\n",
    "\x00 ä 😀\n",
    ("worker", "resource tracker"),
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return sightings.write(tmp_path, HEADER, [DIES, HANGS])


def lines_of(path: Path) -> list[bytes]:
    return path.read_bytes().splitlines(keepends=True)


def test_what_was_written_is_read_again(path: Path) -> None:
    seen = sightings.read(path)
    assert seen == sightings.Sightings(str(path), HEADER, (DIES, HANGS))


def test_each_pair_has_all_that_became_of_it_and_those_not_tried_their_sentence(path: Path) -> None:
    again = dataclasses.replace(DIES, what="SIGSEGV")
    sightings.append(path, again)
    seen = sightings.read(path)
    assert seen.tried == {("killed_worker", "threads"): [DIES, again], ("killed_worker", "processes.fork"): [HANGS]}
    assert seen.untried == {("killed_worker", "serial"): "there is no worker"}


def test_a_pair_that_was_not_reached_has_nothing(tmp_path: Path) -> None:
    seen = sightings.read(sightings.write(tmp_path, HEADER, [DIES]))
    assert seen.tried["killed_worker", "processes.fork"] == []


def test_it_lies_in_the_folder_of_its_machine_under_its_time_and_version(path: Path, tmp_path: Path) -> None:
    assert path == tmp_path / "xeon-2c-linux-1a2b3c" / "20260102T030405Z-3.13.1.failures.jsonl"
    assert sightings.found_in(tmp_path) == sightings.found_in(path.parent) == [path]


def test_two_of_one_second_do_not_overwrite_each_other(path: Path, tmp_path: Path) -> None:
    other = sightings.write(tmp_path, HEADER)
    assert other.name == "20260102T030405Z-3.13.1-2.failures.jsonl"
    assert sightings.read(path).attempts == (DIES, HANGS)


def test_a_free_threaded_build_is_told_from_the_other(tmp_path: Path) -> None:
    free = msgspec.structs.replace(HEADER, interpreter={**INTERPRETER, "free_threaded_build": True})
    seen = sightings.read(sightings.write(tmp_path, free))
    assert (seen.version, seen.python) == ("3.13.1t", (3, 13))


def test_a_file_that_is_begun_says_what_was_going_to_be_tried_and_with_which_code(tmp_path: Path) -> None:
    seen = sightings.read(sightings.begin(tmp_path, INTERPRETER, PAIRS, repeat=3))
    assert (seen.header.pairs, seen.header.repeat, seen.attempts) == (PAIRS, 3, ())
    assert {"backends/threads.py", "study/hazards/killed_worker.py", "study/attempt.py"} <= seen.header.sources.keys()


def test_an_attempt_is_on_the_disk_when_append_returns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = sightings.write(tmp_path, HEADER)
    synced = []
    monkeypatch.setattr(lines.os, "fsync", lambda descriptor: synced.append(path.read_bytes().count(b"\n")))
    sightings.append(path, DIES)
    assert synced == [2]


def test_a_line_that_a_kill_has_cut_is_left_out(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-10])
    seen = sightings.read(path)
    assert (seen.attempts, seen.torn) == ((DIES,), True)


def test_each_line_is_checked_as_those_of_a_journal_are(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b"SIGKILL", b"SIGSEGV"))
    with pytest.raises(JournalError, match=r"line 2: `\$\.check` does not belong to it"):
        sightings.read(path)


def changed(line: bytes, **fields: object) -> bytes:
    record = {**msgspec.json.decode(line), **fields}
    del record["check"]
    return lines.sealed(msgspec.json.encode(record))


@pytest.mark.parametrize(
    ("number", "fields", "told"),
    [
        (1, {"format": 7}, r"`\$\.format` is 7"),
        (1, {"machine": "../elsewhere"}, r"`\$\.machine`"),
        (1, {"surprise": 1}, "surprise"),
        (1, {"record": "run"}, "run"),
        (
            1,
            {"pairs": [{"hazard": 1, "backend": "threads"}]},
            r"`\$\.pairs\[\.\.\.\]\.hazard`|`\$\.pairs\[0\]\.hazard`",
        ),
        (2, {"outcome": "is unwell"}, r"`\$\.outcome`"),
        (2, {"seconds": "long"}, r"`\$\.seconds`"),
        (2, {"afterwards": {"map": 1}}, r"`\$\.afterwards"),
        (2, {"hazard": "other"}, r"`\$\.hazard` 'other' is not tried on 'threads'"),
        (3, {"backend": "serial"}, r"is not tried on 'serial'"),
    ],
)
def test_a_line_that_is_not_as_it_should_be_is_refused_with_file_line_and_field(path, number, fields, told) -> None:
    every = lines_of(path)
    every[number - 1] = changed(every[number - 1], **fields)
    path.write_bytes(b"".join(every))
    with pytest.raises(JournalError, match=told) as refused:
        sightings.read(path)
    assert f"{path}: line {number}: " in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("text", [b"", b"{", b"Dear diary,\n", b"\xff\xfe\n", b"[" * 100_000 + b"\n"])
def test_what_is_no_such_file_is_refused(tmp_path: Path, text: bytes) -> None:
    path = tmp_path / "any.failures.jsonl"
    path.write_bytes(text)
    with pytest.raises(JournalError, match=r"any\.failures\.jsonl: line 1"):
        sightings.read(path)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(JournalError, match="No such file"):
        sightings.read(tmp_path / "nothing.failures.jsonl")


def test_a_journal_of_a_campaign_is_refused_and_the_reverse(path: Path) -> None:
    with pytest.raises(JournalError, match="line 1"):
        journal.load(path)


def test_what_looks_for_journals_of_campaigns_does_not_find_it(path: Path, tmp_path: Path) -> None:
    with pytest.raises(preparation.UsageError, match="holds no journal yet"):
        preparation.newest_journal(tmp_path)
    with pytest.raises(JournalError, match="holds no journal yet"):
        between.like_the_newest(tmp_path)
    run = path.with_name("20250101T000000Z-3.13.1.jsonl")
    run.touch()
    assert preparation.newest_journal(tmp_path) == run

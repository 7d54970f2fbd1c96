"""Is a journal read exactly as it was written, and taken up where it stopped?"""

import gzip
import json
import os
import re
import zlib

import msgspec
import pytest

from journals import absent, failed, header, measured, planned, witnessed
from study import journal
from study import lines as written_lines
from study.journal import (
    Budget,
    JournalError,
    Rejected,
    append,
    create,
    cut_torn_line,
    hash_of,
    load,
    unfinished,
)

LOCK = planned("lock/threads", 3, width=2)
QUEUE = planned("queue/processes.spawn", 2, headline=True, width=1)
SERIAL = absent("lock/serial", "one thread works alone: there is nobody to lock out", width=2)
HEADER = header([LOCK, QUEUE], [SERIAL])
ROWS = [measured(LOCK, 0, {"work": [0.1]}), measured(LOCK, 1, {"work": [0.2, 0.3]}), failed(QUEUE, 1)]


@pytest.fixture
def path(tmp_path):
    return tmp_path / "run.jsonl"


@pytest.fixture
def written(path):
    return written_to(path, HEADER, ROWS)


def written_to(path, header, lines):
    path.unlink(missing_ok=True)
    create(path, header)
    for line in lines:
        append(path, line)
    return path


def test_each_record_is_one_line_of_json(written):
    lines = written.read_bytes().splitlines(keepends=True)
    assert len(lines) == 1 + len(ROWS)
    assert all(line.endswith(b"\n") for line in lines)
    assert [json.loads(line)["record"] for line in lines] == ["run", "child", "child", "child"]


def test_a_torn_last_line_is_left_out_and_told(written):
    written.write_bytes(written.read_bytes() + b'{"record":"child","cell":"lock')
    found = load(written)
    assert found.torn
    assert found.rows == ROWS


def test_a_last_line_that_lacks_only_its_line_end_is_kept_and_given_it(written):
    before = written.read_bytes()
    written.write_bytes(before[:-1])
    found = load(written)
    assert (found.rows, found.torn) == (ROWS, False)
    cut_torn_line(written)
    assert written.read_bytes() == before


def test_a_row_after_one_that_lacks_its_line_end_is_a_line_of_its_own(written):
    written.write_bytes(written.read_bytes()[:-1])
    more = measured(LOCK, 2, {"work": [0.1]})
    append(written, more)
    assert load(written).rows == [*ROWS, more]


def test_the_last_field_of_each_line_is_the_crc_32_of_the_bytes_before_it(written):
    for line in written.read_bytes().splitlines():
        record = json.loads(line)
        (name, check) = list(record.items())[-1]
        before = line[: line.rindex(b',"check":')]
        assert (name, check) == ("check", f"{zlib.crc32(before):08x}")


def test_cutting_a_journal_that_is_whole_changes_nothing(written):
    before = written.read_bytes()
    cut_torn_line(written)
    assert written.read_bytes() == before


@pytest.fixture
def packed(written):
    path = written.with_name("sent.jsonl.gz")
    path.write_bytes(gzip.compress(written.read_bytes()))
    return path


def test_a_packed_journal_is_read_as_what_it_holds_whatever_its_name(written, packed):
    renamed = packed.rename(packed.with_name("sent.jsonl"))
    assert msgspec.structs.replace(load(renamed), path=str(written)) == load(written)


def test_a_packed_journal_is_found_among_the_others(tmp_path):
    (tmp_path / "one").mkdir()
    every = [
        tmp_path / "one" / name for name in ("2025.jsonl.gz", "2026.jsonl", "2027.failures.jsonl", "2028.jsonl.gz")
    ]
    for path in every:
        path.touch()
    assert journal.found_in(tmp_path) == [every[0], every[1], every[3]]


@pytest.mark.parametrize("change", [lambda path: append(path, ROWS[0]), cut_torn_line], ids=["append", "cut"])
def test_a_packed_journal_is_never_changed(packed, change):
    before = packed.read_bytes()
    with pytest.raises(JournalError, match=r"is packed, and nothing is added to it; unpack it with gunzip first"):
        change(packed)
    assert packed.read_bytes() == before


def test_create_never_overwrites(written):
    before = written.read_bytes()
    with pytest.raises(JournalError, match=rf"^{re.escape(str(written))} exists already .*--resume"):
        create(written, HEADER)
    assert written.read_bytes() == before


def test_create_makes_the_folder_of_the_machine(tmp_path):
    path = tmp_path / "results" / "xeon-2c-linux-1a2b3c" / "run.jsonl"
    create(path, HEADER)
    assert load(path).rows == []


def test_append_makes_no_journal(path):
    with pytest.raises(JournalError, match="No such file"):
        append(path, ROWS[0])
    assert not path.exists()


@pytest.fixture
def calls(monkeypatch):
    """What is done to the file, in order: ("write", bytes) and ("fsync", 0)."""
    done = []
    write, fsync = os.write, os.fsync

    def record_write(descriptor, data):
        done.append(("write", len(data)))
        return write(descriptor, data)

    def record_sync(descriptor):
        done.append(("fsync", 0))
        return fsync(descriptor)

    monkeypatch.setattr(written_lines.os, "write", record_write)
    monkeypatch.setattr(written_lines.os, "fsync", record_sync)
    return done


def test_a_row_is_one_write_that_is_synced_to_the_disk(written, calls):
    before = written.stat().st_size
    append(written, measured(LOCK, 2, {"work": [0.1] * 1000}))
    assert calls == [("write", written.stat().st_size - before), ("fsync", 0)]
    assert len(load(written).rows) == len(ROWS) + 1


def test_a_disk_that_takes_a_part_of_a_row_is_an_error_and_costs_no_earlier_row(written, monkeypatch):
    write = os.write
    monkeypatch.setattr(written_lines.os, "write", lambda descriptor, data: write(descriptor, data[:20]))
    with pytest.raises(JournalError, match=r"No space left on device; make room and go on with --resume"):
        append(written, measured(LOCK, 2, {"work": [0.1]}))
    found = load(written)
    assert found.torn
    assert found.rows == ROWS


def test_no_descriptor_stays_open(written):
    """The number that the next file gets is the least one that is free."""
    with written.open() as file:
        free = file.fileno()
    append(written, measured(LOCK, 2, {"work": [0.1]}))
    with pytest.raises(JournalError):
        create(written, HEADER)
    load(written)
    with written.open() as file:
        assert file.fileno() == free


def test_records_cannot_be_changed():
    with pytest.raises(AttributeError):
        ROWS[0].status = "measured"


def test_the_hash_of_a_plan_hangs_on_every_cell_and_every_reason():
    other_blocks = msgspec.structs.replace(LOCK, blocks=4)
    other_reason = msgspec.structs.replace(SERIAL, reason="another")
    hashes = {
        hash_of(plan, missing)
        for plan in ([LOCK, QUEUE], [QUEUE, LOCK], [LOCK], [other_blocks, QUEUE], [])
        for missing in ([SERIAL], [], [other_reason])
    }
    assert len(hashes) == 15
    assert all(re.fullmatch(r"[0-9a-f]{16}", digest) for digest in hashes)


def test_a_journal_without_blocks_and_without_a_budget_is_read_as_one_that_never_had_them(written):
    found = load(written)
    assert (found.blocks, found.rejected, found.rejected_rows, found.header.budget) == ([], [], [], None)


def test_a_cell_may_be_measured_in_any_block_of_the_plan_and_in_as_many_as_it_has(path):
    """Which ones is the plan's business: it was another in earlier versions."""
    for blocks in ([1, 2], [2, 3], [1, 3]):
        rows = [failed(QUEUE, block) for block in blocks]
        assert load(written_to(path, HEADER, rows)).rows == rows


def test_what_is_still_to_be_measured_is_counted_without_the_rehearsal_and_without_what_was_rejected(path):
    crash = [failed(LOCK, block, "crash") for block in range(4)]
    rejected = [witnessed(2), Rejected(2, 4, "it was noisy")]
    found = load(written_to(path, HEADER, [*crash, *rejected]))
    assert unfinished(HEADER, found.rows) == 1 + 2
    found = load(written_to(path, HEADER, [*crash, *rejected, failed(LOCK, 4, "crash")]))
    assert unfinished(HEADER, found.rows, found.rejected_rows) == 2


def test_a_budget_leaves_nothing_unfinished():
    assert unfinished(msgspec.structs.replace(HEADER, budget=Budget(60.0, 9.0, "much")), []) == 0

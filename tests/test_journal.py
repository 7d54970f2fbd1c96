"""Is a journal read exactly as it was written, and taken up where it stopped?"""

import gzip
import json
import os
import re
import zlib

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from journals import absent, failed, header, measured, planned, witnessed
from study import journal
from study import lines as written_lines
from study.journal import (
    FORMAT,
    Block,
    Budget,
    Fact,
    Header,
    Journal,
    JournalError,
    NotOffered,
    Planned,
    Rejected,
    Row,
    Values,
    append,
    counted,
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

NAMES = st.text(min_size=1, max_size=20)
SENTENCES = st.text(max_size=40)
INTEGERS = st.integers(-(2**63), 2**63 - 1)
FLOATS = st.floats(allow_nan=False, allow_infinity=False)
FACTORS = st.dictionaries(SENTENCES, INTEGERS | FLOATS | SENTENCES, max_size=3)
COUNTS = st.integers(0, 2**53)
SECONDS = st.floats(0, 1e9)
STATUS = st.sampled_from(["measured", "wrong answer", "timeout", "crash", "exception", "out of memory"])
PLANNED = st.builds(
    Planned,
    cell=NAMES,
    scenario=NAMES,
    backend=NAMES,
    factors=FACTORS,
    headline=st.booleans(),
    blocks=st.integers(0, 9),
)
NOT_OFFERED = st.builds(NotOffered, cell=NAMES, scenario=NAMES, backend=NAMES, factors=FACTORS, reason=SENTENCES)
LAPS = st.builds(
    Values,
    name=NAMES,
    operations=st.integers(1, 2**53),
    source=SENTENCES,
    values=st.lists(st.integers(0, 10**18), max_size=4),
)
FACTS = st.builds(
    Fact, value=SENTENCES | INTEGERS | FLOATS | st.booleans() | st.none(), unit=SENTENCES, source=SENTENCES
)

SHARES = st.none() | st.floats(0, 1)
BLOCKS = st.builds(
    Block,
    block=st.integers(1, 9),
    probe_ns=st.none() | st.integers(0, 10**18),
    steal=SHARES,
    pressure=SHARES,
    load=st.none() | SECONDS,
    started=SECONDS,
    seconds=SECONDS,
)


@st.composite
def headers(draw):
    plan = draw(st.lists(PLANNED, max_size=4, unique_by=lambda cell: cell.cell))
    every = draw(st.lists(NOT_OFFERED, max_size=2, unique_by=lambda cell: cell.cell))
    missing = [one for one in every if one.cell not in {cell.cell for cell in plan}]
    return Header(
        format=FORMAT,
        run=draw(NAMES),
        machine=draw(st.from_regex(r"[a-z0-9-]{1,64}", fullmatch=True)),
        profile=draw(NAMES),
        seed=draw(INTEGERS),
        started=draw(NAMES),
        value_ms=draw(COUNTS),
        rounds=draw(COUNTS),
        environment=draw(st.dictionaries(SENTENCES, FACTS, max_size=3)),
        interpreter=draw(st.dictionaries(SENTENCES, st.booleans() | INTEGERS | st.lists(SENTENCES), max_size=3)),
        sources=draw(st.dictionaries(SENTENCES, SENTENCES, max_size=3)),
        plan=plan,
        absent=missing,
        plan_hash=hash_of(plan, missing),
        budget=draw(st.none() | st.builds(Budget, seconds=SECONDS, reserve_s=SECONDS, left_out=SENTENCES)),
    )


@st.composite
def rows_at(draw, place):
    return Row(
        *place,
        position=draw(COUNTS),
        status=draw(STATUS),
        reason=draw(SENTENCES),
        started=draw(SECONDS),
        seconds=draw(SECONDS),
        cpu_s=draw(SECONDS),
        voluntary_switches=draw(COUNTS),
        involuntary_switches=draw(COUNTS),
        peak_rss_bytes=draw(COUNTS),
        operations=draw(st.none() | COUNTS),
        laps=draw(st.lists(LAPS, max_size=2)),
        trace=draw(SENTENCES),
        printed=draw(st.lists(SENTENCES, max_size=2)),
    )


@st.composite
def journals(draw):
    """A header and lines that belong to its plan: rows, each (cell, block) once, and blocks of which some replace another."""
    made = draw(headers())
    last = max((cell.blocks for cell in made.plan), default=0)
    places = [(cell.cell, block) for cell in made.plan for block in [0, *range(last - cell.blocks + 1, last + 1)]]
    chosen = draw(st.lists(st.sampled_from(places), unique=True, max_size=5)) if places else []
    lines = [draw(rows_at(place)) for place in chosen]
    candidates = list(range(1, last + 1))
    for block in candidates:
        lines.append(msgspec.structs.replace(draw(BLOCKS), block=block))
    for by in range(last + 1, last + 1 + draw(st.integers(0, last // 3))):
        block = candidates.pop(draw(st.integers(0, len(candidates) - 1)))
        lines.append(Rejected(block, by, draw(st.text(min_size=1, max_size=40))))
        again = [row.cell for row in lines if isinstance(row, Row) and row.block == block]
        lines += [draw(rows_at((cell, by))) for cell in again]
        lines.append(msgspec.structs.replace(draw(BLOCKS), block=by))
        candidates.append(by)
    return made, lines


def of(kind, lines):
    return [line for line in lines if isinstance(line, kind)]


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


several_times_in_one_folder = settings(
    deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], max_examples=60
)


@several_times_in_one_folder
@given(made=journals())
def test_what_is_written_is_read_again(path, made):
    header, lines = made
    rejected = of(Rejected, lines)
    rows, rejected_rows = counted(of(Row, lines), rejected)
    assert load(written_to(path, header, lines)) == Journal(
        *(str(path), header, rows, False, of(Block, lines), rejected, rejected_rows)
    )


@several_times_in_one_folder
@given(made=journals(), data=st.data())
def test_a_journal_that_was_cut_anywhere_after_its_header_goes_on_where_it_stopped(path, made, data):
    header, lines = made
    whole = written_to(path, header, lines).read_bytes()
    first = whole.index(b"\n") + 1
    cut = data.draw(st.integers(first, len(whole)))
    path.write_bytes(whole[:cut])
    kept = whole[first:cut].count(b"\n") + (cut > first and whole[cut : cut + 1] == b"\n")

    found = load(path)
    assert len(found.rows) + len(found.rejected_rows) == len(of(Row, lines[:kept]))
    assert (found.blocks, found.rejected) == (of(Block, lines[:kept]), of(Rejected, lines[:kept]))
    assert found.torn == (b"\n" not in whole[cut - 1 : cut + 1])

    cut_torn_line(path)
    for line in lines[kept:]:
        append(path, line)
    assert path.read_bytes() == whole


@several_times_in_one_folder
@given(made=journals())
def test_every_row_counts_or_belongs_to_a_rejected_block(path, made):
    header, lines = made
    found = load(written_to(path, header, lines))
    gone = {rejection.block for rejection in found.rejected}
    assert {row.block for row in found.rows} & gone == set()
    assert {row.block for row in found.rejected_rows} <= gone
    assert sorted(map(place, found.rows + found.rejected_rows)) == sorted(map(place, of(Row, lines)))


def place(row):
    return row.cell, row.block


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

"""Is a journal read exactly as it was written, and refused with file, line and field when it was not written by us?"""

import json
import os
import re
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from journals import absent, failed, header, measured, planned
from study import journal
from study.journal import (
    FORMAT,
    LONGEST_LINE,
    Fact,
    Header,
    Journal,
    JournalError,
    NotOffered,
    Planned,
    Row,
    Values,
    append,
    create,
    cut_torn_line,
    hash_of,
    load,
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


@st.composite
def headers(draw):
    plan = draw(st.lists(PLANNED, max_size=4, unique_by=lambda cell: cell.cell))
    missing = draw(st.lists(NOT_OFFERED, max_size=2))
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
    )


@st.composite
def journals(draw):
    """A header and rows that belong to its plan, each (cell, block) once."""
    made = draw(headers())
    places = [(cell.cell, block) for cell in made.plan for block in range(cell.blocks + 1)]
    chosen = draw(st.lists(st.sampled_from(places), unique=True, max_size=5)) if places else []
    rows = [
        Row(
            cell,
            block,
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
        for cell, block in chosen
    ]
    return made, rows


@pytest.fixture
def path(tmp_path):
    return tmp_path / "run.jsonl"


@pytest.fixture
def written(path):
    return written_to(path, HEADER, ROWS)


def written_to(path, header, rows):
    path.unlink(missing_ok=True)
    create(path, header)
    for row in rows:
        append(path, row)
    return path


on_a_busy_machine_too = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
several_times_in_one_folder = settings(
    deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], max_examples=60
)


@several_times_in_one_folder
@given(made=journals())
def test_what_is_written_is_read_again(path, made):
    header, rows = made
    assert load(written_to(path, header, rows)) == Journal(str(path), header, rows, torn=False)


@several_times_in_one_folder
@given(made=journals(), data=st.data())
def test_a_journal_that_was_cut_anywhere_after_its_header_goes_on_where_it_stopped(path, made, data):
    header, rows = made
    whole = written_to(path, header, rows).read_bytes()
    first = whole.index(b"\n") + 1
    cut = data.draw(st.integers(first, len(whole)))
    path.write_bytes(whole[:cut])
    kept = whole[first:cut].count(b"\n")

    found = load(path)
    assert found.rows == rows[:kept]
    assert found.torn == (not whole[:cut].endswith(b"\n"))

    cut_torn_line(path)
    for row in rows[kept:]:
        append(path, row)
    assert path.read_bytes() == whole


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


def test_cutting_a_journal_that_is_whole_changes_nothing(written):
    before = written.read_bytes()
    cut_torn_line(written)
    assert written.read_bytes() == before


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

    monkeypatch.setattr(journal.os, "write", record_write)
    monkeypatch.setattr(journal.os, "fsync", record_sync)
    return done


def test_a_row_is_one_write_that_is_synced_to_the_disk(written, calls):
    before = written.stat().st_size
    append(written, measured(LOCK, 2, {"work": [0.1] * 1000}))
    assert calls == [("write", written.stat().st_size - before), ("fsync", 0)]
    assert len(load(written).rows) == len(ROWS) + 1


def test_a_disk_that_takes_a_part_of_a_row_is_an_error_and_costs_no_earlier_row(written, monkeypatch):
    write = os.write
    monkeypatch.setattr(journal.os, "write", lambda descriptor, data: write(descriptor, data[:20]))
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


def with_field(line, name, value):
    """The line with one field set to text that need not be JSON; "a.b" is a field within a field."""
    record = json.loads(line)
    *outer, last = name.split(".")
    inner = record
    for key in outer:
        inner = inner[int(key) if key.isdigit() else key]
    inner[int(last) if last.isdigit() else last] = "@"
    return json.dumps(record).replace('"@"', value).encode() + b"\n"


def without_field(line, name):
    record = json.loads(line)
    del record[name]
    return json.dumps(record).encode() + b"\n"


NESTED = "[" * 100_000 + "]" * 100_000
IN_THE_HEADER = [
    ("format", "1", r"line 1: `\$\.format` is 1; this version reads 2"),
    ("format", '"1"', r"line 1: .*`int`.*`\$\.format`"),
    ("record", '"child"', r"line 1: .*`\$\.record`"),
    ("record", '"walk"', r"line 1: .*`\$\.record`"),
    ("seed", "1.5", r"line 1: .*`\$\.seed`"),
    ("seed", "null", r"line 1: .*`\$\.seed`"),
    ("machine", '"../elsewhere"', r"line 1: .*`\$\.machine`"),
    ("machine", '"Host.Name"', r"line 1: .*`\$\.machine`"),
    ("machine", '""', r"line 1: .*`\$\.machine`"),
    ("machine", '"a\\n"', r"line 1: .*`\$\.machine`"),
    ("rounds", "-1", r"line 1: .*`\$\.rounds`"),
    ("surprise", "1", r"line 1: .*unknown field `surprise`"),
    ("surprise", NESTED, r"line 1: "),
    ("environment", NESTED, r"line 1: "),
    ("environment.cpu_model.value", "[1]", r"line 1: .*`\$\.environment"),
    ("plan.0.cell", '"lock/fork/width=2"', r"line 1: `\$\.plan_hash` does not belong"),
    ("plan.0.blocks", "99", r"line 1: `\$\.plan_hash` does not belong"),
    ("plan.0.blocks", "-1", r"line 1: .*`\$\.plan\[0\]\.blocks`"),
    ("plan.1.surprise", "1", r"line 1: .*unknown field `surprise`.*`\$\.plan\[1\]`"),
    ("absent.0.reason", '"because"', r"line 1: `\$\.plan_hash` does not belong"),
    ("plan_hash", '"0000000000000000"', r"line 1: `\$\.plan_hash` does not belong"),
]
IN_A_ROW = [
    ("cell", '"lock/fork/width=2"', r"line 3: `\$\.cell` 'lock/fork/width=2' is not in the plan"),
    ("cell", "7", r"line 3: .*`\$\.cell`"),
    ("cell", '""', r"line 3: .*`\$\.cell`"),
    ("block", "4", r"line 3: `\$\.block` is 4; the plan has 3"),
    ("block", "0", r"line 3: 'lock/threads/width=2' has block 0 twice"),
    ("block", "-1", r"line 3: .*`\$\.block`"),
    ("block", "true", r"line 3: .*`\$\.block`"),
    ("record", '"run"', r"line 3: .*`\$\.record`"),
    ("status", '"fine"', r"line 3: .*`\$\.status`"),
    ("seconds", "NaN", r"line 3: .*malformed"),
    ("seconds", "Infinity", r"line 3: .*malformed"),
    ("seconds", "1e999", r"line 3: "),
    ("seconds", "1e10", r"line 3: .*`\$\.seconds`"),
    ("seconds", "-0.1", r"line 3: .*`\$\.seconds`"),
    ("seconds", '"1"', r"line 3: .*`\$\.seconds`"),
    ("peak_rss_bytes", "-1", r"line 3: .*`\$\.peak_rss_bytes`"),
    ("peak_rss_bytes", "1.5", r"line 3: .*`\$\.peak_rss_bytes`"),
    ("surprise", "1", r"line 3: .*unknown field `surprise`"),
    ("surprise", NESTED, r"line 3: "),
    ("printed", NESTED, r"line 3: "),
    ("laps.0.operations", "0", r"line 3: .*`\$\.laps\[0\]\.operations`"),
    ("laps.0.values.1", "-1", r"line 3: .*`\$\.laps\[0\]\.values"),
    ("laps.0.values.1", "1e30", r"line 3: .*`\$\.laps\[0\]\.values"),
    ("laps.0.values.1", "1" + "0" * 30, r"line 3: .*`\$\.laps\[0\]\.values"),
    ("laps.0.values.1", "NaN", r"line 3: .*malformed"),
    ("laps.0.surprise", "1", r"line 3: .*unknown field `surprise`.*`\$\.laps\[0\]`"),
]


def named(case):
    name, value, _ = case
    return f"{name}={value[:20]}"


@pytest.mark.parametrize(
    ("number", "name", "value", "complaint"),
    [(0, *case) for case in IN_THE_HEADER] + [(2, *case) for case in IN_A_ROW],
    ids=[f"header-{named(case)}" for case in IN_THE_HEADER] + [f"row-{named(case)}" for case in IN_A_ROW],
)
def test_a_field_that_is_wrong_is_named_with_file_and_line(written, number, name, value, complaint):
    lines = written.read_bytes().splitlines(keepends=True)
    lines[number] = with_field(lines[number], name, value)
    assert_refused(written, b"".join(lines), complaint)


@pytest.mark.parametrize("name", Header.__struct_fields__)
def test_a_field_that_is_missing_in_the_header_is_named(written, name):
    lines = written.read_bytes().splitlines(keepends=True)
    assert_refused(written, b"".join([without_field(lines[0], name), *lines[1:]]), f"line 1: .*`{name}`")


@pytest.mark.parametrize("name", ["cell", "block", "position", "status", "reason", "seconds", "peak_rss_bytes"])
def test_a_field_that_is_missing_in_a_row_is_named(written, name):
    lines = written.read_bytes().splitlines(keepends=True)
    assert_refused(written, b"".join([*lines[:3], without_field(lines[3], name)]), f"line 4: .*`{name}`")


WHOLE_LINES = {
    "an empty file": (lambda _: b"", "line 1 is not complete"),
    "a torn first line": (lambda lines: lines[0][:-1], "line 1 is not complete"),
    "half a first line": (lambda lines: lines[0][:100], "line 1 is not complete"),
    "a row for a first line": (lambda lines: b"".join(lines[1:]), r"line 1: .*`\$\.record`"),
    "a header twice": (lambda lines: b"".join([lines[0], *lines]), r"line 2: .*`\$\.record`"),
    "a row twice": (lambda lines: b"".join([*lines, lines[2]]), "line 5: .*has block 1 twice"),
    "an empty line": (lambda lines: b"".join([*lines[:2], b"\n", *lines[2:]]), "line 3: "),
    "a line of text": (lambda lines: b"".join([*lines[:2], b"hello\n", *lines[2:]]), "line 3: .*malformed"),
    "half a line in the middle": (lambda lines: b"".join([*lines[:2], lines[2][:50], b"\n", *lines[3:]]), "line 3: "),
    "two rows in one line": (lambda lines: b"".join([lines[0], lines[1][:-1], *lines[2:]]), "line 2: .*malformed"),
    "bytes that are no text": (lambda lines: b"".join([*lines, b'{"record":"\xff"}\n']), "line 5: "),
    "a lone surrogate": (lambda lines: b"".join([*lines, b'{"record":"\\ud800"}\n']), "line 5: "),
    "another byte order": (lambda lines: b"".join(lines).decode().encode("utf-16"), "line 1"),
    "only zeros": (lambda _: b"\0" * 4096 + b"\n", "line 1: .*malformed"),
    "a list": (lambda lines: b"".join([*lines, b"[]\n"]), "line 5: "),
    "a list that is deep": (lambda lines: b"".join([*lines, NESTED.encode(), b"\n"]), "line 5: "),
}


@pytest.mark.parametrize(("damage", "complaint"), WHOLE_LINES.values(), ids=WHOLE_LINES)
def test_a_line_that_is_wrong_is_named_with_its_file(written, damage, complaint):
    lines = written.read_bytes().splitlines(keepends=True)
    assert_refused(written, damage(lines), complaint)


def assert_refused(path, data, complaint):
    path.write_bytes(data)
    with pytest.raises(JournalError, match=rf"(?s)^{re.escape(str(path))}: {complaint}") as refused:
        load(path)
    assert len(str(refused.value)) < 1000
    assert path.read_bytes() == data


def test_a_line_longer_than_any_real_one_is_refused_before_it_is_read_whole(written, monkeypatch):
    assert LONGEST_LINE >= 1 << 20
    monkeypatch.setattr(journal, "LONGEST_LINE", 1 << 20)
    assert_refused(written, written.read_bytes() + b" " * (1 << 21), "line 5 is longer than 1 MB")


def test_a_file_without_line_ends_is_refused_before_it_is_read_whole():
    """/dev/zero never ends."""
    with pytest.raises(JournalError, match="line 1 is longer than 16 MB"):
        load(Path("/dev/zero"))


@pytest.mark.parametrize("place", ["nothing.jsonl", ".", "run.jsonl/deeper"])
def test_a_file_that_cannot_be_read_is_named_with_what_to_do(written, place):
    path = written.parent / place
    with pytest.raises(JournalError, match=rf"^{re.escape(str(path))}: .*; name a journal that can be read"):
        load(path)


@on_a_busy_machine_too
@given(st.binary(max_size=300))
def test_any_bytes_are_a_journal_or_refused(tmp_path_factory, data):
    path = tmp_path_factory.getbasetemp() / "any.jsonl"
    path.write_bytes(data)
    with pytest.raises(JournalError, match=r"any\.jsonl"):
        load(path)


@several_times_in_one_folder
@given(data=st.data())
def test_one_changed_byte_is_refused_or_read_as_a_journal(path, data):
    whole = bytearray(written_to(path, HEADER, ROWS).read_bytes())
    whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(whole)
    try:
        found = load(path)
    except JournalError as error:
        assert str(path) in str(error)  # noqa: PT017 - a byte of a reason or a time may change unnoticed
    else:
        assert found.header.plan_hash == hash_of(found.header.plan, found.header.absent)

"""Is a file that was not written by us, or not by us alone, refused with file, line, field and what to do?"""

import gzip
import json
import os
import re
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import fields

from journals import absent, failed, header, measured, planned, witnessed
from study import lines as written_lines
from study.journal import Block, Header, JournalError, Rejected, append, create, load
from study.lines import LONGEST_LINE, sealed

LOCK = planned("lock/threads", 3, width=2)
QUEUE = planned("queue/processes.spawn", 2, headline=True, width=1)
SERIAL = absent("lock/serial", "one thread works alone: there is nobody to lock out", width=2)
HEADER = header([LOCK, QUEUE], [SERIAL])
ROWS = [measured(LOCK, 0, {"work": [0.1]}), measured(LOCK, 1, {"work": [0.2, 0.3]}), failed(QUEUE, 1)]
on_a_busy_machine_too = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


@pytest.fixture
def path(tmp_path):
    return tmp_path / "run.jsonl"


@pytest.fixture
def written(path):
    return write_lines(path, HEADER, ROWS)


def write_lines(path, header, lines):
    create(path, header)
    for line in lines:
        append(path, line)
    return path


def with_field(line, name, value):
    """The line with one field set to text that need not be JSON; "a.b" is a field within a field."""
    record = without_check(line)
    *outer, last = name.split(".")
    inner = record
    for key in outer:
        inner = inner[int(key) if key.isdigit() else key]
    inner[int(last) if last.isdigit() else last] = "@"
    return sealed(json.dumps(record).replace('"@"', value).encode())


def without_field(line, name):
    record = without_check(line)
    del record[name]
    return sealed(json.dumps(record).encode())


def without_check(line):
    record = json.loads(line)
    del record["check"]
    return record


NESTED = "[" * 100_000 + "]" * 100_000
IN_THE_HEADER = [
    ("format", "2", r"line 1: `\$\.format` is 2; this version reads 3"),
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
    ("budget", "60", r"line 1: .*`\$\.budget`"),
    ("budget", '{"seconds": -1, "reserve_s": 0, "left_out": ""}', r"line 1: .*`\$\.budget\.seconds`"),
    ("budget", '{"seconds": 60, "left_out": ""}', r"line 1: .*`reserve_s`.*`\$\.budget`"),
]
IN_A_ROW = [
    ("cell", '"lock/fork/width=2"', r"line 3: `\$\.cell` 'lock/fork/width=2' is not in the plan"),
    ("cell", "7", r"line 3: .*`\$\.cell`"),
    ("cell", '""', r"line 3: .*`\$\.cell`"),
    ("block", "4", r"line 3: `\$\.block` is 4; the plan has 3, and no line before says that this one replaces"),
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
    assert_refused_with(written, number, name, value, complaint)


def assert_refused_with(path, number, name, value, complaint):
    """With the field of the line with that number, counted from 0, set to that."""
    lines = path.read_bytes().splitlines(keepends=True)
    lines[number] = with_field(lines[number], name, value)
    assert_refused(path, b"".join(lines), complaint)


@pytest.mark.parametrize(
    ("plan", "missing"),
    [([LOCK, QUEUE, LOCK], [SERIAL]), ([LOCK], [SERIAL, SERIAL]), ([LOCK], [absent("lock/threads", "why", width=2)])],
    ids=["planned twice", "absent twice", "planned and absent"],
)
def test_a_cell_that_the_plan_has_twice_is_named(path, plan, missing):
    write_lines(path, header(plan, missing), [])
    assert_refused(path, path.read_bytes(), r"line 1: `\$\.plan` has 'lock/.*' twice")


@pytest.mark.parametrize("name", [field.name for field in fields(Header) if field.required])
def test_a_field_that_is_missing_in_the_header_is_named(written, name):
    lines = written.read_bytes().splitlines(keepends=True)
    assert_refused(written, b"".join([without_field(lines[0], name), *lines[1:]]), f"line 1: .*`{name}`")


@pytest.mark.parametrize("name", ["cell", "block", "position", "status", "reason", "seconds", "peak_rss_bytes"])
def test_a_field_that_is_missing_in_a_row_is_named(written, name):
    lines = written.read_bytes().splitlines(keepends=True)
    assert_refused(written, b"".join([*lines[:3], without_field(lines[3], name)]), f"line 4: .*`{name}`")


CHANGED = r"`\$\.check` does not belong to it: "
NO_CHECK = r"`\$\.check` is not its last field: "
WHOLE_LINES = {
    "an empty file": (lambda _: b"", "line 1 is not complete"),
    "half a first line": (lambda lines: lines[0][:100], "line 1 is not complete"),
    "a row for a first line": (lambda lines: b"".join(lines[1:]), r"line 1: .*`\$\.record`"),
    "a header twice": (lambda lines: b"".join([lines[0], *lines]), r"line 2: .*`\$\.record`"),
    "a row twice": (lambda lines: b"".join([*lines, lines[2]]), "line 5: .*has block 1 twice"),
    "an empty line": (lambda lines: b"".join([*lines[:2], b"\n", *lines[2:]]), f"line 3: {NO_CHECK}"),
    "a line of text": (lambda lines: b"".join([*lines[:2], b"hello\n", *lines[2:]]), f"line 3: {NO_CHECK}"),
    "half a line in the middle": (
        lambda lines: b"".join([*lines[:2], lines[2][:50], b"\n", *lines[3:]]),
        f"line 3: {NO_CHECK}",
    ),
    "two rows in one line": (
        lambda lines: b"".join([lines[0], lines[1][:-1], *lines[2:]]),
        f"line 2: {CHANGED}",
    ),
    "another byte order": (lambda lines: b"".join(lines).decode().encode("utf-16"), "line 1"),
    "only zeros": (lambda _: b"\0" * 4096 + b"\n", f"line 1: {NO_CHECK}"),
    "a line as earlier formats had it": (
        lambda lines: b"".join([json.dumps(without_check(lines[0])).encode(), b"\n", *lines[1:]]),
        f"line 1: {NO_CHECK}",
    ),
    "a check of another line": (
        lambda lines: b"".join([*lines[:2], lines[2][:-21] + lines[3][-21:], *lines[3:]]),
        f"line 3: {CHANGED}",
    ),
    "a check in capitals": (
        lambda lines: b"".join([lines[0], *(line[:-21] + line[-21:].upper() for line in lines[1:])]),
        f"line 2: {NO_CHECK}",
    ),
    "a whole last line and a byte that is no line end": (
        lambda lines: b"".join([*lines[:3], lines[3][:-1], b"x"]),
        f"line 4: {CHANGED}",
    ),
    "a last line without a line end that was changed": (
        lambda lines: b"".join([*lines[:3], lines[3][:-1].replace(b"timeout", b"measure")]),
        f"line 4: {CHANGED}",
    ),
    "text in the place of a record": (lambda lines: b"".join([*lines, sealed(b"hello")]), "line 5: .*malformed"),
    "bytes that are no text": (lambda lines: b"".join([*lines, sealed(b'{"record":"\xff"}')]), "line 5: "),
    "a lone surrogate": (lambda lines: b"".join([*lines, sealed(b'{"record":"\\ud800"}')]), "line 5: "),
    "a list": (lambda lines: b"".join([*lines, sealed(b"[1]")]), "line 5: "),
    "a list that is deep": (lambda lines: b"".join([*lines, sealed(NESTED.encode())]), "line 5: "),
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
    monkeypatch.setattr(written_lines, "LONGEST_LINE", 1 << 20)
    assert_refused(written, written.read_bytes() + b" " * (1 << 21), "line 5: is longer than 1 MB")


def test_a_file_without_line_ends_is_refused_before_it_is_read_whole():
    """/dev/zero never ends."""
    with pytest.raises(JournalError, match="line 1: is longer than 8 MB"):
        load(Path("/dev/zero"))


PACKED = {
    "cut short": (lambda data: data[:-20], r"line \d cannot be unpacked: .*ended before"),
    "cut in its head": (lambda data: data[:5], "line 1 cannot be unpacked: "),
    "with another byte in its middle": (
        lambda data: data[:40] + bytes([data[40] ^ 255]) + data[41:],
        r"line \d cannot be unpacked: ",
    ),
    "with another sum": (lambda data: data[:-8] + b"\0" * 8, "line 5 cannot be unpacked: CRC check failed"),
    "with something behind it": (lambda data: data + b"more", "line 5 cannot be unpacked: Not a gzipped file"),
    "that unpacks to much in one line": (lambda _: gzip.compress(b"\0" * (9 << 20)), "line 1: is longer than 8 MB"),
    "that unpacks to much in many lines": (
        lambda data: gzip.compress(gzip.decompress(data) + b"".join(long_row(block) for block in (2, 3, 0))),
        "line 6: makes this packed file longer than 14 MB",
    ),
    "that is large": (lambda _: gzip.compress(os.urandom(5 << 20), 1), "is packed and still larger than 4 MB"),
    "twice": (gzip.compress, r"line 1: `\$\.check` is not its last field"),
}


def long_row(block):
    """Nearly as long as a line may be."""
    row = msgspec.structs.replace(failed(LOCK, block), printed=["x" * (1 << 20)] * 7)
    return line_of(row)


@pytest.mark.parametrize(("damage", "complaint"), PACKED.values(), ids=PACKED)
def test_a_packed_file_that_cannot_be_trusted_is_refused(written, damage, complaint):
    assert_refused(written, damage(gzip.compress(written.read_bytes(), mtime=0)), complaint)


@pytest.mark.parametrize("place", ["nothing.jsonl", ".", "run.jsonl/deeper"])
def test_a_file_that_cannot_be_read_is_named_with_what_to_do(written, place):
    path = written.parent / place
    with pytest.raises(JournalError, match=rf"^{re.escape(str(path))}: .*; name a journal that can be read"):
        load(path)


IN_A_BLOCK = [  # line 5
    ("block", "0", r"line 5: .*`\$\.block`"),
    ("block", "4", r"line 5: `\$\.block` is 4; the plan has 3, and no line before says that this one replaces"),
    ("block", "null", r"line 5: .*`\$\.block`"),
    ("probe_ns", "-1", r"line 5: .*`\$\.probe_ns`"),
    ("probe_ns", "1" + "0" * 30, r"line 5: .*`\$\.probe_ns`"),
    ("steal", "1.01", r"line 5: .*`\$\.steal`"),
    ("steal", "-0.01", r"line 5: .*`\$\.steal`"),
    ("steal", "NaN", r"line 5: .*malformed"),
    ("pressure", "2", r"line 5: .*`\$\.pressure`"),
    ("load", "-1", r"line 5: .*`\$\.load`"),
    ("started", '"now"', r"line 5: .*`\$\.started`"),
    ("seconds", "-1", r"line 5: .*`\$\.seconds`"),
    ("surprise", "1", r"line 5: .*unknown field `surprise`"),
    ("record", '"rejected"', r"line 5: .*unknown field `probe_ns`"),
]
IN_A_REJECTION = [  # line 6
    ("block", "2", r"line 6: `\$\.block` is 2, of which no line before says how noisy it was"),
    ("block", "0", r"line 6: .*`\$\.block`"),
    ("by", "5", r"line 6: `\$\.by` is 5; 1 blocks may be replaced, and the next is 4"),
    ("by", "1", r"line 6: `\$\.by` is 1; 1 blocks may be replaced, and the next is 4"),
    ("by", "1.5", r"line 6: .*`\$\.by`"),
    ("reason", '""', r"line 6: .*`\$\.reason`"),
    ("reason", '"' + "x" * 1001 + '"', r"line 6: .*`\$\.reason`"),
    ("surprise", "1", r"line 6: .*unknown field `surprise`"),
]
IN_A_REPLACING_ROW = [  # line 7
    ("block", "5", r"line 7: `\$\.block` is 5; the plan has 3, and no line before says that this one replaces"),
    ("block", "1", r"line 7: 'lock/threads/width=2' has block 1 twice"),
    ("cell", '"queue/processes.spawn/width=1"', r"line 7: `\$\.cell` 'queue.*' was not in block 1"),
]
IN_ITS_BLOCK = [("block", "1", "line 8: block 1 has two records")]
REPLACED = {4: IN_A_BLOCK, 5: IN_A_REJECTION, 6: IN_A_REPLACING_ROW, 7: IN_ITS_BLOCK}

# Block 1, of which only one cell was measured, was noisy; block 4 is measured in its place.
EXAMPLE = [
    *(*ROWS[:2], failed(QUEUE, 2), witnessed(1)),
    *(Rejected(1, 4, "it was noisy"), measured(LOCK, 4, {"work": [0.1]}), witnessed(4)),
]


@pytest.fixture
def replaced(path):
    return write_lines(path, HEADER, EXAMPLE)


def test_the_example_is_a_journal(replaced):
    found = load(replaced)
    assert [row.block for row in found.rows] == [0, 2, 4]
    assert [row.block for row in found.rejected_rows] == [1]


@pytest.mark.parametrize(
    ("number", "name", "value", "complaint"),
    [(number, *case) for number, cases in REPLACED.items() for case in cases],
    ids=[f"line {number + 1}-{named(case)}" for number, cases in REPLACED.items() for case in cases],
)
def test_what_is_wrong_with_a_block_is_named_with_file_and_line(replaced, number, name, value, complaint):
    assert_refused_with(replaced, number, name, value, complaint)


@pytest.mark.parametrize(
    ("number", "name"),
    [(4, field.name) for field in fields(Block)] + [(5, field.name) for field in fields(Rejected)],
)
def test_a_field_that_is_missing_in_a_block_is_named(replaced, number, name):
    lines = replaced.read_bytes().splitlines(keepends=True)
    lines[number] = without_field(lines[number], name)
    assert_refused(replaced, b"".join(lines), f"line {number + 1}: .*`{name}`")


def line_of(record):
    return sealed(msgspec.json.encode(record))


LINES = {
    "a block twice": (lambda lines: [*lines, lines[4]], "line 9: block 1 has two records"),
    "a block rejected twice": (
        lambda lines: [*lines, line_of(Rejected(1, 5, "it was noisy"))],
        "line 9: block 1 was rejected before",
    ),
    "more rejected than a third": (
        lambda lines: [*lines, line_of(Rejected(4, 5, "it was noisy"))],
        r"line 9: `\$\.by` is 5; 1 blocks may be replaced",
    ),
    "a row before what it replaces is rejected": (
        lambda lines: [*lines[:5], lines[6], lines[5], lines[7]],
        r"line 6: `\$\.block` is 4; the plan has 3",
    ),
    "a record before what it replaces is rejected": (
        lambda lines: [*lines[:5], lines[7], *lines[5:7]],
        r"line 6: `\$\.block` is 4; the plan has 3",
    ),
    "a block rejected before it was measured": (
        lambda lines: [*lines[:4], lines[5], lines[4]],
        r"line 5: `\$\.block` is 1, of which no line before says how noisy it was",
    ),
    "a cell in more blocks than it has": (
        lambda lines: [*lines, *(line_of(failed(QUEUE, block)) for block in (1, 3))],
        r"line 10: `\$\.block` is one more than the plan has of 'queue/processes.spawn/width=1'",
    ),
    "a replacing row twice": (lambda lines: [*lines, lines[6]], "line 9: .*has block 4 twice"),
}


@pytest.mark.parametrize(("damage", "complaint"), LINES.values(), ids=LINES)
def test_lines_that_contradict_each_other_are_refused(replaced, damage, complaint):
    assert_refused(replaced, b"".join(damage(replaced.read_bytes().splitlines(keepends=True))), complaint)


@on_a_busy_machine_too
@given(st.binary(max_size=300))
def test_any_bytes_are_a_journal_or_refused(tmp_path_factory, data):
    path = tmp_path_factory.getbasetemp() / "any.jsonl"
    path.write_bytes(data)
    with pytest.raises(JournalError, match=r"any\.jsonl"):
        load(path)

"""Is every journal read as it was written, and no journal read as another one, whatever byte of it is changed?"""

import gzip

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from journals import absent, failed, header, measured, planned, witnessed
from study import sightings, validation
from study.attempt import Attempt, Outcome
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
)
from study.matrix import Pair

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


@several_times_in_one_folder
@given(made=journals())
def test_what_is_packed_is_read_again(path, made):
    header, lines = made
    written_to(path, header, lines)
    packed = path.with_suffix(".gz")
    packed.write_bytes(gzip.compress(path.read_bytes()))
    assert msgspec.structs.replace(load(packed), path=str(path)) == load(path)


LOCK = planned("lock/threads", 3, width=2)
QUEUE = planned("queue/processes.spawn", 2, headline=True, width=1)
SMALL = header([LOCK, QUEUE], [absent("lock/serial", "there is nobody to lock out", width=2)])
LINES = [
    measured(LOCK, 0, {"work": [0.1]}),
    msgspec.structs.replace(measured(LOCK, 1, {"work": [0.2, 0.3]}), printed=["\x00 \u6f22\n"]),
    failed(QUEUE, 2),
    witnessed(1),
    Rejected(1, 4, "it was noisy"),
    measured(LOCK, 4, {"work": [0.1]}),
    witnessed(4),
]
SEEN = sightings.Header(
    format=sightings.FORMAT,
    machine="example-2c-linux-1a2b3c",
    started="2026-01-02T03:04:05+00:00",
    interpreter={"version": "3.13.1"},
    sources={},
    pairs=[Pair("killed_worker", "threads")],
    repeat=1,
)
DIES = Attempt("killed_worker", "threads", Outcome.DIES, "SIGKILL", seconds=0.25, story="\x00 \u6f22\n")
BYTES = st.integers(0, 255).map(lambda number: bytes([number]))
CHANGES = {
    "changed": lambda data, place, byte: data[:place] + byte + data[place + 1 :],
    "removed": lambda data, place, byte: data[:place] + data[place + 1 :],
    "added": lambda data, place, byte: data[:place] + byte + data[place:],
}
for_each_change = pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)


@for_each_change
@several_times_in_one_folder
@given(data=st.data())
def test_one_byte_that_is_not_as_it_was_is_refused_or_told_or_makes_no_difference(path, change, data):
    whole = written_to(path, SMALL, LINES).read_bytes()
    original = load(path)
    path.write_bytes(change(whole, data.draw(st.integers(0, len(whole) - 1)), data.draw(BYTES)))
    assert_refused_told_or_same(path, original)


def assert_refused_told_or_same(path, original):
    try:
        found = load(path)
    except JournalError as error:
        assert str(path) in str(error)  # noqa: PT017 - which of the three it is hangs on the byte
    else:
        assert found.torn or found == original
        assert found.rows + found.rejected_rows == [
            row for row in original.rows + original.rejected_rows if row in found.rows + found.rejected_rows
        ]


def test_each_byte_of_a_journal_counts(path):
    """All of them, one after the other: what two journals differ by is never read as the same, but for a line end's lack."""
    whole = written_to(path, SMALL, LINES).read_bytes()
    unnoticed = []
    for place in range(len(whole)):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        try:
            load(path)
        except JournalError:
            continue
        unnoticed.append(place)
    assert unnoticed == []


@for_each_change
@several_times_in_one_folder
@given(data=st.data())
def test_one_byte_of_what_was_seen_of_failures_is_refused_or_told_or_makes_no_difference(tmp_path, change, data):
    path = tmp_path / "a.failures.jsonl"
    whole = written_to(path, SEEN, [DIES, DIES]).read_bytes()
    original = sightings.read(path)
    path.write_bytes(change(whole, data.draw(st.integers(0, len(whole) - 1)), data.draw(BYTES)))
    try:
        found = sightings.read(path)
    except JournalError as error:
        assert str(path) in str(error)  # noqa: PT017 - which of the three it is hangs on the byte
    else:
        assert found.torn or found == original


@several_times_in_one_folder
@given(data=st.data())
def test_one_bit_of_a_packed_journal_is_refused_or_makes_no_difference(path, data):
    packed = gzip.compress(written_to(path, SMALL, LINES).read_bytes(), mtime=0)
    original = load(path)
    place = data.draw(st.integers(0, len(packed) - 1))
    path.write_bytes(
        packed[:place] + bytes([packed[place] ^ (1 << data.draw(st.integers(0, 7)))]) + packed[place + 1 :]
    )
    assert_refused_told_or_same(path, original)


@several_times_in_one_folder
@given(data=st.binary(max_size=300), name=st.sampled_from(["any.jsonl", "any.failures.jsonl"]))
def test_any_bytes_have_a_complaint_and_no_more_than_twenty(tmp_path, data, name):
    path = tmp_path / name
    path.write_bytes(data)
    found = validation.examine(path).complaints
    assert 1 <= len(found) <= 20
    assert all(one.startswith(f"{path}: ") for one in found)


@several_times_in_one_folder
@given(made=journals())
def test_whoever_validates_refuses_nothing_less_than_whoever_reads(path, made):
    """What can be read may still be told to be wrong, but each complaint names its line."""
    header, lines = made
    for complaint in validation.examine(written_to(path, header, lines)).complaints:
        assert complaint.startswith(f"{path}: line ")

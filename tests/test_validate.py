"""Is everything that is wrong with a file of results told, each with file, line and field, and a good one called good?"""

import json
import re
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from journals import absent, failed, header, measured, planned, witnessed
from study import cli, sightings, validation
from study.attempt import Attempt, Outcome
from study.journal import Fact, Header, JournalError, Record, Rejected, Values, append, create
from study.lines import sealed
from study.matrix import Pair
from study.validation import MOST_COMPLAINTS, examine, validate

LOCK = planned("lock/threads", 3, width=2)
LATENCY = planned("latency/threads", 3, samples=1000)
PERCENTILES = {"p50": [1e-6, 2e-6], "p90": [3e-6, 3e-6], "p99": [4e-6, 5e-6], "p99.9": [5e-6, 5e-6]}
CPUS = {"logical_cpus": Fact(2, "CPUs", "os.cpu_count")}
HEADER = header([LOCK, LATENCY], [absent("lock/serial", "there is nobody to lock out", width=2)], environment=CPUS)
EVERY = [
    measured(LOCK, 0, {"work": [0.01]}, 8),
    *(msgspec.structs.replace(measured(LOCK, block, {"work": [0.01]}, 8), position=1) for block in (1, 2)),
    *(msgspec.structs.replace(measured(LATENCY, block, PERCENTILES), position=2) for block in (1, 2)),
    witnessed(1),
    witnessed(2),
]
Change = Callable[[list[Record]], object]


def saved(path: Path, records: list[Record], first: Header = HEADER) -> Path:
    create(path, first)
    for record in records:
        append(path, record)
    return path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "run.jsonl"


def with_row(number: int, **fields: object) -> Change:
    """The row with that number, counted from 0, has other fields."""

    def change(records: list[Record]) -> None:
        records[number] = msgspec.structs.replace(records[number], **fields)

    return change


def lap(name: str = "work", operations: int = 8, values: tuple[float, ...] = (10**7,), unit: str = "ns") -> Values:
    return msgspec.structs.replace(Values(name, operations, "study/scenarios/lock.py:40", list(values)), unit=unit)


def percentiles(**values: list[int]) -> list[Values]:
    return [lap(name.replace("_", "."), 1, tuple(each)) for name, each in values.items()]


IN_A_ROW = {
    "more processor time than there was": (
        with_row(1, seconds=0.1, cpu_s=0.3),
        r"line 3: `\$\.cpu_s` is 0\.3 s of processor in 0\.1 s on 2 CPUs, more than there was\.",
    ),
    "a duration longer than the child lived": (
        with_row(1, seconds=0.1, laps=[lap(values=(10**7, 4 * 10**8))]),
        r"line 3: `\$\.laps\[0\]\.values` has 0\.4 s for 'work', but its child lived 0\.1 s\.",
    ),
    "a percentile above a higher one": (
        with_row(3, laps=percentiles(p50=[10, 30], p90=[20, 29], p99=[30, 31])),
        r"line 5: `\$\.laps` has 30 as value 2 of p50, more than 29 of p90\.",
    ),
    "percentiles above a higher one with a fraction": (
        with_row(3, laps=percentiles(p99_9=[20], p99=[30], p50=[1])),
        r"line 5: `\$\.laps` has 30 as value 1 of p99, more than 20 of p99\.9\.",
    ),
    "a position that another has": (
        with_row(3, position=1),
        r"line 5: `\$\.position` is 1 in block 1, as that of 'lock/threads/width=2' is\.",
    ),
    "a position beyond the cells": (with_row(1, position=3), r"line 3: `\$\.position` is 3; a block has 2 cells\."),
    "no position in a block": (with_row(1, position=0), r"line 3: `\$\.position` is 0 in block 1; only the rehearsal"),
    "other operations than before": (
        with_row(2, operations=9),
        r"line 4: `\$\.operations` is 9, but 8 in the rows of 'lock/threads/width=2' before\.",
    ),
    "other operations of a lap than before": (
        with_row(2, laps=[lap(operations=16)]),
        r"line 4: `\$\.laps\[0\]\.operations` is 16, but 8 in the rows of 'lock/threads/width=2' before\.",
    ),
    "measured, and no lap": (with_row(1, laps=[]), r"line 3: `\$\.laps` is empty, but `\$\.status` is 'measured'\."),
    "a lap without values": (with_row(1, laps=[lap(values=())]), r"line 3: `\$\.laps\[0\]\.values` is empty\."),
    "a lap twice": (with_row(1, laps=[lap(), lap()]), r"line 3: `\$\.laps` has 'work' twice\."),
    "failed, and no reason": (
        with_row(1, status="crash"),
        r"line 3: `\$\.reason` is empty, but `\$\.status` is 'crash'\.",
    ),
    "a row twice": (lambda records: records.append(records[1]), r"line 9: .*has block 1 twice\."),
    "a cell that was not planned": (with_row(1, cell="lock/fork/width=2"), r"line 3: `\$\.cell` .* not in the plan\."),
    "a block that was not planned": (lambda records: records.append(witnessed(9)), r"line 9: `\$\.block` is 9; "),
    "a block rejected that was not watched": (
        lambda records: records.append(Rejected(3, 4, "it was noisy")),
        r"line 9: `\$\.block` is 3, of which no line before says how noisy it was\.",
    ),
}


@pytest.mark.parametrize(("change", "complaint"), IN_A_ROW.values(), ids=IN_A_ROW)
def test_what_cannot_be_is_told_with_file_line_and_field(path: Path, change: Change, complaint: str) -> None:
    records = list(EVERY)
    change(records)
    (told,) = examine(saved(path, records)).complaints
    assert re.match(rf"{re.escape(str(path))}: {complaint}", told)


IN_THE_HEADER = {
    "another unit than the fact has": (
        {"environment": {"memory_gib": Fact(24, "MB", "psutil.virtual_memory")}},
        r"`\$\.environment\.memory_gib\.unit` is 'MB'; this fact is told in 'GiB'\.",
    ),
    "less than nothing of a fact": (
        {"environment": {"memory_gib": Fact(-1, "GiB", "psutil.virtual_memory")}},
        r"`\$\.environment\.memory_gib\.value` is -1, which is less than nothing\.",
    ),
    "a cell under another name": (
        {"plan": [msgspec.structs.replace(LOCK, backend="serial")]},
        r"`\$\.plan\[0\]` 'lock/threads/width=2' is not called after its scenario, backend and factors\.",
    ),
    "a factor that the scenario does not have": (
        {"plan": [planned("lock/threads", 3, colour="red")]},
        r"`\$\.plan\[0\]` 'lock/threads/colour=red' has 'colour', which is no factor of lock\.",
    ),
    "another format": ({"format": 2}, r"`\$\.format` is 2; this version reads 3\."),
    "a plan of another hash": ({"plan_hash": "0" * 16}, r"`\$\.plan_hash` does not belong to the plan; "),
}


@pytest.mark.parametrize(("fields", "complaint"), IN_THE_HEADER.values(), ids=IN_THE_HEADER)
def test_what_is_wrong_with_facts_and_cells_is_told(path: Path, fields: dict[str, object], complaint: str) -> None:
    more = dict(fields)
    plan = more.pop("plan", HEADER.plan)
    (told,) = examine(saved(path, [], header(plan, **more))).complaints  # type: ignore[arg-type]
    assert re.match(rf"{re.escape(str(path))}: line 1: {complaint}", told)


def test_processor_time_within_the_grain_of_the_clocks_is_believed(path: Path) -> None:
    row = msgspec.structs.replace(EVERY[1], seconds=0.02, cpu_s=0.06)
    assert examine(saved(path, [row])).complaints == []


def test_a_machine_that_does_not_tell_its_cpus_is_believed(path: Path) -> None:
    row = msgspec.structs.replace(EVERY[1], seconds=0.1, cpu_s=1.0)
    assert examine(saved(path, [row], header([LOCK], environment={}))).complaints == []


def test_a_scenario_that_is_not_installed_may_have_any_factor(path: Path) -> None:
    assert examine(saved(path, [], header([planned("shop/threads", 3, colour="red")]))).complaints == []


def test_positions_of_interleaved_journals_are_those_of_the_whole_block(path: Path) -> None:
    row = msgspec.structs.replace(EVERY[1], position=99)
    together = msgspec.structs.replace(HEADER, campaign="20260102T030405Z of 2")
    assert examine(saved(path, [row], together)).complaints == []


def test_a_good_journal_is_told_in_one_line_with_what_is_still_due(path: Path) -> None:
    found = examine(saved(path, list(EVERY)))
    assert validation.as_text([found]) == (
        f"{path}: fine: 20260102T030405Z-3.13.1 of example-2c-linux-1a2b3c: Python 3.13.1, default profile, 2 cells, "
        "5 children, 2 more still to be measured"
    )


def test_the_kept_reference_run_is_fine() -> None:
    (found, *_) = validate([Path(__file__).parent.parent / "results"])
    assert found.complaints == []
    assert "still to be measured" not in found.told


def test_everything_that_is_wrong_with_a_file_is_told(path: Path) -> None:
    records = list(EVERY)
    with_row(1, seconds=0.1, cpu_s=0.3)(records)
    with_row(3, position=1)(records)
    saved(path, records)
    lines = path.read_bytes().splitlines(keepends=True)
    lines[3] = lines[3].replace(b"measured", b"MEASURED")
    lines[5] = sealed(b'{"record":"child","cell":7}')
    path.write_bytes(b"".join(lines) + b'{"record":')
    numbers = [re.search(r"line (\d+): ", complaint)[1] for complaint in examine(path).complaints]  # type: ignore[index]
    assert numbers == ["3", "4", "5", "6", "9"]


def test_a_file_is_not_read_further_after_twenty_complaints(path: Path) -> None:
    saved(path, [])
    path.write_bytes(path.read_bytes() + b"{}\n" * 1000)
    found = examine(path)
    assert len(found.complaints) == MOST_COMPLAINTS == 20
    assert validation.as_text([found]).endswith(f"{path}: is not read further after 20 complaints.")


def test_text_from_a_file_shows_nothing_invisible(path: Path) -> None:
    cell = "lock/\x1b[31m\u202e\n"
    (told,) = examine(saved(path, [msgspec.structs.replace(EVERY[1], cell=cell)])).complaints
    assert not re.search("[\x00-\x1f\u202e]", told)


def test_a_folder_of_results_and_that_of_a_machine_are_searched(tmp_path: Path) -> None:
    folder = tmp_path / "results" / HEADER.machine
    paths = [saved(folder / name, list(EVERY)) for name in ("a.jsonl", "b.jsonl")]
    paths.append(sightings.write(tmp_path / "results", SEEN, [DIES]))
    for place in (tmp_path / "results", folder):
        assert {one.path for one in validate([place])} == set(map(str, paths))


@pytest.mark.parametrize("place", [".", "empty"])
def test_a_folder_without_a_journal_is_told(tmp_path: Path, place: str) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(JournalError, match="holds no journal; name a file"):
        validate([tmp_path / place])


def test_two_machines_under_one_name_are_told_with_the_fact(tmp_path: Path) -> None:
    def of(memory_gib: int, folder: str) -> Path:
        facts = {"cpu_model": Fact("EPYC", "", ""), "memory_gib": Fact(memory_gib, "GiB", "")}
        return saved(tmp_path / folder / "run.jsonl", [], header([LOCK], environment=facts))

    one, other = of(16, "a"), of(64, "b")
    same, differing = validate([tmp_path])
    assert (same.path, same.complaints) == (str(one), [])
    assert differing.complaints == [
        f"{other}: line 1: `$.machine` is example-2c-linux-1a2b3c, as in {one}, but memory_gib is 64 here and 16 there; "
        "give one of them another name with --machine."
    ]


SEEN = sightings.Header(
    format=sightings.FORMAT,
    machine=HEADER.machine,
    started="2026-01-02T03:04:05+00:00",
    interpreter={"version": "3.13.1"},
    sources={},
    pairs=[Pair("killed_worker", "threads"), Pair("killed_worker", "serial", "there is no worker")],
    repeat=1,
)
DIES = Attempt("killed_worker", "threads", Outcome.DIES, "SIGKILL", seconds=0.25)


@pytest.mark.parametrize(
    ("changed", "complaint"),
    [
        (b'"seconds":-0.25', r"line 2: `\$\.seconds` is -0\.25, which is no duration"),
        (b'"seconds":0.25,"surprise":1', r"line 2: `\$\.surprise` is an unknown field"),
        (b'"seconds":"long"', r"line 2: .*`\$\.seconds`"),
    ],
)
def test_what_was_seen_of_failures_is_looked_at_too(tmp_path: Path, changed: bytes, complaint: str) -> None:
    path = sightings.write(tmp_path, SEEN, [DIES])
    assert examine(path).complaints == []
    first, second = path.read_bytes().splitlines(keepends=True)
    record = second[:-21].replace(b'"seconds":0.25', changed) + b"}"
    path.write_bytes(first + sealed(record))
    (told,) = examine(path).complaints
    assert re.match(rf"{re.escape(str(path))}: {complaint}", told)


def test_the_command_tells_good_files_and_bad_ones_apart(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["validate", str(saved(path, list(EVERY)))]) == 0
    assert capsys.readouterr().out.startswith(f"{path}: fine: ")
    torn = path.with_name("torn.jsonl")
    torn.write_bytes(path.read_bytes()[:-5])
    assert cli.main(["validate", str(path), str(torn)]) == 2
    good, bad = capsys.readouterr().out.splitlines()
    assert good.startswith(f"{path}: fine: ")
    assert bad.startswith(f"{torn}: line 8: is cut off; ")


def test_the_command_tells_it_as_data_too(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    saved(path, [msgspec.structs.replace(EVERY[1], position=0), failed(LATENCY, 1)])
    assert cli.main(["validate", "--json", str(path)]) == 2
    (found,) = json.loads(capsys.readouterr().out)
    assert (found["path"], len(found["complaints"])) == (str(path), 2)
    assert found["told"].startswith("20260102T030405Z-3.13.1 of ")

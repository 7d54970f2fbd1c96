"""Up to which number is a row believed, from which on is it not, and is everything wrong with a file told to the last line?"""

import itertools
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journals import HOSTILE, failed, header, journal, measured, planned, witnessed, write
from study import lines, sightings, validation
from study.journal import Budget, Fact, Header, Kept, Planned, Rejected, Row, Values, lost_cells, unfinished
from study.lines import sealed
from study.matrix import Pair
from study.plausibility import Rows, of_header
from study.validation import MOST_COMPLAINTS, Examined, examine, validate

LOCK, POOL = planned("lock/threads", 3, width=2), planned("pool/serial", 1, width=2)
SPANS = st.lists(st.integers(0, 9), max_size=4)


def on(cpus: object, **more: object) -> Header:
    """Of a machine with so many CPUs."""
    value = {"logical_cpus": Fact(cpus, "CPUs", "os.cpu_count")}  # type: ignore[arg-type]
    return header([LOCK, POOL], environment=value, **more)


def row(block: int = 1, position: int = 1, cell: Planned = LOCK, **fields: object) -> Row:
    return msgspec.structs.replace(measured(cell, block, {"work": [0.01]}, 8), position=position, **fields)


def told(*rows: Row, of: Header | None = None) -> list[str]:
    judge = Rows(of or on(2))
    return [complaint for one in rows for complaint in judge.of_row(one)]


def lap(name: str, values: list[float], unit: str = "ns", operations: int = 8) -> Values:
    return msgspec.structs.replace(Values(name, operations, "study/scenarios/lock.py:40", values), unit=unit)  # type: ignore[arg-type]


@pytest.mark.parametrize(("cpus", "cpu_s", "complaints"), [(1, 1.069, 0), (1, 1.071, 1), (4, 4.129, 0), (4, 4.131, 1)])
def test_processor_time_is_believed_as_far_as_all_cpus_could_give_it(cpus: int, cpu_s: float, complaints: int) -> None:
    assert len(told(row(seconds=1.0, cpu_s=cpu_s), of=on(cpus))) == complaints


@pytest.mark.parametrize("cpus", [0, -2, None, "many", 1.5])
def test_without_a_number_of_cpus_any_processor_time_is_believed(cpus: object) -> None:
    assert told(row(seconds=1.0, cpu_s=99.0), of=on(cpus)) == []


def test_a_duration_may_be_as_long_as_its_child_lived_and_an_amount_any_number() -> None:
    assert told(row(seconds=1.0, laps=[lap("work", [10**9, 1_069_000_000])])) == []
    (late,) = told(row(seconds=1.0, laps=[lap("memory", [10**17], "B"), lap("work", [1_071_000_000, 5])]))
    assert late == "`$.laps[1].values` has 1.071 s for 'work', but its child lived 1 s"


def test_each_lap_that_is_too_long_is_told() -> None:
    assert len(told(row(seconds=0.1, laps=[lap("a", [10**9]), lap("b", [10**9])]))) == 2


def test_a_place_is_of_one_cell_in_one_block_and_the_last_place_is_that_of_the_last_cell() -> None:
    assert told(row(1, 2), row(1, 1, POOL, seconds=1.0), row(2, 2), row(2, 1, POOL, seconds=1.0)) == []
    (complaint,) = told(row(1, 2), row(1, 2, POOL))
    assert complaint == "`$.position` is 2 in block 1, as that of 'lock/threads/width=2' is"
    (complaint,) = told(row(1, 3))
    assert complaint == "`$.position` is 3; a block has 2 cells"


def test_the_rehearsal_has_no_places_and_two_without_a_place_are_not_one_place() -> None:
    assert told(row(0, 0), row(0, 0, POOL), row(0, 9)) == []
    assert told(row(1, 0), row(1, 0, POOL)) == ["`$.position` is 0 in block 1; only the rehearsal has no order"] * 2


def test_operations_are_those_of_their_own_cell_and_lap_and_of_what_was_measured() -> None:
    laps = [lap("work", [10]), lap("rest", [10], operations=3)]
    crash = msgspec.structs.replace(failed(LOCK, 1, "crash"), position=1, operations=5)
    assert told(crash, row(2, operations=8, laps=laps), row(2, 2, POOL, operations=9), row(3, laps=laps)) == []
    (complaint,) = told(row(0, operations=8), row(1, operations=None))
    assert complaint == "`$.operations` is None, but 8 in the rows of 'lock/threads/width=2' before"


def test_operations_are_held_against_the_first_ones_in_each_row() -> None:
    assert len(told(*(row(block, operations=operations) for block, operations in enumerate((8, 9, 9, 8))))) == 2


def test_a_lap_twice_is_told_once_for_each_name() -> None:
    laps = [lap(name, [1]) for name in "abbaac"]
    assert told(row(laps=laps)) == ["`$.laps` has 'a' twice", "`$.laps` has 'b' twice"]


def test_a_failure_needs_a_reason_and_no_lap() -> None:
    assert told(msgspec.structs.replace(failed(LOCK, 1), position=1, laps=[lap("a", []), lap("a", [])])) == []
    (complaint,) = told(row(status="out of memory", reason=""))
    assert complaint == "`$.reason` is empty, but `$.status` is 'out of memory'"


@pytest.mark.parametrize(
    ("laps", "complaints"),
    [
        ({"p9": [1], "p50": [2], "p99": [2]}, 0),
        ({"p50": [2], "p9": [3]}, 1),
        ({"p100": [1], "p50": [2]}, 0),
        ({"p50x": [1], "p5": [2], "xp50": [0], "p": [0]}, 0),
        ({"p50": [1, 5], "p90": [2]}, 0),
        ({"p50": [9, 9], "p90": [1, 1], "p99": [0, 0]}, 1),
        ({"p99": [1, 4], "p99.99": [1, 3], "p99.9": [1, 4]}, 1),
    ],
)
def test_percentiles_are_compared_by_their_number_and_the_first_contradiction_is_told(
    laps: dict[str, list[float]], complaints: int
) -> None:
    assert len(told(row(laps=[lap(name, values) for name, values in laps.items()]))) == complaints


@settings(deadline=None)
@given(st.permutations(["p50", "p90", "p99", "p99.9"]), SPANS, SPANS, SPANS, SPANS)
def test_percentiles_are_told_to_cross_exactly_when_some_value_does(
    order: list[str], p50: list[int], p90: list[int], p99: list[int], p999: list[int]
) -> None:
    every = {"p50": p50 or [0], "p90": p90 or [0], "p99": p99 or [0], "p99.9": p999 or [0]}
    ascending = list(every.values())
    crosses = any(
        one > other for less, more in itertools.pairwise(ascending) for one, other in zip(less, more, strict=False)
    )
    assert bool(told(row(laps=[lap(name, list(every[name])) for name in order]))) is crosses


@pytest.mark.parametrize("value", [0, 0.0, None, "-1", True])
def test_a_fact_may_be_nothing_and_a_word_may_begin_with_a_dash(value: object) -> None:
    assert list(of_header(header([LOCK], environment={"theirs": Fact(value, "furlongs", "")}))) == []  # type: ignore[arg-type]


def test_each_fact_and_each_cell_that_is_wrong_is_told_with_its_place() -> None:
    facts = {"theirs": Fact(-0.5, "", ""), "memory_gib": Fact(-2, "MB", "")}
    plan = [planned("shop/threads"), LOCK, planned("lock/threads", 1, colour="red", size=2, width=2)]
    found = list(of_header(header(plan, environment=facts)))
    assert [complaint.split("`")[1] for complaint in found] == [
        *("$.environment.theirs.value", "$.environment.memory_gib.unit", "$.environment.memory_gib.value"),
        *("$.plan[2]", "$.plan[2]"),
    ]
    assert ["'colour'" in found[-2], "'size'" in found[-1]] == [True, True]


@pytest.mark.parametrize(
    ("cell", "fine"),
    [
        ("lock/threads", True),
        ("lock/threads/", True),
        ("lock//threads", False),
        ("lock/thread", False),
        ("lock", False),
    ],
)
def test_a_cell_without_factors_is_called_after_scenario_and_backend(cell: str, fine: bool) -> None:
    plan = [Planned(cell, "lock", "threads", {}, False, 1)]
    assert (list(of_header(header(plan))) == []) is fine


def test_every_scenario_can_be_kept_to_some_cpus_and_has_the_factors_of_large_machines() -> None:
    plan = [planned("lock/threads", width=2, cpus=1), planned("scaling/threads", workload="cpu", width=64)]
    assert list(of_header(header(plan))) == []


def test_a_row_beyond_those_of_the_plan_is_told() -> None:
    kept = Kept(header([LOCK, POOL]))
    assert [bool(kept.add(failed(POOL, block))) for block in (2, 0)] == [False, False]
    assert [bool(kept.add(failed(LOCK, block))) for block in (1, 2, 3)] == [False] * 3
    surplus = [kept.add(failed(POOL, block)) for block in (1, 3)]
    assert surplus == ["`$.block` is one more than the plan has of 'pool/serial/width=2'"] * 2


def test_a_cell_is_lost_after_two_timeouts_unless_it_was_measured_once() -> None:
    rehearsed, late = failed(LOCK, 0), [failed(POOL, 1), failed(POOL, 2)]
    assert lost_cells([rehearsed, late[0]]) == {LOCK.cell}
    assert lost_cells([*late, measured(POOL, 0, {"a": [1.0]})]) == {POOL.cell}, "a rehearsal is no measurement"
    assert lost_cells([*late, measured(POOL, 3, {"a": [1.0]})]) == set()
    assert lost_cells([*late, failed(POOL, 3, "crash")]) == {POOL.cell}, "nor is a failure of another kind"
    assert lost_cells([failed(POOL, 2, "crash"), failed(POOL, 3, "crash"), late[0]]) == set()


def test_what_is_due_is_never_less_than_nothing_and_nothing_of_what_was_lost() -> None:
    made = header([LOCK, POOL])
    assert unfinished(made, []) == 3 + 1
    assert unfinished(made, [failed(POOL, block, "crash") for block in (1, 2, 3)]) == 3
    assert unfinished(made, [failed(LOCK, 0)]) == 1
    assert unfinished(made, [failed(LOCK, 1)], [failed(LOCK, 2)]) == 1, "rows of a rejected block tell of a hang too"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "machine" / "run.jsonl"


def test_a_file_that_is_not_there_is_told_like_any_other(path: Path) -> None:
    (missing,) = validate([path])
    assert missing.complaints == [f"{path}: No such file or directory; name a journal that can be read."]
    assert validation.as_text([missing]) == missing.complaints[0]


def test_an_empty_file_is_no_journal(path: Path) -> None:
    path.parent.mkdir()
    path.touch()
    assert examine(path).complaints == [f"{path}: line 1: is not complete, so this is no journal."]
    assert (examine(path).told, examine(path).header) == ("", None)


FIRST_LINES = {
    "changed": (
        lambda line: line.replace(b"default", b"quicker"),
        "run.jsonl",
        r"line 1: `\$\.check` does not belong to it",
    ),
    "of no campaign": (lambda _: sealed(b'{"record":"run"}'), "run.jsonl", "line 1: Object missing required field"),
    "of no failures": (lambda _: sealed(b'{"format":1}'), "a.failures.jsonl", "line 1: Object missing required field"),
}


@pytest.mark.parametrize(("change", "name", "complaint"), FIRST_LINES.values(), ids=FIRST_LINES)
def test_of_a_file_whose_first_line_is_wrong_nothing_else_is_told(
    tmp_path: Path, change: Callable[[bytes], bytes], name: str, complaint: str
) -> None:
    path = write(journal([LOCK], [row(1), row(1)]), tmp_path / name)
    first, *others = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([change(first), *others]))
    (told_of_it,) = examine(path).complaints
    assert re.match(rf"{re.escape(str(path))}: {complaint}", told_of_it)


def test_what_was_seen_of_failures_in_another_format_is_not_read(tmp_path: Path) -> None:
    pairs = [Pair("killed_worker", "threads")]
    seen = sightings.Header(99, "made-up", "2026-01-02T03:04:05+00:00", {"version": "3.13.1"}, {}, pairs, 1)
    (complaint,) = examine(sightings.write(tmp_path, seen)).complaints
    assert "line 1: `$.format` is 99; this version reads" in complaint


def test_a_line_that_was_changed_is_told_as_that_and_its_fields_are_not_looked_at(path: Path) -> None:
    write(journal([LOCK], [row(1), row(2)]), path)
    path.write_bytes(path.read_bytes().replace(b'"position":1', b'"position":0', 1))
    (complaint,) = examine(path).complaints
    assert complaint.startswith(f"{path}: line 2: `$.check` does not belong to it: ")


def test_a_file_that_is_full_of_complaints_is_left_there(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(journal([LOCK], []), path)
    path.write_bytes(path.read_bytes() + b"{}\n" * 100)
    read: list[int] = []
    every = lines.examined

    def counting(place: Path) -> Iterator[lines.Line]:
        for line in every(place):
            read.append(line.number)
            yield line

    monkeypatch.setattr(lines, "examined", counting)
    assert len(examine(path).complaints) == MOST_COMPLAINTS
    assert read[-1] == 1 + MOST_COMPLAINTS


def test_neither_a_name_of_a_file_nor_that_of_a_run_shows_what_is_invisible(tmp_path: Path) -> None:
    path = write(journal([LOCK], [], run="\u202erun"), tmp_path / "a\u202e.jsonl")
    bad = write(journal([], []), tmp_path / "b\u202e.jsonl")
    bad.write_bytes(bad.read_bytes() + b"{}\n" * MOST_COMPLAINTS)
    found = validate([path, bad])
    told_of_it = [validation.as_text(found), *(one["told"] for one in json.loads(validation.as_json(found)))]
    assert not [text for text in told_of_it if "\u202e" in text]
    assert len(told_of_it[0].splitlines()) == 1 + MOST_COMPLAINTS + 1


def test_a_first_line_with_more_than_can_be_told_is_cut_and_says_so(path: Path) -> None:
    plan = [Planned(f"cell {number}", "lock", "threads", {}, False, 1) for number in range(MOST_COMPLAINTS + 5)]
    found = examine(write(journal(plan, []), path))
    assert len(found.complaints) == MOST_COMPLAINTS
    assert "`$.plan[19]`" in found.complaints[-1]
    assert validation.as_text([found]).count("\n") == MOST_COMPLAINTS


def test_files_are_told_in_the_order_in_which_they_were_named_each_with_its_own_lines(path: Path) -> None:
    write(journal([LOCK], [row(1)]), path)
    bad = write(journal([LOCK], [row(1, 0), row(2, 0)]), path.with_name("bad.jsonl"))
    lines = validation.as_text(validate([bad, path])).splitlines()
    assert [line.partition(": ")[0] for line in lines] == [str(bad), str(bad), str(path)]
    assert lines[2].endswith("1 cells, 1 children, 2 more still to be measured")


def test_children_of_a_rejected_block_are_counted_and_due_again(path: Path) -> None:
    rows = [row(block) for block in (1, 2, 3)]
    write(journal([LOCK], rows, blocks=[witnessed(1)], rejected=[Rejected(1, 4, "it was noisy")]), path)
    assert examine(path).told.endswith(", 3 children, 1 more still to be measured")


def test_under_a_budget_nothing_is_due(path: Path) -> None:
    write(journal([LOCK], [row(1)], budget=Budget(60.0, 9.0, "much")), path)
    assert examine(path).told.endswith("1 cells, 1 children")


def test_of_several_that_contradict_a_file_the_first_is_named(tmp_path: Path) -> None:
    facts = [{"memory_gib": Fact(gib, "GiB", "")} for gib in (16, 64, 128)]
    paths = [write(journal([LOCK], [], environment=each), tmp_path / f"{n}.jsonl") for n, each in enumerate(facts)]
    first, second, third = validate(paths)
    assert first.complaints == []
    assert [f"as in {paths[0]}, but" in one.complaints[0] for one in (second, third)] == [True, True]
    assert [len(one.complaints) for one in (second, third)] == [1, 1]


def test_only_journals_of_a_folder_and_of_the_folders_in_it_are_looked_at(path: Path, tmp_path: Path) -> None:
    for place in (path, path.with_name("other.jsonl.gz"), path.with_name("notes.txt"), path.parent / "a" / "b.jsonl"):
        place.parent.mkdir(parents=True, exist_ok=True)
        place.touch()
    (tmp_path / "top.jsonl").touch()
    assert validation.files_of(path.parent) == sorted(
        [path, path.with_name("other.jsonl.gz"), path.parent / "a" / "b.jsonl"]
    )
    assert validation.files_of(tmp_path) == sorted([path, path.with_name("other.jsonl.gz"), tmp_path / "top.jsonl"])


def test_a_complaint_ends_with_one_full_stop_and_is_cut_and_shows_nothing_invisible() -> None:
    found = Examined("run.jsonl")
    for text in ("it is so", "it is so.", HOSTILE * 100):
        found.complain(3, text)
    assert found.complaints[:2] == ["run.jsonl: line 3: it is so."] * 2
    assert len(found.complaints[2]) == validation.LONGEST
    assert not [character for character in "\x00\x1b\u202e" if character in found.complaints[2]]

"""Which blocks of two runs may be held against each other, over which baseline, and what of a run never counts?"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec
import pytest

from journals import failed, journal, measured, planned, simple, write
from study import compare, paired
from study.compare import Comparison
from study.journal import Journal, Row, Values
from study.sessions import DEFAULT_FLOOR
from study.summary import Verdict, ratio

BLOCKS = 15
LAP = "cold ready"
LOCK = planned("lock/threads", 6, width=2)
FACTORS = {"form": "worker", "width": 1}
STEPS = [1 + n / 100 for n in range(BLOCKS)]
Costs = Mapping[str, float | Sequence[float]]


def run(costs: Costs, number: int = 1, machine: str = "one-2c-linux-abc", lap: str = LAP, **more: object) -> Journal:
    """Starts that take so long in each block, or that of each block."""
    cells = {name: planned(f"startup/{name}", BLOCKS, headline=True, **FACTORS) for name in costs}
    rows: list[Row] = []
    for name, cell in cells.items():
        told = costs[name]
        rows += simple(cell, [told * step for step in STEPS] if isinstance(told, float) else told, lap)
    usual = {"interpreter": {"version": "3.13.1"}, "environment": {}}
    return journal([*cells.values()], rows, run=f"2026010{number}T000000Z-3.13.1", machine=machine, **usual | more)


def figures(found: Comparison) -> dict[str, compare.Figure]:
    return {compare.parts_of(one.cell)[1]: one for one in found.figures}


def test_only_times_of_measured_blocks_that_count_are_paired() -> None:
    lied = msgspec.structs.replace(measured(LOCK, 3, {"a": [9.0]}), status="wrong answer", reason="one was lost")
    timed = measured(LOCK, 4, {"a": [9.0, 4.0]}, operations=2)
    others = [Values("kept", 1, "lock.py:1", [5, 5], "B"), Values("empty", 1, "lock.py:1", [])]
    whole = msgspec.structs.replace(timed, laps=[*timed.laps, *others])
    rows = [measured(LOCK, 0, {"a": [1.0]}), failed(LOCK, 1), measured(LOCK, 2, {"a": [2.0]}), lied, whole]
    assert paired.blocks_of(journal([LOCK], rows)) == {(LOCK.cell, "a"): {2: pytest.approx(2.0), 4: pytest.approx(2.0)}}
    timeless = simple(LOCK, [0.0, 1.0], "a")
    assert paired.blocks_of(journal([LOCK], timeless)) == {}


def test_a_pair_is_of_the_blocks_that_both_have_whatever_their_order() -> None:
    place = ("lock/threads", "a")
    drift = {block: 2.0**block for block in range(1, 10)}
    a = {place: {**drift, 20: 7.0}, ("only/a", "a"): {1: 1.0}, ("apart", "a"): {1: 1.0}}
    b = {("apart", "a"): {2: 1.0}, place: {30: 9.0} | {block: 3 * drift[block] for block in reversed(drift)}}
    (pair,) = paired.pairs(a, b)
    assert (pair.place, pair.ratio.value, pair.ratio.n) == (place, pytest.approx(3), 9)
    assert pair.verdict is Verdict.SLOWER
    assert paired.pairs(a, {}) == paired.pairs({}, a) == []


def scaling(costs: Mapping[str, float], width: int = 2, workload: str = "cpu", run: str = "a") -> Journal:
    cells = [planned(f"scaling/{name}", 6, workload=workload, width=1 if name == "serial" else width) for name in costs]
    rows = [row for cell in cells for row in simple(cell, [costs[cell.backend]] * 6, "default chunks")]
    return journal(cells, rows, run=run)


def speedups(*journals: Journal) -> dict[tuple[str, str], tuple[str, float]]:
    """(backend, run) -> the run of the loop, and how many times as fast."""
    found = paired.speedups(journals, [paired.blocks_of(one) for one in journals])
    return {(one.cell.split("/")[1], one.run): (one.serial_run, one.ratio.value) for one in found}


def test_a_speed_up_is_over_the_loop_of_the_same_work_whatever_the_width_and_no_floors() -> None:
    pools = scaling({"serial": 1.0, "threads": 0.5, "floor.interpreter": 0.25})
    assert speedups(pools) == {("threads", "a"): ("a", pytest.approx(2))}
    assert speedups(scaling({"threads": 0.5}), scaling({"serial": 1.0}, workload="wait", run="b")) == {}
    (one,) = paired.speedups([pools], [paired.blocks_of(pools)])
    assert (one.ratio.low, one.ratio.high) == pytest.approx((2, 2)), "six blocks are enough for the interval of a cell"


def test_of_two_loops_that_are_equally_fast_the_first_runs_is_the_baseline() -> None:
    one, other = (scaling({"serial": 1.0}, run=name) for name in "ab")
    assert speedups(one, other) == {("serial", "b"): ("a", pytest.approx(1))}
    assert speedups(other, one) == {("serial", "a"): ("b", pytest.approx(1))}


def test_a_speed_up_without_a_block_of_the_loop_is_none() -> None:
    one, other = scaling({"serial": 1.0}), scaling({"threads": 1.0}, run="b")
    later = msgspec.structs.replace(
        other, rows=[msgspec.structs.replace(row, block=row.block + 50) for row in other.rows]
    )
    assert speedups(one, later) == {}


def test_on_two_machines_a_figure_is_over_the_plain_loop_and_over_threads_only_where_one_run_lacks_it() -> None:
    every = {"serial": 0.001, "threads": 0.002, "processes.fork": 0.008}
    other = run(every, 2, "two-8c-linux-def")
    told = figures(compare.compare(run(every), other))
    assert {name: (one.baseline, one.first) for name, one in told.items()} == {
        "serial": ("threads", pytest.approx(0.5)),
        "threads": ("serial", pytest.approx(2)),
        "processes.fork": ("serial", pytest.approx(8)),
    }
    few = {name: cost for name, cost in every.items() if name != "serial"}
    for pair in ((run(every), run(few, 2, other.header.machine)), (run(few), other)):
        told = figures(compare.compare(*pair))
        assert {name: (one.baseline, one.first) for name, one in told.items()} == {
            "processes.fork": ("threads", pytest.approx(4))
        }


def test_the_interval_of_two_machines_divides_opposite_ends_each_with_half_of_the_error() -> None:
    threads, forks = [STEPS, STEPS[::-1]], [[3 * one for one in STEPS[::-1]], [7 * one for one in STEPS]]
    sides = [ratio(*pair, level=0.995) for pair in zip(threads, forks, strict=True)]
    runs = [
        run({"threads": t, "processes.fork": f}, n + 1, f"m{n}")
        for n, (t, f) in enumerate(zip(threads, forks, strict=True))
    ]
    found = figures(compare.compare(*runs))["processes.fork"].ratio
    (a_low, a_high), (b_low, b_high) = ((one.low or 0, one.high or 0) for one in sides)
    assert (found.value, found.low, found.high, found.n) == pytest.approx(
        (sides[1].value / sides[0].value, b_low / a_high, b_high / a_low, BLOCKS)
    )


def test_figures_that_share_no_block_with_their_baseline_are_not_told() -> None:
    costs = {"threads": 0.001, "processes.fork": 0.002}
    one, other = run(costs), run(costs, 2, "two-8c-linux-def")
    moved = [msgspec.structs.replace(row, block=row.block + 50) if "fork" in row.cell else row for row in other.rows]
    assert compare.compare(one, msgspec.structs.replace(other, rows=moved)).figures == ()


SWAPPED = {"threads": 0.002, "processes.fork": 0.001}


def swaps(a: Journal, b: Journal) -> list[tuple[str, str]]:
    return [(one.was_faster, one.is_faster) for one in compare.compare(a, b).swaps]


def test_places_change_in_the_headline_alone_and_by_a_verdict_in_each_run() -> None:
    before = {"threads": 0.001, "processes.fork": 0.002}
    assert swaps(run(before), run(SWAPPED, 2)) == [("threads", "processes.fork")]
    assert swaps(run(SWAPPED), run(before, 2)) == [("processes.fork", "threads")]
    assert swaps(run(before, lap="warm ready"), run(SWAPPED, 2, lap="warm ready")) == []
    few = {name: [cost] * 7 for name, cost in SWAPPED.items()}
    assert swaps(run(before), run(few, 2)) == swaps(run(few), run(before, 2)) == []
    floor = {"floor.fork": 0.002, "threads": 0.001}
    assert swaps(run(floor), run({"floor.fork": 0.001, "threads": 0.002}, 2)) == []


def test_other_code_and_another_profile_are_facts_that_differ() -> None:
    body = {"study/scenarios/lock.py": "1" * 16}
    one, other = run(SWAPPED), run(SWAPPED, 2, sources=body, profile="rigorous")
    told = {fact.fact: (fact.first, fact.second) for fact in compare.compare(one, other).facts}
    assert told.pop("profile") == ("default", "rigorous")
    first, second = told.pop("study's sources")
    assert first != second
    assert told == {}


@pytest.mark.parametrize("other", [{"interpreter": {"version": "3.12.0"}}, {"machine": "two-8c-linux-def"}])
def test_sessions_of_another_interpreter_or_machine_measure_no_floor(tmp_path: Path, other: dict[str, object]) -> None:
    made = [run({"threads": 0.001 * number}, number, **(other if number == 5 else {})) for number in range(1, 6)]  # type: ignore[arg-type]
    for one in made:
        (tmp_path / one.header.machine).mkdir(exist_ok=True)
    paths = [write(one, tmp_path / one.header.machine / f"{one.header.run}.jsonl") for one in made]
    (found,) = compare.against_the_first(compare.runs(paths[0], paths[1:2], tmp_path), tmp_path)
    assert found.floor == DEFAULT_FLOOR


@pytest.mark.parametrize(
    ("cell", "parts"),
    [
        ("lock/threads/width=2", ("lock", "threads", "width=2")),
        ("lock/threads", ("lock", "threads", "")),
        ("lock/threads/form=a/b,width=2", ("lock", "threads", "form=a/b,width=2")),
        ("lock", ("lock", "", "")),
    ],
)
def test_a_cells_name_is_taken_apart_and_put_together_again(cell: str, parts: tuple[str, str, str]) -> None:
    assert compare.parts_of(cell) == parts
    assert compare.named(*parts) == cell

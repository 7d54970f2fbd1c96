"""Are sentences and tables still right where results are few, odd, or of several runs and sessions?"""

from collections.abc import Mapping

import pytest

from journals import absent, failed, journal, measured, planned, simple
from study import between, launches, particulars, sentences, tables
from study.journal import Fact, Journal, Planned
from study.sessions import DEFAULT_FLOOR
from study.tables import results


def test_a_speed_up_whose_interval_begins_at_1_cannot_be_told() -> None:
    pool, loop = (planned(f"scaling/{name}", 8, workload="cpu", width=n) for name, n in (("threads", 2), ("serial", 1)))
    for end in (1.0, 2.0, 0.5):
        rows = [*simple(pool, [1.0] * 8, "default chunks"), *simple(loop, [1.0] * 3 + [end] * 5, "default chunks")]
        (only,) = sentences.speedups(results([journal([pool, loop], rows)]))
        assert only.startswith("Whether threading.Thread with default chunks makes pure Python with 2 workers faster")


def test_nothing_is_counted_before_anything_was_tried() -> None:
    lock, event = planned("lock/threads", 6, width=2), planned("event/threads", 6)
    nothing = [absent("lock/serial", "nobody to lock out", width=2)]
    assert sentences.works(results([journal([lock, event], [], nothing)])) == ""
    assert sentences.works(results([journal([lock, event], [failed(lock, 1)], nothing)])) == (
        "Of 3 pairs of a scenario and a backend, 0 work, 1 failed in some block, and 1 are not offered, 1 not measured yet."
    )
    assert sentences.progress(results([journal([], [])])) == ""


def test_each_runs_table_of_chunks_is_judged_by_itself() -> None:
    """Nine pools with eight blocks bear no verdict over all, each of nine runs does over its own."""
    laps = {"default chunks": [1.0], "tuned chunks": [0.5]}
    pools = [planned("scaling/threads", 8, workload="cpu", width=width) for width in range(2, 11)]
    rows = [[measured(pool, block, laps) for block in range(1, 9)] for pool in pools]
    together = tables.scaling(results([journal(pools, [row for own in rows for row in own])]))
    apart = tables.scaling(
        results([journal([pool], own, run=pool.cell) for pool, own in zip(pools, rows, strict=True)])
    )
    assert set(together["tuned_verdict"]) == {"", "inconclusive"}
    assert set(apart["tuned_verdict"]) == {"", "faster"}


@pytest.mark.parametrize(
    ("told", "limit"), [((4, 2), 2.0), ((2, 4), 2.0), ((None, 4), 4.0), ((0, 4), 4.0), ((-1, 4), 4.0), (("8", 4), 4.0)]
)
def test_what_bounds_the_workers_is_the_least_that_any_run_tells(told: tuple[object, object], limit: float) -> None:
    runs = [
        journal([], [], run=f"run {n}", environment={"quota_cpus": Fact(value, "CPUs", "cgroup")})  # type: ignore[arg-type]
        for n, value in enumerate(told)
    ]
    assert results(runs).limits == {"quota": limit}
    assert results([journal([], [], environment={"quota_cpus": Fact(None, "CPUs", "cgroup")})]).limits == {}


def test_blocks_in_which_one_of_two_took_no_time_are_no_pairs() -> None:
    one, other = planned("lock/threads", 4, width=2), planned("lock/serial", 4, width=2)
    rows = [*simple(one, [1.0, 0.0, 3.0, 4.0], "a"), *reversed(simple(other, [2.0, 4.0, 6.0, 0.0], "a"))]
    found = results([journal([one, other], rows)])
    run = found.cells["run"].iloc[0]
    assert found.paired(run, (one.cell, "a"), (other.cell, "a")).tolist() == [[1.0, 3.0], [2.0, 6.0]]
    assert found.paired(run, (one.cell, "a"), (other.cell, "b")).shape == (2, 0)


def test_each_reason_why_something_is_not_offered_has_a_line_with_the_first_of_its_cells() -> None:
    nothing = [absent("startup/serial", reason, width=n) for n, reason in enumerate(["a", "b", "a"])]
    table = tables.absences(results([journal([], [], nothing), journal([], [], nothing[:1], run="another")]))
    assert table[["run", "reason", "cells", "cell"]].values.tolist() == [
        ["20260102T030405Z-3.13.1", "a", 2, "startup/serial/width=0"],
        ["20260102T030405Z-3.13.1", "b", 1, "startup/serial/width=1"],
        ["another", "a", 1, "startup/serial/width=0"],
    ]


def test_facts_are_told_of_each_run_in_words() -> None:
    facts = {"a": Fact(True, "", "x"), "b": Fact(False, "", "y"), "c": Fact(2.5, "GB", "z"), "d": Fact("", "", "w")}
    runs = [journal([], [], run=name, environment=facts, interpreter={"version": "3"}) for name in ("one", "two")]
    told = particulars.facts(runs).values.tolist()
    assert [line[:4] for line in told[5:]] == [["two", *line[1:4]] for line in told[:5]]
    assert [line[1:] for line in told[:5]] == [
        ["a", "yes", "", "x"],
        ["b", "no", "", "y"],
        ["c", "2.5", "GB", "z"],
        ["d", "", "", "w"],
        ["version", "3", "", "the measured interpreter"],
    ]


def session(number: int, cell: Planned, campaign: str = "", **more: object) -> Journal:
    facts = {"environment": {}, "interpreter": {"version": "3.13.1"}, **more}
    return journal([cell], simple(cell, [1.0 + number / 100] * 3), run=f"run {number}", campaign=campaign, **facts)


def test_five_sessions_that_measured_nothing_in_common_measure_no_floor() -> None:
    found = between.noise([session(n, planned("lock/threads", 3, width=n)) for n in range(5)])
    assert (found.measured, found.cells, found.floor) == (False, 0, DEFAULT_FLOOR)
    assert "1 more session of" in between.as_text(found)
    assert '"measured": false' in between.as_json(found)


def test_a_machine_that_does_not_tell_its_facts_goes_by_its_name_and_a_campaign_counts_once() -> None:
    lock = planned("lock/threads", 3, width=2)
    made = [
        session(n, lock, campaign="all" if n > 1 else "", environment={"machine_id": Fact(None, "", "")})
        for n in range(5)
    ]
    found = between.noise(made)
    assert found.machine == made[0].header.machine
    assert len(found.runs) == 3
    assert not found.measured
    assert "2 more sessions of" in between.as_text(found)


def starts(backend: str, seconds: Mapping[str, float], run: str = "run") -> Journal:
    cells = {form: planned(f"{launches.SCENARIO}/{backend}", 6, form=form) for form in seconds}
    rows = [row for form, cell in cells.items() for row in simple(cell, [seconds[form]] * 6, launches.READY)]
    return journal([*cells.values()], rows, run=run)


def test_a_launch_form_is_held_against_the_script_of_its_own_backend_and_run() -> None:
    one = starts("processes.spawn", {"script": 0.1, "module": 0.2}, "one")
    other = starts("processes.spawn", {"script": 0.1, "module": 0.3}, "two")
    alone = starts("processes.forkserver", {"module": 0.7}, "three")
    said = launches.sentences(results([one, other, alone]))
    assert said == [
        f"From python -m package a start with multiprocessing (spawn) takes {times} times as long as from a script."
        for times in ("2.00 (2.00–2.00)", "3.00 (3.00–3.00)")
    ]

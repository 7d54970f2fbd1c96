"""Where exactly does a published claim begin and cease to hold: at its bounds, its versions, its CPUs, and where times are none?"""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claims import NEW, Facts, run_of
from journals import absent, failed, header, journal, planned, simple
from study.journal import Journal, Planned
from study.published import CLAIMS, Claim, Figure, Finding, Missing, Outcome, Place, Run, at, judge
from study.published.readings import (
    cpus_from,
    forkserver_forgets_main,
    forkserver_preloads_main,
    growth,
    in_units,
    more_per,
    per_second,
    python_from,
    times,
    with_gil,
    without_gil,
)
from study.tables import results

BY_SLUG = {claim.slug: claim for claim in CLAIMS}
MS = 1e-3
NOTHING = run_of({}, NEW)
LAP = "ready"


def claim(low: float | None, high: float | None, figure: Figure | Missing | None = None, unit: str = "x") -> Claim:
    told = figure or Missing("nobody asked")
    return replace(
        CLAIMS[0], low=low, high=high, measure=lambda _: told, needs=(), unit=unit, ours="it takes {} as long"
    )


def verdict(bounds: tuple[float | None, float | None], low: float, high: float) -> Finding:
    return judge(claim(*bounds, Figure((low + high) / 2, low, high, 6, "a/b/c=1")), NOTHING).finding


@settings(deadline=None)
@given(*[st.lists(st.integers(1, 7), min_size=2, max_size=2).map(sorted)] * 2)
def test_a_figure_is_judged_by_all_points_of_its_interval_and_a_bound_belongs_to_the_claim(
    bounds: list[int], ends: list[int]
) -> None:
    inside = [point in range(bounds[0], bounds[1] + 1) for point in range(ends[0], ends[1] + 1)]
    expected = Finding.REPRODUCED if all(inside) else Finding.INCONCLUSIVE if any(inside) else Finding.REFUTED
    assert verdict((bounds[0], bounds[1]), *ends) is expected


@pytest.mark.parametrize(
    ("bounds", "low", "high", "expected"),
    [
        ((2, None), 2.0, 1e9, Finding.REPRODUCED),
        ((None, 3), 0.0, 3.0, Finding.REPRODUCED),
        ((2, None), 0.0, 2.0, Finding.INCONCLUSIVE),
        ((None, 3), 3.0, 9.0, Finding.INCONCLUSIVE),
        ((2, None), 0.0, 1.999, Finding.REFUTED),
        ((None, 3), 3.001, 9.0, Finding.REFUTED),
    ],
)
def test_a_claim_with_one_bound_is_open_at_its_other_end(
    bounds: tuple[float | None, float | None], low: float, high: float, expected: Finding
) -> None:
    assert verdict(bounds, low, high) is expected


@pytest.mark.parametrize(
    ("low", "high", "unit", "words"),
    [
        (10, 60, "x", "10 to 60x"),
        (2, None, "x", "at least 2x"),
        (None, 0.5, "x", "at most 0.5x"),
        (1e4, 1e5, " messages a second", "10,000 to 100,000 messages a second"),
        (0, 1, "x", "0 to 1x"),
    ],
)
def test_the_bounds_are_read_as_a_range_or_as_one_end(
    low: float | None, high: float | None, unit: str, words: str
) -> None:
    assert claim(low, high, unit=unit).bounds == words


def test_the_first_thing_that_is_missing_is_the_reason_and_it_begins_with_a_capital() -> None:
    unmet = replace(claim(1, 2), needs=(lambda _: "", lambda _: "needs this", lambda _: "needs that"))
    assert judge(unmet, NOTHING) == Outcome(unmet, Finding.NOT_APPLICABLE, None, "Needs this.")


def facts_of(**interpreter: object) -> Run:
    """A run of which no more is known than this."""
    return Run(results([journal([], [])]), header([], environment={}, interpreter=interpreter))


@pytest.mark.parametrize(
    ("version", "met"), [("3.13.8", True), ("3.13.7", False), ("3.14.0rc1", True), ("3.9.20", False)]
)
def test_a_version_is_enough_from_that_release_on(version: str, met: bool) -> None:
    assert (python_from(3, 13, 8)(facts_of(version=version)) == "") is met


@pytest.mark.parametrize("version", ["", "3.14", "nothing"])
def test_of_an_interpreter_that_does_not_tell_its_version_none_is_assumed(version: str) -> None:
    run = facts_of(version=version)
    assert run.version == ()
    for condition in (python_from(3, 0), forkserver_forgets_main, forkserver_preloads_main):
        assert condition(run).endswith("; this run does not tell its version")


def test_what_a_run_does_not_tell_of_gil_and_cpus_is_neither_one_nor_the_other() -> None:
    silent = facts_of(gil_enabled="no")
    assert silent.gil is None
    assert with_gil(silent) == "needs a GIL; this run does not tell"
    assert without_gil(silent) == "needs a free-threaded build; this run does not tell"
    assert cpus_from(2)(silent) == "needs 2 CPUs; this run does not tell how many it had"
    assert [cpus_from(least)(NOTHING) for least in (1, 2, 3)] == ["", "", "needs 3 CPUs; this run had 2"]


def test_a_managers_dict_is_asked_for_by_twice_as_many_as_there_are_cpus() -> None:
    laps = {
        f"synchronisation/processes.fork/contenders={n} Manager dict": [seconds] * 6
        for n, seconds in ((1, MS), (4, 50 * MS), (8, 4 * MS))
    }
    found = judge(BY_SLUG["manager-dict"], run_of(laps, Facts(cpus=4)))
    assert found.figure is not None
    assert found.figure.value == pytest.approx(1 / 4 / 8)


def run_with(*observed: list[float]) -> Run:
    """A run of as many cells, touched=0, 1 …, each with its observations, one for a block."""
    return run_of({f"parent_memory/processes.fork/touched={n} {LAP}": each for n, each in enumerate(observed)}, Facts())


def place(number: int) -> Place:
    return at("parent_memory", "processes.fork", LAP, touched=number)


def told(found: Figure | Missing) -> Figure:
    assert isinstance(found, Figure)
    return found


def test_blocks_in_which_one_of_two_took_no_time_are_left_out_of_their_ratio() -> None:
    run = run_with([1.0, 0.0, 3.0, 4.0], [2.0, 4.0, 6.0, 0.0])
    assert told(times(place(1), place(0))(run)).value == pytest.approx(2)
    assert told(times(place(1), place(0))(run)).blocks == 2
    nothing = run_with([0.0, 1.0], [1.0, 0.0])
    assert times(place(1), place(0))(nothing) == Missing("these were measured in no block together")


def test_a_rate_is_of_the_blocks_that_took_time_and_a_duration_of_all() -> None:
    run = run_with([0.5, 0.0, 0.25, 0.5])
    assert told(per_second(place(0))(run)) == Figure(2.0, None, None, 3, "parent_memory/processes.fork/touched=0")
    assert told(in_units(place(0), 0.5)(run)).blocks == 4
    assert per_second(place(0))(run_with([0.0])) == Missing("it took no time that can be told")


def test_what_takes_shorter_is_less_than_nothing_longer() -> None:
    run = run_with([1.0] * 6, [3.0] * 6)
    assert told(more_per(place(0), place(1), per=4, seconds=0.1)(run)).value == pytest.approx(-5)


def test_a_growth_is_told_only_where_every_block_has_a_first_step() -> None:
    grows = growth(place(0), place(1), place(2))
    assert told(grows(run_with([1.0] * 6, [2.0] * 6, [6.0] * 6))).value == pytest.approx(4)
    assert told(grows(run_with([1.0] * 6, [2.0] * 6, [1.5] * 6))).value == pytest.approx(-0.5)
    level = grows(run_with([1.0] * 6, [2.0] * 5 + [1.0], [6.0] * 6))
    assert level == Missing("what the first step adds is within the noise")


def start(**more: int | str) -> tuple[Planned, Planned]:
    fork, spawn = (
        planned(f"startup/processes.{name}", 6, form="worker", width=1, **more) for name in ("fork", "spawn")
    )
    return fork, spawn


def of(made: Journal) -> Outcome:
    return judge(BY_SLUG["fork-against-spawn"], Run(results([made]), made.header))


def test_a_campaign_told_to_keep_to_fewer_cpus_is_read_where_it_had_the_most() -> None:
    cells = {cpus: start(cpus=cpus) for cpus in (1, 2)}
    rows = [
        row
        for cpus, (fork, spawn) in cells.items()
        for cell, seconds in ((fork, 0.001), (spawn, 0.02 * cpus))
        for row in simple(cell, [seconds] * 6, "cold ready")
    ]
    found = of(journal([cell for own in cells.values() for cell in own], rows))
    assert found.figure is not None
    assert found.figure.value == pytest.approx(40)
    assert found.figure.cell.endswith("cpus=2")


def test_the_shortest_tasks_are_those_that_were_measured() -> None:
    """The shortest ones failed, and shorter ones are not offered."""
    cells = [planned("grain/serial", 6, task_us=task, width=2, chunks="few") for task in (1, 10, 100)]
    rows = [failed(cells[0], 1), *simple(cells[2], [1.0], "default chunks"), *simple(cells[1], [1.0], "default chunks")]
    made = journal(cells, rows, [absent("grain/threads", "none", task_us=0, width=2)])
    assert Run(results([made]), made.header).least("grain", "task_us") == 10
    assert Run(results([made]), made.header).least("grain", "nothing") == 0
    assert Run(results([made]), made.header).least("lock", "task_us") == 0


def test_a_claim_of_tiny_tasks_is_held_against_the_shortest_that_the_run_has() -> None:
    laps = {
        f"grain/{backend}/task_us={task},width=2,chunks=few default chunks": [seconds * task] * 6
        for task in (10, 1)
        for backend, seconds in (("executors.fork", 0.07 / task), ("processes.fork", 0.01))
    }
    found = judge(BY_SLUG["executor-against-pool-at-defaults"], run_of(laps, Facts()))
    assert found.figure is not None
    assert found.figure.value == pytest.approx(7)
    assert "task_us=1," in found.figure.cell

"""Each published claim is reproduced by a run that satisfies it, refuted by one that does not, and open where nothing tells."""

import math
import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims import FREE, NEW, PUBLISHED, TALES, Facts, run_of, told
from journals import absent, failed, journal, planned, simple
from recorded_run import reference
from study.journal import Journal, Planned
from study.published import CLAIMS, Claim, Figure, Finding, Outcome, Run, judge, judged
from study.tables import results

BY_SLUG = {claim.slug: claim for claim in CLAIMS}
NOWHERE = {"processes-of-the-other-build"}  # what no single run can tell
for_each_tale = pytest.mark.parametrize("slug", TALES)
DECISIVE = (Finding.REPRODUCED, Finding.REFUTED)


def outcome(slug: str, run: Run) -> Outcome:
    return judge(BY_SLUG[slug], run)


@for_each_tale
def test_a_run_that_satisfies_a_claim_reproduces_it(slug: str) -> None:
    found = outcome(slug, told(slug, satisfied=True))
    assert found.finding is Finding.REPRODUCED, found.sentence
    assert found.figure is not None
    assert found.figure.blocks == 6


@for_each_tale
def test_a_run_that_violates_a_claim_refutes_it(slug: str) -> None:
    found = outcome(slug, told(slug, satisfied=False))
    assert found.finding is Finding.REFUTED, found.sentence
    assert f"where the claim is {BY_SLUG[slug].bounds}" in found.sentence


@for_each_tale
def test_without_its_cells_a_claim_is_not_applicable_and_the_reason_is_a_sentence(slug: str) -> None:
    for facts in (TALES[slug].facts, Facts("3.10.0", cpus=1), Facts("nothing known", cpus=1)):
        found = outcome(slug, run_of({}, facts))
        assert found.finding is Finding.NOT_APPLICABLE
        assert found.figure is None
        assert found.ours == "—"
        assert re.fullmatch(r"[A-Z][^{}]{10,}\.", found.sentence), found.sentence


@for_each_tale
def test_too_few_blocks_give_no_interval_and_so_no_verdict(slug: str) -> None:
    for satisfied in (True, False):
        found = outcome(slug, told(slug, satisfied=satisfied, blocks=3))
        assert found.finding is Finding.INCONCLUSIVE
        assert "in too few blocks (3) for an interval" in found.sentence


@for_each_tale
def test_blocks_that_lie_on_both_sides_of_a_bound_tell_nothing(slug: str) -> None:
    good, bad = told(slug, satisfied=True), told(slug, satisfied=False)
    assert good.cpus == bad.cpus
    laps = {
        f"{cell} {lap}": [*list(seconds[:3]), *list(bad.found.series[run, cell, lap][1][3:])]
        for (run, cell, lap), (_, seconds) in good.found.series.items()
    }
    assert outcome(slug, run_of(laps, TALES[slug].facts)).finding is Finding.INCONCLUSIVE


def test_every_claim_has_its_tale_but_those_that_no_single_run_can_tell() -> None:
    assert set(TALES) == set(BY_SLUG) - NOWHERE
    for slug in NOWHERE:
        assert "in one campaign" in outcome(slug, run_of({}, FREE)).sentence


def test_at_least_fifteen_published_claims_can_be_evaluated() -> None:
    assert len({BY_SLUG[slug].number for slug in TALES}) >= 15


@pytest.mark.parametrize("number", PUBLISHED)
def test_every_published_figure_and_its_source_is_there(number: int) -> None:
    figures, source = PUBLISHED[number]
    own = [claim for claim in CLAIMS if claim.number == number]
    text = " ".join(f"{claim.theirs} {claim.conditions}" for claim in own)
    assert [figure for figure in figures if figure not in text] == []
    assert {claim.source for claim in own} == {source}


def test_no_claim_is_made_up() -> None:
    assert {claim.number for claim in CLAIMS} == set(PUBLISHED)
    assert [claim.number for claim in CLAIMS] == sorted(claim.number for claim in CLAIMS)
    assert len(BY_SLUG) == len(CLAIMS)


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.slug)
def test_a_claim_says_what_it_is_and_sets_a_bound(claim: Claim) -> None:
    assert re.fullmatch(r"[a-z0-9-]+", claim.slug)
    assert re.fullmatch(r"[A-Z].+\.", claim.sentence)
    assert claim.ours.count("{}") == 1
    low, high = -math.inf if claim.low is None else claim.low, math.inf if claim.high is None else claim.high
    assert low < high
    assert (low, high) != (-math.inf, math.inf)
    assert re.fullmatch(r"(https://[\w./-]+)?", claim.link)


def test_the_links_name_what_the_source_names() -> None:
    for claim in CLAIMS:
        for number in re.findall(r"\d{3,}", claim.source if claim.link else ""):
            assert number in claim.link


ends = st.floats(0.01, 100)
NOTHING = run_of({}, NEW)


@given(st.lists(ends, min_size=3, max_size=3), st.sampled_from(sorted(TALES)), st.booleans())
def test_there_is_no_verdict_without_an_interval_and_none_across_a_bound(
    three: list[float], slug: str, is_told: bool
) -> None:
    low, value, high = sorted(three)
    figure = Figure(value, low if is_told else None, high if is_told else None, 6, "a/b/c=1")
    claim = replace(BY_SLUG[slug], measure=lambda _: figure, needs=())
    finding = judge(claim, NOTHING).finding
    inside = [
        (claim.low is None or end >= claim.low) and (claim.high is None or end <= claim.high) for end in (low, high)
    ]
    if not is_told:
        assert finding is Finding.INCONCLUSIVE
    elif finding is Finding.REPRODUCED:
        assert all(inside)
    elif finding is Finding.REFUTED:
        assert not any(inside)
    else:
        assert not all(inside)


@pytest.mark.parametrize(
    ("slug", "facts", "words"),
    [
        ("default-start-method", Facts("3.13.7"), "Needs Python 3.14; this is 3.13.7."),
        ("main-is-imported-by-each-worker", NEW, "Needs Python before 3.13.8, or 3.14.0; this is 3.14.2."),
        ("main-is-imported-by-the-server", Facts("3.14.0"), "Needs Python 3.13.8 or 3.14.1; this is 3.14.0."),
        ("threads-under-the-gil", FREE, "Needs a GIL; this one is free-threaded."),
        ("free-threads-scale", Facts("3.14.2"), "Needs a free-threaded build; this one has the GIL."),
        ("four-interpreters", NEW, "Needs 4 CPUs; this run had 2."),
        ("queue-rate-on-two-cpus", Facts(cpus=8), "Speaks of 2 CPUs; this run had 8."),
        ("queue-many-to-many", Facts(), "Not measured in the default profile; the rigorous one has it."),
        (
            "queue-many-to-many",
            Facts(profile="rigorous"),
            "This run has no fan/processes.fork/shape=NtoN.",
        ),
        ("fork-against-spawn", Facts(), "This run has no startup/processes.spawn/form=worker,width=1."),
    ],
)
def test_what_a_claim_needs_is_named(slug: str, facts: Facts, words: str) -> None:
    assert outcome(slug, run_of({}, facts)).sentence == words


def fork_and_spawn() -> tuple[Planned, Planned]:
    fork, spawn = (planned(f"startup/processes.{method}", 6, form="worker", width=1) for method in ("fork", "spawn"))
    return fork, spawn


def told_of(made: Journal) -> Outcome:
    return outcome("fork-against-spawn", Run(results([made]), made.header))


def test_a_cell_that_failed_was_left_out_or_is_still_to_come_is_named_with_what_became_of_it() -> None:
    fork, spawn = fork_and_spawn()
    rows = simple(fork, [0.002] * 6, "cold ready")
    waiting = told_of(journal([fork, spawn], rows))
    assert waiting.sentence == "The cell startup/processes.spawn/form=worker,width=1 was not measured yet."
    broken = told_of(journal([fork, spawn], [*rows, *(failed(spawn, block, "crash") for block in range(1, 7))]))
    assert broken.sentence == "The cell startup/processes.spawn/form=worker,width=1 failed (crash) in 6 of 6 blocks."
    nowhere = told_of(
        journal([fork], rows, [absent("startup/processes.spawn", "there is none", form="worker", width=1)])
    )
    assert nowhere.sentence == "There is none."


def test_a_cell_that_lacks_the_lap_is_named_with_it() -> None:
    fork, spawn = fork_and_spawn()
    rows = simple(fork, [0.002] * 6, "cold ready") + simple(spawn, [0.06] * 6, "cold call")
    found = told_of(journal([fork, spawn], rows))
    assert found.sentence == "The cell startup/processes.spawn/form=worker,width=1 has no cold ready."


def test_cells_that_share_no_block_are_not_held_against_each_other() -> None:
    fork, spawn = fork_and_spawn()
    rows = simple(fork, [0.002] * 3, "cold ready") + simple(spawn, [0.06] * 6, "cold ready")[3:]
    found = told_of(journal([fork, spawn], rows))
    assert found.sentence == "These were measured in no block together."


@pytest.mark.parametrize("version", ["3.13.8", "3.14.1", "3.15.0"])
def test_a_server_that_preloads_main_is_known_by_its_version(version: str) -> None:
    laps = {place: [good] * 6 for place, (good, _) in TALES["main-is-imported-by-the-server"].laps.items()}
    run = run_of(laps, Facts(version))
    assert outcome("main-is-imported-by-the-server", run).finding is Finding.REPRODUCED
    assert outcome("main-is-imported-by-each-worker", run).finding is Finding.NOT_APPLICABLE


def test_the_shortest_tasks_of_a_run_are_taken() -> None:
    laps = {place: [good] * 6 for place, (good, _) in TALES["executors-batch"].laps.items()}
    longer = {place.replace("task_us=10", "task_us=1000"): [1.0] * 6 for place in laps}
    assert outcome("executors-batch", run_of(longer | laps, Facts())).finding is Finding.REPRODUCED


@pytest.fixture(scope="module")
def recorded() -> tuple[Outcome, ...]:
    kept = reference()
    return judged(results([kept]), kept.header)


@pytest.mark.parametrize("number", [3, 5, 7, 13, 18])
def test_the_reference_run_says_something_of_channels_chunks_start_methods_and_threads(
    number: int, recorded: tuple[Outcome, ...]
) -> None:
    own = [found for found in recorded if found.claim.number == number and found.figure]
    assert own
    assert all(found.figure and found.figure.low is not None for found in own)


def test_the_reference_run_refutes_that_executors_batch_and_reproduces_what_a_start_costs(
    recorded: tuple[Outcome, ...],
) -> None:
    findings = {found.claim.slug: found.finding for found in recorded}
    assert findings["executors-batch"] is Finding.REFUTED
    assert findings["executor-against-pool-at-defaults"] is Finding.REPRODUCED
    assert findings["fork-against-spawn"] is Finding.REPRODUCED
    assert findings["threads-under-the-gil"] is not Finding.REFUTED


def test_every_verdict_on_the_reference_run_has_its_interval_and_its_cell(recorded: tuple[Outcome, ...]) -> None:
    cells = {cell.cell for cell in reference().header.plan}
    told_of = [found for found in recorded if found.finding in DECISIVE]
    assert len(told_of) >= 5
    for found in told_of:
        assert found.figure is not None
        assert found.figure.low is not None
        assert found.figure.high is not None
        assert found.figure.low <= found.figure.value <= found.figure.high
        assert found.figure.cell in cells
        assert found.ours in found.sentence

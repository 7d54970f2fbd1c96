"""Is the second run compared with the first as far as two sessions, or two machines, allow, and no further?"""

import json
from collections.abc import Mapping
from pathlib import Path

import msgspec
import pytest

from journals import journal, noisy, planned, simple, write
from study import cli, compare, contrast, paired
from study.compare import Comparison
from study.journal import Fact, Journal, JournalError
from study.sessions import DEFAULT_FLOOR
from study.summary import Verdict, verdict

BLOCKS = 15
STARTS = {"threads": 0.001, "processes.fork": 0.002, "processes.spawn": 0.06, "processes.forkserver": 0.02}
FACTORS = {"form": "worker", "width": 1}
LAP = "cold ready"


def session(
    costs: Mapping[str, float] = STARTS, number: int = 1, machine: str = "one-2c-linux-abc", **facts: object
) -> Journal:
    cells = {name: planned(f"startup/{name}", BLOCKS, headline=True, **FACTORS) for name in costs}
    seeds = {name: 100 * number + i for i, name in enumerate(costs)}
    rows = [row for name, cell in cells.items() for row in simple(cell, noisy(seeds[name], costs[name], BLOCKS), LAP)]
    return journal(
        list(cells.values()),
        rows,
        run=f"2026010{number}T000000Z-3.13.1",
        machine=machine,
        environment={name: Fact(value, "", "made up") for name, value in facts.items()},
        interpreter={"version": "3.13.1"},
    )


def saved(folder: Path, made: Journal) -> Path:
    path = folder / made.header.machine / f"{made.header.run}.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    return write(made, path)


def verdicts(found: Comparison) -> dict[str, Verdict]:
    return {compare.parts_of(figure.cell)[1]: figure.verdict for figure in found.figures}


def test_a_session_against_itself_gives_no_verdict_but_perhaps_equality() -> None:
    found = compare.compare(session(), session(number=2))
    assert set(verdicts(found).values()) <= {Verdict.INCONCLUSIVE, Verdict.EQUIVALENT}
    assert found.swaps == ()


def test_what_is_twice_as_slow_is_called_slower_and_nothing_else_is() -> None:
    found = compare.compare(session(), session(STARTS | {"processes.spawn": 0.12}, 2))
    assert verdicts(found)["processes.spawn"] is Verdict.SLOWER
    assert [compare.parts_of(figure.cell)[1] for figure in found.called(Verdict.SLOWER)] == ["processes.spawn"]
    assert found.called(Verdict.SLOWER)[0].ratio.value == pytest.approx(2, rel=0.05)
    assert found.called(Verdict.FASTER) == []


def test_swapping_the_runs_swaps_faster_and_slower() -> None:
    a, b = session(), session(STARTS | {"processes.spawn": 0.12}, 2)
    assert verdicts(compare.compare(b, a))["processes.spawn"] is Verdict.FASTER


def test_a_difference_that_two_sessions_may_have_is_no_verdict() -> None:
    b = session({name: cost * 1.08 for name, cost in STARTS.items()}, 2)
    assert Verdict.SLOWER not in verdicts(compare.compare(session(), b)).values()
    assert Verdict.SLOWER in verdicts(compare.compare(session(), b, floor=1.001)).values()


def test_two_backends_that_change_places_are_named() -> None:
    swapped = STARTS | {"processes.spawn": 0.02, "processes.forkserver": 0.06}
    found = compare.compare(session(), session(swapped, 2))
    swaps = [(swap.was_faster, swap.is_faster, swap.lap) for swap in found.swaps]
    assert swaps == [("processes.forkserver", "processes.spawn", LAP)]
    assert "was faster in A" in contrast.as_text(found)


def test_an_order_that_chance_could_have_made_is_no_change() -> None:
    close = {"processes.spawn": 0.020, "processes.forkserver": 0.0201}
    found = compare.compare(session(STARTS | close), session(STARTS | {"processes.spawn": 0.0202}, 2))
    assert found.swaps == ()


def test_of_another_machine_no_second_is_compared_with_a_second() -> None:
    faster = session({name: cost / 3 for name, cost in STARTS.items()}, 2, machine="two-8c-linux-def")
    found = compare.compare(session(), faster)
    assert not found.same_machine
    assert {figure.baseline for figure in found.figures} == {"threads"}
    assert "threads" not in verdicts(found), "the baseline is compared with nothing"
    assert set(verdicts(found).values()) <= {Verdict.INCONCLUSIVE, Verdict.EQUIVALENT}
    text = contrast.as_text(found)
    assert "no second is compared with a second" in text
    assert " ms" not in text


def test_what_is_slower_relative_to_its_own_machine_is_called_so() -> None:
    other = {name: cost / 3 for name, cost in STARTS.items()} | {"processes.spawn": 0.06}
    found = compare.compare(session(), session(other, 2, machine="two-8c-linux-def"))
    assert verdicts(found)["processes.spawn"] is Verdict.SLOWER
    spawn = found.called(Verdict.SLOWER)[0]
    assert (spawn.first, spawn.second) == (pytest.approx(60, rel=0.1), pytest.approx(180, rel=0.1))
    assert " of threads" in contrast.as_text(found)


def test_without_a_baseline_machines_are_not_compared() -> None:
    costs = {"processes.fork": 0.002, "processes.spawn": 0.06}
    found = compare.compare(session(costs), session(costs, 2, machine="two-8c-linux-def"))
    assert found.figures == ()


def test_facts_that_differ_are_told_and_those_of_a_moment_are_not() -> None:
    a = session(kernel="6.1", load_average=1.0, governor=None)
    b = session(number=2, kernel="6.2", load_average=2.0, governor="performance")
    found = compare.compare(a, b)
    assert {(fact.fact, fact.first, fact.second) for fact in found.facts} == {
        ("kernel", "6.1", "6.2"),
        ("governor", None, "performance"),
    }
    assert "A: not told   B: performance" in contrast.as_text(found)


def test_two_machines_under_one_name_are_refused_with_the_fact() -> None:
    with pytest.raises(JournalError, match=r"cpu_model is 'EPYC' here and 'Xeon' there; give one of them another name"):
        compare.compare(session(cpu_model="Xeon"), session(number=2, cpu_model="EPYC"))


def test_a_stable_fact_that_one_run_does_not_tell_is_no_contradiction() -> None:
    found = compare.compare(session(cpu_model="Xeon"), session(number=2, cpu_model=None))
    assert [fact.fact for fact in found.facts] == ["cpu_model"]


def test_cells_of_one_side_only_are_told() -> None:
    few = {name: cost for name, cost in STARTS.items() if name != "processes.spawn"}
    found = compare.compare(session(), session(few, 2))
    assert found.only_first == ("startup/processes.spawn/form=worker,width=1",)
    assert found.only_second == ()
    assert "Only A has 1 cells, of startup." in contrast.as_text(found)


def test_a_long_list_is_cut_unless_all_is_asked_for() -> None:
    found = compare.compare(session(), session({name: cost * 2 for name, cost in STARTS.items()}, 2))
    lines = contrast.as_text(found).splitlines()
    assert sum(" -> " in line for line in lines) == len(STARTS)
    shorter = "\n".join(contrast.cut([str(n) for n in range(30)], 20))
    assert shorter.endswith("19\n  … and 10 more; --all shows them")
    assert list(contrast.cut(["a", "b"], None)) == ["a", "b"]


@pytest.mark.parametrize(
    ("on", "slower", "faster", "same"), [("slower", 1, 0, 0), ("changed", 1, 1, 0), (None, 0, 0, 0)]
)
def test_the_exit_code_is_what_was_asked_for(
    on: str | None, slower: int, faster: int, same: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plain = str(saved(tmp_path, session()))
    late = str(saved(tmp_path, session(STARTS | {"processes.spawn": 0.12}, 2)))
    again = str(saved(tmp_path, session(number=3)))
    asked = ["--results", str(tmp_path), *(["--fail-on", on] if on else [])]
    assert cli.main(["compare", plain, late, *asked]) == slower
    assert cli.main(["compare", late, plain, *asked]) == faster
    assert cli.main(["compare", plain, again, *asked]) == same
    capsys.readouterr()


def test_by_default_the_newest_other_run_is_compared(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first, newest = saved(tmp_path, session()), session(STARTS | {"processes.spawn": 0.12}, 3)
    saved(tmp_path, session(number=2))
    saved(tmp_path, newest)
    assert cli.main(["compare", str(first), "--json", "--results", str(tmp_path)]) == 0
    (document,) = json.loads(capsys.readouterr().out)
    assert (document["first"], document["second"]) == ("20260101T000000Z-3.13.1", newest.header.run)
    assert document["floor"] == DEFAULT_FLOOR
    slower = [figure["cell"] for figure in document["figures"] if figure["verdict"] == "slower"]
    assert slower == ["startup/processes.spawn/form=worker,width=1"]


def test_enough_sessions_of_that_machine_measure_the_floor(tmp_path: Path) -> None:
    paths = [saved(tmp_path, session({n: c * (1 + k / 5) for n, c in STARTS.items()}, k)) for k in range(1, 6)]
    (found,) = compare.against_the_first(compare.runs(paths[0], paths[1:2], tmp_path), tmp_path)
    assert found.floor > 1.5
    assert Verdict.SLOWER not in verdicts(found).values()


def test_without_another_run_there_is_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    only = saved(tmp_path, session())
    assert cli.main(["compare", str(only), "--results", str(tmp_path)]) == cli.USAGE
    assert "holds no other journal than 20260101T000000Z-3.13.1.jsonl" in capsys.readouterr().err


PLAIN, FASTER, HALF = "cpu", 0.8, 0.5
SERIAL, THREADS = "scaling/serial", "scaling/threads"


def of_one_campaign(
    number: int, costs: Mapping[str, float], drift: float = 0.4, spread: float = 0.01, **more: object
) -> Journal:
    """The nth journal of a campaign whose blocks drift alike on all interpreters: far more than what is to be found."""
    names = {cell: planned(cell, BLOCKS, headline=True, **factors_of(cell)) for cell in costs}
    rows = []
    for name, cell in names.items():
        own = noisy(1000 * number + len(rows), costs[name], BLOCKS, spread)
        each = [value * (1 + drift * (block % 5)) for block, value in enumerate(own)]
        lap = "default chunks" if name.startswith("scaling") else LAP
        rows += simple(cell, each, lap)
    version = f"3.{10 + number}.0"
    made = {
        "run": f"20260101T000000Z-{version}",
        "campaign": "20260101T000000Z-3.11.0,3.12.0,3.13.0",
        "machine": "one-2c-linux-abc",
        "environment": {},
        "interpreter": {"version": version},
    }
    return journal(list(names.values()), rows, **{**made, **more})  # type: ignore[arg-type]


def factors_of(cell: str) -> dict[str, int | str]:
    return {"workload": PLAIN, "width": 1 if cell == SERIAL else 2} if cell.startswith("scaling") else FACTORS


CAMPAIGN = {f"startup/{name}": cost for name, cost in STARTS.items()} | {SERIAL: 1.0, THREADS: 1.02}


def test_in_one_campaign_a_difference_is_found_that_drift_would_hide_between_two() -> None:
    slower = CAMPAIGN | {"startup/processes.spawn": STARTS["processes.spawn"] * 1.08}
    a, b = of_one_campaign(1, CAMPAIGN), of_one_campaign(2, slower)
    found = compare.compare(a, b)
    assert found.paired
    assert [figure.cell for figure in found.called(Verdict.SLOWER)] == ["startup/processes.spawn/form=worker,width=1"]
    assert found.called(Verdict.FASTER) == []
    apart = of_one_campaign(2, slower, campaign="")
    assert compare.compare(a, apart).called(Verdict.SLOWER) == []


def test_in_one_campaign_equal_interpreters_are_called_equal_and_nothing_else() -> None:
    found = compare.compare(of_one_campaign(1, CAMPAIGN), of_one_campaign(2, CAMPAIGN))
    assert {figure.verdict for figure in found.figures} == {Verdict.EQUIVALENT}
    assert found.swaps == ()


def test_over_a_whole_comparison_holm_keeps_chance_from_calling_anything_different() -> None:
    many = {f"startup/made{number}": 0.01 for number in range(150)}
    called = alone = 0
    for number in range(1, 9):
        sides = [of_one_campaign(number + more, many, spread=0.05) for more in (0, 20)]
        found = compare.compare(*sides)
        called += len(found.called(Verdict.SLOWER)) + len(found.called(Verdict.FASTER))
        a, b = map(paired.blocks_of, sides)
        each = [verdict([*a[place].values()], [*b[place].values()]) for place in a]
        alone += each.count(Verdict.SLOWER) + each.count(Verdict.FASTER)
    assert alone > 5
    assert called == 0


def test_the_text_says_that_pairs_are_compared() -> None:
    text = contrast.as_text(compare.compare(of_one_campaign(1, CAMPAIGN), of_one_campaign(2, CAMPAIGN)))
    assert "One campaign: the same blocks, so pairs are compared." in text
    assert "two sessions" not in text
    assert "Python 3.11.0, default profile" in text


def test_two_backends_that_change_places_from_one_interpreter_to_the_other_are_named() -> None:
    swapped = CAMPAIGN | {"startup/processes.spawn": 0.02, "startup/processes.forkserver": 0.06}
    found = compare.compare(of_one_campaign(1, CAMPAIGN), of_one_campaign(2, swapped))
    assert [(swap.was_faster, swap.is_faster) for swap in found.swaps] == [("processes.forkserver", "processes.spawn")]


def test_a_cell_that_one_interpreter_does_not_offer_is_told_and_not_compared() -> None:
    few = {cell: cost for cell, cost in CAMPAIGN.items() if cell != "startup/processes.spawn"}
    found = compare.compare(of_one_campaign(1, few), of_one_campaign(2, CAMPAIGN))
    assert found.only_second == ("startup/processes.spawn/form=worker,width=1",)
    assert "Only B has 1 cells, of startup." in contrast.as_text(found)


def test_a_speed_up_is_over_the_best_serial_loop_of_both() -> None:
    """Threads that scale in a build whose loop is slow: twice as fast as its own loop, and less than that in truth."""
    ordinary, free = CAMPAIGN, CAMPAIGN | {SERIAL: 1.0 / FASTER, THREADS: HALF / FASTER}
    found = compare.compare(of_one_campaign(1, ordinary), of_one_campaign(2, free))
    told = {(one.cell.split("/")[1], one.run[-6:]): one.ratio.value for one in found.speedups}
    assert {one.serial_run for one in found.speedups} == {found.first.run}
    assert told == {
        ("threads", "3.11.0"): pytest.approx(1 / 1.02, rel=0.02),
        ("threads", "3.12.0"): pytest.approx(FASTER / HALF, rel=0.02),
        ("serial", "3.12.0"): pytest.approx(FASTER, rel=0.02),
    }
    text = contrast.as_text(found)
    assert "Times as fast as the best serial loop of both:" in text
    assert "over the loop in A" in text


def test_between_sessions_no_loop_of_another_run_is_a_baseline() -> None:
    found = compare.compare(of_one_campaign(1, CAMPAIGN), of_one_campaign(2, CAMPAIGN, campaign=""))
    assert found.speedups == ()
    assert "serial loop" not in contrast.as_text(found)


@pytest.mark.parametrize("other", [{"seed": 8}, {"started": "2026-01-02T03:04:06Z"}, {"machine": "two-8c-linux-def"}])
def test_a_journal_that_only_says_that_it_is_of_that_campaign_is_not_compared_in_pairs(
    other: dict[str, object],
) -> None:
    assert not compare.compare(of_one_campaign(1, CAMPAIGN), of_one_campaign(2, CAMPAIGN, **other)).paired


def test_by_default_a_run_is_compared_with_all_others_of_its_campaign_when_they_are_the_newest(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, *others = [saved(tmp_path, of_one_campaign(number, CAMPAIGN)) for number in (1, 2, 3)]
    assert cli.main(["compare", str(first), "--json", "--results", str(tmp_path)]) == 0
    documents = json.loads(capsys.readouterr().out)
    assert [one["second"] for one in documents] == [path.stem for path in others]
    assert all(one["same_blocks"] and one["floor"] == 1.0 for one in documents)
    assert [len(one["speedups"]) for one in documents] == [3, 3]
    later = saved(tmp_path, session(number=5))
    assert cli.main(["compare", str(first), "--json", "--results", str(tmp_path)]) == 0
    (only,) = json.loads(capsys.readouterr().out)
    assert (only["second"], only["same_blocks"]) == (later.stem, False)


def changed(made: Journal, **header: object) -> Journal:
    return msgspec.structs.replace(made, header=msgspec.structs.replace(made.header, **header))


@pytest.mark.parametrize(("python", "told"), [("3.12.9", True), ("3.11.9", False), ("3.14.0", False)])
def test_a_journal_of_the_readers_own_python_beside_the_first_one_is_named(
    tmp_path: Path, python: str, told: bool
) -> None:
    first, _ = (saved(tmp_path, of_one_campaign(number, CAMPAIGN)) for number in (1, 2))
    own = saved(tmp_path, changed(session(number=2), interpreter={"version": python}))
    (found,) = compare.against_the_first(compare.runs(first, [own], tmp_path))
    words = "Beside the first run lies 20260101T000000Z-3.12.0.jsonl, measured as this one on Python 3.12."
    assert (words in contrast.as_text(found)) == (words in contrast.remarks(found)) == told


@pytest.mark.parametrize(
    "campaign", ["", "x", "20260101T000000Z-../../3.12.1", "20260101T000000Z-3.12.1\0", "-3.12.1,"]
)
def test_a_strangers_name_of_a_campaign_leads_to_no_file(campaign: str) -> None:
    own = changed(session(number=2), interpreter={"version": "3.12.9"})
    assert compare.compare(changed(session(), campaign=campaign), own).closer == ""


def test_two_journals_of_one_campaign_are_one_session_of_the_floor(tmp_path: Path) -> None:
    """Two names of one interpreter: what they differ by in the same blocks says nothing of two sessions."""
    same = {"version": "3.13.1"}
    for number in range(1, 7):
        twin = of_one_campaign(number, CAMPAIGN, run=f"2026020{number}T000000Z-3.13.1", interpreter=same)
        saved(tmp_path, twin)
    first, other = (saved(tmp_path, session(number=number)) for number in (8, 9))
    (found,) = compare.against_the_first(compare.runs(first, [other], tmp_path), tmp_path)
    assert found.floor == DEFAULT_FLOOR


def test_cells_with_too_few_blocks_for_a_verdict_take_none_from_the_others() -> None:
    """Holm over a thousand figures would ask for more than 15 blocks can give; six blocks can give none anyway."""
    a = {(f"few/{number}", LAP): dict(enumerate(noisy(number, 1.0, 6))) for number in range(1000)}
    b = {(f"few/{number}", LAP): dict(enumerate(noisy(-number - 1, 1.0, 6))) for number in range(1000)}
    a["many", LAP], b["many", LAP] = (dict(enumerate(noisy(7 + cost, cost, 15, 0.01))) for cost in (1, 2))
    found = {pair.place[0]: pair.verdict for pair in paired.pairs(a, b)}
    assert found.pop("many") is Verdict.SLOWER
    assert set(found.values()) <= {Verdict.EQUIVALENT, Verdict.INCONCLUSIVE}

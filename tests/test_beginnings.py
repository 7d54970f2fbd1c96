"""Is what is about to be measured said in the unit that suits it, and a campaign begun and taken up only where that is meant?"""

import dataclasses
import sys
from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaigns import CAMPAIGN, CELLS, LOCK, PLAN, QUEUE, SOURCES
from journals import absent, header, witnessed
from journals import journal as made_up
from study import environment, interleaving, journal, preparation, resumption
from study.interpreters import age_of
from study.journal import Block, Fact, Journal, JournalError, Rejected
from study.preparation import Interpreter, Options, Part, UsageError

HERE = Interpreter("python", {"version": "3.13.1"}, 0.05)
ONE = [Part(HERE, dataclasses.replace(PLAN, absent=(absent("lock/serial", "alone", width=2),)))]
TAG = st.from_regex(r"3\.[0-9]{1,2}\.[0-9]{1,2}t?(-[2-9])?", fullmatch=True)


@pytest.mark.parametrize(
    ("seconds", "more", "words"),
    [
        (41.0, 0.2, "about 41 s; "),
        (41.4, 9.0, "about 41 s, up to 50 when the machine is noisy; "),
        (99.9, 0.0, "about 100 s; "),
        (100.0, 0.0, "about 2 min; "),
        (570.0, 10.0, "about 10 min; "),
        (540.0, 180.0, "about 9 min, up to 12 when the machine is noisy; "),
        (99.0, 60.0, "about 99 s, up to 159 when the machine is noisy; "),
    ],
)
def test_the_expected_time_is_told_in_one_unit_with_what_noise_may_add(
    monkeypatch: pytest.MonkeyPatch, seconds: float, more: float, words: str
) -> None:
    monkeypatch.setattr(preparation, "expected_s", lambda *_: seconds)
    monkeypatch.setattr(preparation, "repeats_s", lambda *_: more)
    assert preparation.announcement(ONE) == (
        f"4 cells, {PLAN.children} interpreters to start, profile default: {words}1 cells are not offered here."
    )


def test_of_several_interpreters_the_mean_start_is_expected() -> None:
    both = [Part(dataclasses.replace(HERE, bare_start_s=seconds), PLAN, str(seconds)) for seconds in (0.02, 0.06)]
    plan, seconds = preparation.whole(both)
    assert seconds == pytest.approx(0.04)
    assert {cell.cell for cell in plan.cells} == both[0].cells | both[1].cells
    assert len(plan.cells) == 2 * len(CELLS)


def test_a_seed_of_zero_is_a_seed() -> None:
    seeds = {preparation.plan_for(Options(Path("x"), "smoke", "lock/threads"), HERE, None, 0).seed for _ in range(3)}
    assert seeds == {0}


def test_what_a_caller_wants_counts_and_not_what_the_options_select() -> None:
    options, name = Options(Path("x"), "smoke", "pool"), "lock/threads/width=2"
    assert [cell.cell for cell in preparation.plan_for(options, HERE, lambda cell: cell == name).cells] == [name]
    (part,) = preparation.parts_for(options, [HERE, HERE], lambda cell: cell == f"{name}-3.13.1-2")
    assert (part.tag, part.cells) == ("3.13.1-2", {f"{name}-3.13.1-2"})


def test_a_selection_of_what_is_not_offered_is_a_plan_and_one_of_nothing_is_refused() -> None:
    plan = preparation.plan_for(Options(Path("x"), "smoke", "lock/serial"), HERE)
    assert (plan.cells, len(plan.absent)) == ((), 1)
    for interpreters in ([HERE], [HERE, HERE]):
        with pytest.raises(UsageError, match=r"^-k 'lock/nobody' matches no cell; "):
            preparation.parts_for(Options(Path("x"), "smoke", "lock/nobody"), interpreters)


@pytest.mark.parametrize(("length", "fits"), [(91, True), (92, False)])
def test_a_campaign_has_a_name_as_long_as_a_journal_holds_and_no_longer(length: int, fits: bool) -> None:
    parts = [Part(HERE, PLAN, "1" * 91), Part(HERE, PLAN, "2" * length)]
    if fits:
        assert {len(one.campaign) for one in preparation.headers_of(Options(Path("x")), parts)} == {200}
    else:
        with pytest.raises(UsageError, match="2 interpreters are too many for one campaign; name fewer"):
            preparation.headers_of(Options(Path("x")), parts)


@pytest.mark.parametrize(("name", "kept"), [("", None), ("a-1", "a-1"), ("a" * 64, "a" * 64)])
def test_a_machine_is_called_as_it_is_told_or_after_its_facts(name: str, kept: str | None) -> None:
    (made,) = preparation.headers_of(Options(Path("x"), machine=name), ONE)
    assert made.machine == (kept or environment.machine_id(environment.facts()))
    assert made.environment["machine_id"].value == environment.machine_id(environment.facts())


@pytest.mark.parametrize("name", ["a" * 65, "A", "a/b", "..", "a\n", "é"])
def test_a_name_that_is_none_for_a_folder_is_refused(name: str) -> None:
    with pytest.raises(UsageError, match="the name becomes a folder"):
        preparation.headers_of(Options(Path("x"), machine=name), ONE)


def test_the_newest_journal_is_that_of_the_latest_run_of_any_machine_and_none_of_failures(tmp_path: Path) -> None:
    names = ("b/20260102.jsonl", "a/20260103.jsonl.gz", "z/20260101.jsonl", "a/20260104.failures.jsonl")
    for path in (tmp_path / name for name in names):
        path.parent.mkdir(exist_ok=True)
        path.touch()
    assert preparation.newest_journal(tmp_path) == tmp_path / names[1]


@settings(deadline=None)
@given(st.lists(TAG, min_size=1, max_size=9, unique=True))
def test_the_runs_of_a_campaign_can_be_told_from_its_name(tags: list[str]) -> None:
    name = interleaving.campaign_name("20260102T030405Z", tags)
    assert interleaving.runs_of(name) == [f"20260102T030405Z-{tag}" for tag in tags]


def test_a_shorter_plan_grows_by_the_cells_that_it_measures_most_often() -> None:
    short = dataclasses.replace(
        PLAN, cells=tuple(msgspec.structs.replace(cell, blocks=3) for cell in CELLS[:2]) + CELLS[2:]
    )
    long, grown = interleaving.level([PLAN, short])
    assert long == PLAN
    assert [cell.blocks for cell in grown.cells] == [6, 6, 2, 2]
    assert interleaving.level([PLAN]) == [PLAN]


@settings(deadline=None)
@given(
    st.permutations(
        ["3.9.18", "3.13.0a7", "3.13.0b1", "3.13.0rc2", "3.13.0rc10", "3.13.0", "3.13.2", "3.13.10", "3.14.0"]
    )
)
def test_versions_are_put_in_the_order_of_their_releases(versions: list[str]) -> None:
    found = sorted(({"version": version} for version in versions), key=age_of)
    assert [one["version"] for one in found][:4] == ["3.9.18", "3.13.0a7", "3.13.0b1", "3.13.0rc2"]
    assert [one["version"] for one in found][4:] == ["3.13.0rc10", "3.13.0", "3.13.2", "3.13.10", "3.14.0"]
    assert age_of({}) == age_of({"version": "main"}) < age_of({"version": "3.9.18"})


def kept(name: str, blocks: Sequence[Block] = (), rejected: Sequence[Rejected] = (), cells: bool = True) -> Journal:
    made = made_up(CELLS if cells else [], [], [], blocks, rejected)
    return msgspec.structs.replace(made, path=name)


def test_what_one_journal_says_of_a_block_the_others_owe_and_the_first_is_believed() -> None:
    told = [witnessed(number) for number in (1, 2, 3)]
    other = witnessed(2, steal=0.5)
    noisy = Rejected(1, 7, "it was noisy")
    every = [kept("a", [told[0], told[1]]), kept("b", [told[2], other], [noisy]), kept("c", [], [], cells=False)]
    blocks, rejected, owed = resumption.same_blocks(every)
    assert (blocks, rejected) == (told, [noisy])
    assert owed == [(Path("a"), told[2]), (Path("a"), noisy), (Path("b"), told[0])]


def test_two_names_of_one_interpreter_are_told_apart_as_long_as_there_are_two() -> None:
    facts = header([]).interpreter
    here, there, other = (Interpreter(name, facts, 0.05) for name in ("one", "two", "three"))
    stranger = dataclasses.replace(other, facts={**facts, "version": "3.12.1"})
    journals = [kept("a"), kept("b")]
    assert resumption._matched(journals, [stranger, here, there]) == [here, there]
    assert resumption._matched(journals, [here, stranger]) == [here, here]
    with pytest.raises(UsageError, match=r"^a: was begun on Python 3\.13\.1, which was not found as it was"):
        resumption._matched(journals, [stranger])


def begun(path: Path, **more: object) -> Path:
    journal.create(path, header([QUEUE, LOCK], **more))  # type: ignore[arg-type]
    return path


@pytest.fixture
def this_machine(monkeypatch: pytest.MonkeyPatch) -> tuple[dict[str, Fact], list[Sequence[str]]]:
    """Its facts in a journal, and for which interpreters it was asked."""
    asked: list[Sequence[str]] = []

    def chosen(pythons: Sequence[str]) -> list[Interpreter]:
        asked.append(pythons)
        return [dataclasses.replace(HERE, facts=header([]).interpreter)]

    monkeypatch.setattr(environment, "machine_id", lambda _: "this-one")
    monkeypatch.setattr(resumption, "chosen", chosen)
    return {"machine_id": Fact("this-one", "", "")}, asked


def test_a_journal_that_is_alone_is_taken_up_under_plain_names_with_the_interpreter_that_runs_or_is_named(
    tmp_path: Path, this_machine: tuple[dict[str, Fact], list[Sequence[str]]]
) -> None:
    here, asked = this_machine
    path = begun(tmp_path / "a.jsonl", environment=here, sources=SOURCES)
    for pythons in ([], ["elsewhere"]):
        (side,) = resumption.resume(path, pythons).sides
        assert (side.tag, side.python, side.path) == ("", "python", path)
        assert set(side.cells) == {QUEUE.cell, LOCK.cell}
    assert asked == [[], ["elsewhere"]]


def test_the_interpreters_of_several_journals_are_looked_for_everywhere_unless_they_are_named(
    tmp_path: Path, this_machine: tuple[dict[str, Fact], list[Sequence[str]]]
) -> None:
    here, asked = this_machine
    for run in interleaving.runs_of(CAMPAIGN):
        begun(tmp_path / f"{run}.jsonl", environment=here, sources=SOURCES, campaign=CAMPAIGN, run=run)
    for pythons in ([], ["elsewhere"]):
        assert len(resumption.resume(tmp_path / f"{run}.jsonl", pythons).sides) == 2
    assert asked == [[sys.executable, "all"], ["elsewhere"]]


def test_a_journal_of_another_machine_profile_or_interpreter_is_not_taken_up(
    tmp_path: Path, this_machine: tuple[dict[str, Fact], list[Sequence[str]]]
) -> None:
    here, _ = this_machine
    with pytest.raises(UsageError, match=r"another machine \(None then, this-one now\); start a new campaign"):
        resumption.resume(begun(tmp_path / "a.jsonl"))
    with pytest.raises(JournalError, match=r"`\$\.profile` 'theirs' is not known"):
        resumption.resume(begun(tmp_path / "b.jsonl", environment=here, profile="theirs"))
    other = {**header([]).interpreter, "version": "3.12.1", "gone": 1}
    with pytest.raises(
        UsageError, match=r"interpreter \(gone: 1 then, None now, version: 3\.12\.1 then, 3\.13\.1 now\)"
    ):
        resumption.resume(begun(tmp_path / "c.jsonl", environment=here, interpreter=other))

"""What the table of launch forms is said to show is what the blocks show, and nothing where they do not tell."""

import msgspec
import pytest

from journals import absent, journal, measured, planned
from study import installed, sections
from study.journal import Planned, Row, Values
from study.launches import AGAIN, BEGAN, MODULES, SCENARIO, sentences
from study.tables import results

MS = 1e-3
BLOCKS = 6
SPAWN = "multiprocessing (spawn)"


def cell(form: str, backend: str = "processes.spawn") -> Planned:
    return planned(f"{SCENARIO}/{backend}", BLOCKS, form=form)


def rows(of: Planned, seconds: float | None, spread: float = 0.01, **counts: int) -> list[Row]:
    """Six blocks, each a little off the others, with what is counted beside the time."""
    names = {"modules": MODULES, "again": AGAIN, "began": BEGAN}
    laps = [Values(names[name], 1, "study/scenarios/launch_form.py:1", [value], "1") for name, value in counts.items()]
    timed = [{} if seconds is None else {"ready": [seconds * (1 + spread * block)]} for block in range(BLOCKS)]
    made = [measured(of, block, lap) for block, lap in enumerate(timed, start=1)]
    return [msgspec.structs.replace(row, laps=[*row.laps, *laps]) for row in made]


def told(form: str, seconds: float | None, spread: float = 0.01, **counts: int) -> list[str]:
    """What is said of a form beside a script whose start lasts 50 ms."""
    script, other = cell("script"), cell(form)
    pairs = [
        (script, rows(script, 50 * MS, modules=115, again=1, began=1)),
        (other, rows(other, seconds, spread, **counts)),
    ]
    made = journal([one for one, _ in pairs], [row for _, own in pairs for row in own])
    return sentences(results([made]))


def test_a_form_that_takes_longer_says_how_much_and_what_the_worker_holds() -> None:
    said = told("pytest", 150 * MS, modules=251, again=1, began=1)
    assert said[0] == (
        f"From the pytest script a start with {SPAWN} takes 3.00 (3.00–3.00) times as long as from a script; "
        "its worker holds 251 modules, and not 115."
    )


def test_a_form_whose_time_cannot_be_told_from_a_scripts_is_not_said_to_differ() -> None:
    said = told("module", 51 * MS, spread=-0.01, modules=110, again=0, began=1)
    assert not [one for one in said if "times as long" in one]


def test_who_has_main_run_again_is_told_from_who_has_not() -> None:
    said = told("module", 50 * MS, spread=0.01, modules=110, again=0, began=1)
    assert said == [
        f"{SPAWN} runs main again for its worker when it comes from a script, and not when it comes from python -m package."
    ]


def test_a_worker_that_never_begins_is_said_to_never_begin() -> None:
    said = told("stdin", None, began=0)
    assert said[-1] == f"From standard input no worker of {SPAWN} begins."
    assert not [one for one in said if "times as long" in one]


def test_several_backends_whose_workers_never_begin_are_named_together() -> None:
    stdin = [cell("stdin", backend) for backend in ("processes.spawn", "processes.forkserver")]
    made = journal(stdin, [row for one in stdin for row in rows(one, None, began=0)])
    names = f"{SPAWN} and multiprocessing (forkserver)"
    assert sentences(results([made])) == [f"From standard input no worker of {names} begins."]


@pytest.mark.parametrize("form", ["pytest", "stdin", "<script>"])
def test_nothing_is_said_of_what_was_not_measured(form: str) -> None:
    script, other = cell("script"), cell(form)
    made = journal([script, other], rows(script, 50 * MS, modules=115, again=0, began=1))
    assert sentences(results([made])) == []


def test_a_form_that_a_stranger_made_up_is_left_out() -> None:
    assert told("<script>", 150 * MS, modules=9, again=1, began=1) == [
        f"{SPAWN} runs main again for its worker when it comes from a script."
    ]


def test_the_sentences_stand_beneath_the_table() -> None:
    script, stdin = cell("script"), cell("stdin")
    made = journal(
        [script, stdin],
        rows(script, 50 * MS, modules=115, again=1, began=1) + rows(stdin, None, began=0),
        [absent(f"{SCENARIO}/serial", "nothing is started", form="script")],
    )
    (section,) = sections.costs(results([made]))
    assert section.scenario == SCENARIO
    assert section.title == installed.title(SCENARIO)
    assert section.remarks == tuple(sentences(results([made])))
    assert len(section.remarks) == 2

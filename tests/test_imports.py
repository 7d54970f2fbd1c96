"""Is a cell with imports in its main file started with that file, and does each new worker then hold what it imports?"""

import ast
import sys
from pathlib import Path

import pytest

from children import laps_of
from interpreters import PYTHONS
from modules import ROOT, TREES, imports, is_ours
from stories import Story, judge, told
from study import launch, scenarios
from study.launch import main_file
from study.plan import PROFILES, hash_sources, make_plan, matcher
from study.scenario import Scenario
from study.scenarios.imports import HEAVY

CHILD = ROOT / "study" / "child"
GUARD = {"os", "sys"}  # what the guard of a main file needs
AGAIN = ["processes.spawn", "executors.spawn"]  # whose workers run the main file again, in each version
AS_IT_MAY_BE = [
    "processes.forkserver",
    "executors.forkserver",
]  # from 3.13.8 and 3.14.1 on, the server has run it for them


def asked(backend: str, main: str, rounds: int = 2) -> dict[str, object]:
    return {"do": "run", "scenario": "imports", "backend": backend, "arguments": {"main": main, "rounds": rounds}}


def modules_held(python: str, backend: str, main: str) -> int:
    lap = laps_of("imports", backend, python, main=main, rounds=2)["modules in the worker"]
    assert lap["unit"] == "1"
    return int(lap["values"][-1])


def named_by(tree: ast.Module) -> set[str]:
    """The modules that a main file gives a name to, as it stands there."""
    return {name.partition(".")[0] for name in imports(tree, everywhere=False) if not is_ours(name)} - GUARD


def test_a_cell_without_the_factor_is_started_with_the_bare_main_file() -> None:
    assert main_file({"do": "describe"}) == CHILD / "bare.py"
    assert main_file({"do": "run", "arguments": {"rounds": 2}}) == CHILD / "bare.py"


@pytest.mark.parametrize("main", ["bare", "heavy"])
def test_the_factor_names_the_main_file(main: str) -> None:
    assert main_file(asked("processes.spawn", main)) == CHILD / f"{main}.py"


@pytest.mark.parametrize("main", ["../launch", "/etc/passwd", "a/b"])
def test_the_factor_names_no_file_of_another_folder(main: str) -> None:
    with pytest.raises(ValueError, match="Invalid name"):
        main_file(asked("processes.spawn", main))


@pytest.mark.parametrize("scenario", scenarios.every(), ids=lambda scenario: scenario.name)
def test_every_main_file_that_a_load_asks_for_exists(scenario: Scenario) -> None:
    for load in scenario.loads(2):
        assert (CHILD / f"{load.factors.get('main', 'bare')}.py").is_file()


def test_both_main_files_have_the_same_guard() -> None:
    bare, heavy = (TREES[f"study.child.{name}"].body[-1] for name in ("bare", "heavy"))
    assert ast.dump(heavy) == ast.dump(bare)


def test_the_heavy_main_file_imports_the_standard_library_and_as_much_of_it_as_the_check_asks_for() -> None:
    named = named_by(TREES["study.child.heavy"])
    assert named <= set(sys.stdlib_module_names)
    assert len(named) > HEAVY
    assert len(named_by(TREES["study.child.bare"])) == 0 < HEAVY - len(GUARD)


def test_the_heavy_main_file_is_what_programs_begin_with() -> None:
    typical = {"argparse", "asyncio", "dataclasses", "json", "logging", "pathlib", "re", "subprocess", "typing"}
    assert named_by(TREES["study.child.heavy"]) >= typical


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("backend", AGAIN)
def test_a_worker_that_runs_the_main_file_again_holds_what_it_imports(python: str, backend: str) -> None:
    more = modules_held(python, backend, "heavy") - modules_held(python, backend, "bare")
    assert more > len(named_by(TREES["study.child.heavy"]))


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("backend", AS_IT_MAY_BE)
def test_a_worker_of_a_fork_server_holds_them_whoever_imported_them(python: str, backend: str) -> None:
    """Who did is not asked here: the check of each run has found nothing missing."""
    assert modules_held(python, backend, "heavy") >= modules_held(python, backend, "bare")


def test_the_first_start_and_a_later_one_are_told_apart() -> None:
    laps = laps_of("imports", "processes.fork", main="bare", rounds=2)
    assert {name: len(lap["values"]) for name, lap in laps.items()} == {
        "cold ready": 1,
        "warm ready": 1,
        "modules in the worker": 2,
    }


@pytest.mark.parametrize("main", ["bare", "heavy"])
def test_a_child_that_was_started_with_another_main_file_gives_a_wrong_answer(
    main: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = {"bare": "heavy", "heavy": "bare"}[main]
    monkeypatch.setattr(launch, "main_file", lambda request: CHILD / f"{other}.py")
    with launch.adopting_orphans():
        ended = launch.ask(sys.executable, asked("processes.fork", main), tmp_path, 60)
    assert ended.status == "wrong answer"
    assert f"which is not {main}" in ended.reason


def test_the_story_of_a_bare_main_file_is_not_taken_for_that_of_a_heavy_one() -> None:
    text, arguments = told("imports", "processes.fork")
    assert arguments["main"] == "bare"
    assert judge("imports", "processes.fork", text, arguments | {"main": "heavy"})
    story = Story(text)
    story.value("imports", [f"module_{number}" for number in range(HEAVY)])
    assert judge("imports", "processes.fork", story.text(), arguments | {"main": "heavy"}) is None


def test_a_missing_module_is_named() -> None:
    text, arguments = told("imports", "processes.fork")
    story = Story(text)
    story.change("started", lambda it: (*it[:3], ["json", "logging"]))
    assert "json, logging" in judge("imports", "processes.fork", story.text(), arguments)


def sources_of(expression: str) -> set[str]:
    plan = make_plan(PROFILES["default"], (3, 13), 2, 7, matcher(expression))
    return {file for file in hash_sources(plan, ROOT) if file.startswith("study/child/")}


def test_a_main_file_is_a_source_of_the_cells_that_are_started_with_it() -> None:
    always = {"study/child/bare.py", "study/child/session.py"}
    assert sources_of("imports and spawn") == always | {"study/child/heavy.py"}
    assert sources_of("imports and spawn and main=bare") == sources_of("lock and spawn") == always


@pytest.mark.parametrize("python", [(3, 10), (3, 14)])
def test_what_has_no_process_of_its_own_imports_nothing_again_and_is_not_asked(python: tuple[int, int]) -> None:
    plan = make_plan(PROFILES["rigorous"], python, 2, 7, matcher("imports"))
    assert {cell.backend.partition(".")[2] for cell in plan.cells} == {"fork", "spawn", "forkserver"}
    assert {cell.factors["main"] for cell in plan.cells} == {"bare", "heavy"}
    assert all(cell.reason for cell in plan.absent)

"""Is a program launched in each form, does its worker tell the truth, and is what cannot be launched said in a sentence?"""

import os
import sys
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from children import PATIENCE_S, laps_of
from interpreters import PYTHONS, facts_of, version_of
from stories import Story, judge
from study import launch, scenarios
from study.plan import PROFILES, make_plan, matcher
from study.scenarios import launch_form
from study.scenarios.launch_form import NEEDS_PYTEST, command, pytest_script

FORMS = ("script", "module", "pytest", "stdin")
METHODS = ("fork", "spawn", "forkserver")
BEGAN, MODULES, AGAIN = "workers that began", "modules in the worker", "main run again"
FRESH = METHODS[1:]  # whose workers are not copies of the program


def launched(method: str, form: str, python: str = sys.executable) -> dict[str, Any]:
    return laps_of("launch_form", f"processes.{method}", python, form=form, rounds=1)


def count(laps: dict[str, Any], lap: str) -> int:
    (value,) = laps[lap]["values"]
    assert laps[lap]["unit"] == "1"
    return int(value)


def forms_of(python: str) -> list[str]:
    return [form for form in FORMS if form != "pytest" or facts_of(python)["pytest_script"]]


CASES = [(python, method, form) for python in PYTHONS for method in METHODS for form in forms_of(python)]
for_each_case = pytest.mark.parametrize(
    ("python", "method", "form"), CASES, ids=[f"{version_of(p)[1]}-{m}-{f}" for p, m, f in CASES]
)


@for_each_case
def test_a_worker_begins_but_for_one_that_is_to_run_standard_input_again(python: str, method: str, form: str) -> None:
    laps = launched(method, form, python)
    begins = form != "stdin" or method == "fork"
    assert count(laps, BEGAN) == begins
    assert set(laps) == ({BEGAN, "ready", MODULES, AGAIN} if begins else {BEGAN})


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("method", FRESH)
def test_main_is_run_again_unless_it_is_that_of_a_package(python: str, method: str) -> None:
    for form in set(forms_of(python)) - {"stdin"}:
        assert count(launched(method, form, python), AGAIN) == (form != "module")


@pytest.mark.parametrize("form", FORMS)
def test_a_forked_worker_runs_nothing_again(form: str) -> None:
    assert count(launched("fork", form), AGAIN) == 0


@pytest.mark.parametrize("method", METHODS)
def test_from_the_pytest_script_a_worker_holds_twice_as_many_modules(method: str) -> None:
    """A spawned one because it runs the script again, a forked one because it is a copy."""
    plain = count(launched(method, "script"), MODULES)
    assert count(launched(method, "pytest"), MODULES) > 1.7 * plain
    assert abs(count(launched(method, "module"), MODULES) - plain) < 20


def test_nothing_is_left_of_the_program() -> None:
    with tempfile.TemporaryDirectory(prefix="s") as scratch, launch.adopting_orphans():
        request = {
            "do": "run",
            "scenario": "launch_form",
            "backend": "processes.spawn",
            "arguments": {"form": "pytest"},
        }
        ended = launch.ask(sys.executable, request, Path(scratch), PATIENCE_S)
        assert ended.status == "measured"
        assert os.listdir(scratch) == []


def test_an_interpreter_without_pytest_is_told_to_have_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    with pytest.raises(FileNotFoundError, match="no pytest script beside this interpreter; install pytest"):
        command("pytest")
    assert command("script") == [str(tmp_path / "python"), "program.py"]
    (tmp_path / "pytest").touch()
    assert command("pytest")[:2] == [str(tmp_path / "python"), str(tmp_path / "pytest")]


def test_this_interpreter_tells_whether_it_has_pytest() -> None:
    assert facts_of(sys.executable)["pytest_script"] is os.path.exists(pytest_script())


@pytest.mark.parametrize(
    ("facts", "offered"), [({"pytest_script": False}, False), ({"pytest_script": True}, True), ({}, True)]
)
def test_without_pytest_its_form_is_not_offered_and_says_why(facts: dict[str, object], offered: bool) -> None:
    plan = make_plan(PROFILES["default"], (3, 13), 2, 7, matcher("launch_form and processes"), None, facts)
    assert {cell.factors["form"] for cell in plan.cells} == set(FORMS) - (set() if offered else {"pytest"})
    assert {cell.reason for cell in plan.absent} == (set() if offered else set(NEEDS_PYTEST.values()))


def test_what_is_no_process_of_its_own_is_not_asked() -> None:
    plan = make_plan(PROFILES["rigorous"], (3, 14), 2, 7, matcher("launch_form"))
    assert {cell.backend for cell in plan.cells} == {f"processes.{method}" for method in METHODS}
    assert len(plan.cells) == 12
    assert all(cell.reason for cell in plan.absent)


def test_one_cell_for_each_start_method_that_runs_main_again_is_enough_to_try() -> None:
    plan = make_plan(PROFILES["smoke"], (3, 13), 2, 7, matcher("launch_form"))
    tried = [cell.cell.rpartition("/")[0] for cell in plan.cells]
    assert [tried.count(f"launch_form/processes.{method}") for method in METHODS] == [4, 1, 1]


def test_the_programs_surroundings_are_those_of_a_user(monkeypatch: pytest.MonkeyPatch) -> None:
    """The study's own path is no part of them, and no option or plugin of pytest that happens to be there."""
    seen: list[dict[str, str]] = []

    def run(command: list[str], env: dict[str, str], **_: Any) -> Any:
        seen.append(env)
        raise KeyboardInterrupt

    for name in ("PYTHONPATH", "PYTEST_ADDOPTS"):
        monkeypatch.setenv(name, "--nothing")
    monkeypatch.setattr("subprocess.run", run)
    with pytest.raises(KeyboardInterrupt):
        launch_form.launch("script", "spawn")
    assert not {"PYTHONPATH", "PYTEST_ADDOPTS"} & set(seen[0])
    assert seen[0]["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] == "1"


@cache
def story(method: str, form: str) -> str:
    request = {"do": "run", "scenario": "launch_form", "backend": f"processes.{method}", "arguments": {"form": form}}
    with tempfile.TemporaryDirectory(prefix="s") as scratch, launch.adopting_orphans():
        ended = launch.ask(sys.executable, request, Path(scratch), PATIENCE_S)
    return str(ended.answer["trace"])


def verdict(method: str, form: str, changed: dict[int, int] | None = None, error: str | None = None) -> str | None:
    """What the check says of a true story of which some numbers, or the error, were changed."""
    told = Story(story(method, form))

    def change(value: Any) -> Any:
        name, numbers, last = value
        kept = [(changed or {}).get(at, number) for at, number in enumerate(numbers)]
        return name, kept, last if error is None else error

    told.change("launched", change)
    found: str | None = judge("launch_form", f"processes.{method}", told.text(), {"form": form, "rounds": 1})
    return found


def test_a_true_story_is_believed() -> None:
    assert verdict("spawn", "script") is None
    assert verdict("spawn", "stdin") is None


@pytest.mark.parametrize(
    ("method", "form", "changed", "error", "words"),
    [
        ("spawn", "script", {3: 0}, None, "never began"),
        ("spawn", "stdin", {}, "ImportError", "never began: ImportError"),
        ("spawn", "script", {3: 1}, None, "clock is outside"),
        ("spawn", "script", {5: 3}, None, "holds 3 modules"),
        ("spawn", "script", {6: 0}, None, "main was not run again for script with spawn"),
        ("fork", "script", {6: 1}, None, "main was run again for script with fork"),
    ],
)
def test_a_changed_story_is_not(method: str, form: str, changed: dict[int, int], error: str | None, words: str) -> None:
    assert words in str(verdict(method, form, changed, error))


def test_a_worker_that_is_the_program_itself_is_found_out() -> None:
    told = Story(story("spawn", "script"))
    told.change("launched", lambda value: (value[0], [*value[1][:4], value[1][2], *value[1][5:]], value[2]))
    assert "no process of its own" in judge(
        "launch_form", "processes.spawn", told.text(), {"form": "script", "rounds": 1}
    )


def test_a_program_that_tells_nothing_is_found_out() -> None:
    told = Story(story("spawn", "script"))
    told.change("launched", lambda value: (value[0], [], "SyntaxError"))
    refused = judge("launch_form", "processes.spawn", told.text(), {"form": "script", "rounds": 1})
    assert refused == "the program launched as script gave no answer: SyntaxError"


def test_the_lap_that_stands_for_it_is_a_time() -> None:
    assert launched("spawn", "script")[scenarios.find("launch_form").headline]["unit"] == "ns"

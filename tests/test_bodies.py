"""The code that the page shows beside a scenario's numbers is that of the scripts, for every backend that it stands for."""

import hashlib
import multiprocessing
import os

import msgspec
import pytest

from backends import Backend
from journals import header, planned
from study import bodies, installed
from study.journal import Header
from study.plan import PROFILES, make_plan
from study.script import script

PYTHON = (3, 13)
CELLS = make_plan(PROFILES["smoke"], PYTHON, 2, seed=1).cells
SCENARIOS = list(dict.fromkeys(cell.scenario for cell in CELLS))


def body(scenario: str, backend: str) -> bodies.Body:
    (found,) = bodies.bodies(header([planned(f"{scenario}/{backend}", width=2)]), scenario)
    return found


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_one_body_stands_for_backends_whose_scripts_are_the_same_but_for_a_start_method(scenario: str) -> None:
    for found in bodies.bodies(header(CELLS), scenario):
        first, *rest = found.backends
        text = script(installed.known_scenarios()[scenario], known(first), PYTHON)
        for other in rest:
            assert bodies.derived(text, first, other) == script(
                installed.known_scenarios()[scenario], known(other), PYTHON
            )


def known(name: str) -> Backend:
    return installed.known_backends()[name]


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_each_backend_that_was_planned_has_its_code_once(scenario: str) -> None:
    shown = [name for found in bodies.bodies(header(CELLS), scenario) for name in found.backends]
    assert sorted(shown) == sorted({cell.backend for cell in CELLS if cell.scenario == scenario})


def test_what_is_shown_is_the_script_without_its_docstring_and_what_all_scripts_share() -> None:
    whole = script(installed.known_scenarios()["lock"], known("threads"), PYTHON)
    text = body("lock", "threads").text
    assert text.startswith("import contextlib\n")
    assert "# say(), stopwatch(), print_time(): left out here, the same in every script" in text
    assert "def say(" in whole
    assert "def say(" not in text
    kept = [line for line in text.splitlines() if not line.startswith("# say()")]
    rest = iter(whole.splitlines())
    assert all(line in rest for line in kept), "in the order of the script"
    assert "threading.Lock()" in text


def test_a_body_names_the_command_that_prints_the_whole_script() -> None:
    assert body("lock", "executors.fork").command == "python -m study show lock --backend executors.fork"


def test_pairs_that_an_earlier_chapter_shows_are_left_out() -> None:
    plan = [planned(f"lock/{name}", width=2) for name in ("threads", "processes.fork")]
    (only,) = bodies.bodies(header(plan), "lock", {("lock", "threads")})
    assert only.backends == ("processes.fork",)


@pytest.mark.parametrize("version", ["", "x", "3.13.1; rm", "9" * 100])
def test_a_stranger_s_scenario_backend_or_version_is_no_error(version: str) -> None:
    plan = [planned("lock/nobody", width=2), planned("nothing/threads", width=2), planned("lock/threads", width=2)]
    made = header(plan, interpreter={"version": version})
    assert bodies.bodies(made, "nothing") == ()
    assert [found.backends for found in bodies.bodies(made, "lock")] == [("threads",)]


def test_a_scenario_that_was_changed_since_is_named() -> None:
    made = header([planned("lock/threads", width=2)])
    file = "study/scenarios/lock.py"
    assert bodies.changed(made, "lock") == file
    digest = hashlib.sha256((bodies.ROOT / file).read_bytes()).hexdigest()[:16]
    assert bodies.changed(msgspec.structs.replace(made, sources={file: digest}), "lock") == ""
    assert bodies.changed(made, "event") == ""


def two_runs() -> list[Header]:
    names = ["lock/threads"], ["lock/threads", "lock/processes.fork", "event/threads"]
    return [header([planned(name, width=2) for name in own]) for own in names]


def test_no_pair_is_shown_twice_on_a_page() -> None:
    first, second = bodies.of_runs(two_runs())
    assert {name: [body.backends for body in made] for name, made in first.items()} == {"lock": [("threads",)]}
    shown = {name: [body.backends for body in made] for name, made in second.items()}
    assert shown == {"event": [("threads",)], "lock": [("processes.fork",)]}


def test_what_was_begun_on_a_processor_of_its_own_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("made here")

    at_once = bodies.of_runs(two_runs())
    monkeypatch.setattr(bodies, "usable_cpus", lambda: 2)
    with bodies.begun(two_runs()) as codes:
        monkeypatch.setattr(bodies, "bodies", refuse)
        assert codes() == at_once
    assert multiprocessing.active_children() == []


def test_a_single_processor_starts_no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a process was started")

    monkeypatch.setattr(bodies, "usable_cpus", lambda: 1)
    monkeypatch.setattr(os, "fork", refuse)
    with bodies.begun(two_runs()) as codes:
        assert codes() == bodies.of_runs(two_runs())


def test_an_error_in_between_leaves_no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "usable_cpus", lambda: 2)
    with pytest.raises(RuntimeError, match="no paper"), bodies.begun(two_runs()):
        raise RuntimeError("no paper")
    assert multiprocessing.active_children() == []

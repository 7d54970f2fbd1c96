"""The tutorial's program is run as the tutorial has it, on all backends at once, and told beside what the tutorial printed."""

import json
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

import backends
from study import demo, scenarios
from study.demo import DEADLINE_S, SUSPECT_DEADLINE_S, Shown
from study.journal import Status
from study.launch import Ended, Usage
from study.preparation import Interpreter
from study.scenario import Scenario, body_of


class Stage:
    """Takes the place of measured interpreters: notes what each is asked, and answers as it is told to."""

    def __init__(self) -> None:
        self.happened: list[tuple[str, str]] = []
        self.asked: dict[str, Mapping[str, Any]] = {}
        self.patience_s: dict[str, float] = {}
        self.status: Status = "measured"
        self.reason = ""
        self.trace = ""

    def child(self, python: str, request: Mapping[str, Any], scratch: Path) -> "Performer":
        assert Path(python).is_file()
        assert scratch.is_dir()
        self.asked[request["backend"]] = request
        self.happened.append(("started", request["backend"]))
        return Performer(self, request["backend"])


class Performer:
    def __init__(self, stage: Stage, backend: str) -> None:
        self.stage, self.backend = stage, backend
        self.begun = time.perf_counter()

    def finish(self, deadline_s: float) -> Ended:
        stage = self.stage
        stage.happened.append(("finished", self.backend))
        stage.patience_s[self.backend] = deadline_s
        return Ended(stage.status, stage.reason, 0.1, Usage(), {"trace": stage.trace})


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Stage:
    made = Stage()
    monkeypatch.setattr(demo, "Child", made.child)
    monkeypatch.setattr(demo, "describe", lambda python: Interpreter(python, {"version": "3.13.1"}, 0.1))
    return made


def perform(scenario: str, backend: str | None = None, *, as_written: bool = False) -> list[Shown]:
    return demo.perform(scenario, backend, sys.executable, as_written=as_written)


def test_without_a_backend_every_one_is_shown_in_order(stage: Stage) -> None:
    assert [show.backend for show in perform("lock")] == backends.names()


def test_all_are_started_before_the_first_is_waited_for(stage: Stage) -> None:
    perform("lock")
    kinds = [kind for kind, _ in stage.happened]
    assert kinds == sorted(kinds, reverse=True)
    assert kinds.count("started") == kinds.count("finished") > 1


def test_with_a_backend_only_that_one_is_run(stage: Stage) -> None:
    (show,) = perform("lock", "threads")
    assert (show.backend, show.label, show.went_well) == ("threads", "threading.Thread", True)
    assert list(stage.asked) == ["threads"]


@pytest.mark.parametrize("scenario", scenarios.every(), ids=lambda scenario: scenario.name)
def test_a_body_is_given_the_tutorials_arguments_as_far_as_it_takes_them(scenario: Scenario, stage: Stage) -> None:
    perform(scenario.name)
    for name, request in stage.asked.items():
        body = body_of(scenario, backends.find(name))
        assert body is not None
        taken = body.__code__.co_varnames[: body.__code__.co_argcount]
        given = request["arguments"]
        assert set(given) <= set(taken)
        assert {key: given[key] for key in scenario.document if key in taken} == {
            key: value for key, value in scenario.document.items() if key in taken
        }
        assert given["rounds"] == scenario.document.get("rounds", 1)


def test_a_pair_that_is_not_on_offer_is_not_run_and_says_why(stage: Stage) -> None:
    (show,) = perform("lock", "executors.interpreter")
    assert show.remark == "not offered: needs Python 3.14; this is 3.13"
    assert show.went_well
    assert stage.asked == {}


def test_what_a_worker_told_is_shown_in_the_tutorials_words(stage: Stage) -> None:
    stage.trace = "2\t1\t1\tdirectly\tacquired\tNone\n1\t1\t1\tvia with\tacquired\tNone\n"
    assert perform("lock", "threads")[0].lines == ["Lock acquired via with", "Lock acquired directly"]


def test_a_failure_is_told_with_what_was_said_before_it(stage: Stage) -> None:
    stage.status, stage.reason = "crash", "the interpreter was ended by SIGSEGV"
    stage.trace = "1\t1\t1\tvia with\tacquired\tNone\n"
    (show,) = perform("lock", "threads")
    assert show.lines == ["Lock acquired via with"]
    assert show.remark == "crash: the interpreter was ended by SIGSEGV"
    assert not show.went_well


@pytest.fixture
def doubt(monkeypatch: pytest.MonkeyPatch) -> str:
    """A known defect of the threads, which may stop any scenario."""
    sentence = "threads stop for ever on a full moon (gh-1)"
    monkeypatch.setattr(demo, "suspicion", lambda scenario, backend: sentence if backend.name == "threads" else None)
    return sentence


def test_a_known_defect_is_no_failure_of_ours_and_is_named(stage: Stage, doubt: str) -> None:
    stage.status, stage.reason = "timeout", "no answer within 10 s"
    known, unknown = perform("lock", "threads") + perform("lock", "processes.spawn")
    assert known.remark == f"timeout: no answer within 10 s: {doubt}"
    assert unknown.remark == "timeout: no answer within 10 s"
    assert (known.went_well, unknown.went_well) == (True, False)


def test_a_deadlock_that_is_known_is_waited_for_less_long(stage: Stage, doubt: str) -> None:
    perform("lock", "threads")
    perform("lock", "processes.spawn")
    assert stage.patience_s == {"threads": SUSPECT_DEADLINE_S, "processes.spawn": DEADLINE_S}
    assert SUSPECT_DEADLINE_S < DEADLINE_S


def test_as_written_runs_the_tutorials_own_program_on_those_who_start_workers(stage: Stage) -> None:
    shown = perform("semaphore", as_written=True)
    workers = [backend.name for backend in backends.every() if backend.style == "workers"]
    assert list(stage.asked) == workers
    assert all(request["as_written"] for request in stage.asked.values())
    remarks = {show.remark for show in shown if show.backend not in workers}
    assert remarks == {"not offered: the tutorial starts its workers itself: there is no such version for this style"}


def test_a_scenario_without_a_defect_names_those_that_have_one(stage: Stage) -> None:
    with pytest.raises(LookupError, match=r"queue has no version with a defect; those with one: .*semaphore"):
        perform("queue", as_written=True)
    assert stage.asked == {}


@pytest.mark.parametrize(("scenario", "backend"), [("nothing", None), ("lock", "nothing")])
def test_what_is_not_installed_is_not_performed(scenario: str, backend: str | None, stage: Stage) -> None:
    with pytest.raises(LookupError, match=r"there is no .* 'nothing'; there are: "):
        perform(scenario, backend)
    assert stage.asked == {}


def test_the_text_begins_with_what_the_tutorial_printed() -> None:
    shown = [Shown("threads", "threading.Thread", ["one", "", "two"]), Shown("serial", "serial loop", remark="why not")]
    assert demo.as_text("lock", shown) == (
        "The tutorial, §4, printed:\n    Lock acquired via with\n    Lock acquired directly\n\n"
        "threading.Thread:\n    one\n\n    two\n\n"
        "serial loop:\n    (why not)"
    )


def test_a_cost_of_which_the_tutorial_says_nothing_has_no_such_part() -> None:
    assert demo.as_text("startup", [Shown("serial", "serial loop", ["one"])]) == "serial loop:\n    one"


def test_the_json_has_the_same_as_the_text() -> None:
    shown = [Shown("threads", "threading.Thread", ["µ"]), Shown("serial", "serial loop", [], "why", False)]
    document = json.loads(demo.as_json(shown))
    assert [Shown(**show) for show in document] == shown
    assert "µ" in demo.as_json(shown)

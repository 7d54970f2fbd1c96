"""The list of what can be measured: complete, the same for readers and programs, and for the Python that is asked about."""

import json
import re
import sys
from pathlib import Path

import pytest

import backends
from study import listing, preparation, scenarios
from study.plan import PROFILES, make_plan
from study.preparation import Interpreter, UsageError
from study.scenario import body_of

HERE = (sys.version_info.major, sys.version_info.minor)


@pytest.fixture(autouse=True)
def two_cpus(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("study.environment.usable_cpus", lambda: 2)


@pytest.fixture
def another_python(monkeypatch: pytest.MonkeyPatch) -> str:
    """The path of a Python 3.10 that nobody has to install."""
    old = Interpreter("/opt/python3.10", {"version": "3.10.4"}, 0.1)
    monkeypatch.setattr(preparation, "describe", lambda python: old)
    return old.path


def test_the_document_has_each_scenario_and_each_backend_once_and_in_order() -> None:
    document = listing.document(sys.executable)
    assert [scenario["name"] for scenario in document["scenarios"]] == scenarios.names()
    assert [backend["name"] for backend in document["backends"]] == backends.names()
    assert {scenario["name"]: scenario["question"] for scenario in document["scenarios"]} == {
        scenario.name: scenario.question for scenario in scenarios.every()
    }


def test_the_cells_are_those_that_the_default_profile_would_measure_here() -> None:
    plan = make_plan(PROFILES["default"], HERE, 2, seed=0)
    document = listing.document(sys.executable)
    assert [cell["cell"] for cell in document["cells"]] == [cell.cell for cell in plan.cells]
    assert {cell["cell"]: cell["reason"] for cell in document["not_offered"]} == {
        cell.cell: cell.reason for cell in plan.absent
    }
    assert sum(cell["blocks"] for cell in document["cells"]) == plan.children


def test_the_json_is_the_document_and_the_same_each_time() -> None:
    text = listing.as_json(sys.executable)
    assert json.loads(text) == listing.document(sys.executable)
    assert listing.as_json(sys.executable) == text


def test_every_cell_has_a_line_and_one_that_is_not_offered_its_reason_behind_it() -> None:
    document = listing.document(sys.executable)
    lines = listing.as_text(sys.executable, cells=True).splitlines()
    offered = [cell["cell"] for cell in document["cells"]]
    assert lines[: len(offered)] == offered
    assert lines[len(offered) :] == [f"{cell['cell']}  --  {cell['reason']}" for cell in document["not_offered"]]


def test_another_python_is_asked_for_its_version_and_listed_for_it(another_python: str) -> None:
    reasons = {cell["cell"]: cell["reason"] for cell in listing.document(another_python)["not_offered"]}
    assert reasons["lock/executors.interpreter/width=2"] == "needs Python 3.14; this is 3.10"
    assert "needs Python 3.14; this is 3.10: " in listing.as_text(another_python, cells=False)


def test_a_program_that_is_no_python_cannot_be_listed_for(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no such program"):
        listing.as_text(str(tmp_path / "python"), cells=True)


def matrix() -> tuple[list[str], list[list[str]], dict[str, str]]:
    """The numbers at the head, the lines of scenarios as words, and the legend: number -> the rest of its line."""
    head, *rest = listing.as_text(sys.executable, cells=False).splitlines()
    lines = [line.split() for line in rest[: rest.index("")]]
    legend = rest[rest.index("") + 1 : rest.index("", rest.index("") + 1)]
    return head.split(), lines, {line.split()[0]: line for line in legend}


def test_the_matrix_has_a_line_for_each_scenario_and_a_column_for_each_backend() -> None:
    numbers, lines, legend = matrix()
    assert numbers == [str(number) for number in range(1, len(backends.names()) + 1)] == list(legend)
    assert [words[-len(numbers) - 1].removeprefix("§") for words in lines] == scenarios.names()
    for number, backend in zip(numbers, backends.every(), strict=True):
        assert legend[number].split()[1] == backend.name
        assert legend[number].endswith(backend.label)


def test_a_pair_says_yes_where_some_cell_of_it_is_measured_and_has_a_dash_elsewhere() -> None:
    numbers, lines, _ = matrix()
    offered = {tuple(cell["cell"].split("/")[:2]) for cell in listing.document(sys.executable)["cells"]}
    for words in lines:
        for mark, backend in zip(words[-len(numbers) :], backends.names(), strict=True):
            assert mark == ("yes" if (words[-len(numbers) - 1], backend) in offered else "-")


def test_the_columns_of_the_matrix_stand_under_their_numbers() -> None:
    lines = listing.as_text(sys.executable, cells=False).splitlines()
    head, body = lines[0], lines[1 : lines.index("")]
    ends = [match.end() for match in re.finditer(r"\d+", head)]
    for line in body:
        assert [match.end() for match in re.finditer(r"(?<= )(yes|-)(?= |$)", line)][-len(ends) :] == ends


def test_a_reason_is_told_once_with_the_pairs_it_holds_for() -> None:
    reasons = listing.as_text(sys.executable, cells=False).partition("Not offered:\n")[2].splitlines()
    told = [line[2:].rpartition(": ") for line in reasons]
    assert len({reason for reason, _, _ in told}) == len(told)
    document = listing.document(sys.executable)
    offered = {tuple(cell["cell"].split("/")[:2]) for cell in document["cells"]}
    for reason, _, pairs in told:
        holds = dict.fromkeys(
            "/".join(cell["cell"].split("/")[:2])
            for cell in document["not_offered"]
            if cell["reason"] == reason and tuple(cell["cell"].split("/")[:2]) not in offered
        )
        more = f" and {len(holds) - 3} more" if len(holds) > 3 else ""
        assert pairs == ", ".join(list(holds)[:3]) + more


def test_no_pair_without_a_body_is_offered() -> None:
    offered = {tuple(cell["cell"].split("/")[:2]) for cell in listing.document(sys.executable)["cells"]}
    for scenario, backend in offered:
        assert body_of(scenarios.find(scenario), backends.find(backend)) is not None

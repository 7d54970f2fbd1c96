"""Every cell at its smallest load gives the right answer, on every Python that the tests are given, and leaves nothing behind."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from interpreters import PYTHONS, facts_of, version_of
from study import launch
from study.campaign import deadline_of, suspicion_of
from study.journal import Planned
from study.plan import PROFILES, arguments_of, make_plan

FEW_OPERATIONS = 50
# How often each cell is run: more for a search for rare failures under load.
TIMES = int(os.environ.get("STUDY_TEST_TIMES", "1"))


def smallest(python: str) -> list[Planned]:
    """The first load of each (scenario, backend) pair, and each further kind of load that has a body of its own."""
    plan = make_plan(PROFILES["quick"], version_of(python), 2, seed=0, facts=facts_of(python))
    chosen: dict[tuple[object, ...], Planned] = {}
    for cell in plan.cells:
        kind = [cell.factors.get(name) for name in ("channel", "form", "main", "shape", "workload")]
        chosen.setdefault((cell.scenario, cell.backend, *kind), cell)
    return list(chosen.values())


CASES = [
    pytest.param(python, cell, id=f"{'.'.join(map(str, version_of(python)))}-{cell.cell}")
    for python in PYTHONS
    for cell in smallest(python)
]


@pytest.fixture
def scratch() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="s") as folder:
        yield Path(folder)


@pytest.mark.timeout(120 * TIMES)
@pytest.mark.parametrize(("python", "cell"), CASES)
def test_the_answer_is_right_and_nothing_is_left(python: str, cell: Planned, scratch: Path) -> None:
    arguments = arguments_of(cell, rounds=2) | {"operations": FEW_OPERATIONS}
    if not takes_operations(cell):
        del arguments["operations"]
    request = {"do": "run", "scenario": cell.scenario, "backend": cell.backend, "arguments": arguments}
    for _ in range(TIMES):
        with launch.adopting_orphans():
            ended = launch.ask(python, request, scratch, deadline_of(cell))
        if ended.status == "timeout" and suspicion_of(cell):
            pytest.xfail(f"{ended.reason}: {suspicion_of(cell)}")
        assert (ended.status, ended.reason) == ("measured", "")
        assert all(lap["values"] for lap in ended.answer["laps"])
        assert not [entry for entry in scratch.iterdir() if entry.name.startswith("pymp-")]
        assert not left_in(scratch)


def takes_operations(cell: Planned) -> bool:
    from study import scenarios

    return scenarios.find(cell.scenario).calibrated


def left_in(scratch: Path) -> list[str]:
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get("TMPDIR") == str(scratch):
                found.append(process.name())
        except psutil.Error:
            continue
    return found

"""The front door with a budget: `pytest --benchmark-only --study-budget=3m` measures what fits and skips the rest."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from study import journal

ROOT = Path(__file__).resolve().parent.parent
USAGE_ERROR = 4  # pytest's own code


def pytest_with(budget: str, results: Path, *options: str) -> "subprocess.CompletedProcess[str]":
    """Run one cell in a process of its own; temporary files in a folder whose name fits a socket."""
    command = [sys.executable, "-m", "pytest", "tests/bench_study.py", "--benchmark-only", "--study-profile=smoke"]
    command += [f"--study-budget={budget}", f"--study-results={results}", "-k", "pool and serial and not recycling"]
    with tempfile.TemporaryDirectory(prefix="s") as temporary:
        environment = {**os.environ, "TMPDIR": temporary, "COLUMNS": "200"}
        return subprocess.run(
            [*command, *options], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=200, check=False
        )


@pytest.mark.parametrize(
    ("budget", "words"),
    [("soon", "--budget: 'soon' is no time"), ("1s", "--budget: 1 s are not enough for one child of each of 1 cell")],
)
def test_a_wrong_budget_is_a_usage_error(tmp_path: Path, budget: str, words: str) -> None:
    ran = pytest_with(budget, tmp_path / "results")
    assert ran.returncode == USAGE_ERROR
    assert words in ran.stderr + ran.stdout
    assert not (tmp_path / "results").exists()


def test_a_budget_is_announced_measured_and_replayed(tmp_path: Path) -> None:
    ran = pytest_with("2m", tmp_path / "results")
    assert ran.returncode == 0, ran.stdout
    assert "profile smoke, within 2 min" in ran.stdout
    assert "left out: nothing of the profile" in ran.stdout
    (path,) = (tmp_path / "results").glob("*/*.jsonl")
    kept = journal.load(path)
    assert kept.header.budget
    assert {row.cell for row in kept.rows} == {"pool/serial/width=2"}
    assert len(kept.blocks) == len(kept.rows) == max(cell.blocks for cell in kept.header.plan)

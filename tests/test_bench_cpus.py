"""Both front doors with `--cpus`: what is asked for is planned and measured, and what cannot be is one sentence."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from study import journal, preparation
from study.preparation import Interpreter, Options, UsageError

ROOT = Path(__file__).resolve().parent.parent
PYTEST_USAGE, STUDY_USAGE = 4, 2
INTERPRETER = Interpreter(sys.executable, {"version": "3.12.1"}, 0.05)
MANY = "100000"
ONLY = "scaling/serial and wait"
pytestmark = pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="no such thing on this system")


def run(*command: str) -> "subprocess.CompletedProcess[str]":
    """Temporary files in a folder of its own, and so the lock of a machine of its own; its name fits a socket."""
    with tempfile.TemporaryDirectory(prefix="s") as temporary:
        environment = {**os.environ, "TMPDIR": temporary, "COLUMNS": "200"}
        return subprocess.run(
            [sys.executable, "-m", *command],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            timeout=200,
            check=False,
        )


def bench(cpus: str, results: Path, *options: str) -> "subprocess.CompletedProcess[str]":
    asked = [f"--study-cpus={cpus}", f"--study-results={results}", "--study-profile=smoke", "-k", ONLY]
    return run("pytest", "tests/bench_study.py", "--benchmark-only", *asked, *options)


def study(cpus: str, results: Path, *options: str) -> "subprocess.CompletedProcess[str]":
    return run("study", "run", "--cpus", cpus, "--results", str(results), "--profile", "smoke", "-k", ONLY, *options)


@pytest.mark.parametrize(
    ("cpus", "words"),
    [("some", "--cpus: 'some' is no number of CPUs"), (MANY, f"--cpus: '{MANY}' asks for what there is not")],
)
def test_what_there_is_not_gets_one_sentence_and_exit_code_2(cpus: str, words: str, tmp_path: Path) -> None:
    ran = study(cpus, tmp_path / "results")
    assert (ran.returncode, ran.stdout) == (STUDY_USAGE, "")
    assert words in ran.stderr
    assert len(ran.stderr.strip().splitlines()) == 1
    assert not (tmp_path / "results").exists()


def test_what_there_is_not_is_a_usage_error_of_pytest_before_anything_is_collected(tmp_path: Path) -> None:
    ran = bench(MANY, tmp_path / "results")
    assert ran.returncode == PYTEST_USAGE
    assert "--cpus: " in ran.stdout + ran.stderr
    assert not (tmp_path / "results").exists()


def test_a_campaign_that_is_taken_up_keeps_its_own_cpus(tmp_path: Path) -> None:
    ran = study("1", tmp_path, "--resume", str(tmp_path / "journal.jsonl"))
    assert ran.returncode == STUDY_USAGE
    assert "--cpus: a campaign that is taken up keeps its own; leave out --cpus or --resume." in ran.stderr


def test_cells_on_one_cpu_are_measured_under_names_that_say_so(tmp_path: Path) -> None:
    ran = study("1", tmp_path / "results")
    assert ran.returncode == 0, ran.stderr
    (path,) = (tmp_path / "results").glob("*/*.jsonl")
    kept = journal.load(path)
    assert {(row.cell, row.status) for row in kept.rows} == {
        ("scaling/serial/workload=wait,width=1,cpus=1", "measured")
    }
    assert [cell.factors for cell in kept.header.plan] == [{"workload": "wait", "width": 1, "cpus": 1}]


def test_a_benchmark_on_one_cpu_has_an_id_that_says_so(tmp_path: Path) -> None:
    ran = bench("1", tmp_path / "results", "--collect-only", "-q")
    assert "bench_study.py::test_cell[scaling/serial/workload=wait,width=1,cpus=1]" in ran.stdout


@pytest.mark.skipif(len(getattr(os, "sched_getaffinity", lambda _: ())(0)) < 2, reason="there is one CPU only")
def test_a_list_plans_the_scaling_cells_once_for_each_number_in_one_campaign(tmp_path: Path) -> None:
    ran = bench("1,2", tmp_path / "results", "--collect-only", "-q")
    assert [line.partition("width=")[2] for line in ran.stdout.splitlines() if "test_cell" in line] == [
        "1,cpus=1]",
        "2,cpus=2]",
    ]


def planned(cpus: str) -> list[str]:
    options = Options(Path("results"), cpus=cpus)
    return [cell.cell for cell in preparation.plan_for(options, INTERPRETER).cells]


def test_without_the_option_no_cell_has_that_factor() -> None:
    assert not any("cpus=" in name for name in planned(""))


def test_with_the_option_every_cell_has_it() -> None:
    assert all(name.endswith(",cpus=1") for name in planned("1"))


def test_a_selection_that_no_number_of_cpus_meets_matches_no_cell() -> None:
    with pytest.raises(UsageError, match="matches no cell"):
        preparation.plan_for(Options(Path("results"), select="cpus=2", cpus="1"), INTERPRETER)


def test_a_budget_is_kept_beside_a_number_of_cpus() -> None:
    plan = preparation.plan_for(Options(Path("results"), budget="3m", cpus="1"), INTERPRETER)
    assert plan.budget_s == 180

"""The front door: `pytest --benchmark-only` measures, replays and reports, and its other options do what a user expects."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from statistics import median

import pytest

from bench_study import Clock
from study import journal
from study.observations import of_cell

ROOT = Path(__file__).resolve().parent.parent
FEW = "(lock or pool) and (threads or serial or spawn) and not recycling"


def pytest_in(results: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Run pytest on the cells in a process of its own; temporary files in a folder whose name fits a socket."""
    command = [
        sys.executable,
        "-m",
        "pytest",
        "tests/bench_study.py",
        "--study-profile=smoke",
        f"--study-results={results}",
        *options,
    ]
    with tempfile.TemporaryDirectory(prefix="s") as temporary:
        environment = {**os.environ, "TMPDIR": temporary, "COLUMNS": "200"}
        return subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=200, check=False
        )


@pytest.fixture(scope="module")
def measured(
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[subprocess.CompletedProcess[str], Path, Mapping[str, object]]:
    folder = tmp_path_factory.mktemp("bench")
    saved = folder / "saved.json"
    ran = pytest_in(folder / "results", "--benchmark-only", "-k", FEW, f"--benchmark-json={saved}")
    (path,) = (folder / "results").glob("*/*.jsonl")
    return ran, path, json.loads(saved.read_text())


def test_where_only_benchmarks_run_no_test_is_collected() -> None:
    command = [sys.executable, "-m", "pytest", "--benchmark-only", "--study-profile=smoke", "--collect-only", "-q"]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=200, check=True)
    files = {line.partition("::")[0] for line in ran.stdout.splitlines() if "::" in line}
    assert files
    assert {Path(file).name.partition("_")[0] for file in files} == {"bench"}


def test_each_benchmark_is_the_studys_figure_bit_for_bit(
    measured: tuple[object, Path, Mapping[str, list[dict[str, dict[str, object]]]]],
) -> None:
    from study import scenarios

    _, path, saved = measured
    kept = journal.load(path)
    assert saved["benchmarks"]
    for benchmark in saved["benchmarks"]:
        name = str(benchmark["name"])
        rows = [row for row in kept.rows if row.cell == name]
        observed = list(of_cell(rows, scenarios.find(name.split("/", maxsplit=1)[0]).headline).values())
        assert benchmark["stats"]["data"] == observed
        assert benchmark["stats"]["median"] == median(observed)


def test_every_offered_cell_has_its_benchmark(
    measured: tuple[object, Path, Mapping[str, list[dict[str, object]]]],
) -> None:
    _, path, saved = measured
    planned = {cell.cell for cell in journal.load(path).header.plan}
    assert {benchmark["name"] for benchmark in saved["benchmarks"]} == planned
    assert "lock/processes.spawn/width=2" in planned


def test_bytes_are_measured_and_reported_but_are_not_said_to_be_seconds(tmp_path: Path) -> None:
    saved = tmp_path / "saved.json"
    selected = "(memory and width or imports) and fork and not (forkserver or parent or heavy or executors)"
    ran = pytest_in(tmp_path / "results", "--benchmark-only", "-rs", "-k", selected, f"--benchmark-json={saved}")
    (path,) = (tmp_path / "results").glob("*/*.jsonl")
    assert ran.returncode == 0, ran.stdout
    assert {row.cell.split("/")[0] for row in journal.load(path).rows} == {"imports", "memory"}
    assert "further worker, PSS is no time" in ran.stdout
    (benchmark,) = json.loads(saved.read_text())["benchmarks"]
    assert benchmark["name"] == "imports/processes.fork/main=bare"
    assert set(benchmark["extra_info"]["laps"]) == {"cold ready", "warm ready"}


def test_the_reports_path_is_the_last_line(measured: tuple[subprocess.CompletedProcess[str], Path, object]) -> None:
    ran, path, _ = measured
    page = Path(ran.stdout.rstrip().splitlines()[-1])
    assert ran.returncode == 0, ran.stdout
    assert page == path.parent / "report" / "index.html"
    assert page.read_text().startswith("<!DOCTYPE html>")


def test_the_campaign_is_announced_and_summed_up(
    measured: tuple[subprocess.CompletedProcess[str], Path, object],
) -> None:
    ran, _, _ = measured
    assert "interpreters to start, profile smoke: about" in ran.stdout
    assert "% of it inside them" in ran.stdout


def test_the_saved_file_names_no_host(measured: tuple[object, Path, Mapping[str, Mapping[str, object]]]) -> None:
    import platform

    _, _, saved = measured
    assert saved["machine_info"]["node"] == ""
    assert f'"{platform.node()}"' not in json.dumps(saved["machine_info"])


def test_a_cell_that_is_not_offered_is_skipped_with_its_sentence(tmp_path: Path) -> None:
    ran = pytest_in(tmp_path / "results", "--benchmark-only", "-k", "lock and serial", "-rs")
    assert "nobody to lock out" in ran.stdout
    assert ran.returncode == 0


def test_collect_only_measures_nothing(tmp_path: Path) -> None:
    ran = pytest_in(tmp_path / "results", "--benchmark-only", "--collect-only", "-q", "-k", "lock and threads")
    assert "bench_study.py::test_cell[lock/threads/width=2]" in ran.stdout
    assert not (tmp_path / "results").exists()


def test_plain_pytest_skips_the_cells(tmp_path: Path) -> None:
    ran = pytest_in(tmp_path / "results", "-k", "lock/ and threads")
    assert "1 skipped" in ran.stdout
    assert not (tmp_path / "results").exists()


def test_benchmark_disable_tries_each_cell_once(tmp_path: Path) -> None:
    ran = pytest_in(tmp_path / "results", "-o", "addopts=", "--benchmark-disable", "-k", "lock and (threads or fork)")
    assert "passed" in ran.stdout
    assert ran.returncode == 0, ran.stdout
    assert not (tmp_path / "results").exists()


def test_a_missing_interpreter_is_a_usage_error(tmp_path: Path) -> None:
    ran = pytest_in(tmp_path / "results", "--benchmark-only", "--python=/nowhere/python")
    assert ran.returncode == 4  # pytest's own code for a usage error
    assert "there is no such program" in ran.stderr + ran.stdout


def test_the_clock_reads_what_was_recorded() -> None:
    clock = Clock()
    clock.recorded = [0.5, 0.25]
    seen = []
    while clock.recorded:
        clock.rewind()
        begun = clock()
        clock.play()
        seen.append(clock() - begun)
    assert seen == [0.5, 0.25]

"""`pytest --benchmark-only --python=A --python=B`: one benchmark for each cell and interpreter, each replayed from its own journal."""

import json
import platform
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from study import journal, scenarios
from study.observations import of_cell
from test_bench import pytest_in

VERSION = platform.python_version()
TWO = (
    f"--python={sys.executable}",
    f"--python={sys.executable}",
)  # one interpreter by two names, so that any machine has them
FEW = "pool/ and (serial or threads) or lock/serial"
Measured = tuple["subprocess.CompletedProcess[str]", list[Path], Mapping[str, Any]]


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Measured:
    folder = tmp_path_factory.mktemp("several")
    saved = folder / "saved.json"
    ran = pytest_in(folder / "results", "--benchmark-only", *TWO, "-k", FEW, "-rs", f"--benchmark-json={saved}")
    paths = sorted((folder / "results").glob("*/*.jsonl"), key=lambda path: path.stem)
    return ran, paths, json.loads(saved.read_text())


def test_each_interpreter_has_its_journal_of_one_campaign(measured: Measured) -> None:
    ran, paths, _ = measured
    assert ran.returncode == 0, ran.stdout
    first, second = (journal.load(path) for path in paths)
    assert first.header.campaign == second.header.campaign == f"{first.header.run},{VERSION}-2"
    assert (
        {row.cell for row in first.rows}
        == {row.cell for row in second.rows}
        == {"pool/serial/width=2", "pool/threads/width=2"}
    )
    assert first.blocks == second.blocks


def test_each_benchmark_is_the_figure_of_its_own_interpreter_bit_for_bit(measured: Measured) -> None:
    _, paths, saved = measured
    kept = {tag: journal.load(path) for tag, path in zip((VERSION, f"{VERSION}-2"), paths, strict=True)}
    told = {benchmark["name"]: benchmark["stats"]["data"] for benchmark in saved["benchmarks"]}
    expected = {
        f"{cell.cell}-{tag}": list(
            of_cell([row for row in one.rows if row.cell == cell.cell], scenarios.find(cell.scenario).headline).values()
        )
        for tag, one in kept.items()
        for cell in one.header.plan
    }
    assert told == expected
    assert len(told) == 4


def test_the_report_is_of_both_and_its_path_is_the_last_line(measured: Measured) -> None:
    ran, paths, _ = measured
    page = Path(ran.stdout.rstrip().splitlines()[-1])
    assert page == paths[0].parent / "report" / "index.html"
    text = page.read_text()
    for path in paths:
        assert path.stem in text


def test_the_announcement_and_the_summary_are_of_the_whole(measured: Measured) -> None:
    ran, paths, saved = measured
    assert f"Python {VERSION}, {VERSION} in the same blocks: 4 cells, 4 interpreters to start" in ran.stdout
    assert "measured 4 interpreters in " in ran.stdout
    assert all(str(path) in ran.stdout for path in paths)
    assert saved["machine_info"]["study_journal"] == " ".join(path.name for path in paths)


def test_what_is_not_offered_is_skipped_once_for_each_interpreter(measured: Measured) -> None:
    ran, _, _ = measured
    assert ran.stdout.count("nobody to lock out") == 1
    assert "SKIPPED [2] " in ran.stdout


def collected(tmp_path: Path, *options: str) -> list[str]:
    ran = pytest_in(tmp_path / "results", "--benchmark-only", "--collect-only", "-q", *options)
    assert not (tmp_path / "results").exists()
    return [line for line in ran.stdout.splitlines() if "::" in line]


def test_an_id_names_the_interpreter_only_where_there_are_several(tmp_path: Path) -> None:
    cell = "tests/bench_study.py::test_cell[pool/serial/width=2"
    assert collected(tmp_path, "-k", "pool/serial") == [f"{cell}]"]
    assert collected(tmp_path, "-k", "pool/serial", TWO[0]) == [f"{cell}]"]
    assert collected(tmp_path, "-k", "pool/serial", *TWO) == [f"{cell}-{VERSION}]", f"{cell}-{VERSION}-2]"]
    assert collected(tmp_path, "-k", f"pool/serial and {VERSION}-2", *TWO) == [f"{cell}-{VERSION}-2]"]


def test_of_one_chosen_interpreter_alone_there_is_one_journal_and_no_campaign(tmp_path: Path) -> None:
    ran = pytest_in(tmp_path / "results", "--benchmark-only", *TWO, "-k", f"pool/serial and {VERSION}-2")
    assert ran.returncode == 0, ran.stdout
    (path,) = (tmp_path / "results").glob("*/*.jsonl")
    assert journal.load(path).header.campaign == ""
    assert f"pool/serial/width=2-{VERSION}-2" in ran.stdout


def test_a_missing_interpreter_among_several_is_a_usage_error(tmp_path: Path) -> None:
    ran = pytest_in(tmp_path / "results", "--benchmark-only", TWO[0], "--python=/nowhere/python")
    assert ran.returncode == 4
    assert "--python=/nowhere/python: there is no such program" in ran.stderr + ran.stdout
    assert not (tmp_path / "results").exists()


def test_benchmark_disable_tries_each_cell_once_on_its_interpreter(tmp_path: Path) -> None:
    ran = pytest_in(tmp_path / "results", *TWO, "-o", "addopts=", "--benchmark-disable", "-k", "pool/serial")
    assert "2 passed" in ran.stdout
    assert not (tmp_path / "results").exists()

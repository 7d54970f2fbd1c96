"""The commands: what they print, where, and with which exit code."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import backends
from study import cli, scenarios
from study.plan import PROFILES

HEAVY = ("pandas", "numpy", "matplotlib", "scipy", "rich", "jinja2")


def study(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "study", *arguments],
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, **environment},
        check=False,
    )


def test_list_names_eleven_document_scenarios_the_costs_and_ten_backends(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["list", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert sum(bool(scenario["section"]) for scenario in listed["scenarios"]) == 11
    assert {scenario["name"] for scenario in listed["scenarios"] if not scenario["section"]} >= {
        "startup",
        "throughput",
        "latency",
        "scaling",
    }
    assert len(listed["backends"]) == 10


def test_every_pair_is_either_measured_or_has_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    cli.main(["list", "--json"])
    listed = json.loads(capsys.readouterr().out)
    named = {tuple(cell["cell"].split("/")[:2]) for cell in [*listed["cells"], *listed["not_offered"]]}
    pairs = {(scenario, backend) for scenario in scenarios.names() for backend in backends.names()}
    assert named >= pairs
    assert {backend for _, backend in named - pairs} == {floor["name"] for floor in listed["floors"]}
    assert all(len(cell["reason"]) > 10 for cell in listed["not_offered"])


def test_list_as_text_has_a_line_for_each_scenario_and_backend(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["list"]) == 0
    text = capsys.readouterr().out
    for name in [*scenarios.names(), *backends.names()]:
        assert name in text


def test_list_cells_names_what_k_can_select(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["list", "--cells"]) == 0
    assert "lock/processes.spawn/width=2" in capsys.readouterr().out.splitlines()


@pytest.mark.parametrize("command", ["list", "show", "demo", "run", "report"])
def test_each_command_explains_itself(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        cli.main([command, "--help"])
    assert left.value.code == 0
    assert f"usage: study {command}" in capsys.readouterr().out


def test_help_imports_nothing_heavy() -> None:
    code = "import sys; from study.cli import main\ntry: main(['--help'])\nexcept SystemExit: pass\nprint(*sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    loaded = set(ran.stdout.splitlines()[-1].split())
    assert not loaded & set(HEAVY)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("show", "nothing"), "there is no scenario 'nothing'; there are: queue"),
        (("show", "lock", "--backend", "nothing"), "there is no backend 'nothing'; there are: serial"),
        (("show", "lock", "--backend", "serial"), "nobody to lock out"),
        (("run", "--python", "/nowhere/python"), "there is no such program"),
        (("run", "--profile", "hasty"), "there is no such profile; there are smoke"),
        (("run", "-k", "nonsense"), "matches no cell"),
        (("run", "-k", "lock and"), "the expression ends too early"),
        (("run", "--machine", "../up", "-k", "pool and serial", "--profile", "smoke"), "at most 64 of a-z"),
        (("run", "--resume", "/nowhere.jsonl"), "/nowhere.jsonl"),
        (("report", "/nowhere.jsonl"), "/nowhere.jsonl"),
        (("demo", "queue", "--as-written"), "those with one: joinable_queue"),
    ],
)
def test_a_wrong_option_gets_one_sentence_and_exit_code_2(
    arguments: tuple[str, ...], words: str, tmp_path: Path
) -> None:
    ran = study(*arguments, CONCURRENCY_STUDY_RESULTS=str(tmp_path / "results"))
    assert ran.returncode == 2
    assert words in ran.stderr
    assert len(ran.stderr.strip().splitlines()) == 1
    assert ran.stdout == ""
    assert not (tmp_path / "results").exists()


@pytest.mark.skipif(os.getuid() == 0, reason="root may write everywhere")
def test_a_read_only_folder_gets_one_sentence(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    ran = study("run", "--profile", "smoke", "-k", "pool and serial", "--results", str(tmp_path / "results"))
    assert ran.returncode == 2
    assert "--results" in ran.stderr


def test_a_file_in_the_place_of_the_results_folder_gets_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "results").write_text("mine")
    ran = study("run", "--profile", "smoke", "-k", "pool and serial", "--results", str(tmp_path / "results"))
    assert ran.returncode == 2
    assert "--results" in ran.stderr
    assert len(ran.stderr.strip().splitlines()) == 1
    assert (tmp_path / "results").read_text() == "mine"


def test_report_without_a_journal_says_what_makes_one(tmp_path: Path) -> None:
    ran = study("report", "--results", str(tmp_path))
    assert ran.returncode == 2
    assert "python -m study run" in ran.stderr


def test_debug_shows_the_traceback() -> None:
    ran = study("--debug", "show", "nothing")
    assert "Traceback" in ran.stderr


def test_demo_prints_the_transcript_beside_what_the_tutorial_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["demo", "lock", "--backend", "threads"]) == 0
    text = capsys.readouterr().out
    assert text.count("Lock acquired via with") == 2
    assert text.index("The tutorial, §4, printed:") < text.index("threading.Thread:")


def test_demo_without_a_backend_shows_all_of_them(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["demo", "namespace_in_place", "--json"]) == 0
    shown = {show["backend"]: show for show in json.loads(capsys.readouterr().out)}
    assert list(shown) == backends.names()
    assert shown["threads"]["lines"] == ["Before event: []", "After event : ['This is the value']"]
    assert shown["processes.spawn"]["lines"] == ["Before event: []", "After event : []"]
    assert "what it changes it sees" in shown["serial"]["remark"]


def test_the_tutorials_missing_join_breaks_spawn_and_not_fork(capsys: pytest.CaptureFixture[str]) -> None:
    cli.main(["demo", "semaphore", "--as-written", "--json"])
    shown = {show["backend"]: show for show in json.loads(capsys.readouterr().out)}
    assert len(shown["processes.fork"]["lines"]) == 10
    assert len(shown["processes.spawn"]["lines"]) < 10


def test_demo_of_an_absent_pair_says_why(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["demo", "pool_recycling", "--backend", "executors.fork"]) == 0
    assert "refused with fork" in capsys.readouterr().out


def test_output_that_nobody_reads_to_the_end_is_no_error() -> None:
    command = f"{sys.executable} -m study list --cells | head -n 1"
    ran = subprocess.run(["sh", "-c", command], capture_output=True, text=True, timeout=60, check=True)
    assert ran.stderr == ""


def test_the_profiles_in_the_help_are_the_profiles() -> None:
    ran = study("run", "--help")
    assert all(name in ran.stdout for name in PROFILES)

"""A campaign goes on whatever a cell does, can be stopped and taken up, and leaves nothing behind."""

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from campaigns import own_temporary_folder
from study import campaign, journal, preparation, resumption
from study.campaign import Busy, Campaign
from study.journal import REHEARSAL, Journal
from study.lines import sealed
from study.plan import PROFILES, Plan, make_plan
from study.preparation import Interpreter, Options, Part
from trees import misbehaving, tree_with

PYTHON = (sys.version_info.major, sys.version_info.minor)
EXPECTED = {
    "behave": "measured",
    "hang": "timeout",
    "crash": "crash",
    "be_killed": "crash",
    "lose_one": "wrong answer",
    "print_much": "measured",
    "raise_error": "exception",
    "run_out_of_memory": "out of memory",
}


@pytest.fixture
def temporary(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    with own_temporary_folder(monkeypatch) as folder:
        yield folder


def started_below(folder: Path) -> list[str]:
    """Command lines of living processes whose temporary folder is below ours."""
    found = []
    for process in psutil.process_iter():
        try:
            place = process.environ().get("TMPDIR", "")
            if place.startswith(f"{folder}/") and process.status() != psutil.STATUS_ZOMBIE:
                found.append(" ".join(process.cmdline()))
        except psutil.Error:
            continue
    return found


def begun(plan: Plan, results: Path) -> Campaign:
    interpreter = Interpreter(sys.executable, dict(describe_once()), 0.1)
    return preparation.start(Options(results, plan.profile.name), [Part(interpreter, plan)])


def describe_once() -> dict[str, str | int | float | bool | list[str]]:
    return {"version": "3.0.0"}


def test_a_campaign_reports_each_misbehaving_cell_and_goes_on(
    tmp_path: Path, temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    misbehaving(tmp_path / "tree", monkeypatch)
    monkeypatch.setattr(campaign, "SHORTEST_DEADLINE_S", 2.0)
    names = {f"misbehaving/threads/behaviour={behaviour}": status for behaviour, status in EXPECTED.items()}
    plan = make_plan(PROFILES["smoke"], PYTHON, 2, seed=1, wanted=names.__contains__)
    run = begun(plan, tmp_path / "results")
    run.measure()
    kept = journal.load(run.paths[0])
    assert {row.cell: row.status for row in kept.rows} == names
    assert all(row.reason for row in kept.rows if row.status != "measured")
    assert not started_below(temporary)
    assert list(temporary.iterdir()) == []


def test_a_scenario_and_a_backend_are_added_by_one_file_each(
    tmp_path: Path, temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    added = {
        "study/scenarios/greeting.py": Path(__file__).with_name("misbehaving.py").read_text(),
        "backends/green.py": (
            "from backends import Backend\nfrom backends.threads import BACKENDS as THREADS\n\n"
            "BACKENDS = [Backend('green', label='green threads', library='green', style='workers',\n"
            "                    names=THREADS[0].names, offers=THREADS[0].offers, lacks=THREADS[0].lacks)]\n"
        ),
    }
    tree_with(tmp_path / "tree", monkeypatch, added)
    cells = {"greeting/green/behaviour=behave", "lock/green/width=2", "greeting/processes.spawn/behaviour=behave"}
    plan = make_plan(PROFILES["smoke"], PYTHON, 2, seed=1, wanted=cells.__contains__)
    run = begun(plan, tmp_path / "results")
    run.measure()
    measured = {row.cell for row in run.rows if row.status == "measured" and row.block != REHEARSAL}
    assert measured == cells


def test_two_campaigns_never_run_at_once(tmp_path: Path, temporary: Path) -> None:
    plan = make_plan(PROFILES["smoke"], PYTHON, 2, seed=1, wanted=lambda cell: cell == "pool/serial/width=2")
    with campaign._only_campaign():
        run = begun(plan, tmp_path / "results")
        with pytest.raises(Busy, match="another campaign is running"):
            run.measure()
        assert not run.paths[0].exists()


def test_what_a_killed_campaign_left_is_removed_by_the_next(temporary: Path) -> None:
    with campaign._only_campaign() as scratch:
        place = scratch.parent
    place.mkdir()
    (place / "left").mkdir()
    with campaign._only_campaign() as scratch:
        assert [entry.name for entry in place.iterdir()] == [scratch.name]
    assert list(temporary.iterdir()) == []


@pytest.fixture
def command(tmp_path: Path, temporary: Path) -> Iterator["Command"]:
    started = Command(tmp_path / "results", temporary)
    yield started
    started.end()


class Command:
    """``python -m study run`` over a few cells, in a process that a test can signal."""

    def __init__(self, results: Path, temporary: Path) -> None:
        self.results = results
        self.temporary = temporary
        self.process: subprocess.Popen[str] | None = None

    def start(self, *options: str) -> None:
        command = [sys.executable, "-m", "study", "run", "--results", str(self.results), *options]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def wait_for_rows(self, least: int) -> Path:
        """The journal, once it holds that many rows."""
        assert self.process
        while self.process.poll() is None:
            for path in self.results.glob("*/*.jsonl"):
                if path.read_bytes().count(b"\n") > least:
                    return path
        raise AssertionError(f"the campaign ended too early: {self.process.communicate()[1]}")

    def finish(self, timeout_s: float = 120) -> tuple[int, str, str]:
        assert self.process
        out, err = self.process.communicate(timeout=timeout_s)
        return self.process.returncode, out, err

    def end(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.communicate()


FEW = ("--profile", "smoke", "-k", "(lock or semaphore or startup) and (spawn or forkserver)")


def complete(kept: Journal) -> bool:
    measured = Counter(row.cell for row in kept.rows if row.block != REHEARSAL)
    return measured == {cell.cell: cell.blocks for cell in kept.header.plan}


def test_a_killed_campaign_is_taken_up_without_a_duplicate_or_an_orphan(command: Command) -> None:
    command.start(*FEW)
    path = command.wait_for_rows(3)
    assert command.process
    command.process.kill()
    command.process.communicate()
    assert wait_until_empty(command.temporary) == []
    first = journal.load(path)
    assert not complete(first)
    command.start("--resume", str(path))
    code, out, err = command.finish()
    assert code == 0, err
    second = journal.load(path)
    assert complete(second)
    assert second.header == first.header
    assert second.rows[: len(first.rows)] == first.rows
    assert list(command.results.glob("*/*.jsonl")) == [path]
    assert out.strip().endswith("index.html")
    assert list(command.temporary.iterdir()) == []


def test_a_killed_campaign_of_two_interpreters_is_taken_up_with_both_of_its_journals(command: Command) -> None:
    two = ("--python", sys.executable) * 2
    command.start("--profile", "smoke", "-k", "(lock or semaphore) and (spawn or forkserver)", *two)
    command.wait_for_rows(2)
    assert command.process
    command.process.kill()
    command.process.communicate()
    assert wait_until_empty(command.temporary) == []
    paths = sorted(command.results.glob("*/*.jsonl"), key=lambda path: path.stem)
    before = [journal.load(path) for path in paths]
    assert not all(map(complete, before))
    command.start("--resume", *two)
    code, out, err = command.finish()
    assert code == 0, err
    after = [journal.load(path) for path in paths]
    assert all(map(complete, after))
    assert [one.rows[: len(other.rows)] for one, other in zip(after, before, strict=True)] == [b.rows for b in before]
    assert sorted(command.results.glob("*/*.jsonl"), key=lambda path: path.stem) == paths
    assert out.strip().endswith("index.html")


def test_an_interrupted_campaign_of_two_interpreters_keeps_both_journals(command: Command) -> None:
    command.start(*FEW, "--python", sys.executable, "--python", sys.executable)
    path = command.wait_for_rows(2)
    assert command.process
    os.kill(command.process.pid, signal.SIGINT)
    code, _, err = command.finish()
    paths = list(command.results.glob("*/*.jsonl"))
    assert code == 130
    assert len(paths) == 2
    assert path in paths
    assert all(str(path) in err for path in paths)
    assert started_below(command.temporary) == []
    assert list(command.temporary.iterdir()) == []
    assert not [path for path in paths if journal.load(path).torn]


def wait_until_empty(temporary: Path) -> list[str]:
    """Processes that are left: the kernel signals them when the campaign is gone, and they need a moment to end."""
    for _ in range(2000):
        left = started_below(temporary)
        if not left:
            break
    return left


def test_an_interrupted_campaign_keeps_its_journal_and_leaves_no_orphan(command: Command) -> None:
    command.start(*FEW)
    path = command.wait_for_rows(2)
    assert command.process
    os.kill(command.process.pid, signal.SIGINT)
    code, _, err = command.finish()
    assert code == 130
    assert "--resume" in err
    assert started_below(command.temporary) == []
    assert list(command.temporary.iterdir()) == []
    assert len(journal.load(path).rows) >= 2


def test_a_second_interrupt_ends_the_child_that_is_measuring(command: Command) -> None:
    command.start(*FEW)
    command.wait_for_rows(2)
    assert command.process
    os.kill(command.process.pid, signal.SIGINT)
    os.kill(command.process.pid, signal.SIGTERM)
    code, _, _ = command.finish()
    assert code == 130
    assert wait_until_empty(command.temporary) == []  # one that was just being started ends by itself


def test_an_interpreter_can_be_named_by_a_relative_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "python").symlink_to(sys.executable)
    monkeypatch.chdir(tmp_path)
    assert preparation.describe("bin/python").path == str(tmp_path / "bin" / "python")


def test_resume_refuses_a_journal_of_other_sources(tmp_path: Path, temporary: Path) -> None:
    plan = make_plan(PROFILES["smoke"], PYTHON, 2, seed=1, wanted=lambda cell: cell == "pool/serial/width=2")
    interpreter = preparation.describe(sys.executable)
    run = preparation.start(Options(tmp_path / "results", "smoke"), [Part(interpreter, plan)])
    lines = run.paths[0].read_text().splitlines()
    header = json.loads(lines[0])
    header["sources"]["study/scenarios/pool.py"] = "0" * 16
    del header["check"]
    run.paths[0].write_bytes(sealed(json.dumps(header).encode()))
    with pytest.raises(preparation.UsageError, match=r"study/scenarios/pool\.py changed"):
        resumption.resume(run.paths[0])


def test_resume_refuses_a_journal_of_another_interpreter(tmp_path: Path, temporary: Path) -> None:
    plan = make_plan(PROFILES["smoke"], PYTHON, 2, seed=1, wanted=lambda cell: cell == "pool/serial/width=2")
    run = begun(plan, tmp_path / "results")
    with pytest.raises(preparation.UsageError, match="another interpreter"):
        resumption.resume(run.paths[0])


def test_a_whole_campaign_leaves_no_process_no_semaphore_and_no_file(command: Command) -> None:
    shared = Path("/dev/shm")
    before = set(shared.iterdir()) if shared.is_dir() else set()
    command.start("--profile", "smoke", "-k", "joinable_queue or manager or pool or latency")
    code, _, err = command.finish(300)
    assert code in (0, 3), err
    assert started_below(command.temporary) == []
    assert list(command.temporary.iterdir()) == []
    assert (set(shared.iterdir()) if shared.is_dir() else set()) - before == set()

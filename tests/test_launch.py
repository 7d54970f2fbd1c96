"""One child, however it behaves, is reported as what it did and leaves nothing behind."""

import os
import select
import sys
import tempfile
from pathlib import Path

import psutil
import pytest

from study import launch
from trees import misbehaving

DEADLINE_S = 5.0


@pytest.fixture
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    misbehaving(tmp_path / "tree", monkeypatch)
    monkeypatch.setattr(launch, "SWEEP_S", 0.5)
    monkeypatch.setattr(launch, "LEAVE_S", 3.0)
    folder = tmp_path / "scratch"
    folder.mkdir()
    return folder


def ended(behaviour: str, scratch: Path, deadline_s: float = DEADLINE_S) -> launch.Ended:
    arguments = {"behaviour": behaviour, "rounds": 2}
    request = {"do": "run", "scenario": "misbehaving", "backend": "threads", "arguments": arguments}
    with launch.adopting_orphans():
        return launch.ask(sys.executable, request, scratch, deadline_s)


def started_in(scratch: Path) -> list[psutil.Process]:
    """Processes whose temporary folder is ours: the child and all that it started."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get("TMPDIR") == str(scratch) and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
        except psutil.Error:
            continue
    return found


def test_a_cell_that_behaves_is_measured_with_its_laps_and_their_line(scratch: Path) -> None:
    answer = ended("behave", scratch)
    assert (answer.status, answer.reason) == ("measured", "")
    (lap,) = answer.answer["laps"]
    assert lap["name"] == "work"
    assert lap["operations"] == 10
    assert len(lap["values"]) == 2
    file, _, line = lap["source"].rpartition(":")
    assert 'with stopwatch("work", 10):' in (scratch.parent / "tree" / file).read_text().splitlines()[int(line) - 1]


@pytest.mark.parametrize(
    ("behaviour", "status", "words"),
    [
        ("hang", "timeout", "no answer within 2 s"),
        ("hang_stubbornly", "timeout", "no answer within 2 s"),
        ("crash", "crash", "SIGSEGV"),
        ("be_killed", "crash", "SIGKILL"),
        ("quit_early", "crash", "exit code 3"),
        ("raise_error", "exception", "ValueError: no such luck"),
        ("run_out_of_memory", "out of memory", "no more"),
        ("lose_one", "wrong answer", "10 operations arrived, 11 were sent"),
        ("leave_orphan", "wrong answer", "left a process running"),
        ("leave_thread", "wrong answer", "running"),
    ],
)
def test_a_misbehaving_cell_is_reported_as_what_it_did(behaviour: str, status: str, words: str, scratch: Path) -> None:
    deadline_s = 2.0 if status == "timeout" else 3 * DEADLINE_S
    answer = ended(behaviour, scratch, deadline_s)
    assert answer.status == status
    assert words in answer.reason
    assert not started_in(scratch)


def test_what_a_cell_prints_is_kept_apart_from_its_answer(scratch: Path) -> None:
    answer = ended("print_much", scratch)
    assert answer.status == "measured"
    assert answer.answer["printed"] == ["a line that is no event", "{'failed': 'a false answer'}"]


@pytest.mark.skipif(not Path("/dev/shm").is_dir(), reason="this system does not show its semaphores as files")
def test_a_killed_child_leaves_no_semaphore(scratch: Path) -> None:
    before = set(os.listdir("/dev/shm"))
    child = launch.Child(
        sys.executable,
        {
            "do": "run",
            "scenario": "misbehaving",
            "backend": "threads",
            "arguments": {"behaviour": "hang_with_semaphore", "rounds": 2},
        },
        scratch,
    )
    with launch.adopting_orphans():
        made = wait_for_trace(child, "made")
        assert made in os.listdir("/dev/shm")
        assert child.finish(0.1).status == "timeout"
    assert made not in os.listdir("/dev/shm")
    assert set(os.listdir("/dev/shm")) - before == set()
    assert not started_in(scratch)


def wait_for_trace(child: launch.Child, event: str) -> str:
    """The value of an event, once the child has written it."""
    while True:
        text = os.pread(child._output.fileno(), 1 << 16, 0).decode()
        for line in text.splitlines():
            fields = line.split("\t")
            if len(fields) == 6 and fields[4] == event:
                return "sem." + fields[5].strip("'").lstrip("/")
        assert child._process.poll() is None, "the child ended before it wrote the event"


@pytest.mark.parametrize(("behaviour", "status"), [("behave", "measured"), ("quit_early", "crash")])
def test_what_came_in_time_counts_however_late_somebody_asks_for_it(behaviour: str, status: str, scratch: Path) -> None:
    """A cell that is suspected of a deadlock is tried while others are measured."""
    arguments = {"behaviour": behaviour, "rounds": 2}
    request = {"do": "run", "scenario": "misbehaving", "backend": "threads", "arguments": arguments}
    with launch.adopting_orphans():
        child = launch.Child(sys.executable, request, scratch)
        select.select([child._reply], [], [], 60)
        assert child.finish(0.0).status == status


def test_an_abandoned_child_is_ended_at_once(scratch: Path) -> None:
    request = {
        "do": "run",
        "scenario": "misbehaving",
        "backend": "threads",
        "arguments": {"behaviour": "hang", "rounds": 2},
    }
    child = launch.Child(sys.executable, request, scratch)
    child.abandon()
    child.abandon()
    assert not started_in(scratch)


def test_a_child_sees_only_the_allowed_environment(scratch: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    monkeypatch.setenv("PYTHONPATH", "/nowhere")
    answer = launch.ask(sys.executable, {"do": "describe"}, scratch)
    assert answer.status == "measured"
    assert answer.answer["writes_bytecode"] is True


def test_processor_time_of_the_whole_tree_is_counted(scratch: Path) -> None:
    request = {
        "do": "run",
        "scenario": "pool",
        "backend": "processes.fork",
        "arguments": {"rounds": 2, "operations": 2000},
    }
    with launch.adopting_orphans():
        answer = launch.ask(sys.executable, request, scratch)
    assert answer.status == "measured"
    assert answer.usage.cpu_s > 0
    assert answer.usage.peak_rss_bytes > 1 << 20
    assert answer.usage.voluntary_switches > 0


def test_a_missing_interpreter_is_an_os_error_and_leaves_no_descriptor_open(scratch: Path) -> None:
    before = len(os.listdir("/proc/self/fd")) if Path("/proc/self/fd").is_dir() else 0
    with pytest.raises(OSError, match="No such file"):
        launch.Child("/nowhere/python", {"do": "describe"}, scratch)
    after = len(os.listdir("/proc/self/fd")) if Path("/proc/self/fd").is_dir() else 0
    assert after == before


def test_a_workers_clock_is_the_parents_clock() -> None:
    """perf_counter_ns is one clock for all processes: startup's own check would refuse a stamp outside the interval."""
    arguments = {"form": "worker", "width": 2, "rounds": 2}
    request = {"do": "run", "scenario": "startup", "backend": "processes.spawn", "arguments": arguments}
    with tempfile.TemporaryDirectory() as folder, launch.adopting_orphans():
        answer = launch.ask(sys.executable, request, Path(folder))
    assert (answer.status, answer.reason) == ("measured", "")

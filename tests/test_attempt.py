"""Is each way in which a program may fail told for what it is, in time, and is nothing of it left?"""

import contextlib
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from fake_hazards import FAKES, HANG_S, PATIENCE_S, ROOT, fake_tree, living_in, use
from study import attempt, launch, matrix, outcomes
from study.attempt import Attempt, Outcome
from study.matrix import Pair
from study.trace import Trace
from study.warden import Warden, groups_left

MOST_S = 2.0  # that an attempt may last beyond its patience
LONG_S = 60.0
SHARED_MEMORY = Path("/dev/shm")


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return fake_tree(tmp_path_factory.mktemp("tree"))


@pytest.fixture
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "scratch"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.fixture
def provoke(tree: Path, scratch: Path, monkeypatch: pytest.MonkeyPatch):
    """Provokes a fake; afterwards neither a process nor a file may be left."""
    use(tree, monkeypatch)

    def provoke(name: str) -> Attempt:
        with launch.adopting_orphans():
            return attempt.provoke(sys.executable, name, "serial")

    yield provoke
    assert living_in(scratch) == []
    assert list(scratch.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "key", "what", "detail"),
    [
        ("works", "works", "", ""),
        ("raises", "raises KeyError", "KeyError", "'no such luck'"),
        ("dies", "dies", "SIGKILL", ""),
        ("quits", "dies", "exit code 3", "enough"),
        ("ends_itself", "works", "", ""),
        ("loses", "loses data", "1 of 2 arrived", ""),
        ("is_wrong", "wrong answer", "3 instead of 4", ""),
        ("answers", "answers a copy", "a copy", "what arrives is another object"),
        ("leaves_orphan", "leaves orphans", "1 processes", "worker"),
        ("leaves_stubborn_orphan", "leaves orphans", "1 processes", "worker"),
        ("leaves_files", "works", "", ""),
        ("writes_much", "works", "", ""),
        ("hangs", "hangs", "wait", "in wait (threading.py:"),
        ("hangs_for_a_while", "hangs", "get", f"no answer within {attempt.HANG_S:.0f} s"),
        ("hangs_afterwards", "raises KeyError", "KeyError", "'no such luck'"),
        ("hangs_at_its_end", "hangs", "the end of the program", "in "),
    ],
)
def test_an_attempt_is_told_for_what_it_is(provoke, name: str, key: str, what: str, detail: str) -> None:
    told = provoke(name)
    assert (outcomes.key_of(told), told.what) == (key, what)
    assert told.detail.startswith(detail)
    assert told.seconds <= PATIENCE_S + MOST_S


def test_every_fake_is_told_of_somewhere() -> None:
    text = Path(__file__).read_text()
    assert [name for name in FAKES if f'"{name}"' not in text] == []


def test_what_raised_comes_with_its_cause_its_line_and_what_was_tried_next(provoke) -> None:
    told = provoke("raises")
    assert (told.cause, told.doing) == ("ValueError", "parse")
    assert told.afterwards == {"parse again": "works", "fail again": "raises KeyError"}
    assert re.fullmatch(r"study/hazards/raises\.py:\d+", told.source)
    assert told.known_s is not None
    assert 'File "study/hazards/raises.py", line' in told.traceback


def test_who_hangs_is_asked_where_each_thread_stands(provoke) -> None:
    told = provoke("hangs")
    assert told.known_s is None
    assert " in wait_for_ever\n" in told.stacks
    assert 'File "lib/python' in told.stacks


def test_of_a_hang_that_was_waited_for_only_so_long_it_is_known_whether_things_work_afterwards(provoke) -> None:
    told = provoke("hangs_for_a_while")
    assert told.afterwards == {"close": "works"}
    assert told.known_s is not None
    assert told.known_s >= HANG_S
    assert " in serial\n" in told.story


def test_what_hangs_afterwards_hides_nothing_of_what_the_hazard_did(provoke) -> None:
    assert provoke("hangs_afterwards").afterwards == {"join": "hangs"}


def test_what_hangs_and_ignores_all_is_ended_with_its_children_and_its_semaphores(provoke, monkeypatch) -> None:
    traces = []
    trace_of = attempt._Provoked.trace
    monkeypatch.setattr(attempt._Provoked, "trace", lambda child: traces.append(trace_of(child)) or traces[-1])
    told = provoke("hangs_with_all_it_has")
    (made,) = Trace(traces[0]).values("made")
    assert told.outcome is Outcome.HANGS
    assert told.stacks.count(" in hang_on\n") == 2  # of the child too
    assert not (SHARED_MEMORY / f"sem.{made.removeprefix('/')}").exists()


def test_shared_memory_that_stays_is_a_leak_and_is_removed(provoke) -> None:
    told = provoke("leaks")
    assert told.outcome is Outcome.LEAKS
    assert told.what.startswith("study-test-")
    assert not (SHARED_MEMORY / told.what).exists()


def test_what_is_kept_of_standard_error_ends_somewhere(provoke) -> None:
    assert len(provoke("writes_much").story) <= attempt.LONGEST_STORY


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('File "/home/me/py/lib/python3.13/queue.py", line 1', 'File "lib/python3.13/queue.py", line 1'),
        ('File "/usr/lib/python3.14t/threading.py"', 'File "lib/python3.14t/threading.py"'),
        (f'File "{ROOT}/study/hazards/x.py"', 'File "study/hazards/x.py"'),
        ("['/opt/x/bin/python3', '-c']", "['bin/python3', '-c']"),
        ("No such file: '/scratch/of/it/program.py'", "No such file: 'program.py'"),
        ("/dev/shm/psm_1", "/dev/shm/psm_1"),
        ("a \udcff b", "a ? b"),
    ],
)
def test_what_is_kept_does_not_tell_where_things_are_installed(text: str, told: str) -> None:
    assert attempt.anywhere(text, Path("/scratch/of/it")) == told


def test_who_cannot_be_started_leaves_nothing(scratch: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        attempt.provoke("/nowhere/python", "killed_worker", "threads")
    assert list(scratch.iterdir()) == []


def test_of_a_program_that_ends_late_the_orphans_are_waited_for_only_so_long(monkeypatch) -> None:
    """So that an attempt ends in time whatever it does."""
    child = object.__new__(attempt._Provoked)
    monkeypatch.setattr(attempt.time, "perf_counter", lambda: 100.0)
    assert child._orphans_s(100.0 + 20.0) == attempt.ORPHANS_S
    assert child._orphans_s(100.0) == child._orphans_s(90.0) == attempt.GRACE_S
    assert attempt.GRACE_S < MOST_S


def test_one_stack_after_the_other_is_asked_for_and_for_all_together_no_longer_than_allowed(monkeypatch) -> None:
    clock = [0.0]
    child = object.__new__(attempt._Provoked)
    stubborn = type("Process", (), {"is_running": lambda self: True, "status": lambda self: "running"})()
    monkeypatch.setattr(attempt.time, "perf_counter", lambda: clock[0])
    monkeypatch.setattr(attempt.time, "sleep", lambda seconds: clock.__setitem__(0, clock[0] + seconds))
    child._collect = lambda: True
    for _ in range(3):
        child._wait_for(stubborn, attempt.ABORT_S)
    assert clock[0] == pytest.approx(attempt.ABORT_S, abs=2 * launch.POLL_S)


# The matrix


def matrix_of(*names: str) -> list[Pair]:
    return [Pair(name, "serial") for name in names]


def test_the_matrix_gives_each_pair_as_often_as_its_hazard_and_the_reader_want(provoke) -> None:
    untried = Pair("dies", "threads", "no")
    found = list(matrix.attempts(sys.executable, [*matrix_of("answers", "works"), untried], 4))
    assert sorted(told.hazard for told in found) == ["answers", "answers", "works"]
    assert [matrix.attempts_of(pair, 3) for pair in (*matrix_of("answers", "works"), untried)] == [3, 3, 0]


def test_who_wants_no_more_waits_for_nobody_that_hangs(provoke, monkeypatch) -> None:
    begun = time.perf_counter()
    stubborn = matrix_of("hangs_with_all_it_has", "hangs", "works")
    hangs = [attempt.hazards.find(pair.hazard) for pair in stubborn]
    for hazard in hangs:
        monkeypatch.setattr(hazard, "patience_s", 2 * LONG_S)
    with contextlib.closing(matrix.attempts(sys.executable, stubborn, 3)) as going:
        assert next(going).hazard == "works"
    assert time.perf_counter() - begun < LONG_S


def test_an_attempt_that_fails_itself_ends_all_others(provoke, monkeypatch) -> None:
    real = attempt.provoke
    broken = lambda python, hazard, *more: 1 / 0 if hazard == "works" else real(python, hazard, *more)  # noqa: E731
    monkeypatch.setattr(attempt, "provoke", broken)
    with pytest.raises(ZeroDivisionError):
        list(matrix.attempts(sys.executable, matrix_of("hangs", "works", "dies"), 2))


def test_what_may_take_long_is_begun_in_the_first_half(tree, monkeypatch) -> None:
    use(tree, monkeypatch)
    monkeypatch.setattr(attempt.hazards.find("hangs"), "patience_s", 2 * attempt.HANG_S)
    pairs = matrix_of(*FAKES, "hangs", "hangs")
    order = [pair.hazard for pair in matrix._order(pairs, 1)]
    assert sorted(order) == sorted([*FAKES, "hangs", "hangs", "answers"])
    assert max(at for at, name in enumerate(order) if name == "hangs") <= len(order) * 2 // 3


# The warden


def test_groups_that_were_not_ended_are_left() -> None:
    assert groups_left(["+1\n", "+2\n", "-1\n", "+3\n", "-3\n"]) == {2}


def test_a_warden_that_has_nothing_to_end_removes_its_folder_and_ends(scratch: Path) -> None:
    warden = Warden()
    assert Path(warden.folder).is_dir()
    warden.close()
    assert list(scratch.iterdir()) == []


RUNNER = """
import sys
from pathlib import Path
import study.hazards, study.launch, study.matrix
tree = Path(sys.argv[1])
study.hazards.__path__ = [str(tree / "study" / "hazards")]
study.launch.BARE = tree / "study" / "child" / "bare.py"
pairs = [study.matrix.Pair(name, "serial") for name in sys.argv[2:]]
for attempt in study.matrix.attempts(sys.executable, pairs, len(pairs)):
    print(attempt.hazard, attempt.outcome.value, flush=True)
"""
RUN = ("hangs", "hangs_with_all_it_has", "leaves_orphan", "leaves_stubborn_orphan", "leaves_files", "hangs_at_its_end")


@pytest.fixture
def runner(tree: Path, tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """A run in another process, whose temporary files lie in a folder of this test, with several programs in the middle of it."""
    environ = {**os.environ, "TMPDIR": str(tmp_path), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", RUNNER, str(tree), *RUN]
    process = subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, text=True, start_new_session=True)
    try:
        until = time.monotonic() + LONG_S
        while not (len(launched(tmp_path)) > 2 and list(tmp_path.glob("*/*/made"))) and time.monotonic() < until:
            time.sleep(0.02)
        yield process
    finally:
        process.kill()
        process.communicate()


def launched(folder: Path) -> list[int]:
    """The groups below the folder whose files lie in a scratch folder of their own."""
    groups = set()
    for process in living_in(folder):
        with contextlib.suppress(OSError, attempt.psutil.Error):
            if process.environ()["TMPDIR"] != str(folder):
                groups.add(os.getpgid(process.pid))
    return sorted(groups)


def test_after_a_runner_was_killed_in_the_middle_nothing_of_it_stays(runner, tmp_path: Path) -> None:
    assert launched(tmp_path)
    (made,) = tmp_path.glob("*/*/made")
    semaphore = SHARED_MEMORY / f"sem.{made.read_text().removeprefix('/')}"
    assert semaphore.exists()
    os.kill(runner.pid, signal.SIGKILL)
    runner.wait()
    until = time.monotonic() + LONG_S
    while (living_in(tmp_path) or list(tmp_path.iterdir())) and time.monotonic() < until:
        time.sleep(0.05)
    assert living_in(tmp_path) == []
    assert list(tmp_path.iterdir()) == []
    assert not semaphore.exists()


def test_ctrl_c_in_the_middle_ends_all_and_waits_for_no_hang(runner, tmp_path: Path) -> None:
    os.kill(runner.pid, signal.SIGINT)
    runner.wait(timeout=LONG_S)
    assert living_in(tmp_path) == []
    assert list(tmp_path.iterdir()) == []


def test_who_is_begun_after_all_were_stopped_is_ended_too(scratch: Path) -> None:
    with contextlib.closing(Warden()) as warden, launch.adopting_orphans():
        warden.stop()
        process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(3600)"], start_new_session=True)
        with warden.minding(process.pid):
            assert process.wait(timeout=LONG_S) == -signal.SIGKILL

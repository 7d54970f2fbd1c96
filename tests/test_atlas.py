"""The atlas of errors: does it know what each Python really says, and is it silent about what it does not know?"""

import json
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import mishaps
import recorded
from interpreters import PYTHONS, version_of
from study import atlas, cli, hazards, scenarios
from study.atlas import telling
from study.atlas.reading import last_error, lines_of, stacks_of

# Several ways to the same entry.
MEANT = {
    "condition_of_processes_without_its_lock": "condition_without_its_lock",
    "exception_of_a_pool_cannot_be_rebuilt": "exception_cannot_be_rebuilt",
    "exception_of_an_executor_cannot_be_rebuilt": "exception_cannot_be_rebuilt",
    "initializer_of_processes_failed": "initializer_failed",
    "interrupted_in_pool_get": "hangs_in_pool_get",
    "lock_cannot_be_pickled": "object_cannot_be_pickled",
    "lock_of_another_thread": "lock_of_another",
    "lock_of_processes_was_not_held": "lock_was_not_held",
    "map_late": "future_late",
    "program_hangs_flushing_a_queue": "hangs_flushing_a_queue",
    "queue_of_processes_empty": "queue_empty",
    "wait_of_processes_without_its_lock": "condition_without_its_lock",
}
# Told after what caused them.
SECOND = {
    "hangs_without_results_thread": "exception_cannot_be_rebuilt",
    "manager_did_not_start": "no_main_guard",
}
SINCE = {
    "fork_with_threads": (3, 12),
    "mixed_contexts": (3, 11),  # before that the child crashes
    "queue_shut_down": (3, 13),
}
INSTEAD = {"recycling_with_fork": ((3, 11), "recycling_not_offered")}  # before that version
UNRECORDABLE = {"shared_memory_full"}  # where no file system may be mounted
ENTRIES = {entry.name: entry for entry in atlas.entries()}
NAMES = [*mishaps.MISHAPS, *mishaps.PROGRAMS, *mishaps.WITHOUT_GUARD, *mishaps.AT_A_PROMPT, *mishaps.MOUNTED]


@cache
def said_by(python: str) -> dict[str, str]:
    """What this Python says of each mishap."""
    ran = subprocess.run([python, mishaps.__file__], capture_output=True, text=True, timeout=240, check=True)
    told: dict[str, str] = json.loads(ran.stdout)
    return told


def recognised(text: str) -> list[str]:
    return [explanation.entry.name for explanation in atlas.explain(text)]


def meant(name: str, python: str) -> str | None:
    """The entry that this Python's text is to be recognised as; None where it has no such error."""
    before, other = INSTEAD.get(name, ((0, 0), ""))
    if version_of(python) < before:
        return other
    return MEANT.get(name, name) if version_of(python) >= SINCE.get(name, (0, 0)) else None


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("name", NAMES)
def test_what_a_python_really_says_is_recognised(name: str, python: str) -> None:
    expected = meant(name, python)
    if expected is None:
        pytest.skip("this Python does not say it")
    text = said_by(python)[name]
    if name in UNRECORDABLE and not recognised(text):
        pytest.skip("nothing can be mounted here")
    assert recognised(text)[:1] == [SECOND.get(name, expected)], text
    assert expected in recognised(text), text


@pytest.mark.parametrize("name", recorded.TEXTS)
def test_what_was_written_down_is_recognised(name: str) -> None:
    assert recognised(recorded.TEXTS[name])[:1] == [name]


def test_every_entry_is_reached_by_a_mishap_or_a_recorded_text() -> None:
    reached = {MEANT.get(name, name) for name in NAMES} | set(recorded.TEXTS)
    assert set(ENTRIES) == reached


def test_there_are_enough_entries_and_none_has_the_name_of_another() -> None:
    assert len(atlas.entries()) == len(ENTRIES) >= 60


@pytest.mark.parametrize("entry", atlas.entries(), ids=list(ENTRIES))
def test_an_entry_has_its_sentences_and_names_what_there_is(entry: atlas.Entry) -> None:
    for sentence in (entry.what, entry.cause, entry.fix):
        assert sentence.endswith((".", "instead."))
        assert "  " not in sentence
    assert entry.code
    assert not entry.hazard or (Path(hazards.__path__[0]) / f"{entry.hazard}.py").exists()
    assert not entry.scenario or entry.scenario in scenarios.names()
    assert all(part.strip().startswith("gh-") for part in entry.issue.split(",") if part)


LOGGED = "2026-11-23 11:00:00,123 ERROR [worker-1] "


@pytest.mark.parametrize("prefix", ["", LOGGED, "web_1  | ", "\x1b[31m", "  | ", "> "])
@pytest.mark.parametrize("name", list(mishaps.MISHAPS))
def test_what_a_log_writes_before_each_line_changes_nothing(name: str, prefix: str) -> None:
    text = said_by(sys.executable).get(name, "")
    with_prefix = "\n".join(prefix + line for line in text.splitlines())
    assert recognised(with_prefix) == recognised(text)


@pytest.mark.parametrize("name", list(mishaps.MISHAPS))
def test_windows_line_ends_and_paths_change_nothing(name: str) -> None:
    text = said_by(sys.executable).get(name, "")
    paths = [line.replace("/", "\\") if line.lstrip().startswith("File ") else line for line in text.splitlines()]
    assert recognised("\r\n".join(paths)) == recognised(text)


HEAD = 'Traceback (most recent call last):\n  File "/home/me/program.py", line 3, in work\n    do()\n'
OF_ASYNCIO = (
    'Traceback (most recent call last):\n  File "/usr/lib/python3.13/asyncio/tasks.py", line 507, in wait_for\n    x\n'
)


@pytest.mark.parametrize(
    "text",
    [
        HEAD + "ValueError: invalid literal for int() with base 10: 'x'",
        HEAD + "TypeError: work() missing 1 required positional argument: 'b'",
        HEAD + "FileNotFoundError: [Errno 2] No such file or directory: 'data.csv'",
        HEAD + "EOFError: EOF when reading a line",
        HEAD + "EOFError",
        HEAD + "AttributeError: module 'numpy' has no attribute 'f'",
        HEAD + "AttributeError: 'NoneType' object has no attribute 'get'",
        HEAD + "ModuleNotFoundError: No module named 'pandas'",
        HEAD + "ConnectionRefusedError: [Errno 111] Connection refused",
        HEAD + "ConnectionResetError: [Errno 104] Connection reset by peer",
        HEAD + "BrokenPipeError: [Errno 32] Broken pipe",
        HEAD + "TimeoutError: timed out",
        HEAD + "TimeoutError",
        HEAD + "OSError: [Errno 28] No space left on device",
        HEAD + "OSError: [Errno 24] Too many open files: 'x'",
        HEAD + "PermissionError: [Errno 13] Permission denied: '/root/x'",
        HEAD + "BlockingIOError: [Errno 11] Resource temporarily unavailable",
        HEAD + "KeyError: 'name'",
        HEAD + "KeyError: 'deadbeefdeadbeef'",
        HEAD + "RuntimeError: dictionary changed size during iteration",
        HEAD + "AssertionError",
        HEAD + "KeyboardInterrupt",
        HEAD + "ValueError: I/O operation on closed file.",
        OF_ASYNCIO + "asyncio.exceptions.CancelledError",
        OF_ASYNCIO + "TimeoutError",
        "program.py:3: DeprecationWarning: datetime.utcnow() is deprecated",
        "it does not work",
        "Process finished with exit code 1",
        "the queue is Empty and Full of surprises",
    ],
)
def test_what_is_no_error_of_concurrency_is_not_recognised(text: str) -> None:
    assert recognised(text) == []


@given(st.text())
def test_no_text_whatever_makes_it_fail(text: str) -> None:
    found = atlas.explain(text)
    assert telling.as_text(found, text, 80)
    assert json.loads(telling.as_json(found, text))["known"] == bool(found)


PIECES = [
    *recorded.TEXTS.values(),
    HEAD,
    "Thread 0x1 (most recent call first):\n",
    '  File "a", line 9 in f\n',
    '"""\n',
    "\x00",
]


@given(st.lists(st.sampled_from(PIECES).flatmap(lambda text: st.integers(0, len(text)).map(lambda end: text[:end]))))
def test_pieces_of_tracebacks_in_any_order_do_not_make_it_fail(pieces: list[str]) -> None:
    text = "".join(pieces)
    found = atlas.explain(text)
    assert telling.as_text(found, text, 80)
    assert all(text.splitlines()[explanation.line.number - 1 :] for explanation in found)


def test_a_dump_by_py_spy_is_recognised() -> None:
    text = """Process 4242: python program.py
Python v3.13.0 (/usr/bin/python3.13)

Thread 4242 (idle): "MainThread"
    wait (threading.py:359)
    wait (threading.py:655)
    wait (multiprocessing/pool.py:774)
    get (multiprocessing/pool.py:777)
    map (multiprocessing/pool.py:367)
    <module> (program.py:9)
Thread 4250 (idle): "Thread-3 (_handle_results)"
    _recv (multiprocessing/connection.py:395)
    recv (multiprocessing/connection.py:250)
    _handle_results (multiprocessing/pool.py:579)
"""
    assert recognised(text) == ["hangs_in_pool_get"]
    assert recognised(text.replace("_handle_results", "gone")) == ["hangs_without_results_thread"]


def test_a_cause_is_told_before_its_consequence_and_a_remark_last() -> None:
    broken = "concurrent.futures.process.BrokenProcessPool: A process in the process pool was terminated abruptly"
    warning = (
        "DeprecationWarning: This process (pid=1) is multi-threaded, use of fork() may lead to deadlocks in the child."
    )
    bootstrap = (
        "        An attempt has been made to start a new process before the\n        current process has finished"
    )
    text = f"{warning}\n{HEAD}{broken}\n{HEAD}RuntimeError: \n{bootstrap}\n"
    assert recognised(text) == ["no_main_guard", "worker_died", "fork_with_threads"]


def test_thousands_of_equal_tracebacks_are_one_explanation() -> None:
    text = said_by(sys.executable)["no_main_guard"] * 500
    assert recognised(text) == ["no_main_guard"]


def test_a_message_that_is_only_quoted_by_a_line_of_code_is_not_taken_for_it() -> None:
    code = '    raise ValueError("task_done() called too many times")\n'
    assert recognised(HEAD + code + "ZeroDivisionError: division by zero") == []


def test_frames_are_told_apart_by_the_traceback_that_they_stand_in() -> None:
    lines = lines_of(f"{HEAD}ValueError: x\n\n{HEAD.replace('program', 'other')}KeyError: 'y'\n")
    raised = {line.text: [frame.file for frame in line.frames] for line in lines if "Error" in line.text}
    assert raised == {"ValueError: x": ["/home/me/program.py"], "KeyError: 'y'": ["/home/me/other.py"]}


def test_the_stacks_of_a_crash_are_no_standstill() -> None:
    text = said_by(sys.executable)["crashed"]
    assert recognised(text) == ["crashed"]
    assert stacks_of(text) == ()


@pytest.mark.parametrize("before", ["", LOGGED, "web_1  | "])
@pytest.mark.parametrize("error", ["ValueError: x: y", "sqlite3.OperationalError: locked", "SystemExit", "Odd: words"])
def test_the_last_error_is_named_without_what_a_log_wrote_before_it(error: str, before: str) -> None:
    if error.startswith("Odd") and before:
        pytest.skip("nothing tells it from the words of a log")
    text = "\n".join(before + line for line in f"{HEAD}{error}".splitlines())
    found = last_error(lines_of(text))
    assert found is not None
    assert found.text == error


# The command


def explained(*options: str, given: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "study", "explain", *options]
    return subprocess.run(command, input=given, capture_output=True, text=True, timeout=60, check=False)


def test_the_command_tells_what_happened_why_and_what_to_do() -> None:
    ran = explained(given=said_by(sys.executable)["worker_died"])
    assert (ran.returncode, ran.stderr) == (0, "")
    entry = ENTRIES["worker_died"]
    words = " ".join(ran.stdout.split())
    for part in (
        entry.what,
        entry.cause,
        entry.fix,
        entry.code,
        entry.issue,
        "python -m study failures -k killed_worker",
    ):
        assert part in words
    assert all(len(line) <= 100 for line in ran.stdout.splitlines())


def test_the_command_reads_a_file(tmp_path: Path) -> None:
    (tmp_path / "log").write_bytes(b"\xff\xfe" + said_by(sys.executable)["task_done_too_often"].encode())
    ran = explained("--json", str(tmp_path / "log"), given="")
    (found,) = json.loads(ran.stdout)["explanations"]
    assert (found["name"], found["hazard"], found["line"]) == ("task_done_too_often", "task_done_too_often", 8)


def test_what_is_not_known_is_said_so_with_what_to_do_next() -> None:
    ran = explained(given=HEAD + "ValueError: x")
    assert (ran.returncode, ran.stderr) == (1, "")
    words = " ".join(ran.stdout.split())
    assert words.startswith("The atlas does not know what this text shows. Its last exception is ValueError: x.")
    assert "faulthandler" in ran.stdout
    told = json.loads(explained("--json", given=HEAD + "ValueError: x").stdout)
    assert (told["known"], told["last_error"], told["explanations"]) == (False, "ValueError: x", [])


@pytest.mark.parametrize("given", ["", " \n\t\n"])
def test_nothing_to_explain_is_one_sentence(given: str) -> None:
    ran = explained(given=given)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr.startswith("study: there is nothing to explain;")
    assert ran.stderr.count("\n") == 1


def test_a_file_that_is_not_there_is_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["explain", "no-such-file"]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_what_a_text_hides_does_not_reach_the_terminal() -> None:
    ran = explained(
        given=HEAD + "task_done\x1b]0;owned\x07\u202e\nValueError: task_done() called too many times\x1b[2J\x07"
    )
    assert ran.returncode == 0
    assert not set(ran.stdout) & set("\x1b\x07\u202e")

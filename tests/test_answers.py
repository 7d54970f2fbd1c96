"""Whatever is started in the place of an interpreter, and however it answers: it is reported in a sentence and nothing is left."""

import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from study import launch
from study.launch import Ended

ROOT = Path(__file__).resolve().parent.parent
Program = Callable[[str], str]
DEADLINE_S = 20.0
HEAD = f"""\
#!{sys.executable} -IS
import marshal, os, signal, sys
request, reply = int(sys.argv[2]), int(sys.argv[3])

def read():
    length = int.from_bytes(os.read(request, 8), "big")
    return marshal.loads(os.read(request, length))

def answer(what, promised=None):
    data = marshal.dumps(what, 2)
    os.write(reply, (len(data) if promised is None else promised).to_bytes(8, "big") + data)

"""


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """An executable file that is started as if it were an interpreter."""

    def written(text: str) -> str:
        path = tmp_path / "interpreter"
        path.write_text(HEAD + text)
        path.chmod(0o700)
        return str(path)

    return written


@pytest.fixture
def scratch() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="s") as folder:
        yield Path(folder)


def asked(python: str, scratch: Path, deadline_s: float = DEADLINE_S, **request: object) -> Ended:
    before = descriptors()
    with launch.adopting_orphans():
        ended = launch.ask(python, {"do": "describe", **request}, scratch, deadline_s)
    assert living_in(scratch) == []
    assert descriptors() == before
    return ended


def descriptors() -> int:
    return psutil.Process().num_fds()


def living_in(scratch: Path) -> list[str]:
    """Processes whose temporary folder is ours."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get("TMPDIR") == str(scratch) and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process.name())
        except psutil.Error:
            continue
    return found


def test_what_is_asked_arrives_and_what_is_answered_comes_back(program: Program, scratch: Path) -> None:
    ended = asked(program("answer({'echo': read()})"), scratch, number=7, text="µ" * 1000, nothing=None)
    assert (ended.status, ended.reason) == ("measured", "")
    assert ended.answer["echo"] == {"do": "describe", "number": 7, "text": "µ" * 1000, "nothing": None}


@pytest.mark.parametrize(
    ("text", "status", "reason"),
    [
        ("", "crash", "the interpreter ended with exit code 0 and no answer"),
        ("sys.exit(7)", "crash", "the interpreter ended with exit code 7 and no answer"),
        ("sys.exit('no such module')", "crash", "exit code 1 and no answer: no such module"),
        ("os.close(request); os.close(reply)", "crash", "exit code 0 and no answer"),
        ("os.write(reply, b'no')", "crash", "exit code 0 and no answer"),
        ("answer({'a': 1}, promised=500)", "crash", "exit code 0 and no answer"),
        ("answer({'a': 1}, promised=1)", "crash", "exit code 0 and no answer"),
        ("os.kill(os.getpid(), signal.SIGABRT)", "crash", "the interpreter was ended by SIGABRT"),
        ("answer({}); sys.exit(3)", "crash", "answered; then the interpreter ended with exit code 3"),
        (
            "answer({}); os.kill(os.getpid(), signal.SIGSEGV)",
            "crash",
            "answered; then the interpreter was ended by SIGSEGV",
        ),
        ("answer({'failed': 'wrong answer', 'detail': 'one was lost'})", "wrong answer", "one was lost"),
        ("answer({'failed': 'exception', 'detail': 'ValueError'}); sys.exit(1)", "exception", "ValueError"),
    ],
)
def test_an_interpreter_that_ends_in_its_own_way_is_reported_as_it_ended(
    text: str, status: str, reason: str, program: Program, scratch: Path
) -> None:
    ended = asked(program(text), scratch)
    assert ended.status == status
    assert reason in ended.reason


@pytest.mark.parametrize(
    "bytes_",
    ["b''", "b'nonsense'", "b'\\x28\\x02\\x00\\x00\\x00'", "marshal.dumps('a text', 2)", "marshal.dumps(7, 2)"],
)
def test_an_answer_that_cannot_be_read_is_a_crash_and_no_traceback(
    bytes_: str, program: Program, scratch: Path
) -> None:
    ended = asked(program(f"data = {bytes_}\nos.write(reply, len(data).to_bytes(8, 'big') + data)"), scratch)
    assert (ended.status, ended.reason) == ("crash", "its answer cannot be read")
    assert ended.answer == {}


@pytest.mark.parametrize(
    "text",
    ["", "os.write(reply, b'half')", "os.close(reply)", "signal.signal(signal.SIGTERM, signal.SIG_IGN)"],
    ids=["silent", "half an answer", "pipe closed", "deaf to SIGTERM"],
)
def test_an_interpreter_that_neither_answers_nor_ends_is_ended(
    text: str, program: Program, scratch: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(launch, "LEAVE_S", 1.0)
    ended = asked(program(f"{text}\nsignal.pause()"), scratch, deadline_s=1.0)
    assert (ended.status, ended.reason) == ("timeout", "no answer within 1 s")


def test_an_interpreter_that_answers_and_does_not_end_is_ended(
    program: Program, scratch: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(launch, "LEAVE_S", 1.0)
    ended = asked(program("answer({'a': 1})\nsignal.pause()"), scratch)
    assert (ended.status, ended.reason) == ("timeout", "answered, but did not end within 1 s")
    assert ended.answer == {"a": 1}


def test_only_the_last_line_of_an_error_is_told(program: Program, scratch: Path) -> None:
    ended = asked(program("raise ValueError('first line\\nlast line')"), scratch)
    assert ended.reason.endswith("no answer: last line")


def test_a_flood_of_errors_does_not_block_an_interpreter(program: Program, scratch: Path) -> None:
    flood = "for _ in range(50_000):\n    sys.stderr.write('y' * 99 + '\\n')\n"
    ended = asked(program(f"{flood}answer({{}})"), scratch)
    assert (ended.status, ended.reason) == ("measured", "")
    ended = asked(program(f"{flood}sys.exit(1)"), scratch)
    assert ended.reason.endswith("no answer: " + "y" * 99)


def test_an_interpreter_runs_in_the_scratch_folder_with_nothing_to_read(program: Program, scratch: Path) -> None:
    ended = asked(program("answer({'folder': os.getcwd(), 'read': sys.stdin.read(), 'files': os.listdir()})"), scratch)
    assert ended.answer == {"folder": os.path.realpath(scratch), "read": "", "files": []}


def test_an_interpreter_is_told_where_it_is_at_home_and_not_what_surrounds_the_campaign(
    program: Program, scratch: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", "/home/of/a/user")
    monkeypatch.setenv("SECRET_TOKEN", "abc")
    monkeypatch.setenv("PYTHONHASHSEED", "1")
    seen = asked(program("answer({'seen': dict(os.environ)})"), scratch).answer["seen"]
    assert seen["HOME"] == "/home/of/a/user"
    assert seen["TMPDIR"] == str(scratch)
    assert not {"SECRET_TOKEN", "PYTHONHASHSEED", "PYTEST_CURRENT_TEST"} & set(seen)


def test_an_interpreter_leads_a_session_of_its_own(program: Program, scratch: Path) -> None:
    ended = asked(program("answer({'leads': os.getsid(0) == os.getpid(), 'parent': os.getppid()})"), scratch)
    assert ended.answer == {"leads": True, "parent": os.getpid()}


def test_no_descriptor_of_the_campaign_reaches_an_interpreter_but_its_two_pipes(
    program: Program, scratch: Path
) -> None:
    if not Path("/proc/self/fd").is_dir():
        pytest.skip("this system does not show a process its descriptors")
    text = "seen = sorted(map(int, os.listdir('/proc/self/fd')))\nanswer({'seen': seen, 'pipes': [request, reply]})"
    with tempfile.TemporaryFile() as secret:
        os.set_inheritable(secret.fileno(), True)
        answer = asked(program(text), scratch).answer
    own = {0, 1, 2, *answer["pipes"]}
    assert len(set(answer["seen"]) - own) <= 1  # the one with which it lists them


def test_the_processor_time_of_an_interpreter_is_counted(program: Program, scratch: Path) -> None:
    text = "import time\nwhile time.process_time() < 0.2: pass\nanswer({'used': time.process_time()})"
    ended = asked(program(text), scratch)
    assert ended.usage.cpu_s >= ended.answer["used"] * 0.9


def test_a_file_that_cannot_be_started_is_an_os_error(tmp_path: Path, scratch: Path) -> None:
    path = tmp_path / "interpreter"
    path.write_text("no program")
    before = descriptors()
    for mode in (0o600, 0o700):
        path.chmod(mode)
        with pytest.raises(OSError, match=r"Permission denied|Exec format error"):
            launch.ask(str(path), {"do": "describe"}, scratch)
    assert descriptors() == before


def test_what_the_campaign_itself_holds_is_not_counted_as_an_interpreters_memory(scratch: Path) -> None:
    held = bytearray(b"x") * (400 << 20)
    ended = launch.ask(sys.executable, {"do": "describe"}, scratch)
    assert len(held) > 400 << 19
    assert 1 << 20 < ended.usage.peak_rss_bytes < 200 << 20
    assert "peak_rss_bytes" not in ended.answer, (
        "of an interpreter's description it would be a fact that is never the same"
    )


def test_the_memory_of_a_worker_that_an_interpreter_waited_for_is_counted(program: Program, scratch: Path) -> None:
    text = (
        f"sys.path.insert(0, {str(ROOT)!r})\nfrom study.child.session import peak_rss_bytes\n"
        "if os.fork() == 0:\n    held = bytearray(b'x') * (300 << 20); os._exit(0)\n"
        "os.wait()\nanswer({'peak_rss_bytes': peak_rss_bytes()})"
    )
    assert asked(program(text), scratch).usage.peak_rss_bytes > 300 << 20


def test_the_memory_of_what_an_interpreter_left_to_the_campaign_is_counted(program: Program, scratch: Path) -> None:
    text = (
        "if os.fork() == 0:\n    held = bytearray(b'x') * (300 << 20); os._exit(0)\nanswer({'peak_rss_bytes': 1 << 20})"
    )
    assert asked(program(text), scratch).usage.peak_rss_bytes > 300 << 20


def test_usage_adds_up_over_processes_and_keeps_the_highest_peak() -> None:
    import resource

    usage, own = launch.Usage(), resource.getrusage(resource.RUSAGE_SELF)
    usage.add(own)
    usage.add(own)
    assert usage.cpu_s == pytest.approx(2 * (own.ru_utime + own.ru_stime))
    assert usage.voluntary_switches == 2 * own.ru_nvcsw
    assert usage.peak_rss_bytes == 0
    for peak in (3, 7, 5):
        usage.reach(peak)
    assert usage.peak_rss_bytes == 7

"""Is a child asked, heard and ended on a system that cannot announce its end, and are orphans ours for as long as we say?"""

import ctypes
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from study import launch
from study.launch import Ended

PATIENCE_S = 60.0
PR_GET_CHILD_SUBREAPER = 37  # <linux/prctl.h>
HEAD = """\
import marshal, os, signal, sys
request, reply = map(int, sys.argv[1:])
asked = marshal.loads(os.read(request, int.from_bytes(os.read(request, 8), "big")))

def answer(what):
    data = marshal.dumps(what, 2)
    data = len(data).to_bytes(8, "big") + data
    while data:
        data = data[os.write(reply, data):]

"""
Asking = Callable[..., Ended]


@pytest.fixture
def scratch() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="s") as folder:
        yield Path(folder)


@pytest.fixture
def ask(tmp_path: Path, scratch: Path, monkeypatch: pytest.MonkeyPatch) -> Asking:
    """What becomes of an interpreter whose main file does this; no descriptor of it is left open."""

    def asked(text: str, deadline_s: float = PATIENCE_S, **request: object) -> Ended:
        (tmp_path / "bare.py").write_text(HEAD + text)
        monkeypatch.setattr(launch, "BARE", tmp_path / "bare.py")
        before = psutil.Process().num_fds()
        with launch.adopting_orphans():
            ended = launch.ask(sys.executable, {"do": "run", **request}, scratch, deadline_s)
        assert psutil.Process().num_fds() == before
        return ended

    return asked


@pytest.fixture(params=["announced", "looked for"])
def end(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Whether the system announces that a process has ended, as Linux does and macOS does not."""
    if request.param == "looked for":
        monkeypatch.delattr(os, "pidfd_open", raising=False)
    return str(request.param)


@pytest.mark.usefixtures("end")
@pytest.mark.parametrize(
    ("text", "status", "reason"),
    [
        ("answer({'heard': asked['word']})", "measured", ""),
        ("os.close(reply)\nsys.exit(7)", "crash", "the interpreter ended with exit code 7 and no answer"),
        ("os.fork() or signal.pause()\nsys.exit(7)", "crash", "exit code 7 and no answer"),
        ("os.kill(os.getpid(), signal.SIGKILL)", "crash", "ended by SIGKILL, as the kernel does when memory runs out"),
        ("os.kill(os.getpid(), signal.SIGTERM)", "crash", "ended by SIGTERM"),
    ],
    ids=["answers", "ends", "ends before a worker that holds the pipe", "is killed", "is told to end"],
)
def test_how_a_child_ends_is_known_whether_or_not_its_end_is_announced(
    ask: Asking, monkeypatch: pytest.MonkeyPatch, text: str, status: str, reason: str
) -> None:
    monkeypatch.setattr(launch, "SWEEP_S", 0.2)
    ended = ask(text, word="µ")
    assert ended.status == status
    assert reason in ended.reason
    assert ended.answer.get("heard") == ("µ" if status == "measured" else None)
    assert ended.seconds < PATIENCE_S, "nobody waits for the deadline when there is nothing to come"


def test_only_a_kill_is_said_to_be_what_happens_when_memory_runs_out(ask: Asking) -> None:
    assert "memory" not in ask("os.kill(os.getpid(), signal.SIGABRT)").reason


@pytest.mark.usefixtures("end")
def test_a_child_that_hangs_is_ended_whether_or_not_its_end_is_announced(ask: Asking) -> None:
    ended = ask("signal.pause()", deadline_s=0.5)
    assert (ended.status, ended.answer) == ("timeout", {})
    assert ended.seconds < PATIENCE_S


@pytest.mark.usefixtures("end")
def test_an_answer_that_comes_in_many_parts_arrives_whole(ask: Asking) -> None:
    """A pipe holds 64 KiB, and a part of the length alone is no answer yet."""
    text = "data = marshal.dumps({'text': 'x' * 3_000_000}, 2)\nwhole = len(data).to_bytes(8, 'big') + data\n"
    text += "for begin, end in ((0, 3), (3, 8), (8, 9)):\n    os.write(reply, whole[begin:end])\n"
    text += "rest = whole[9:]\nwhile rest:\n    rest = rest[os.write(reply, rest):]"
    assert ask(text).answer == {"text": "x" * 3_000_000}


@pytest.mark.parametrize("peak", [0, 7 << 30])
def test_the_peak_that_an_interpreter_tells_of_itself_counts_although_its_answer_is_refused(
    ask: Asking, peak: int
) -> None:
    told = {"failed": "wrong answer", "detail": "one was lost", "peak_rss_bytes": peak}
    ended = ask(f"answer({told!r})")
    assert (ended.status, ended.reason, ended.usage.peak_rss_bytes) == ("wrong answer", "one was lost", peak)


def test_what_the_campaign_is_told_about_places_and_language_is_passed_on(
    ask: Asking, monkeypatch: pytest.MonkeyPatch
) -> None:
    passed_on = {"LANG": "C.UTF-8", "TZ": "Asia/Tokyo", "PATH": os.environ["PATH"]}
    for name, value in passed_on.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("LC_ALL", raising=False)
    seen = ask("answer(dict(os.environ))").answer
    assert passed_on.items() <= seen.items()
    assert "LC_ALL" not in seen


def adopts() -> bool:
    """Whether orphans of ours become children of this process."""
    flag = ctypes.c_int(-1)
    ctypes.CDLL(None).prctl(PR_GET_CHILD_SUBREAPER, ctypes.byref(flag), 0, 0, 0)
    return bool(flag.value)


def stop_while_adopting() -> None:
    with launch.adopting_orphans():
        raise KeyboardInterrupt


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has such a thing")
def test_orphans_are_ours_while_we_adopt_them_and_no_longer_even_when_something_fails() -> None:
    assert not adopts()
    with launch.adopting_orphans():
        assert adopts()
    assert not adopts()
    with pytest.raises(KeyboardInterrupt):
        stop_while_adopting()
    assert not adopts()


def test_elsewhere_nobody_is_adopted_and_nothing_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(ctypes, "CDLL", None)
    with launch.adopting_orphans():
        pass


def waiting() -> "subprocess.Popen[bytes]":
    """A process that has begun, in a group of its own, and ends with its input."""
    command = [sys.executable, "-c", "print(flush=True); input()"]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True)
    assert process.stdout
    process.stdout.readline()
    return process


def test_the_members_of_a_group_are_those_who_live_in_it() -> None:
    with waiting() as one, waiting() as other:
        assert [process.pid for process in launch.members(one.pid)] == [one.pid]
        assert not launch.is_resource_tracker(psutil.Process(one.pid))
        for process in (one, other):
            process.communicate(b"\n")
    assert launch.members(one.pid) == []


def test_a_process_that_has_ended_is_no_resource_tracker() -> None:
    with waiting() as process:
        watched = psutil.Process(process.pid)
        process.communicate(b"\n")
    assert not launch.is_resource_tracker(watched)


@pytest.mark.parametrize(
    ("reply", "whole"),
    [
        (b"", False),
        (bytes(7), False),
        (bytes(8), True),
        (bytes(9), False),
        (bytes(7) + b"\x02ab", True),
        (bytes(7) + b"\x03ab", False),
        (b"\x01" + bytes(7) + b"a", False),
    ],
)
def test_an_answer_is_whole_when_it_is_as_long_as_its_first_eight_bytes_say(reply: bytes, whole: bool) -> None:
    assert launch._is_whole(reply) is whole

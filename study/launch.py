"""Start one measured interpreter, ask it, and end it with everything it started, whatever it does."""

import contextlib
import ctypes
import marshal
import os
import resource
import select
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import psutil

from study.journal import Status

BARE = Path(__file__).parent / "child" / "bare.py"
PASSED_ON = ("PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SYSTEMROOT")
LEAVE_S = 10.0  # after the answer, the interpreter has this long to end by itself
SWEEP_S = 5.0  # after it has ended, what it started has this long
TERM_S = 2.0  # after SIGTERM, before SIGKILL
TRACKER_S = 10.0  # then multiprocessing's resource tracker has this long to unlink what the others left; it may be just starting
POLL_S = 0.001
PROTOCOL = 2  # of marshal, which every Python from 3.10 on reads alike and none has to import
LENGTH_BYTES = 8  # before a request and before an answer
RSS_UNIT = 1 if sys.platform == "darwin" else 1024  # bytes in a unit of ru_maxrss
PR_SET_CHILD_SUBREAPER = 36  # <linux/prctl.h>


@dataclass(slots=True)
class Usage:
    """What the process tree used, as far as its members were waited for."""

    cpu_s: float = 0.0
    voluntary_switches: int = 0
    involuntary_switches: int = 0
    peak_rss_bytes: int = 0  #: of the largest process; 0 when it did not live to tell

    def add(self, usage: resource.struct_rusage) -> None:
        self.cpu_s += usage.ru_utime + usage.ru_stime
        self.voluntary_switches += usage.ru_nvcsw
        self.involuntary_switches += usage.ru_nivcsw

    def reach(self, peak_rss_bytes: int) -> None:
        self.peak_rss_bytes = max(self.peak_rss_bytes, peak_rss_bytes)


@dataclass(frozen=True, slots=True)
class Ended:
    """How one child ended, and what it answered."""

    status: Status
    reason: str
    seconds: float
    usage: Usage
    answer: Mapping[str, Any] = field(default_factory=dict)


def _surroundings(scratch: Path) -> dict[str, str]:
    """PYTHONPATH, because an interpreter's sub-interpreters begin with its first path, not with what it added later."""
    passed_on = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    return {**passed_on, "TMPDIR": str(scratch), "PYTHONPATH": str(BARE.parents[2])}


def main_file(request: Mapping[str, Any]) -> Path:
    """The file that the child runs: the one its cell's factor "main" names, or the bare one."""
    return BARE.with_name(f"{request.get('arguments', {}).get('main', BARE.stem)}.py")


class Child:
    """One interpreter, in a session of its own, with a private pipe for the request and one for the answer."""

    def __init__(
        self, python: str, request: Mapping[str, Any], scratch: Path, variables: Mapping[str, str] | None = None
    ) -> None:
        self._usage = Usage()
        self._exit: int | None = None
        self._output: IO[bytes] = tempfile.TemporaryFile(dir=scratch)  # noqa: SIM115 - lives as long as the child
        self._errors: IO[bytes] = tempfile.TemporaryFile(dir=scratch)  # noqa: SIM115
        request_read, self._request = os.pipe()
        self._reply, reply_write = os.pipe()
        self.begun = time.perf_counter()
        try:
            self._process = subprocess.Popen(
                [python, str(main_file(request)), str(request_read), str(reply_write)],
                stdin=subprocess.DEVNULL,
                stdout=self._output,
                stderr=self._errors,
                cwd=scratch,
                env=_surroundings(scratch) | dict(variables or {}),
                pass_fds=(request_read, reply_write),
                start_new_session=True,
            )
        except OSError:
            self._close()
            raise
        finally:
            os.close(request_read)
            os.close(reply_write)
        if "cpus" in request:
            keep_to(self._process.pid, request["cpus"])
        with contextlib.suppress(BrokenPipeError):  # it has crashed already; its exit status tells
            data = marshal.dumps(dict(request), PROTOCOL)
            os.write(self._request, len(data).to_bytes(LENGTH_BYTES, "big") + data)

    def finish(self, deadline_s: float) -> Ended:
        """Wait for the answer and the end, `deadline_s` seconds after the start at the most; then nothing of it is left."""
        try:
            reply, in_time = self._read_reply(self.begun + deadline_s)
            left_in_order = in_time and self._reap(LEAVE_S, whole_group=False)
            group_ended = left_in_order and self._reap(SWEEP_S, whole_group=True)
        finally:
            self._end_group()
        seconds = time.perf_counter() - self.begun
        try:
            status, reason, answer = self._judge(reply, deadline_s, left_in_order, group_ended)
        finally:
            self._close()
        # The interpreter tells its own peak: what wait4() says of it counts what we held when we started it.
        self._usage.reach(answer.pop("peak_rss_bytes", 0))
        return Ended(status, reason, seconds, self._usage, answer)

    def abandon(self) -> None:
        """End the child at once unless it is finished."""
        if not self._output.closed:
            self._end_group()
            self._close()

    def _judge(
        self, reply: bytes, deadline_s: float, left_in_order: bool, group_ended: bool
    ) -> tuple[Status, str, dict[str, Any]]:
        if not _is_whole(reply) and not left_in_order:
            return "timeout", f"no answer within {deadline_s:.0f} s", {}
        if not _is_whole(reply):
            return "crash", _how_it_ended(self._exit, self._last_error()), {}
        answer = _answer_in(reply)
        if answer is None:
            return "crash", "its answer cannot be read", {}
        if "failed" in answer:
            return answer["failed"], answer["detail"], answer
        if not left_in_order:
            return "timeout", f"answered, but did not end within {LEAVE_S:.0f} s", answer
        if self._exit:
            return "crash", "answered; then " + _how_it_ended(self._exit, self._last_error()), answer
        if not group_ended:
            return "wrong answer", f"left a process running for {SWEEP_S:.0f} s after its end", answer
        return "measured", "", answer

    def _read_reply(self, deadline: float) -> tuple[bytes, bool]:
        """What came on the private pipe, and whether an answer or the interpreter's end came before the deadline.

        Both may have come while nobody was waiting for them: the pipe is looked into once even when the deadline is over.
        """
        data = b""
        with _exit_notice(self._process.pid) as notice:
            left = deadline
            while left > 0:
                left = max(0.0, deadline - time.perf_counter())
                ready, _, _ = select.select([self._reply, *notice], [], [], left if notice else min(left, 0.05))
                if self._reply in ready:
                    part = os.read(self._reply, 1 << 20)
                    data += part
                    if not part or _is_whole(data):
                        return data, True
                elif self._has_exited():
                    return data, True
        return data, False

    def _has_exited(self) -> bool:
        self._collect()
        return self._exit is not None

    def _collect(self) -> bool:
        """Reap whoever of the group has ended; whether any member that we can wait for is left."""
        while True:
            try:
                pid, status, usage = os.wait4(-self._process.pid, os.WNOHANG)
            except ChildProcessError:
                return False
            if pid == 0:
                return True
            self._usage.add(usage)
            if pid == self._process.pid:
                self._exit = self._process.returncode = os.waitstatus_to_exitcode(status)
            else:
                self._usage.reach(usage.ru_maxrss * RSS_UNIT)

    def _reap(self, patience_s: float, *, whole_group: bool) -> bool:
        """Wait until the interpreter, or its whole process group, has ended; whether it did in time."""
        until = time.perf_counter() + patience_s
        while True:
            left = self._collect()
            if self._exit is not None and not (whole_group and (left or self._members_exist())):
                return True
            if time.perf_counter() > until:
                return False
            time.sleep(POLL_S)

    def _members_exist(self) -> bool:
        try:
            os.killpg(self._process.pid, 0)
        except ProcessLookupError:
            return False
        return True

    def _end_group(self) -> None:
        """SIGTERM first: multiprocessing's resource tracker ignores it, and unlinks what the others leave."""
        if self._reap(0, whole_group=True):
            return
        self._signal_group(signal.SIGTERM)
        if self._reap(TERM_S, whole_group=True):
            return
        for process in members(self._process.pid):
            if not is_resource_tracker(process):
                with contextlib.suppress(psutil.Error):
                    process.kill()
        if not self._reap(TRACKER_S, whole_group=True):
            self._signal_group(signal.SIGKILL)
            self._reap(TERM_S, whole_group=True)

    def _signal_group(self, number: int) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, number)

    def _last_error(self) -> str:
        self._errors.seek(max(0, self._errors.seek(0, os.SEEK_END) - 4096))
        lines = self._errors.read().decode(errors="replace").strip().splitlines()
        return lines[-1] if lines else ""

    def _close(self) -> None:
        os.close(self._request)
        os.close(self._reply)
        self._output.close()
        self._errors.close()


def _is_whole(reply: bytes) -> bool:
    return len(reply) >= LENGTH_BYTES and len(reply) == LENGTH_BYTES + int.from_bytes(reply[:LENGTH_BYTES], "big")


def _answer_in(reply: bytes) -> dict[str, Any] | None:
    """None for what no child of ours writes: a program that is no such interpreter answered."""
    try:
        answer = marshal.loads(reply[LENGTH_BYTES:])
    except (EOFError, TypeError, ValueError):
        return None
    return answer if isinstance(answer, dict) and ("failed" in answer) == ("detail" in answer) else None


def ask(
    python: str,
    request: Mapping[str, Any],
    scratch: Path,
    deadline_s: float = 30.0,
    variables: Mapping[str, str] | None = None,
) -> Ended:
    """Start a child, wait for its answer, and leave nothing behind. Raises OSError when the interpreter cannot be started.

    It sees the environment's `variables` besides those that are passed on to every child.
    """
    child = Child(python, request, scratch, variables)
    return child.finish(deadline_s)


def keep_to(pid: int, cpus: int) -> None:
    """Let a process that has not begun its work, and all it will start, use the first so many of our own CPUs only."""
    with contextlib.suppress(ProcessLookupError):  # it has crashed already; its exit status tells
        os.sched_setaffinity(pid, sorted(os.sched_getaffinity(0))[:cpus])


@contextlib.contextmanager
def adopting_orphans() -> Iterator[None]:
    """Let processes whose parent dies become ours (Linux), so that they can be waited for and counted."""
    if sys.platform != "linux":
        yield
        return
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    try:
        yield
    finally:
        prctl(PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0)


@contextlib.contextmanager
def _exit_notice(pid: int) -> Iterator[list[int]]:
    """A descriptor that becomes readable when the process ends, where the system has such a thing."""
    try:
        descriptor = os.pidfd_open(pid)
    except (AttributeError, OSError):
        yield []
        return
    try:
        yield [descriptor]
    finally:
        os.close(descriptor)


def members(group: int) -> list[psutil.Process]:
    """The processes of that group that there are now."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if os.getpgid(process.pid) == group:
                found.append(process)
    return found


def is_resource_tracker(process: psutil.Process) -> bool:
    """Whether it is the process that unlinks what the others of its program leave."""
    try:
        return any("resource_tracker" in word for word in process.cmdline())
    except psutil.Error:
        return False


def signal_name(number: int) -> str:
    """ "SIGKILL"; of most real-time signals the number is all there is."""
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def _how_it_ended(exit_code: int | None, last_error: str) -> str:
    if exit_code is not None and exit_code < 0:
        name = signal_name(-exit_code)
        hint = ", as the kernel does when memory runs out" if exit_code == -signal.SIGKILL else ""
        return f"the interpreter was ended by {name}{hint}" + (f": {last_error}" if last_error else "")
    return f"the interpreter ended with exit code {exit_code} and no answer" + (f": {last_error}" if last_error else "")

"""Provoke one hazard in an interpreter of its own and say what happened: it worked, raised, hung, died, lost or left something."""

import contextlib
import os
import re
import shutil
import signal
import tempfile
import time
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any

import psutil

from study import hazards, launch, warden
from study.hazard import HANG_S
from study.launch import Child
from study.trace import Trace

ORPHANS_S = 3.0  # after the program's end, what it started has this long to follow
ABORT_S = 1.0  # for all its processes to tell where their threads stand
GRACE_S = 1.0  # when its patience is nearly over at its end, what it started has so long beyond it
SHARED_MEMORY = Path("/dev/shm")
LONGEST_STORY = 20_000  # characters of standard error that are kept
FRAME = re.compile(r'  File "(?P<file>[^"]+)", line (?P<line>\d+) in (?P<function>.+)')
# Where an interpreter is installed is nobody's business. Between quotation marks a folder may have spaces.
ELSEWHERE = re.compile(r"""(?:(?<=")/[^"\n]+?/|/[^\s"':]+?/)(?=lib/python3\.\d+t?/|bin/python3?)""")
DUMP = re.compile(r"(?:(?:Current thread|Thread) 0x.*\n(?:  .*\n?)+\n*)+")  # of one process: its main thread comes last


class Outcome(Enum):
    """What became of it, the best first."""

    WORKS = "works"
    ANSWERS = "answers"  # a behaviour, which is a difference and no failure
    RAISES = "raises"
    LOSES = "loses data"
    WRONG = "wrong answer"
    LEAKS = "leaks"
    ORPHANS = "leaves orphans"
    DIES = "dies"
    HANGS = "hangs"


@dataclass(frozen=True, slots=True)
class Attempt:
    """What one interpreter did with one hazard."""

    hazard: str
    backend: str
    outcome: Outcome
    what: str  # type of the exception, answer in a word or two, how it died
    detail: str = ""  # its message, a sentence
    seconds: float = 0.0  # of the whole interpreter
    known_s: float | None = None  # from the call until its caller knew
    cause: str = ""  # type of the exception's cause
    afterwards: dict[str, str] = field(default_factory=dict)  # what was tried next -> "works", "raises X", "hangs"
    doing: str = ""  # the call that the outcome is about
    source: str = ""  # "study/hazards/killed_worker.py:23", the line of that call
    traceback: str = ""
    stacks: str = ""  # where each thread stood when it hung
    story: str = ""  # what it wrote to standard error
    left: tuple[str, ...] = ()  # processes that were still there ORPHANS_S after its end


@dataclass(slots=True)
class _Call:
    """One call through the watch, as far as its story went."""

    doing: str
    source: str
    begun_ns: int
    afterwards: bool
    ended: str = ""  # "returned" or "raised"
    ended_ns: int = 0
    value: Any = None

    @property
    def became(self) -> str:
        if not self.ended:
            return Outcome.HANGS.value
        return Outcome.WORKS.value if self.ended == "returned" else f"{Outcome.RAISES.value} {self.value[0]}"


class _Provoked(Child):
    """An interpreter that is watched until it ends or its patience is over, and asked where it stands when it hangs."""

    hung = False
    stacks = ""
    left: tuple[str, ...] = ()

    def watch(self, patience_s: float) -> None:
        """Afterwards nothing of it is left but its output."""
        try:
            deadline = self.begun + patience_s
            self._read_reply(deadline)
            left_s = max(0.0, deadline - time.perf_counter())
            self.hung = not self._reap(left_s, whole_group=False)
            if self.hung:
                before = len(self.errors())
                self._ask_where_they_stand()
                self.stacks = self.errors()[before:]
            elif not self._reap(self._orphans_s(deadline), whole_group=True):
                self.left = tuple(sorted(_called(process) for process in launch.members(self._process.pid)))
        finally:
            self._end_group()

    @property
    def group(self) -> int:
        return self._process.pid

    def trace(self) -> str:
        """What was written to standard output."""
        return _all_of(self._output)

    def errors(self) -> str:
        """What was written to standard error."""
        return _all_of(self._errors)

    @property
    def exit_code(self) -> int | None:
        return self._exit

    def close(self) -> None:
        self._close()

    def _end_group(self) -> None:
        """At once: nobody would give notice of a hang or of an orphan either."""
        if not self._reap(0, whole_group=True):
            warden.kill([self.group])
            super()._end_group()

    def _orphans_s(self, deadline: float) -> float:
        return min(ORPHANS_S, max(0.0, deadline - time.perf_counter()) + GRACE_S)

    def _ask_where_they_stand(self) -> None:
        """One process after the other, or their stacks would be mixed. The tracker is left to unlink what they leave."""
        until = time.perf_counter() + ABORT_S
        members = launch.members(self._process.pid)
        for process in sorted(members, key=lambda member: member.pid != self._process.pid):
            if not launch.is_resource_tracker(process):
                with contextlib.suppress(psutil.Error):
                    process.send_signal(signal.SIGABRT)
                    self._wait_for(process, until)

    def _wait_for(self, process: psutil.Process, until: float) -> None:
        while time.perf_counter() < until:
            self._collect()
            if not process.is_running() or process.status() == psutil.STATUS_ZOMBIE:
                return
            time.sleep(launch.POLL_S)


def provoke(python: str, hazard: str, backend: str, minded_by: warden.Warden | None = None) -> Attempt:
    """Run one pair that is on offer; afterwards nothing is left of it. Raises OSError when the interpreter cannot be started."""
    scratch = Path(tempfile.mkdtemp(prefix="study-", dir=minded_by.folder if minded_by else None))
    request = {"do": "attempt", "hazard": hazard, "backend": backend}
    try:
        child = _Provoked(python, request, scratch, {"PYTHONFAULTHANDLER": "1"})
        try:
            with minded_by.minding(child.group) if minded_by else contextlib.nullcontext():
                child.watch(hazards.find(hazard).patience_s)
            return _judge(child, hazard, backend, scratch)
        finally:
            child.close()
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _judge(child: _Provoked, hazard: str, backend: str, scratch: Path) -> Attempt:
    def plain(text: str) -> str:
        return anywhere(text, scratch)

    trace = Trace(child.trace())
    calls = _calls(trace)
    told = next((call for call in calls if not call.afterwards and call.became != Outcome.WORKS.value), None)
    told = told or next((call for call in calls if not call.afterwards), None)
    outcome, what, detail = _outcome(child, trace, told)
    raised = told.value if told and told.ended == "raised" else ("", "", "", "")
    return Attempt(
        hazard,
        backend,
        outcome,
        plain(what),
        plain(detail),
        seconds=time.perf_counter() - child.begun,
        known_s=(told.ended_ns - told.begun_ns) / 1e9 if told and told.ended else None,
        cause=raised[2],
        afterwards={call.doing: call.became for call in calls if call.afterwards},
        doing=told.doing if told else "",
        source=told.source if told else "",
        traceback=plain(raised[3]),
        stacks=plain(child.stacks[-LONGEST_STORY:]),
        story=plain(child.errors()[:LONGEST_STORY]),
        left=child.left,
    )


def _outcome(child: _Provoked, trace: Trace, told: _Call | None) -> tuple[Outcome, str, str]:
    """What the hazard showed: what is worse hides what is better, and what the body found itself comes before what a call did."""
    if leaked := [name for name in trace.values("owns") if _unlinked(name)]:
        return Outcome.LEAKS, ", ".join(leaked), "shared memory was left behind"
    if child.left:
        return Outcome.ORPHANS, f"{len(child.left)} processes", ", ".join(child.left)
    if found := trace.values("found"):
        return Outcome(found[0][0]), found[0][1], ""
    if trace.all("hung"):
        return Outcome.HANGS, told.doing if told else "", f"no answer within {HANG_S:.0f} s"
    if child.hung and not (told and told.ended and _open(trace)):
        return Outcome.HANGS, told.doing if told and not told.ended else "the end of the program", where(child.stacks)
    if child.exit_code and not child.hung and not trace.all("ending itself"):  # a hung one was ended by us
        return Outcome.DIES, _death(child.exit_code), _last_line(child.errors())
    if broken := trace.values("broken"):
        return Outcome.WRONG, "the program that shows it fails itself", broken[0]
    if answered := trace.values("answered"):
        return Outcome.ANSWERS, *answered[0]
    if told and told.ended == "raised":
        return Outcome.RAISES, told.value[0], told.value[1]
    return Outcome.WORKS, "", ""


def _open(trace: Trace) -> bool:
    """Whether a call that was made afterwards never came back: then it is that which hangs, not what the hazard is about."""
    return any(call.afterwards and not call.ended for call in _calls(trace))


def _calls(trace: Trace) -> list[_Call]:
    calls: list[_Call] = []
    for event in trace.events:
        if event.event.startswith("calling"):
            doing, source = event.value
            at = os.path.relpath(source, launch.BARE.parents[2]).replace(os.sep, "/")
            calls.append(_Call(doing, at, event.time_ns, event.event.endswith("afterwards")))
        elif event.event in ("returned", "raised") and calls:
            calls[-1].ended, calls[-1].ended_ns, calls[-1].value = event.event, event.time_ns, event.value
    return calls


def where(stacks: str) -> str:
    """Where the main thread of the first process stood, in words: "in wait (threading.py:320)"."""
    dump = DUMP.search(stacks)
    frame = FRAME.search(dump[0].rstrip().rpartition("\n\n")[2]) if dump else None
    return f"in {frame['function']} ({Path(frame['file']).name}:{frame['line']})" if frame else ""


def anywhere(text: str, scratch: Path) -> str:
    """The text as it would be on any other machine: files of the study and of the interpreter without where they are."""
    for folder in (scratch, launch.BARE.parents[2]):
        text = text.replace(f"{folder}/", "")
    return ELSEWHERE.sub("", text).encode(errors="replace").decode()


def _unlinked(segment: str) -> bool:
    """Whether the segment was still there. It is not any more."""
    file = SHARED_MEMORY / segment.lstrip("/")
    there = file.exists()
    file.unlink(missing_ok=True)
    return there


def _death(exit_code: int) -> str:
    return launch.signal_name(-exit_code) if exit_code < 0 else f"exit code {exit_code}"


def _called(process: psutil.Process) -> str:
    try:
        words = process.cmdline()
        parent = process.parent()
        forked = parent is not None and words == parent.cmdline()  # a forkserver's workers have its command line
    except psutil.Error:
        return "ended meanwhile"
    for name in ("resource_tracker", "forkserver"):
        if name in " ".join(words) and not forked:
            return name.replace("_", " ")
    return "worker"


def _last_line(text: str) -> str:
    lines = text.strip().splitlines()
    return lines[-1] if lines else ""


def _all_of(file: Any) -> str:
    file.seek(0)
    text: str = file.read().decode(errors="replace")
    return text

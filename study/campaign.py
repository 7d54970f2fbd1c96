"""Measure a plan: rehearse, then block after block of fresh interpreters, each answer kept before the next is asked for."""

import contextlib
import fcntl
import os
import secrets
import shutil
import signal
import tempfile
import time
from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

import msgspec

import backends
from study import journal, launch, scenarios
from study.journal import REHEARSAL, Header, Planned, Row, Values
from study.launch import Child, Ended
from study.plan import Plan, arguments_of, calibration_group
from study.scenario import suspicion

SHORTEST_DEADLINE_S = 30.0
DEADLINE_FACTOR = 10  # times what the cell's last child took
SUSPECT_DEADLINE_S = 10.0  # for a cell with a known deadlock: a hang costs this much, once
NANOSECONDS_PER_MS = 1_000_000


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a campaign is; told between children, never while one measures."""

    phase: str  # "rehearsal" or "block 3/15"
    cell: str
    done: int
    total: int
    seconds_left: float


class Interrupted(Exception):
    """The campaign was asked to stop and has stopped; what it measured is in the journal."""


class Busy(Exception):
    """Another campaign is running on this machine."""


@dataclass
class Campaign:
    """One plan being measured into one journal."""

    plan: Plan
    python: str  # path of the measured interpreter
    path: Path  # of the journal, which exists
    tell: Callable[[Progress], None] = lambda _: None
    rows: list[Row] = field(default_factory=list)  # those a resumed journal holds already
    inside_s: float = 0.0  # time in which a child was alive
    _stopping: bool = False
    _begun: float = field(default_factory=time.perf_counter)
    _lasted: dict[str, float] = field(default_factory=dict)
    _operations: dict[tuple[object, ...], int] = field(default_factory=dict)  # of each group: chosen once, and kept

    def measure(self) -> list[Row]:
        """Run all that the journal lacks. Raises Busy, Interrupted, JournalError."""
        with self._alone() as scratch, launch.adopting_orphans(), self._heeding_interrupts():
            self._begun = time.perf_counter()
            cells = {cell.cell: cell for cell in self.plan.cells}
            for row in self.rows:
                if row.operations:
                    self._operations.setdefault(calibration_group(cells[row.cell]), row.operations)
            trials = self._start_trials(scratch)
            try:
                self._measure_all(trials, scratch)
            finally:
                for child in trials.values():
                    child.abandon()
        return self.rows

    def _measure_all(self, trials: dict[str, Child], scratch: Path) -> None:
        if self.plan.profile.rehearsed:
            self._rehearse(scratch)
            self._end_trials(trials)  # nothing runs beside a block that verdicts are made of
        for block in range(1, self.plan.blocks + 1):
            self._measure_block(block, trials, scratch)
            if trials:
                self._end_trials(trials)
                self._measure_block(block, trials, scratch)  # what was held back

    def _start_trials(self, scratch: Path) -> dict[str, Child]:
        """Try the cells with a known deadlock. A deadlocked interpreter is idle: they hang, if they do, while others work."""
        known = {row.cell for row in self.rows if row.block == REHEARSAL}
        suspects = [cell for cell in self.plan.cells if suspicion_of(cell) and cell.cell not in known]
        return {cell.cell: Child(self.python, self._request(cell), scratch) for cell in suspects}

    def _end_trials(self, trials: dict[str, Child]) -> None:
        cells = {cell.cell: cell for cell in self.plan.cells}
        for name, child in trials.items():
            waited_s = time.perf_counter() - child.begun
            self._keep(cells[name], REHEARSAL, 0, child.finish(max(deadline_of(cells[name]), waited_s)))
        trials.clear()

    def _rehearse(self, scratch: Path) -> None:
        """Choose operations before the first block, by one cell of each group that shares its number."""
        for cell in self.plan.cells:
            if scenarios.find(cell.scenario).calibrated and calibration_group(cell) not in self._operations:
                self._tell("rehearsal", cell)
                self._ask(cell, REHEARSAL, 0, scratch)

    def _measure_block(self, block: int, held_back: Container[str], scratch: Path) -> None:
        known = {row.cell for row in self.rows if row.block == block}
        lost = journal.lost_cells(self.rows)
        for position, cell in enumerate(self.plan.block(block), start=1):
            if cell.cell in known or cell.cell in lost or cell.cell in held_back:
                continue
            self._tell(f"block {block}/{self.plan.blocks}", cell)
            self._ask(cell, block, position, scratch)

    def _ask(self, cell: Planned, block: int, position: int, scratch: Path) -> None:
        deadline_s = max(deadline_of(cell), DEADLINE_FACTOR * self._lasted.get(cell.cell, 0.0))
        ended = launch.ask(self.python, self._request(cell), scratch, deadline_s)
        self.inside_s += ended.seconds
        self._lasted[cell.cell] = ended.seconds
        self._keep(cell, block, position, ended)

    def _request(self, cell: Planned) -> dict[str, Any]:
        """With the operations of the cell's group; where none are chosen yet, the child chooses them."""
        arguments = arguments_of(cell, self.plan.profile.rounds)
        request: dict[str, Any] = {
            "do": "run",
            "scenario": cell.scenario,
            "backend": cell.backend,
            "arguments": arguments,
        }
        if "cpus" in cell.factors:
            request["cpus"] = cell.factors["cpus"]
        if scenarios.find(cell.scenario).calibrated:
            operations = self._operations.get(calibration_group(cell))
            if operations:
                arguments["operations"] = operations
            else:
                request["value_ns"] = self.plan.profile.value_ms * NANOSECONDS_PER_MS
        return request

    def _keep(self, cell: Planned, block: int, position: int, ended: Ended) -> None:
        row = row_of(cell, block, position, ended, max(0.0, time.perf_counter() - self._begun - ended.seconds))
        if row.status == "timeout" and suspicion_of(cell):
            row = msgspec.structs.replace(row, reason=f"{row.reason}: {suspicion_of(cell)}")
        journal.append(self.path, row)
        self.rows.append(row)
        if row.operations:
            self._operations.setdefault(calibration_group(cell), row.operations)
        if self._stopping:
            raise Interrupted

    def _tell(self, phase: str, cell: Planned) -> None:
        total, done = self.plan.children, sum(row.block != REHEARSAL for row in self.rows)
        elapsed = time.perf_counter() - self._begun
        self.tell(Progress(phase, cell.cell, done, total, elapsed / done * (total - done) if done else 0.0))

    @contextlib.contextmanager
    def _alone(self) -> Iterator[Path]:
        """Hold the machine's lock; a journal that was made for nothing is removed again."""
        try:
            with _only_campaign() as scratch:
                yield scratch
        except Busy:
            if not self.rows:
                self.path.unlink()
            raise

    @contextlib.contextmanager
    def _heeding_interrupts(self) -> Iterator[None]:
        """The first Ctrl-C stops after the current child, the second at once; both leave nothing behind."""

        def stop(number: int, _: FrameType | None) -> None:
            if self._stopping or number == signal.SIGTERM:
                raise Interrupted
            self._stopping = True

        before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def suspicion_of(cell: Planned) -> str | None:
    """The known defect that may stop this cell, or None."""
    return suspicion(scenarios.find(cell.scenario), backends.find(cell.backend))


def deadline_of(cell: Planned) -> float:
    """Seconds that the cell's first child may take: few where a deadlock is known, since an idle wait tells nothing more."""
    return SUSPECT_DEADLINE_S if suspicion_of(cell) else SHORTEST_DEADLINE_S


def row_of(cell: Planned, block: int, position: int, ended: Ended, started_s: float) -> Row:
    """What the journal keeps of one child."""
    answer, usage = ended.answer, ended.usage
    tells_its_story = block == 1 and bool(scenarios.find(cell.scenario).section)
    return Row(
        cell=cell.cell,
        block=block,
        position=position,
        status=ended.status,
        reason=ended.reason,
        started=round(started_s, 6),
        seconds=round(ended.seconds, 6),
        cpu_s=round(usage.cpu_s, 6),
        voluntary_switches=usage.voluntary_switches,
        involuntary_switches=usage.involuntary_switches,
        peak_rss_bytes=usage.peak_rss_bytes,
        operations=answer.get("operations"),
        laps=[Values(**lap) for lap in answer.get("laps", [])] if ended.status == "measured" else [],
        trace=answer.get("trace", "") if tells_its_story else "",
        printed=answer.get("printed", []),
    )


def new_journal(directory: Path, header: Header) -> Path:
    """Start the journal of a campaign in the folder of its machine."""
    path = directory / header.machine / f"{header.run}.jsonl"
    journal.create(path, header)
    return path


def new_seed() -> int:
    """A seed nobody chose."""
    return secrets.randbits(32)


@contextlib.contextmanager
def _only_campaign() -> Iterator[Path]:
    """Hold this machine's lock, and a folder for temporary files that is gone at the end. Raises Busy."""
    # A short name: it becomes part of the names of sockets, which end at 104 bytes.
    place = Path(tempfile.gettempdir()) / f"study-{os.getuid()}"
    place.mkdir(mode=0o700, exist_ok=True)
    lock = os.open(place, os.O_RDONLY)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Busy(
                "another campaign is running on this machine; two would disturb each other: wait until it ends."
            ) from None
        for stale in place.iterdir():  # what a killed campaign has left
            shutil.rmtree(stale, ignore_errors=True)
        try:
            yield Path(tempfile.mkdtemp(prefix="", dir=place))
        finally:
            shutil.rmtree(place, ignore_errors=True)
    finally:
        os.close(lock)

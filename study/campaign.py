"""Measure a plan: block after block of fresh interpreters, each answer kept before the next is asked for.

Several interpreters are measured in the same blocks; each has a journal of its own, with the same records of the blocks.
Before a block its cells are rehearsed; during it the machine is watched; after the last one noisy blocks are measured again.
Under a budget the blocks go on until the time is over: when a campaign ends depends on the time only, never on results.
"""

import contextlib
import fcntl
import os
import shutil
import signal
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

import msgspec

import backends
from study import journal, launch, noise, scenarios
from study.budget import Allowance
from study.interleaving import Side, whole
from study.journal import REHEARSAL, Block, Planned, Rejected, Row
from study.launch import Child, Ended
from study.plan import arguments_of, calibration_group
from study.records import row_of, spent_s
from study.scenario import suspicion

SHORTEST_DEADLINE_S = 30.0
DEADLINE_FACTOR = 10  # times what the cell's last child took
SUSPECT_DEADLINE_S = 10.0  # for a cell with a known deadlock: a hang costs this much, once
NANOSECONDS_PER_MS = 1_000_000
NANOSECONDS_PER_S = 1_000_000_000
Due = tuple[int, Planned]  # position in the block's order, and cell


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a campaign is; told between children, never while one measures."""

    phase: str  # "rehearsal", "block 3/15" or "block 3 again"
    cell: str
    done: int
    total: int  # 0 when the time decides
    seconds_left: float


class Interrupted(Exception):
    """The campaign was asked to stop and has stopped; what it measured is in the journal."""


class Busy(Exception):
    """Another campaign is running on this machine."""


@dataclass
class Campaign:
    """One plan being measured into one journal, or those of several interpreters into one each."""

    sides: Sequence[Side]
    tell: Callable[[Progress], None] = lambda _: None
    rows: list[Row] = field(default_factory=list)  # all of them; those that resumed journals hold to begin with
    blocks: list[Block] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    allowance: Allowance | None = None  # with one, the campaign ends when it is used up
    owed: Sequence[tuple[Path, Block | Rejected]] = ()  # what a kill kept from one journal while another has it already
    inside_s: float = 0.0  # time in which a child was alive
    _stopping: bool = False
    _begun: float = field(default_factory=time.perf_counter)
    _lasted: dict[str, float] = field(default_factory=dict)
    _operations: dict[tuple[object, ...], int] = field(default_factory=dict)  # of each group: chosen once, and kept
    _lost: set[str] = field(default_factory=set)  # cells that are not asked for again

    def __post_init__(self) -> None:
        self.plan = whole([side.plan for side in self.sides], [side.tag for side in self.sides])
        self._home = {name: (side, plain) for side in self.sides for name, plain in side.cells.items()}
        self._rank = {name: rank for rank, side in enumerate(self.sides) for name in side.cells}

    @property
    def paths(self) -> list[Path]:
        """The journals, that of the first interpreter first."""
        return [side.path for side in self.sides]

    @property
    def counted(self) -> list[Row]:
        """The rows that are analysed: not those of rejected blocks."""
        return journal.counted(self.rows, self.rejected)[0]

    def left_out(self, cell: str) -> bool:
        """Whether the time was over before this cell was measured, so that nothing is known of it."""
        known = (row.cell == cell and (row.block != REHEARSAL or row.status != "measured") for row in self.rows)
        return self.allowance is not None and not any(known)

    def measure(self) -> list[Row]:
        """Run all that the journal lacks, or what the budget allows. Raises Busy, Interrupted, JournalError."""
        with self._alone() as scratch, launch.adopting_orphans(), self._heeding_interrupts():
            self._take_up()
            for number in range(1, self.plan.blocks + 1):
                if not self._measure_block(number, scratch):
                    break
            else:
                self._measure_again(scratch)
        return self.rows

    def _take_up(self) -> None:
        """Go on from what the journal holds. The campaign's own clock stood still in between."""
        self._begun = time.perf_counter() - spent_s(self.rows, self.blocks)
        for path, record in self.owed:
            journal.append(path, record)
        cells = {cell.cell: cell for cell in self.plan.cells}
        for row in self.rows:
            self._learn(cells[row.cell], row)

    def _measure_again(self, scratch: Path) -> None:
        """The noisy blocks, each as a whole, beginning with what a kill has left of one."""
        for begun in self.rejected:
            self._measure_block(begun.by, scratch)
        while rejection := noise.next_rejection(self.plan.blocks, self.plan.repeats, self.blocks, self.rejected):
            self._note(rejection)
            self.rejected.append(rejection)
            self._measure_block(rejection.by, scratch)

    def _measure_block(self, number: int, scratch: Path) -> bool:
        """Measure what is due of a block; whether the budget allowed all of it."""
        due = self._due(number)
        chosen = self._affordable(due)
        if chosen:
            with self._witnessed(number, scratch):
                while chosen:
                    self._measure_cells(number, chosen, scratch)
                    due = self._due(number)
                    chosen = self._affordable(due)
        return not due

    def _due(self, number: int) -> list[Due]:
        """The cells of a block that have no row in it and were not given up."""
        known = self._lost | {row.cell for row in self.rows if row.block == number}
        order = enumerate(self.plan.block(number, noise.origin(number, self.rejected)), start=1)
        return [(position, cell) for position, cell in order if cell.cell not in known]

    def _affordable(self, due: Sequence[Due]) -> Sequence[Due]:
        """As many of them as fit into the time that is left."""
        if self.allowance is None:
            return due
        return due[: self.allowance.affordable([cell for _, cell in due], self._operations)]

    @contextlib.contextmanager
    def _witnessed(self, number: int, scratch: Path) -> Iterator[None]:
        """Keep how quiet the machine was meanwhile; nothing when the campaign ends in between."""
        started_s, probes = time.perf_counter() - self._begun, self._probe(scratch)
        before = noise.read()
        yield
        after = noise.read()
        block = noise.evidence(number, before, after, probes + self._probe(scratch), started_s)
        if number not in {known.block for known in self.blocks}:
            self._note(block)
            self.blocks.append(block)

    def _note(self, record: Block | Rejected) -> None:
        """Write it into every journal: their blocks are the same. One without any cell has no blocks."""
        for side in self.sides:
            if side.plan.cells:
                journal.append(side.path, record)

    def _probe(self, scratch: Path) -> list[int]:
        """How long a fixed piece of work takes now, in nanoseconds; nothing when it does not end."""
        ended = launch.ask(self.sides[0].python, {"do": "probe"}, scratch, SHORTEST_DEADLINE_S)
        self.inside_s += ended.seconds
        values = [value for lap in ended.answer.get("laps", []) for value in lap["values"]]
        if self.allowance and values:
            self.allowance.pace.learn_start(max(0.0, ended.seconds - sum(values) / NANOSECONDS_PER_S))
        return values

    def _measure_cells(self, number: int, chosen: Sequence[Due], scratch: Path) -> None:
        """Rehearse and measure these cells; one whose trial ends only after the others is left for the next time."""
        trials = self._start_trials([cell for _, cell in chosen], scratch)
        try:
            if self.plan.profile.rehearsed:
                self._rehearse([cell for _, cell in chosen], scratch)
                self._end_trials(trials)  # nothing runs beside a block that verdicts are made of
            for position, cell in chosen:
                if cell.cell in trials or cell.cell in self._lost:
                    continue
                if not self._affordable([(position, cell)]):
                    break
                self._tell(self._phase(number), cell)
                self._ask(cell, number, position, scratch)
            self._end_trials(trials)
        finally:
            for child in trials.values():
                child.abandon()

    def _start_trials(self, cells: Sequence[Planned], scratch: Path) -> dict[str, Child]:
        """Try the cells with a known deadlock. A deadlocked interpreter is idle: they hang, if they do, while others work."""
        suspects = [cell for cell in cells if suspicion_of(cell) and not self._was_rehearsed(cell)]
        return {
            cell.cell: Child(self._python(cell), self._request(cell, self.plan.profile.rounds), scratch)
            for cell in suspects
        }

    def _python(self, cell: Planned) -> str:
        side, _ = self._home[cell.cell]
        return side.python

    def _end_trials(self, trials: dict[str, Child]) -> None:
        cells = {cell.cell: cell for cell in self.plan.cells}
        for name, child in trials.items():
            waited_s = time.perf_counter() - child.begun
            patience_s = max(deadline_of(cells[name]), waited_s)
            deadline_s = self._in_time(patience_s, waited_s)
            ended = child.finish(deadline_s)
            if ended.status != "timeout" or deadline_s == patience_s:
                self._keep(cells[name], REHEARSAL, 0, ended)
        trials.clear()

    def _rehearse(self, cells: Sequence[Planned], scratch: Path) -> None:
        """Choose operations before a block, by one cell of each group that shares its number: on the first interpreter."""
        for position, cell in enumerate(sorted(cells, key=lambda cell: self._rank[cell.cell]), start=1):
            calibrated = scenarios.find(cell.scenario).calibrated and calibration_group(cell) not in self._operations
            if calibrated and not self._was_rehearsed(cell) and self._affordable([(position, cell)]):
                self._tell("rehearsal", cell)
                self._ask(cell, REHEARSAL, 0, scratch)

    def _was_rehearsed(self, cell: Planned) -> bool:
        return any(row.block == REHEARSAL and row.cell == cell.cell for row in self.rows)

    def _ask(self, cell: Planned, block: int, position: int, scratch: Path) -> None:
        patience_s = max(deadline_of(cell), DEADLINE_FACTOR * self._lasted.get(cell.cell, 0.0))
        deadline_s = self._in_time(patience_s)
        rounds = 1 if block == REHEARSAL else self.plan.profile.rounds  # what a rehearsal measures is not counted
        ended = launch.ask(self._python(cell), self._request(cell, rounds), scratch, deadline_s)
        self.inside_s += ended.seconds
        if ended.status != "timeout" or deadline_s == patience_s:  # else the budget has ended, which is no failure
            self._keep(cell, block, position, ended)

    def _in_time(self, patience_s: float, waited_s: float = 0.0) -> float:
        """A child's deadline, in seconds after its start: not later than the budget's end."""
        return patience_s if self.allowance is None else min(patience_s, waited_s + self.allowance.latest_s())

    def _request(self, cell: Planned, rounds: int) -> dict[str, Any]:
        """With the operations of the cell's group; where none are chosen yet, the child chooses them."""
        arguments = arguments_of(cell, rounds)
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
        started_s = max(0.0, time.perf_counter() - self._begun - ended.seconds)
        row = row_of(cell, block, position, ended, started_s, traced=self._tells_its_story(cell, block))
        if row.status == "timeout" and suspicion_of(cell):
            row = msgspec.structs.replace(row, reason=f"{row.reason}: {suspicion_of(cell)}")
        side, plain = self._home[cell.cell]
        journal.append(side.path, msgspec.structs.replace(row, cell=plain))
        self.rows.append(row)
        self._learn(cell, row)
        if self._stopping:
            raise Interrupted

    def _tells_its_story(self, cell: Planned, block: int) -> bool:
        """Whether the trace is kept: of a document scenario's cell, in the first block that counts."""
        if block == REHEARSAL or not scenarios.find(cell.scenario).section:
            return False
        return not any(row.trace and row.cell == cell.cell for row in self.counted)

    def _learn(self, cell: Planned, row: Row) -> None:
        """What a row tells of the children that follow."""
        if row.operations:
            self._operations.setdefault(calibration_group(cell), row.operations)
        if row.status == "timeout":
            self._lost = journal.lost_cells(self.rows)
        else:
            self._lasted[cell.cell] = row.seconds
        if self.allowance and row.block != REHEARSAL:
            self.allowance.pace.learn(cell, row.seconds)

    def _phase(self, number: int) -> str:
        replaced = noise.origin(number, self.rejected)
        return f"block {number}/{self.plan.blocks}" if replaced == number else f"block {replaced} again"

    def _tell(self, phase: str, cell: Planned) -> None:
        done = sum(row.block != REHEARSAL for row in self.rows)
        if self.allowance:
            self.tell(Progress(phase, cell.cell, done, 0, max(0.0, self.allowance.left_s())))
            return
        again = [noise.origin(rejection.by, self.rejected) for rejection in self.rejected]
        total = self.plan.children + sum(len(self.plan.block(number)) for number in again)
        elapsed = time.perf_counter() - self._begun
        self.tell(Progress(phase, cell.cell, done, total, elapsed / done * max(0, total - done) if done else 0.0))

    @contextlib.contextmanager
    def _alone(self) -> Iterator[Path]:
        """Hold the machine's lock; a journal that was made for nothing is removed again."""
        try:
            with _only_campaign() as scratch:
                yield scratch
        except Busy:
            if not self.rows:
                for path in self.paths:
                    path.unlink()
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

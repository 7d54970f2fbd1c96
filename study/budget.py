"""What fits into the time that a reader gives, and what is left out for it?

The cells and their order are fixed before the first block starts. How far that order is followed depends on the time alone:
on what is left of it and on what children have taken so far, never on what they measured.
"""

import os
import re
import time
from collections import Counter, deque
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass

from study import scenarios
from study.journal import REHEARSAL, Budget, Journal, Planned, lost_cells
from study.noise import load_average
from study.plan import PROFILES, Plan, Profile, calibration_group, child_s

SECONDS = {"s": 1, "m": 60, "h": 3600}
LONGEST_S = 24 * 3600
WITNESS_STARTS = 2.2  # interpreter starts: the two probes around a block
REPORT_STARTS = 120.0  # interpreter starts that a report takes, with the import of what makes it …
CHAPTER_STARTS = 60.0  # … more for each chapter after the first …
REPORT_STARTS_PER_CELL = 0.28  # … and more for each cell of the plan
RECENT_STARTS = 6  # whose least tells how long an interpreter takes to start now: those of three blocks
OWN_LOAD = 1.5  # runnable tasks that a campaign makes by itself
GRACE = 0.05  # of the budget: a child that is still at work then is ended, and not kept
Group = tuple[object, ...]


class Pace:
    """How long the next child of a cell will take: as long as its last one, or as the plan expects, corrected by the others."""

    def __init__(self, profile: Profile, interpreter_s: float) -> None:
        self._starts_s = deque([interpreter_s], RECENT_STARTS)
        self._profile = profile
        self._last_s: dict[str, float] = {}
        self._took_s = self._expected_s = 0.0

    @property
    def interpreter_s(self) -> float:
        """Seconds that a bare interpreter takes to start and end, of late."""
        return min(self._starts_s)

    def learn_start(self, seconds: float) -> None:
        """Take note of what a bare interpreter took."""
        self._starts_s.append(seconds)

    def learn(self, cell: Planned, seconds: float) -> None:
        """Take note of what a child of that cell took."""
        self._last_s[cell.cell] = seconds
        self._took_s += seconds
        self._expected_s += child_s(cell, self._profile, self.interpreter_s)

    def expect_s(self, cell: Planned) -> float:
        """Seconds of its next child."""
        if cell.cell in self._last_s:
            return self._last_s[cell.cell]
        correction = self._took_s / self._expected_s if self._expected_s else 1.0
        return child_s(cell, self._profile, self.interpreter_s) * correction

    def needs_rehearsal(self, cell: Planned, rehearsed: Iterable[Group]) -> bool:
        """Whether the number of operations has to be chosen first, by a child of its own."""
        calibrated = self._profile.rehearsed and scenarios.find(cell.scenario).calibrated
        return calibrated and calibration_group(cell) not in rehearsed

    @property
    def witness_s(self) -> float:
        """Seconds of the probes around a block."""
        return WITNESS_STARTS * self.interpreter_s


@dataclass
class Allowance:
    """A budget that is being used up. The clock can be another one, for tests."""

    seconds: float
    report_starts: float  # what is kept free for the report, in interpreter starts
    pace: Pace
    begun: float  # on the clock
    spent_s: float = 0.0  # in an earlier run of the same campaign
    now: Callable[[], float] = time.perf_counter

    @property
    def reserve_s(self) -> float:
        """Seconds that the report will take if it is made now."""
        return self.report_starts * self.pace.interpreter_s * crowding()

    def left_s(self) -> float:
        """Seconds that may still be measured; negative when the time is over."""
        return self.seconds - self.reserve_s - self.spent_s - (self.now() - self.begun)

    def latest_s(self) -> float:
        """Seconds after which a child that is still at work is ended, so that the campaign ends in time."""
        return max(0.0, self.left_s()) + GRACE * self.seconds

    def affordable(self, cells: Sequence[Planned], rehearsed: Iterable[Group]) -> int:
        """How many of the cells, from the first on, fit into what is left."""
        return fitting(cells, self.left_s(), self.pace, set(rehearsed))[0]


def parse(text: str) -> float:
    """Seconds of "90s", "3m" or "1h". Raises ValueError."""
    match = re.fullmatch(r"([0-9]{1,6}(?:\.[0-9]{1,3})?)([smh])", text.strip())
    seconds = float(match[1]) * SECONDS[match[2]] if match else 0.0
    if not 0 < seconds <= LONGEST_S:
        raise ValueError(f"{text!r} is no time between 1s and 24h; write one such as 90s, 3m or 1h")
    return seconds


def spell(seconds: float) -> str:
    """A budget in words: "90 s", "3 min", "1 h"."""
    for unit, size in (("h", 3600), ("min", 60)):
        if seconds >= size and seconds % size == 0:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.10g} s"


def report_starts(plan: Plan, more: float = 0.0, sides: int = 1) -> float:
    """About how long the report takes, in starts of a bare interpreter, which measure how fast this machine is.

    `more` is what whoever asked has to do besides, in the same unit. Each further interpreter has a chapter of its own.
    """
    return REPORT_STARTS + (sides - 1) * CHAPTER_STARTS + REPORT_STARTS_PER_CELL * len(plan.cells) + more


def crowding() -> float:
    """How many times as long as on an idle machine a long computation takes now, when it has to share the processors.

    A start of an interpreter hardly shows it: the kernel prefers what has slept. 1 where the system tells no load.
    """
    others = max(0.0, (load_average() or 0.0) - OWN_LOAD)
    return max(1.0, (others + 1) / (os.cpu_count() or 1))


def least_s(plan: Plan, interpreter_s: float, more: float = 0.0, sides: int = 1) -> float:
    """The smallest budget that makes sense: one child of each headline cell, and the report."""
    pace = Pace(plan.profile, interpreter_s)
    rehearsed: set[Group] = set()
    first = sum(_cost_s(cell, pace, rehearsed) for cell in plan.block(1))
    return first + pace.witness_s + report_starts(plan, more, sides) * interpreter_s * crowding()


def forecast(plan: Plan, pace: Pace, seconds: float) -> Counter[str]:
    """How many blocks of each cell are expected to fit into `seconds` of measuring."""
    counts: Counter[str] = Counter()
    rehearsed: set[Group] = set()
    for number in range(1, plan.blocks + 1):
        cells = plan.block(number)
        fit, seconds = fitting(cells, seconds - pace.witness_s, pace, rehearsed)
        counts.update(cell.cell for cell in cells[:fit])
        if fit < len(cells):
            break
    return counts


def fitting(cells: Sequence[Planned], seconds: float, pace: Pace, rehearsed: set[Group]) -> tuple[int, float]:
    """How many of the cells, from the first on, fit into that time, and what is left of it; `rehearsed` is added to."""
    for count, cell in enumerate(cells):
        cost_s = _cost_s(cell, pace, rehearsed)
        if cost_s > seconds:
            return count, seconds
        seconds -= cost_s
    return len(cells), seconds


def _cost_s(cell: Planned, pace: Pace, rehearsed: set[Group]) -> float:
    """Of its child, and of its group's rehearsal when it is the first of them."""
    each = pace.expect_s(cell)
    if not pace.needs_rehearsal(cell, rehearsed):
        return each
    rehearsed.add(calibration_group(cell))
    return 2 * each


def record(
    plan: Plan, interpreter_s: float, more: float = 0.0, sides: int = 1, names: Container[str] | None = None
) -> Budget | None:
    """What a journal's first line says of the budget; None without one.

    Of a campaign with several journals, what is left out is that of the cells with these names: the journal's own.
    """
    if plan.budget_s is None:
        return None
    pace, reserve_s = Pace(plan.profile, interpreter_s), report_starts(plan, more, sides) * interpreter_s * crowding()
    counts = forecast(plan, pace, plan.budget_s - reserve_s)
    cells = [cell for cell in plan.cells if names is None or cell.cell in names]
    return Budget(plan.budget_s, round(reserve_s, 3), left_out(plan.profile, cells, counts))


def left_out(profile: Profile | None, cells: Iterable[Planned], counts: Mapping[str, int]) -> str:
    """What a campaign with so many blocks of each cell lacks of its profile: "241 of 270 cells, 8 of 15 blocks of …"."""
    every = list(cells)
    never = [cell for cell in every if not counts.get(cell.cell)]
    parts = [f"{len(never)} of {len(every)} cells"] if never else []
    for headline, words in ((True, "headline cells"), (False, "other cells")):
        wanted = (profile.headline_blocks if headline else profile.other_blocks) if profile else 0
        blocks = [counts[cell.cell] for cell in every if cell.headline == headline and counts.get(cell.cell)]
        if blocks and min(blocks) < wanted:
            parts.append(f"{wanted - min(blocks)} of {wanted} blocks of {len(blocks)} {words}")
    return ", ".join(parts) or "nothing of the profile"


def left_out_of(journal: Journal) -> str:
    """What the campaign lacks of its profile so far, because of its budget. Cells that were given up are not counted."""
    lost = lost_cells([*journal.rows, *journal.rejected_rows])
    counts = Counter(row.cell for row in journal.rows if row.block != REHEARSAL)
    cells = [cell for cell in journal.header.plan if cell.cell not in lost]
    return left_out(PROFILES.get(journal.header.profile), cells, counts)

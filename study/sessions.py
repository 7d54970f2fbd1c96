"""What may be said of two campaigns that were not measured at the same time?

Their blocks were not shuffled together, so what changed between the two sessions looks like a difference. How much that
is, is measured by running the same thing again and again (A/A); until it has been, it is taken to be ten percent.
"""

import itertools
from collections.abc import Hashable, Iterable, Mapping, Sequence
from statistics import median
from typing import TypeVar

import numpy as np
from numpy.typing import ArrayLike

from study import observations
from study.journal import Journal, Row
from study.summary import VERDICT_LEVEL, Ratio, Verdict, decide, summarise

Cell = TypeVar("Cell", bound=Hashable)
DEFAULT_FLOOR = 1.10  # ratio of two sessions that measured the same
LEAST_SESSIONS = 5  # ten pairs
FLOOR_SHARE = 0.95  # of the pairs of A/A sessions lie within the floor


def medians(journal: Journal) -> dict[tuple[str, str], float]:
    """(cell, lap) -> seconds per operation: the median of the blocks. Without bytes and shares, and without medians of 0."""
    rows: dict[str, list[Row]] = {}
    for row in journal.rows:
        rows.setdefault(row.cell, []).append(row)
    found: dict[tuple[str, str], float] = {}
    for cell, own in rows.items():
        for lap in dict.fromkeys(values.name for row in own for values in row.laps if values.unit == "ns"):
            blocks = observations.of_cell(own, lap)
            if blocks and (middle := median(blocks.values())) > 0:
                found[cell, lap] = middle
    return found


def apart(journals: Iterable[Journal]) -> list[Journal]:
    """One of each campaign: two names of one interpreter in the same blocks are no two sessions."""
    return [*{one.header.campaign or one.header.run: one for one in journals}.values()]


def floor(sessions: Sequence[Mapping[Cell, float]]) -> float:
    """The ratio that two sessions of the same thing seldom exceed: 1.10 means that up to ±10 % is no evidence.

    Each session maps a cell to its median, in any unit. With five sessions or more, it is the ratio that 95 % of all pairs of
    sessions of one cell do not exceed, over all cells together; with fewer, or with no cell in common, DEFAULT_FLOOR.
    Raises ValueError unless all medians are positive.
    """
    if any(not value > 0 for session in sessions for value in session.values()):
        raise ValueError("a median of an A/A session is not positive; leave out the cells that were not measured")
    apart = [
        abs(np.log(b[cell] / a[cell]))
        for a, b in itertools.combinations(sessions, 2)
        for cell in sorted(a.keys() & b.keys(), key=repr)
    ]
    if len(sessions) < LEAST_SESSIONS or not apart:
        return DEFAULT_FLOOR
    return float(np.exp(np.quantile(apart, FLOOR_SHARE, method="higher")))


def ratio(a: ArrayLike, b: ArrayLike, level: float = VERDICT_LEVEL) -> Ratio:
    """The session of B against that of A, whose blocks are no pairs: their medians divided. n is that of the shorter one.

    Each end is divided by the opposite end of the other, at a level that leaves each half of the error, so that both medians
    lie in their intervals, and the ratio in its own, at least that often (Bonferroni). Raises ValueError as `summarise` does.
    """
    first, second = (summarise(side, (1 + level) / 2) for side in (a, b))
    value, n = second.value / first.value, min(first.n, second.n)
    if first.low is None or first.high is None or second.low is None or second.high is None:
        return Ratio(value, None, None, n)
    return Ratio(value, second.low / first.high, second.high / first.low, n)


def widened(found: Ratio, floor: float) -> Ratio:
    """The ratio of two sessions with the interval that the floor leaves of it; without an interval it stays without."""
    low = None if found.low is None else found.low / floor
    high = None if found.high is None else found.high * floor
    return Ratio(found.value, low, high, found.n)


def verdict(found: Ratio, floor: float) -> Verdict:
    """B's session against A's, from the widened interval.

    The margins are those of one campaign. Equivalence is asked of the same interval; it needs a measured floor below 5 %.
    """
    wide = widened(found, floor)
    return decide(wide, wide)

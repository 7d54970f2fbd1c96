"""What do the blocks of one cell say, and is one cell faster than another?

A block's observation is one number. Values inside one block are not independent and are never counted as further evidence.
"""

import enum
import functools
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

CELL_LEVEL = 0.95  # of the interval printed beside a number
VERDICT_LEVEL = 0.99  # of the interval that must exclude 1 before one is called faster
EQUIVALENCE_LEVEL = 0.90  # two one-sided tests at 5 % each
LEAST_DIFFERENCE = 1.03  # a smaller ratio is not called a difference, however certain it is
EQUIVALENCE_MARGIN = 1.05


@dataclass(frozen=True, slots=True)
class Summary:
    """The median of the blocks of one cell, with its interval, in the unit of the observations."""

    value: float
    low: float | None  #: None when there are too few blocks for an interval
    high: float | None
    n: int  #: blocks


@dataclass(frozen=True, slots=True)
class Ratio:
    """How many times as long as A does B take, block by block."""

    value: float
    low: float | None  #: None when there are too few blocks for an interval
    high: float | None
    n: int  #: blocks in which both were measured

    @property
    def inverse(self) -> "Ratio":
        """The same of A against B."""
        low, high = (None if end is None else 1 / end for end in (self.high, self.low))
        return Ratio(1 / self.value, low, high, self.n)


class Verdict(enum.Enum):
    """What may be said of B against A."""

    FASTER = "faster"
    SLOWER = "slower"
    EQUIVALENT = "equivalent"
    INCONCLUSIVE = "inconclusive"


def summarise(observations: ArrayLike, level: float = CELL_LEVEL) -> Summary:
    """Median and exact interval of the median. Raises ValueError when there is no observation."""
    ordered = np.sort(np.asarray(observations, dtype=float))
    n = len(ordered)
    if not n:
        raise ValueError("there is no observation to summarise; ask only for cells that were measured")
    rank = median_rank(n, level)
    value = float(np.median(ordered))
    if not rank:
        return Summary(value, None, None, n)
    return Summary(value, float(ordered[rank - 1]), float(ordered[n - rank]), n)


@functools.cache
def median_rank(n: int, level: float = CELL_LEVEL) -> int:
    """The r for which the r-th smallest to the r-th largest of n covers the median at that level; 0 when there is none.

    The number of observations below the median is Binomial(n, 1/2), whatever their distribution (Conover, Practical
    Nonparametric Statistics, section 3.2): 6 give the 1st to the 6th (96.9 %), 15 the 4th to the 12th, 30 the 10th to the 21st.
    """
    tail = (1 - level) / 2
    below = stats.binom.cdf(np.arange(n // 2 + 1), n, 0.5)
    return int(np.count_nonzero(below <= tail))


def ratio(a: ArrayLike, b: ArrayLike, level: float = VERDICT_LEVEL) -> Ratio:
    """B against A, paired: `a` and `b` hold one positive number for each block, in the same order.

    exp of the Hodges-Lehmann estimate of ln(b/a); the interval inverts the exact signed-rank test (Hollander, Wolfe and
    Chicken, Nonparametric Statistical Methods, sections 3.2 and 3.3). Raises ValueError unless all numbers are positive.
    """
    first, second = np.asarray(a, dtype=float), np.asarray(b, dtype=float)
    if not len(first) or len(first) != len(second) or min(first.min(), second.min()) <= 0:
        raise ValueError("a ratio needs one positive number of each side for each block")
    averages = walsh_averages(np.log(second / first))
    value, n = float(np.exp(np.median(averages))), len(first)
    rank = signed_rank(n, level)
    if not rank:
        return Ratio(value, None, None, n)
    return Ratio(value, float(np.exp(averages[rank - 1])), float(np.exp(averages[-rank])), n)


def walsh_averages(differences: NDArray[np.float64]) -> NDArray[np.float64]:
    """The n(n+1)/2 means of each pair of differences, each with itself included, in order."""
    i, j = np.triu_indices(len(differences))
    return np.sort((differences[i] + differences[j]) / 2)


@functools.cache
def signed_rank(n: int, level: float) -> int:
    """The r for which the r-th smallest to the r-th largest Walsh average covers the centre; 0 when there is none."""
    tail = (1 - level) / 2
    return int(np.count_nonzero(np.cumsum(signed_rank_distribution(n)) <= tail))


@functools.cache
def signed_rank_distribution(n: int) -> NDArray[np.float64]:
    """The probability that the ranks of the positive differences add up to 0, 1 … n(n+1)/2, if they are symmetric around 0."""
    chances = np.zeros(n * (n + 1) // 2 + 1)
    chances[0] = 1.0
    for rank in range(1, n + 1):
        moved = np.zeros_like(chances)
        moved[rank:] = chances[:-rank]
        chances = (chances + moved) / 2
    return chances


def verdict(a: ArrayLike, b: ArrayLike) -> Verdict:
    """B against A, where less is faster.

    Both margins are ratios, so that swapping A and B swaps faster and slower and changes nothing else.
    """
    strict = ratio(a, b, VERDICT_LEVEL)
    if strict.low is not None and strict.high is not None:
        if strict.low > 1 and strict.value >= LEAST_DIFFERENCE:
            return Verdict.SLOWER
        if strict.high < 1 and strict.value <= 1 / LEAST_DIFFERENCE:
            return Verdict.FASTER
    loose = ratio(a, b, EQUIVALENCE_LEVEL)
    if loose.low is None or loose.high is None:
        return Verdict.INCONCLUSIVE
    inside = loose.low >= 1 / EQUIVALENCE_MARGIN and loose.high <= EQUIVALENCE_MARGIN
    return Verdict.EQUIVALENT if inside else Verdict.INCONCLUSIVE


@functools.cache
def least_blocks(level: float = VERDICT_LEVEL) -> int:
    """How many blocks it takes before a paired interval of that level exists."""
    return next(n for n in range(1, 100) if signed_rank(n, level))

"""What do the blocks of one cell say, is one cell faster than another, and how sure is that?

A block's observation is one number. Values inside one block are not independent and are never counted as further evidence.
"""

import enum
import functools
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special  # not scipy.stats, which takes longer to import than a report to build

CELL_LEVEL = 0.95  # of the interval printed beside a number
VERDICT_LEVEL = 0.99  # of the interval that must exclude 1 before one is called faster
EQUIVALENCE_LEVEL = 0.90  # two one-sided tests at 5 % each
LEAST_DIFFERENCE = 1.03  # a smaller ratio is not called a difference, however certain it is
EQUIVALENCE_MARGIN = 1.05
TABLE_ERROR = 0.05  # chance that a table of equal pairs calls any of them faster or slower
MOST_BLOCKS = 1000  # further ones; nobody waits for more
CHANCE = 2 / 3  # that the further blocks are enough


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


@dataclass(frozen=True, slots=True)
class Judgement:
    """All that is said of B against A in a table."""

    verdict: Verdict
    ratio: Ratio  #: with the interval of a single comparison, which the table's other pairs do not widen
    p_value: float  #: of this comparison alone
    further_blocks: int | None  #: 0 with a verdict; None when more than MOST_BLOCKS are needed, or nobody asked


def summarise(observations: ArrayLike, level: float = CELL_LEVEL) -> Summary:
    """Median and exact interval of the median. Raises ValueError when there is no observation."""
    ordered = np.sort(np.asarray(observations, dtype=float))
    n = len(ordered)
    if not n:
        raise ValueError("there is no observation to summarise; ask only for cells that were measured")
    rank = median_rank(n, level)
    value = float(ordered[(n - 1) // 2] + ordered[n // 2]) / 2
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
    below = special.bdtr(np.arange(n // 2 + 1), n, 0.5)
    return int(np.count_nonzero(below <= tail))


def ratio(a: ArrayLike, b: ArrayLike, level: float = VERDICT_LEVEL) -> Ratio:
    """B against A, paired: `a` and `b` hold one positive number for each block, in the same order.

    exp of the Hodges-Lehmann estimate of ln(b/a); the interval inverts the exact signed-rank test (Hollander, Wolfe and
    Chicken, Nonparametric Statistical Methods, sections 3.2 and 3.3). Raises ValueError unless all numbers are positive.
    """
    return _interval(_walsh_ratios(a, b), np.size(a), level)


def p_value(a: ArrayLike, b: ArrayLike) -> float:
    """The exact two-sided p-value of the signed-rank test that B takes as long as A; raises ValueError as `ratio` does.

    It is at most 1 - level exactly when the interval of `ratio` at that level excludes 1. The statistic is the number of
    Walsh averages on the smaller side of 0 (Tukey's form: Hollander, Wolfe and Chicken, section 3.2); one that is 0 counts for
    both. Without ties it is that of scipy.stats.wilcoxon, which leaves differences of 0 out and so could contradict the interval.
    """
    return _p_value(_walsh_ratios(a, b), np.size(a))


def _p_value(ratios: NDArray[np.float64], n: int) -> float:
    fewer = min(np.count_nonzero(ratios <= 1), np.count_nonzero(ratios >= 1))
    return min(1.0, 2 * float(_at_most(n)[fewer]))


def walsh_averages(differences: NDArray[np.float64]) -> NDArray[np.float64]:
    """The n(n+1)/2 means of each pair of differences, each with itself included, in order."""
    i, j = _pairs(len(differences))
    return np.sort((differences[i] + differences[j]) / 2)


@functools.lru_cache(maxsize=64)
def _pairs(n: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    i, j = np.triu_indices(n)
    return i, j


def _walsh_ratios(a: ArrayLike, b: ArrayLike) -> NDArray[np.float64]:
    """B against A, averaged geometrically over each pair of blocks, in order."""
    first, second = np.asarray(a, dtype=float), np.asarray(b, dtype=float)
    if not len(first) or len(first) != len(second) or not np.minimum(first, second).min() > 0:
        raise ValueError("a ratio needs one positive number of each side for each block")
    return np.exp(walsh_averages(np.log(second / first)))


def _interval(ratios: NDArray[np.float64], n: int, level: float) -> Ratio:
    count, rank = len(ratios), signed_rank(n, level)
    middle, next_one = float(ratios[(count - 1) // 2]), float(ratios[count // 2])
    value = middle * math.sqrt(next_one / middle)
    if not rank:
        return Ratio(value, None, None, n)
    return Ratio(value, float(ratios[rank - 1]), float(ratios[-rank]), n)


@functools.cache
def signed_rank(n: int, level: float) -> int:
    """The r for which the r-th smallest to the r-th largest Walsh average covers the centre; 0 when there is none."""
    tail = (1 - level) / 2
    return int(np.count_nonzero(_at_most(n) <= tail))


@functools.lru_cache(maxsize=64)
def _at_most(n: int) -> NDArray[np.float64]:
    """The probability that the ranks of the positive differences add up to at most 0, 1 … n(n+1)/2."""
    return np.cumsum(signed_rank_distribution(n))


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


def verdict(a: ArrayLike, b: ArrayLike, level: float = VERDICT_LEVEL) -> Verdict:
    """B against A, where less is faster; `level` is of the interval that must exclude 1.

    Both margins are ratios, so that swapping A and B swaps faster and slower and changes nothing else.
    """
    return _verdict(_walsh_ratios(a, b), np.size(a), level)


def _verdict(ratios: NDArray[np.float64], n: int, level: float) -> Verdict:
    return decide(_interval(ratios, n, level), _interval(ratios, n, EQUIVALENCE_LEVEL))


def decide(strict: Ratio, loose: Ratio) -> Verdict:
    """The verdict on one ratio with two intervals: one that must exclude 1, one that must lie within the margin."""
    if strict.low is not None and strict.low > 1 and strict.value >= LEAST_DIFFERENCE:
        return Verdict.SLOWER
    if strict.high is not None and strict.high < 1 and strict.value <= 1 / LEAST_DIFFERENCE:
        return Verdict.FASTER
    if loose.low is None or loose.high is None:
        return Verdict.INCONCLUSIVE
    inside = loose.low >= 1 / EQUIVALENCE_MARGIN and loose.high <= EQUIVALENCE_MARGIN
    return Verdict.EQUIVALENT if inside else Verdict.INCONCLUSIVE


def holm(p_values: Sequence[float], error: float = TABLE_ERROR) -> list[bool]:
    """Which of m comparisons are rejected, so that one or more is rejected wrongly with at most that probability.

    Step-down: the k-th smallest p-value, counted from 0, is compared with error / (m - k), until the first that is larger
    (Holm, A simple sequentially rejective multiple test procedure, Scandinavian Journal of Statistics 6, 1979).
    """
    rejected = [False] * len(p_values)
    for k, i in enumerate(sorted(range(len(p_values)), key=p_values.__getitem__)):
        if p_values[i] > error / (len(p_values) - k):
            break
        rejected[i] = True
    return rejected


def verdicts(
    pairs: Sequence[tuple[ArrayLike, ArrayLike]], error: float = TABLE_ERROR, *, further: bool = True
) -> list[Judgement]:
    """B against A for each pair (A, B) of a table. Faster and slower need Holm's rejection too, equivalent does not.

    When all the other rejections are known, Holm rejects one of m pairs exactly at p <= error / (m - their number): this
    is the level at which the pair is judged, and for which its further blocks are counted, unless nobody asks for those:
    that takes longer than the rest. Raises ValueError as `ratio` does.
    """
    each = [(_walsh_ratios(a, b), np.size(a)) for a, b in pairs]
    p_values = [_p_value(ratios, n) for ratios, n in each]
    rejected = holm(p_values, error)
    open_ones, judged = len(p_values) - sum(rejected), []
    for (ratios, n), p, own in zip(each, p_values, rejected, strict=True):
        level = max(VERDICT_LEVEL, 1 - error / (open_ones + own))
        missing = _further_blocks(ratios, n, level) if further else None
        judged.append(Judgement(_verdict(ratios, n, level), _interval(ratios, n, VERDICT_LEVEL), p, missing))
    return judged


def further_blocks(a: ArrayLike, b: ArrayLike, level: float = VERDICT_LEVEL) -> int | None:
    """How many more blocks an inconclusive pair needs for a verdict, with about two chances in three; None above MOST_BLOCKS.

    The least n - n0 for which n blocks of the estimate and the spread seen in n0 would either differ (interval of that level)
    or be equivalent. The half-width expected of n blocks is s (t(n-1) + z) / sqrt(n): t is Student's quantile of the
    interval's level, z the normal quantile of 2/3, and s = h sqrt(n0) / t(n0-1) comes from the half-width h that is seen.
    An estimate is most often too far from 1, so of pairs that lie between the two margins fewer come to a verdict.
    """
    return _further_blocks(_walsh_ratios(a, b), np.size(a), level)


def _further_blocks(ratios: NDArray[np.float64], n0: int, level: float) -> int | None:
    if _verdict(ratios, n0, level) is not Verdict.INCONCLUSIVE:
        return 0
    distance, spread = abs(math.log(_interval(ratios, n0, level).value)), _spread(np.log(ratios), n0)
    n = np.arange(n0 + 1, n0 + MOST_BLOCKS + 1)
    strict, loose = (
        (special.stdtrit(n - 1, (1 + wanted) / 2) + special.ndtri(CHANCE)) * spread / np.sqrt(n)
        for wanted in (level, EQUIVALENCE_LEVEL)
    )
    differ = (n >= least_blocks(level)) & (distance > strict) & (distance >= math.log(LEAST_DIFFERENCE))
    agree = (n >= least_blocks(EQUIVALENCE_LEVEL)) & (distance + loose <= math.log(EQUIVALENCE_MARGIN))
    enough = np.flatnonzero(differ | agree)
    return int(enough[0]) + 1 if len(enough) else None


def _spread(averages: NDArray[np.float64], n: int) -> float:
    """The standard deviation of one block's difference, from the width of the widest interval up to 90 %; 0 for one block."""
    if n == 1:
        return 0.0
    rank = max(1, signed_rank(n, EQUIVALENCE_LEVEL))
    half_width = float(averages[-rank] - averages[rank - 1]) / 2
    return half_width * math.sqrt(n) / -float(special.stdtrit(n - 1, _at_most(n)[rank - 1]))


@functools.cache
def least_blocks(level: float = VERDICT_LEVEL) -> int:
    """How many blocks it takes before a paired interval of that level exists."""
    return next(n for n in range(1, 100) if signed_rank(n, level))

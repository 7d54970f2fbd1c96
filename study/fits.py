"""How does a speed-up grow with the number of workers, and from which number on does it fall?

Both laws are linear in their coefficients once they are written for w / S(w) - 1, where S(w) is the speed-up of w workers.
Gunther fits them so (Guerrilla Capacity Planning, Springer 2007): least squares on that scale need no start value, and the
point of one worker, which is 1 by definition, has no weight.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special  # not scipy.stats, which takes longer to import than a report to build

LEAST_WIDTHS = 4
FIT_LEVEL = 0.95  # of the intervals of the coefficients
NEGLIGIBLE = 1e-9  # a coefficient no farther than this from the end of its range is at the end
UNKNOWN = "not identifiable on this machine"


@dataclass(frozen=True, slots=True)
class Coefficient:
    """A coefficient of a law, without unit, with its interval (Student's), which is cut off at 0 and 1."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Refused:
    """No law is fitted, and why."""

    reason: str  #: a sentence for the reader


@dataclass(frozen=True, slots=True)
class Amdahl:
    """S(w) = 1 / (s + (1 - s) / w)  (Amdahl, Validity of the single processor approach, AFIPS 1967)."""

    serial: Coefficient  #: s, the share of the work that cannot be divided
    residual: float  #: root mean square of measured / fitted speed-up - 1, over the widths above 1

    def speedup(self, width: float) -> float:
        """How many times as fast as one worker this many are."""
        return width / (1 + self.serial.value * (width - 1))


@dataclass(frozen=True, slots=True)
class Usl:
    """S(w) = w / (1 + α (w - 1) + β w (w - 1)), the universal scalability law (Gunther, arXiv:0808.1431)."""

    contention: Coefficient  #: α, the share of the work that waits for something only one may use
    coherency: Coefficient  #: β, what each worker has to agree on with each other one
    residual: float  #: root mean square of measured / fitted speed-up - 1, over the widths above 1

    @property
    def peak(self) -> float:
        """The number of workers from which on more are slower: sqrt((1 - α) / β). It may lie far beyond the widths measured."""
        return math.sqrt((1 - self.contention.value) / self.coherency.value)

    @property
    def peak_range(self) -> tuple[float, float]:
        """The least and the largest peak that the intervals of both coefficients allow; infinite where β may be 0."""
        lowest = math.sqrt((1 - self.contention.high) / self.coherency.high)
        least = self.coherency.low
        return lowest, math.sqrt((1 - self.contention.low) / least) if least else math.inf

    def speedup(self, width: float) -> float:
        """How many times as fast as one worker this many are."""
        more = width - 1
        return width / (1 + self.contention.value * more + self.coherency.value * width * more)


def fit_amdahl(widths: ArrayLike, speedups: ArrayLike) -> Amdahl | Refused:
    """Amdahl's law through the speed-ups that so many workers reached, one for each of the widths.

    They are taken relative to the speed-up of one worker if that was measured, and otherwise to be relative to it already.
    Raises ValueError unless there are as many speed-ups as widths.
    """
    found = _fit(widths, speedups, "serial share")
    if isinstance(found, Refused):
        return found
    (serial,), residual = found
    return Amdahl(serial, residual)


def fit_usl(widths: ArrayLike, speedups: ArrayLike) -> Usl | Refused:
    """The universal scalability law through the speed-ups that so many workers reached, one for each of the widths.

    They are taken relative to the speed-up of one worker if that was measured, and otherwise to be relative to it already.
    Raises ValueError unless there are as many speed-ups as widths.
    """
    found = _fit(widths, speedups, "contention", "cost of coherency")
    if isinstance(found, Refused):
        return found
    (contention, coherency), residual = found
    return Usl(contention, coherency, residual)


def _fit(widths: ArrayLike, speedups: ArrayLike, *names: str) -> tuple[list[Coefficient], float] | Refused:
    w, s = np.asarray(widths, dtype=float), np.asarray(speedups, dtype=float)
    if w.shape != s.shape or w.ndim != 1:
        raise ValueError(f"{w.size} widths and {s.size} speed-ups; give one speed-up for each width")
    if reason := _unfit(w, s):
        return Refused(reason)
    if (w == 1).any():
        w, s = w[w > 1], s[w > 1] / np.mean(s[w == 1])
    terms = np.stack([w - 1, w * (w - 1)], axis=1)[:, : len(names)]
    found = _regress(terms, w / s - 1)
    for name, coefficient in zip(names, found, strict=True):
        if reason := _undetermined(name, coefficient):
            return Refused(reason)
    fitted = w / (1 + terms @ [coefficient.value for coefficient in found])
    residual = float(np.sqrt(np.mean((s / fitted - 1) ** 2)))
    return [Coefficient(c.value, max(c.low, 0.0), min(c.high, 1.0)) for c in found], residual


def _unfit(w: NDArray[np.float64], s: NDArray[np.float64]) -> str:
    """Why no law may be fitted to these points, or ""."""
    for width, speedup in zip(w, s, strict=True):
        if not (1 <= width < math.inf and 0 < speedup < math.inf):
            return f"a speed-up of {speedup:g} with {width:g} workers is none; positive ones with at least 1 worker are needed"
    found = len(np.unique(w))
    if found >= LEAST_WIDTHS:
        return ""
    counted = "1 width was" if found == 1 else f"{found} widths were"
    return f"{UNKNOWN}: {counted} measured, {LEAST_WIDTHS} are needed"


def _regress(terms: NDArray[np.float64], y: NDArray[np.float64]) -> list[Coefficient]:
    """Least squares through the origin. Intervals are infinite when the terms cannot be told apart."""
    values, _, rank, _ = np.linalg.lstsq(terms, y)
    points, unknowns = terms.shape
    if rank < unknowns:
        return [Coefficient(float(value), -math.inf, math.inf) for value in values]
    freedom = points - unknowns
    variance = np.sum((y - terms @ values) ** 2) / freedom
    errors = np.sqrt(variance * np.diag(np.linalg.inv(terms.T @ terms))) * special.stdtrit(freedom, (1 + FIT_LEVEL) / 2)
    return [Coefficient(float(v), float(v - e), float(v + e)) for v, e in zip(values, errors, strict=True)]


def _undetermined(name: str, found: Coefficient) -> str:
    """Why the points do not determine this coefficient, or ""."""
    if found.low <= 0 and found.high >= 1:
        return f"{UNKNOWN}: the speed-ups are too uneven to tell the {name}"
    if found.value <= NEGLIGIBLE:
        return f"{UNKNOWN}: the speed-ups show no {name}"
    if found.value >= 1 - NEGLIGIBLE:
        return f"{UNKNOWN}: the {name} leaves no speed-up"
    return ""

"""How is a number that a claim speaks of read from a run? Paired by block wherever two cells are held against each other."""

import re
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from study.notation import plain
from study.published.claim import Condition, Figure, Measure, Missing, Place, Run
from study.summary import CELL_LEVEL, ratio, summarise

Places = Callable[[Run], Sequence[Place]]  # for places that depend on the run's CPUs or profile


def times(of: Place, against: Place) -> Measure:
    """How many times as long as `against` does `of` take."""
    return times_of(lambda _: (of, against))


def times_of(places: Places, scale: Callable[[Run], float] = lambda _: 1.0) -> Measure:
    """The same of two places that the run decides, over a number that it decides too."""

    def measure(run: Run) -> Figure | Missing:
        pair = _together(run, places(run))
        if isinstance(pair, Missing):
            return pair
        (of, against), cell = pair
        found, by = ratio(against, of, CELL_LEVEL), scale(run)
        low, high = (None if end is None else end / by for end in (found.low, found.high))
        return Figure(found.value / by, low, high, found.n, cell)

    return measure


def times_of_each(pairs: Sequence[tuple[Place, Place]]) -> Measure:
    """The same of several pairs that ask one thing: in each block the geometric mean of their ratios is one observation."""

    def measure(run: Run) -> Figure | Missing:
        found = _together(run, [place for pair in pairs for place in pair])
        if isinstance(found, Missing):
            return found
        logs, cell = np.log(found[0]), found[1]
        of, against = (np.exp(logs[first::2].mean(axis=0)) for first in (0, 1))
        ours = ratio(against, of, CELL_LEVEL)
        return Figure(ours.value, ours.low, ours.high, ours.n, cell)

    return measure


def more_per(of: Place, against: Place, per: float, seconds: float) -> Measure:
    """How much longer `of` takes than `against`, for each of `per` and in units of so many seconds, block by block."""

    def measure(run: Run) -> Figure | Missing:
        pair = _together(run, (of, against))
        if isinstance(pair, Missing):
            return pair
        (longer, shorter), cell = pair
        return _summary((longer - shorter) / seconds / per, cell)

    return measure


def growth(first: Place, second: Place, third: Place) -> Measure:
    """How many times as much is added from the second place to the third as from the first to the second."""

    def measure(run: Run) -> Figure | Missing:
        found = _together(run, (first, second, third))
        if isinstance(found, Missing):
            return found
        (one, two, three), cell = found
        if (two <= one).any():
            return Missing("what the first step adds is within the noise")
        return _summary((three - two) / (two - one), cell)

    return measure


def per_second(place: Place) -> Measure:
    """How many of its operations a cell does in a second."""

    def measure(run: Run) -> Figure | Missing:
        cell = run.find(place)
        if isinstance(cell, Missing):
            return cell
        _, seconds = run.found.series[run.name, cell, place.lap]
        return _summary(1 / seconds[seconds > 0], cell)

    return measure


def in_units(place: Place, seconds: float) -> Measure:
    """How long one operation of a cell takes, in units of so many seconds."""

    def measure(run: Run) -> Figure | Missing:
        cell = run.find(place)
        if isinstance(cell, Missing):
            return cell
        _, lasted = run.found.series[run.name, cell, place.lap]
        return _summary(lasted / seconds, cell)

    return measure


def nowhere(reason: str) -> Measure:
    """What no single run can tell."""
    return lambda _: Missing(reason)


def python_from(*least: int) -> Condition:
    """That the measured interpreter is at least of that version."""

    def unmet(run: Run) -> str:
        return "" if run.version >= least else f"needs Python {_dotted(least)}; {_this(run)}"

    return unmet


def with_gil(run: Run) -> str:
    """That threads take turns at the interpreter."""
    return "" if run.gil else f"needs a GIL; {_build(run)}"


def without_gil(run: Run) -> str:
    """That threads do not."""
    return "" if run.gil is False else f"needs a free-threaded build; {_build(run)}"


def cpus_from(least: int) -> Condition:
    """That so many processors could be used."""
    return lambda run: "" if (run.cpus or 0) >= least else f"needs {least} CPUs; {_cpus(run)}"


def cpus_are(wanted: int) -> Condition:
    """That exactly so many could."""
    return lambda run: "" if run.cpus == wanted else f"speaks of {wanted} CPUs; {_cpus(run)}"


def forkserver_forgets_main(run: Run) -> str:
    """That the server does not run the main file for its workers: before 3.13.8, and in 3.14.0."""
    return "" if run.version and not _preloads(run) else f"needs Python before 3.13.8, or 3.14.0; {_this(run)}"


def forkserver_preloads_main(run: Run) -> str:
    """That it does."""
    return "" if _preloads(run) else f"needs Python 3.13.8 or 3.14.1; {_this(run)}"


def _preloads(run: Run) -> bool:
    return run.version >= (3, 14, 1) or (3, 13, 8) <= run.version < (3, 14)


def _this(run: Run) -> str:
    return f"this is {_dotted(run.version)}" if run.version else "this run does not tell its version"


def _build(run: Run) -> str:
    return {True: "this one has the GIL", False: "this one is free-threaded", None: "this run does not tell"}[run.gil]


def _cpus(run: Run) -> str:
    return f"this run had {run.cpus}" if run.cpus else "this run does not tell how many it had"


def _dotted(version: Sequence[int]) -> str:
    return plain(re.sub(r"[^\d.]", "", ".".join(map(str, version))), 20)


def _together(run: Run, places: Sequence[Place]) -> tuple[NDArray[np.float64], str] | Missing:
    """The observations of these places in the blocks that measured all of them, and the first one's cell."""
    each = []
    for place in places:
        cell = run.find(place)
        if isinstance(cell, Missing):
            return cell
        blocks, seconds = run.found.series[run.name, cell, place.lap]
        each.append((cell, dict(zip(blocks.tolist(), seconds.tolist(), strict=True))))
    shared = sorted(set.intersection(*(set(own) for _, own in each)))
    kept = [block for block in shared if all(own[block] > 0 for _, own in each)]
    if not kept:
        return Missing("these were measured in no block together")
    return np.array([[own[block] for block in kept] for _, own in each]), each[0][0]


def _summary(observations: NDArray[np.float64], cell: str) -> Figure | Missing:
    if not len(observations):
        return Missing("it took no time that can be told")
    found = summarise(observations, CELL_LEVEL)
    return Figure(found.value, found.low, found.high, found.n, cell)

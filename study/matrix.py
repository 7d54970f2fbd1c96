"""Every hazard on every backend: which pairs are tried, and what became of each, many at a time."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass

import backends
from study import attempt, hazards, launch
from study.attempt import Attempt
from study.hazard import untried


@dataclass(frozen=True, slots=True)
class Pair:
    """One hazard on one backend, and why it is not tried."""

    hazard: str
    backend: str
    reason: str = ""  # one sentence; "" when it is tried


def pairs(python: tuple[int, int]) -> list[Pair]:
    """All pairs, by hazard in the order of the tables and then by backend; none is silently absent."""
    return [
        Pair(hazard.name, backend.name, untried(hazard, backend, python) or "")
        for hazard in hazards.every()
        for backend in backends.every()
    ]


def attempts(python: str, tried: Sequence[Pair], at_once: int) -> Iterator[Attempt]:
    """Provoke each pair as often as its hazard says, `at_once` of them at a time, and give what became of it as it is known.

    More at once than there are processors, because an interpreter that hangs uses none.
    """
    again = [pair for pair in tried if not pair.reason for _ in range(hazards.find(pair.hazard).tries)]
    with launch.adopting_orphans(), ThreadPoolExecutor(at_once, "attempt") as pool:
        waiting = [pool.submit(attempt.provoke, python, pair.hazard, pair.backend) for pair in again]
        try:
            for done in as_completed(waiting):
                yield done.result()
        finally:
            pool.shutdown(cancel_futures=True)

"""Every hazard on every backend: which pairs are tried, and what became of each, many at a time."""

import contextlib
import random
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass

import backends
from study import attempt, hazards, launch
from study.attempt import Attempt
from study.hazard import HANG_S, untried
from study.warden import Warden

PER_CPU = 6  # pairs at once on each processor: most of their time is that of interpreters that hang and use none


@dataclass(frozen=True, slots=True)
class Pair:
    """One hazard on one backend, and why it is not tried."""

    hazard: str
    backend: str
    reason: str = ""  # one sentence; "" when it is tried

    @property
    def name(self) -> str:
        """ "killed_worker/processes.fork" """
        return f"{self.hazard}/{self.backend}"


def pairs(python: tuple[int, int], wanted: Callable[[str], bool] = lambda _: True) -> list[Pair]:
    """Those whose name is wanted, by hazard in the order of the tables and then by backend; none is silently absent."""
    every = [
        Pair(hazard.name, backend.name, untried(hazard, backend, python) or "")
        for hazard in hazards.every()
        for backend in backends.every()
    ]
    return [pair for pair in every if wanted(pair.name)]


def attempts_of(pair: Pair, repeat: int = 1) -> int:
    """How many interpreters it takes: none that is not tried, several where chance decides."""
    return 0 if pair.reason else max(repeat, hazards.find(pair.hazard).tries)


def attempts(python: str, tried: Sequence[Pair], at_once: int, repeat: int = 1) -> Generator[Attempt, None, None]:
    """Provoke each pair, `at_once` of them at a time, and give what became of it as it is known.

    To be closed when not all is wanted: then what is running is ended, and nothing is left of it.
    """
    warden = Warden()
    with contextlib.closing(warden), launch.adopting_orphans(), ThreadPoolExecutor(at_once, "attempt") as pool:
        waiting = [
            pool.submit(attempt.provoke, python, pair.hazard, pair.backend, warden) for pair in _order(tried, repeat)
        ]
        try:
            for done in as_completed(waiting):
                yield done.result()
        except BaseException:  # GeneratorExit too
            for one in waiting:
                one.cancel()
            warden.stop()
            raise


def _order(tried: Sequence[Pair], repeat: int) -> list[Pair]:
    """Those that may take longest are begun in the first half, and mixed with others, so that the processors are never idle."""
    again = [pair for pair in tried for _ in range(attempts_of(pair, repeat))]
    random.Random(0).shuffle(again)
    late = [hazards.find(pair.hazard).patience_s <= HANG_S and number % 2 for number, pair in enumerate(again)]
    return [again[number] for number in sorted(range(len(again)), key=lambda number: bool(late[number]))]

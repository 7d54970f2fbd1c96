"""Is no difference called one, and is a difference found? One cell under two names, and a library that is late by a known share."""

import os
import random
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean, geometric_mean
from typing import Any, NamedTuple

from scipy import stats

from study import launch
from study.selfcheck import Tell, answered, in_pairs, observed
from study.summary import Verdict, ratio, verdict

BLOCKS = 15  # of one trial, as in the default profile
DELAYS = (0, 5, 10, 20)  # percent that the late library adds
NAIVE_DIFFERENCE = 0.05  # "its mean differs by so much": what many comparisons call a result
LATE = "study.plain.delayed.by_{percent}"
WRONG_AT_MOST = 0.01  # share of identical pairs that may be called different
SURPRISE = 0.01  # less likely than this, and it is not chance
QUIET = 1.10  # a pair is quiet when the slowest of the four probes beside it takes at most so many times the quickest
ENOUGH = 0.9  # share of a trial's blocks with which it is one
ON_ONE_CPU = {"cpus": 1} if hasattr(os, "sched_setaffinity") else {}

ALIKE: tuple[tuple[str, str, str, dict[str, int | str]], ...] = (  # scenario, backend, lap, arguments
    ("startup", "threads", "warm ready", {"form": "worker", "width": 1, "rounds": 3}),
    ("startup", "processes.fork", "warm ready", {"form": "worker", "width": 1, "rounds": 3}),
    ("throughput", "threads", "message", {"channel": "Queue", "payload": 64, "operations": 2048, "rounds": 3}),
    ("throughput", "processes.fork", "message", {"channel": "Pipe", "payload": 1024, "operations": 512, "rounds": 3}),
    ("scaling", "serial", "default chunks", {"workload": "cpu", "width": 1, "tasks": 16, "rounds": 3}),
    ("scaling", "threads", "default chunks", {"workload": "cpu", "width": 2, "tasks": 16, "rounds": 3}),
    ("scaling", "processes.fork", "default chunks", {"workload": "cpu", "width": 2, "tasks": 16, "rounds": 3}),
    ("scaling", "executors.thread", "default chunks", {"workload": "hash", "width": 2, "tasks": 16, "rounds": 3}),
    ("lock", "threads", "acquire + release", {"hold_s": 0, "operations": 4096, "rounds": 3}),
    ("queue", "threads", "message", {"operations": 1024, "rounds": 3}),
)


@dataclass(frozen=True, slots=True)
class Trials:
    """How often a comparison came to each verdict, and how often a naive one called it a difference."""

    name: str
    trials: int
    verdicts: Mapping[str, int]  #: "faster", "slower", "equivalent", "inconclusive" -> trials
    naive: int  #: trials in which the means of A's values first and B's later differ by 5 %
    quiet: int  #: trials that the quiet pairs alone make
    quiet_verdicts: Mapping[str, int]  #: the same verdicts, of those trials
    ratio: float  #: the geometric mean of the trials' ratios

    @property
    def found(self) -> int:
        """Trials in which a difference was called one."""
        return self.verdicts["faster"] + self.verdicts["slower"]


class _Pair(NamedTuple):
    """What one block says of both sides, in nanoseconds, and how steady the processor was."""

    a: float
    b: float
    unrest: float  # the slowest probe beside them over the quickest


def alike(python: str, trials: int, blocks: int, tell: Tell, seed: int = 0) -> list[Trials]:
    """Each of ten cells against itself, `trials` times over `blocks` blocks. No difference is there to be found."""
    requests = {
        f"{scenario}/{backend}": (_request(scenario, backend, arguments), lap)
        for scenario, backend, lap, arguments in ALIKE
    }
    pairs = {name: (request, request) for name, (request, _) in requests.items()}
    laps = {name: lap for name, (_, lap) in requests.items()}
    return _judge(_measure(python, pairs, laps, trials * blocks, tell, seed), blocks)


def delayed(python: str, trials: int, blocks: int, tell: Tell, seed: int = 0) -> list[Trials]:
    """ThreadPool against a library that takes 0, 5, 10 and 20 % longer, on the processor that its probe is on."""
    plain = _request("scaling", "threads", {"workload": "cpu", "width": 1, "tasks": 16, "rounds": 4}) | ON_ONE_CPU
    late = {f"{percent} % later": {**plain, "instead": {"Pool": LATE.format(percent=percent)}} for percent in DELAYS}
    pairs = {name: (plain, request) for name, request in late.items()}
    return _judge(_measure(python, pairs, dict.fromkeys(pairs, "default chunks"), trials * blocks, tell, seed), blocks)


def _request(scenario: str, backend: str, arguments: Mapping[str, int | str]) -> dict[str, Any]:
    return {"do": "run", "scenario": scenario, "backend": backend, "arguments": dict(arguments), "witnessed": True}


def _measure(
    python: str,
    pairs: Mapping[str, tuple[dict[str, Any], dict[str, Any]]],
    laps: Mapping[str, str],
    blocks: int,
    tell: Tell,
    seed: int,
) -> dict[str, list[_Pair]]:
    """Both sides of each pair, one right after the other, in every block."""
    found: dict[str, list[_Pair]] = {name: [] for name in pairs}
    with tempfile.TemporaryDirectory(prefix="study-") as scratch, launch.adopting_orphans():
        for block in range(1, blocks + 1):
            answers = {}
            for name, side in in_pairs(list(pairs), random.Random(f"{seed}/{block}")):
                tell(f"block {block}/{blocks}  {name}")
                answers[name, side] = answered(pairs[name][side], python, Path(scratch))
            for name, lap in laps.items():
                a, b = answers[name, 0], answers[name, 1]
                probes = [*a["probes_ns"], *b["probes_ns"]]
                found[name].append(_Pair(observed(a)[lap], observed(b)[lap], max(probes) / min(probes)))
    return found


def _judge(found: Mapping[str, Sequence[_Pair]], blocks: int) -> list[Trials]:
    """Every `blocks` blocks are one trial."""
    return [_trials(name, pairs, blocks) for name, pairs in found.items()]


def _trials(name: str, pairs: Sequence[_Pair], blocks: int) -> Trials:
    every = _spans(pairs, blocks)
    quiet = _spans([pair for pair in pairs if pair.unrest <= QUIET], blocks)
    return Trials(
        name,
        len(every),
        _counts(every),
        sum(map(_naively_different, every)),
        len(quiet),
        _counts(quiet),
        geometric_mean(ratio(*_sides(span)).value for span in every),
    )


def _spans(pairs: Sequence[_Pair], blocks: int) -> list[Sequence[_Pair]]:
    """The blocks of each trial; of the last one a tenth may be missing."""
    starts = range(0, len(pairs), blocks)
    return [pairs[start : start + blocks] for start in starts if len(pairs) - start >= ENOUGH * blocks]


def _sides(span: Sequence[_Pair]) -> tuple[list[float], list[float]]:
    return [pair.a for pair in span], [pair.b for pair in span]


def _counts(spans: Sequence[Sequence[_Pair]]) -> dict[str, int]:
    counts = Counter(verdict(*_sides(span)) for span in spans)
    return {word.value: counts[word] for word in Verdict}


def _naively_different(span: Sequence[_Pair]) -> bool:
    """First A, then B, and the means compared: A's first half of the blocks against B's second half."""
    a, b = _sides(span)
    half = len(span) // 2
    return abs(fmean(b[-half:]) / fmean(a[:half]) - 1) > NAIVE_DIFFERENCE


def amiss(same: Sequence[Trials], late: Sequence[Trials]) -> list[str]:
    """What speaks against the study, a sentence each; none when nothing does."""
    found, trials = sum(one.found for one in same), sum(one.trials for one in same)
    sentences = []
    if stats.binom.sf(found - 1, trials, WRONG_AT_MOST) < SURPRISE:
        sentences.append(f"{found} of {trials} identical pairs were called different; {WRONG_AT_MOST:.0%} may be")
    most = late[-1]
    missed = most.quiet - most.quiet_verdicts[Verdict.SLOWER.value]
    if missed:
        sentences.append(f"{most.name} was not found in {missed} of {most.quiet} quiet trials")
    return sentences

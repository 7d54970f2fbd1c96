"""What differs between two runs: facts, the order of backends, and each figure, with what may be said of it.

In one campaign each block has both, and pairs are compared. On one machine seconds are compared with seconds, in intervals
widened by what two sessions of the same thing differ by. On two machines no second is compared with a second: each figure is
first divided by that machine's own baseline in its own blocks.
"""

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from study import installed, paired, sessions
from study.environment import contradiction
from study.interleaving import runs_of
from study.journal import Header, Journal, JournalError, found_in, load
from study.paired import Blocks, Speedup, blocks_of
from study.summary import VERDICT_LEVEL, Ratio, Verdict, ratio, verdict

PASSING = {"load_average"}  # facts of a moment
BASELINES = ("serial", "threads")  # what a figure of another machine is divided by: the first that measured the same
Place = tuple[str, str, str]  # scenario, factors as the cell's name has them, lap


@dataclass(frozen=True, slots=True)
class Differing:
    """One fact that is not the same in both runs; None where a run does not tell it."""

    fact: str
    first: object
    second: object


@dataclass(frozen=True, slots=True)
class Swap:
    """Two backends whose order is one in the first run and the other in the second, by a verdict in each."""

    scenario: str
    factors: str
    lap: str
    was_faster: str
    is_faster: str


@dataclass(frozen=True, slots=True)
class Figure:
    """One lap of one cell in both runs: the second against the first."""

    cell: str
    lap: str
    first: float  #: seconds per operation; on two machines, times its own baseline
    second: float
    ratio: Ratio  #: of one campaign's pairs, or with the interval of both sessions, not widened
    verdict: Verdict  #: of the pairs, under Holm's procedure, or of the widened interval
    baseline: str = ""  #: the backend that both were divided by, "" on one machine


@dataclass(frozen=True, slots=True)
class Comparison:
    """The second run against the first."""

    first: Header
    second: Header
    same_machine: bool
    paired: bool  #: both were measured in the same blocks
    floor: float  #: ratio of two sessions that is no evidence; 1 within one campaign
    facts: tuple[Differing, ...]
    swaps: tuple[Swap, ...]
    figures: tuple[Figure, ...]
    only_first: tuple[str, ...]  #: cells that only this one measured
    only_second: tuple[str, ...]
    speedups: tuple[Speedup, ...] = ()  #: over the best serial loop of both, within one campaign
    closer: str = ""  #: the journal beside the first one that is of the second's Python, where the first is not

    def called(self, word: Verdict) -> list[Figure]:
        """The figures with that verdict, the largest difference first."""
        found = [figure for figure in self.figures if figure.verdict is word]
        return sorted(found, key=lambda figure: -max(figure.ratio.value, 1 / figure.ratio.value))


def runs(first: Path, others: Sequence[Path], results: Path) -> list[Journal]:
    """The first run and the others. Raises JournalError.

    When there are no others: the newest journal below `results`, or where that is of the first one's campaign all others of it.
    """
    start = load(first)
    return [start, *([load(other) for other in others] or _newest_but(start, results))]


def against_the_first(journals: Sequence[Journal], results: Path | None = None) -> list[Comparison]:
    """Each of the others against the first. Raises JournalError.

    The floor is that of all sessions below `results` that are like the first one, when there are enough of them.
    """
    start, *others = journals
    alone = not all(paired.together([start.header, other.header]) for other in others)
    floor = _floor(start, results) if results and alone else sessions.DEFAULT_FLOOR
    known = blocks_of(start)
    return [compare(start, other, floor, known) for other in others]


def compare(
    first: Journal, second: Journal, floor: float = sessions.DEFAULT_FLOOR, known: Blocks | None = None
) -> Comparison:
    """The second run against the first, whose blocks may be known. Raises JournalError when two machines go by one name."""
    in_pairs = paired.together([first.header, second.header])
    same = first.header.machine == second.header.machine
    facts = tuple(_differing(first.header, second.header))
    if complaint := contradiction(first.path, first.header, second.path, second.header):
        raise JournalError(complaint)
    a, b = blocks_of(first) if known is None else known, blocks_of(second)
    alone = _by_seconds(a, b, floor) if same else _by_baselines(a, b, floor)
    figures = _by_pairs(a, b) if in_pairs else alone
    cells_a, cells_b = ({cell for cell, _ in side} for side in (a, b))
    return Comparison(
        first.header,
        second.header,
        same,
        in_pairs,
        1.0 if in_pairs else floor,
        facts,
        tuple(_swaps(a, b)),
        tuple(figures),
        tuple(sorted(cells_a - cells_b)),
        tuple(sorted(cells_b - cells_a)),
        tuple(paired.speedups([first, second], [a, b])) if in_pairs else (),
        "" if in_pairs else _closer(first, second),
    )


def _closer(first: Journal, second: Journal) -> str:
    """The file of that Python's journal in the first one's campaign; "" where there is none, or no need for one."""
    wanted = _minor(second.header)
    if _minor(first.header) == wanted or not first.header.campaign:
        return ""
    runs = [
        run
        for run in runs_of(first.header.campaign)
        if re.fullmatch(rf"\w+-{re.escape(wanted)}\.[\w.+-]+", run, re.ASCII)
    ]
    found = [f"{run}.jsonl" for run in runs if Path(first.path).with_name(f"{run}.jsonl").exists()]
    return found[0] if found else ""


def _minor(header: Header) -> str:
    return ".".join(str(header.interpreter.get("version", "")).split(".")[:2])


def _newest_but(start: Journal, results: Path) -> list[Journal]:
    """The newest other journal; with it those of its campaign when that is the first one's too."""
    first = Path(start.path)
    found = [path for path in found_in(results) if not path.samefile(first)]
    if not found:
        raise JournalError(f"{results}: holds no other journal than {first.name}; `python -m study run` makes one.")
    newest = load(found[-1])
    if not paired.together([start.header, newest.header]):
        return [newest]
    beside = [load(path) for path in found if path.name.partition("-")[0] == found[-1].name.partition("-")[0]]
    return [one for one in beside if paired.together([start.header, one.header])]


def _floor(start: Journal, results: Path) -> float:
    own = [load(path) for path in found_in(results) if path.parent.name == start.header.machine]
    version = start.header.interpreter.get("version")
    alike = [one for one in own if one.header.interpreter.get("version") == version]
    return sessions.floor([sessions.medians(one) for one in sessions.apart(alike)])


def _by_pairs(a: Blocks, b: Blocks) -> Iterator[Figure]:
    for pair in paired.pairs(a, b):
        first, second = (median(side[pair.place].values()) for side in (a, b))
        yield Figure(*pair.place, first, second, pair.ratio, pair.verdict)


def _by_seconds(a: Blocks, b: Blocks, floor: float) -> Iterator[Figure]:
    for cell, lap in a:
        if (cell, lap) in b:
            x, y = list(a[cell, lap].values()), list(b[cell, lap].values())
            found = sessions.ratio(x, y)
            yield Figure(cell, lap, median(x), median(y), found, sessions.verdict(found, floor))


def _by_baselines(a: Blocks, b: Blocks, floor: float) -> Iterator[Figure]:
    for cell, lap in a:
        baseline = _baseline_of(cell, lap, a, b)
        if (cell, lap) in b and baseline:
            x, y = (_against(side, cell, baseline, lap) for side in (a, b))
            if x and y:
                found = _divided(y, x)
                yield Figure(cell, lap, x.value, y.value, found, sessions.verdict(found, floor), baseline)


def _baseline_of(cell: str, lap: str, a: Blocks, b: Blocks) -> str:
    scenario, backend, factors = parts_of(cell)
    for name in BASELINES:
        place = (named(scenario, name, factors), lap)
        if name != backend and place in a and place in b:
            return name
    return ""


def _against(side: Blocks, cell: str, baseline: str, lap: str) -> Ratio | None:
    """The cell against its baseline in the blocks that have both; None without such a block."""
    scenario, _, factors = parts_of(cell)
    own, other = side[cell, lap], side[named(scenario, baseline, factors), lap]
    common = sorted(own.keys() & other.keys())
    if not common:
        return None
    # Each at a level that leaves half of the error, as sessions.ratio does.
    return ratio([other[block] for block in common], [own[block] for block in common], (1 + VERDICT_LEVEL) / 2)


def _divided(upper: Ratio, lower: Ratio) -> Ratio:
    value, n = upper.value / lower.value, min(upper.n, lower.n)
    if upper.low is None or upper.high is None or lower.low is None or lower.high is None:
        return Ratio(value, None, None, n)
    return Ratio(value, upper.low / lower.high, upper.high / lower.low, n)


def _swaps(a: Blocks, b: Blocks) -> Iterator[Swap]:
    """Of each scenario's headline. The verdicts, which take time, are asked for only where the medians have changed places."""
    for (scenario, factors, lap), backends in sorted(_places(a, b).items()):
        medians = [
            {name: median(side[named(scenario, name, factors), lap].values()) for name in backends} for side in (a, b)
        ]
        for one, other in itertools.combinations(backends, 2):
            faster, slower = sorted((one, other), key=medians[0].__getitem__)
            if medians[1][slower] >= medians[1][faster]:
                continue
            cells = [(named(scenario, name, factors), lap) for name in (faster, slower)]
            if _order(a, *cells) is Verdict.SLOWER and _order(b, *cells) is Verdict.FASTER:
                yield Swap(scenario, factors, lap, faster, slower)


def _places(a: Blocks, b: Blocks) -> dict[Place, list[str]]:
    """Scenario, factors and lap of a headline -> the backends that both runs measured there, yardsticks left out."""
    found: dict[Place, list[str]] = {}
    for cell, lap in a:
        scenario, backend, factors = parts_of(cell)
        if lap == installed.headline(scenario) and (cell, lap) in b and backend not in installed.floors():
            found.setdefault((scenario, factors, lap), []).append(backend)
    return found


def _order(side: Blocks, one: tuple[str, str], other: tuple[str, str]) -> Verdict:
    common = sorted(side[one].keys() & side[other].keys())
    if not common:
        return Verdict.INCONCLUSIVE
    return verdict([side[one][block] for block in common], [side[other][block] for block in common])


def _differing(first: Header, second: Header) -> Iterator[Differing]:
    sides = [
        {name: fact.value for name, fact in header.environment.items()}
        | {f"python {name}": value for name, value in header.interpreter.items()}
        | {"profile": header.profile, "study's sources": _sources(header)}
        for header in (first, second)
    ]
    for name in dict.fromkeys([*sides[0], *sides[1]]):
        one, other = sides[0].get(name), sides[1].get(name)
        if one != other and name not in PASSING:
            yield Differing(name, one, other)


def _sources(header: Header) -> str:
    """One word for all of the code that measured: a change of a body or of a backend changes it."""
    import hashlib

    return hashlib.sha256(repr(sorted(header.sources.items())).encode()).hexdigest()[:8]


def parts_of(cell: str) -> tuple[str, str, str]:
    """Scenario, backend and factors of a cell's name; factors is "" where there are none."""
    scenario, backend, factors = (*cell.split("/", 2), "", "")[:3]
    return scenario, backend, factors


def named(scenario: str, backend: str, factors: str) -> str:
    """The name of the cell."""
    return "/".join(part for part in (scenario, backend, factors) if part)

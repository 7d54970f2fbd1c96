"""What do journals of one campaign say of each other? Their blocks are the same, so each block is a pair."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from study import installed, observations
from study.journal import REHEARSAL, Header, Journal, Planned, Row
from study.summary import CELL_LEVEL, Ratio, Verdict, least_blocks, ratio, verdicts

SCALING = "scaling"
Place = tuple[str, str]  # cell and lap
Blocks = Mapping[Place, Mapping[int, float]]  # -> block -> seconds per operation
Workload = tuple[tuple[str, object], ...]  # the factors of a cell but for its width


@dataclass(frozen=True, slots=True)
class Pair:
    """One lap of one cell on two interpreters, in the blocks that have both: the second against the first."""

    place: Place
    ratio: Ratio
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Speedup:
    """How many times as fast as the best serial loop of all builds a cell is on one of them."""

    cell: str
    lap: str
    run: str
    serial_run: str  #: where the serial loop of that workload was fastest
    ratio: Ratio  #: with the interval of one cell, not of a verdict


def together(headers: Sequence[Header]) -> bool:
    """Whether these runs were measured in the same blocks."""
    return len({(one.campaign, one.machine, one.seed, one.started) for one in headers}) == 1 and bool(
        headers[0].campaign
    )


def blocks_of(journal: Journal) -> dict[Place, dict[int, float]]:
    """What each lap of each cell took in each block that counts. Without bytes and shares, and without times of 0."""
    rows: dict[str, list[Row]] = {}
    for row in journal.rows:
        rows.setdefault(row.cell, []).append(row)
    found: dict[Place, dict[int, float]] = {}
    for cell, own in rows.items():
        for row in own:
            for values in row.laps if row.status == "measured" and row.block != REHEARSAL else ():
                if values.unit == "ns" and values.values:
                    found.setdefault((cell, values.name), {})[row.block] = observations.of_row(values)
    return {place: blocks for place, blocks in found.items() if min(blocks.values()) > 0}


def pairs(a: Blocks, b: Blocks) -> list[Pair]:
    """Every figure that both have. Holm counts those with blocks enough for a verdict; the others get none but equality."""
    common = {place: _common(a[place], b[place]) for place in a if place in b}
    common = {place: sides for place, sides in common.items() if sides[0]}
    enough = [place for place, (one, _) in common.items() if len(one) >= least_blocks()]
    judged = dict(zip(enough, verdicts([common[place] for place in enough], further=False), strict=True))
    alone = {place: verdicts([sides], further=False)[0] for place, sides in common.items() if place not in judged}
    every = judged | alone
    return [Pair(place, every[place].ratio, every[place].verdict) for place in common]


def speedups(journals: Sequence[Journal], every: Sequence[Blocks]) -> Iterator[Speedup]:
    """Of each scaling cell of each journal of one campaign, over the fastest serial loop on that work among them all.

    Time of the serial loop by time of the cell, block by block. A build that is slow by itself gains nothing by it: the
    fastest loop is the one whose median is least. `every`: `blocks_of` each.
    """
    best: dict[Workload, tuple[float, int, Place]] = {}
    for number, cell, place in _scaling_figures(journals, every):
        if cell.backend in installed.baselines():
            known = (median(every[number][place].values()), number, place)
            best[_workload(cell)] = min(known, best.get(_workload(cell), known))
    for number, cell, place in _scaling_figures(journals, every):
        serial = best.get(_workload(cell))
        if serial is None or (number, place) == serial[1:] or cell.backend in installed.floors():
            continue
        own, base = _common(every[number][place], every[serial[1]][serial[2]])
        if own:
            run, serial_run = journals[number].header.run, journals[serial[1]].header.run
            yield Speedup(*place, run, serial_run, ratio(own, base, CELL_LEVEL))


def _scaling_figures(journals: Sequence[Journal], every: Sequence[Blocks]) -> Iterator[tuple[int, Planned, Place]]:
    for number, (one, blocks) in enumerate(zip(journals, every, strict=True)):
        laps: dict[str, list[str]] = {}
        for name, lap in blocks:
            laps.setdefault(name, []).append(lap)
        for cell in one.header.plan:
            if cell.scenario == SCALING:
                yield from ((number, cell, (cell.cell, lap)) for lap in laps.get(cell.cell, []))


def _workload(cell: Planned) -> Workload:
    return tuple((name, value) for name, value in sorted(cell.factors.items()) if name != "width")


def _common(one: Mapping[int, float], other: Mapping[int, float]) -> tuple[list[float], list[float]]:
    """Both in the blocks that have both, in the same order."""
    blocks = sorted(one.keys() & other.keys())
    return [one[block] for block in blocks], [other[block] for block in blocks]

"""How quiet was the machine while each block was measured, and which blocks have to be measured again?

The rule is fixed before anything is measured, and looks at the machine only, never at what the cells took: a block is noisy
when other guests of the host took more than 2 % of the processors' time, or when a fixed piece of work took more than 1.10
times its median over the campaign. A noisy block is measured again as a whole, after the last one.
"""

import os
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from study.journal import Block, Journal, Rejected

MOST_STEAL = 0.02  # share of the time of all processors
MOST_PROBE = 1.10  # times the median of the plan's blocks
STAT = Path("/proc/stat")
PRESSURE = Path("/proc/pressure/cpu")
STEAL = 7  # the column of /proc/stat, after the name: user nice system idle iowait irq softirq steal
MICROSECONDS_PER_S = 1e6
COLUMNS = 8  # those that follow, guest and guest_nice, are counted in user and nice as well
UNREADABLE = (OSError, ValueError, IndexError)


@dataclass(frozen=True, slots=True)
class Reading:
    """The machine's counters at one moment; None where the system has no such counter."""

    at_s: float
    stolen: int | None  # ticks of all processors, since the machine started
    ticks: int | None  # all ticks, stolen or not
    waited_us: int | None  # in which some task waited for a processor


@dataclass(frozen=True, slots=True)
class Assessment:
    """How noisy a campaign was."""

    blocks: int  #: of which there is evidence, the rejected ones included
    rejected: int  #: of these, measured again
    kept_noisy: int  #: noisy and not measured again; their numbers are part of every figure
    median_probe: float | None  #: nanoseconds, over the plan's own blocks; None when no probe answered
    worst: str  #: the noisiest block that was kept, and why; "" when none was noisy
    banner: str  #: what a reader has to be told before any number; "" when no noisy block was kept


def read() -> Reading:
    """The counters now."""
    return Reading(time.perf_counter(), *_ticks(), _waited_us())


def evidence(block: int, before: Reading, after: Reading, probes_ns: Sequence[int], started_s: float) -> Block:
    """The record of a block from the counters around it and the values of the probe."""
    seconds = after.at_s - before.at_s
    return Block(
        block=block,
        probe_ns=min(probes_ns, default=None),
        steal=_share(_increase(before.stolen, after.stolen), _increase(before.ticks, after.ticks)),
        pressure=_share(_increase(before.waited_us, after.waited_us), seconds * MICROSECONDS_PER_S),
        load=load_average(),
        started=round(started_s, 6),
        seconds=round(seconds, 6),
    )


def load_average() -> float | None:
    """Runnable tasks, mean of the last minute; None where the system does not tell."""
    try:
        return round(os.getloadavg()[0], 2)
    except (OSError, AttributeError):
        return None


def median_probe_ns(blocks: Iterable[Block], planned: int) -> float | None:
    """What the probe usually takes: its median over the plan's own blocks, which later ones do not move."""
    probes = [block.probe_ns for block in blocks if block.probe_ns is not None and block.block <= planned]
    return median(probes) if probes else None


def why_noisy(block: Block, usual_ns: float | None) -> str:
    """The reason to measure a block again; "" when there is none."""
    reasons = []
    if block.steal is not None and block.steal > MOST_STEAL:
        reasons.append(f"other guests of the host took {block.steal:.1%} of the processors' time")
    if block.probe_ns is not None and usual_ns and block.probe_ns > MOST_PROBE * usual_ns:
        reasons.append(f"a fixed piece of work took {block.probe_ns / usual_ns:.2f} times as long as usual")
    return ", and ".join(reasons)


def next_rejection(
    planned: int, repeats: int, blocks: Iterable[Block], rejected: Sequence[Rejected]
) -> Rejected | None:
    """Which block is measured again next, and as which: the first noisy one, until `repeats` of them were."""
    found = _noisy(planned, blocks, rejected)
    if not found or len(rejected) >= repeats:
        return None
    block, reason = next(iter(found.items()))
    return Rejected(block.block, planned + len(rejected) + 1, reason)


def origin(number: int, rejected: Iterable[Rejected]) -> int:
    """The planned block in whose place this one is measured; its own number when it replaces none."""
    replaces = {rejection.by: rejection.block for rejection in rejected}
    while number in replaces:
        number = replaces[number]
    return number


def assess(journal: Journal) -> Assessment:
    """What the journal's records of its blocks say."""
    planned = max((cell.blocks for cell in journal.header.plan), default=0)
    usual_ns = median_probe_ns(journal.blocks, planned)
    noisy = _noisy(planned, journal.blocks, journal.rejected)
    count, rejected, worst = len(journal.blocks), len(journal.rejected), _worst(noisy, usual_ns)
    banner = _banner(count - rejected, rejected, len(noisy), worst)
    return Assessment(count, rejected, len(noisy), usual_ns, worst, banner)


def _noisy(planned: int, blocks: Iterable[Block], rejected: Iterable[Rejected]) -> Mapping[Block, str]:
    """The noisy blocks that were not rejected, in their order, each with the reason."""
    kept = list(blocks)
    gone = {rejection.block for rejection in rejected}
    usual_ns = median_probe_ns(kept, planned)
    reasons = {block: why_noisy(block, usual_ns) for block in kept if block.block not in gone}
    return {block: reason for block, reason in reasons.items() if reason}


def _worst(noisy: Mapping[Block, str], usual_ns: float | None) -> str:
    """The block that is furthest beyond what the rule allows."""

    def excess(block: Block) -> float:
        probe = (block.probe_ns or 0) / usual_ns / MOST_PROBE if usual_ns else 0.0
        return max((block.steal or 0.0) / MOST_STEAL, probe)

    block = max(noisy, key=excess, default=None)
    return f"block {block.block}: {noisy[block]}" if block else ""


def _banner(counted: int, rejected: int, noisy: int, worst: str) -> str:
    if not noisy:
        return ""
    again = f" although {rejected} {'was' if rejected == 1 else 'were'} measured again" if rejected else ""
    return (
        f"The machine was noisy in {noisy} of the {counted} blocks that count{again} ({worst}). "
        "Differences that look small here may be the machine's; measure again while it is idle."
    )


def _ticks() -> tuple[int | None, int | None]:
    try:
        first = STAT.read_text().splitlines()[0].split()
        columns = [int(word) for word in first[1 : 1 + COLUMNS]]
        return columns[STEAL], sum(columns)
    except UNREADABLE:
        return None, None


def _waited_us() -> int | None:
    """From the line "some avg10=0.00 avg60=0.00 avg300=0.00 total=12345"."""
    try:
        some = PRESSURE.read_text().splitlines()[0]
        return int(some.rpartition("total=")[2])
    except UNREADABLE:
        return None


def _increase(first: int | None, last: int | None) -> int | None:
    return None if first is None or last is None else last - first


def _share(part: float | None, whole: float | None) -> float | None:
    """Between 0 and 1: the counters are not read at exactly one moment, and steal is set back when a guest is moved."""
    return None if part is None or not whole else round(min(1.0, max(0.0, part / whole)), 6)

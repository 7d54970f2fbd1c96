"""Journals made up for tests: the same arguments give the same bytes, and what each cell costs is known beforehand."""

import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

import msgspec

from study import scenarios
from study.journal import (
    FORMAT,
    Block,
    Fact,
    Header,
    Journal,
    NotOffered,
    Planned,
    Rejected,
    Row,
    Values,
    append,
    counted,
    create,
    hash_of,
)
from study.plan import PROFILES, Profile, make_plan

Cost = Callable[[Planned, str, int], float]
MS = 1e-3
HOSTILE = "<script>alert(1)</script>\"'&]]>=1+1|`x`$\\alpha$ \x00\x1b[31m\u202e[a](javascript:b) @all 漢字"

START_S = {"threads": 0.1 * MS, "executors.thread": 0.15 * MS, "fork": 2 * MS, "spawn": 60 * MS, "forkserver": 20 * MS}
MESSAGE_S = {"threads": 2e-6, "processes": 14e-6, "executors": 60e-6}


def planned(cell: str, blocks: int = 6, /, *, headline: bool = False, **factors: int | float | str) -> Planned:
    """A planned cell from its name, whose last part is made of the factors: planned("lock/threads", width=2)."""
    scenario, backend = cell.split("/")[:2]
    return Planned(name(scenario, backend, factors), scenario, backend, factors, headline, blocks)


def absent(cell: str, reason: str, /, **factors: int | float | str) -> NotOffered:
    """A cell that is not offered."""
    scenario, backend = cell.split("/")[:2]
    return NotOffered(name(scenario, backend, factors), scenario, backend, factors, reason)


def name(scenario: str, backend: str, factors: dict[str, int | float | str]) -> str:
    return f"{scenario}/{backend}/{','.join(f'{key}={value}' for key, value in factors.items())}"


def measured(
    cell: Planned, block: int, laps: Mapping[str, Sequence[float]], operations: int = 1, trace: str = ""
) -> Row:
    """A row with these laps, in seconds for all operations of a value."""
    values = [
        Values(
            lap, operations, f"study/scenarios/{cell.scenario}.py:{40 + i}", [round(second * 1e9) for second in seconds]
        )
        for i, (lap, seconds) in enumerate(laps.items())
    ]
    return Row(cell.cell, block, 0, "measured", "", float(block), 0.1, 0.1, 1, 1, 1 << 20, operations, values, trace)


def failed(cell: Planned, block: int, status: str = "timeout", reason: str = "no answer within 30 s") -> Row:
    """A row of a child that failed."""
    row = Row(cell.cell, block, 0, "timeout", reason, float(block), 30.0, 0.1, 1, 1, 1 << 20)
    return msgspec.structs.replace(row, status=status)


def header(
    plan: Iterable[Planned], nothing: Iterable[NotOffered] = (), run: str = "20260102T030405Z-3.13.1", **more: object
) -> Header:
    cells, missing = list(plan), list(nothing)
    environment = {
        "usable_cpus": Fact(2, "CPUs", "least of affinity and quota, at least 1"),
        "cpu_model": Fact("Example CPU @ 2.10GHz", "", "/proc/cpuinfo"),
        "governor": Fact(None, "", "cpufreq scaling_governor"),
    }
    interpreter: dict[str, str | int | float | bool | list[str]] = {
        "version": "3.13.1",
        "gil_enabled": True,
        "start_methods": ["fork", "spawn", "forkserver"],
    }
    made = Header(
        *(FORMAT, run, "example-2c-linux-1a2b3c", "default", 7, "2026-01-02T03:04:05Z", 20, 4),
        *(environment, interpreter, {"study/scenarios/lock.py": "0" * 16}, cells, missing, hash_of(cells, missing)),
    )
    return msgspec.structs.replace(made, **more)


def witnessed(number: int, **more: object) -> Block:
    """The record of a quiet block, unless something else is said of it."""
    quiet = Block(number, probe_ns=1_000_000, steal=0.0, pressure=0.1, load=0.5, started=float(number), seconds=1.0)
    return msgspec.structs.replace(quiet, **more)


def journal(
    plan: Iterable[Planned],
    rows: Iterable[Row],
    nothing: Iterable[NotOffered] = (),
    blocks: Iterable[Block] = (),
    rejected: Iterable[Rejected] = (),
    **more: object,
) -> Journal:
    count, left_out = counted(rows, rejected)
    made = header(plan, nothing, **more)  # type: ignore[arg-type]
    return Journal("made-up.jsonl", made, count, False, list(blocks), list(rejected), left_out)


def write(made: Journal, path: Path) -> Path:
    """The journal as a file, its lines in the order in which a campaign writes them."""
    replacing = {rejection.by for rejection in made.rejected}
    create(path, made.header)
    for row in (*made.rejected_rows, *made.rows):
        if row.block not in replacing:
            append(path, row)
    for block in made.blocks:
        if block.block not in replacing:
            append(path, block)
    for rejection in made.rejected:
        append(path, rejection)
        for record in (*made.rejected_rows, *made.rows, *made.blocks):
            if record.block == rejection.by:
                append(path, record)
    return path


def simple(cell: Planned, observations: Sequence[float], lap: str = "message", warmup: float = 9.0) -> list[Row]:
    """One row for each block; its lap holds a warm-up and the observation."""
    return [measured(cell, block, {lap: [warmup, seconds]}) for block, seconds in enumerate(observations, start=1)]


def noisy(seed: int, median: float, blocks: int, spread: float = 0.03) -> list[float]:
    """Observations of one cell: log-normal around the median."""
    chance = random.Random(seed)
    return [median * chance.lognormvariate(0.0, spread) for _ in range(blocks)]


def full(
    profile: Profile = PROFILES["quick"], python: tuple[int, int] = (3, 13), cpus: int = 2, cost: Cost | None = None
) -> Journal:
    """A whole campaign of the study's own plan, with costs of about the size that a real machine has."""
    plan = make_plan(profile, python, cpus, seed=7)
    rows = [row for cell in plan.cells for row in campaign_rows(cell, cost or typical_s)]
    return journal(plan.cells, rows, plan.absent, profile=profile.name)


def campaign_rows(cell: Planned, cost: Cost) -> list[Row]:
    """All rows of one cell: the rehearsal, then its blocks."""
    chance = random.Random(cell.cell)
    rows = []
    for block in range(cell.blocks + 1):
        drift = 1 + 0.1 * random.Random(f"block {block}").random()
        laps = {
            lap: [cost(cell, lap, cell_width(cell)) * drift * chance.lognormvariate(0.0, 0.03) for _ in range(values)]
            for lap, values in laps_of(cell)
        }
        rows.append(measured(cell, block, laps, 1, trace_of(cell) if block == 1 else ""))
    return rows


def laps_of(cell: Planned) -> list[tuple[str, int]]:
    """The laps a child of this cell reports, and how many values each has."""
    pool = [("running pool ready", 3)] if cell.factors.get("form") == "pool" else []
    chunks = ["default chunks"] if cell.backend == "serial" else ["default chunks", "tuned chunks"]
    special = {
        "startup": [
            (f"{state} {what}", n)
            for what in ("ready", "call", "round trip")
            for state, n in (("cold", 1), ("warm", 2))
        ]
        + pool,
        "latency": [("p50", 2), ("p90", 2), ("p99", 2)],
        "scaling": [(chunk, 3) for chunk in chunks],
    }
    return special.get(cell.scenario, [(scenarios.find(cell.scenario).headline, 3)])


def cell_width(cell: Planned) -> int:
    return int(cell.factors.get("width", 1))


def typical_s(cell: Planned, lap: str, width: int) -> float:
    """Seconds that a value of the cell takes; chosen so that orderings and speed-ups are those a reader would expect."""
    kind = next((start for key, start in START_S.items() if cell.backend.endswith(key)), 1 * MS)
    message = next((cost for key, cost in MESSAGE_S.items() if cell.backend.startswith(key)), 1e-6)
    if cell.scenario == "startup":
        parts = {"call": 0.4, "trip": 1.3}
        warm = 0.5 if lap.startswith("warm") and not cell.backend.endswith("fork") else 1.0
        return (
            0.2 * MS
            if lap == "running pool ready"
            else kind * warm * parts.get(lap.rpartition(" ")[2], 1.0) * width**0.8
        )
    if cell.scenario == "throughput":
        return message + float(cell.factors["payload"]) * (1e-10 if message < 5e-6 else 1e-9)
    if cell.scenario == "latency":
        return 4 * message * {"p50": 1, "p90": 1.4, "p99": 3}[lap]
    return scaling_s(cell, lap, width) if cell.scenario == "scaling" else 3 * message


def scaling_s(cell: Planned, lap: str, width: int) -> float:
    """32 tasks of half a millisecond."""
    work = 32 * 0.5 * MS
    parallel = not (cell.factors["workload"] == "cpu" and cell.backend.endswith(("threads", "thread", "serial")))
    at_once = width if cell.factors["workload"] == "wait" else min(width, 2) if parallel else 1
    overhead = 0.0 if cell.backend == "serial" else (0.4 if lap == "tuned chunks" else 2.0) * MS
    return work / at_once + overhead


def trace_of(cell: Planned) -> str:
    """A trace with an event of each kind that the scenario has words for."""
    words = scenarios.find(cell.scenario).words
    return "".join(f"{i}\t100\t{200 + i}\tworker {i}\t{event}\t{i}\n" for i, event in enumerate(words))

"""For each published claim a run that satisfies it and one that violates it, and the list that the claims were made from."""

from dataclasses import dataclass, field

import msgspec

from journals import journal, planned, simple
from study.journal import Fact, Planned, Row
from study.published import Run
from study.tables import results

US, MS = 1e-6, 1e-3
PUBLISHED = {  # number -> figures and source, as they were handed over
    1: (["78.7 k", "25.4 k", "81.6 k msg/s"], "faster-fifo README and test comments"),
    2: (["27.4 k", "12.7 k", "23.1 k msg/s"], "faster-fifo README and test comments"),
    3: (["14.25", "16.24", "16.87", "17.76 µs per int"], "Stack Overflow 8463008"),
    4: (["3,317 vs 1,486 items/s"], "Stack Overflow 8463008"),
    5: (["195 vs 13.5 µs per task", "14x"], "scipy PR 12872"),
    6: (["Pool 78.7", "PPE 452.6", "ThreadPool 28.9", "TPE 94.3 µs per task"], "python-pool-performance"),
    7: (["≈ 20x"], "superfastpython"),
    8: (["6.08 ms → 1.91 s", "315x", "13.4 → 367 ms"], "cpython 139881"),
    9: (["≈ 50 ms per process"], "cpython 137996"),
    10: (["60 µs at ≈ 0", "≈ 3 ms at 100 MiB", "30–45 ms at 1 GiB"], "public posts; TLPI"),
    11: (["forkserver 55.6", "fork 9.4", "spawn 1.6 ms"], "fastapi-loopguard PR 57"),
    12: (["1.11 ms vs 0.73 ms (fork)"], "discuss.python.org 53251"),
    13: (["pidigits 4 threads 98 %", "bz2 199/296/395 %", "4, 135, 312, 222 ms"], "ccbench post"),
    14: (["1.96, 3.33, 5.07, 5.75x at 2, 4, 8, 16"], "julian.ac"),
    15: (["sequential 909, threads 1034, interpreters 285 ms", "1045, 279, 359 ms"], "loremipsumpy study"),
    16: (["threads 8.01 s", "its processes 10.65 s", "GIL build's processes 7.50 s"], "koenvo study"),
    17: (["50 % of time in the manager at 4 processes", "85 % at 12"], "Spectrum-Access 700"),
    18: (["2.1x faster"], "dev.to"),
    19: (["0.465 s vs 39.7 s for 1M square roots"], "joblib 1105"),
}


@dataclass(frozen=True)
class Facts:
    """What a header says of the interpreter and the machine."""

    version: str = "3.11.7"
    gil: bool = True
    cpus: int = 2
    profile: str = "default"


@dataclass(frozen=True)
class Tale:
    """The laps that a claim needs, "scenario/backend/factors lap", with the seconds that satisfy and that violate it."""

    laps: dict[str, tuple[float, float]]
    facts: Facts = field(default_factory=Facts)


def sent(channel: str, satisfied: float, violated: float, payload: int = 64) -> dict[str, tuple[float, float]]:
    return {
        f"throughput/processes.{method}/channel={channel},payload={payload} message": (satisfied, violated)
        for method in ("fork", "spawn", "forkserver")
    }


def tiny(backend: str, lap: str, satisfied: float, violated: float) -> dict[str, tuple[float, float]]:
    return {f"grain/{backend}/task_us=10,width=2,chunks=few {lap}": (satisfied, violated)}


def work(
    backend: str, width: int, satisfied: float, violated: float, workload: str = "cpu"
) -> dict[str, tuple[float, float]]:
    lap = "default chunks" if backend == "serial" else "tuned chunks"
    return {f"scaling/{backend}/workload={workload},width={width} {lap}": (satisfied, violated)}


def main_of(backend: str, state: str, bare: float, heavy: tuple[float, float]) -> dict[str, tuple[float, float]]:
    return {
        f"imports/{backend}/main=bare {state} ready": (bare, bare),
        f"imports/{backend}/main=heavy {state} ready": heavy,
    }


def started(
    backend: str, lap: str, satisfied: float, violated: float, form: str = "pool"
) -> dict[str, tuple[float, float]]:
    return {f"startup/{backend}/form={form},width=1 {lap}": (satisfied, violated)}


def touched(*each: tuple[int, float, float]) -> dict[str, tuple[float, float]]:
    return {f"parent_memory/processes.fork/form=worker,touched_mb={mb} call": (good, bad) for mb, good, bad in each}


def waited(threads: tuple[float, float], serial: float = 150 * US) -> dict[str, tuple[float, float]]:
    return {
        "responsiveness/threads/busy=2,seconds=0.2 p50": threads,
        "responsiveness/serial/busy=0,seconds=0.2 p50": (serial, serial),
    }


NEW, FREE = Facts("3.14.2"), Facts("3.14.2", gil=False, cpus=4)
FOUR = Facts("3.14.2", cpus=4)
DEFAULT, SINGLE = "default chunks", "chunks of 1"
TALES = {
    "queue-rate": Tale(sent("Queue", 20 * US, 5 * US)),
    "queue-rate-on-two-cpus": Tale(sent("Queue", 40 * US, 12 * US)),
    "queue-many-to-many": Tale(
        {
            "fan/processes.fork/shape=1to1,width=1,maxsize=0 message": (10 * US, 10 * US),
            "fan/processes.fork/shape=NtoN,width=2,maxsize=0 message": (25 * US, 11 * US),
        }
    ),
    "pipe-against-queue": Tale(sent("Pipe", 10 * US, 10 * US) | sent("Queue", 12.5 * US, 15 * US)),
    "pipe-against-joinable-queue": Tale(sent("Pipe", 10 * US, 10 * US) | sent("JoinableQueue", 11.4 * US, 9 * US)),
    "joinable-queue-against-simple-queue": Tale(
        sent("JoinableQueue", 10 * US, 10 * US) | sent("SimpleQueue", 10.4 * US, 8 * US)
    ),
    "duplex-pipe": Tale(sent("Pipe", 2 * MS, 2 * MS, 1 << 20) | sent("DuplexPipe", MS, 2 * MS, 1 << 20)),
    "executor-against-pool-at-defaults": Tale(
        tiny("executors.fork", DEFAULT, 200 * US, 40 * US) | tiny("processes.fork", DEFAULT, 14 * US, 14 * US)
    ),
    "executor-against-pool-one-by-one": Tale(
        tiny("executors.fork", DEFAULT, 240 * US, 40 * US) | tiny("processes.fork", SINGLE, 60 * US, 60 * US)
    ),
    "thread-pools-one-by-one": Tale(
        tiny("executors.thread", DEFAULT, 90 * US, 30 * US) | tiny("threads", SINGLE, 30 * US, 30 * US)
    ),
    "fork-against-spawn": Tale(
        started("processes.spawn", "cold ready", 60 * MS, 6 * MS, "worker")
        | started("processes.fork", "cold ready", 3 * MS, 3 * MS, "worker")
    ),
    "default-start-method": Tale(
        main_of("executors.forkserver", "cold", 50 * MS, (200 * MS, 20 * MS))
        | main_of("executors.fork", "cold", 5 * MS, (7 * MS, 7 * MS)),
        NEW,
    ),
    "main-is-imported-by-each-worker": Tale(main_of("processes.forkserver", "warm", 20 * MS, (80 * MS, 21 * MS))),
    "main-is-imported-by-the-server": Tale(main_of("processes.forkserver", "warm", 20 * MS, (21 * MS, 80 * MS)), NEW),
    "fork-copies-page-tables": Tale(touched((0, MS, MS), (500, 15 * MS, 2 * MS))),
    "fork-is-linear-in-memory": Tale(touched((0, MS, MS), (100, 4 * MS, 4 * MS), (500, 16 * MS, 5 * MS))),
    "first-submit-with-forkserver": Tale(
        started("executors.forkserver", "cold call", 55 * MS, 5 * MS)
        | started("executors.fork", "cold call", 9 * MS, 9 * MS)
    ),
    "first-submit-with-spawn": Tale(
        started("executors.spawn", "cold call", 2 * MS, 20 * MS)
        | started("executors.fork", "cold call", 9 * MS, 9 * MS)
    ),
    "interpreter-against-fork": Tale(
        started("executors.interpreter", "warm ready", 11 * MS, 3 * MS)
        | started("executors.fork", "warm ready", 7 * MS, 7 * MS),
        NEW,
    ),
    "interpreter-against-spawn": Tale(
        started("executors.interpreter", "warm ready", 11 * MS, 90 * MS)
        | started("executors.spawn", "warm ready", 80 * MS, 80 * MS),
        NEW,
    ),
    "threads-under-the-gil": Tale(work("serial", 1, MS, MS) | work("executors.thread", 2, 1.02 * MS, 0.5 * MS)),
    "threads-without-the-gil": Tale(
        work("serial", 1, MS, MS, "hash") | work("threads", 2, 0.51 * MS, 0.95 * MS, "hash")
    ),
    "answers-wait-for-busy-threads": Tale(waited((7.5 * MS, 0.3 * MS))),
    "answers-wait-in-steps": Tale(waited((10.5 * MS, 0.3 * MS))),
    "free-threads-scale": Tale(work("serial", 1, MS, MS) | work("executors.thread", 4, 0.3 * MS, MS), FREE),
    "four-threads-under-the-gil": Tale(
        work("serial", 1, MS, MS) | work("executors.thread", 4, 1.1 * MS, 0.3 * MS), FOUR
    ),
    "four-interpreters": Tale(work("serial", 1, MS, MS) | work("executors.interpreter", 4, 0.3 * MS, MS), FOUR),
    "free-threads-against-interpreters": Tale(
        work("executors.interpreter", 4, 0.36 * MS, 0.2 * MS) | work("executors.thread", 4, 0.28 * MS, 0.28 * MS), FREE
    ),
    "free-threads-against-processes": Tale(
        work("processes.fork", 4, 1.06 * MS, 0.5 * MS) | work("executors.thread", 4, 0.8 * MS, 0.8 * MS), FREE
    ),
    "manager-dict": Tale(
        {
            "synchronisation/processes.fork/contenders=1 Manager dict": (100 * US, 100 * US),
            "synchronisation/processes.fork/contenders=4 Manager dict": (90 * US, 25 * US),
        }
    ),
    "executors-batch": Tale(
        tiny("processes.fork", DEFAULT, 21 * US, 14 * US) | tiny("executors.fork", DEFAULT, 10 * US, 200 * US)
    ),
    "tiny-tasks-against-a-loop": Tale(
        tiny("executors.spawn", DEFAULT, 200 * US, 5 * US) | tiny("serial", DEFAULT, 7 * US, 7 * US)
    ),
}


def run_of(laps: dict[str, list[float]], facts: Facts) -> Run:
    """A run with these laps: "scenario/backend/factors lap" -> an observation for each block."""
    cells: dict[str, Planned] = {}
    rows: list[Row] = []
    for place, seconds in laps.items():
        name, lap = place.split(" ", 1)
        known = cells.setdefault(name, cell_of(name, len(seconds)))
        rows += simple(known, seconds, lap)
    made = journal(
        cells.values(),
        merged(rows),
        profile=facts.profile,
        environment={"usable_cpus": Fact(facts.cpus, "CPUs", "least of affinity and quota, at least 1")},
        interpreter={"version": facts.version, "gil_enabled": facts.gil},
    )
    return Run(results([made]), made.header)


def merged(rows: list[Row]) -> list[Row]:
    """One row for each cell and block, with the laps of all."""
    each: dict[tuple[str, int], Row] = {}
    for row in rows:
        known = each.get((row.cell, row.block))
        laps = [*known.laps, *row.laps] if known else row.laps
        each[row.cell, row.block] = msgspec.structs.replace(row, laps=laps)
    return list(each.values())


def cell_of(name: str, blocks: int) -> Planned:
    scenario, backend, text = name.split("/")
    pairs = (pair.split("=") for pair in text.split(","))
    return planned(f"{scenario}/{backend}", blocks, **{key: number(value) for key, value in pairs})  # type: ignore[arg-type]


def number(text: str) -> int | float | str:
    try:
        return float(text) if "." in text else int(text)
    except ValueError:
        return text


def told(slug: str, *, satisfied: bool, blocks: int = 6, spread: float = 0.001) -> Run:
    """The run of a claim's tale, each block a little off the others."""
    tale = TALES[slug]
    laps = {
        place: [
            seconds[not satisfied] * (1 + spread * (block - (blocks - 1) / 2) * (-1) ** at) for block in range(blocks)
        ]
        for at, (place, seconds) in enumerate(tale.laps.items())
    }
    return run_of(laps, tale.facts)

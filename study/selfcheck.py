"""Does the study measure what a plain script measures? The same quantities by both, in turn, block after block."""

import os
import random
import subprocess
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any, TypeVar

from study import launch
from study.observations import counted
from study.summary import CELL_LEVEL, Ratio, ratio

PLAIN = Path(__file__).parent / "plain"
ROUNDS = 4  # of the plain scripts, the warm-up included
WIDTH = 2
TASKS = 32
TOLERANCE = 0.05  # how far from 1 the ratio may be
DEADLINE_S = 60.0
# How glibc's allocator is told, on both sides, to keep what is freed. Left to itself it gives memory back to the system or not,
# depending on where a heap happens to end, and a message of 64 KiB or more then takes up to four times as long.
KEEP_FREED = {"MALLOC_TRIM_THRESHOLD_": str(1 << 30), "MALLOC_MMAP_THRESHOLD_": str(1 << 25)}
Tell = Callable[[str], None]
Compared = TypeVar("Compared")


@dataclass(frozen=True, slots=True)
class Quantity:
    """What a plain script and a cell both measure, in one lap or in several."""

    name: str
    script: tuple[str, ...]  # file below study/plain, and its arguments
    scenario: str
    backend: str
    laps: tuple[str, ...]  # which script and cell call alike
    arguments: Mapping[str, int | str]


@dataclass(frozen=True, slots=True)
class Parity:
    """Study against script: medians of the blocks in nanoseconds for one value, and the paired ratio."""

    name: str
    plain_ns: float
    study_ns: float
    ratio: Ratio

    @property
    def holds(self) -> bool:
        """Whether both agree within the tolerance."""
        return abs(self.ratio.value - 1) <= TOLERANCE

    @property
    def may_hold(self) -> bool:
        """Whether the interval leaves room for agreement within the tolerance: if not, they differ, and not by chance."""
        low, high = self.ratio.low, self.ratio.high
        return low is None or high is None or (low <= 1 + TOLERANCE and high >= 1 - TOLERANCE)


METHODS = {
    "thread": "threads",
    "fork": "processes.fork",
    "spawn": "processes.spawn",
    "forkserver": "processes.forkserver",
}
CHANNELS = {
    "queue.Queue": ("threads", "Queue"),
    "queue.SimpleQueue": ("threads", "SimpleQueue"),
    "mp.Queue": ("processes.fork", "Queue"),
    "mp.SimpleQueue": ("processes.fork", "SimpleQueue"),
    "mp.JoinableQueue": ("processes.fork", "JoinableQueue"),
    "mp.Pipe": ("processes.fork", "Pipe"),
}
PAYLOADS = {64: 2048, 65536: 128, 1048576: 32}  # bytes of a message -> messages in a value, where they are copied
HANDED_OVER = 16384  # messages in a value where they are not
POOLS = {"Pool": "processes.fork", "ProcessPoolExecutor": "executors.fork", "ThreadPoolExecutor": "executors.thread"}
STATES = ("cold ready", "warm ready")


def _messages(channel: str, payload: int) -> int:
    """How many are in a value; a queue of threads hands over the message itself."""
    return HANDED_OVER if channel.startswith("queue.") else PAYLOADS[payload]


QUANTITIES = [
    *(
        Quantity(
            f"start-up {method}",
            ("startup.py", method),
            "startup",
            backend,
            STATES,
            {"form": "worker", "width": 1, "rounds": ROUNDS},
        )
        for method, backend in METHODS.items()
    ),
    *(
        Quantity(
            f"start-up {pool}, all {WIDTH} workers",
            ("pools.py", pool),
            "startup",
            backend,
            STATES,
            {"form": "pool", "width": WIDTH, "rounds": ROUNDS},
        )
        for pool, backend in POOLS.items()
    ),
    *(
        Quantity(
            f"{channel}, {payload} B",
            ("throughput.py", channel, str(payload), str(_messages(channel, payload))),
            "throughput",
            backend,
            ("message",),
            {
                "channel": kind,
                "payload": payload,
                "operations": _messages(channel, payload),
                "rounds": ROUNDS,
            },
        )
        for channel, (backend, kind) in CHANNELS.items()
        for payload in PAYLOADS
    ),
    *(
        Quantity(
            f"map {pool}",
            ("mapping.py", pool),
            "scaling",
            backend,
            ("default chunks", "tuned chunks"),
            {"workload": "cpu", "width": WIDTH, "tasks": TASKS, "rounds": ROUNDS},
        )
        for pool, backend in POOLS.items()
    ),
]


def check(
    python: str, blocks: int, tell: Tell, seed: int = 0, quantities: Sequence[Quantity] = QUANTITIES
) -> list[Parity]:
    """Measure every quantity both ways, one right after the other, `blocks` times. Raises RuntimeError.

    The order of the quantities, and which way comes first, is shuffled for each block.
    """
    found: dict[str, tuple[list[float], list[float]]] = {
        name: ([], []) for quantity in quantities for name in names_of(quantity).values()
    }
    with tempfile.TemporaryDirectory(prefix="study-") as scratch, launch.adopting_orphans():
        for block in range(1, blocks + 1):
            for quantity, side in in_pairs(quantities, random.Random(f"{seed}/{block}")):
                tell(f"block {block}/{blocks}  {quantity.name}")
                observed = (by_study if side else by_script)(quantity, python, Path(scratch))
                for lap, name in names_of(quantity).items():
                    found[name][side].append(observed[lap])
    return [
        Parity(name, median(plain), median(study), ratio(plain, study, CELL_LEVEL))
        for name, (plain, study) in found.items()
    ]


def in_pairs(compared: Sequence[Compared], chance: random.Random) -> list[tuple[Compared, int]]:
    """Each of them with its sides 0 and 1 beside each other, so that both see the same machine, in random order."""
    order = [(one, chance.sample((0, 1), 2)) for one in chance.sample(compared, len(compared))]
    return [(one, side) for one, sides in order for side in sides]


def names_of(quantity: Quantity) -> dict[str, str]:
    """Lap -> what the table calls it."""
    return {lap: f"{quantity.name}, {lap}" if len(quantity.laps) > 1 else quantity.name for lap in quantity.laps}


def by_script(quantity: Quantity, python: str, scratch: Path) -> dict[str, float]:
    """Lap -> one observation by the plain script, in nanoseconds."""
    file, *arguments = quantity.script
    ran = subprocess.run(
        [python, str(PLAIN / file), *arguments],
        capture_output=True,
        text=True,
        cwd=scratch,
        env=os.environ | KEEP_FREED,
        timeout=DEADLINE_S,
        check=True,
    )
    lines = [line.split("\t") for line in ran.stdout.splitlines()]
    return {lap: float(median(counted([int(value) for value in values]))) for lap, *values in lines}


def by_study(quantity: Quantity, python: str, scratch: Path) -> dict[str, float]:
    """Lap -> one observation by a child of the study, in nanoseconds."""
    request = {
        "do": "run",
        "scenario": quantity.scenario,
        "backend": quantity.backend,
        "arguments": dict(quantity.arguments),
    }
    return observed(answered(request, python, scratch, KEEP_FREED))


def answered(
    request: Mapping[str, Any], python: str, scratch: Path, variables: Mapping[str, str] | None = None
) -> Mapping[str, Any]:
    """What a child of the study measured. Raises RuntimeError when it did not."""
    ended = launch.ask(python, request, scratch, DEADLINE_S, variables)
    if ended.status != "measured":
        raise RuntimeError(f"{request['scenario']}/{request['backend']}: {ended.status}: {ended.reason}")
    return ended.answer


def observed(answer: Mapping[str, Any]) -> dict[str, float]:
    """Lap -> the median of the child's values in nanoseconds."""
    return {
        lap["name"]: float(median(counted(lap["values"])))
        for lap in answer["laps"]
        if lap["unit"] == "ns" and lap["values"]
    }

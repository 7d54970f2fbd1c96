"""Does the study measure what a plain script measures? The same quantity by both, in turn, block after block."""

import json
import random
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

from study import launch
from study.summary import CELL_LEVEL, Ratio, ratio

PLAIN = Path(__file__).parent / "plain"
ROUNDS = 4  # of the plain scripts, the warm-up included
MESSAGES = 2000
TOLERANCE = 0.10  # how far from 1 the ratio may be
DEADLINE_S = 60.0


@dataclass(frozen=True, slots=True)
class Quantity:
    """One quantity, as a plain script and as a cell measure it."""

    name: str
    script: tuple[str, ...]  # file below study/plain, and its arguments
    scenario: str
    backend: str
    lap: str
    arguments: dict[str, int | str]
    first: bool = False  # the first value counts, not the median of the later ones


@dataclass(frozen=True, slots=True)
class Parity:
    """Study against script: medians in nanoseconds for one operation, and the paired ratio."""

    name: str
    plain_ns: float
    study_ns: float
    ratio: Ratio

    @property
    def holds(self) -> bool:
        """Whether both agree within the tolerance."""
        return abs(self.ratio.value - 1) <= TOLERANCE


METHODS = {
    "thread": "threads",
    "fork": "processes.fork",
    "spawn": "processes.spawn",
    "forkserver": "processes.forkserver",
}
CHANNELS = {
    "queue.Queue": ("thread", "threads", "Queue"),
    "mp.Queue": ("queue", "processes.fork", "Queue"),
    "Pipe": ("pipe", "processes.fork", "Pipe"),
}
POOLS = {"Pool": "processes.fork", "ProcessPoolExecutor": "executors.fork", "ThreadPoolExecutor": "executors.thread"}

QUANTITIES = [
    *(
        Quantity(
            f"start-up {method}, {state}",
            ("startup.py", method),
            "startup",
            backend,
            f"{state} ready",
            {"form": "worker", "width": 1, "rounds": ROUNDS},
            state == "cold",
        )
        for method, backend in METHODS.items()
        for state in ("cold", "warm")
    ),
    *(
        Quantity(
            f"message {name}",
            ("throughput.py", kind, str(MESSAGES)),
            "throughput",
            backend,
            "message",
            {"channel": channel, "payload": 64, "operations": MESSAGES, "rounds": ROUNDS},
        )
        for name, (kind, backend, channel) in CHANNELS.items()
    ),
    *(
        Quantity(
            f"map {name}",
            ("mapping.py", name),
            "scaling",
            backend,
            "default chunks",
            {"workload": "cpu", "width": 2, "tasks": 32, "rounds": ROUNDS},
        )
        for name, backend in POOLS.items()
    ),
]


def check(python: str, blocks: int, tell: Callable[[str], None], seed: int = 0) -> list[Parity]:
    """Measure every quantity both ways, `blocks` times, in an order shuffled for each block. Raises RuntimeError."""
    found: dict[str, tuple[list[float], list[float]]] = {quantity.name: ([], []) for quantity in QUANTITIES}
    with tempfile.TemporaryDirectory(prefix="study-") as scratch, launch.adopting_orphans():
        for block in range(1, blocks + 1):
            sides = [(quantity, side) for quantity in QUANTITIES for side in (0, 1)]
            random.Random(f"{seed}/{block}").shuffle(sides)
            for quantity, side in sides:
                tell(f"block {block}/{blocks}  {quantity.name}")
                observe = by_study if side else by_script
                found[quantity.name][side].append(observe(quantity, python, Path(scratch)))
    return [
        Parity(name, median(plain), median(study), ratio(plain, study, CELL_LEVEL))
        for name, (plain, study) in found.items()
    ]


def by_script(quantity: Quantity, python: str, scratch: Path) -> float:
    """One observation by the plain script, in nanoseconds."""
    file, *arguments = quantity.script
    ran = subprocess.run(
        [python, str(PLAIN / file), *arguments],
        capture_output=True,
        text=True,
        cwd=scratch,
        timeout=DEADLINE_S,
        check=True,
    )
    return _observation(quantity, [int(word) for word in ran.stdout.split()])


def by_study(quantity: Quantity, python: str, scratch: Path) -> float:
    """One observation by a child of the study, in nanoseconds."""
    request = {"do": "run", "scenario": quantity.scenario, "backend": quantity.backend, "arguments": quantity.arguments}
    ended = launch.ask(python, request, scratch, DEADLINE_S)
    if ended.status != "measured":
        raise RuntimeError(f"{quantity.name}: {ended.status}: {ended.reason}")
    (lap,) = (lap for lap in ended.answer["laps"] if lap["name"] == quantity.lap)
    return _observation(quantity, lap["values"])


def _observation(quantity: Quantity, nanoseconds: list[int]) -> float:
    return float(nanoseconds[0] if quantity.first else median(nanoseconds[1:] or nanoseconds))


def as_text(found: list[Parity]) -> str:
    """The table for a terminal."""
    lines = [f"{'quantity':32}{'plain script':>16}{'study':>16}{'study / plain':>16}   95 % interval"]
    for parity in found:
        low, high = parity.ratio.low, parity.ratio.high
        interval = (
            f"{low:.3f} to {high:.3f}"
            if low is not None and high is not None
            else f"{parity.ratio.n} blocks, no interval"
        )
        mark = "" if parity.holds else f"   more than {TOLERANCE:.0%} apart"
        times = f"{parity.plain_ns / 1e6:>13.3f} ms{parity.study_ns / 1e6:>13.3f} ms"
        lines.append(f"{parity.name:32}{times}{parity.ratio.value:>16.3f}   {interval}{mark}")
    return "\n".join(lines)


def as_json(found: list[Parity]) -> str:
    """The same as one document."""
    return json.dumps([asdict(parity) for parity in found], indent=1, sort_keys=True)

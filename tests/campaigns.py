"""Campaigns whose children are made up: they answer at once, and what they take, tell and how they end is given."""

import contextlib
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest

from journals import header, planned
from study import budget, campaign, journal, noise, preparation, scenarios
from study.budget import Allowance, Pace
from study.campaign import Campaign
from study.interleaving import Side
from study.journal import Budget, Journal, Planned, Status
from study.launch import Ended, Usage
from study.noise import Reading
from study.plan import PROFILES, Plan, Profile

CHILD_S = 0.5
START_S = 0.05  # of a bare interpreter
QUIET_NS = 4_000_000
PROBE_S = START_S + (2 * QUIET_NS + 5) * 1e-9  # of the child that takes two values of the probe
QUEUE = planned("throughput/threads", 6, headline=True, channel="Queue", payload=64)
PIPE = planned("throughput/threads", 6, headline=True, channel="Pipe", payload=64)
LOCK = planned("lock/threads", 2, width=2)
POOL = planned("pool/serial", 2, width=2)
CELLS = (QUEUE, PIPE, LOCK, POOL)
PLAN = Plan(PROFILES["default"], 7, CELLS, ())
TAGS = ("3.11.7", "3.12.1")
CAMPAIGN = "20260102T030405Z-3.11.7,3.12.1"
SOURCES = preparation.hash_sources(PLAN, preparation.ROOT)


class Died(BaseException):
    """The campaign is killed: nothing that it could do about it is run but what Python itself unwinds."""


class Children:
    """Takes the place of `launch.ask`. The clock is the children's: each takes its time from it."""

    def __init__(self) -> None:
        self.clock_s = 1000.0
        self.asked: list[str] = []  # cells, and "probe"
        self.pythons: list[str] = []  # the interpreter of each
        self.rounds: list[int] = []
        self.deadlines_s: list[float] = []
        self.status: Callable[[str, int], Status] = lambda name, nth: "measured"
        self.seconds: Callable[[str, int], float] = lambda name, nth: CHILD_S
        self.probe_ns: Callable[[int], int | None] = lambda nth: QUIET_NS  # None when it crashes
        self.steal: Callable[[int], float] = lambda nth: 0.0  # of the time between two readings, the nth pair
        self.die_before: int | None = None  # the child with this number
        self.readings = 0
        self._stolen = self._ticks = 0

    def __call__(self, python: str, request: Mapping[str, Any], __: Path, deadline_s: float = 30.0) -> Ended:
        if len(self.asked) == self.die_before:
            raise Died
        name = name_of(request)
        nth = self.asked.count(name)
        self.asked.append(name)
        self.pythons.append(python)
        self.rounds.append(request.get("arguments", {}).get("rounds", 0))
        self.deadlines_s.append(deadline_s)
        if name == "probe":
            self.clock_s += PROBE_S
            least_ns = self.probe_ns(nth)
            laps = [] if least_ns is None else [lap("probe", [least_ns + 5, least_ns])]
            return ended("measured" if laps else "crash", PROBE_S, {"laps": laps})
        status, seconds = self.status(name, nth), self.seconds(name, nth)
        if status == "timeout" or seconds > deadline_s:
            status, seconds = "timeout", deadline_s
        self.clock_s += seconds
        return ended(status, seconds, answer(request) if status == "measured" else {})

    def read(self) -> Reading:
        """Takes the place of `noise.read`."""
        if self.readings % 2:
            self._ticks += 1000
            self._stolen += round(1000 * self.steal(self.readings // 2))
        self.readings += 1
        return Reading(self.clock_s, self._stolen, self._ticks, None)

    def cells(self) -> list[str]:
        """The cells that were asked, probes left out."""
        return [name for name in self.asked if name != "probe"]


def name_of(request: Mapping[str, Any]) -> str:
    """The made-up cell that a request is for."""
    if request["do"] == "probe":
        return "probe"
    taken = request["arguments"]
    return next(
        cell.cell
        for cell in CELLS
        if (cell.scenario, cell.backend) == (request["scenario"], request["backend"])
        and all(taken.get(key, value) == value for key, value in cell.factors.items())
    )


def answer(request: Mapping[str, Any]) -> dict[str, Any]:
    """What a child says that measured; it chooses 64 operations where it may choose."""
    taken = request["arguments"]
    operations = taken.get("operations", 64 if "value_ns" in request else None)
    headline = scenarios.find(request["scenario"]).headline
    return {
        "operations": operations,
        "laps": [lap(headline, [9_000, 1_000, 1_100])],
        "trace": "0\t1\t2\tmain\tsaid\t1\n",
    }


def lap(name: str, values: Sequence[int]) -> dict[str, Any]:
    return {"name": name, "operations": 1, "source": "study/scenarios/lock.py:61", "values": list(values), "unit": "ns"}


def ended(status: Status, seconds: float, told: Mapping[str, Any]) -> Ended:
    return Ended(status, "" if status == "measured" else f"no answer within {seconds:.0f} s", seconds, Usage(), told)


def put_in_place(children: Children, monkeypatch: pytest.MonkeyPatch) -> Children:
    """Have campaigns ask these children, and read their clock and their counters."""
    monkeypatch.setattr(campaign.launch, "ask", children)
    monkeypatch.setattr(campaign, "time", SimpleNamespace(perf_counter=lambda: children.clock_s))
    monkeypatch.setattr(noise, "read", children.read)
    monkeypatch.setattr(budget, "crowding", lambda: 1.0)
    return children


def begun(path: Path, plan: Plan = PLAN, allowance: Allowance | None = None) -> Campaign:
    """A campaign with a new journal."""
    given = Budget(allowance.seconds, allowance.reserve_s, "as announced") if allowance else None
    made = header(plan.cells, plan.absent, profile=plan.profile.name, seed=plan.seed, budget=given)
    journal.create(path, made)
    return Campaign([Side(plan, "python", path)], allowance=allowance)


def several(
    folder: Path, *cells: Sequence[Planned], profile: str = "default", budget_s: float | None = None
) -> Campaign:
    """A campaign of two interpreters with these cells, or with all of them each."""
    given = Budget(budget_s, 0.0, "as announced") if budget_s else None
    sides = []
    for tag, own in zip(TAGS, cells or (CELLS, CELLS), strict=True):
        plan = Plan(PROFILES[profile], 7, tuple(own), (), budget_s)
        made = header(own, run=f"20260102T030405Z-{tag}", profile=profile, budget=given, campaign=CAMPAIGN)
        made = msgspec.structs.replace(made, interpreter={**made.interpreter, "version": tag}, sources=SOURCES)
        journal.create(folder / f"{made.run}.jsonl", made)
        sides.append(Side(plan, f"/usr/bin/python-{tag}", folder / f"{made.run}.jsonl", tag))
    return Campaign(sides)


def kept_by(campaign: Campaign) -> list[Journal]:
    """What its journals hold now."""
    return [journal.load(path) for path in campaign.paths]


def taken_up(path: Path, plan: Plan = PLAN, allowance: Allowance | None = None) -> Campaign:
    """The campaign of a journal that was begun."""
    found = journal.load(path)
    rows = [*found.rows, *found.rejected_rows]
    side = Side(plan, "python", path)
    return Campaign([side], rows=rows, blocks=found.blocks, rejected=found.rejected, allowance=allowance)


def allowance_of(children: Children, seconds: float, profile: Profile, reserve_s: float = 0.0) -> Allowance:
    """A budget on the children's clock, with so much of it for the report."""
    pace = Pace(profile, START_S)
    return Allowance(seconds, reserve_s / START_S, pace, begun=children.clock_s, now=lambda: children.clock_s)


def per_block(kept: Journal) -> dict[int, Counter[str]]:
    """How often each cell was measured in each block that counts."""
    found: dict[int, Counter[str]] = {}
    for row in kept.rows:
        found.setdefault(row.block, Counter())[row.cell] += 1
    return found


def names(*cells: Planned) -> Counter[str]:
    """Each cell once."""
    return Counter(cell.cell for cell in cells)


@contextlib.contextmanager
def own_temporary_folder(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder for temporary files of our own: its lock is not the machine's, and what is left in it is seen.

    Not below tmp_path, whose name is too long for a socket.
    """
    with tempfile.TemporaryDirectory(prefix="s") as name:
        monkeypatch.setenv("TMPDIR", name)
        monkeypatch.setattr("tempfile.tempdir", name)
        yield Path(name)

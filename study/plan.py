"""Which cells exist, which are not offered and why, how often each is measured, and in what order."""

import hashlib
import random
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import backends
from backends import Backend
from study import scenarios
from study.journal import NotOffered, Planned
from study.scenario import Load, Scenario, body_of, unanswered

Grid = Literal["kinds", "usual", "full"]  # one load of each kind and the headlines; those of the report; all


@dataclass(frozen=True, slots=True)
class Profile:
    """How much is measured. Fixed before the first block starts: nobody looks at results and then decides to go on."""

    name: str
    headline_blocks: int  # a block measures every cell once
    other_blocks: int
    value_ms: int  # how long a value of a calibrated cell lasts
    rounds: int  # values in one child, the warm-up included
    rehearsed: bool  # whether operations are chosen before the first block, or by each group's first child in it
    grid: Grid  # which loads of a scenario are measured
    repeats: bool  # whether blocks in which the machine was noisy are measured again
    purpose: str


PROFILES = {
    profile.name: profile
    for profile in (
        Profile("smoke", 1, 1, 5, 2, False, "kinds", False, "does everything run; no verdicts"),
        Profile("quick", 6, 3, 10, 4, True, "usual", False, "a first answer"),
        Profile("default", 15, 6, 10, 4, True, "usual", True, "the report"),
        Profile("rigorous", 30, 15, 100, 6, True, "full", True, "publication; adds the cells of the full grid"),
    )
}

# What a worker's start costs, in starts of a bare interpreter; only the announced duration hangs on it.
START_WEIGHT = {"": 0.0, "fork": 0.3, "forkserver": 0.8, "spawn": 1.0}
# Seconds that a child of these takes besides, for what no profile makes shorter: samples, memory to be filled, heavy imports.
BESIDES_S = {
    "latency": 0.4,
    "synchronisation": 0.33,
    "responsiveness": 0.25,
    "parent_memory": 0.2,
    "launch_form": 0.17,
    "imports": 0.13,
    "recycling": 0.1,
    "grain": 0.08,
    "scaling": 0.05,
}


# Under a budget time decides how far this order is followed. Headline cells come to the 8 blocks that a verdict needs, then
# everything is measured once, headline cells come to 15, and everything goes on together. The other cells are never measured
# without the headline ones, because a ratio needs both sides in one block.
BLOCKS_WITH_ALL = frozenset((9, *range(16, 30)))


@dataclass(frozen=True, slots=True)
class Plan:
    """The cells of one campaign."""

    profile: Profile
    seed: int
    cells: tuple[Planned, ...]
    absent: tuple[NotOffered, ...]
    budget_s: float | None = None  # from the request to the written report; None when the blocks decide

    @property
    def children(self) -> int:
        """How many interpreters the blocks start."""
        return sum(cell.blocks for cell in self.cells)

    def block(self, number: int, replaced: int | None = None) -> list[Planned]:
        """The cells of one block, counted from 1, in the order in which they are measured.

        Groups of cells that are compared with each other come in random order, and so do the cells of each group: a machine
        that drifts while a block is measured is nearly the same for both sides of a ratio, and neither side is favoured.
        A block that replaces another has that one's cells, in an order of its own.
        """
        chance, groups = random.Random(f"{self.seed}/{number}"), self._groups(replaced or number)
        for cells in groups:
            chance.shuffle(cells)
        chance.shuffle(groups)
        return [cell for cells in groups for cell in cells]

    def _groups(self, number: int) -> list[list[Planned]]:
        """A block's cells by scenario and load: backends and numbers of workers are what is compared first of all."""
        groups: dict[tuple[object, ...], list[Planned]] = {}
        for cell in self._members(number):
            groups.setdefault((cell.scenario, *_without_width(cell.factors).items()), []).append(cell)
        return list(groups.values())

    def _members(self, number: int) -> list[Planned]:
        """Cells with fewer blocks than the plan has come last, so that a campaign cut short has its headlines."""
        last = self.blocks
        if number > last:
            return []
        if self.budget_s is not None:
            return [cell for cell in self.cells if cell.blocks == last or number in BLOCKS_WITH_ALL]
        return [cell for cell in self.cells if cell.blocks > last - number]

    @property
    def blocks(self) -> int:
        """How many blocks there are, those that replace another not counted."""
        return max((cell.blocks for cell in self.cells), default=0)

    @property
    def repeats(self) -> int:
        """How many times at the most a noisy block is measured again. Not under a budget, whose time is used up anyway."""
        return self.blocks // 3 if self.profile.repeats and self.budget_s is None else 0


def make_plan(
    profile: Profile,
    python: tuple[int, int],
    cpus: int,
    seed: int,
    wanted: Callable[[str], bool] = lambda _: True,
    budget_s: float | None = None,
    facts: Mapping[str, object] | None = None,
) -> Plan:
    """All cells of the profile on that Python whose name is wanted; each is either planned or absent with a reason.

    `facts` are those that the measured interpreter tells of itself; what it does not tell is taken to hold.

    With a budget each cell has as many blocks as the longest profile gives it: time decides how many are measured.
    """
    counts = profile if budget_s is None else PROFILES["rigorous"]
    cells: list[Planned] = []
    absent: list[NotOffered] = []
    for scenario, backend, load in every_cell(cpus, profile.grid):
        name = cell_name(scenario, backend, load)
        if not wanted(name):
            continue
        reason = unanswered(scenario, backend, python, load.needs) or not_given(load, facts or {})
        if reason:
            absent.append(NotOffered(name, scenario.name, backend.name, load.factors, reason))
        else:
            headline = load.headline or is_baseline(scenario, backend, load, cpus)
            blocks = counts.headline_blocks if headline else counts.other_blocks
            cells.append(Planned(name, scenario.name, backend.name, load.factors, headline, blocks))
    return Plan(profile, seed, tuple(cells), tuple(absent), budget_s)


def not_given(load: Load, facts: Mapping[str, object]) -> str | None:
    """One sentence why this load cannot be measured on the interpreter with these facts, or None when it can."""
    return next((reason for fact, reason in load.given.items() if facts.get(fact) is False), None)


def is_baseline(scenario: Scenario, backend: Backend, load: Load, cpus: int) -> bool:
    """Whether headline cells are compared with this one, which is then measured in every block in which they are."""
    work = _without_width(load.factors)
    same_work = [other for other in scenario.loads(cpus) if _without_width(other.factors) == work]
    return backend.style == "serial" and any(other.headline for other in same_work)


def _without_width(factors: Mapping[str, int | float | str]) -> dict[str, int | float | str]:
    return {name: value for name, value in factors.items() if name != "width"}


def every_cell(cpus: int, grid: Grid) -> list[tuple[Scenario, Backend, Load]]:
    """Scenario x backend x load, whether offered or not; then, beside what it is the floor of, the floor."""
    every_backend, floors = backends.every(), backends.floors()
    cells: list[tuple[Scenario, Backend, Load]] = []
    for scenario in scenarios.every():
        loads = loads_of(scenario, cpus, grid)
        tried = {own.name: tried_loads(own, loads) if grid == "kinds" else loads for own in [*every_backend, *floors]}
        cells += [(scenario, backend, load) for backend in every_backend for load in tried[backend.name]]
        cells += [
            (scenario, floor, load)
            for floor in floors
            for load in tried[floor.name]
            if is_floor_of(floor, scenario, load, grid)
        ]
    return cells


def is_floor_of(floor: Backend, scenario: Scenario, load: Load, grid: Grid) -> bool:
    """Whether the floor is measured under this load. Nobody chooses a floor, so where it is not there is no reason to give."""
    wanted = load.floor == "always" or (load.floor == "full" and grid == "full")
    return wanted and body_of(scenario, floor) is not None and scenario.needs | load.needs <= floor.offers


def loads_of(scenario: Scenario, cpus: int, grid: Grid) -> list[Load]:
    """The scenario's loads of that grid. Two loads that differ in numbers only are of one kind."""
    loads = [load for load in scenario.loads(cpus) if grid == "full" or not load.full_grid]
    if grid != "kinds":
        return loads
    kinds: dict[tuple[str, ...], Load] = {}
    for load in loads:
        kinds.setdefault(kind_of(load), load)
    return [load for load in loads if load.headline or load in kinds.values()]


def kind_of(load: Load) -> tuple[str, ...]:
    """What it has in common with loads that differ from it in numbers only."""
    return tuple(value for value in load.factors.values() if isinstance(value, str))


def tried_loads(backend: Backend, loads: list[Load]) -> list[Load]:
    """The loads that try whether the backend runs: each kind once, and of one library's start methods only fork tries all.

    A headline stands for its kind, unless that is what the backend does not offer.
    """
    offered = [load for load in loads if load.needs <= backend.offers]
    tried = [load for load in offered if load.headline]
    done = {kind_of(load) for load in tried}
    if backend.context in ("", "fork") or backend.managed:
        return [load for load in loads if load in tried or kind_of(load) not in done]
    return [load for load in loads if load.headline or load is next(iter([*tried, *offered]), loads[0])]


def cell_name(scenario: Scenario, backend: Backend, load: Load) -> str:
    """The one identifier: "lock/processes.spawn/width=2"."""
    return f"{scenario.name}/{backend.name}/{load}"


def arguments_of(cell: Planned, rounds: int) -> dict[str, int | float | str]:
    """What the body is called with: the cell's factors as far as the body takes them, and the number of rounds."""
    scenario = scenarios.find(cell.scenario)
    body = body_of(scenario, backends.find(cell.backend))
    assert body is not None, "a planned cell has a body"
    taken = body.__code__.co_varnames[: body.__code__.co_argcount]
    arguments = {name: value for name, value in cell.factors.items() if name in taken}
    return {**arguments, "rounds": max(1, min(rounds, scenario.most_rounds))}


def calibration_group(cell: Planned) -> tuple[object, ...]:
    """Cells that are compared with each other share one number of operations: the start methods of one library do."""
    backend = backends.find(cell.backend)
    library = backend.name.partition(".")[0] if backend.context else backend.name
    return (cell.scenario, library, backend.style, *cell.factors.items())


def expected_s(plan: Plan, interpreter_s: float) -> float:
    """About how long the campaign lasts, from the time one bare interpreter takes here. Announced before it starts."""
    rehearsals = {calibration_group(cell): cell for cell in plan.cells if scenarios.find(cell.scenario).calibrated}
    per_block = sum(cell.blocks * child_s(cell, plan.profile, interpreter_s) for cell in plan.cells)
    return per_block + sum(child_s(cell, plan.profile, interpreter_s) for cell in rehearsals.values())


def repeats_s(plan: Plan, interpreter_s: float) -> float:
    """How much longer the campaign lasts at the most, when the machine is noisy and its longest blocks are measured again."""
    numbers = range(1, plan.blocks + 1)
    each = [sum(child_s(cell, plan.profile, interpreter_s) for cell in plan.block(number)) for number in numbers]
    return sum(sorted(each, reverse=True)[: plan.repeats])


def child_s(cell: Planned, profile: Profile, interpreter_s: float) -> float:
    """About how long one child of a cell lives."""
    backend, scenario = backends.find(cell.backend), scenarios.find(cell.scenario)
    rounds = min(profile.rounds, scenario.most_rounds)
    starts = START_WEIGHT.get(backend.context, 1.0) * int(cell.factors.get("width", 1))
    if scenario.about_starting:
        starts *= rounds
    return interpreter_s * (1.5 + starts) + rounds * profile.value_ms * 1.8e-3 + BESIDES_S.get(cell.scenario, 0.0)


def hash_sources(plan: Plan, root: Path) -> dict[str, str]:
    """First 16 digits of the SHA-256 of each file whose change would make another measurement of it."""
    files = {f"study/scenarios/{cell.scenario}.py" for cell in plan.cells}
    files |= {f"backends/{cell.backend.partition('.')[0]}.py" for cell in plan.cells}
    files |= {f"study/child/{cell.factors['main']}.py" for cell in plan.cells if "main" in cell.factors}
    files |= {
        "backends/__init__.py",
        "backends/threads.py",  # executors.thread takes its names from there
        "study/stopwatch.py",
        "study/trace.py",
        "study/child/bare.py",
        "study/child/session.py",
    }
    present = sorted(file for file in files if (root / file).exists())
    return {file: hashlib.sha256((root / file).read_bytes()).hexdigest()[:16] for file in present}


def matcher(expression: str) -> Callable[[str], bool]:
    """What pytest's ``-k`` does, for cell names: words with and, or, not and parentheses. Raises ValueError."""
    tokens = re.findall(r"[()]|[^\s()]+", expression)
    test, rest = _either(tokens) if tokens else (lambda _: True, [])
    if rest:
        raise ValueError(
            f"-k {expression!r}: {rest[0]!r} is not expected there; write words with and, or, not and parentheses"
        )
    return test


Matched = tuple[Callable[[str], bool], list[str]]


def _either(tokens: list[str]) -> Matched:
    return _chain(tokens, "or", _both, any)


def _both(tokens: list[str]) -> Matched:
    return _chain(tokens, "and", _one, all)


def _chain(
    tokens: list[str],
    word: str,
    part: Callable[[list[str]], Matched],
    judge: Callable[[Iterable[bool]], bool],
) -> Matched:
    test, rest = part(tokens)
    tests = [test]
    while rest and rest[0] == word:
        test, rest = part(rest[1:])
        tests.append(test)
    return lambda name: judge(test(name) for test in tests), rest


def _one(tokens: list[str]) -> Matched:
    if not tokens or tokens[0] in ("and", "or", ")"):
        raise ValueError(
            f"-k: a word is missing before {tokens[0]!r}" if tokens else "-k: the expression ends too early"
        )
    word, rest = tokens[0].lower(), tokens[1:]
    if word == "not":
        test, rest = _one(rest)
        return lambda name: not test(name), rest
    if word == "(":
        test, rest = _either(rest)
        if not rest or rest[0] != ")":
            raise ValueError("-k: a parenthesis is not closed")
        return test, rest[1:]
    return lambda name: word in name.lower(), rest


def python_of(interpreter: Mapping[str, object]) -> tuple[int, int]:
    """(3, 12) of an interpreter's description."""
    major, minor = str(interpreter["version"]).split(".")[:2]
    return int(major), int(minor)

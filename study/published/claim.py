"""Does what others have published hold here? A claim, the bounds that it sets, and what a run says of it."""

import enum
import functools
import math
import re
from collections.abc import Callable
from dataclasses import dataclass

from study import installed, tables
from study.frame import MEASURED, NOT_OFFERED, records, usable_cpus
from study.journal import Header
from study.notation import interval, plain
from study.tables import Line, Results


class Finding(enum.Enum):
    """What may be said of a claim."""

    REPRODUCED = "reproduced"
    REFUTED = "refuted"
    INCONCLUSIVE = "inconclusive"
    NOT_APPLICABLE = "not applicable here"


@dataclass(frozen=True, slots=True)
class Figure:
    """Our number for a claim, with the 95 % interval over the blocks."""

    value: float
    low: float | None  #: None when there are too few blocks for an interval
    high: float | None
    blocks: int
    cell: str  #: the key of the cell that it is read from, or the first of them


@dataclass(frozen=True, slots=True)
class Missing:
    """Why a run has no such number: words that go on after "not applicable here: "."""

    reason: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where a number is found: a lap of the cell with these factors."""

    scenario: str
    backend: str
    lap: str
    factors: tuple[tuple[str, int | str], ...]


def at(scenario: str, backend: str, lap: str, /, **factors: int | str) -> Place:
    """The place of a number."""
    return Place(scenario, backend, lap, tuple(factors.items()))


@dataclass(frozen=True, eq=False)
class Run:
    """One run, and what claims ask of it."""

    found: Results
    header: Header

    @property
    def name(self) -> str:
        return self.header.run

    @property
    def cpus(self) -> int | None:
        """The processors its children could use; None when it does not tell."""
        return usable_cpus(self.header)

    @property
    def gil(self) -> bool | None:
        """Whether the measured interpreter runs one thread at a time; None when it does not tell."""
        told = self.header.interpreter.get("gil_enabled")
        return told if isinstance(told, bool) else None

    @property
    def version(self) -> tuple[int, ...]:
        """(3, 11, 7) of the measured interpreter; () when it does not tell."""
        told = re.match(r"(\d{1,3})\.(\d{1,3})\.(\d{1,3})", str(self.header.interpreter.get("version", "")))
        return tuple(map(int, told.groups())) if told else ()

    def least(self, scenario: str, factor: str) -> int:
        """The least number of a factor that was measured; 0 when there is none."""
        lines = [line for (name, _), lines in self._cells.items() if name == scenario for line in lines]
        known = [line.get(factor) for line in lines if line["state"] == MEASURED]
        return min((int(value) for value in known if isinstance(value, int | float) and value == value), default=0)

    def find(self, place: Place) -> str | Missing:
        """The key of the cell that has this lap, or why there is none."""
        lines = [line for line in self._cells.get((place.scenario, place.backend), []) if _fits(line, place)]
        if not lines:
            return Missing(self._left_out(place))
        line = lines[0]
        if line["state"] != MEASURED:
            words = str(line["words"]).removeprefix("not offered: ")
            return Missing(
                words if line["state"] == NOT_OFFERED else f"the cell {plain(line['cell'], 120)} {_became(words)}"
            )
        if (self.name, line["cell"], place.lap) not in self.found.series:
            return Missing(f"the cell {plain(line['cell'], 120)} has no {place.lap}")
        return str(line["cell"])

    @functools.cached_property
    def _cells(self) -> dict[tuple[str, str], list[Line]]:
        """(scenario, backend) -> its cells on the most CPUs."""
        kept: dict[tuple[str, str], list[Line]] = {}
        for line in records(tables.on_most_cpus(self.found.cells)):
            kept.setdefault((str(line["scenario"]), str(line["backend"])), []).append(line)
        return kept

    def _left_out(self, place: Place) -> str:
        scenario = installed.known_scenarios().get(place.scenario)
        loads = scenario.loads(self.cpus or 1) if scenario else []
        wanted = dict(place.factors)
        full = any(load.full_grid and wanted.items() <= load.factors.items() for load in loads)
        if full and self.header.profile != "rigorous":
            return f"not measured in the {plain(self.header.profile, 40)} profile; the rigorous one has it"
        factors = ",".join(f"{name}={value}" for name, value in place.factors)
        return f"this run has no {place.scenario}/{place.backend}/{factors}"


def _became(words: str) -> str:
    """What became of a cell, as the end of a sentence that begins with its key."""
    return words if words.startswith("failed") else f"was {words}"


def _fits(line: Line, place: Place) -> bool:
    return all(line.get(name) == value for name, value in place.factors)


Measure = Callable[[Run], Figure | Missing]
Condition = Callable[[Run], str]  # "" when it is met, otherwise what is missing


@dataclass(frozen=True, slots=True)
class Claim:
    """One sentence that somebody has published, and how it is held against a run."""

    number: int  #: in our list of published figures
    slug: str
    sentence: str
    theirs: str  #: their figures
    conditions: str  #: under which they were measured; "" when they do not say
    source: str
    link: str  #: of the source; "" when it is known by name only
    ours: str  #: "a first start with spawn takes {} as long as one with fork"
    measure: Measure
    low: float | None = None  #: our figure reproduces the claim from here
    high: float | None = None  #: to here; None where the claim sets no bound
    unit: str = "x"  #: written after each number
    needs: tuple[Condition, ...] = ()

    @property
    def bounds(self) -> str:
        """The bounds for a reader: "10 to 60x"."""
        low, high = ("" if end is None else f"{end:,.6g}" for end in (self.low, self.high))
        words = f"{low} to {high}" if low and high else f"at least {low}" if low else f"at most {high}"
        return words + self.unit


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run says of a claim."""

    claim: Claim
    finding: Finding
    figure: Figure | None  #: None where it is not applicable
    sentence: str

    @property
    def ours(self) -> str:
        """Our figure with its interval; "—" without one."""
        if self.figure is None:
            return "—"
        return interval(self.figure.value, self.figure.low, self.figure.high) + self.claim.unit


def judge(claim: Claim, run: Run) -> Outcome:
    """Reproduced when our whole interval lies within the claim's bounds, refuted when all of it lies outside."""
    unmet = next(filter(None, (condition(run) for condition in claim.needs)), "")
    figure = Missing(unmet) if unmet else claim.measure(run)
    if isinstance(figure, Missing):
        return Outcome(claim, Finding.NOT_APPLICABLE, None, f"{figure.reason[:1].upper()}{figure.reason[1:]}.")
    finding, words = _compare(claim, figure)
    told = interval(figure.value, figure.low, figure.high) + claim.unit
    return Outcome(claim, finding, figure, f"Here {claim.ours.format(told)}, {words}.")


def _compare(claim: Claim, figure: Figure) -> tuple[Finding, str]:
    if figure.low is None or figure.high is None:
        return Finding.INCONCLUSIVE, f"in too few blocks ({figure.blocks}) for an interval"
    low, high = -math.inf if claim.low is None else claim.low, math.inf if claim.high is None else claim.high
    if figure.high < low or figure.low > high:
        return Finding.REFUTED, f"where the claim is {claim.bounds}"
    if low <= figure.low and figure.high <= high:
        return Finding.REPRODUCED, f"and the claim is {claim.bounds}"
    return Finding.INCONCLUSIVE, f"which does not tell whether it is {claim.bounds}"

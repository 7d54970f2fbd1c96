"""From options to a campaign that is ready to run: describe the interpreters, make their plans, start their journals."""

import datetime
import math
import os
import re
import secrets
import shutil
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import fmean

from study import affinity, budget, build, environment, interleaving, journal, launch
from study.budget import Allowance, Pace
from study.campaign import Campaign
from study.interleaving import Side
from study.journal import Header, JournalError
from study.plan import PROFILES, Plan, expected_s, hash_sources, make_plan, matcher, python_of, repeats_s

ROOT = Path(__file__).resolve().parent.parent
OLDEST = (3, 10)
LONGEST_NAME = 200  # characters of a campaign's; a journal holds no more


class UsageError(Exception):
    """An option cannot be followed. The message says which, and what to do instead."""


@dataclass(frozen=True, slots=True)
class Options:
    """What a reader can ask for."""

    results: Path
    profile: str = "default"
    select: str = ""  # like pytest's -k
    machine: str = ""  # instead of the name made of the facts
    budget: str = ""  # "90s", "3m" or "1h"; "" when the profile decides how long it lasts
    asked: float = field(default_factory=time.perf_counter)  # when the budget begins
    afterwards: float = 0.0  # what has to be done after the report and within the budget, in interpreter starts
    cpus: str = ""  # "2" or "1,2,4": how many of its CPUs a child may use; "" for all


@dataclass(frozen=True, slots=True)
class Interpreter:
    """The measured interpreter."""

    path: str
    facts: dict[str, str | int | float | bool | list[str]]
    bare_start_s: float  # wall time of one child that does nothing
    executable: str = ""  # where it really is, whatever links and environments lead to it; no journal holds it


@dataclass(frozen=True, slots=True)
class Part:
    """One interpreter of a campaign that is not begun yet."""

    interpreter: Interpreter
    plan: Plan
    tag: str = ""  # see interleaving.Side

    @property
    def cells(self) -> frozenset[str]:
        """The names of its cells in the plan of the whole campaign."""
        return frozenset(interleaving.named(cell.cell, self.tag) for cell in self.plan.cells)


def describe(python: str) -> Interpreter:
    """Ask an interpreter for its facts. Raises UsageError when it cannot be started, is no CPython or is too old."""
    found = shutil.which(python)
    if found is None:
        raise UsageError(f"--python={python}: there is no such program; give the path of a Python interpreter.")
    path = os.path.abspath(
        found
    )  # children are started elsewhere; not resolved, since an environment's Python is a link
    with tempfile.TemporaryDirectory(prefix="concurrency-study-") as scratch:
        ended = launch.ask(path, {"do": "describe", "build": True}, Path(scratch))
        begun = time.perf_counter()
        launch.ask(path, {"do": "describe"}, Path(scratch))  # the first may have to compile bytecode
        seconds = time.perf_counter() - begun
    facts = dict(ended.answer)
    executable, wrong = str(facts.pop("executable", "")), ended.reason
    if ended.status == "measured" and (facts["implementation"] != "CPython" or python_of(facts) < OLDEST):
        wrong = f"it is {facts['implementation']} {facts['version']}"
    if wrong:
        raise UsageError(f"--python={python}: {wrong}; give the path of a CPython from 3.10 on.")
    return Interpreter(path, facts, seconds, executable)


def parts_for(
    options: Options, interpreters: Sequence[Interpreter], wanted: Callable[[str], bool] | None = None
) -> list[Part]:
    """What each of them measures. Of several, the names that are `wanted` end with the interpreter's tag.

    Raises UsageError when there is no cell for any of them; one for which there is none is left out.
    """
    seed, tags = secrets.randbits(32), interleaving.tags([one.facts for one in interpreters])
    if len(interpreters) == 1:
        return [Part(interpreters[0], plan_for(options, interpreters[0], wanted, seed))]
    parts = []
    for interpreter, tag in zip(interpreters, tags, strict=True):
        plan = _make_plan(options, interpreter, _beside(wanted or _matcher(options), tag), seed)
        parts += [Part(interpreter, plan, tag)] if plan.cells or plan.absent else []
    if not parts:
        raise _no_cell(options)
    plans = interleaving.level([part.plan for part in parts])
    return [Part(part.interpreter, plan, part.tag) for part, plan in zip(parts, plans, strict=True)]


def _beside(test: Callable[[str], bool], tag: str) -> Callable[[str], bool]:
    """The same test of plain names of one interpreter's cells."""
    return lambda name: test(interleaving.named(name, tag))


def plan_for(
    options: Options, interpreter: Interpreter, wanted: Callable[[str], bool] | None = None, seed: int | None = None
) -> Plan:
    """The cells the options ask for. Raises UsageError when there are none."""
    plan = _make_plan(options, interpreter, wanted or _matcher(options), secrets.randbits(32) if seed is None else seed)
    if not plan.cells and not plan.absent:
        raise _no_cell(options)
    return plan


def _make_plan(options: Options, interpreter: Interpreter, test: Callable[[str], bool], seed: int) -> Plan:
    if options.profile not in PROFILES:
        raise UsageError(f"--profile={options.profile}: there is no such profile; there are {', '.join(PROFILES)}.")
    cpus = environment.facts()["usable_cpus"].value
    assert isinstance(cpus, int)
    profile, python = PROFILES[options.profile], python_of(interpreter.facts)
    budget_s, counts = _budget_s(options), _counts(options, cpus)

    def make(cpus: int, wanted: Callable[[str], bool]) -> Plan:
        return make_plan(profile, python, cpus, seed, wanted, budget_s, interpreter.facts)

    return affinity.plan_on(counts, test, make) if counts else make(cpus, test)


def _matcher(options: Options) -> Callable[[str], bool]:
    try:
        return matcher(options.select)
    except ValueError as error:
        raise UsageError(str(error)) from error


def _no_cell(options: Options) -> UsageError:
    return UsageError(f"-k {options.select!r} matches no cell; `python -m study list --cells` names them all.")


def _budget_s(options: Options) -> float | None:
    try:
        return budget.parse(options.budget) if options.budget else None
    except ValueError as error:
        raise UsageError(f"--budget: {error}.") from error


def _counts(options: Options, usable: int) -> tuple[int, ...]:
    try:
        return affinity.parse(options.cpus, usable)
    except ValueError as error:
        raise UsageError(f"--cpus: {error}.") from error


def start(options: Options, parts: Sequence[Part]) -> Campaign:
    """A campaign with a new journal for each. Raises UsageError when a folder cannot be written or a budget is too small."""
    plan, interpreter_s = whole(parts)
    _check_budget(options, plan, interpreter_s, len(parts))
    headers = headers_of(options, parts)
    sides = [
        Side(part.plan, part.interpreter.path, options.results / header.machine / f"{header.run}.jsonl", part.tag)
        for part, header in zip(parts, headers, strict=True)
    ]
    try:
        _create([(side.path, header) for side, header in zip(sides, headers, strict=True)])
    except OSError as error:
        raise UsageError(
            f"{options.results}: {error.strerror}; name a folder that can be written with --results."
        ) from error
    starts = budget.report_starts(plan, options.afterwards, len(parts))
    return Campaign(sides, allowance=allowance_of(headers[0], plan, interpreter_s, starts, options.asked))


def _create(journals: Sequence[tuple[Path, Header]]) -> None:
    """All of them, or none. Raises JournalError, OSError."""
    made: list[Path] = []
    try:
        for path, header in journals:
            if not path.exists():  # else it is refused, and stays
                made.append(path)
            journal.create(path, header)
    except (OSError, JournalError):
        for path in made:
            path.unlink(missing_ok=True)
        raise


def whole(parts: Sequence[Part]) -> tuple[Plan, float]:
    """The one plan of all interpreters, and the seconds that a bare one of them takes, on average."""
    plan = interleaving.whole([part.plan for part in parts], [part.tag for part in parts])
    return plan, fmean(part.interpreter.bare_start_s for part in parts)


def _check_budget(options: Options, plan: Plan, interpreter_s: float, sides: int) -> None:
    least_s = budget.least_s(plan, interpreter_s, options.afterwards, sides) + time.perf_counter() - options.asked
    if plan.budget_s is not None and plan.budget_s < least_s:
        raise UsageError(
            f"--budget: {budget.spell(plan.budget_s)} are not enough for one child of each of {len(plan.block(1))} cell(s) "
            f"and the report; give at least {math.ceil(least_s) + 1}s, or choose fewer cells with -k."
        )


def allowance_of(
    header: Header, plan: Plan, interpreter_s: float, starts: float, begun: float, spent: float = 0.0
) -> Allowance | None:
    """What is left of the header's budget; None when it has none."""
    if header.budget is None:
        return None
    return Allowance(header.budget.seconds, starts, Pace(plan.profile, interpreter_s), begun, spent)


def newest_journal(results: Path) -> Path:
    """The journal that was begun last. Raises UsageError when there is none."""
    found = journal.found_in(results)
    if not found:
        raise UsageError(f"{results}: holds no journal yet; `python -m study run` makes one.")
    return found[-1]


def announcement(parts: Sequence[Part], afterwards: float = 0.0) -> str:
    """What is about to happen, in one sentence with the honest expected time."""
    plan, interpreter_s = whole(parts)
    absent = f"{len(plan.absent)} cells are not offered here."
    names = ", ".join(build.words(part.interpreter.facts) for part in parts)
    cells = (
        f"{len(plan.cells)} cells" if len(parts) == 1 else f"Python {names} in the same blocks: {len(plan.cells)} cells"
    )
    record = budget.record(plan, interpreter_s, afterwards, len(parts))
    if record:
        return (
            f"{cells}, profile {plan.profile.name}, within {budget.spell(record.seconds)}, "
            f"{record.reserve_s:.0f} s of it for the report; expected to be left out: {record.left_out}; {absent}"
        )
    seconds, more = expected_s(plan, interpreter_s), repeats_s(plan, interpreter_s)
    in_minutes = seconds >= 100
    lasts, at_most = (f"{s / 60:.0f}" if in_minutes else f"{s:.0f}" for s in (seconds, seconds + more))
    noisy = f", up to {at_most} when the machine is noisy" if at_most != lasts else ""
    return (
        f"{cells}, {plan.children} interpreters to start, profile {plan.profile.name}: "
        f"about {lasts} {'min' if in_minutes else 's'}{noisy}; {absent}"
    )


def headers_of(options: Options, parts: Sequence[Part]) -> list[Header]:
    """The first lines of the journals."""
    found = environment.facts()
    identity = environment.machine_id(found)
    found["machine_id"] = journal.Fact(identity, "", "hash of stable facts")
    now, several = datetime.datetime.now(datetime.UTC), len(parts) > 1
    stamp = f"{now:%Y%m%dT%H%M%SZ}"
    names = [part.tag if several else build.version(part.interpreter.facts) for part in parts]
    campaign = interleaving.campaign_name(stamp, names) if several else ""
    if len(campaign) > LONGEST_NAME:
        raise UsageError(f"--python: {len(parts)} interpreters are too many for one campaign; name fewer.")
    plan, interpreter_s = whole(parts)
    return [
        Header(
            format=journal.FORMAT,
            run=f"{stamp}-{name}",
            machine=_machine_name(options.machine) or identity,
            profile=part.plan.profile.name,
            seed=part.plan.seed,
            started=now.isoformat(timespec="seconds"),
            value_ms=part.plan.profile.value_ms,
            rounds=part.plan.profile.rounds,
            environment=found,
            interpreter=part.interpreter.facts,
            sources=hash_sources(part.plan, ROOT),
            plan=list(part.plan.cells),
            absent=list(part.plan.absent),
            plan_hash=journal.hash_of(list(part.plan.cells), list(part.plan.absent)),
            budget=budget.record(plan, interpreter_s, options.afterwards, len(parts), part.cells),
            campaign=campaign,
        )
        for part, name in zip(parts, names, strict=True)
    ]


def _machine_name(name: str) -> str:
    if name and not re.fullmatch(r"[a-z0-9-]{1,64}", name):
        raise UsageError(f"--machine={name}: use at most 64 of a-z, 0-9 and -; the name becomes a folder.")
    return name

"""From options to a campaign that is ready to run: describe the interpreter, make the plan, start or take up the journal."""

import datetime
import os
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from study import affinity, budget, environment, journal, launch
from study.budget import Allowance, Pace
from study.campaign import Campaign, new_journal, new_seed, spent_s
from study.journal import Header, JournalError
from study.plan import PROFILES, Plan, expected_s, hash_sources, make_plan, matcher, python_of, repeats_s

ROOT = Path(__file__).resolve().parent.parent


class UsageError(Exception):
    """An option cannot be followed. The message says which, and what to do instead."""


@dataclass(frozen=True, slots=True)
class Options:
    """What a reader can ask for."""

    results: Path
    profile: str = "default"
    python: str = sys.executable
    select: str = ""  # like pytest's -k
    machine: str = ""  # instead of the name made of the facts
    resume: Path | None = None
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


def describe(python: str) -> Interpreter:
    """Ask an interpreter for its facts. Raises UsageError when it cannot be started or is too old."""
    found = shutil.which(python)
    if found is None:
        raise UsageError(f"--python={python}: there is no such program; give the path of a Python interpreter.")
    path = os.path.abspath(
        found
    )  # children are started elsewhere; not resolved, since an environment's Python is a link
    with tempfile.TemporaryDirectory(prefix="concurrency-study-") as scratch:
        times = []
        for _ in range(2):  # the first may have to compile bytecode
            begun = time.perf_counter()
            ended = launch.ask(path, {"do": "describe"}, Path(scratch))
            times.append(time.perf_counter() - begun)
    if ended.status != "measured":
        raise UsageError(f"--python={python}: {ended.reason}; give the path of a CPython from 3.10 on.")
    return Interpreter(path, dict(ended.answer), min(times))


def plan_for(options: Options, interpreter: Interpreter, wanted: Callable[[str], bool] | None = None) -> Plan:
    """The cells the options ask for. Raises UsageError when there are none."""
    if options.profile not in PROFILES:
        raise UsageError(f"--profile={options.profile}: there is no such profile; there are {', '.join(PROFILES)}.")
    try:
        test = wanted or matcher(options.select)
    except ValueError as error:
        raise UsageError(str(error)) from error
    cpus = environment.facts()["usable_cpus"].value
    assert isinstance(cpus, int)
    profile, python = PROFILES[options.profile], python_of(interpreter.facts)
    seed, budget_s, counts = new_seed(), _budget_s(options), _counts(options, cpus)

    def make(cpus: int, wanted: Callable[[str], bool]) -> Plan:
        return make_plan(profile, python, cpus, seed, wanted, budget_s)

    plan = affinity.plan_on(counts, test, make) if counts else make(cpus, test)
    if not plan.cells and not plan.absent:
        raise UsageError(f"-k {options.select!r} matches no cell; `python -m study list --cells` names them all.")
    return plan


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


def start(options: Options, plan: Plan, interpreter: Interpreter) -> Campaign:
    """A campaign with a new journal. Raises UsageError when its folder cannot be written or its budget is too small."""
    _check_budget(options, plan, interpreter)
    header = header_of(options, plan, interpreter)
    try:
        path = new_journal(options.results, header)
    except OSError as error:
        raise UsageError(
            f"{options.results}: {error.strerror}; name a folder that can be written with --results."
        ) from error
    starts = budget.report_starts(plan, options.afterwards)
    return Campaign(
        plan, interpreter.path, path, allowance=_allowance(header, plan, interpreter, starts, options.asked)
    )


def _check_budget(options: Options, plan: Plan, interpreter: Interpreter) -> None:
    least_s = budget.least_s(plan, interpreter.bare_start_s, options.afterwards) + time.perf_counter() - options.asked
    if plan.budget_s is not None and plan.budget_s < least_s:
        raise UsageError(
            f"--budget: {budget.spell(plan.budget_s)} are not enough for one child of each of {len(plan.block(1))} cell(s) "
            f"and the report; give at least {least_s + 1:.0f}s, or choose fewer cells with -k."
        )


def _allowance(
    header: Header, plan: Plan, interpreter: Interpreter, starts: float, begun: float, spent: float = 0.0
) -> Allowance | None:
    """What is left of the header's budget; None when it has none."""
    if header.budget is None:
        return None
    pace = Pace(plan.profile, interpreter.bare_start_s)
    return Allowance(header.budget.seconds, starts, pace, begun, spent)


def resume(path: Path, python: str) -> Campaign:
    """The campaign of an unfinished journal. Raises UsageError when machine, interpreter or sources are not the same.

    One with a budget goes on with what is left of it; the time between the two runs does not count.
    """
    asked = time.perf_counter()
    begun = journal.load(path)
    header = begun.header
    interpreter = describe(python)
    now = {"machine": environment.machine_id(environment.facts()), "interpreter": interpreter.facts}
    then = {"machine": header.environment["machine_id"].value, "interpreter": header.interpreter}
    for what, value in then.items():
        if now[what] != value:
            raise UsageError(
                f"{path}: was begun on another {what} ({_difference(value, now[what])}); start a new campaign."
            )
    if header.profile not in PROFILES:
        raise JournalError(f"{path}: line 1: `$.profile` {header.profile!r} is not known; start a new campaign.")
    seconds = header.budget.seconds if header.budget else None
    plan = Plan(PROFILES[header.profile], header.seed, tuple(header.plan), tuple(header.absent), seconds)
    changed = [file for file, digest in hash_sources(plan, ROOT).items() if header.sources.get(file) != digest]
    if changed:
        raise UsageError(f"{path}: {', '.join(changed)} changed since it was begun; start a new campaign.")
    if begun.torn:
        journal.cut_torn_line(path)
    rows = [*begun.rows, *begun.rejected_rows]
    spent = spent_s(rows, begun.blocks)
    allowance = _allowance(header, plan, interpreter, budget.report_starts(plan), asked, spent)
    return Campaign(
        plan, interpreter.path, path, rows=rows, blocks=begun.blocks, rejected=begun.rejected, allowance=allowance
    )


def newest_journal(results: Path) -> Path:
    """The journal that was begun last. Raises UsageError when there is none."""
    found = journal.found_in(results)
    if not found:
        raise UsageError(f"{results}: holds no journal yet; `python -m study run` makes one.")
    return found[-1]


def announcement(plan: Plan, interpreter: Interpreter, afterwards: float = 0.0) -> str:
    """What is about to happen, in one sentence with the honest expected time."""
    absent = f"{len(plan.absent)} cells are not offered here."
    record = budget.record(plan, interpreter.bare_start_s, afterwards)
    if record:
        return (
            f"{len(plan.cells)} cells, profile {plan.profile.name}, within {budget.spell(record.seconds)}, "
            f"{record.reserve_s:.0f} s of it for the report; expected to be left out: {record.left_out}; {absent}"
        )
    seconds, more = expected_s(plan, interpreter.bare_start_s), repeats_s(plan, interpreter.bare_start_s)
    in_minutes = seconds >= 100
    lasts, at_most = (f"{s / 60:.0f}" if in_minutes else f"{s:.0f}" for s in (seconds, seconds + more))
    noisy = f", up to {at_most} when the machine is noisy" if at_most != lasts else ""
    return (
        f"{len(plan.cells)} cells, {plan.children} interpreters to start, profile {plan.profile.name}: "
        f"about {lasts} {'min' if in_minutes else 's'}{noisy}; {absent}"
    )


def header_of(options: Options, plan: Plan, interpreter: Interpreter) -> Header:
    """The first line of the journal."""
    found = environment.facts()
    identity = environment.machine_id(found)
    found["machine_id"] = journal.Fact(identity, "", "hash of stable facts")
    now = datetime.datetime.now(datetime.UTC)
    return Header(
        format=journal.FORMAT,
        run=f"{now:%Y%m%dT%H%M%SZ}-{interpreter.facts['version']}",
        machine=_machine_name(options.machine) or identity,
        profile=plan.profile.name,
        seed=plan.seed,
        started=now.isoformat(timespec="seconds"),
        value_ms=plan.profile.value_ms,
        rounds=plan.profile.rounds,
        environment=found,
        interpreter=interpreter.facts,
        sources=hash_sources(plan, ROOT),
        plan=list(plan.cells),
        absent=list(plan.absent),
        plan_hash=journal.hash_of(list(plan.cells), list(plan.absent)),
        budget=budget.record(plan, interpreter.bare_start_s, options.afterwards),
    )


def _machine_name(name: str) -> str:
    if name and not re.fullmatch(r"[a-z0-9-]{1,64}", name):
        raise UsageError(f"--machine={name}: use at most 64 of a-z, 0-9 and -; the name becomes a folder.")
    return name


def _difference(then: object, now: object) -> str:
    if isinstance(then, dict) and isinstance(now, dict):
        return ", ".join(
            f"{key}: {then.get(key)} then, {now.get(key)} now"
            for key in sorted({*then, *now})
            if then.get(key) != now.get(key)
        )
    return f"{then} then, {now} now"

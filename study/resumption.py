"""How is a campaign taken up that was killed, interrupted or ran out of disk? By any of its journals, all of them are."""

import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import fmean

from study import budget, environment, interleaving, journal
from study.campaign import Campaign
from study.interleaving import Side, told_by
from study.interpreters import ALL, chosen
from study.journal import Block, Journal, JournalError, Rejected
from study.plan import PROFILES, Plan, hash_sources
from study.preparation import ROOT, Interpreter, UsageError, allowance_of
from study.records import spent_s

Owed = list[tuple[Path, Block | Rejected]]


def resume(path: Path, pythons: Sequence[str] = ()) -> Campaign:
    """The campaign of an unfinished journal. Raises UsageError when machine, interpreter or sources are not the same.

    One with a budget goes on with what is left of it; the time between the two runs does not count. The interpreters of
    several journals are looked for among those that are named or, when none is, among all that can be found.
    """
    asked = time.perf_counter()
    journals = journals_of(path)
    _check_machine(journals[0])
    several = len(journals) > 1
    found = chosen(pythons or ([sys.executable, ALL] if several else []))
    tags = interleaving.tags([one.header.interpreter for one in journals]) if several else [""]
    interpreters = _matched(journals, found) if several else [_same(journals[0], found[0])]
    sides = [
        Side(_plan_of(one), interpreter.path, Path(one.path), tag)
        for one, interpreter, tag in zip(journals, interpreters, tags, strict=True)
    ]
    for one in journals:
        if one.torn:
            journal.cut_torn_line(Path(one.path))
    rows = [row for side, one in zip(sides, journals, strict=True) for row in told_by(side, all_rows(one))]
    blocks, rejected, owed = same_blocks(journals)
    plan = interleaving.whole([side.plan for side in sides], tags)
    starts = budget.report_starts(plan, sides=len(sides))
    interpreter_s = fmean(interpreter.bare_start_s for interpreter in interpreters)
    spent = spent_s(rows, blocks)
    allowance = allowance_of(journals[0].header, plan, interpreter_s, starts, asked, spent)
    return Campaign(sides, rows=rows, blocks=blocks, rejected=rejected, allowance=allowance, owed=owed)


def journals_of(path: Path) -> list[Journal]:
    """The journal, and with it all those of its campaign, in their order. Raises JournalError when one is not there."""
    begun = journal.load(path)
    name = begun.header.campaign
    if not name:
        return [begun]
    found = {begun.header.run: begun}
    for run in interleaving.runs_of(name):
        beside = path.parent / f"{run}.jsonl"
        if run not in found and beside.exists() and (one := journal.load(beside)).header.campaign == name:
            found[run] = one
    missing = [run for run in interleaving.runs_of(name) if run not in found]
    if missing:
        raise JournalError(
            f"{path}: is of a campaign of {len(interleaving.runs_of(name))} journals, and {missing[0]}.jsonl is not beside "
            "it; put it back, or start a new campaign."
        )
    ordered = [found[run] for run in interleaving.runs_of(name)]
    for one in ordered[1:]:
        if (one.header.seed, one.header.profile, one.header.started) != _common(ordered[0]):
            raise JournalError(f"{one.path}: is not of one campaign with {ordered[0].path}; start a new campaign.")
    return ordered


def _common(one: Journal) -> tuple[int, str, str]:
    return one.header.seed, one.header.profile, one.header.started


def all_rows(one: Journal) -> list[journal.Row]:
    """Its rows, whether they count or not."""
    return [*one.rows, *one.rejected_rows]


def same_blocks(journals: Sequence[Journal]) -> tuple[list[Block], list[Rejected], Owed]:
    """The records of the blocks that any of the journals has, and which of them each of the others still lacks.

    They are written into one journal after the other, and a kill may come in between.
    """
    blocks = {record.block: record for one in reversed(journals) for record in one.blocks}
    rejected = {record.by: record for one in reversed(journals) for record in one.rejected}
    owed: Owed = []
    for one in journals:
        known, replaced = {record.block for record in one.blocks}, {record.by for record in one.rejected}
        if one.header.plan:
            lacking: list[Block | Rejected] = [blocks[number] for number in sorted(blocks.keys() - known)]
            lacking += [rejected[number] for number in sorted(rejected.keys() - replaced)]
            owed += [(Path(one.path), record) for record in lacking]
    return [blocks[number] for number in sorted(blocks)], [rejected[number] for number in sorted(rejected)], owed


def _plan_of(one: Journal) -> Plan:
    """What the journal is to hold. Raises JournalError, and UsageError when the code that measures is not the same."""
    header = one.header
    if header.profile not in PROFILES:
        raise JournalError(f"{one.path}: line 1: `$.profile` {header.profile!r} is not known; start a new campaign.")
    seconds = header.budget.seconds if header.budget else None
    plan = Plan(PROFILES[header.profile], header.seed, tuple(header.plan), tuple(header.absent), seconds)
    changed = [file for file, digest in hash_sources(plan, ROOT).items() if header.sources.get(file) != digest]
    if changed:
        raise UsageError(f"{one.path}: {', '.join(changed)} changed since it was begun; start a new campaign.")
    return plan


def _check_machine(one: Journal) -> None:
    fact, now = one.header.environment.get("machine_id"), environment.machine_id(environment.facts())
    then = fact.value if fact else None
    if then != now:
        raise _begun_elsewhere(one, "machine", f"{then} then, {now} now")


def _same(one: Journal, interpreter: Interpreter) -> Interpreter:
    """The interpreter, when the journal was begun on it."""
    if one.header.interpreter != interpreter.facts:
        raise _begun_elsewhere(one, "interpreter", _difference(one.header.interpreter, interpreter.facts))
    return interpreter


def _matched(journals: Sequence[Journal], found: Sequence[Interpreter]) -> list[Interpreter]:
    """That of each journal. Two names of one interpreter are told apart by their order, where both are given."""
    free, matched = list(found), []
    for one in journals:
        alike = [interpreter for interpreter in found if interpreter.facts == one.header.interpreter]
        if not alike:
            version = one.header.interpreter.get("version", "unknown")
            raise UsageError(
                f"{one.path}: was begun on Python {version}, which was not found as it was; name it with --python."
            )
        unused = [interpreter for interpreter in alike if interpreter in free]
        matched.append((unused or alike)[0])
        free = [interpreter for interpreter in free if interpreter is not matched[-1]]
    return matched


def _begun_elsewhere(one: Journal, what: str, difference: str) -> UsageError:
    return UsageError(f"{one.path}: was begun on another {what} ({difference}); start a new campaign.")


def _difference(then: Mapping[str, object], now: Mapping[str, object]) -> str:
    return ", ".join(
        f"{key}: {then.get(key)} then, {now.get(key)} now"
        for key in sorted({*then, *now})
        if then.get(key) != now.get(key)
    )

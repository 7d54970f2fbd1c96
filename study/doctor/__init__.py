"""Can this machine's figures be trusted, and if not, which of them, by how much, and what can be done?"""

import dataclasses
import json
import math
import textwrap
from collections.abc import Iterable
from pathlib import Path

from study import scenarios
from study.doctor import interpreter, processors, room
from study.doctor.finding import EVERY, TIMED, Effect, Finding, counted, named
from study.doctor.readings import Seen, look
from study.notation import plain

CHECKS = (*processors.CHECKS, *room.CHECKS, *interpreter.CHECKS)
WORST_FIRST: tuple[Effect, ...] = ("spoils", "weakens", "none", "hidden")
WIDEST = 100  # columns
MARGIN = 3
LABEL = 20
COLOURS = {"spoils": "1;31", "weakens": "1;33", "none": "32", "hidden": "2"}  # SGR parameters
MARKS = {"spoils": "!!", "weakens": "!", "none": "", "hidden": ""}


@dataclasses.dataclass(frozen=True, slots=True)
class Diagnosis:
    """What was seen, and what it means: one finding for each fact, worst first."""

    seen: Seen
    findings: tuple[Finding, ...]

    @property
    def weakening(self) -> tuple[Finding, ...]:
        """Those by which some figure becomes unreliable."""
        return tuple(finding for finding in self.findings if finding.effect in ("spoils", "weakens"))


def diagnose(python: str, results: Path) -> Diagnosis:
    """Look at the machine now. Raises WrongInterpreter."""
    return judge(look(python, results), scenarios.names())


def judge(seen: Seen, installed: Iterable[str]) -> Diagnosis:
    """What the facts mean for the scenarios that are installed."""
    names = list(installed)
    found = [_of_the_installed(check(seen), names) for check in CHECKS]
    return Diagnosis(seen, tuple(sorted(found, key=lambda finding: WORST_FIRST.index(finding.effect))))


def _of_the_installed(finding: Finding, names: list[str]) -> Finding:
    """The same of those scenarios that there are. Where it harms none of them, it harms nothing."""
    there = named(finding.scenarios, names)
    harmless = finding.effect in ("spoils", "weakens") and not there
    return dataclasses.replace(finding, scenarios=there, effect="none" if harmless else finding.effect)


def as_text(diagnosis: Diagnosis, width: int = WIDEST, *, colour: bool = False) -> str:
    """The diagnosis for a terminal: what weakens figures, then what is fine, then what is not known."""
    groups = {effect: [one for one in diagnosis.findings if one.effect == effect] for effect in WORST_FIRST}
    weakening, fine, hidden = diagnosis.weakening, groups["none"], groups["hidden"]
    opening = (_headline(diagnosis.seen), _summary(len(weakening), bool(hidden)))
    parts = [textwrap.fill(sentence, width) for sentence in opening]
    parts += [_paragraph(finding, width, colour) for finding in weakening]
    for heading, findings in (
        (f"Fine here ({len(fine)}):", fine),
        (f"Not exposed by this system, so nothing is assumed ({len(hidden)}):", hidden),
    ):
        if findings:
            parts.append("\n".join([heading, *(_paragraph(finding, width, colour) for finding in findings)]))
    return "\n\n".join(parts)


def as_json(diagnosis: Diagnosis) -> str:
    """The same as one document, with the numbers. What has no limit is "no limit", what is not told null."""
    numbers = {name: _plain_data(value) for name, value in dataclasses.asdict(diagnosis.seen).items()}
    findings = [dataclasses.asdict(finding) for finding in diagnosis.findings]
    document = {"findings": findings, "seen": numbers, "weakening": len(diagnosis.weakening)}
    return json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False)


def _plain_data(value: object) -> object:
    return "no limit" if isinstance(value, float) and math.isinf(value) else value


def _headline(seen: Seen) -> str:
    cpus = counted(seen.usable_cpus, "usable CPU") if seen.usable_cpus else "CPUs not counted"
    what = [seen.cpu_model or "a processor without a name", cpus, seen.system or "a system without a name"]
    return plain(f"{', '.join(what)}; {seen.implementation or 'Python'} {seen.version or ''}".rstrip(), WIDEST)


def _summary(count: int, some_hidden: bool) -> str:
    if count == 0:
        return f"Nothing was found that weakens figures here{', as far as this system tells' if some_hidden else ''}."
    if count == 1:
        return "1 finding weakens figures here:"
    return f"{count} findings weaken figures here, the worst first:"


def _paragraph(finding: Finding, width: int, colour: bool) -> str:
    """The fact's name in the margin, and beside it what is to be said of it."""
    harm = {"spoils": "Unreliable here", "weakens": "Less reliable here"}.get(finding.effect)
    texts = [f"{finding.here}. {finding.says}"]
    if harm:
        texts = [f"{finding.here}.", finding.says, f"{harm}: {_tables(finding)}.", _next(finding.next_step)]
    room_for_text = max(30, width - MARGIN - LABEL)
    lines = [line for text in texts for line in textwrap.wrap(plain(text), room_for_text, break_on_hyphens=False)]
    label = f"{MARKS[finding.effect]:<{MARGIN}}{finding.fact:<{LABEL}}"
    painted = f"\x1b[{COLOURS[finding.effect]}m{label}\x1b[0m" if colour else label
    return "\n".join([painted + lines[0], *(" " * (MARGIN + LABEL) + line for line in lines[1:])])


def _tables(finding: Finding) -> str:
    installed = scenarios.names()
    whole = {named(TIMED, installed): "every table of times", named(EVERY, installed): "every table"}
    return whole.get(finding.scenarios, ", ".join(finding.scenarios))


def _next(step: str) -> str:
    return f"Next: {step[:1].lower()}{step[1:]}"

"""`study failures`: run the matrix of hazards, keep what was seen, and print it by hazard or as one backend's dangers."""

import json
import textwrap
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import backends
from study import hazards, matrix, outcomes, sightings
from study.attempt import Attempt, Outcome
from study.environment import usable_cpus
from study.hazard import Hazard
from study.matrix import Pair
from study.outcomes import Seen, Shared
from study.plan import matcher, python_of
from study.preparation import Interpreter, UsageError, describe
from study.sightings import Sightings

INDENT = "    "
HEADINGS = {
    Outcome.HANGS: "It hangs",
    Outcome.DIES: "The whole program ends",
    Outcome.ORPHANS: "Processes stay behind",
    Outcome.LEAKS: "Shared memory stays behind",
    Outcome.WRONG: "The answer is wrong",
    Outcome.LOSES: "Data is lost",
    Outcome.RAISES: "It raises",
    Outcome.ANSWERS: "It differs from library to library",
    Outcome.WORKS: "It works",
}


@dataclass(frozen=True, slots=True)
class Options:
    """What a reader can ask for."""

    results: Path
    pythons: tuple[str, ...]
    backends: tuple[str, ...] = ()  # () for all
    select: str = ""  # like pytest's -k, over "hazard/backend"
    repeat: int = 1
    at_once: int = 0  # 0 for as many as suit this machine


@dataclass(frozen=True, slots=True)
class Chosen:
    """What is to be tried on one interpreter."""

    interpreter: Interpreter
    pairs: tuple[Pair, ...]


def choose(options: Options) -> list[Chosen]:
    """The pairs on each interpreter. Raises LookupError for an unknown backend, UsageError where nothing is chosen."""
    names = {backends.find(name).name for name in options.backends}
    try:
        matches = matcher(options.select)
    except ValueError as error:
        raise UsageError(str(error)) from error
    chosen = []
    for python in dict.fromkeys(options.pythons):
        interpreter = describe(python)
        pairs = matrix.pairs(python_of(interpreter.facts), matches)
        chosen.append(Chosen(interpreter, tuple(p for p in pairs if not names or p.backend in names)))
    if not any(one.pairs for one in chosen):
        raise UsageError(f"-k {options.select!r} matches no hazard; there are {', '.join(hazards.names())}.")
    return chosen


def provoke(options: Options, chosen: Chosen, tell: Callable[[str], None], keep: Callable[[Path], None]) -> Path:
    """Try all pairs on one interpreter; each outcome is on the disk as soon as it is known.

    Raises UsageError when the folder cannot be written. `keep` is told the file before the first attempt.
    """
    try:
        path = sightings.begin(options.results, chosen.interpreter.facts, chosen.pairs, options.repeat)
    except OSError as error:
        raise UsageError(f"{options.results}: {error.strerror}; name a folder to write to with --results.") from error
    keep(path)
    total = count(options, chosen)
    going = matrix.attempts(chosen.interpreter.path, chosen.pairs, at_once(options), options.repeat)
    with closing(going):
        for number, attempt in enumerate(going, 1):
            sightings.append(path, attempt)
            tell(f"{number}/{total}  {attempt.hazard}/{attempt.backend}  {outcomes.words_of(attempt)}")
    return path


def announcement(options: Options, chosen: Chosen) -> str:
    """What is about to happen, in one sentence."""
    version = sightings.version_of(chosen.interpreter.facts)
    absent = sum(bool(pair.reason) for pair in chosen.pairs)
    return (
        f"Python {version}: {count(options, chosen)} interpreters to start, {at_once(options)} at a time; "
        f"{absent} pairs are not offered here."
    )


def count(options: Options, chosen: Chosen) -> int:
    """How many interpreters it takes."""
    return sum(matrix.attempts_of(pair, options.repeat) for pair in chosen.pairs)


def at_once(options: Options) -> int:
    """How many interpreters at a time."""
    cpus = usable_cpus()
    assert isinstance(cpus, int)
    return options.at_once or matrix.PER_CPU * cpus


def as_text(every: Sequence[Sightings], width: int = 100) -> str:
    """By group and hazard: each outcome with the backends that share it, then what is not offered and why."""
    seen, parts, group = outcomes.seen_in(every), list[str](), ""
    several = len(every) > 1
    for hazard in _hazards(every):
        if hazard.group != group:
            group = hazard.group
            parts.append(f"{group[0].upper()}{group[1:]}\n{'=' * len(group)}")
        lines = [f"{hazard.title}  [{hazard.name}]"]
        for shared in outcomes.shared([one for one in seen if one.hazard == hazard.name]):
            lines += _told(shared, width, several=several)
        lines += _absent(every, hazard, width)
        parts.append("\n".join(lines))
    return "\n\n".join([*parts, _closing(every, seen)])


def dangers_as_text(every: Sequence[Sightings], backend: str, width: int = 100) -> str:
    """For who uses one backend: what hangs first, then what ends the program, loses … and what works last."""
    seen = [one for one in outcomes.seen_in(every) if one.backend == backend]
    found: dict[Outcome, list[str]] = {}
    for hazard in _hazards(every):
        for shared in outcomes.shared([one for one in seen if one.hazard == hazard.name]):
            found.setdefault(shared.worst.outcome, []).append(_danger(hazard, shared, width))
    parts = [f"{backends.find(backend).label}, Python {', '.join(one.version for one in every)}"]
    parts += [_headed(HEADINGS[outcome], found[outcome]) for outcome in outcomes.WORST_FIRST if outcome in found]
    absent = [
        _wrapped(f"{hazards.find(name).title}: {reason}", width, INDENT)
        for (name, other), reason in _untried(every).items()
        if other == backend
    ]
    return "\n\n".join([*parts, *([_headed("Not offered", absent)] if absent else [])])


def as_json(every: Sequence[Sightings]) -> str:
    """One document: what was seen of each pair on each Python, and what is not tried."""
    found = [_record(one) for one in outcomes.seen_in(every)]
    absent = [
        {"python": one.version, "hazard": hazard, "backend": backend, "reason": reason}
        for one in every
        for (hazard, backend), reason in one.untried.items()
    ]
    files = [{"python": one.version, "path": one.path, "machine": one.header.machine} for one in every]
    return json.dumps({"files": files, "seen": found, "not offered": absent}, indent=1, ensure_ascii=False)


def _record(seen: Seen) -> dict[str, object]:
    hazard, worst = hazards.find(seen.hazard), seen.worst
    return {
        "python": seen.python,
        "hazard": seen.hazard,
        "title": hazard.title,
        "group": hazard.group,
        "backend": seen.backend,
        "outcomes": dict(seen.keys),
        "of": len(seen.attempts),
        "detail": worst.detail,
        "known_s": worst.known_s,
        "seconds": round(worst.seconds, 3),
        "afterwards": worst.afterwards,
        "issue": outcomes.issue_of(hazard, seen.backend) if worst.outcome is not Outcome.WORKS else "",
        "source": worst.source,
        "traceback": worst.traceback,
        "stacks": worst.stacks,
    }


def _hazards(every: Sequence[Sightings]) -> list[Hazard]:
    chosen = {pair.hazard for one in every for pair in one.header.pairs}
    return [hazard for hazard in hazards.every() if hazard.name in chosen]


def _untried(every: Sequence[Sightings]) -> dict[tuple[str, str], str]:
    """Those that no Python has, and why the last does not."""
    tried = {pair for one in every for pair in one.tried}
    reasons = {pair: reason for one in every for pair, reason in one.untried.items()}
    return {pair: reason for pair, reason in reasons.items() if pair not in tried}


def _told(shared: Shared, width: int, *, several: bool) -> list[str]:
    attempts = [attempt for one in shared.seen for attempt in one.attempts]
    marked = f"  (only on Python {', '.join(shared.pythons)})" if several and shared.pythons else ""
    lines = [_wrapped(f"{shared.label}: {', '.join(shared.backends)}{marked}", width, INDENT)]
    if more := _more(shared, attempts):
        lines.append(_wrapped(more, width, INDENT * 2))
    return lines


def _more(shared: Shared, attempts: Sequence[Attempt]) -> str:
    found = [_sentence(shared.worst), outcomes.knew(attempts), outcomes.afterwards(attempts)]
    return "; ".join(filter(None, [*found, *(f"CPython {issue}" for issue in outcomes.issues_of(shared))]))


def _sentence(attempt: Attempt) -> str:
    """What is worth saying besides the outcome's name."""
    if attempt.outcome in (Outcome.LOSES, Outcome.WRONG, Outcome.DIES, Outcome.LEAKS):
        return attempt.what
    return attempt.detail.splitlines()[0] if attempt.detail and attempt.outcome is not Outcome.RAISES else ""


def _danger(hazard: Hazard, shared: Shared, width: int) -> str:
    only = f" (only on Python {', '.join(shared.pythons)})" if shared.pythons else ""
    more = _more(shared, [attempt for one in shared.seen for attempt in one.attempts])
    return _wrapped(f"{hazard.title}: {shared.label}{only}" + (f"; {more}" if more else ""), width, INDENT)


def _absent(every: Sequence[Sightings], hazard: Hazard, width: int) -> list[str]:
    """One line for each reason, with all backends that share it."""
    reasons: dict[str, list[str]] = {}
    for (name, backend), reason in _untried(every).items():
        if name == hazard.name:
            reasons.setdefault(reason, []).append(backend)
    return [_wrapped(f"not offered by {', '.join(names)}: {why}", width, INDENT) for why, names in reasons.items()]


def _closing(every: Sequence[Sightings], seen: Sequence[Seen]) -> str:
    chance = [f"{one.hazard}/{one.backend}" for one in seen if len(one.keys) > 1]
    told = f"; chance decides in {', '.join(chance)}" if chance else ""
    pythons = ", ".join(one.version for one in every)
    number, started = len(_hazards(every)), sum(len(one.attempts) for one in seen)
    plural = "" if number == 1 else "s"
    return f"{number} hazard{plural}, {started} interpreters, Python {pythons}{told}"


def _headed(heading: str, lines: Sequence[str]) -> str:
    return "\n".join([heading, *lines])


def _wrapped(text: str, width: int, indent: str) -> str:
    return textwrap.fill(
        text,
        width,
        initial_indent=indent,
        subsequent_indent=indent + "  ",
        break_on_hyphens=False,
        break_long_words=False,
    )

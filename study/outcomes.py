"""What a reader is told of the attempts of one hazard: which backends share an outcome, in words, and where versions differ."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import backends
from study import hazards
from study.attempt import Attempt, Outcome
from study.hazard import Hazard, declared_for
from study.sightings import Sightings

WORST_FIRST = tuple(reversed(Outcome))
WORDS = {
    Outcome.WORKS: "works",
    Outcome.ANSWERS: "differs",
    Outcome.RAISES: "raises",
    Outcome.LOSES: "loses data",
    Outcome.WRONG: "gives a wrong answer",
    Outcome.LEAKS: "leaves shared memory behind",
    Outcome.ORPHANS: "leaves processes behind",
    Outcome.DIES: "ends the whole program",
    Outcome.HANGS: "hangs",
}


def key_of(attempt: Attempt) -> str:
    """What is compared from one attempt to the next: "raises BrokenProcessPool", "answers yes", "hangs"; without amounts."""
    if attempt.outcome is Outcome.RAISES:
        return f"{attempt.outcome.value} {attempt.what.rpartition('.')[2]}"
    if attempt.outcome is Outcome.ANSWERS:
        return f"{attempt.outcome.value} {attempt.what}"
    return str(attempt.outcome.value)


def words_of(attempt: Attempt) -> str:
    """The same as a reader is told it: "raises BrokenProcessPool", "yes", "ends the whole program (SIGKILL)"."""
    if attempt.outcome is Outcome.ANSWERS:
        return attempt.what
    if attempt.outcome is Outcome.RAISES:
        return key_of(attempt)
    amount = attempt.outcome in (Outcome.LOSES, Outcome.WRONG, Outcome.DIES, Outcome.ORPHANS) and attempt.what
    return WORDS[attempt.outcome] + (f" ({attempt.what})" if amount else "")


@dataclass(frozen=True, slots=True)
class Seen:
    """What became of one hazard on one backend and Python."""

    hazard: str
    backend: str
    python: str  # "3.13.1"
    attempts: tuple[Attempt, ...]  # one or more

    @property
    def keys(self) -> Counter[str]:
        """Outcome -> how many attempts ended so."""
        return Counter(map(key_of, self.attempts))

    @property
    def label(self) -> str:
        """ "hangs", and where chance decides "hangs 2 of 3, raises BrokenProcessPool 1 of 3": the worst first."""
        words = {key_of(attempt): WORDS.get(attempt.outcome, "") for attempt in self.attempts}
        words |= {key_of(a): words_of(a) for a in self.attempts if a.outcome in (Outcome.ANSWERS, Outcome.RAISES)}
        first = {key_of(attempt): attempt for attempt in reversed(self.attempts)}
        ranked = sorted(self.keys, key=lambda key: WORST_FIRST.index(first[key].outcome))
        if len(ranked) == 1:
            return words[ranked[0]]
        return ", ".join(f"{words[key]} {self.keys[key]} of {len(self.attempts)}" for key in ranked)

    @property
    def worst(self) -> Attempt:
        """The attempt that says most about the danger."""
        return min(self.attempts, key=lambda attempt: WORST_FIRST.index(attempt.outcome))


@dataclass(frozen=True, slots=True)
class Shared:
    """One outcome of a hazard, and all backends that have it."""

    label: str
    seen: tuple[Seen, ...]
    pythons: tuple[str, ...] = ()  # where they have it, when they do not have it on every Python that was tried

    @property
    def backends(self) -> list[str]:
        return list(dict.fromkeys(one.backend for one in self.seen))

    @property
    def worst(self) -> Attempt:
        return min((one.worst for one in self.seen), key=lambda attempt: WORST_FIRST.index(attempt.outcome))


def seen_in(every: Sequence[Sightings]) -> list[Seen]:
    """Pair by pair, Python by Python; none of those that were not reached."""
    return [
        Seen(hazard, backend, sightings.version, tuple(attempts))
        for sightings in every
        for (hazard, backend), attempts in sightings.tried.items()
        if attempts
    ]


def shared(seen: Sequence[Seen]) -> list[Shared]:
    """The outcomes of one hazard, the worst first."""
    tried: dict[str, list[str]] = {}
    had: dict[tuple[str, str], list[str]] = {}
    for one in seen:
        tried.setdefault(one.backend, []).append(one.python)
        had.setdefault((one.backend, one.label), []).append(one.python)
    grouped: dict[tuple[str, tuple[str, ...]], list[Seen]] = {}
    for one in seen:
        pythons = had[one.backend, one.label]
        only = () if pythons == tried[one.backend] else tuple(pythons)
        grouped.setdefault((one.label, only), []).append(one)
    found = [Shared(label, tuple(ones), pythons) for (label, pythons), ones in grouped.items()]
    return sorted(found, key=lambda shared: (WORST_FIRST.index(shared.worst.outcome), shared.label, shared.pythons))


def issue_of(hazard: Hazard, backend: str) -> str:
    """CPython's issue about what is seen there, or ""."""
    issue: str | None = declared_for(backends.find(backend), hazard.defects)
    return issue or ""


def issues_of(shared: Shared) -> list[str]:
    """CPython's issues about an outcome that is one of the failures."""
    if shared.worst.outcome is Outcome.WORKS:
        return []
    hazard = hazards.find(shared.worst.hazard)
    return sorted(set(filter(None, (issue_of(hazard, backend) for backend in shared.backends))))


def knew(attempts: Sequence[Attempt]) -> str:
    """How long it took until the caller knew: "known after 0.02 s", "never known"; "" where there is nothing to know."""
    if all(attempt.outcome in (Outcome.WORKS, Outcome.ANSWERS) for attempt in attempts):
        return ""
    if any(attempt.outcome is Outcome.HANGS for attempt in attempts):
        return "the caller never knows"
    raised = [a.known_s for a in attempts if a.outcome is Outcome.RAISES and a.known_s is not None]
    if not raised:
        return ""
    least, most = (f"{seconds:.1g}" if seconds < 1 else f"{seconds:.0f}" for seconds in (min(raised), max(raised)))
    return f"known after {least} s" if least == most else f"known after {least} to {most} s"


def afterwards(attempts: Sequence[Attempt]) -> str:
    """Whether things still work: "afterwards: map again works, terminate hangs", each answer that was seen."""
    found: dict[str, list[str]] = {}
    for attempt in attempts:
        for doing, became in attempt.afterwards.items():
            word, _, kind = became.partition(" ")
            plain = f"{word} {kind.rpartition('.')[2]}".strip()
            if plain not in found.setdefault(doing, []):
                found[doing].append(plain)
    told = ", ".join(f"{doing} {' or '.join(became)}" for doing, became in found.items())
    return f"afterwards: {told}" if told else ""

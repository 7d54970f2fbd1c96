"""How far apart are two sessions that measured the same thing on the same machine?"""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from study import sessions
from study.journal import Journal, JournalError, found_in, load
from study.notation import plain


@dataclass(frozen=True, slots=True)
class Noise:
    """What several sessions of one machine and interpreter say about the differences that mean nothing."""

    machine: str
    python: str
    runs: tuple[str, ...]
    cells: int  #: (cell, lap) that two sessions or more have measured
    floor: float  #: ratio of two sessions that is no evidence; `sessions.DEFAULT_FLOOR` until there are enough sessions

    @property
    def measured(self) -> bool:
        """Whether the floor is that of these sessions, and not the assumed one."""
        return len(self.runs) >= sessions.LEAST_SESSIONS and self.cells > 0


def like_the_newest(results: Path) -> list[Path]:
    """The journals below a folder that were measured on the machine and interpreter of the newest. Raises JournalError."""
    paths = found_in(results)
    if not paths:
        raise JournalError(f"{results}: holds no journal yet; `python -m study run` makes one.")
    journals = {path: load(path) for path in paths}
    wanted = _identity(journals[paths[-1]])
    return [path for path in paths if _identity(journals[path]) == wanted]


def noise(journals: Sequence[Journal]) -> Noise:
    """Of sessions that belong together. Raises JournalError when two are from another machine or interpreter."""
    machine, python = wanted = _identity(journals[0])
    for other in journals[1:]:
        if _identity(other) != wanted:
            raise JournalError(
                f"{other.path}: is of {_named(other)}, and {journals[0].path} of {_named(journals[0])}; "
                "name sessions of one machine and interpreter."
            )
    journals = sessions.apart(journals)
    each = [sessions.medians(journal) for journal in journals]
    seen = Counter(figure for session in each for figure in session)
    in_common = sum(count > 1 for count in seen.values())
    return Noise(machine, python, tuple(j.header.run for j in journals), in_common, sessions.floor(each))


def _named(journal: Journal) -> str:
    machine, python = _identity(journal)
    return f"{plain(machine, 80)}, Python {plain(python, 40)}"


def as_text(found: Noise) -> str:
    """For a terminal."""
    count = "1 session" if len(found.runs) == 1 else f"{len(found.runs)} sessions"
    where = f"{plain(found.machine, 80)}, Python {plain(found.python, 40)}: {count}, {found.cells} figures in common."
    apart = f"{found.floor - 1:.0%}"
    if found.measured:
        words = f"In 95 of 100 pairs of sessions the same figure differs by less than {apart}: less is no evidence."
    else:
        missing = max(1, sessions.LEAST_SESSIONS - len(found.runs))
        more = "1 more session" if missing == 1 else f"{missing} more sessions"
        words = (
            f"Differences under {apart} between sessions are taken to be noise until {sessions.LEAST_SESSIONS} sessions have "
            f"measured it: {more} of `python -m study run` would."
        )
    return "\n".join([where, words, *(f"  {plain(run, 80)}" for run in found.runs)])


def as_json(found: Noise) -> str:
    """The same as one document."""
    return json.dumps(asdict(found) | {"measured": found.measured}, indent=1, sort_keys=True)


def _identity(journal: Journal) -> tuple[str, str]:
    fact = journal.header.environment.get("machine_id")
    machine = str(fact.value) if fact and fact.value else journal.header.machine
    return machine, str(journal.header.interpreter.get("version", "unknown"))

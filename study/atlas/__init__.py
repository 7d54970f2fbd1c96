"""The atlas of errors: what a traceback, a warning or a dump of hanging threads means, why it came about and how to mend it."""

from dataclasses import dataclass
from functools import cache

from study.atlas.entry import Entry, Evidence, Hang
from study.atlas.reading import Line, lines_of, stacks_of

MOST_EXPLAINED = 5  # what is recognised beyond that helps nobody


@dataclass(frozen=True, slots=True)
class Explanation:
    """An entry, and the line of the text that it was recognised by."""

    entry: Entry
    line: Line


@cache
def entries() -> tuple[Entry, ...]:
    """All of them, the most special of each kind first."""
    from study.atlas import ending, hangs, locks, machine, mainfile, managers, pickling, pools, queues

    kinds = (pickling, mainfile, pools, locks, queues, managers, ending, machine, hangs)
    return tuple(entry for kind in kinds for entry in kind.ENTRIES)


def explain(text: str) -> list[Explanation]:
    """What the text shows: causes before consequences, one entry for a line, one for a standstill. Empty where nothing is known."""
    evidence = Evidence(text, lines_of(text), stacks_of(text))
    found: dict[int, Explanation] = {}
    standstill = False
    for entry in entries():
        line = None if standstill and isinstance(entry, Hang) else entry.evidence(evidence)
        if line is not None and line.number not in found:
            found[line.number] = Explanation(entry, line)
            standstill = standstill or isinstance(entry, Hang)
    causes_first = sorted(found.values(), key=lambda each: (each.entry.order, each.line.number))
    return causes_first[:MOST_EXPLAINED]

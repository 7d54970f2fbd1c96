"""What did each cell tell, in the document's own words?"""

from collections.abc import Sequence
from dataclasses import dataclass

from study import installed
from study.journal import Journal
from study.notation import plain
from study.scenario import Scenario
from study.trace import Event, Trace

MOST_LINES, LONGEST_LINE = 60, 200  # of one transcript; characters


@dataclass(frozen=True, slots=True)
class Transcript:
    """One run of one document scenario on one backend."""

    cell: str
    label: str  #: of the backend
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Story:
    """A scenario's transcripts beside what the document says its program printed."""

    scenario: str
    title: str
    printed: tuple[str, ...]
    transcripts: tuple[Transcript, ...]


def stories(journal: Journal) -> list[Story]:
    """All scenarios that have words and of which some cell was traced, in the document's order."""
    backends = {cell.cell: (cell.scenario, cell.backend) for cell in journal.header.plan}
    told: dict[str, dict[str, Transcript]] = {}
    for row in journal.rows:
        scenario, backend = backends[row.cell]
        known = installed.known_scenarios().get(scenario)
        if row.trace and known and known.words and backend not in told.get(scenario, {}):
            lines = tuple(tell(known, row.trace))
            told.setdefault(scenario, {})[backend] = Transcript(row.cell, installed.label(backend), lines)
    return [_story(name, told[name]) for name in installed.known_scenarios() if name in told]


def tell(scenario: Scenario, text: str) -> list[str]:
    """The events of a trace in the scenario's words; an event without words is not told, printed text is told as it is."""
    try:
        trace = Trace(text)
    except (RecursionError, MemoryError):
        return ["This trace cannot be read: a value in it is nested too deeply."]
    lines = [_line(scenario.words[event.event], event) for event in trace.events if event.event in scenario.words]
    lines += [f"printed: {line}" for line in trace.printed]
    shown = [plain(line, LONGEST_LINE) for line in lines[:MOST_LINES]]
    return [*shown, f"… and {len(lines) - MOST_LINES} more lines"] if len(lines) > MOST_LINES else shown


def _line(words: str, event: Event) -> str:
    try:
        return words.format(actor=event.actor, value=event.value, pid=event.pid, thread=event.thread)
    except ValueError:  # Python reads 0xff… of any length, and refuses to write it in base 10
        return f"{event.actor}: {event.event}, with a number too long to be written"


def _story(name: str, transcripts: dict[str, Transcript]) -> Story:
    scenario = installed.known_scenarios()[name]
    ordered: Sequence[str] = installed.in_order(transcripts, installed.known_backends())
    printed = tuple(scenario.printed.splitlines())
    return Story(name, installed.title(name), printed, tuple(transcripts[backend] for backend in ordered))

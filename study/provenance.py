"""Where does each number of a table come from? The line that measured it, over how many blocks; its row has the journal's key."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from study.notation import plain
from study.sheets import Row, Sheet
from study.tables import Results, once


class Origin(NamedTuple):
    """What stands behind the summary of one lap of one cell."""

    source: str  #: "study/scenarios/lock.py:61"
    blocks: int


@dataclass(frozen=True, slots=True)
class Provenance:
    """Of the numbers of one table: rows that were measured at the same lines share one tuple of them."""

    sources: tuple[tuple[str, ...], ...]  #: each with a line for each column, "" where it has no numbers of a lap
    of: Mapping[
        str, tuple[int, str]
    ]  #: cell -> the place of its sources, and its blocks: "15", or "15 6 …" for each column


@once
def origins(found: Results) -> dict[str, dict[str, Origin]]:
    """Cell -> lap -> where its summary comes from."""
    every: dict[str, dict[str, Origin]] = {}
    for table in (found.lines, found.quantities):
        columns = (table[name] for name in ("cell", "lap", "source", "blocks"))
        for cell, lap, source, blocks in zip(*columns, strict=True):
            if lap:
                every.setdefault(str(cell), {})[lap] = Origin(plain(source, 120), int(blocks))
    return every


def provenance(found: Results, sheet: Sheet) -> Provenance:
    """Where the numbers of a table come from."""
    by_cell = origins(found)
    places: dict[tuple[str, ...], int] = {}
    of: dict[str, tuple[int, str]] = {}
    for row in sheet.rows if sheet.laps else ():
        own = [by_cell.get(row.cell, {}).get(lap) if lap else None for lap in sheet.laps]
        if any(own) and not _in_words(row):
            sources = tuple(origin.source if origin else "" for origin in own)
            of[row.cell] = places.setdefault(sources, len(places)), _counts(own)
    return Provenance(tuple(places), of)


def _in_words(row: Row) -> bool:
    return any(entry.kind == "words" for entry in row.entries)


def _counts(own: list[Origin | None]) -> str:
    counts = {origin.blocks for origin in own if origin}
    return str(counts.pop()) if len(counts) == 1 else " ".join(str(origin.blocks) if origin else "-" for origin in own)

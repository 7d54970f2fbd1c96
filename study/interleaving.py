"""How do several interpreters share the blocks of one campaign?

Their plans become one, in which the name of a cell ends with the interpreter: the cells of all interpreters are shuffled
together, those of one work beside each other, and are rehearsed, budgeted and told as the cells of one interpreter are. In the
journals, of which each interpreter has its own, the cells have their plain names.
"""

import dataclasses
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import msgspec

from study import build
from study.journal import NotOffered, Planned, Row
from study.plan import Plan

Named = TypeVar("Named", Planned, NotOffered, Row)
SEPARATOR = ","  # between the tags in the name of a campaign


@dataclass(frozen=True, slots=True)
class Side:
    """One interpreter of a campaign."""

    plan: Plan  #: of its own cells, with their plain names
    python: str  #: path of the interpreter
    path: Path  #: of its journal, which exists
    tag: str = ""  #: what its cells are called by beside others: "3.12.1"; "" when it is measured alone

    @property
    def cells(self) -> dict[str, str]:
        """The name of each of its cells beside those of the others -> its plain name."""
        return {named(cell.cell, self.tag): cell.cell for cell in self.plan.cells}


def tags(interpreters: Sequence[Mapping[str, object]]) -> list[str]:
    """One word for each: its version, and a number from 2 on behind it where there is another of that version before."""
    seen: Counter[str] = Counter()
    found = []
    for facts in interpreters:
        version = build.version(facts)
        seen[version] += 1
        found.append(version if seen[version] == 1 else f"{version}-{seen[version]}")
    return found


def whole(plans: Sequence[Plan], names: Sequence[str]) -> Plan:
    """One plan of all these; the name of a cell says which it is from. Of one plan with no name it is that plan."""
    cells = [_tagged(cell, tag) for plan, tag in zip(plans, names, strict=True) for cell in plan.cells]
    absent = [_tagged(cell, tag) for plan, tag in zip(plans, names, strict=True) for cell in plan.absent]
    return dataclasses.replace(plans[0], cells=tuple(cells), absent=tuple(absent))


def level(plans: Sequence[Plan]) -> list[Plan]:
    """The same plans, each with as many blocks as the longest.

    A block that measures nothing on one interpreter would be unknown to its journal. So where a plan is shorter, because no
    headline cell exists there, the cells that it measures most often are measured in all blocks.
    """
    longest = max(plan.blocks for plan in plans)

    def grown(cell: Planned, plan: Plan) -> Planned:
        return msgspec.structs.replace(cell, blocks=longest) if cell.blocks == plan.blocks else cell

    return [dataclasses.replace(plan, cells=tuple(grown(cell, plan) for cell in plan.cells)) for plan in plans]


def told_by(side: Side, rows: Iterable[Row]) -> list[Row]:
    """Rows of the side's journal under the names that its cells have beside those of the others."""
    return [_tagged(row, side.tag) for row in rows]


def named(cell: str, tag: str) -> str:
    """The name of a cell beside the cells of other interpreters: "lock/threads/width=2-3.12.1"."""
    return f"{cell}-{tag}" if tag else cell


def campaign_name(stamp: str, names: Sequence[str]) -> str:
    """What the journals of one campaign have in common, from which their runs can be told: "20261123T044000Z-3.11.7,3.12.1"."""
    return f"{stamp}-{SEPARATOR.join(names)}"


def runs_of(campaign: str) -> list[str]:
    """The runs of a campaign of several interpreters: one for each journal."""
    stamp, _, names = campaign.partition("-")
    return [f"{stamp}-{tag}" for tag in names.split(SEPARATOR)]


def _tagged(one: Named, tag: str) -> Named:
    return msgspec.structs.replace(one, cell=named(one.cell, tag)) if tag else one

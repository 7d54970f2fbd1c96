"""On how many CPUs is a cell measured? With `--cpus 1,2,4` a child is kept to so many of them, and its widths follow.

Each cell of such a campaign carries the factor "cpus", so that its name, its journal and whoever takes the campaign up say
the same. Scenarios whose loads follow the number of CPUs are measured once for each number, the others with the largest.
"""

import dataclasses
import os
from collections.abc import Callable, Sequence
from typing import TypeVar

import msgspec

from study import scenarios
from study.journal import NotOffered, Planned
from study.plan import Plan

FACTOR = "cpus"
Wanted = Callable[[str], bool]
Entry = TypeVar("Entry", Planned, NotOffered)


def parse(text: str, usable: int) -> tuple[int, ...]:
    """The numbers of CPUs that are asked for, in ascending order; none for "". Raises ValueError with a sentence."""
    if not text:
        return ()
    if not hasattr(os, "sched_setaffinity"):
        raise ValueError("this system cannot keep a process to some of its CPUs; leave the option out")
    try:
        counts = sorted({int(word) for word in text.split(",")})
    except ValueError:
        raise ValueError(f"{text!r} is no number of CPUs and no list of them; write 2, or 1,2,4") from None
    if counts[0] < 1 or counts[-1] > usable:
        raise ValueError(f"{text!r} asks for what there is not; give numbers from 1 to the {usable} usable CPUs")
    return tuple(counts)


def plan_on(counts: Sequence[int], wanted: Wanted, make: Callable[[int, Wanted], Plan]) -> Plan:
    """The cells whose whole name is wanted, for each number of CPUs. `make` makes the plan for one number."""
    cells: list[Planned] = []
    absent: list[NotOffered] = []
    for count in counts:
        plan = make(count, lambda name, count=count: wanted(_named(name, count)))  # type: ignore[misc]
        cells += [_kept_to(cell, count) for cell in plan.cells if _is_due(cell.scenario, count, counts)]
        absent += [_kept_to(cell, count) for cell in plan.absent if _is_due(cell.scenario, count, counts)]
    return dataclasses.replace(plan, cells=tuple(cells), absent=tuple(absent))


def _is_due(scenario: str, count: int, counts: Sequence[int]) -> bool:
    loads = scenarios.find(scenario).loads
    return count == counts[-1] or len({tuple(map(str, loads(other))) for other in counts}) > 1


def _kept_to(entry: Entry, count: int) -> Entry:
    return msgspec.structs.replace(entry, cell=_named(entry.cell, count), factors={**entry.factors, FACTOR: count})


def _named(cell: str, count: int) -> str:
    return f"{cell},{FACTOR}={count}"

"""What in a journal cannot be, though each field by itself may have such a value: units, names, counts, orders and times."""

import itertools
import re
from collections.abc import Iterator

from study import affinity, environment, installed
from study.journal import REHEARSAL, Header, Planned, Row

PERCENTILE = re.compile(r"p\d{1,2}(\.\d+)?\Z")
MOST_CPUS = 64  # loads are asked for as on machines of these sizes, to know which factors a scenario has
# A kernel may count processor time in ticks of 10 ms, one for each process of a child; the wall clock is exact.
SLACK_S, SLACK = 0.05, 1.02


def of_header(header: Header) -> Iterator[str]:
    """What is wrong with facts and cells, each as a sentence that begins with the field."""
    for name, fact in header.environment.items():
        unit, *_ = environment.FACTS.get(name, (fact.unit,))
        if fact.unit != unit:
            yield f"`$.environment.{name}.unit` is {fact.unit!r}; this fact is told in {unit!r}"
        if isinstance(fact.value, (int, float)) and fact.value < 0:
            yield f"`$.environment.{name}.value` is {fact.value}, which is less than nothing"
    for number, cell in enumerate(header.plan):
        for complaint in _of_cell(cell):
            yield f"`$.plan[{number}]` {complaint}"


def _of_cell(cell: Planned) -> Iterator[str]:
    factors = ",".join(f"{name}={value}" for name, value in cell.factors.items())
    if cell.cell.rstrip("/") != f"{cell.scenario}/{cell.backend}/{factors}".rstrip("/"):
        yield f"{cell.cell!r} is not called after its scenario, backend and factors"
    known = _factors_of(cell.scenario)
    for name in cell.factors:
        if known and name not in known:
            yield f"{cell.cell!r} has {name!r}, which is no factor of {cell.scenario}"


def _factors_of(scenario: str) -> set[str]:
    """The factors that its loads have; none when it is not installed."""
    found = installed.known_scenarios().get(scenario)
    if not found:
        return set()
    sizes = (1, 2, 4, MOST_CPUS)
    return {affinity.FACTOR, *(name for cpus in sizes for load in found.loads(cpus) for name in load.factors)}


class Rows:
    """The rows of one journal, each judged by itself and by those before it."""

    def __init__(self, header: Header) -> None:
        cpus = header.environment.get("logical_cpus")
        self._cpus = cpus.value if cpus and isinstance(cpus.value, int) and cpus.value > 0 else None
        self._cells = None if header.campaign else len(header.plan)  # positions are of the whole campaign's blocks
        self._operations: dict[tuple[str, str], int | None] = {}
        self._positions: dict[tuple[int, int], str] = {}

    def of_row(self, row: Row) -> Iterator[str]:
        """What is wrong with the next row, each as a sentence that begins with the field."""
        yield from self._of_its_place(row)
        yield from self._of_its_times(row)
        yield from self._of_its_counts(row)
        yield from _of_its_percentiles(row)

    def _of_its_place(self, row: Row) -> Iterator[str]:
        if row.block == REHEARSAL:
            return
        if not row.position:
            yield f"`$.position` is 0 in block {row.block}; only the rehearsal has no order"
        elif self._cells and row.position > self._cells:
            yield f"`$.position` is {row.position}; a block has {self._cells} cells"
        other = self._positions.setdefault((row.block, row.position), row.cell)
        if row.position and other != row.cell:
            yield f"`$.position` is {row.position} in block {row.block}, as that of {other!r} is"

    def _of_its_times(self, row: Row) -> Iterator[str]:
        if self._cpus and row.cpu_s > row.seconds * self._cpus * SLACK + SLACK_S:
            yield (
                f"`$.cpu_s` is {row.cpu_s:.6g} s of processor in {row.seconds:.6g} s on {self._cpus} CPUs, "
                "more than there was"
            )
        for number, lap in enumerate(row.laps):
            longest = max(lap.values, default=0) * 1e-9
            if lap.unit == "ns" and longest > row.seconds * SLACK + SLACK_S:
                yield (
                    f"`$.laps[{number}].values` has {longest:.6g} s for {lap.name!r}, but its child lived "
                    f"{row.seconds:.6g} s"
                )

    def _of_its_counts(self, row: Row) -> Iterator[str]:
        if row.status != "measured":
            if not row.reason:
                yield f"`$.reason` is empty, but `$.status` is {row.status!r}"
            return
        if not row.laps:
            yield "`$.laps` is empty, but `$.status` is 'measured'"
        names = [lap.name for lap in row.laps]
        yield from (f"`$.laps` has {name!r} twice" for name in dict.fromkeys(names) if names.count(name) > 1)
        yield from self._of_its_operations(row, "`$.operations`", "", row.operations)
        for number, lap in enumerate(row.laps):
            if not lap.values:
                yield f"`$.laps[{number}].values` is empty"
            yield from self._of_its_operations(row, f"`$.laps[{number}].operations`", lap.name, lap.operations)

    def _of_its_operations(self, row: Row, place: str, lap: str, operations: int | None) -> Iterator[str]:
        """They are chosen once for a cell, before its first block."""
        before = self._operations.setdefault((row.cell, lap), operations)
        if operations != before:
            yield f"{place} is {operations}, but {before} in the rows of {row.cell!r} before"


def _of_its_percentiles(row: Row) -> Iterator[str]:
    found = sorted((float(lap.name[1:]), lap.name, lap.values) for lap in row.laps if PERCENTILE.match(lap.name))
    for (_, lower, less), (_, upper, more) in itertools.pairwise(found):
        for number, (one, other) in enumerate(zip(less, more, strict=False)):
            if one > other:
                yield f"`$.laps` has {one} as value {number + 1} of {lower}, more than {other} of {upper}"
                return

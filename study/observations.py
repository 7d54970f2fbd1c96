"""What each block says about one cell: the number that all statistics start from."""

from collections.abc import Iterable, Sequence
from statistics import median

from study.journal import REHEARSAL, Row, Values


def of_row(values: Values) -> float:
    """Seconds per operation: the median of those of a child's values that count."""
    return median(counted(values.values)) / values.operations * 1e-9


def counted(values: Sequence[float]) -> Sequence[float]:
    """The values of a lap that count: the first of several is the warm-up."""
    return values[1:] or values


def of_cell(rows: Iterable[Row], lap: str) -> dict[int, float]:
    """Block -> seconds per operation of that lap, over the rows of one cell that were measured."""
    return {
        row.block: of_row(values)
        for row in rows
        if row.status == "measured" and row.block != REHEARSAL
        for values in row.laps
        if values.name == lap and values.values
    }

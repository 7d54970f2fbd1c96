"""What each block says about one cell: the number that all statistics start from."""

from collections.abc import Iterable
from statistics import median

from study.journal import REHEARSAL, Row, Values


def of_row(values: Values) -> float:
    """Seconds per operation: the median of a child's values. The first of several is the warm-up and does not count."""
    counted = values.values[1:] or values.values
    return median(counted) / values.operations * 1e-9


def of_cell(rows: Iterable[Row], lap: str) -> dict[int, float]:
    """Block -> seconds per operation of that lap, over the rows of one cell that were measured."""
    return {
        row.block: of_row(values)
        for row in rows
        if row.status == "measured" and row.block != REHEARSAL
        for values in row.laps
        if values.name == lap and values.values
    }

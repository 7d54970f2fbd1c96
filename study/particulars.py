"""Which cells failed, and what is known of the machine? Tables of what journals say in words, for their raw form and the page."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import pandas as pd

from study.journal import Journal, Row

__all__ = ["facts", "failures"]


def failures(journals: Sequence[Journal]) -> pd.DataFrame:
    """Every cell that failed: run, cell, status, blocks (in which it failed so), tried (blocks), rehearsal, reason (the first)."""
    lines = []
    for journal in journals:
        tried = Counter(row.cell for row in journal.rows if row.block)
        failed: dict[tuple[str, str], list[Row]] = {}
        for row in sorted(journal.rows, key=lambda row: row.block):
            if row.status != "measured":
                failed.setdefault((row.cell, row.status), []).append(row)
        for (cell, status), rows in failed.items():
            blocks = sum(row.block > 0 for row in rows)
            key = journal.header.run, cell, status
            lines.append((*key, blocks, tried[cell], blocks < len(rows), rows[0].reason))
    return pd.DataFrame(lines, columns=["run", "cell", "status", "blocks", "tried", "rehearsal", "reason"])


def facts(journals: Sequence[Journal]) -> pd.DataFrame:
    """What is known of the machine and the interpreter: run, fact, value (a text, "not known" for none), unit, source."""
    rows: list[tuple[str, ...]] = []
    for journal in journals:
        header = journal.header
        rows += [
            (header.run, name, _value(fact.value), fact.unit, fact.source) for name, fact in header.environment.items()
        ]
        rows += [
            (header.run, name, _value(value), "", "the measured interpreter")
            for name, value in header.interpreter.items()
        ]
    return pd.DataFrame(rows, columns=["run", "fact", "value", "unit", "source"], dtype=object)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return "not known" if value is None else str(value)

"""Which values does a journal hold, and what became of each cell?

Tidy frames hold everything that a reader is shown: `frame`, one line for a duration, `amounts`, one line for what a block
says of bytes and shares, `sequences`, one line for each of these in turn, and `cells`, one line for a cell.
"""

import itertools
from collections.abc import Iterable, Sequence
from statistics import median
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from study import installed
from study.budget import spell
from study.garbage import uncollected
from study.journal import REHEARSAL, Fact, Header, Journal, NotOffered, Planned, Row, lost_cells
from study.notation import plain
from study.observations import counted

MEASURED, FAILED, NOT_OFFERED, NOT_YET = "measured", "failed", "not offered", "not measured yet"
USABLE_CPUS = "usable_cpus"  # the fact with the number of processors the campaign may use
VALUE_COLUMNS = ("lap", "source", "block", "value", "warmup", "seconds", "operations", "seconds_per_operation")
CELL_COLUMNS = ("run", "machine", "python", "scenario", "backend", "cell")
STATE_COLUMNS = ("cpus", "headline", "planned", "measured", "failed", "state", "words")
DERIVED_COLUMNS = (  # of the tables that are made from these frames
    *("low", "high", "blocks", "rank", "answer", "reason", "unit", "cells", "pairs", "efficiency"),
    *("efficiency_low", "efficiency_high", "tuned_ratio", "tuned_verdict", "tuned_further"),
    *("messages_per_s", "messages_low", "messages_high", "megabytes_per_s", "speedup", "speedup_low", "speedup_high"),
    *("amount", "amount_unit", "workers_per_gb", "workers_per_gb_low", "workers_per_gb_high"),
)
RESERVED = frozenset((*CELL_COLUMNS, *VALUE_COLUMNS, *STATE_COLUMNS, *DERIVED_COLUMNS))
Factor = int | float | str


@uncollected()
def frame(journals: Sequence[Journal], known: pd.DataFrame | None = None) -> pd.DataFrame:
    """One line for each duration of each measured row; the rehearsal is left out. `known`: their `identities`.

    Columns: those of the cell (run, machine, python, scenario, backend, cell), one for each factor, then lap, source, block,
    value (0, 1 … within its lap and child), warmup, seconds, operations, seconds_per_operation.
    """
    planned = identities(journals) if known is None else known
    positions = {key: position for position, key in enumerate(zip(planned["run"], planned["cell"], strict=True))}
    laps = [
        (positions[journal.header.run, row.cell], lap.name, lap.source, row.block, lap.operations, lap.values)
        for journal in journals
        for row in journal.rows
        if row.status == "measured" and row.block != REHEARSAL
        for lap in row.laps
        if lap.unit == "ns"
    ]
    which, names, sources, blocks, operations, values = zip(*laps, strict=True) if laps else ((),) * 6
    lengths = np.fromiter(map(len, values), dtype=np.int64, count=len(laps))
    chained = itertools.chain.from_iterable(values)
    nanoseconds = np.fromiter(chained, dtype=float, count=int(lengths.sum()))
    found: pd.DataFrame = planned.take(np.repeat(np.array(which, dtype=np.int64), lengths)).reset_index(drop=True)
    found["lap"] = _repeated_names(names, lengths)
    found["source"] = _repeated_names(sources, lengths)
    found["block"] = np.repeat(np.array(blocks, dtype=np.int64), lengths)
    found["value"] = within = _within(lengths)
    found["warmup"] = (within == 0) & np.repeat(lengths > 1, lengths)
    found["seconds"] = nanoseconds * 1e-9
    found["operations"] = np.repeat(np.array(operations, dtype=float), lengths)
    found["seconds_per_operation"] = found["seconds"] / found["operations"]
    return found


def amounts(journals: Sequence[Journal]) -> pd.DataFrame:
    """One line for each run, cell, lap and block of what is no duration: bytes ("B") and shares ("1").

    Columns: run, cell, lap, amount_unit, block, amount (the median of the child's values, warm-up left out), source.
    """
    kept = [
        (journal.header.run, row.cell, lap.name, lap.unit, row.block, median(counted(lap.values)), lap.source)
        for journal in journals
        for row in journal.rows
        if row.status == "measured" and row.block != REHEARSAL
        for lap in row.laps
        if lap.unit != "ns" and lap.values
    ]
    found = pd.DataFrame(kept, columns=["run", "cell", "lap", "amount_unit", "block", "amount", "source"])
    return found.astype({"amount": float})


def sequences(journals: Sequence[Journal]) -> pd.DataFrame:
    """One line for each value of what is no duration, in the order in which a child told them; laps of one value are left out.

    Columns: run, cell, lap, amount_unit, block, position (0, 1 … within its lap and child), amount.
    """
    kept = [
        (journal.header.run, row.cell, lap.name, lap.unit, row.block, position, value)
        for journal in journals
        for row in journal.rows
        if row.status == "measured" and row.block != REHEARSAL
        for lap in row.laps
        if lap.unit != "ns" and len(lap.values) > 1
        for position, value in enumerate(lap.values)
    ]
    found = pd.DataFrame(kept, columns=["run", "cell", "lap", "amount_unit", "block", "position", "amount"])
    return found.astype({"amount": float})


def observations(values: pd.DataFrame) -> pd.DataFrame:
    """One line for each run, cell, lap and block: the median of its child's values, warm-up left out, in seconds per operation.

    Columns: run, cell, lap, block, seconds, source.
    """
    analysed = values.loc[~values["warmup"].to_numpy(dtype=bool)]
    groups = analysed.groupby(["run", "cell", "lap", "block"], observed=True, sort=False)
    found = groups.agg(seconds=("seconds_per_operation", "median"), source=("source", "first")).reset_index()
    return found.astype({"run": str, "cell": str, "lap": str, "source": str})


def cells(journals: Sequence[Journal], known: pd.DataFrame | None = None) -> pd.DataFrame:
    """One line for each cell, planned or not offered, in the order in which a reader is shown them. `known`: their `identities`.

    Columns: those of the cell, one for each factor, cpus (that it could use, NA when not known), headline, planned,
    measured and failed (blocks), state, and words: what is said where there is no number, or beside it ("" when nothing is).
    """
    found = identities(journals) if known is None else known
    states = [state for journal in journals for state in _states(journal)]
    outcomes = pd.DataFrame(states, columns=list(STATE_COLUMNS))
    outcomes["cpus"] = outcomes["cpus"].astype("Int64")
    together = pd.concat([found, outcomes], axis="columns")
    factors = [name for name in found.columns if name not in CELL_COLUMNS]
    return together.sort_values(["run", "scenario", *factors, "backend"], kind="stable").reset_index(drop=True)


def factors_of(table: pd.DataFrame) -> list[str]:
    """The names of the factor columns of either frame."""
    return [name for name in table.columns if name not in RESERVED]


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Its lines, each as column -> value in Python's own types: `to_dict("records")` in a quarter of the time."""
    names = [str(name) for name in table.columns]
    return [dict(zip(names, line, strict=True)) for line in zip(*(table[name].tolist() for name in names), strict=True)]


def numeric(column: "pd.Series[Any]") -> "pd.Series[float]":
    """A factor as numbers, NaN where it is none."""
    return pd.to_numeric(column, errors="coerce").astype("Float64").astype(float)


def factor(table: pd.DataFrame, name: str) -> "pd.Series[Any]":
    """A factor's column; all NA when no cell has that factor."""
    return table[name] if name in table else pd.Series(pd.NA, index=table.index, dtype="Float64", name=name)


def identities(journals: Sequence[Journal]) -> pd.DataFrame:
    """Run, machine, Python, scenario, backend, cell and factors, one line for each cell, in the order of the journals."""
    entries = [(journal.header, entry) for journal in journals for entry in _entries(journal.header)]
    identity = [(h.run, h.machine, _python(h), e.scenario, e.backend, e.cell) for h, e in entries]
    found = pd.DataFrame(identity, columns=list(CELL_COLUMNS), dtype=object)
    for name in CELL_COLUMNS:
        known = {"scenario": list(installed.known_scenarios()), "backend": list(installed.known_backends())}.get(name)
        ordered = installed.in_order(found[name], known) if known else list(dict.fromkeys(found[name]))
        found[name] = pd.Categorical(found[name], categories=ordered, ordered=True)
    names = dict.fromkeys(name for _, entry in entries for name in entry.factors)
    factors = {_column(name): _factor([entry.factors.get(name) for _, entry in entries]) for name in names}
    # Words before numbers: a table is easier to follow with its numbers side by side.
    return found.assign(**dict(sorted(factors.items(), key=lambda item: pd.api.types.is_numeric_dtype(item[1]))))


def _entries(header: Header) -> list[Planned | NotOffered]:
    return [*header.plan, *header.absent]


def _python(header: Header) -> str:
    return str(header.interpreter.get("version", "unknown"))


def _column(factor_name: str) -> str:
    """A factor must not pass for one of our own columns."""
    return f"factor {factor_name}" if factor_name in RESERVED or factor_name.startswith("factor ") else factor_name


def _factor(values: list[Factor | None]) -> "pd.Series[Any]":
    kinds = {type(value) for value in values if value is not None}
    fit = all(value is None or isinstance(value, str) or abs(value) < 1 << 53 for value in values)
    if kinds <= {int} and fit:
        return pd.Series(values, dtype="Int64")
    if kinds <= {int, float} and fit:
        return pd.Series([None if value is None else float(value) for value in values], dtype="Float64")
    texts = [None if value is None else str(value) for value in values]
    ordered = list(dict.fromkeys(text for text in texts if text is not None))
    return pd.Series(pd.Categorical(texts, categories=ordered, ordered=True))


def _repeated_names(names: Iterable[str], lengths: NDArray[np.int64]) -> "pd.Categorical[str]":
    each: pd.Categorical[str] = pd.Categorical(list(names))
    return each.take(np.repeat(np.arange(len(lengths)), lengths))


def _within(lengths: NDArray[np.int64]) -> NDArray[np.int64]:
    """0, 1 … for the values of each lap."""
    ends = np.cumsum(lengths)
    total = int(ends[-1]) if len(ends) else 0
    return np.arange(total) - np.repeat(ends - lengths, lengths)


def _states(journal: Journal) -> list[tuple[Any, ...]]:
    rows: dict[str, list[Row]] = {}
    for row in journal.rows:
        rows.setdefault(row.cell, []).append(row)
    usable = usable_cpus(journal.header)
    lost = lost_cells([*journal.rows, *journal.rejected_rows])
    states = [
        (
            _cpus(cell, usable),
            cell.headline,
            *_state(cell, rows.get(cell.cell, []), journal.header, given_up=cell.cell in lost),
        )
        for cell in journal.header.plan
    ]
    absent = [
        (_cpus(cell, usable), False, 0, 0, 0, NOT_OFFERED, f"not offered: {plain(cell.reason)}")
        for cell in journal.header.absent
    ]
    return states + absent


def _cpus(cell: Planned | NotOffered, usable: int | None) -> int | None:
    """How many CPUs its children may use: those it names, which a campaign that was told --cpus gives it, or all of them."""
    named = cell.factors.get("cpus")
    return named if isinstance(named, int) and 0 < named < 1 << 20 else usable


def _state(cell: Planned, rows: list[Row], header: Header, *, given_up: bool) -> tuple[int, int, int, str, str]:
    """Blocks due, then the outcome. Of a cell that was given up, and under a budget, only what was tried was due."""
    measured, failed, state, words = _outcome(rows)
    tried = sum(row.block != REHEARSAL for row in rows)
    if given_up:
        return max(1, tried), measured, failed, state, f"{words}, and was not tried again" if tried else words
    if header.budget is None:
        return cell.blocks, measured, failed, state, words
    left_out = f"left out: the budget of {spell(header.budget.seconds)} did not reach it"
    return measured + failed, measured, failed, state, left_out if state == NOT_YET else words


def _outcome(rows: list[Row]) -> tuple[int, int, str, str]:
    """Blocks measured, blocks failed, state and words of one planned cell. A rehearsal counts only when nothing followed it."""
    tried = [row for row in rows if row.block != REHEARSAL]
    failures = [row for row in tried or rows if row.status != "measured"]
    measured = sum(row.status == "measured" for row in tried)
    if measured:
        words = f"{failure_words(failures)} in {len(failures)} of {len(tried)} blocks" if failures else ""
        return measured, len(failures), MEASURED, words
    if failures:
        where = f"in {len(failures)} of {len(tried)} blocks" if tried else "in its rehearsal"
        return 0, len(failures), FAILED, f"{failure_words(failures)} {where}"
    return 0, 0, NOT_YET, NOT_YET


def failure_words(failures: list[Row]) -> str:
    """How a cell failed: "failed (timeout)"."""
    return f"failed ({', '.join(dict.fromkeys(row.status for row in failures))})"


def usable_cpus(header: Header) -> int | None:
    """How many processors the campaign could use, or None when the journal does not tell."""
    fact: Fact | None = header.environment.get(USABLE_CPUS)
    value = fact.value if fact else None
    return int(value) if isinstance(value, int | float) and 0 < value < 1 << 20 else None

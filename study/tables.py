"""What does each table say? One function for each, from the tidy frames to a frame of raw numbers in SI units.

Every table has the columns run, scenario, backend, cell, the factors, state and words; a cell without a number keeps its line.
"""

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from study import installed
from study.frame import (
    CELL_COLUMNS,
    MEASURED,
    amounts,
    cells,
    factor,
    factors_of,
    frame,
    numeric,
    observations,
    records,
    sequences,
)
from study.journal import Journal
from study.summary import CELL_LEVEL, Judgement, Ratio, Verdict, least_blocks, ratio, summarise, verdicts

__all__ = [
    "Results",
    "absences",
    "documents",
    "frame",
    "latency",
    "matrix",
    "on_most_cpus",
    "results",
    "scaling",
    "startup",
    "throughput",
]
NAN = float("nan")
GB = 1e9
LIMITS = {
    "physical_cores": "physical cores",
    "logical_cpus": "logical CPUs",
    "quota_cpus": "quota",
}  # facts of a machine
FURTHER_WORKER = "further worker, PSS"  # the lap: what each worker but the first one takes, shared pages in parts
Line = Mapping[str, Any]


@dataclass(frozen=True, eq=False)  # each is equal to itself alone, so that what is computed from it can be remembered
class Results:
    """The values and cells of some journals, and what is computed from them once for all tables and charts."""

    values: pd.DataFrame  #: `study.frame.frame`
    cells: pd.DataFrame  #: `study.frame.cells`
    amounts: pd.DataFrame  #: `study.frame.amounts`
    sequences: pd.DataFrame  #: `study.frame.sequences`
    limits: Mapping[str, float]  #: what bounds the number of workers at once, and its amount: the least of all runs

    @functools.cached_property
    def observations(self) -> pd.DataFrame:
        """`study.frame.observations` of the values."""
        return observations(self.values)

    @functools.cached_property
    def lines(self) -> pd.DataFrame:
        """One line for each cell and lap, and one with lap "" for each cell without any: the cell's columns, lap, seconds, low,
        high (per operation, NaN where there is none), blocks (of that lap), source."""
        return _lines(self.observations, self.cells, "seconds")

    @functools.cached_property
    def quantities(self) -> pd.DataFrame:
        """As `lines`, of bytes and shares: the cell's columns, lap, amount_unit, amount, low, high, blocks, source."""
        units = self.amounts.drop_duplicates(["run", "cell", "lap"])[["run", "cell", "lap", "amount_unit"]]
        found = _lines(self.amounts, self.cells, "amount").merge(units, on=["run", "cell", "lap"], how="left")
        return found.loc[found["lap"] != ""].reset_index(drop=True)

    @functools.cached_property
    def series(self) -> dict[tuple[str, str, str], tuple[NDArray[np.int64], NDArray[np.float64]]]:
        """(run, cell, lap) -> its blocks, and the seconds per operation of each."""
        seen = self.observations
        blocks, seconds = seen["block"].to_numpy(dtype=np.int64), seen["seconds"].to_numpy(dtype=float)
        places: dict[tuple[str, str, str], list[int]] = {}
        for place, key in enumerate(zip(seen["run"], seen["cell"], seen["lap"], strict=True)):
            places.setdefault(key, []).append(place)
        return {key: (blocks[at], seconds[at]) for key, at in places.items()}

    @functools.cached_property
    def speedups(self) -> pd.DataFrame:
        """`scaling`, which several tables and charts are made from."""
        return _scaling(self)

    def of(self, scenario: str) -> pd.DataFrame:
        """The lines of one scenario, with the factors it has."""
        return self._by_scenario[scenario].copy() if scenario in self._by_scenario else self._own(scenario)

    @functools.cached_property
    def _by_scenario(self) -> dict[str, pd.DataFrame]:
        return {name: self._own(name) for name in dict.fromkeys(self.lines["scenario"].astype(str))}

    def _own(self, scenario: str) -> pd.DataFrame:
        found = self.lines.loc[self.lines["scenario"] == scenario].reset_index(drop=True)
        return found.drop(columns=[name for name in factors_of(found) if found[name].isna().all()])

    def paired(self, run: str, a: tuple[str, str], b: tuple[str, str]) -> NDArray[np.float64]:
        """The observations of two (cell, lap) in the blocks that measured both: shape (2, blocks), blocks in order."""
        nothing: tuple[NDArray[np.int64], NDArray[np.float64]] = (np.empty(0, dtype=np.int64), np.empty(0))
        (a_blocks, a_seconds), (b_blocks, b_seconds) = (
            self.series.get((run, *a), nothing),
            self.series.get((run, *b), nothing),
        )
        _, a_at, b_at = np.intersect1d(a_blocks, b_blocks, assume_unique=True, return_indices=True)
        together = np.stack([a_seconds[a_at], b_seconds[b_at]])
        return together[:, (together > 0).all(axis=0)]


def results(journals: Sequence[Journal]) -> Results:
    """Everything that the tables and charts of these journals are made from."""
    return Results(frame(journals), cells(journals), amounts(journals), sequences(journals), _limits(journals))


def _limits(journals: Sequence[Journal]) -> dict[str, float]:
    told = [(label, journal.header.environment.get(name)) for name, label in LIMITS.items() for journal in journals]
    known = [
        (label, float(fact.value))
        for label, fact in told
        if fact and isinstance(fact.value, int | float) and 0 < fact.value < 1 << 20
    ]
    return {label: min(value for other, value in known if other == label) for label, _ in known}


def startup(found: Results) -> pd.DataFrame:
    """Seconds until a worker (or a whole pool) is at work, a line for each cell and lap."""
    return found.of("startup")


def throughput(found: Results) -> pd.DataFrame:
    """Messages and megabytes (10^6 bytes) per second, with the interval of the time turned round."""
    table = found.of("throughput")
    payload = numeric(factor(table, "payload"))
    table["messages_per_s"], table["messages_low"], table["messages_high"] = (
        1 / table[column].where(table[column] > 0) for column in ("seconds", "high", "low")
    )
    table["megabytes_per_s"] = table["messages_per_s"] * payload / 1e6
    return table


def latency(found: Results) -> pd.DataFrame:
    """Seconds for a round trip, a line for each cell and percentile."""
    return found.of("latency")


def scaling(found: Results) -> pd.DataFrame:
    """Speed-up over the serial cell of the same workload in the same blocks, for each cell and kind of chunks.

    Further columns: speedup, speedup_low, speedup_high (95 %), pairs (blocks that measured both); efficiency with its ends,
    the share it reaches of as many interpreters that have nothing in common; and on the lines of "tuned chunks" what is said
    of them against the default ones: tuned_verdict (Holm over the run's lines), tuned_ratio, and tuned_further, the blocks
    that a verdict still needs (NA when more than can be told).
    """
    return found.speedups.copy()


def _scaling(found: Results) -> pd.DataFrame:
    table = found.of("scaling")
    lines = records(table)
    serial, ceiling = _serial_cells(table), _ceiling_cells(table)
    speedups = [_times_as_fast(found, line, serial.get((line["run"], _workload(line)))) for line in lines]
    shares = [
        _times_as_fast(found, line, ceiling.get((line["run"], _workload(line), line.get("width")))) for line in lines
    ]
    for name, ratios in (("speedup", speedups), ("efficiency", shares)):
        ends = [(r.value, r.low, r.high) if r else (NAN, NAN, NAN) for r in ratios]
        columns = [name, f"{name}_low", f"{name}_high"]
        table[columns] = pd.DataFrame(ends, columns=columns, index=table.index, dtype=float)
    table["pairs"] = [r.n if r else 0 for r in speedups]
    return table.join(_tuned(found, lines).set_axis(table.index))


@functools.lru_cache(maxsize=8)
def documents(found: Results) -> pd.DataFrame:
    """Every scenario that has no table of its own: a line for each cell and lap.

    Durations are those of one operation (unit: what one is); bytes and shares stand in amount, with their amount_unit.
    """
    counted = found.quantities
    keys = pd.MultiIndex.from_frame(found.lines[["run", "cell"]])
    only_counted = (found.lines["lap"] == "") & keys.isin(pd.MultiIndex.from_frame(counted[["run", "cell"]]))
    table: pd.DataFrame = pd.concat([found.lines.loc[~only_counted], counted], ignore_index=True)
    table = table.loc[~table["scenario"].isin(installed.COSTS)].reset_index(drop=True)
    table["unit"] = [installed.unit(str(name)) for name in table["scenario"]]
    return table


def of_scenario(found: Results, name: str) -> pd.DataFrame:
    """Its lines of `documents`, with the factors it has."""
    table = documents(found)
    table = table.loc[table["scenario"].astype(str) == name].reset_index(drop=True)
    return table.drop(columns=[factor for factor in factors_of(table) if table[factor].isna().all()])


def memory(found: Results) -> pd.DataFrame:
    """What a worker takes; further columns on the lines of FURTHER_WORKER: workers_per_gb (10^9 bytes), and its ends."""
    table = of_scenario(found, "memory")
    counted = table["lap"] == FURTHER_WORKER
    for name, column in (("", "amount"), ("_low", "high"), ("_high", "low")):
        table[f"workers_per_gb{name}"] = GB / table[column].where(counted & (table[column] > 0))
    return table


def matrix(found: Results) -> pd.DataFrame:
    """One line for each scenario and backend: answer is "works", how it failed, "not offered" or "not measured yet".

    The worst planned cell speaks for the pair; "not offered" only when no load of it is planned. The floors are left out.
    """
    ranks = {"failed": 0, "not measured yet": 2, "not offered": 3}
    table = found.cells.loc[~found.cells["backend"].isin(installed.floors())].copy()
    partly = (table["state"] == MEASURED) & (table["failed"] > 0)
    table["rank"] = table["state"].map(ranks).where(~partly, 1).fillna(2.5)
    first = (
        table.sort_values("rank", kind="stable")
        .groupby(["run", "scenario", "backend"], observed=True, sort=True)
        .head(1)
    )
    ordered = first.sort_values(["run", "scenario", "backend"]).reset_index(drop=True)
    ordered["answer"] = [_answer(state, words) for state, words in zip(ordered["state"], ordered["words"], strict=True)]
    return ordered[[*CELL_COLUMNS, "answer", "words"]]


def absences(found: Results) -> pd.DataFrame:
    """What is not offered and why: one line for each run, scenario, backend and reason; cells (how many) and the first of them."""
    absent = found.cells.loc[found.cells["state"] == "not offered"].copy()
    absent["reason"] = absent["words"].str.removeprefix("not offered: ")
    groups = absent.groupby(["run", "scenario", "backend", "reason"], observed=True, sort=False)
    return groups.agg(cells=("cell", "size"), cell=("cell", "first")).reset_index()


def failures(journals: Sequence[Journal]) -> pd.DataFrame:
    """Every cell that failed: run, cell, status, blocks (in which it failed so), tried (blocks), rehearsal, reason (the first)."""
    tried = {
        (journal.header.run, row.cell): sum(1 for other in journal.rows if other.cell == row.cell and other.block)
        for journal in journals
        for row in journal.rows
        if row.status != "measured"
    }
    rows = [
        (journal.header.run, row.cell, row.status, row.block, tried[journal.header.run, row.cell], row.reason)
        for journal in journals
        for row in sorted(journal.rows, key=lambda row: row.block)
        if row.status != "measured"
    ]
    table = pd.DataFrame(rows, columns=["run", "cell", "status", "block", "tried", "reason"])
    groups = table.groupby(["run", "cell", "status"], sort=False)
    return groups.agg(
        blocks=("block", lambda blocks: int((blocks > 0).sum())),
        tried=("tried", "first"),
        rehearsal=("block", lambda blocks: bool((blocks == 0).any())),
        reason=("reason", "first"),
    ).reset_index()


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


def _lines(observed: pd.DataFrame, every_cell: pd.DataFrame, value: str) -> pd.DataFrame:
    groups = observed.groupby(["run", "cell", "lap"], sort=False)
    summed = [
        (run, cell, lap, s.value, s.low, s.high, s.n, group["source"].iloc[0])
        for (run, cell, lap), group in groups
        for s in [summarise(group[value].to_numpy())]
    ]
    columns = ["run", "cell", "lap", value, "low", "high", "blocks", "source"]
    summaries = pd.DataFrame(summed, columns=columns).astype({value: float, "low": float, "high": float})
    found = every_cell.astype({"run": str, "cell": str}).merge(summaries, on=["run", "cell"], how="left", sort=False)
    found["lap"], found["source"] = found["lap"].astype(object).fillna(""), found["source"].astype(object).fillna("")
    found["blocks"] = found["blocks"].fillna(0).astype(int)
    return found


def _serial_cells(table: pd.DataFrame) -> dict[tuple[str, str], tuple[str, str]]:
    """(run, workload) -> cell and lap of the baseline."""
    serial = table.loc[table["backend"].isin(installed.baselines()) & (table["lap"] != "")]
    return {(line["run"], _workload(line)): (line["cell"], line["lap"]) for line in records(serial[::-1])}


def _ceiling_cells(table: pd.DataFrame) -> dict[tuple[str, str, Any], tuple[str, str]]:
    """(run, workload, width) -> cell and lap of the interpreters that have nothing in common."""
    floor = table.loc[table["backend"].isin(installed.floors()) & (table["lap"] != "")]
    return {
        (line["run"], _workload(line), line.get("width")): (line["cell"], line["lap"]) for line in records(floor[::-1])
    }


def on_most_cpus(table: pd.DataFrame) -> pd.DataFrame:
    """The lines of each run that had the most CPUs: all of them, unless the campaign was told --cpus."""
    most = table.groupby("run", observed=True)["cpus"].transform("max")
    return table.loc[table["cpus"].isna() | (table["cpus"] == most)]


def _workload(line: Line) -> str:
    """What is compared with each other: the same work on the same number of CPUs."""
    return f"{line.get('workload', '')} on {line.get('cpus')}"


def _times_as_fast(found: Results, line: Line, other: tuple[str, str] | None) -> Ratio | None:
    if other is None or not line["lap"]:
        return None
    own, base = found.paired(line["run"], (line["cell"], line["lap"]), other)
    return ratio(own, base, CELL_LEVEL) if len(own) else None


def _tuned(found: Results, lines: Sequence[Any]) -> pd.DataFrame:
    """tuned_ratio, tuned_verdict and tuned_further of each line. Holm counts the lines with blocks enough for a verdict."""
    pairs = {
        place: found.paired(line["run"], (line["cell"], "default chunks"), (line["cell"], "tuned chunks"))
        for place, line in enumerate(lines)
        if line["lap"] == "tuned chunks"
    }
    judged: dict[int, Judgement] = {}
    for run in dict.fromkeys(line["run"] for line in lines):
        places = [at for at, pair in pairs.items() if lines[at]["run"] == run and pair.shape[1] >= least_blocks()]
        judged |= zip(places, verdicts([tuple(pairs[at]) for at in places]), strict=True)
    rows = [_tuned_line(pairs.get(place), judged.get(place)) for place in range(len(lines))]
    table = pd.DataFrame(rows, columns=["tuned_ratio", "tuned_verdict", "tuned_further"])
    return table.astype({"tuned_ratio": float, "tuned_further": "Int64"})


def _tuned_line(pair: NDArray[np.float64] | None, judged: Judgement | None) -> tuple[float, str, int | None]:
    if pair is None:
        return NAN, "", None
    if judged is None:
        known = ratio(*pair).value if pair.shape[1] else NAN
        return known, Verdict.INCONCLUSIVE.value, least_blocks() - pair.shape[1]
    return judged.ratio.value, judged.verdict.value, judged.further_blocks


def _answer(state: str, words: str) -> str:
    return {MEASURED: words or "works", "failed": words}.get(state, state)

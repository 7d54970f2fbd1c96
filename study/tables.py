"""What does each table say? One function for each, from the tidy frames to a frame of raw numbers in SI units.

Every table has the columns run, scenario, backend, cell, the factors, state and words; a cell without a number keeps its line.
"""

import functools
import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

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
    identities,
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
Key = tuple[str, str, str]  # run, cell, lap
T = TypeVar("T")


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
        return _lines(self.observations, self._places, self.cells, "seconds", "source")

    @functools.cached_property
    def quantities(self) -> pd.DataFrame:
        """As `lines`, of bytes and shares: the cell's columns, lap, amount_unit, amount, low, high, blocks, source."""
        found = _lines(self.amounts, _places(self.amounts), self.cells, "amount", "source", "amount_unit")
        return found.loc[found["lap"] != ""].reset_index(drop=True)

    @functools.cached_property
    def series(self) -> dict[Key, tuple[NDArray[np.int64], NDArray[np.float64]]]:
        """(run, cell, lap) -> its blocks, and the seconds per operation of each."""
        seen = self.observations
        blocks, seconds = seen["block"].to_numpy(dtype=np.int64), seen["seconds"].to_numpy(dtype=float)
        return {key: (blocks[at], seconds[at]) for key, at in self._places.items()}

    @functools.cached_property
    def _places(self) -> dict[Key, list[int]]:
        return _places(self.observations)

    @functools.cached_property
    def remembered(self) -> dict[Callable[..., Any], Any]:
        """What `once` has computed of them."""
        return {}

    def of(self, scenario: str) -> pd.DataFrame:
        """The lines of one scenario, with the factors it has."""
        return _own(self._by_scenario, self.lines, scenario)

    @functools.cached_property
    def _by_scenario(self) -> dict[str, pd.DataFrame]:
        return _parts(self.lines)

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


def once(compute: Callable[[Results], T]) -> Callable[[Results], T]:
    """The same, computed once for each Results and remembered as long as they are: no number of runs is too large for it."""

    @functools.wraps(compute)
    def remembering(found: Results) -> T:
        if compute not in found.remembered:
            found.remembered[compute] = compute(found)
        known: T = found.remembered[compute]
        return known

    return remembering


def results(journals: Sequence[Journal]) -> Results:
    """Everything that the tables and charts of these journals are made from."""
    known = identities(journals)
    values, every_cell = frame(journals, known), cells(journals, known)
    return Results(values, every_cell, amounts(journals), sequences(journals), _limits(journals))


def _limits(journals: Sequence[Journal]) -> dict[str, float]:
    told = [(label, journal.header.environment.get(name)) for name, label in LIMITS.items() for journal in journals]
    known = [
        (label, float(fact.value))
        for label, fact in told
        if fact and isinstance(fact.value, int | float) and fact.value is not True and 0 < fact.value < 1 << 20
    ]
    return {label: min(value for other, value in known if other == label) for label, _ in known}


def startup(found: Results) -> pd.DataFrame:
    """Seconds until a worker (or a whole pool) is at work, a line for each cell and lap."""
    return found.of("startup")


@once
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
    return _scaling(found).copy(deep=False)


@once
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


@once
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
    return _own(_documented(found), documents(found), name)


@once
def _documented(found: Results) -> dict[str, pd.DataFrame]:
    return _parts(documents(found))


def memory(found: Results) -> pd.DataFrame:
    """What a worker takes; further columns on the lines of FURTHER_WORKER: workers_per_gb (10^9 bytes), and its ends."""
    table = of_scenario(found, "memory")
    counted = table["lap"] == FURTHER_WORKER
    for name, column in (("", "amount"), ("_low", "high"), ("_high", "low")):
        table[f"workers_per_gb{name}"] = GB / table[column].where(counted & (table[column] > 0))
    return table


@once
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


@once
def absences(found: Results) -> pd.DataFrame:
    """What is not offered and why: one line for each run, scenario, backend and reason; cells (how many) and the first of them."""
    absent = found.cells.loc[found.cells["state"] == "not offered", ["run", "scenario", "backend", "words", "cell"]]
    cells_of: dict[tuple[str, ...], list[str]] = {}
    for *key, words, cell in absent.itertuples(index=False):
        cells_of.setdefault((*key, words.removeprefix("not offered: ")), []).append(cell)
    lines = [(*key, len(own), own[0]) for key, own in cells_of.items()]
    return pd.DataFrame(lines, columns=["run", "scenario", "backend", "reason", "cells", "cell"])


def _parts(table: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Scenario -> its lines, with the factors it has."""
    scenarios = table["scenario"].astype(str).to_numpy()
    known = {name: table[name].notna().to_numpy() for name in factors_of(table)}
    parts = {}
    for scenario in dict.fromkeys(scenarios):
        own = np.flatnonzero(scenarios == scenario)
        unknown = [name for name, values in known.items() if not values[own].any()]
        parts[scenario] = table.drop(columns=unknown).take(own).reset_index(drop=True)
    return parts


def _own(parts: Mapping[str, pd.DataFrame], whole: pd.DataFrame, scenario: str) -> pd.DataFrame:
    """One of the parts of a table, to be changed at will; without lines and factors where there is none."""
    if scenario in parts:
        return parts[scenario].copy(deep=False)
    return whole.iloc[:0].drop(columns=factors_of(whole))


def _places(observed: pd.DataFrame) -> dict[Key, list[int]]:
    """In which lines the observations of each lap stand."""
    places: dict[Key, list[int]] = {}
    for place, key in enumerate(zip(*(observed[name].tolist() for name in ("run", "cell", "lap")), strict=True)):
        places.setdefault(key, []).append(place)
    return places


def _lines(
    observed: pd.DataFrame, places: Mapping[Key, list[int]], every_cell: pd.DataFrame, value: str, *words: str
) -> pd.DataFrame:
    """Every cell with the summaries of its laps, and in the columns of words what its first observation says."""
    values, told = observed[value].to_numpy(dtype=float), [observed[name].tolist() for name in words]
    laps: dict[tuple[str, str], list[tuple[Any, ...]]] = {}
    for (run, cell, lap), own in places.items():
        s = summarise(values[own])
        laps.setdefault((run, cell), []).append((lap, s.value, s.low, s.high, s.n, *(word[own[0]] for word in told)))
    nothing = [("", NAN, NAN, NAN, 0, *("" for _ in words))]
    each = [laps.get(key, nothing) for key in zip(every_cell["run"], every_cell["cell"], strict=True)]
    found = every_cell.take(np.repeat(np.arange(len(each)), [len(own) for own in each])).reset_index(drop=True)
    kinds = {"lap": object, value: float, "low": float, "high": float, "blocks": int, **dict.fromkeys(words, object)}
    summed = pd.DataFrame(itertools.chain.from_iterable(each), columns=list(kinds)).astype(kinds)
    return pd.concat([found.astype({"run": str, "cell": str}), summed], axis="columns")


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
    if table["cpus"].nunique() < 2:
        return table
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

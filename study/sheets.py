"""How is each table laid out for a reader: which columns, in which unit, and what stands where there is no number?"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from study import installed, tables
from study.frame import factors_of, records
from study.journal import Journal
from study.noise import assess
from study.notation import interval, missing, number, plain, size
from study.summary import Verdict
from study.tables import NAN, Line, Results


@dataclass(frozen=True, slots=True)
class Entry:
    """What stands in one place of a table."""

    text: str
    rank: float | None = None  #: by which its column is sorted; None sorts by the text
    span: int = 1  #: columns it takes up
    cell: str = ""  #: the key of a cell that is shown elsewhere on the page and linked from here
    kind: str = ""  #: "number", "words" or "": how it looks
    href: str = ""  #: the address of a page of others, which the text leads to


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table."""

    cell: str  #: the key of the cell that is shown here, "" when it is none
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table for a reader."""

    name: str  #: of its file
    caption: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    laps: tuple[str, ...] = ()  #: of each column the lap that its numbers are of, "" where they are of none


@dataclass(frozen=True, slots=True)
class Column:
    """A column of numbers: its heading with the unit, the lap it shows, and how many of the unit a second is."""

    heading: str
    lap: str
    value: str = "seconds"
    low: str = "low"
    high: str = "high"
    scale: float = 1.0


MOST_COLUMNS = 24  # of numbers; a journal from a stranger can have any number of laps
Show = Callable[[Any], Entry]
INTERVALS = "In brackets the exact 95 % interval over the blocks; fewer than 6 blocks give none."
STARTUP = (
    *(Column(f"{lap}, ms", lap, scale=1e3) for lap in ("cold ready", "warm ready", "running pool ready")),
    *(Column(f"{lap}, ms", lap, scale=1e3) for lap in ("cold call", "cold round trip")),
)
THROUGHPUT = (
    Column("messages per second", "message", "messages_per_s", "messages_low", "messages_high"),
    Column("MB per second", "message", "megabytes_per_s", "", ""),
    Column("µs per message", "message", scale=1e6),
)
PER_GB = Column(
    "further workers in 1 GB", tables.FURTHER_WORKER, "workers_per_gb", "workers_per_gb_low", "workers_per_gb_high"
)
PERCENTILES = tuple(Column(f"{lap}, µs", lap, scale=1e6) for lap in ("p50", "p90", "p99", "p99.9"))
SCALING = (
    Column("default chunks, times as fast", "default chunks", "speedup", "speedup_low", "speedup_high"),
    Column("tuned chunks, times as fast", "tuned chunks", "speedup", "speedup_low", "speedup_high"),
    Column("default chunks, share of the ceiling", "default chunks", "efficiency", "efficiency_low", "efficiency_high"),
    Column("tuned chunks, share of the ceiling", "tuned chunks", "efficiency", "efficiency_low", "efficiency_high"),
    Column("default chunks, µs per task", "default chunks", scale=1e6),
    Column("tuned chunks, µs per task", "tuned chunks", scale=1e6),
)


def startup(found: Results) -> Sheet:
    """Start-up, in milliseconds."""
    caption = (
        "Time from the request to the first statement of the last worker (ready), until the call returned (call), and until all "
        f"were joined (round trip). Cold: the first start in a fresh interpreter. {INTERVALS}"
    )
    return _sheet("startup", caption, tables.startup(found), STARTUP)


def throughput(found: Results) -> Sheet:
    """Throughput, per second and per message."""
    caption = (
        f"From the first message sent to the last one received and checked, one sender and one receiver. {INTERVALS}"
    )
    return _sheet("throughput", caption, tables.throughput(found), THROUGHPUT)


def latency(found: Results) -> Sheet:
    """Percentiles of a round trip, in microseconds."""
    table = tables.latency(found)
    columns = [column for column in PERCENTILES if (table["lap"] == column.lap).any() or column.lap != "p99.9"]
    caption = f"A question to another worker and its answer. A percentile needs ten samples beyond it. {INTERVALS}"
    return _sheet("latency", caption, table, columns)


def scaling(found: Results) -> Sheet:
    """Speed-up over serial and time per task."""
    table = tables.scaling(found)
    caption = (
        "Speed-up over the serial loop of the same blocks, block by block, with the exact 95 % signed-rank interval; time of a "
        "task with the interval of its median. The ceiling is as many interpreters that have nothing in common, on the same work "
        "in the same blocks. Last: what the blocks say of tuned against default chunks (Holm over this table)."
    )
    judged = records(table[["cell", "tuned_verdict", "tuned_further"]])
    verdicts = {line["cell"]: _verdict(line) for line in judged if line["tuned_verdict"]}
    columns = [column for column in SCALING if not table[column.value].isna().all() or column.value != "efficiency"]
    return _sheet("scaling", caption, table, columns, ("tuned chunks are", verdicts))


def _verdict(line: Line) -> str:
    """The verdict, and what it would take when there is none."""
    if line["tuned_verdict"] != Verdict.INCONCLUSIVE.value:
        return str(line["tuned_verdict"])
    further = line["tuned_further"]
    return f"inconclusive; about {further} more blocks would tell" if not pd.isna(further) else "inconclusive"


def scenario(found: Results, name: str) -> Sheet:
    """Every lap of one scenario: durations of one operation in microseconds, bytes in MB, shares as they are."""
    return _scenario(name, tables.of_scenario(found, name))


def memory(found: Results) -> Sheet:
    """The same of the memory of a worker, and how many of them 1 GB holds."""
    table = tables.memory(found)
    return _scenario("memory", table, (PER_GB,) if table["workers_per_gb"].notna().any() else ())


def _scenario(name: str, table: pd.DataFrame, more: Sequence[Column] = ()) -> Sheet:
    units = {lap: unit for lap, unit in zip(table["lap"], table["amount_unit"], strict=True) if lap}
    units = units or {installed.headline(name) or "value": NAN}
    columns = [*(_column(lap, unit) for lap, unit in list(units.items())[:MOST_COLUMNS]), *more]
    caption = f"Time of one operation ({installed.unit(name)}). {INTERVALS}"
    return _sheet(f"scenario-{name}", caption, table, columns)


def _column(lap: str, amount_unit: Any) -> Column:
    if amount_unit == "B":
        return Column(f"{plain(lap, 60)}, MB", lap, "amount", scale=1e-6)
    if amount_unit == "1":
        return Column(plain(lap, 60), lap, "amount")
    return Column(f"{plain(lap, 60)}, µs", lap, scale=1e6)


def matrix(found: Results) -> Sheet:
    """Scenario by backend: works, how it failed, or not offered."""
    table = tables.matrix(found)
    backends = installed.in_order(table["backend"].astype(str), installed.known_backends())
    lines = {(str(line["scenario"]), str(line["backend"])): line for line in records(table)}
    rows = []
    for scenario in installed.in_order(table["scenario"].astype(str), installed.known_scenarios()):
        entries = [_answer(lines.get((scenario, backend))) for backend in backends]
        rows.append(Row("", (Entry(installed.title(scenario)), *entries)))
    caption = "Every scenario on every backend: each answer was checked, not only timed."
    return Sheet("matrix", caption, ("scenario", *map(installed.label, backends)), tuple(rows))


def absences(found: Results) -> Sheet:
    """What is not offered, and why: one line for each reason."""
    groups: dict[str, dict[str, list[str]]] = {}
    for line in records(tables.absences(found)):
        by_backend = groups.setdefault(str(line["reason"]), {})
        by_backend.setdefault(installed.label(str(line["backend"])), []).append(installed.title(str(line["scenario"])))
    rows = []
    for reason, by_backend in groups.items():
        names = ", ".join(dict.fromkeys(name for titles in by_backend.values() for name in titles))
        rows.append(Row("", (Entry(plain(reason)), Entry(", ".join(by_backend)), Entry(names))))
    return Sheet("not-offered", "What is not offered, and why.", ("reason", "backends", "scenarios"), tuple(rows))


def failures(table: pd.DataFrame) -> Sheet:
    """What failed, in how many blocks, and how."""
    rows = []
    for line in records(table):
        count = f"{line['blocks']} of {line['tried']}" if line["tried"] else "in its rehearsal"
        entries = Entry(plain(line["cell"]), cell=line["cell"]), Entry(line["status"])
        rows.append(
            Row("", (*entries, Entry(count, float(line["blocks"]), kind="number"), Entry(plain(line["reason"]))))
        )
    return Sheet("failures", "What failed, and how.", ("cell", "what happened", "blocks", "reason"), tuple(rows))


def noise(journal: Journal) -> Sheet:
    """How quiet the machine was while each block was measured."""
    usual_ns = assess(journal).median_probe
    rejected = {rejection.block: rejection for rejection in journal.rejected}
    rows = []
    for block in journal.blocks:
        probe = block.probe_ns / usual_ns if block.probe_ns is not None and usual_ns else None
        numbers = [
            _amount(probe, number),
            _amount(block.steal, "{:.1%}".format),
            _amount(block.pressure, "{:.0%}".format),
        ]
        again = rejected.get(block.block)
        remark = f"measured again as block {again.by}: {plain(again.reason)}" if again else "counts"
        head = Entry(str(block.block), float(block.block), kind="number")
        rows.append(Row("", (head, *numbers, _amount(block.load, number), Entry(remark))))
    caption = (
        "A fixed piece of work around each block, relative to its median; time that other guests of the host took; time in which "
        "some task waited for a processor; load average. A noisy block is measured again as a whole."
    )
    columns = ("block", "fixed work", "stolen", "waited", "load", "what became of it")
    return Sheet("noise", caption, columns, tuple(rows))


def _amount(value: float | None, written: Callable[[float], str]) -> Entry:
    return Entry("not exposed" if value is None else written(value), value, kind="number")


def facts(table: pd.DataFrame) -> Sheet:
    """The machine and the interpreter."""
    rows = []
    for line in records(table):
        value = (
            f"{plain(line['value'])} {plain(line['unit'], 40)}".strip() if line["value"] != "not known" else "not known"
        )
        rows.append(
            Row("", (Entry(plain(line["fact"], 80).replace("_", " ")), Entry(value), Entry(plain(line["source"]))))
        )
    return Sheet(
        "environment", "The machine and the measured interpreter.", ("fact", "value", "read from"), tuple(rows)
    )


def _sheet(
    name: str,
    caption: str,
    table: pd.DataFrame,
    columns: Sequence[Column],
    more: tuple[str, dict[Any, str]] | None = None,
) -> Sheet:
    """One line for each cell: backend, factors, the columns of numbers (or words across them all), blocks and remarks."""
    factors = factors_of(table)
    laps: dict[Any, dict[str, Line]] = {}
    for line in records(table):
        laps.setdefault(line["cell"], {})[line["lap"]] = line
    rows = [_row(cell, by_lap, factors, columns, more) for cell, by_lap in laps.items()]
    headings = ("backend", *(plain(factor, 40) for factor in factors), *(column.heading for column in columns))
    headings += ((more[0],) if more else ()) + ("blocks",)
    laps_of_columns = ("",) * (1 + len(factors)) + tuple(column.lap for column in columns)
    laps_of_columns += ("",) * (len(headings) - len(laps_of_columns))
    return Sheet(name, caption, headings, tuple(rows), laps_of_columns)


def _row(
    cell: str,
    laps: dict[str, Line],
    factors: Sequence[str],
    columns: Sequence[Column],
    more: tuple[str, dict[Any, str]] | None,
) -> Row:
    line = next(iter(laps.values()))
    head = [Entry(installed.label(str(line["backend"]))), *(_factor(name, line[name]) for name in factors)]
    if "" in laps:
        words = Entry(
            line["words"] or "measured, but without a value", span=len(columns) + bool(more) + 1, kind="words"
        )
        return Row(cell, (*head, words))
    body = [_number(laps.get(column.lap), column) for column in columns]
    remark = [Entry(more[1].get(cell, "—"))] if more else []
    return Row(cell, (*head, *body, *remark, _blocks(line, laps)))


def _factor(name: str, value: Any) -> Entry:
    if pd.isna(value):
        return Entry("—")
    if name == "payload" and not isinstance(value, str):
        return Entry(size(float(value)), float(value), kind="number")
    return Entry(plain(value, 60)) if isinstance(value, str) else Entry(f"{value:.12g}", float(value), kind="number")


def _number(line: Line | None, column: Column) -> Entry:
    value = None if line is None else line[column.value]
    if line is None or value is None or missing(value):
        return Entry("—", kind="number")
    scaled = [None if not end or missing(line[end]) else line[end] * column.scale for end in (column.low, column.high)]
    return Entry(interval(value * column.scale, *scaled), float(value), kind="number")


def _blocks(line: Line, laps: dict[str, Line]) -> Entry:
    fewest = min(lap["blocks"] for lap in laps.values())
    count = str(fewest) if fewest == line["planned"] else f"{fewest} of {line['planned']}"
    unsure = ", no interval" if missing(line["low"]) else ""
    words = f"; {line['words']}" if line["words"] else ""
    return Entry(f"{count}{unsure}{words}", float(fewest), kind="number")


def _answer(line: Line | None) -> Entry:
    if line is None:
        return Entry("not part of this run", kind="words")
    kind = {"works": "good", "not offered": "absent", "not measured yet": "absent"}.get(line["answer"], "bad")
    return Entry(str(line["answer"]), cell=line["cell"], kind=kind)

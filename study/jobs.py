"""From which task length does a pool pay that has to be started for so many tasks, and stopped again?

Computed from three measurements of one run: the round trip of starting and stopping a pool, the time of a task in the pool
once it is up, and in the serial loop. A job of n tasks pays where what they gain is more than the round trip:
n (serial - pool) > round trip.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from study import grains, installed, tables
from study.frame import factor, numeric, records
from study.notation import duration, interval, number
from study.sheets import Entry, Row, Sheet
from study.tables import Results

TASKS = (1, 10, 100, 1000, 100_000)
STARTED = ("startup", "cold round trip")
NEVER, LAST = math.inf, 1e9  # and where it stands when a reader sorts
MS = 1e3  # to the second


class Start(NamedTuple):
    """Starting a pool of so many workers, and stopping it: seconds, and the ends of its interval."""

    cell: str
    width: int
    seconds: float
    low: float
    high: float


def pays_from(serial: Sequence[float], pool: Sequence[float], start_s: float, tasks: int) -> float:
    """The task length in seconds from which on `tasks` of them pay; infinity where they never do.

    `serial` and `pool`: seconds of a task at each length that was measured, shortest first. Between two lengths the pool's
    time lies on a straight line; beyond the longest one the pool is as many times as fast as there. One task alone has
    nobody to share it with. Raises ValueError without a length.
    """
    if not serial:
        raise ValueError("no task length was measured")
    gains = [own - other for own, other in zip(serial, pool, strict=True)]
    wanted = start_s / tasks
    if tasks == 1 or gains[-1] <= 0:
        return NEVER
    short = [place for place, gain in enumerate(gains) if gain <= wanted]
    if not short:
        return serial[0]
    at = short[-1]
    if at == len(gains) - 1:
        return serial[-1] * wanted / gains[-1]
    share = (wanted - gains[at]) / (gains[at + 1] - gains[at])
    return serial[at] + share * (serial[at + 1] - serial[at])


def starts(found: Results, width: int) -> dict[str, Start]:
    """Backend -> the start of its widest pool of at most so many workers."""
    scenario, lap = STARTED
    table = tables.on_most_cpus(found.of(scenario))
    table = table.assign(workers=numeric(factor(table, "width")))
    table = table.loc[(factor(table, "form").astype(str) == "pool") & (table["lap"] == lap) & (table["seconds"] > 0)]
    table = table.loc[table["workers"] <= width].sort_values("workers", kind="stable")
    return {
        str(line["backend"]): Start(line["cell"], int(line["workers"]), line["seconds"], line["low"], line["high"])
        for line in records(table)
    }


def sheet(found: Results) -> Sheet | None:
    """A row for each pool, a column for each number of tasks; None where no pool's start and tasks were both measured."""
    table = grains.curves(grains.compared(found), grains.DEFAULT)
    widths = numeric(factor(table, "width"))
    counts = (table["serial_s"] > 0) & (table["speedup"] > 0) & np.isfinite(widths)
    table = table.loc[counts].sort_values("serial_s", kind="stable")
    if table.empty:
        return None
    width = int(widths[counts].max())
    begun = starts(found, width)
    table = table[["name", "task", "serial_s", "speedup", "speedup_low", "speedup_high"]]
    names = [name for name in installed.in_order(table["name"], installed.known_backends()) if name in begun]
    rows = [_row(table.loc[table["name"] == name].drop_duplicates("task"), begun[name]) for name in names]
    started = max((begun[name].width for name in names), default=width)
    caption = (
        "Tasks of pure Python of at least this length are done sooner by a pool that has to be started for them, and stopped "
        "afterwards, than by the serial loop. Computed from the round trip of the start, and from the time of a task in the "
        f"pool and in the loop ({_workers(width, started)}, default chunks); in brackets with the ends of their 95 % "
        "intervals. A ≈ stands before what is longer than any task that was measured "
        f"({duration(float(table['serial_s'].max()))}): there the pool is taken to be as many times as fast as at the longest. "
        "One task has nobody to share it with."
    )
    columns = ("backend", *(f"{tasks:,} {'task' if tasks == 1 else 'tasks'}, ms" for tasks in TASKS))
    return Sheet("jobs", caption, columns, tuple(rows)) if rows else None


def _workers(width: int, started: int) -> str:
    return f"{width} workers" if started == width else f"{width} workers, and {started} for the start"


def _row(own: pd.DataFrame, start: Start) -> Row:
    serial = own["serial_s"].to_list()
    pool, fast, slow = (
        [loop / times for loop, times in zip(serial, own[column], strict=True)]
        for column in ("speedup", "speedup_high", "speedup_low")
    )
    entries = [
        _entry(
            _told(serial, pool, start.seconds, tasks),
            _told(serial, fast, start.low, tasks),
            _told(serial, slow, start.high, tasks),
            serial[-1],
        )
        for tasks in TASKS
    ]
    return Row("", (Entry(installed.label(str(own["name"].iloc[0])), cell=start.cell), *entries))


def _told(serial: Sequence[float], pool: Sequence[float], seconds: float, tasks: int) -> float | None:
    """None where an end is not known."""
    return None if any(map(math.isnan, (seconds, *pool))) else pays_from(serial, pool, seconds, tasks)


def _entry(value: float | None, low: float | None, high: float | None, longest: float) -> Entry:
    if value is None:
        return Entry("—", kind="number")
    if value == NEVER:
        return Entry("never" if low in (None, NEVER) else "not certain", LAST, kind="number")
    about = "≈ " if value > longest else ""
    if high == NEVER:
        return Entry(f"{about}{number(value * MS)}, not certain", value, kind="number")
    ends = [None if end is None else end * MS for end in (low, high)]
    return Entry(about + interval(value * MS, *ends), value, kind="number")

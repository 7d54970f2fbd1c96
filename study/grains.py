"""From which task length does a pool pay, and which backend is best there? Computed from what the scenario grain measured."""

import functools
import math
from typing import Any

import numpy as np
import pandas as pd

from study import installed, tables
from study.frame import factor, numeric, records
from study.notation import duration
from study.scenarios import grain
from study.summary import CELL_LEVEL, Ratio, ratio
from study.tables import NAN, Line, Results

SCENARIO = "grain"
DEFAULT, TUNED = "default chunks", "tuned chunks"
LAPS = (DEFAULT, TUNED)


@tables.once
def compared(found: Results) -> pd.DataFrame:
    """A line for each cell and kind of chunks, against the serial loop on the same tasks in the same blocks.

    The columns of `Results.of`, with name (the backend's), task (nominal, µs), chunk (tasks in one, NaN when not known),
    serial_s (what a task lasts in the serial loop), speedup, speedup_low and speedup_high (95 %).
    """
    table = tables.on_most_cpus(found.of(SCENARIO))
    table = table.assign(name=table["backend"].astype(str), task=numeric(factor(table, "task_us")))
    lines = records(table)
    loops = {_work(line): line for line in reversed(lines) if line["name"] in installed.baselines() and line["lap"]}
    ratios = [_times_as_fast(found, line, loops.get(_work(line))) for line in lines]
    table[["speedup", "speedup_low", "speedup_high"]] = [(r.value, r.low, r.high) if r else (NAN,) * 3 for r in ratios]
    table["serial_s"] = [loops[_work(line)]["seconds"] if _work(line) in loops else NAN for line in lines]
    table["chunk"] = [_chunk(line) for line in lines]
    return table.astype({"speedup": float, "speedup_low": float, "speedup_high": float})


def curves(table: pd.DataFrame, lap: str) -> pd.DataFrame:
    """The pools' lines of one kind of chunks. Where these are as large as another kind's, only one was measured, and taken."""
    pools = table.loc[~table["name"].isin(installed.baselines() | installed.floors()) & (table["lap"] != "")]
    own = pools.loc[pools["lap"] == lap]
    if lap != TUNED:
        return own
    alike = pools.loc[(pools["lap"] == DEFAULT) & ~pools["cell"].isin(own["cell"])]
    return pd.concat([own, alike]) if len(own) else alike


def break_even(table: pd.DataFrame) -> pd.DataFrame:
    """From which task length on each pool is faster than the serial loop: name, lap, seconds, low, high, longest.

    Where the speed-up crosses 1 for the last time, between two lengths on straight lines through the logarithms; low and high
    are where the ends of its 95 % intervals do. 0: it pays at every length measured; infinity: at none up to the longest.
    """
    rows = []
    for lap in LAPS:
        every = curves(table, lap)
        every = every.loc[every["speedup"].notna() & (every["serial_s"] > 0)].sort_values("serial_s")
        every = every.drop_duplicates(["name", "task"])
        names = every["name"].to_numpy(dtype=object)
        columns = every[["serial_s", "speedup", "speedup_high", "speedup_low"]].to_numpy(dtype=float)
        for name in installed.in_order(names, installed.known_backends()):
            x, *heights = columns[names == name].T
            rows.append((name, lap, *(_last_crossing(x, y) for y in heights), x[-1]))
    crossings = pd.DataFrame(rows, columns=["name", "lap", "seconds", "low", "high", "longest"])
    return crossings.astype({"seconds": float, "low": float, "high": float, "longest": float})


@tables.once
def crossings(found: Results) -> pd.DataFrame:
    """`break_even` of everything that was measured."""
    return break_even(compared(found))


@functools.lru_cache(maxsize=16)
def best_of(found: Results, lap: str) -> pd.DataFrame:
    """`best` of everything that was measured."""
    return best(found, compared(found), lap)


def best(found: Results, table: pd.DataFrame, lap: str) -> pd.DataFrame:
    """For each task length the soonest of all, the serial loop too, and who ties with it: task, serial_s, name, seconds, ties.

    Two tie when the 95 % interval of their ratio, block by block, includes 1, or when there are too few blocks for one.
    """
    serial = table.loc[table["name"].isin(installed.baselines()) & (table["lap"] != "")]
    lines = pd.concat([serial, curves(table, lap)]) if len(serial) else curves(table, lap)
    rows = []
    for task, own in lines.loc[lines["seconds"] > 0].groupby("task", sort=True):
        first, *others = records(own.sort_values("seconds", kind="stable").drop_duplicates("name"))
        ties = [str(other["name"]) for other in others if not _is_slower(found, first, other)]
        rows.append((task, first["serial_s"], first["name"], first["seconds"], tuple(ties), len(others) + 1))
    return pd.DataFrame(rows, columns=["task", "serial_s", "name", "seconds", "ties", "among"])


def sentences(found: Results) -> list[str]:
    """From which task length on pools pay, with the library's own chunks; only where the intervals tell."""
    if not (found.cells["scenario"] == SCENARIO).any():
        return []
    lines = crossings(found)
    lines = lines.loc[lines["lap"] == DEFAULT]
    sure = records(lines.loc[np.isfinite(lines["high"])].sort_values("seconds", kind="stable"))
    said = []
    if sure:
        ends = [f"with {installed.label(line['name'])} {_from(line)}" for line in (sure[0], sure[-1])]
        said.append(f"For pure Python a pool pays {' and '.join(dict.fromkeys(ends))}.")
    never = lines.loc[np.isinf(lines["low"])]
    if len(never):
        names = ", ".join(installed.label(str(name)) for name in never["name"])
        said.append(f"It never pays with {names} for tasks of up to {duration(float(never['longest'].max()))}.")
    open_ones = lines.loc[~np.isfinite(lines["high"]) & ~np.isinf(lines["low"])]
    if len(open_ones):
        names = ", ".join(installed.label(str(name)) for name in open_ones["name"])
        said.append(f"Not enough evidence to say from which task length on it pays with {names}.")
    return said


def told(line: Line) -> str:
    """A break-even for a reader: "148 µs (120 µs to 180 µs)"."""
    longest = duration(line["longest"])
    if math.isinf(line["low"]):
        return f"never, up to {longest}"
    if line["high"] == 0:
        return "every length measured"
    if not (line["low"] == line["low"] and line["high"] == line["high"]):
        return "too few blocks to tell"
    if line["seconds"] == 0 and math.isfinite(line["high"]):
        return f"at most {duration(line['high'])}"
    value = duration(line["seconds"]) if 0 < line["seconds"] < math.inf else "no crossing"
    if math.isinf(line["high"]):
        return f"{value}, not certain up to {longest}"
    if line["low"] == 0:
        return f"{value} (at most {duration(line['high'])})"
    return f"{value} ({duration(line['low'])} to {duration(line['high'])})"


def _from(line: Line) -> str:
    return "at every length measured" if line["high"] == 0 else f"from tasks of {told(line)} on"


def _work(line: Line) -> tuple[Any, ...]:
    """What has to be the same before two cells are compared."""
    return line["run"], line["task"], str(line.get("width")), str(line.get("chunks")), str(line.get("cpus"))


def _times_as_fast(found: Results, line: Line, loop: Line | None) -> Ratio | None:
    if loop is None or not line["lap"]:
        return None
    own, base = found.paired(line["run"], (line["cell"], line["lap"]), (loop["cell"], loop["lap"]))
    return ratio(own, base, CELL_LEVEL) if len(own) else None


def _is_slower(found: Results, first: Line, other: Line) -> bool:
    a, b = found.paired(first["run"], (first["cell"], first["lap"]), (other["cell"], other["lap"]))
    if not len(a):
        return True  # they share no block, and the medians are what there is
    low = ratio(a, b, CELL_LEVEL).low
    return low is not None and low > 1


def _chunk(line: Line) -> float:
    """How many tasks are in a chunk, by the scenario's own rule; NaN when it has none for this line."""
    backend = installed.known_backends().get(line["name"])
    task, width = line["task"], line.get("width")
    if backend is None or not isinstance(width, int) or width < 1 or not 1 <= task < 1 << 30:
        return NAN
    tasks = grain.tasks_of(int(task), width)
    default = 1 if backend.style == "executor" else -(-tasks // (4 * width))
    if line["lap"] == DEFAULT:
        return float(default)
    size = grain.laps_of(tasks, width, default, "sweep").get(line["lap"])
    return NAN if size is None else float(size)


def _last_crossing(x: "np.ndarray[Any, Any]", y: "np.ndarray[Any, Any]") -> float:
    """The x from which on y stays above 1: 0 when it always is, infinity when it is not at the last x, NaN without a number."""
    if not len(y) or np.isnan(y).any():
        return NAN
    below = np.flatnonzero(y <= 1)
    if not len(below):
        return 0.0
    at = int(below[-1])
    if at == len(y) - 1:
        return math.inf
    share = -math.log(y[at]) / (math.log(y[at + 1]) - math.log(y[at])) if y[at] < 1 else 0.0
    return float(x[at] * (x[at + 1] / x[at]) ** share)

"""Does a pool follow a law of scaling, and did all of its workers work? The words beneath the table of speed-ups."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from study import installed, tables
from study.fits import Amdahl, Refused, Usl, fit_amdahl, fit_usl
from study.frame import factor, numeric, records
from study.notation import number, plain
from study.tables import Results

LARGEST_SHARE = "largest share"  # the lap: of the tasks, or messages, that the busiest worker took
ATE_ALL = 0.9  # a share above which one worker is said to have done all the work
WORKLOADS = {
    "cpu": "pure Python",
    "hash": "C code without the GIL",
    "wait": "waiting",
    "shared": "reading one object",
    "lock1": "1 % under one lock",
    "lock10": "10 % under one lock",
}
Laws = tuple[Usl | Refused, Amdahl | Refused]


def laws(found: Results) -> dict[tuple[str, str], Laws]:
    """(backend, workload) -> the universal scalability law and Amdahl's through the speed-ups with default chunks, or why not."""
    table = tables.on_most_cpus(tables.scaling(found))
    table = table.assign(workload=factor(table, "workload").astype(str), width=numeric(factor(table, "width")))
    pools = ~table["backend"].isin(installed.baselines() | installed.floors())
    table = table.loc[pools & (table["lap"] == "default chunks") & table["speedup"].notna() & table["width"].notna()]
    points: dict[tuple[str, str], list[tuple[float, float]]] = {}
    for backend, workload, *point in table[["backend", "workload", "width", "speedup"]].itertuples(index=False):
        points.setdefault((str(backend), workload), []).append((point[0], point[1]))
    return {key: (fit_usl(*zip(*own, strict=True)), fit_amdahl(*zip(*own, strict=True))) for key, own in points.items()}


def sentences(found: Results) -> list[str]:
    """A sentence for each pool that a law fits, and one for each reason why none does."""
    said, refused = [], dict[str, list[str]]()
    for (backend, workload), (usl, amdahl) in laws(found).items():
        who = f"{installed.label(backend)}, {WORKLOADS.get(workload, plain(workload, 40))}"
        if isinstance(usl, Usl):
            said.append(_usl(who, usl))
        elif isinstance(amdahl, Amdahl):
            said.append(_amdahl(who, amdahl, usl.reason))
        else:
            refused.setdefault(usl.reason, []).append(who)
    said += [f"No law of scaling for {_and_so_on(names)}: {reason}." for reason, names in refused.items()]
    return said


def shares(found: Results, scenario: str) -> list[str]:
    """A sentence for each cell of a scenario in which one worker of several did nearly all the work."""
    return [_ate_all(line) for line in _eaten(found) if str(line["scenario"]) == scenario and _workers(line) > 1]


@tables.once
def _eaten(found: Results) -> list[dict[str, Any]]:
    table = found.quantities
    return records(table.loc[(table["lap"] == LARGEST_SHARE) & (table["amount"] > ATE_ALL)])


def _usl(who: str, law: Usl) -> str:
    low, high = law.peak_range
    return (
        f"{who}: contention {law.contention.value:.1%}, coherency {law.coherency.value:.2%} (universal scalability law); "
        f"the most is reached with about {number(law.peak)} workers ({number(low)}–{number(high)})."
    )


def _amdahl(who: str, law: Amdahl, why_no_peak: str) -> str:
    share = law.serial
    return f"{who}: {share.value:.1%} ({share.low:.1%}–{share.high:.1%}) is serial by Amdahl's law; {why_no_peak}."


def _ate_all(line: Mapping[Any, Any]) -> str:
    return (
        f"With {installed.label(str(line['backend']))} one worker did {line['amount']:.0%} of the work of "
        f"{plain(line['cell'])}: the figure is that of one worker."
    )


def _workers(line: Mapping[Any, Any]) -> float:
    """How many could have shared the work; two at least where the cell does not say."""
    width = line.get("width")
    return 2.0 if width is None or pd.isna(width) else float(width)


def _and_so_on(names: list[str], most: int = 3) -> str:
    more = len(names) - most
    return "; ".join(names[:most]) + (f" and {more} more" if more > 0 else "")

"""Which sections has the report, and what belongs to each: question, charts, table, source, command, and what it does not say?"""

import functools
from collections.abc import Callable
from dataclasses import dataclass

from study import grains, installed, jobs, launches, laws, sheets
from study.charts import CHARTS, Chart
from study.notation import plain
from study.sheets import Sheet
from study.tables import Results

COST_SHEETS: dict[str, Callable[[Results], Sheet]] = {
    "startup": sheets.startup,
    "throughput": sheets.throughput,
    "latency": sheets.latency,
    "scaling": sheets.scaling,
    "memory": sheets.memory,
}
REMARKS: dict[str, Callable[[Results], list[str]]] = {
    "scaling": laws.sentences,
    launches.SCENARIO: launches.sentences,
}

DERIVED: dict[str, Callable[[Results], Sheet | None]] = {grains.SCENARIO: jobs.sheet}


@dataclass(frozen=True, slots=True)
class Section:
    """One question and all that answers it."""

    scenario: str
    title: str
    question: str
    charts: tuple[Chart, ...]
    sheet: Sheet
    sources: tuple[str, ...]  #: "study/scenarios/lock.py:61 (acquire + release)": the line that measured a lap
    commands: tuple[str, ...]  #: which measure it again; none for a scenario that is not installed
    limits: str
    remarks: tuple[str, ...] = ()  #: sentences beneath the table
    derived: Sheet | None = None  #: a second table, computed from this one and from those of other sections


def costs(found: Results) -> list[Section]:
    """The costs that the results have cells of, the headlines first."""
    present = set(found.cells["scenario"].astype(str))
    sheet = {name: COST_SHEETS.get(name, functools.partial(sheets.scenario, name=name)) for name in installed.costs()}
    return [_section(found, name, sheet[name](found)) for name in installed.costs() if name in present]


def documents(found: Results) -> list[Section]:
    """Every other scenario that the results have cells of, the document's in its order."""
    present = set(found.cells["scenario"].astype(str)).difference(installed.costs())
    names = installed.in_order(present, installed.known_scenarios())
    return [_section(found, name, sheets.scenario(found, name)) for name in names]


def commands(scenario: str) -> tuple[str, ...]:
    """What measures a scenario again. None for a name that is not installed: it is a stranger's, and is not to be pasted."""
    if scenario not in installed.known_scenarios():
        return ()
    longer = [name for name in installed.known_scenarios() if name.endswith(scenario) and name != scenario]
    wanted = " and not ".join(f"{name}/" for name in [scenario, *longer])
    return f'pytest --benchmark-only -k "{wanted}"', f'python -m study run -k "{wanted}"'


def _section(found: Results, scenario: str, sheet: Sheet) -> Section:
    lines = found.of(scenario)
    laps: dict[str, list[str]] = {}
    for source, lap in dict.fromkeys(zip(lines["source"], lines["lap"], strict=True)):
        if source:
            laps.setdefault(plain(source, 120), []).append(plain(lap, 40))
    sources = tuple(f"{source} ({', '.join(names)})" for source, names in laps.items())
    charts = tuple(chart for chart in CHARTS.values() if chart.scenario == scenario)
    title, question = installed.title(scenario), installed.question(scenario)
    remarks = tuple(REMARKS[scenario](found)) if scenario in REMARKS else ()
    eaten = tuple(laws.shares(found, scenario))
    limits = " ".join(chart.limits for chart in charts)
    derived = DERIVED[scenario](found) if scenario in DERIVED else None
    return Section(
        scenario, title, question, charts, sheet, sources, commands(scenario), limits, remarks + eaten, derived
    )

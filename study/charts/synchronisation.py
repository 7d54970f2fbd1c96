"""What does it cost to take turns, and to be woken? A row for each primitive, a mark for each backend."""

from collections.abc import Mapping, Sequence

import pandas as pd

from study.charts import finding, marks, rows
from study.charts.chart import MOST_PANELS, MOST_ROWS, Chart
from study.frame import records
from study.notation import number, plain
from study.palette import looks
from study.tables import NAN, Line, Results

TURNS = ("Alone", "{n} take turns")
FAIRNESS = " fairness"  # the end of a lap's name: Jain's index


def synchronisation(found: Results) -> rows.Table:
    """The time of one turn (log), a panel for each number of contenders."""
    return _primitives(_lines(marks.lines_of(found, "synchronisation"), "contenders"), TURNS)


def wake_up(found: Results) -> rows.Table:
    """The time (log) from the signal until the last waiter is awake, a panel for each number of waiters."""
    return _primitives(_lines(marks.lines_of(found, "wake_up"), "waiters"), ("One waits", "{n} wait"))


def fairness(found: Results) -> rows.Table:
    """Jain's index (0 to 1) of the turns had by each contender, a row for each primitive, a panel for each crowd."""
    counted = _lines(marks.amounts_of(found, "synchronisation"), "contenders")
    counted = [line for line in counted if line["lap"].endswith(FAIRNESS) or not line["lap"]]
    lines = [{**line, "lap": line["lap"].removesuffix(FAIRNESS)} for line in counted]
    every = _crowds(lines)
    crowds = ([n for n in every if n > 1] or every)[:MOST_PANELS]
    label = "Jain's index: 1 is fair, the dotted line unfair"
    scales = {n: rows.Scale(label, (0.0, 1.05), log=False, rule=1 / n if n > 0 else None) for n in crowds}
    return _table(lines, "amount", scales, ("1 take turns", TURNS[1]), TURNS)


def _primitives(lines: Sequence[Line], headings: tuple[str, str]) -> rows.Table:
    limits = marks.limits(line["seconds"] for line in lines)
    scale = rows.Scale("median and 95 % interval", limits, text=marks.short)
    return _table(lines, "seconds", dict.fromkeys(_crowds(lines)[:MOST_PANELS], scale), headings, headings)


def _table(
    lines: Sequence[Line],
    value: str,
    scales: Mapping[float, rows.Scale],
    headings: tuple[str, str],
    noted: tuple[str, str],
) -> rows.Table:
    """A panel for each crowd that has a scale."""
    every = marks.measured(lines)
    own, names = marks.backends(every)[:MOST_ROWS], marks.names_of(every, "lap")[:MOST_ROWS]
    panels = [
        rows.Rows(_heading(headings, n), scale, _marks(part, names, own, value), _words(part, names))
        for n, scale in scales.items()
        for part in [[line for line in lines if line["crowd"] == n]]
    ]
    notes = marks.notes(lines, "crowd", {n: _heading(noted, n) for n in scales})
    labels = [plain(name, 40) for name in names]
    return rows.Table(labels, panels, marks.dots_legend(lines), notes, height=0.4, left=1.45)


def _lines(table: pd.DataFrame, crowd: str) -> list[Line]:
    """With crowd, how many take part; they stand at no place of an axis."""
    return list(records(table.assign(crowd=marks.numbers_of(table, crowd), x=NAN)))


def _crowds(lines: Sequence[Line]) -> list[float]:
    return sorted({line["crowd"] for line in lines if line["crowd"] == line["crowd"]})


def _heading(headings: tuple[str, str], crowd: float) -> str:
    return headings[0] if crowd == 1 else headings[1].format(n=f"{crowd:g}")


def _marks(lines: Sequence[Line], names: Sequence[str], backends: Sequence[str], value: str) -> list[rows.Mark]:
    own, lane = looks(backends), dict(zip(backends, rows.lanes(len(backends)), strict=True))
    return [
        rows.Mark(
            names.index(line["lap"]), rows.ends(line, (value, "low", "high")), own[line["backend"]], "",
            own[line["backend"]].filled, lane[line["backend"]], line["backend"], line["cell"],
        )
        for line in lines
        if line["lap"] in names and line[value] > 0 and line["backend"] in own
    ]  # fmt: skip


def _words(lines: Sequence[Line], names: Sequence[str]) -> dict[int, str]:
    laps = {line["lap"] for line in lines}
    return {row: "not measured" for row, name in enumerate(names) if name not in laps}


def _found_synchronisation(found: Results) -> str:
    table = marks.lines_of(found, "synchronisation")
    table = table.loc[(table["lap"] == "Lock") & (table["seconds"] > 0)]
    crowd = marks.numbers_of(table, "contenders")
    return finding.together(
        finding.ends(found, table.loc[crowd == n], f"A turn by Lock {'alone' if n == 1 else f'among {n:g}'}")
        for n in (crowd.min(), crowd.max())
    )


def _found_fairness(found: Results) -> str:
    table = marks.amounts_of(found, "synchronisation")
    table = table.loc[table["lap"].str.endswith(FAIRNESS)].sort_values("amount", kind="stable")
    said = [
        f"{plain(line['lap'].removesuffix(FAIRNESS), 40)} with {finding.name(line)} {number(line['amount'])}"
        for line in records(table)
    ]
    if len(said) < 2:
        return f"Jain's index of {said[0]}." if said else finding.NO_NUMBER
    return f"Jain's index is least for {said[0]} and most for {said[-1]}."


def _found_wake_up(found: Results) -> str:
    table = marks.lines_of(found, "wake_up")
    table = table.loc[table["seconds"] > 0]
    table = table.loc[marks.numbers_of(table, "waiters") == marks.numbers_of(table, "waiters").min()]
    laps = [lap for lap in dict.fromkeys(table["lap"]) if lap]
    return finding.together(finding.ends(found, table.loc[table["lap"] == lap], plain(lap, 40)) for lap in laps)


CHART = Chart(
    "synchronisation",
    "What does it cost to take turns, alone and in a crowd?",
    "synchronisation",
    synchronisation,
    rows.figure,
    _found_synchronisation,
    "All contenders take turns as fast as they can: the time from the first begin to the last end, divided by the turns of all. "
    "A Barrier lets all pass at once.",
    "What a lock costs that is held for long. Where a primitive belongs to a manager, each turn is a message to it and its answer.",
)
FAIRNESS_CHART = Chart(
    "fairness",
    "Is everybody given as many turns?",
    "synchronisation",
    fairness,
    rows.figure,
    _found_fairness,
    "Jain's index of the turns that each contender had in the same stretch of time: 1 where all had as many, and the dotted line "
    "where one had them all.",
    "How fair a lock is that is held for long: between two turns nobody does anything here.",
)
WAKE_UP_CHART = Chart(
    "wake-up",
    "How long from a signal until whoever waits for it is awake?",
    "wake_up",
    wake_up,
    rows.figure,
    _found_wake_up,
    "Main signals when all waiters are asleep; each stamps the clock in its first statement, and the last one counts.",
    "How long it takes on a busy machine, where a woken worker waits for a processor too.",
)

"""What does it cost to take turns, and to be woken? A row for each primitive, a mark for each backend."""

from collections.abc import Sequence

import pandas as pd
from matplotlib.figure import Figure

from study.charts import finding, marks, rows
from study.charts.chart import MOST_PANELS, MOST_ROWS, Chart
from study.frame import records
from study.notation import number, plain
from study.palette import looks
from study.tables import Results

TURNS = ("Alone", "{n} take turns")
FAIRNESS = " fairness"  # the end of a lap's name: Jain's index


def synchronisation(found: Results, title: str, width: float) -> Figure:
    """The time of one turn (log), a panel for each number of contenders."""
    table = marks.lines_of(found, "synchronisation")
    return _primitives(title, width, table, "contenders", TURNS)


def wake_up(found: Results, title: str, width: float) -> Figure:
    """The time (log) from the signal until the last waiter is awake, a panel for each number of waiters."""
    table = marks.lines_of(found, "wake_up")
    return _primitives(title, width, table, "waiters", ("One waits", "{n} wait"))


def fairness(found: Results, title: str, width: float) -> Figure:
    """Jain's index (0 to 1) of the turns had by each contender, a row for each primitive, a panel for each crowd."""
    table = marks.amounts_of(found, "synchronisation")
    table = table.assign(crowd=marks.numbers_of(table, "contenders"), x=float("nan"))
    counted = table["lap"].str.endswith(FAIRNESS)
    table = table.loc[counted | (table["lap"] == "")]
    table = table.assign(lap=table["lap"].str.removesuffix(FAIRNESS))
    own = marks.backends(table.loc[table["lap"] != ""])[:MOST_ROWS]
    names = list(dict.fromkeys(table["lap"][table["lap"] != ""]))[:MOST_ROWS]
    every = sorted(set(table["crowd"].dropna()))
    crowds = ([n for n in every if n > 1] or every)[:MOST_PANELS]
    panels = [
        rows.Rows(
            f"{n:g} take turns",
            rows.Scale(
                "Jain's index: 1 is fair, the dotted line unfair", (0.0, 1.05), log=False, rule=1 / n if n > 0 else None
            ),
            _marks(part, names, own, "amount"),
            _words(part, names),
        )
        for n in crowds
        for part in [table.loc[table["crowd"] == n]]
    ]
    legend, notes = marks.dots_legend(table), marks.notes(table, "crowd", {n: _heading(TURNS, n) for n in crowds})
    labels = [plain(name, 40) for name in names]
    return rows.figure(title, labels, panels, width=width, height=0.4, left=1.45, legend=legend, notes=notes)


def _primitives(title: str, width: float, table: pd.DataFrame, crowd: str, headings: tuple[str, str]) -> Figure:
    table = table.assign(crowd=marks.numbers_of(table, crowd), x=float("nan"))
    own = marks.backends(table.loc[table["lap"] != ""])[:MOST_ROWS]
    names = list(dict.fromkeys(table["lap"][table["lap"] != ""]))[:MOST_ROWS]
    crowds = sorted(set(table["crowd"].dropna()))[:MOST_PANELS]
    scale = rows.Scale("median and 95 % interval", marks.limits(table["seconds"]), text=marks.short)
    panels = [
        rows.Rows(_heading(headings, n), scale, _marks(part, names, own, "seconds"), _words(part, names))
        for n in crowds
        for part in [table.loc[table["crowd"] == n]]
    ]
    legend, notes = marks.dots_legend(table), marks.notes(table, "crowd", {n: _heading(headings, n) for n in crowds})
    labels = [plain(name, 40) for name in names]
    return rows.figure(title, labels, panels, width=width, height=0.4, left=1.45, legend=legend, notes=notes)


def _heading(headings: tuple[str, str], crowd: float) -> str:
    return headings[0] if crowd == 1 else headings[1].format(n=f"{crowd:g}")


def _marks(table: pd.DataFrame, names: Sequence[str], backends: Sequence[str], value: str) -> list[rows.Mark]:
    own, lane = looks(backends), dict(zip(backends, rows.lanes(len(backends)), strict=True))
    shown = table.loc[table["lap"].isin(names) & (table[value] > 0)].assign(name=table["backend"].astype(str))
    return [
        rows.Mark(
            names.index(line["lap"]), (line[value], line["low"], line["high"]), own[line["name"]], "",
            own[line["name"]].filled, lane[line["name"]], line["name"], line["cell"],
        )
        for line in records(shown.loc[shown["name"].isin(backends)])
    ]  # fmt: skip


def _words(table: pd.DataFrame, names: Sequence[str]) -> dict[int, str]:
    return {row: "not measured" for row, name in enumerate(names) if not (table["lap"] == name).any()}


def _found_synchronisation(found: Results) -> str:
    table = marks.lines_of(found, "synchronisation")
    crowd = marks.numbers_of(table, "contenders")
    said = [
        finding.ends(found, table.loc[(crowd == n) & (table["lap"] == "Lock")], f"A turn by Lock {who}")
        for n, who in ((crowd.min(), "alone"), (crowd.max(), f"among {crowd.max():g}"))
        if n == n
    ]
    return " ".join(dict.fromkeys(said)) or finding.NO_NUMBER


def _found_fairness(found: Results) -> str:
    table = marks.amounts_of(found, "synchronisation")
    table = table.loc[table["lap"].str.endswith(FAIRNESS)].sort_values("amount", kind="stable")
    ends = [records(table)[0], records(table)[-1]] if len(table) else []
    said = [
        f"{plain(line['lap'].removesuffix(FAIRNESS), 40)} with {finding.name(line)} {number(line['amount'])}"
        for line in ends
    ]
    return f"Jain's index is least for {' and most for '.join(said)}." if said else finding.NO_NUMBER


def _found_wake_up(found: Results) -> str:
    table = marks.lines_of(found, "wake_up")
    table = table.loc[marks.numbers_of(table, "waiters") == marks.numbers_of(table, "waiters").min()]
    laps = [lap for lap in dict.fromkeys(table["lap"]) if lap]
    return (
        " ".join(finding.ends(found, table.loc[table["lap"] == lap], plain(lap, 40)) for lap in laps)
        or finding.NO_NUMBER
    )


CHART = Chart(
    "synchronisation",
    "What does it cost to take turns, alone and in a crowd?",
    "synchronisation",
    synchronisation,
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
    _found_wake_up,
    "Main signals when all waiters are asleep; each stamps the clock in its first statement, and the last one counts.",
    "How long it takes on a busy machine, where a woken worker waits for a processor too.",
)

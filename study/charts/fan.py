"""What changes when several send or several receive? A row for each shape: the messages a second, and who gets how many."""

from collections.abc import Sequence

import pandas as pd
from matplotlib.figure import Figure

from study import installed
from study.charts import finding, marks, rows
from study.charts.chart import MOST_ROWS, Chart
from study.charts.throughput import thousands
from study.frame import records
from study.laws import LARGEST_SHARE
from study.notation import number, plain
from study.palette import looks
from study.tables import Results

SHAPES = {"1to1": "1 → 1", "Nto1": "{n} → 1", "1toN": "1 → {n}", "NtoN": "{n} → {n}"}


def fan(found: Results, title: str, width: float) -> Figure:
    """Messages per second (log), and the share (0 to 1) of the busiest receiver: a row for each shape."""
    table = _rated(found)
    names = list(dict.fromkeys(table["shape_name"]))[:MOST_ROWS]
    own = looks(marks.backends(table)[:MOST_ROWS])
    lane = dict(zip(own, rows.lanes(len(own)), strict=True))
    counted = _shapes(marks.amounts_of(found, "fan"))
    counted = counted.loc[(counted["lap"] == LARGEST_SHARE) & counted["amount"].notna()]

    def drawn(shown: pd.DataFrame, columns: Sequence[str]) -> list[rows.Mark]:
        return [
            rows.Mark(
                names.index(line["shape_name"]), tuple(line[key] for key in columns), own[line["name"]], "",
                own[line["name"]].filled, lane[line["name"]], line["name"], line["cell"],
            )
            for line in records(shown.loc[shown["shape_name"].isin(names) & shown["name"].isin(list(own))])
        ]  # fmt: skip

    rated = drawn(table.loc[(table["lap"] == "message") & (table["rate"] > 0)], ("rate", "rate_low", "rate_high"))
    words = {
        row: marks.cell_words(table.loc[table["shape_name"] == name])
        for row, name in enumerate(names)
        if all(mark.row != row for mark in rated)
    }
    scale = rows.Scale("messages per second, all senders together", marks.limits(table["rate"]), text=thousands)
    panels = [rows.Rows("How many arrive", scale, rated, words)]
    shares = drawn(counted, ("amount", "low", "high"))
    if shares:
        alone = {row: "one gets all" for row in range(len(names)) if all(mark.row != row for mark in shares)}
        share = rows.Scale("share of the messages", (0.0, 1.05), log=False)
        panels.append(rows.Rows("What the busiest receiver gets", share, shares, alone))
    notes = marks.notes(table.assign(x=float("nan")), "shape_name", {name: name for name in names})
    return rows.figure(
        title, names, panels, width=width, height=0.55, left=1.35, legend=marks.dots_legend(table), notes=notes
    )


def _rated(found: Results) -> pd.DataFrame:
    table = _shapes(marks.lines_of(found, "fan"))
    table = table.loc[table["lap"].isin(["message", ""])]
    rates = {
        name: 1 / table[column].where(table[column] > 0)
        for name, column in (("rate", "seconds"), ("rate_low", "high"), ("rate_high", "low"))
    }
    return table.assign(**rates)


def _shapes(table: pd.DataFrame) -> pd.DataFrame:
    """With shape_name, what a reader calls the shape, and name, that of the backend."""
    width, most = marks.numbers_of(table, "width"), marks.numbers_of(table, "maxsize")
    names = [
        _shape(shape, n, limit) for shape, n, limit in zip(marks.words_of(table, "shape"), width, most, strict=True)
    ]
    return table.assign(shape_name=names, name=table["backend"].astype(str))


def _shape(shape: str, width: float, most: float) -> str:
    named = SHAPES.get(shape, plain(shape, 30)).replace("{n}", f"{width:g}")
    return f"{named}, {most:g} at most" if most > 0 else named


def _found(found: Results) -> str:
    table = _rated(found)
    said = []
    for shape in list(dict.fromkeys(table["shape_name"]))[:MOST_ROWS]:
        own = table.loc[(table["shape_name"] == shape) & (table["rate"] > 0)]
        each = [f"{installed.label(line['name'])} {number(line['rate'])}" for line in records(own)]
        said += [f"{shape}: {', '.join(each)}"] if each else []
    return f"Messages a second. {'; '.join(said)}." if said else finding.NO_NUMBER


CHART = Chart(
    "fan",
    "What is left of the throughput when several send or several receive?",
    "fan",
    fan,
    _found,
    "All senders begin together, each with its part of the messages of 64 bytes; the clock stops when the last one has been "
    "received and checked. “At most” is the limit of the queue: a sender waits when it is full.",
    "What receivers that do something with each message reach: these ask for the next one at once.",
)

"""What changes when several send or several receive? A row for each shape: the messages a second, and who gets how many."""

from collections.abc import Sequence

import pandas as pd

from study.charts import finding, marks, rows
from study.charts.chart import MOST_ROWS, Chart
from study.charts.throughput import thousands
from study.frame import records
from study.laws import LARGEST_SHARE
from study.notation import number, plain
from study.palette import looks
from study.tables import NAN, Line, Results, once

SHAPES = {"1to1": "1 → 1", "Nto1": "{n} → 1", "1toN": "1 → {n}", "NtoN": "{n} → {n}"}


def fan(found: Results) -> rows.Table:
    """Messages per second (log), and the share (0 to 1) of the busiest receiver: a row for each shape."""
    lines = _rated(found)
    counted = records(_shapes(marks.amounts_of(found, "fan")))
    names = marks.names_of(lines, "shape_name")[:MOST_ROWS]
    own = looks(marks.backends(lines)[:MOST_ROWS])
    lane = dict(zip(own, rows.lanes(len(own)), strict=True))

    def drawn(shown: Sequence[Line], columns: Sequence[str]) -> list[rows.Mark]:
        return [
            rows.Mark(
                names.index(line["shape_name"]), rows.ends(line, columns), own[line["backend"]], "",
                own[line["backend"]].filled, lane[line["backend"]], line["backend"], line["cell"],
            )
            for line in shown
            if line["shape_name"] in names and line["backend"] in own
        ]  # fmt: skip

    sent = [line for line in lines if line["lap"] == "message" and line["rate"] > 0]
    rated = drawn(sent, ("rate", "rate_low", "rate_high"))
    words = rows.words(lines, "shape_name", names, rated)
    limits = marks.limits(line["rate"] for line in lines)
    scale = rows.Scale("messages per second, all senders together", limits, text=thousands)
    panels = [rows.Rows("How many arrive", scale, rated, words)]
    had = [line for line in counted if line["lap"] == LARGEST_SHARE and line["amount"] == line["amount"]]
    shares = drawn(had, ("amount", "low", "high"))
    if shares:
        alone = rows.words(lines, "shape_name", names, shares)
        alone |= {row: "one gets all" for row in alone if _has_one_receiver(lines, names[row])}
        share = rows.Scale("share of the messages", (0.0, 1.05), log=False)
        panels.append(rows.Rows("What the busiest receiver gets", share, shares, alone))
    notes = marks.notes(lines, "shape_name", {name: name for name in names})
    return rows.Table(names, panels, marks.dots_legend(lines), notes, height=0.55, left=1.35)


@once
def _rated(found: Results) -> list[Line]:
    """What each cell sends in a second: rate, rate_low and rate_high. It stands at no place of an axis."""
    ends = {"rate": "seconds", "rate_low": "high", "rate_high": "low"}
    return [
        {**line, **{name: 1 / line[column] if line[column] > 0 else NAN for name, column in ends.items()}, "x": NAN}
        for line in records(_shapes(marks.lines_of(found, "fan")))
        if line["lap"] in ("message", "")
    ]


def _shapes(table: pd.DataFrame) -> pd.DataFrame:
    """With shape_name, what a reader calls the shape."""
    width, most = marks.numbers_of(table, "width"), marks.numbers_of(table, "maxsize")
    shapes = zip(marks.words_of(table, "shape"), width, most, strict=True)
    return table.assign(shape_name=[_shape(shape, n, limit) for shape, n, limit in shapes])


def _has_one_receiver(lines: Sequence[Line], name: str) -> bool:
    own = [line for line in lines if line["shape_name"] == name]
    return any(line["rate"] > 0 for line in own) and all(str(line.get("shape")).endswith("to1") for line in own)


def _shape(shape: str, width: float, most: float) -> str:
    named = SHAPES.get(shape, plain(shape, 30)).replace("{n}", f"{width:g}")
    return f"{named}, {most:g} at most" if most > 0 else named


def _found(found: Results) -> str:
    lines = _rated(found)
    said = []
    for shape in marks.names_of(lines, "shape_name")[:MOST_ROWS]:
        own = [line for line in lines if line["shape_name"] == shape and line["rate"] > 0]
        each = [f"{finding.name(line)} {number(line['rate'])}" for line in own]
        said += [f"{shape}: {', '.join(each)}"] if each else []
    return f"Messages a second. {'; '.join(said)}." if said else finding.NO_NUMBER


CHART = Chart(
    "fan",
    "What is left of the throughput when several send or several receive?",
    "fan",
    fan,
    rows.figure,
    _found,
    "All senders begin together, each with its part of the messages of 64 bytes; the clock stops when the last one has been "
    "received and checked. “At most” is the limit of the queue: a sender waits when it is full.",
    "What receivers that do something with each message reach: these ask for the next one at once.",
)

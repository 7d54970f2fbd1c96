"""What does a chart find, in a sentence for those who cannot see it? Each is made of the numbers that are drawn."""

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from study import installed, sentences
from study.frame import records
from study.notation import duration, interval, number, times
from study.summary import CELL_LEVEL, LEAST_DIFFERENCE, ratio
from study.tables import Results

NO_NUMBER = "No number has been measured for it yet."
ALONE = "There are not two backends whose numbers could be set against each other."
Line = Mapping[Any, Any]


def headline(found: Results, scenario: str) -> str:
    """The sentences that the head of the page has of a headline cost."""
    return " ".join(sentences.about(found, scenario)) or ALONE


def together(said: Iterable[str]) -> str:
    """Those sentences that have a number, each once; that there is none when none has."""
    return " ".join(dict.fromkeys(one for one in said if one not in ("", NO_NUMBER))) or NO_NUMBER


def ends(found: Results, table: pd.DataFrame, what: str) -> str:
    """The least and the most seconds of a table's lines, and how many times as long the one is as the other."""
    lines = table.loc[(table["seconds"] > 0) & ~table["backend"].isin(installed.floors())]
    ordered = records(lines.sort_values("seconds", kind="stable"))
    if not ordered:
        return NO_NUMBER
    best, worst = ordered[0], ordered[-1]
    said = f"{what}: {duration(best['seconds'])} with {name(best)}"
    if len(ordered) == 1:
        return f"{said}."
    return f"{said}, {duration(worst['seconds'])} with {name(worst)}{compared(found, best, worst)}."


def compared(found: Results, one: Line, other: Line) -> str:
    """ ", 3.1x (2.9–3.3) as long": the other against the one, block by block, or that it cannot be told."""
    a, b = found.paired(one["run"], (one["cell"], one["lap"]), (other["cell"], other["lap"]))
    if not len(a):
        return ""
    judged = ratio(a, b, CELL_LEVEL)
    if judged.low is None or judged.high is None:
        return "; too few blocks to tell them apart"
    if judged.high < 1 and judged.value <= 1 / LEAST_DIFFERENCE:
        return f", {number(judged.value)} ({number(judged.low)}–{number(judged.high)}) times as long"
    if judged.low <= 1 or judged.value < LEAST_DIFFERENCE:
        return "; the blocks do not tell them apart"
    return f", {times(judged.value)} ({number(judged.low)}–{number(judged.high)}) as long"


def amounts(table: pd.DataFrame, what: str, unit: str, scale: float) -> str:
    """The least and the most of an amount, each with its interval."""
    lines = table.loc[table["amount"].notna() & (table["lap"] != "")]
    ordered = records(lines.sort_values("amount", kind="stable"))
    if not ordered:
        return NO_NUMBER
    said = [
        f"{interval(*(line[key] * scale for key in ('amount', 'low', 'high')))} {unit} with {name(line)}"
        for line in (ordered[0], ordered[-1])
    ]
    return f"{what}: {', '.join(dict.fromkeys(said))}."


def name(line: Line) -> str:
    """What a reader calls the line's backend."""
    return installed.label(str(line["backend"]))


def change(before: float, after: float) -> str:
    """Two durations: "12.1 ms instead of 9.80 ms"."""
    return f"{duration(after)} instead of {duration(before)}"

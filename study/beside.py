"""How do runs stand beside the first one on a page: which facts differ, who changed places, which figures differ?"""

from dataclasses import dataclass

from study import build, contrast, installed
from study.compare import Comparison, Figure
from study.journal import Header
from study.notation import plain
from study.sheets import Entry, Row, Sheet
from study.summary import Verdict

CHANGED = (Verdict.SLOWER, Verdict.FASTER)


@dataclass(frozen=True, slots=True)
class Beside:
    """What the page says of one run against the first."""

    title: str
    remarks: tuple[str, ...]  #: on what ground they are compared, and of how many figures nothing may be said
    sheets: tuple[Sheet, ...]  #: facts, changed places, figures; those that have a row


def told(found: Comparison) -> Beside:
    """One comparison."""
    sheets = [facts(found), swaps(found), figures(found)]
    return Beside(
        f"{name(found.second)} against {name(found.first)}",
        tuple(contrast.remarks(found)),
        tuple(sheet for sheet in sheets if sheet.rows),
    )


def name(header: Header) -> str:
    """What a reader calls a run."""
    return f"Python {build.words(header.interpreter)} on {header.machine} ({plain(header.run, 80)})"


def facts(found: Comparison) -> Sheet:
    """What is not the same where they were measured."""
    rows = [_row(plain(one.fact, 60), contrast.value(one.first), contrast.value(one.second)) for one in found.facts]
    return Sheet("facts-that-differ", "Facts that differ", ("fact", "first", "this one"), tuple(rows))


def swaps(found: Comparison) -> Sheet:
    """Which backends have changed places, by a verdict in each run."""
    rows = [
        _row(
            f"{plain(one.scenario, 60)} {plain(one.factors, 80)}, {plain(one.lap, 40)}",
            installed.label(one.was_faster),
            installed.label(one.is_faster),
        )
        for one in found.swaps
    ]
    columns = ("cell, lap", "faster in the first", "faster in this one")
    return Sheet("changed-places", "Backends that have changed places, by a verdict in each run", columns, tuple(rows))


def figures(found: Comparison) -> Sheet:
    """The figures that are called faster or slower, the largest difference first."""
    divided = any(one.baseline for one in found.figures)
    columns = ("cell, lap", "first", "this one", "times as long", "verdict", *(("over",) if divided else ()))
    rows = [_figure(one, divided=divided) for word in CHANGED for one in found.called(word)]
    return Sheet(
        "figures-that-differ", "Figures that differ, with the 99 % interval of the ratio", columns, tuple(rows)
    )


def _figure(figure: Figure, *, divided: bool) -> Row:
    first, second, ratio = contrast.written(figure)
    entries = [
        Entry(f"{plain(figure.cell, 90)}, {plain(figure.lap, 40)}", cell=figure.cell),
        Entry(first, figure.first, kind="number"),
        Entry(second, figure.second, kind="number"),
        Entry(ratio, figure.ratio.value, kind="number"),
        Entry(figure.verdict.value),
    ]
    return Row("", tuple(entries + ([Entry(installed.label(figure.baseline))] if divided else [])))


def _row(*texts: str) -> Row:
    return Row("", tuple(Entry(text) for text in texts))

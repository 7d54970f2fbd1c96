"""How long does an answer take, usually and at worst? Percentiles of a wait, idle and with all processors busy."""

from collections.abc import Callable, Mapping, Sequence

import pandas as pd
from matplotlib.axes import Axes

from study.charts import finding, marks
from study.charts.chart import MOST_PANELS, Chart
from study.frame import records
from study.notation import duration, plain
from study.panels import Panel, Shown, in_columns
from study.tables import NAN, Line, Results

BEYOND = {"p50": 2.0, "p90": 10.0, "p99": 100.0, "p99.9": 1000.0}  # one wait in so many is longer
NAMES = {beyond: lap for lap, beyond in BEYOND.items()}
ENDS = ("seconds", "low", "high")


def latency(found: Results) -> Shown:
    """Microseconds (log) against percentiles: a panel for each number of samples, a line for each backend."""
    table = marks.lines_of(found, "latency")
    lines = _with_places(table.assign(facet=marks.words_of(table, "samples")))
    facets = marks.names_of(lines, "facet")[:MOST_PANELS]
    return _curves(lines, {facet: f"{plain(facet, 20)} questions, one at a time" for facet in facets})


def responsiveness(found: Results) -> Shown:
    """The same of a server's answer, with so many workers computing; the idle machine's line stands in each panel."""
    table = marks.lines_of(found, "responsiveness")
    lengths = zip(marks.words_of(table, "busy"), marks.words_of(table, "factor seconds"), strict=True)
    facets = [f"{crowd}, {length}" for crowd, length in lengths]
    lines = _with_places(table.assign(facet=facets, crowd=marks.numbers_of(table, "busy")))
    alone = [line for line in lines if line["crowd"] == 0 and line["lap"]]
    rest = [line for line in lines if line["crowd"] != 0]
    names = {facet: _busy(facet) for facet in marks.names_of(rest or lines, "facet")[:MOST_PANELS]}
    # The serial loop has its line by the idle machine's: that it computes nothing beside main needs no words.
    if not rest:
        return _curves(lines, names)
    shown = [line for line in rest if line["backend"] not in marks.names_of(alone, "backend")]
    beside = [{**line, "facet": facet} for facet in names for line in alone]
    return _curves([*shown, *beside], names)


def _busy(facet: str) -> str:
    busy, _, seconds = facet.partition(", ")
    return "Nobody computes" if busy == "0" else plain(f"{busy} workers compute, for {seconds} s", 40)


def _with_places(table: pd.DataFrame) -> list[Line]:
    return [{**line, "x": BEYOND.get(line["lap"], NAN)} for line in records(table) if line["lap"] in ("", *BEYOND)]


def _curves(lines: Sequence[Line], names: Mapping[str, str]) -> Shown:
    places = sorted({line["x"] for line in lines if line["lap"]}) or [2.0, 100.0]
    limits = marks.limits((line[end] * 1e6 for line in lines for end in ENDS), 1.3)
    panels = [
        Panel(name, 2.6, _drawer([line for line in lines if line["facet"] == facet], places, limits))
        for facet, name in names.items()
    ]
    notes = marks.notes(lines, "facet", dict.fromkeys(names, "") if len(names) == 1 else names)
    return Shown(panels, marks.legend(lines), notes)


def _drawer(lines: Sequence[Line], places: Sequence[float], limits: tuple[float, float]) -> Callable[[Axes], None]:
    curves = marks.curves(lines, *ENDS, 1e6)

    def draw(axes: Axes) -> None:
        marks.draw(axes, curves)
        marks.log_axis(axes, "y", "µs", limits, lambda value: f"{value:,g}")
        marks.ticks(axes, "percentile: so many waits are shorter", places, lambda x: NAMES.get(x, f"{x:g}"))

    return draw


def _found_latency(found: Results) -> str:
    return finding.headline(found, "latency")


def _found_responsiveness(found: Results) -> str:
    table = marks.lines_of(found, "responsiveness")
    busy = marks.numbers_of(table, "busy")
    usual = table.loc[(table["lap"] == "p50") & (busy > 0)]
    idle = records(table.loc[(table["lap"] == "p50") & (busy == 0)])
    said = finding.ends(found, usual, "While workers compute, main usually waits for a server's answer")
    if not idle:
        return said
    alone = duration(idle[0]["seconds"])
    if said == finding.NO_NUMBER:
        return f"On an idle machine main usually waits {alone} for a server's answer."
    return f"{said} On an idle machine it is {alone}."


CHART = Chart(
    "latency",
    "How long does a question to another worker wait for its answer, usually and at worst?",
    "latency",
    latency,
    in_columns(2, 0.62),
    _found_latency,
    "One question at a time on an idle machine; a percentile needs ten samples beyond it.",
    "It cannot be derived from the throughput, nor that from it; on a busy machine the tail is longer.",
)
RESPONSIVENESS_CHART = Chart(
    "responsiveness",
    "How long does the main thread wait for a server's answer while workers compute?",
    "responsiveness",
    responsiveness,
    in_columns(2, 0.62),
    _found_responsiveness,
    "Main asks another program, which answers after 50 µs, again and again while each worker computes in pure Python. The serial "
    "loop stands for the idle machine: nobody computes.",
    "How it would be with fewer workers than processors; a thread that never lets the GIL go, in C code, holds main up longer.",
)

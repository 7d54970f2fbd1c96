"""How long does an answer take, usually and at worst? Percentiles of a wait, idle and with all processors busy."""

from collections.abc import Callable, Mapping, Sequence

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from study.charts import finding, marks
from study.charts.chart import MOST_PANELS, Chart
from study.frame import records
from study.notation import duration, plain
from study.panels import NARROW, Panel, lay_out
from study.tables import Results

BEYOND = {"p50": 2.0, "p90": 10.0, "p99": 100.0, "p99.9": 1000.0}  # one wait in so many is longer
NAMES = {beyond: lap for lap, beyond in BEYOND.items()}


def latency(found: Results, title: str, width: float) -> Figure:
    """Microseconds (log) against percentiles: a panel for each number of samples, a line for each backend."""
    table = _with_places(marks.lines_of(found, "latency"))
    table = table.assign(facet=marks.words_of(table, "samples"))
    names = {
        facet: f"{plain(facet, 20)} questions, one at a time"
        for facet in list(dict.fromkeys(table["facet"]))[:MOST_PANELS]
    }
    return _curves(title, table, names, width)


def responsiveness(found: Results, title: str, width: float) -> Figure:
    """The same of a server's answer, with so many workers computing; the idle machine's line stands in each panel."""
    table = _with_places(marks.lines_of(found, "responsiveness"))
    busy, seconds = marks.words_of(table, "busy"), marks.words_of(table, "factor seconds")
    idle = (marks.numbers_of(table, "busy") == 0).to_numpy()
    table = table.assign(facet=[f"{crowd}, {length}" for crowd, length in zip(busy, seconds, strict=True)])
    alone = table.loc[idle & (table["lap"] != "").to_numpy()]
    rest = table.loc[~idle] if (~idle).any() else table
    names = {facet: _busy(facet) for facet in list(dict.fromkeys(rest["facet"]))[:MOST_PANELS]}
    # The serial loop has its line by the idle machine's: that it computes nothing beside main needs no words.
    rest = rest.loc[~rest["backend"].isin(alone["backend"])] if len(alone) else rest
    beside = [alone.assign(facet=facet) for facet in names] if len(alone) and (~idle).any() else []
    return _curves(title, pd.concat([rest, *beside], ignore_index=True) if beside else rest, names, width)


def _busy(facet: str) -> str:
    busy, _, seconds = facet.partition(", ")
    return "Nobody computes" if busy == "0" else plain(f"{busy} workers compute, for {seconds} s", 40)


def _with_places(table: pd.DataFrame) -> pd.DataFrame:
    table = table.loc[table["lap"].isin([*BEYOND, ""])]
    return table.assign(x=table["lap"].map(BEYOND).astype(float))


def _curves(title: str, table: pd.DataFrame, names: Mapping[str, str], width: float) -> Figure:
    places = sorted(set(table["x"].dropna())) or [2.0, 100.0]
    limits = marks.limits([*(table[["seconds", "low", "high"]].to_numpy(dtype=float).ravel() * 1e6)], 1.3)
    panels = [
        Panel(name, 2.6, _drawer(table.loc[table["facet"] == facet], places, limits)) for facet, name in names.items()
    ]
    columns = 1 if width < 2 * NARROW else min(2, len(panels))
    notes = marks.notes(table, "facet", dict.fromkeys(names, "") if len(names) == 1 else names)
    legend = marks.legend(table)
    return lay_out(title, panels, width=width, columns=columns, left=0.62, legend=legend, notes=notes)


def _drawer(table: pd.DataFrame, places: Sequence[float], limits: tuple[float, float]) -> Callable[[Axes], None]:
    micro = table.assign(**{name: table[name] * 1e6 for name in ("seconds", "low", "high")})

    def draw(axes: Axes) -> None:
        marks.lines(axes, micro, "seconds", "low", "high")
        axes.set(xscale="log", xlabel="percentile: so many waits are shorter", ylabel="µs")
        marks.log_axis(axes, "y", limits, lambda value: f"{value:,g}")
        marks.ticks(axes, places, lambda x: NAMES.get(x, f"{x:g}"))

    return draw


def _found_latency(found: Results) -> str:
    return finding.headline(found, "latency")


def _found_responsiveness(found: Results) -> str:
    table = _with_places(marks.lines_of(found, "responsiveness"))
    busy = marks.numbers_of(table, "busy")
    usual = table.loc[(table["lap"] == "p50") & (busy > 0)]
    idle = records(table.loc[(table["lap"] == "p50") & (busy == 0)])
    alone = f" On an idle machine it is {duration(idle[0]['seconds'])}." if idle else ""
    return finding.ends(found, usual, "While workers compute, main usually waits for a server's answer") + alone


CHART = Chart(
    "latency",
    "How long does a question to another worker wait for its answer, usually and at worst?",
    "latency",
    latency,
    _found_latency,
    "One question at a time on an idle machine; a percentile needs ten samples beyond it.",
    "It cannot be derived from the throughput, nor that from it; on a busy machine the tail is longer.",
)
RESPONSIVENESS_CHART = Chart(
    "responsiveness",
    "How long does the main thread wait for a server's answer while workers compute?",
    "responsiveness",
    responsiveness,
    _found_responsiveness,
    "Main asks another program, which answers after 50 µs, again and again while each worker computes in pure Python. The serial "
    "loop stands for the idle machine: nobody computes.",
    "How it would be with fewer workers than processors; a thread that never lets the GIL go, in C code, holds main up longer.",
)

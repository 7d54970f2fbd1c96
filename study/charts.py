"""What do the measurements look like? One function for each chart, in a registry; its input is the tidy frames only."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedLocator, FuncFormatter, LogLocator, NullFormatter, NullLocator

from study import installed, tables
from study.frame import factor, numeric
from study.notation import plain, size
from study.palette import GREY, Look, looks
from study.panels import FAINT, NARROW, SMALL, TEXT, Panel, lay_out, shortened, styled
from study.tables import Results

Draw = Callable[[Results, str, float], Figure]
MOST_PANELS, MOST_ROWS = 8, 40  # more would be no chart; the table has them all
MOST_WORKLOADS = 3  # side by side, each with its heading
STATES = {"cold ready": "first start", "warm ready": "further starts", "running pool ready": "pool that already runs"}
FORMS = {"worker": "One new worker", "pool": "A pool of one"}
WORKLOADS = {"cpu": "Pure Python", "hash": "C code without the GIL", "wait": "Waiting"}
CHUNKS = {"default chunks": "default chunks", "tuned chunks": "tuned chunks"}
NO_BASELINE = "measured, but no block has the serial loop to compare it with"
TOO_SHORT = "shorter than the clock can tell"


@dataclass(frozen=True, slots=True)
class Chart:
    """One chart: the question it answers, and the scenario it shows."""

    name: str
    title: str
    scenario: str
    draw: Draw

    def figure(self, found: Results, width: float) -> Figure | None:
        """The chart, so many inches wide; None when no cell of its scenario is in the results."""
        return styled(lambda: self.draw(found, self.title, width)) if self.has_cells(found) else None

    def has_cells(self, found: Results) -> bool:
        """Whether there is anything to show, a number or a reason why there is none."""
        return bool((found.cells["scenario"] == self.scenario).any())


CHARTS: dict[str, Chart] = {}


def chart(name: str, title: str, scenario: str) -> Callable[[Draw], Draw]:
    """Register a function that draws a chart under this name; its title is the question."""

    def register(draw: Draw) -> Draw:
        CHARTS[name] = Chart(name, title, scenario, draw)
        return draw

    return register


@chart("startup", "How long until a new worker is at work, and how long with a pool that already runs?", "startup")
def startup(found: Results, title: str, width: float) -> Figure:
    """Milliseconds (log) from the request to the first statement of the last worker: a row for each backend."""
    table = tables.startup(found)
    least = (
        table.assign(w=numeric(factor(table, "width"))).groupby(factor(table, "form").astype(str))["w"].transform("min")
    )
    widths = numeric(factor(table, "width"))
    table = table.loc[(widths == least) | widths.isna()]
    forms = list(dict.fromkeys(factor(table, "form").astype(str)))[:MOST_PANELS]
    rows = _backends(table)[:MOST_ROWS]
    narrow = width < 2 * NARROW
    limits = _limits(table["seconds"][table["lap"].isin(STATES)] * 1e3)
    panels = []
    for position, form in enumerate(forms):
        part = table.loc[factor(table, "form").astype(str) == form]
        shown = _Rows(
            part, rows, limits, labels="inside" if narrow else "left" if position == 0 else "none", width=width
        )
        panels.append(Panel(FORMS.get(form, plain(form, 40)), len(rows) * (0.44 if narrow else 0.36), shown.draw))
    legend = [(_handle(Look(FAINT, marker, "none", filled)), text) for text, marker, filled in _state_keys()]
    if narrow:
        return lay_out(title, panels, width=width, columns=1, left=0.05, legend=legend)
    return lay_out(title, panels, width=width, columns=2, left=0.1, first_left=2.25, legend=legend)


@chart("throughput", "How many messages a second reach another worker, from small ones to large ones?", "throughput")
def throughput(found: Results, title: str, width: float) -> Figure:
    """Messages per second (log) against payload in bytes (log): a panel for each channel, a line for each backend."""
    table = tables.throughput(found)
    table = table.assign(x=numeric(factor(table, "payload")), channel=factor(table, "channel").astype(str))
    channels = list(dict.fromkeys(table["channel"]))[:MOST_PANELS]
    limits = _limits(table["messages_per_s"])

    def drawer(channel: str) -> Callable[[Axes], None]:
        def draw(axes: Axes) -> None:
            _lines(
                axes,
                table.loc[table["channel"] == channel],
                "messages_per_s",
                "messages_low",
                "messages_high",
                dodge=0.08,
            )
            axes.set(xscale="log", yscale="log", ylim=limits, xlabel="payload", ylabel="messages per second")
            _ticks(axes, sorted(set(table["x"][table["x"] > 0])), size)
            axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: _thousands(value)))
            axes.yaxis.set_minor_formatter(NullFormatter())

        return draw

    panels = [Panel(plain(channel, 40), 2.1, drawer(channel)) for channel in channels]
    columns = 1 if width < 2 * NARROW else 2
    rated = _without_numbers(table, "messages_per_s", TOO_SHORT)
    notes = _notes(rated, "channel", {channel: plain(channel, 40) for channel in channels}, size)
    return lay_out(title, panels, width=width, columns=columns, left=0.62, legend=_legend(table), notes=notes)


@chart("scaling", "How many times as fast as a serial loop is a pool, with more and more workers?", "scaling")
def scaling(found: Results, title: str, width: float) -> Figure:
    """Speed-up over the serial loop against workers: a panel for each workload and kind of chunks, a line for each backend."""
    table = tables.on_most_cpus(tables.scaling(found))
    table = table.assign(x=numeric(factor(table, "width")), workload=factor(table, "workload").astype(str))
    workloads = list(dict.fromkeys(table["workload"]))[:MOST_WORKLOADS]
    cpus = table["cpus"].dropna().max() if table["cpus"].notna().any() else None

    def drawer(workload: str, lap: str) -> Callable[[Axes], None]:
        def draw(axes: Axes) -> None:
            every = table.loc[table["workload"] == workload]
            pools = every.loc[(every["lap"] == lap) & ~every["backend"].isin(installed.baselines())]
            _lines(axes, pools, "speedup", "speedup_low", "speedup_high", dodge=0.02)
            top = max(1.2, float(every[["speedup", "speedup_high"]].max().max()) * 1.08)
            axes.set(xscale="log", ylim=(0, top if np.isfinite(top) else 1.2), xlabel="workers", ylabel="times as fast")
            _ticks(axes, sorted(set(table["x"][table["x"] > 0])), lambda value: f"{value:g}")
            _rules(axes, cpus)

        return draw

    narrow = width < 2 * NARROW
    pairs = (
        [(w, lap) for w in workloads for lap in CHUNKS] if narrow else [(w, lap) for lap in CHUNKS for w in workloads]
    )
    panels = [Panel(_scaling_heading(w, lap, narrow), 1.7, drawer(w, lap)) for w, lap in pairs]
    rules = [(Line2D([], [], color=GREY, linestyle="dotted"), "serial loop")]
    if cpus is not None:
        rules.append((Line2D([], [], color=FAINT, linestyle="dashdot"), f"usable CPUs: {cpus}"))
    legend = [*_legend(table.loc[~table["backend"].isin(installed.baselines())]), *rules]
    columns = 2 if narrow else max(1, len(workloads))
    names = {workload: WORKLOADS.get(workload, plain(workload, 30)) for workload in workloads}
    compared = _without_numbers(table, "speedup", NO_BASELINE)
    notes = _notes(compared, "workload", names, _workers)
    return lay_out(title, panels, width=width, columns=columns, left=0.42, legend=legend, notes=notes)


@dataclass(frozen=True, slots=True)
class _Rows:
    """The start-up panel of one form: a row for each backend, labelled on the left, inside above its marks, or not at all."""

    table: pd.DataFrame
    rows: Sequence[str]
    limits: tuple[float, float]
    labels: str
    width: float  #: inches, of the figure

    def draw(self, axes: Axes) -> None:
        look = looks(self.rows)
        inside = self.labels == "inside"
        for row, backend in enumerate(self.rows):
            lines = self.table.loc[self.table["backend"].astype(str) == backend]
            if inside:
                axes.text(
                    0.01, row - 0.26, installed.label(backend), transform=_rowwise(axes), fontsize=SMALL, va="center"
                )
            self._mark(axes, row + (0.2 if inside else 0), lines, look[backend])
        axes.set(xscale="log", xlim=self.limits, ylim=(len(self.rows) - 0.5, -0.5), xlabel="milliseconds")
        axes.xaxis.set_major_locator(LogLocator(numticks=12))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
        axes.xaxis.set_minor_formatter(NullFormatter())
        names = [installed.label(backend) for backend in self.rows] if self.labels == "left" else []
        axes.set_yticks(range(len(names)), names, fontsize=TEXT)
        axes.tick_params(axis="y", length=0)
        axes.grid(visible=False, axis="y")

    def _mark(self, axes: Axes, y: float, lines: pd.DataFrame, look: Look) -> None:
        drawn = lines.loc[lines["lap"].isin(STATES) & (lines["seconds"] > 0)]
        for line in drawn.to_dict("records"):
            marker, filled = _marker(str(line["lap"]), look.marker)
            if line["low"] == line["low"]:
                axes.plot([line["low"] * 1e3, line["high"] * 1e3], [y, y], color=look.colour, linewidth=2.2, alpha=0.55)
            face = look.colour if filled else "none"
            axes.plot(
                [line["seconds"] * 1e3], [y], marker=marker, color=look.colour, markerfacecolor=face, markersize=7
            )
        if drawn.empty:
            space = self.width / 2 - 1.3 if self.labels != "inside" else self.width - 0.4
            words = shortened(_words(lines), space, 2)
            axes.text(0.01, y, words, transform=_rowwise(axes), fontsize=SMALL, fontstyle="italic", va="center")


def _rowwise(axes: Axes) -> Any:
    """Across in parts of the axes, up and down in rows."""
    return axes.get_yaxis_transform()


def _words(lines: pd.DataFrame) -> str:
    """What is said of a cell without a number."""
    words = [text for text in lines["words"] if text]
    return words[0] if words else "not measured" if len(lines) else "not part of this run"


def _marker(lap: str, own: str) -> tuple[str, bool]:
    """Marker of a start-up state, and whether it is filled."""
    return {"cold ready": (own, True), "warm ready": (own, False)}.get(lap, ("|", True))


def _state_keys() -> list[tuple[str, str, bool]]:
    return [(text, *_marker(lap, "o")) for lap, text in STATES.items()]


def _backends(table: pd.DataFrame) -> list[str]:
    """The backends of a table, plainest first."""
    return installed.in_order(table["backend"].astype(str), installed.known_backends())


def _limits(values: "pd.Series[float]") -> tuple[float, float]:
    """A log axis that has room on both sides of what is drawn."""
    positive = values[values > 0]
    if positive.empty:
        return 1.0, 10.0
    return float(positive.min()) / 2.5, float(positive.max()) * 2.5


def _lines(axes: Axes, table: pd.DataFrame, y: str, low: str, high: str, dodge: float = 0.0) -> None:
    """A line with intervals for each backend; `dodge` moves them apart, as a part of x."""
    names = _backends(table)[:MOST_ROWS]
    for position, (backend, look) in enumerate(looks(names).items()):
        own = table.loc[(table["backend"].astype(str) == backend) & (table[y] > 0) & (table["x"] > 0)].sort_values("x")
        x = own["x"] * (1 + dodge * (position - (len(names) - 1) / 2))
        with_interval = own[low].notna()
        face = look.colour if look.filled else "none"
        axes.plot(x, own[y], color=look.colour, marker=look.marker, markerfacecolor=face, linestyle=look.dash)
        axes.vlines(
            x[with_interval],
            own[low][with_interval],
            own[high][with_interval],
            color=look.colour,
            linewidth=2,
            alpha=0.6,
        )


def _ticks(axes: Axes, places: Sequence[float], text: Callable[[float], str]) -> None:
    """Ticks on the x axis at the values that were measured, and nowhere else."""
    axes.xaxis.set_major_locator(FixedLocator(places))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: text(value)))
    if places:
        room = (places[-1] / places[0]) ** 0.08 if len(places) > 1 else 2.0
        axes.set_xlim(places[0] / room, places[-1] * room)


def _rules(axes: Axes, cpus: float | None) -> None:
    axes.axhline(1, color=GREY, linestyle="dotted", linewidth=1.2, zorder=1)
    if cpus is not None:
        axes.axvline(float(cpus), color=FAINT, linestyle="dashdot", linewidth=1.2, zorder=1)


def _thousands(value: float) -> str:
    for unit, step in (("G", 1e9), ("M", 1e6), ("k", 1e3)):
        if value >= step:
            return f"{value / step:g}{unit}"
    return f"{value:g}"


def _scaling_heading(workload: str, lap: str, narrow: bool) -> str:
    text = WORKLOADS.get(workload, plain(workload, 30))
    if narrow:
        return f"{text}" if lap == "default chunks" else "… tuned chunks"
    return f"{text}, {CHUNKS[lap]}"


def _handle(look: Look) -> Line2D:
    face = look.colour if look.filled else "none"
    return Line2D([], [], color=look.colour, marker=look.marker, linestyle=look.dash, markerfacecolor=face)


def _legend(table: pd.DataFrame) -> list[tuple[Line2D, str]]:
    """A key for each backend that has a line somewhere."""
    with_values = _backends(table.loc[table["lap"] != ""])[:MOST_ROWS]
    return [(_handle(look), installed.label(backend)) for backend, look in looks(with_values).items()]


def _without_numbers(table: pd.DataFrame, y: str, words: str) -> pd.DataFrame:
    """The table with the lines that have a time but nothing to draw made into lines without a number, in these words."""
    empty = (table["lap"] != "") & table[y].isna()
    return table.assign(lap=table["lap"].mask(empty, ""), words=table["words"].mask(empty, words))


def _workers(count: float) -> str:
    return "1 worker" if count == 1 else f"{count:g} workers"


def _notes(table: pd.DataFrame, facet: str, names: Mapping[str, str], where: Callable[[float], str]) -> list[str]:
    """Every cell without a number in words, those of one reason together: "Queue, Pipe · serial loop: not offered: …".

    A backend that has numbers at other places of the axis is followed by the places where it has none.
    """
    places: dict[tuple[str, str], list[str]] = {}
    for value, name in names.items():
        part = table.loc[table[facet] == value]
        for backend in _backends(part.loc[part["lap"] == ""]):
            own = part.loc[part["backend"].astype(str) == backend]
            empty = own.loc[own["lap"] == ""]
            at = f" at {', '.join(where(x) for x in sorted(set(empty['x'].dropna())))}" if len(empty) < len(own) else ""
            words = "; ".join(dict.fromkeys(empty["words"].replace("", "not measured")))
            places.setdefault((installed.label(backend) + at, words), []).append(name)
    groups: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for (label, words), facets in places.items():
        groups.setdefault((words, tuple(facets)), []).append(label)
    return [
        f"{', '.join(facets)} · {', '.join(labels)}: {plain(words, 200)}" for (words, facets), labels in groups.items()
    ]

"""How many messages a second? A panel for each channel against the payload, and all channels at the smallest one."""

import functools
from collections.abc import Callable

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from study import tables
from study.charts import finding, marks, rows
from study.charts.chart import MOST_PANELS, MOST_ROWS, Chart
from study.frame import records
from study.notation import number, plain, size
from study.palette import GREY, looks
from study.panels import NARROW, Panel, lay_out
from study.tables import Results

TOO_SHORT = "shorter than the clock can tell"
PIPE_BYTES = 65536  # what a pipe of Linux holds: a larger message is handed over in pieces
RATE = ("messages_per_s", "messages_low", "messages_high")


def throughput(found: Results, title: str, width: float) -> Figure:
    """Messages per second (log) against payload in bytes (log): a panel for each channel, a line for each backend."""
    table = _rated(found)
    channels = list(dict.fromkeys(table["channel"]))
    channels = [name for name in channels if table["x"][table["channel"] == name].nunique() > 1] or channels
    channels = channels[:MOST_PANELS]
    limits = marks.limits(table["messages_per_s"])
    places = sorted(set(table["x"][table["x"] > 0]))

    def drawer(channel: str) -> Callable[[Axes], None]:
        def draw(axes: Axes) -> None:
            marks.lines(axes, table.loc[table["channel"] == channel], *RATE)
            axes.set(xscale="log", xlabel="payload", ylabel="messages per second")
            marks.log_axis(axes, "y", limits, thousands)
            marks.ticks(axes, places, size)
            axes.axvline(PIPE_BYTES, color=GREY, linestyle="dotted", linewidth=1.2, zorder=1)

        return draw

    panels = [Panel(plain(channel, 40), 2.1, drawer(channel)) for channel in channels]
    columns = 1 if width < 2 * NARROW else 2
    own = table.loc[table["channel"].isin(channels)]
    notes = marks.notes(own, "channel", {channel: plain(channel, 40) for channel in channels}, size)
    legend = [
        *marks.legend(own),
        (Line2D([], [], color=GREY, linestyle="dotted"), "64 KiB: what a pipe of Linux holds"),
    ]
    return lay_out(title, panels, width=width, columns=columns, left=0.62, legend=legend, notes=notes)


def channels(found: Results, title: str, width: float) -> Figure:
    """Messages per second (log) of the smallest payload that all channels carried: a row for each channel."""
    table = _smallest(_rated(found))
    names = list(dict.fromkeys(table["channel"]))[:MOST_ROWS]
    own = looks(marks.backends(table)[:MOST_ROWS])
    lane = dict(zip(own, rows.lanes(len(own)), strict=True))
    shown = table.loc[(table["messages_per_s"] > 0) & table["channel"].isin(names)]
    drawn = [
        rows.Mark(
            names.index(line["channel"]),
            tuple(line[key] for key in RATE),
            own[backend],
            "",
            own[backend].filled,
            lane[backend],
            backend,
            str(line["cell"]),
        )
        for line in records(shown)
        for backend in [str(line["backend"])]
        if backend in own
    ]
    words = {
        row: marks.cell_words(table.loc[table["channel"] == channel])
        for row, channel in enumerate(names)
        if all(mark.row != row for mark in drawn)
    }
    scale = rows.Scale("messages per second", marks.limits(shown["messages_per_s"]), text=thousands)
    heading = f"Messages of {size(float(table['x'].min()))}" if table["x"].notna().any() else "Smallest messages"
    legend = marks.dots_legend(table)
    notes = marks.notes(table, "channel", {channel: plain(channel, 40) for channel in names}, size)
    panel = rows.Rows(heading, scale, drawn, words)
    labels = [plain(name, 40) for name in names]
    return rows.figure(title, labels, [panel], width=width, height=0.5, left=1.3, legend=legend, notes=notes)


def thousands(value: float) -> str:
    """1k, 20M."""
    for unit, step in (("G", 1e9), ("M", 1e6), ("k", 1e3)):
        if value >= step:
            return f"{value / step:g}{unit}"
    return f"{value:g}"


@functools.lru_cache(maxsize=8)
def _rated(found: Results) -> pd.DataFrame:
    table = tables.on_most_cpus(tables.throughput(found))
    table = table.assign(x=marks.numbers_of(table, "payload"), channel=marks.words_of(table, "channel"))
    return marks.without_numbers(table, "messages_per_s", TOO_SHORT)


def _smallest(table: pd.DataFrame) -> pd.DataFrame:
    """The lines of the payload that most channels carried, the smallest of them."""
    counts = table.groupby("x")["channel"].nunique()
    return table.loc[table["x"] == counts.index[counts == counts.max()].min()] if len(counts) else table


def _found(found: Results) -> str:
    return finding.headline(found, "throughput")


def _found_channels(found: Results) -> str:
    table = _smallest(_rated(found))
    said = []
    for channel in list(dict.fromkeys(table["channel"]))[:MOST_ROWS]:
        own = table.loc[(table["channel"] == channel) & (table["messages_per_s"] > 0)]
        own = own.loc[~own["backend"].astype(str).str.startswith("floor.")]
        ordered = records(own.sort_values("messages_per_s", kind="stable"))
        if ordered:
            least, most = number(ordered[0]["messages_per_s"]), number(ordered[-1]["messages_per_s"])
            said.append(
                f"{plain(channel, 40)} {least} ({finding.name(ordered[0])}) to {most} ({finding.name(ordered[-1])})"
            )
    return f"Messages a second: {'; '.join(said)}." if said else finding.NO_NUMBER


CHART = Chart(
    "throughput",
    "How many messages a second reach another worker, from small ones to large ones?",
    "throughput",
    throughput,
    _found,
    "One sender and one receiver, messages of bytes, no limit on the queue; from the first message sent to the last one received. "
    "The floors carry the same bytes with the least the system offers: a lock between threads, a pipe after a fork.",
    "Objects that are harder to pickle cost more; several senders share less than they expect.",
)
CHANNELS_CHART = Chart(
    "channels",
    "Which channel carries most small messages?",
    "throughput",
    channels,
    _found_channels,
    "The smallest payload that every channel was measured with; otherwise as the chart above.",
    "What a channel gives in return: a Queue takes several senders and receivers and never blocks the sender, a Pipe neither.",
)

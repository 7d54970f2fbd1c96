"""How many messages a second? A panel for each channel against the payload, and all channels at the smallest one."""

from collections.abc import Callable, Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from study import tables
from study.charts import finding, marks, rows
from study.charts.chart import MOST_PANELS, MOST_ROWS, Chart
from study.frame import records
from study.notation import number, plain, size
from study.palette import GREY, looks
from study.panels import NARROW, Key, Panel, Shown, lay_out
from study.tables import Line, Results, once

TOO_SHORT = "shorter than the clock can tell"
PIPE_BYTES = 65536  # what a pipe of Linux holds: a larger message is handed over in pieces
RATE = ("messages_per_s", "messages_low", "messages_high")


def throughput(found: Results) -> Shown:
    """Messages per second (log) against payload in bytes (log): a panel for each channel, a line for each backend."""
    lines = _rated(found)
    every = marks.names_of(lines, "channel")
    known = {
        name: {line["x"] for line in lines if line["channel"] == name and line["x"] == line["x"]} for name in every
    }
    several = [name for name in every if len(known[name]) > 1]
    own = {name: [line for line in lines if line["channel"] == name] for name in (several or every)[:MOST_PANELS]}
    limits, places = marks.limits(line["messages_per_s"] for line in lines), marks.places(lines)

    def drawer(curves: Sequence[marks.Curve]) -> Callable[[Axes], None]:
        def draw(axes: Axes) -> None:
            marks.draw(axes, curves)
            marks.log_axis(axes, "y", "messages per second", limits, thousands)
            marks.ticks(axes, "payload", places, size)
            marks.rule(axes, "x", PIPE_BYTES)

        return draw

    panels = [Panel(plain(name, 40), 2.1, drawer(marks.curves(each, *RATE))) for name, each in own.items()]
    shown = [line for line in lines if line["channel"] in own]
    notes = marks.notes(shown, "channel", {name: plain(name, 40) for name in own}, size)
    pipe = Key("64 KiB: what a pipe of Linux holds", {"color": GREY, "linestyle": "dotted"})
    return Shown(panels, [*marks.legend(shown), pipe], notes)


def _figure(shown: Shown, title: str, width: float) -> Figure:
    return lay_out(title, shown, width=width, columns=1 if width < 2 * NARROW else 2, left=0.62)


def channels(found: Results) -> rows.Table:
    """Messages per second (log) of the smallest payload that all channels carried: a row for each channel."""
    lines = _smallest(_rated(found))
    names = marks.names_of(lines, "channel")[:MOST_ROWS]
    own = looks(marks.backends(lines)[:MOST_ROWS])
    lane = dict(zip(own, rows.lanes(len(own)), strict=True))
    shown = [line for line in lines if line["messages_per_s"] > 0 and line["channel"] in names]
    drawn = [
        rows.Mark(
            names.index(line["channel"]), rows.ends(line, RATE), own[line["backend"]], "",
            own[line["backend"]].filled, lane[line["backend"]], line["backend"], line["cell"],
        )
        for line in shown
        if line["backend"] in own
    ]  # fmt: skip
    limits = marks.limits(line["messages_per_s"] for line in shown)
    sizes = [line["x"] for line in lines if line["x"] == line["x"]]
    panel = rows.Rows(
        f"Messages of {size(min(sizes))}" if sizes else "Smallest messages",
        rows.Scale("messages per second", limits, text=thousands),
        drawn,
        rows.words(lines, "channel", names, drawn),
    )
    notes = marks.notes(lines, "channel", {name: plain(name, 40) for name in names}, size)
    labels = [plain(name, 40) for name in names]
    return rows.Table(labels, [panel], marks.dots_legend(lines), notes, height=0.5, left=1.3)


def thousands(value: float) -> str:
    """1k, 20M."""
    for unit, step in (("G", 1e9), ("M", 1e6), ("k", 1e3)):
        if value >= step:
            return f"{value / step:g}{unit}"
    return f"{value:g}"


@once
def _rated(found: Results) -> list[Line]:
    """The lines with x, the payload in bytes."""
    table = tables.on_most_cpus(tables.throughput(found))
    table = table.assign(x=marks.numbers_of(table, "payload"), channel=marks.words_of(table, "channel"))
    return marks.without_numbers(records(table), "messages_per_s", TOO_SHORT)


def _smallest(lines: Sequence[Line]) -> Sequence[Line]:
    """The lines of the payload that most channels carried, the smallest of them."""
    carried: dict[float, set[str]] = {}
    for line in lines:
        if line["x"] == line["x"]:
            carried.setdefault(line["x"], set()).add(line["channel"])
    x = min(carried, key=lambda x: (-len(carried[x]), x), default=None)
    return [line for line in lines if line["x"] == x] if carried else lines


def _found(found: Results) -> str:
    return finding.headline(found, "throughput")


def _found_channels(found: Results) -> str:
    lines = _smallest(_rated(found))
    said = []
    for channel in marks.names_of(lines, "channel")[:MOST_ROWS]:
        own = [line for line in lines if line["channel"] == channel and line["messages_per_s"] > 0]
        own = [line for line in own if not line["backend"].startswith("floor.")]
        ordered = sorted(own, key=lambda line: line["messages_per_s"])
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
    _figure,
    _found,
    "One sender and one receiver, messages of bytes, no limit on the queue; from the first message sent to the last one received. "
    "The floors carry the same bytes with the least the system offers: a lock between threads, a pipe after a fork.",
    "Objects that are harder to pickle cost more; several senders share less than they expect. From 64 KiB on much of the time may go "
    "to memory that glibc gives back after each message and asks for again: large MALLOC_TRIM_THRESHOLD_ and MALLOC_MMAP_THRESHOLD_ in "
    "the environment tell it to keep what is freed.",
)
CHANNELS_CHART = Chart(
    "channels",
    "Which channel carries most small messages?",
    "throughput",
    channels,
    rows.figure,
    _found_channels,
    "The smallest payload that every channel was measured with; otherwise as the chart above.",
    "What a channel gives in return: a Queue takes several senders and receivers and never blocks the sender; a Pipe does neither.",
)

"""How many messages a second? A panel for each channel, a line for each backend."""

from collections.abc import Callable

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, NullFormatter

from study import tables
from study.charts import marks
from study.charts.chart import MOST_PANELS, Chart
from study.frame import factor, numeric
from study.notation import plain, size
from study.panels import NARROW, Panel, lay_out
from study.tables import Results

TOO_SHORT = "shorter than the clock can tell"


def throughput(found: Results, title: str, width: float) -> Figure:
    """Messages per second (log) against payload in bytes (log): a panel for each channel, a line for each backend."""
    table = tables.throughput(found)
    table = table.assign(x=numeric(factor(table, "payload")), channel=factor(table, "channel").astype(str))
    channels = list(dict.fromkeys(table["channel"]))[:MOST_PANELS]
    limits = marks.limits(table["messages_per_s"])

    def drawer(channel: str) -> Callable[[Axes], None]:
        def draw(axes: Axes) -> None:
            marks.lines(
                axes,
                table.loc[table["channel"] == channel],
                "messages_per_s",
                "messages_low",
                "messages_high",
                dodge=0.08,
            )
            axes.set(xscale="log", yscale="log", ylim=limits, xlabel="payload", ylabel="messages per second")
            marks.ticks(axes, sorted(set(table["x"][table["x"] > 0])), size)
            axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: _thousands(value)))
            axes.yaxis.set_minor_formatter(NullFormatter())

        return draw

    panels = [Panel(plain(channel, 40), 2.1, drawer(channel)) for channel in channels]
    columns = 1 if width < 2 * NARROW else 2
    rated = marks.without_numbers(table, "messages_per_s", TOO_SHORT)
    notes = marks.notes(rated, "channel", {channel: plain(channel, 40) for channel in channels}, size)
    return lay_out(title, panels, width=width, columns=columns, left=0.62, legend=marks.legend(table), notes=notes)


def _thousands(value: float) -> str:
    for unit, step in (("G", 1e9), ("M", 1e6), ("k", 1e3)):
        if value >= step:
            return f"{value / step:g}{unit}"
    return f"{value:g}"


CHART = Chart(
    "throughput",
    "How many messages a second reach another worker, from small ones to large ones?",
    "throughput",
    throughput,
)

"""How long does a start take? A row for each backend, a panel for one worker and one for a pool."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from study import installed, tables
from study.charts import marks
from study.charts.chart import MOST_PANELS, MOST_ROWS, Chart
from study.frame import factor, numeric
from study.notation import plain
from study.palette import Look, looks
from study.panels import FAINT, NARROW, SMALL, TEXT, Panel, lay_out, shortened
from study.tables import Results

STATES = {"cold ready": "first start", "warm ready": "further starts", "running pool ready": "pool that already runs"}
FORMS = {"worker": "One new worker", "pool": "A pool of one"}


def startup(found: Results, title: str, width: float) -> Figure:
    """Milliseconds (log) from the request to the first statement of the last worker: a row for each backend."""
    table = tables.startup(found)
    least = (
        table.assign(w=numeric(factor(table, "width"))).groupby(factor(table, "form").astype(str))["w"].transform("min")
    )
    widths = numeric(factor(table, "width"))
    table = table.loc[(widths == least) | widths.isna()]
    forms = list(dict.fromkeys(factor(table, "form").astype(str)))[:MOST_PANELS]
    rows = marks.backends(table)[:MOST_ROWS]
    narrow = width < 2 * NARROW
    limits = marks.limits(table["seconds"][table["lap"].isin(STATES)] * 1e3)
    panels = []
    for position, form in enumerate(forms):
        part = table.loc[factor(table, "form").astype(str) == form]
        shown = _Rows(
            part, rows, limits, labels="inside" if narrow else "left" if position == 0 else "none", width=width
        )
        panels.append(Panel(FORMS.get(form, plain(form, 40)), len(rows) * (0.44 if narrow else 0.36), shown.draw))
    legend = [(marks.handle(Look(FAINT, marker, "none", filled)), text) for text, marker, filled in _state_keys()]
    if narrow:
        return lay_out(title, panels, width=width, columns=1, left=0.05, legend=legend)
    return lay_out(title, panels, width=width, columns=2, left=0.1, first_left=2.25, legend=legend)


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


CHART = Chart(
    "startup", "How long until a new worker is at work, and how long with a pool that already runs?", "startup", startup
)

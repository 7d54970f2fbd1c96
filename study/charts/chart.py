"""What is a chart, and what has it to say besides what it draws?"""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from matplotlib.figure import Figure

from study.panels import styled
from study.tables import Results

MOST_PANELS, MOST_ROWS = 8, 40  # more would be no chart; the table has them all


@dataclass(frozen=True, slots=True)
class Chart:
    """One chart: the question it answers, and the scenario it shows."""

    name: str
    title: str
    scenario: str
    shown: Callable[[Results], Any]  #: what is drawn, however wide the chart is
    draw: Callable[[Any, str, float], Figure]  #: the same under a title, so many inches wide
    finding: Callable[[Results], str]  #: what it shows in sentences, for those who cannot see it
    measured: str  #: how its numbers came about
    limits: str  #: what they do not say

    def figure(self, found: Results, width: float) -> Figure | None:
        """The chart, so many inches wide; None when no cell of its scenario is in the results."""
        return styled(lambda: self.draw(_shown(self, found), self.title, width)) if self.has_cells(found) else None

    def has_cells(self, found: Results) -> bool:
        """Whether there is anything to show, a number or a reason why there is none."""
        return bool((found.cells["scenario"] == self.scenario).any())


@functools.lru_cache(maxsize=2)
def _shown(chart: Chart, found: Results) -> Any:
    return chart.shown(found)

"""How are all the charts of a report drawn, on all processors that there are?"""

import multiprocessing
import os
import sys
import warnings
from collections.abc import Sequence
from dataclasses import dataclass

from study import drawing
from study.charts import CHARTS
from study.panels import NARROW, WIDE
from study.tables import Results

FEW = 4  # charts that are drawn sooner by one process than by several


@dataclass(frozen=True, slots=True)
class Picture:
    """One chart of one run, to be drawn."""

    results: Results
    chart: str  #: its name
    file: str  #: its file's name, without ending


@dataclass(frozen=True, slots=True)
class Drawn:
    """The same in its files, and as elements of a page."""

    svg: bytes
    png: bytes  #: empty unless asked for
    inline: str  #: for a wide and for a narrow screen


def draw_all(pictures: Sequence[Picture], *, png: bool = False) -> list[Drawn]:
    """Each picture drawn, in their order; its results must have cells of the chart's scenario."""
    workers = min(usable_cpus(), len(pictures))
    if workers < 2 or len(pictures) < FEW or sys.platform != "linux":
        return [draw(picture, png=png) for picture in pictures]
    _shared.extend((picture, png) for picture in pictures)
    try:
        with warnings.catch_warnings():
            # Python warns of threads that a fork leaves behind. There are only those of a linear algebra library, which sleep.
            warnings.simplefilter("ignore", DeprecationWarning)
            pool = multiprocessing.get_context("fork").Pool(workers)
        with pool:
            return pool.map(_draw_shared, range(len(pictures)), chunksize=1)
    finally:
        _shared.clear()


def draw(picture: Picture, *, png: bool = False) -> Drawn:
    """One of them."""
    chart = CHARTS[picture.chart]
    wide, narrow = (chart.figure(picture.results, width) for width in (WIDE, NARROW))
    assert wide is not None
    assert narrow is not None
    label = f"{chart.title} {chart.finding(picture.results)} The table below has the numbers."
    files = {"wide": drawing.svg(wide), "narrow": drawing.svg(narrow)}
    inline = [drawing.inline(svg, f"{picture.file}-{form}", label, form) for form, svg in files.items()]
    return Drawn(files["wide"], drawing.png(wide) if png else b"", "\n".join(inline))


_shared: list[tuple[Picture, bool]] = []  # what forked workers find: results need not be sent to them


def _draw_shared(number: int) -> Drawn:
    picture, png = _shared[number]
    return draw(picture, png=png)


def usable_cpus() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1

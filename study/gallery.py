"""How are all the charts of a report drawn, on all processors that there are, while the rest of the page is made?"""

import contextlib
import gc
import multiprocessing
import os
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from study import drawing, tables
from study.charts import CHARTS
from study.panels import NARROW, WIDE
from study.tables import Results

FEW = 4  # charts that are drawn sooner by one process than by several
MANY_RUNS = 4  # from so many on each chart has one form, which any screen shows, and only the first run has all of them
OF_EACH_OF_MANY = frozenset({"startup", "throughput", "payoff", "scaling"})  # what the first screen asks of every run
LATER = 5  # added to its niceness
SELDOM = 200_000  # objects: those of a dozen figures
FORMS = {"wide": WIDE, "narrow": NARROW}
ONE_FORM = {"each": NARROW}  # a class that no screen hides
Finish = Callable[[], "list[Drawn]"]


@dataclass(frozen=True, slots=True)
class Picture:
    """One chart of one run, to be drawn."""

    results: Results
    chart: str  #: its name
    file: str  #: its file's name, without ending
    is_one_of_many: bool = False  #: whether it has one form for all screens


@dataclass(frozen=True, slots=True)
class Drawn:
    """The same in its files, and as elements of a page."""

    svg: bytes
    png: bytes  #: empty unless asked for
    inline: str  #: for a wide and for a narrow screen
    finding: str  #: what it shows in sentences


def pictures(every: Sequence[Results]) -> list[list[Picture]]:
    """The charts of each run, of those it has cells of; the files of later runs end with their number."""
    many = len(every) >= MANY_RUNS
    return [
        [
            Picture(found, name, name if number == 1 else f"{name}-{number}", many)
            for name, chart in CHARTS.items()
            if chart.has_cells(found) and (not many or number == 1 or name in OF_EACH_OF_MANY)
        ]
        for number, found in enumerate(every, start=1)
    ]


@contextlib.contextmanager
def drawing_of(every: Sequence[Picture], *, png: bool = False) -> Iterator[Finish]:
    """Begin to draw; what is yielded waits for all and returns them in their order. Results must have cells of the chart."""
    workers = min(usable_cpus(), len(every))
    if workers < 2 or len(every) < FEW or sys.platform != "linux":
        yield lambda: [draw(picture, png=png) for picture in every]
        return
    tables.scaling(every[0].results)  # of the run with the most charts: each worker would compute them for itself
    _shared.extend((picture, png) for picture in every)
    gc.freeze()  # what is there by now need not be looked through again, and stays in pages that the workers share
    try:
        with warnings.catch_warnings():
            # Python warns of threads that a fork leaves behind. There are only those of a linear algebra library, which sleep.
            warnings.simplefilter("ignore", DeprecationWarning)
            pool = multiprocessing.get_context("fork").Pool(workers, initializer=_begin)
        with pool:
            yield pool.map_async(_draw_shared, range(len(every)), chunksize=1).get
    finally:
        gc.unfreeze()
        _shared.clear()


def draw_all(every: Sequence[Picture], *, png: bool = False) -> list[Drawn]:
    """Each picture drawn, in their order; its results must have cells of the chart's scenario."""
    with drawing_of(every, png=png) as finish:
        return finish()


def draw(picture: Picture, *, png: bool = False) -> Drawn:
    """One of them."""
    chart = CHARTS[picture.chart]
    finding = chart.finding(picture.results)
    label = f"{chart.title} {finding} The table below has the numbers."
    file, pixels, inline = b"", b"", []
    for form, width in (ONE_FORM if picture.is_one_of_many else FORMS).items():
        figure = chart.figure(picture.results, width)
        assert figure is not None
        drawn = drawing.drawn(figure)
        inline.append(drawing.inline(drawn, f"{picture.file}-{form[0]}", label, form))
        if form != "narrow":
            file, pixels = drawing.svg(drawn), drawing.png(figure) if png else b""
    return Drawn(file, pixels, "\n".join(inline), finding)


_shared: list[tuple[Picture, bool]] = []  # what forked workers find: results need not be sent to them


def _begin() -> None:
    """Before a worker draws: it lets those who wait for it go first, for they have more to do.

    And figures hold each other: to look for them after each, or as often as Python does, takes a tenth of the time.
    """
    os.nice(LATER)
    gc.set_threshold(SELDOM)
    gc.enable()


def _draw_shared(number: int) -> Drawn:
    picture, png = _shared[number]
    return draw(picture, png=png)


def usable_cpus() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1

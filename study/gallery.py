"""How are all the charts of a report drawn, on all processors that there are, while the rest of the page is made?"""

import contextlib
import gc
import itertools
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from xml.sax.saxutils import quoteattr

from study import drawing, tables
from study.charts import CHARTS
from study.panels import NARROW, WIDE
from study.processors import forked, usable_cpus
from study.tables import Results

if TYPE_CHECKING:
    from multiprocessing.pool import AsyncResult

FEW = 4  # charts that are drawn sooner by one process than by several
MANY_RUNS = 4  # from so many on each chart has one form, which any screen shows, and only the first run has all of them
OF_EACH_OF_MANY = frozenset({"startup", "throughput", "payoff", "scaling"})  # what the first screen asks of every run
LATER = 5  # added to its niceness
SELDOM = 200_000  # objects: those of a dozen figures
FORMS = {"wide": WIDE, "narrow": NARROW}
ONE_FORM = {"each": NARROW}  # a class that no screen hides
LABEL = "{label}"  # in its place until it is known
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
        with forked(workers, _begin) as pool:
            drawn = pool.map_async(_draw_shared, _shares(every), chunksize=1)
            yield lambda: _finish(every, drawn)
    finally:
        gc.unfreeze()
        _shared.clear()


def draw_all(every: Sequence[Picture], *, png: bool = False) -> list[Drawn]:
    """Each picture drawn, in their order; its results must have cells of the chart's scenario."""
    with drawing_of(every, png=png) as finish:
        return finish()


def draw(picture: Picture, *, png: bool = False) -> Drawn:
    """One of them."""
    return _labelled(_draw(picture, png), picture, _finding(picture))


def _draw(picture: Picture, png: bool) -> Drawn:
    """What there is to see of it; the place of its label is kept."""
    chart = CHARTS[picture.chart]
    file, pixels, inline = b"", b"", []
    for form, width in (ONE_FORM if picture.is_one_of_many else FORMS).items():
        figure = chart.figure(picture.results, width)
        assert figure is not None
        drawn = drawing.drawn(figure)
        inline.append(drawing.inline(drawn, f"{picture.file}-{form[0]}", LABEL, form))
        if form != "narrow":
            file, pixels = drawing.svg(drawn), drawing.png(figure) if png else b""
    return Drawn(file, pixels, "\n".join(inline), "")


def _finding(picture: Picture) -> str:
    return CHARTS[picture.chart].finding(picture.results)


def _labelled(drawn: Drawn, picture: Picture, finding: str) -> Drawn:
    """With what is read out for it. No text of a drawing has a brace that is not escaped."""
    label = f"{CHARTS[picture.chart].title} {finding} The table below has the numbers."
    return replace(drawn, inline=drawn.inline.replace(quoteattr(LABEL), quoteattr(label)), finding=finding)


def _finish(every: Sequence[Picture], drawing: "AsyncResult[list[list[Drawn]]]") -> list[Drawn]:
    """All of them, labelled: findings are made here, of tables that the rest of the page is made of too."""
    findings = [_finding(picture) for picture in every]
    made = [one for share in drawing.get() for one in share]
    return [_labelled(*one) for one in zip(made, every, findings, strict=True)]


_shared: list[tuple[Picture, bool]] = []  # what forked workers find: results need not be sent to them


def _begin() -> None:
    """Before a worker draws: it lets those who wait for it go first, for they have more to do.

    And figures hold each other: to look for them after each, or as often as Python does, takes a tenth of the time.
    """
    os.nice(LATER)
    gc.set_threshold(SELDOM)
    gc.enable()


def _shares(every: Sequence[Picture]) -> list[list[int]]:
    """The numbers of the pictures that one worker draws, one after the other: of many runs all those of one.

    They are drawn from the same tables, which another worker would make for itself. The charts of a run alone are too few.
    """
    share_of = {n: id(picture.results) if picture.is_one_of_many else n for n, picture in enumerate(every)}
    return [list(share) for _, share in itertools.groupby(share_of, key=share_of.__getitem__)]


def _draw_shared(share: Sequence[int]) -> list[Drawn]:
    return [_draw(*_shared[number]) for number in share]

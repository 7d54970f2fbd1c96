"""Where the blocks tell that another start becomes the sooner one, the chart of the parent's memory shows the span."""

from collections.abc import Mapping, Sequence

import pytest
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from figures import panel, texts
from journals import journal, noisy, planned, simple
from study.charts import CHARTS
from study.journal import Planned, Row
from study.panels import NARROW, WIDE
from study.tables import Results, results

WIDTHS = pytest.mark.parametrize("width", [WIDE, NARROW], ids=["wide", "narrow"])
TOUCHED = (0, 100, 500)
BLOCKS = 8
CROSSING = {"processes.fork": (0.002, 0.005, 0.040), "processes.forkserver": (0.016, 0.016, 0.016)}


def cell(backend: str, touched: int) -> Planned:
    return planned(f"parent_memory/{backend}", BLOCKS, form="worker", touched_mb=touched)


def run(starts: Mapping[str, Sequence[float]], spread: float = 0.02) -> Results:
    rows: list[Row] = []
    for backend, seconds in starts.items():
        for touched, median in zip(TOUCHED, seconds, strict=True):
            rows += simple(
                cell(backend, touched), noisy(len(backend) * 1000 + touched, median, BLOCKS, spread), "ready"
            )
    return results([journal([cell(backend, touched) for backend in starts for touched in TOUCHED], rows)])


def drawn(found: Results, width: float = WIDE) -> Figure:
    figure = CHARTS["parent-memory"].figure(found, width)
    assert figure is not None
    return figure


def spans(figure: Figure) -> list[tuple[float, float]]:
    axes = panel(figure, "A worker is at work")
    shown = [patch for patch in axes.patches if isinstance(patch, Rectangle)]
    return [(patch.get_x(), patch.get_x() + patch.get_width()) for patch in shown]


@WIDTHS
def test_the_span_lies_between_the_two_amounts_that_were_measured(width: float) -> None:
    figure = drawn(run(CROSSING), width)
    assert spans(figure) == [(100.0, 500.0)]
    assert "here two of them change sides" in texts(figure)


def test_the_finding_says_who_is_sooner_where() -> None:
    said = CHARTS["parent-memory"].finding(run(CROSSING))
    assert (
        "With 100 MB multiprocessing (fork) starts sooner than multiprocessing (forkserver), with 500 MB later." in said
    )


@pytest.mark.parametrize(
    ("starts", "spread"),
    [
        ({**CROSSING, "processes.fork": (0.002, 0.005, 0.008)}, 0.02),  # never as long as the other
        (CROSSING, 4.0),  # too noisy to tell
        ({"processes.fork": CROSSING["processes.fork"]}, 0.02),  # nobody to change sides with
    ],
    ids=["apart", "noisy", "alone"],
)
def test_where_the_blocks_do_not_tell_there_is_no_span(starts: Mapping[str, Sequence[float]], spread: float) -> None:
    found = run(starts, spread)
    figure = drawn(found)
    assert spans(figure) == []
    assert "here two of them change sides" not in texts(figure)
    assert "later." not in CHARTS["parent-memory"].finding(found)

"""The chart of launch forms fills a mark where main is run again, and says with whom no worker begins."""

import pytest
from matplotlib.figure import Figure

from figures import panel, points, texts
from journals import absent, failed, journal, planned
from study import launches
from study.charts import CHARTS
from study.journal import Planned, Row, Values
from study.panels import NARROW, WIDE
from study.tables import Results, results

WIDTHS = pytest.mark.parametrize("width", [WIDE, NARROW], ids=["wide", "narrow"])
BLOCKS = 6
CELLS = {
    ("processes.fork", "script"): (0.002, 0),
    ("processes.spawn", "script"): (0.06, 1),
    ("processes.spawn", "module"): (0.05, 0),
    ("processes.spawn", "stdin"): (None, None),
}


def cell(backend: str, form: str) -> Planned:
    return planned(f"launch_form/{backend}", BLOCKS, form=form)


def row(told: Planned, block: int, ready_s: float | None, again: int | None) -> Row:
    source = "study/scenarios/launch_form.py:40"
    laps = [Values(launches.BEGAN, 1, source, [int(ready_s is not None)], "1")]
    if ready_s is not None and again is not None:
        laps += [
            Values(launches.READY, 1, source, [round(ready_s * 1e9)]),
            Values(launches.AGAIN, 1, source, [again], "1"),
        ]
    return Row(told.cell, block, 0, "measured", "", float(block), 0.1, 0.1, 1, 1, 1 << 20, None, laps, "")


def run() -> Results:
    plan = [cell(*key) for key in CELLS]
    rows = [row(cell(*key), block, *told) for key, told in CELLS.items() for block in range(1, BLOCKS + 1)]
    crashed = cell("processes.fork", "module")
    rows.append(failed(crashed, 1, "crash", "killed by signal 11"))
    nothing = [absent("launch_form/serial", "a loop starts nothing", form="script")]
    return results([journal([*plan, crashed], rows, nothing)])


def drawn(width: float) -> Figure:
    figure = CHARTS["launch-form"].figure(run(), width)
    assert figure is not None
    return figure


@WIDTHS
def test_every_start_is_drawn_at_its_milliseconds(width: float) -> None:
    found = {x for x, _ in points(panel(drawn(width), "Launched from …"))}
    assert found == {2.0, 60.0, 50.0}


@WIDTHS
def test_a_mark_is_filled_where_main_is_run_again(width: float) -> None:
    lines = [
        line for line in panel(drawn(width), "Launched from …").lines if line.get_marker() not in ("None", None, "")
    ]
    filled = {round(float(x), 6) for line in lines if line.get_markerfacecolor() != "none" for x in line.get_xdata()}
    assert filled == {60.0}


@WIDTHS
def test_what_has_no_mark_is_said(width: float) -> None:
    said = " ".join(texts(drawn(width)))
    assert "no worker begins" in said
    assert "failed (crash) in 1 of 1 blocks" in said
    assert "not offered: a loop starts nothing" in said


def test_the_finding_tells_how_long_a_script_takes_and_whose_main_is_run_again() -> None:
    found = CHARTS["launch-form"].finding(run())
    assert found.startswith("Until the worker of a script begins: 2.00 ms with multiprocessing (fork), 60.0 ms with")
    assert "multiprocessing (spawn) runs main again for its worker when it comes from a script" in found


def test_without_a_number_the_finding_says_so() -> None:
    only = cell("processes.fork", "script")
    found = results([journal([only], [failed(only, 1)])])
    assert CHARTS["launch-form"].finding(found) == "No number has been measured for it yet."
    assert CHARTS["launch-form"].figure(found, WIDE) is not None

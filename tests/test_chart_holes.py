"""What does a chart show where a backend, a place, an interval or a whole panel is missing, and does it say so in words?"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
import pytest
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from figures import panel, points, spans, texts
from journals import absent, failed, journal, measured, planned
from study.charts import CHARTS, chunks
from study.journal import NotOffered, Planned, Row, Values
from study.panels import NARROW, WIDE
from study.tables import Results, results

WIDTHS = pytest.mark.parametrize("width", [WIDE, NARROW], ids=["wide", "narrow"])
BLOCKS = 6
MB = 1_000_000
FORK, SPAWN = "processes.fork", "processes.spawn"
Cell = tuple[Planned, Iterable[Row]]


def run(*cells: Cell, nothing: Sequence[NotOffered] = ()) -> Results:
    return results([journal([cell for cell, _ in cells], [row for _, each in cells for row in each], nothing)])


def draw(name: str, *cells: Cell, width: float = WIDE, nothing: Sequence[NotOffered] = ()) -> Figure:
    figure = CHARTS[name].figure(run(*cells, nothing=nothing), width)
    assert figure is not None
    return figure


def timed(cell: str, laps: Mapping[str, float], blocks: int = BLOCKS, **factors: Any) -> Cell:
    made = planned(cell, blocks, **factors)
    return made, [measured(made, n, {lap: [one] for lap, one in laps.items()}) for n in range(1, blocks + 1)]


def lost(cell: str, blocks: int, **factors: Any) -> Cell:
    made = planned(cell, blocks, **factors)
    return made, [failed(made, block) for block in range(1, blocks + 1)]


def counted(cell: str, lap: str, values: Sequence[float], unit: str, blocks: int = BLOCKS, **factors: Any) -> Cell:
    made, each = timed(cell, {"message": 1e-6}, blocks, **factors)
    told = Values(lap, 1, f"{made.scenario}.py:1", list(values), unit)  # type: ignore[arg-type]
    return made, [msgspec.structs.replace(row, laps=[*row.laps, told]) for row in each]


@WIDTHS
def test_the_marks_of_a_row_are_joined_from_the_least_to_the_most(width: float) -> None:
    laps = {"cold ready": 2e-3, "cold call": 1e-3, "cold round trip": 8e-3}
    figure = draw("stages", timed("startup/threads", laps, 1, form="worker", width=1), width=width)
    assert spans(panel(figure, "One new worker")) == [(1.0, 8.0)]


def test_a_panel_without_a_mark_on_a_row_says_why_there_and_not_on_the_others() -> None:
    cells = [
        timed("startup/threads", {"cold ready": 1e-3}, form="worker", width=1),
        lost(f"startup/{FORK}", 1, form="worker", width=1),
        timed(f"startup/{FORK}", {"cold ready": 2e-3}, form="pool", width=1),
    ]
    figure = draw("startup", *cells, nothing=[absent("startup/serial", "nothing starts", form="worker", width=1)])
    told = {
        title: [text.get_text() for text in panel(figure, title).texts] for title in ("One new worker", "A pool of one")
    }
    assert sorted(told["One new worker"]) == ["failed (timeout) in 1 of 1 blocks", "not offered: nothing starts"]
    assert told["A pool of one"] == ["not part of this run"] * 2


def test_only_the_fewest_workers_of_each_form_are_drawn() -> None:
    cells = [
        timed("startup/threads", {"cold ready": seconds}, form=form, width=width)
        for form, width, seconds in (("worker", 1, 1e-3), ("worker", 8, 5e-3), ("pool", 2, 7e-3), ("pool", 4, 9e-3))
    ]
    figure = draw("startup", *cells)
    assert {x for x, _ in points(panel(figure, "One new worker"))} == {1.0}
    assert {x for x, _ in points(panel(figure, "A pool of one"))} == {7.0}


@WIDTHS
def test_memory_that_is_too_little_for_the_axis_is_drawn_at_its_end_with_its_interval(width: float) -> None:
    lap = "further worker, USS"
    cells = [counted(f"memory/{name}", lap, [size], "B", width=4) for name, size in (("threads", 0), (FORK, 3 * MB))]
    figure = draw("memory", *cells, width=width)
    axes = panel(figure, "What is its own alone (USS)")
    assert {y for _, y in points(axes)} == {0.01, 3.0}
    assert "≤ 0.01" in texts(figure)
    assert spans(axes, 1) == [(0.01, 0.01), (3.0, 3.0)]
    assert len(figure.axes) == 1


def test_a_parent_without_memory_of_its_own_stands_a_decade_left_of_the_least_and_is_called_none() -> None:
    cells = [
        timed(f"parent_memory/{FORK}", {"ready": 1e-3}, form="worker", touched_mb=touched) for touched in (0, 50, 500)
    ]
    figure = draw("parent-memory", *cells)
    axes = panel(figure, "A worker is at work")
    assert {x for x, _ in points(axes)} == {5.0, 50.0, 500.0}
    assert {"0", "50", "500"} <= set(texts(figure))


def test_the_idle_machine_stands_in_every_panel_and_the_serial_loop_needs_no_note() -> None:
    cells = [
        timed("responsiveness/serial", {"p50": 5e-5, "mean": 1.0}, busy=0, seconds=0.2),
        timed("responsiveness/threads", {"p50": 5e-3, "p99": 1e-2}, busy=2, seconds=0.2),
        timed("responsiveness/threads", {"p50": 7e-3}, busy=2, seconds=10),
    ]
    nothing = [absent("responsiveness/serial", "computes nothing beside main", busy=2, seconds=0.2)]
    figure = draw("responsiveness", *cells, nothing=nothing)
    for seconds, own in (("0.2", {5000.0, 10000.0}), ("10.0", {7000.0})):
        assert {y for _, y in points(panel(figure, f"2 workers compute, for {seconds} s"))} == {50.0, *own}
    assert "computes nothing" not in " ".join(texts(figure))


def grained(backend: str, laps: Mapping[str, float], chunks: str = "few", task: int = 10) -> Cell:
    return timed(f"grain/{backend}", laps, task_us=task, width=2, chunks=chunks)


def factors(found: Results, backend: str) -> dict[str, float]:
    """Kind of chunks -> how many times as long as the best one of that backend."""
    table = chunks.slow_downs(found)
    own = table.loc[table["name"] == backend]
    return dict(zip(own["lap"], own["slow_down"].round(6), strict=True))


def test_a_size_that_was_left_out_because_another_kind_has_it_stands_in_both_columns() -> None:
    own, other = {"default chunks": 2e-5, "chunks of 16": 1e-5}, {"default chunks": 1e-5, "chunks of 32": 4e-5}
    found = run(grained(FORK, own, "sweep"), grained("executors.spawn", other, "sweep"))
    assert factors(found, FORK) == {  # of 512 tasks and two workers 32 are the library's own chunk
        "default chunks": 2.0, "chunks of 16": 1.0, "chunks of 32": 2.0, "tuned chunks": 2.0,
    }  # fmt: skip
    assert factors(found, "executors.spawn") == {"default chunks": 1.0, "chunks of 32": 4.0, "tuned chunks": 1.0}


def test_a_length_that_was_swept_is_shown_by_its_sweep_alone() -> None:
    few, sweep = {"default chunks": 1e-6, "tuned chunks": 9e-6}, {"default chunks": 3e-5, "tuned chunks": 1e-5}
    found = run(grained(FORK, few), grained(FORK, sweep, "sweep"), grained(SPAWN, few))
    assert factors(found, FORK) == {"default chunks": 3.0, "tuned chunks": 1.0}
    assert factors(found, SPAWN) == {"default chunks": 1.0, "tuned chunks": 9.0}


def test_columns_of_chunks_go_from_the_smallest_to_the_library_s_own_and_only_that_is_framed() -> None:
    laps = {
        "tuned chunks": 1e-5,
        "default chunks": 3e-5,
        "chunks of 16": 2e-5,
        "chunks of 4": 64e-5,
        "chunks of 128": 4e-5,
    }
    axes = panel(draw("chunks", grained(FORK, laps, "sweep")), "multiprocessing (fork)")
    assert [text.get_text() for text in axes.get_xticklabels()] == ["4", "16", "128", "default", "2 each"]
    cells = {round(patch.get_x() + 0.47): patch for patch in axes.patches if isinstance(patch, Rectangle)}
    assert [column for column, patch in sorted(cells.items()) if patch.get_edgecolor()[3] > 0] == [3]
    shades = [cells[column].get_facecolor()[3] for column in (4, 1, 3, 2, 0)]
    assert shades == sorted(set(shades))
    assert (shades[0], shades[-1]) == (0, chunks.DARKEST)


def test_a_saw_has_a_line_for_each_life_of_a_worker_and_what_is_missing_is_said() -> None:
    lap = "memory after a task"
    cells = [
        counted(f"recycling/{FORK}", lap, [mb * MB for mb in teeth], "B", limit=limit)
        for limit, teeth in ((1, [10, 11]), ("none", [10, 20, 30]), (10, [10, 15, 12]))
    ]
    figure = draw("recycling", *cells, lost("recycling/threads", 1, limit=10))
    lives = ["workers are kept", "a new worker after 10 tasks", "a new worker after 1 task"]
    assert [text for text in texts(figure) if text in lives] == lives
    axes = panel(figure, "multiprocessing (fork)")
    assert points(axes) == {(1, 10), (2, 20), (3, 30), (2, 15), (3, 12), (2, 11)}
    assert axes.get_ylim() == (0, pytest.approx(33))
    assert "a new worker after 10 tasks · threading.Thread: failed (timeout) in 1 of 1 blocks" in texts(figure)


def speeds(backend: str, each: Mapping[int, float], noise: Sequence[float] = (1,) * BLOCKS) -> list[Cell]:
    """Cells of a pool that is so many times as fast as the serial loop at each length of a task."""
    cells = [planned(f"grain/{backend}", BLOCKS, task_us=task, width=2, chunks="few") for task in each]
    laps = [{"default chunks": task * 1e-6 / speed} for task, speed in each.items()]
    return [
        (
            cell,
            [measured(cell, n, {lap: [one * noise[n - 1]] for lap, one in own.items()}) for n in range(1, BLOCKS + 1)],
        )
        for cell, own in zip(cells, laps, strict=True)
    ]


@WIDTHS
def test_a_break_even_is_drawn_where_there_is_one_and_its_interval_ends_a_decade_beyond_what_was_measured(
    width: float,
) -> None:
    lengths = (10, 100, 1000)
    cells = speeds("serial", dict.fromkeys(lengths, 1.0))
    cells += speeds(FORK, {10: 0.25, 100: 4.0, 1000: 4.0})
    cells += speeds(SPAWN, {10: 0.9, 100: 1.1, 1000: 1.2}, (0.5, 0.6, 0.9, 1.0, 1.5, 2.0))
    cells += speeds("threads", dict.fromkeys(lengths, 0.5))
    figure = draw("payoff", *cells, width=width)
    axes = next(one for one in figure.axes if one.get_title(loc="left").startswith("…"))
    own = [text for text in [" ".join(text.get_text().split()) for text in axes.texts] if "threading" in text]
    assert own in (["threading.Thread: never, up to 1.00 ms"], ["threading.Thread never, up to 1.00 ms"])
    assert sorted(x for x, _ in points(axes)) == pytest.approx([18.3e-6, 31.6e-6], rel=0.01)
    assert max(spans(axes), key=lambda ends: ends[1] / ends[0]) == pytest.approx((1e-6, 1e-2))


def test_a_workload_of_one_number_of_workers_is_drawn_only_where_none_has_several() -> None:
    one = timed(f"scaling/{FORK}", {"default chunks": 0.1}, workload="shared", width=2)
    several = [timed(f"scaling/{FORK}", {"default chunks": 0.1}, workload="cpu", width=width) for width in (1, 2)]
    kinds = ("default chunks", "tuned chunks")
    for cells, name in (([one, *several], "Pure Python"), ([one], "shared")):
        figure = draw("scaling", *cells)
        assert [axes.get_title(loc="left") for axes in figure.axes] == [f"{name}, {kind}" for kind in kinds]


def test_a_workload_of_its_own_has_a_panel_though_it_was_measured_with_one_number_of_workers() -> None:
    cells = [
        timed(f"scaling/{backend}", {"default chunks": seconds}, workload=workload, width=width)
        for workload, widths in (("cpu", (1, 2)), ("hash", (2,)), ("lock10", (2,)))
        for width in widths
        for backend, seconds in (("serial", 2e-3), ("threads", 1e-3))
    ]
    figure = draw("scaling", *cells)
    assert {x for x, _ in points(panel(figure, "C code without the GIL, default chunks"))} == {2.0}
    assert {axes.get_title(loc="left") for axes in figure.axes} == {
        f"{what}, {lap}"
        for what in ("Pure Python", "C code without the GIL")
        for lap in ("default chunks", "tuned chunks")
    }

"""What do all charts have in common: what is said of holes, where curves, ticks and keys stand, and that nothing is left out?"""

import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.lines import Line2D

from busy import on_a_busy_machine_too
from figures import points
from recorded_run import found as recorded
from study.charts import CHARTS, marks, rows
from study.charts.throughput import thousands
from study.letters import plain_width
from study.palette import looks
from study.panels import (
    DASH,
    EDGE,
    GAP,
    LABEL,
    NARROW,
    POINTS,
    SMALL,
    WIDE,
    X_LABEL,
    Y_LABEL,
    Key,
    Panel,
    Shown,
    lay_out,
)
from study.tables import NAN

FORK, SPAWN = "processes.fork", "processes.spawn"


def line(backend: str, facet: str = "A", lap: str = "", x: float = NAN, words: str = "gone") -> dict[str, Any]:
    """A line of a chart's table; without a lap it has no number."""
    return {"backend": backend, "facet": facet, "lap": lap, "x": x, "words": words}


def test_holes_of_one_reason_are_told_together_and_each_with_its_panel() -> None:
    lines = [
        line("threads", "A"), line(FORK, "A"), line("threads", "B"), line(FORK, "B"),
        line(SPAWN, "B"), line("serial", "A", words="")
    ]  # fmt: skip
    assert marks.notes(lines, "facet", {"A": "one", "B": "other"}) == [
        "one · serial loop: not measured",
        "threading.Thread, multiprocessing (fork): gone",
        "other · multiprocessing (spawn): gone",
    ]


def test_the_only_panel_of_a_chart_is_named_before_a_note_and_one_without_name_is_not() -> None:
    assert marks.notes([line("threads")], "facet", {"A": "one"}) == ["one · threading.Thread: gone"]
    assert marks.notes([line("threads")], "facet", {"A": ""}) == ["threading.Thread: gone"]


def test_places_are_told_only_of_a_backend_that_has_a_number_at_another_one() -> None:
    lines = [line("threads", x=4.0), line("threads", x=2.0), line("threads", x=2.0), line(FORK, x=2.0)]
    assert marks.notes([*lines, line("threads", x=1.0, lap="message")], "facet", {"A": ""}, "{:g}".format) == [
        "threading.Thread at 2, 4, multiprocessing (fork): gone",
    ]


def test_several_reasons_of_one_backend_are_told_one_after_the_other() -> None:
    told = [line("threads", words=words) for words in ("late", "dead", "late")]
    assert marks.notes(told, "facet", {"A": ""}) == ["threading.Thread: late; dead"]


def test_what_stands_in_no_panel_of_the_chart_is_not_told() -> None:
    assert marks.notes([line("threads", "C"), line("threads", lap="ready")], "facet", {"A": "one"}) == []


@on_a_busy_machine_too
@given(st.lists(st.tuples(st.sampled_from(["threads", FORK, "x", "y"]), st.sampled_from("ABC"), st.sampled_from("uv"))))
def test_every_hole_is_told_and_nothing_else(holes: list[tuple[str, str, str]]) -> None:
    names = {facet: f"panel {facet}" for facet in "ABC"}
    notes = marks.notes([line(backend, facet, words=words) for backend, facet, words in holes], "facet", names)
    assert len(set(notes)) == len(notes)
    told = set()
    labels = {"threading.Thread": "threads", "multiprocessing (fork)": FORK}
    for note in notes:
        where, _, rest = note.rpartition(" · ")
        who, _, words = rest.partition(": ")
        panels = where.split(", ") if where else list(names.values())
        told |= {(labels.get(w, w), p[-1], word) for w in who.split(", ") for p in panels for word in words.split("; ")}
    assert told == set(holes)


def test_a_row_without_a_mark_says_why_before_it_says_that_nothing_was_measured() -> None:
    assert marks.cell_words([]) == "not part of this run"
    assert marks.cell_words([line("threads", words="")]) == "not measured"
    assert marks.cell_words([line("threads", words=""), line("threads", words="late"), line("threads")]) == "late"


AMOUNTS = st.lists(st.one_of(st.floats(1e-9, 1e12), st.sampled_from([0.0, -1.0, NAN, math.inf])))


@on_a_busy_machine_too
@given(AMOUNTS, st.floats(1.15, 4))
def test_an_axis_has_room_around_every_number_that_can_stand_on_it(values: list[float], room: float) -> None:
    low, high = marks.limits(values, room)
    assert 0 < low < high < math.inf
    real = [value for value in values if 0 < value < math.inf]
    assert not real or (low, high) == (min(real) / room, max(real) * room)


@on_a_busy_machine_too
@given(st.floats(1e-9, 1e12), st.floats(1.69, 1e15), st.integers(2, 9))
def test_an_axis_has_ticks_at_round_numbers_within_it_and_not_too_many(low: float, reach: float, most: int) -> None:
    found = marks.round_numbers((low, low * reach), most)
    assert 1 <= len(found) <= most
    assert found == sorted(set(found))
    assert low <= found[0] <= found[-1] <= low * reach
    assert all(float(f"{value:.1e}") == value for value in found)
    assert len(found) > 2 or reach < 10 or most < 6


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (1e-5, "10 µs"),
        (1.234e-3, "1.2 ms"),
        (1.5, "1.5 s"),
        (9.96e-4, "1 ms"),
        (120, "120 s"),
        (0, "0 ns"),
        (2e-9, "2 ns"),
    ],
)
def test_a_tick_has_no_digit_that_tells_nothing(seconds: float, text: str) -> None:
    assert marks.short(seconds) == text


@pytest.mark.parametrize(
    ("value", "text"), [(999, "999"), (1000, "1k"), (1500, "1.5k"), (2e7, "20M"), (1e9, "1G"), (0.5, "0.5")]
)
def test_a_rate_is_written_shortly(value: float, text: str) -> None:
    assert thousands(value) == text


def numbered(backend: str, x: float, seconds: float, low: float = NAN, high: float = NAN) -> dict[str, Any]:
    return {**line(backend, lap="ready", x=x), "seconds": seconds, "low": low, "high": high, "cell": f"a/{backend}"}


def test_a_curve_goes_from_left_to_right_through_what_a_log_axis_has() -> None:
    given_ = [(100.0, 2.0), (1.0, 1.0), (10.0, 0.0), (0.0, 3.0), (10.0, NAN), (NAN, 4.0)]
    (curve,) = marks.curves([numbered("threads", x, y) for x, y in given_], "seconds", "low", "high", 1e3)
    assert list(curve.x) == [1.0, 100.0]
    assert list(curve.values) == [1000.0, 2000.0]
    assert list(curve.spans) == []


def test_an_interval_is_drawn_where_there_is_one_at_the_place_of_its_number() -> None:
    lines = [numbered("threads", 1.0, 2.0, 1.0, 3.0), numbered("threads", 9.0, 2.0)]
    (curve,) = marks.curves(lines, "seconds", "low", "high", 10.0)
    assert list(curve.spans) == [((1.0, 10.0), (1.0, 30.0))]


def test_backends_at_one_place_stand_beside_each_other_around_it() -> None:
    lines = [numbered(name, x, 1.0) for name in ("threads", FORK, SPAWN) for x in (1.0, 1000.0)]
    found = marks.curves(lines, "seconds", "low", "high")
    first = [float(curve.x[0]) for curve in found]
    assert first == sorted(first)
    assert first[1] == pytest.approx(1.0)
    assert first[0] * first[2] == pytest.approx(1.0)
    assert first[2] / first[1] == pytest.approx(1000**marks.BESIDE)
    alone = marks.curves(lines[::2], "seconds", "low", "high")
    assert alone[1].x[0] / alone[0].x[0] == pytest.approx(4**marks.BESIDE)


def test_a_backend_without_any_number_is_no_curve_but_keeps_the_others_apart_as_on_every_panel() -> None:
    lines = [numbered("threads", 1.0, 1.0), numbered(FORK, 1.0, NAN), numbered(SPAWN, 1.0, 1.0)]
    found = marks.curves(lines, "seconds", "low", "high")
    assert [curve.look for curve in found] == list(looks(["threads", SPAWN]).values())
    assert found[0].x[0] * found[1].x[0] == pytest.approx(1.0)
    assert marks.curves([numbered("threads", 1.0, NAN)], "seconds", "low", "high") == []


@on_a_busy_machine_too
@given(st.integers(0, 40))
def test_marks_of_one_row_stand_apart_around_its_middle_and_within_it(count: int) -> None:
    found = rows.lanes(count)
    assert len(found) == count
    assert sum(found) == pytest.approx(0)
    assert found == sorted(set(found))
    assert all(-0.3 <= lane <= 0.3 for lane in found)


@pytest.mark.parametrize("name", list(CHARTS))
def test_no_mark_lies_beyond_the_axes_where_it_would_be_left_out(name: str) -> None:
    figure = CHARTS[name].figure(recorded("reference"), WIDE)
    assert figure is not None
    for axes in figure.axes:
        (left, right), (bottom, top) = sorted(axes.get_xlim()), sorted(axes.get_ylim())
        assert [(x, y) for x, y in points(axes) if not (left <= x <= right and bottom <= y <= top)] == []


@pytest.mark.parametrize("name", [name for name, chart in CHARTS.items() if chart.draw is rows.figure])
def test_a_number_lies_within_its_interval_and_no_row_has_both_a_mark_and_words(name: str) -> None:
    table = CHARTS[name].shown(recorded("reference"))
    shown = [mark for each in table.panels for mark in each.marks]
    assert {mark.row for mark in shown} <= set(range(len(table.names)))
    assert [mark for mark in shown if mark.low > mark.value or mark.value > mark.high] == []
    assert sum(mark.low < mark.high for mark in shown) > len(shown) / 2 > 0
    assert not any(mark.row in each.words for each in table.panels for mark in each.marks)


LABELS = st.lists(st.text("iW m", min_size=8, max_size=30), min_size=1, max_size=14)


@settings(on_a_busy_machine_too, max_examples=30)
@given(LABELS, st.sampled_from([WIDE, NARROW]))
def test_keys_go_down_first_and_then_across_and_none_runs_into_the_next(labels: list[str], width: float) -> None:
    figure = lay_out(
        "T?", Shown([Panel("", 1.0, id)], [Key(one, {}) for one in labels]), width=width, columns=1, left=0.5
    )
    _, *placed = figure.texts
    starts = [text.get_position()[0] * width * POINTS for text in placed]
    heights = [text.get_position()[1] for text in placed]
    assert [text.get_text() for text in placed] == labels
    columns = sorted(set(starts))
    assert starts == sorted(starts)
    ends = [
        max(x + plain_width(one, SMALL) for one, x in zip(labels, starts, strict=True) if x == each) for each in columns
    ]
    assert all(end + LABEL <= later for end, later in zip(ends, columns[1:], strict=False))
    assert len(columns) == 1 or ends[-1] <= (width - EDGE) * POINTS
    assert len({(x, y) for x, y in zip(starts, heights, strict=True)}) == len(labels)
    first = [y for x, y in zip(starts, heights, strict=True) if x == columns[0]]
    assert all(y in first for y in heights)
    assert first == sorted(first, reverse=True)


def test_a_line_of_the_legend_has_its_mark_in_the_middle_and_a_mark_without_line_stands_there_alone() -> None:
    keys = [Key("line", {"linestyle": "solid", "marker": "o"}, "b1"), Key("mark", {"linestyle": "none", "marker": "o"})]
    figure = lay_out("T?", Shown([Panel("", 1.0, id)], keys), width=WIDE, columns=1, left=0.5)
    line, mark = figure.artists
    assert isinstance(line, Line2D)
    assert isinstance(mark, Line2D)
    (begin, middle, end), (only,) = line.get_xdata(), mark.get_xdata()
    assert middle - begin == pytest.approx(end - middle) == pytest.approx(DASH / POINTS / 2 / WIDE)
    assert line.get_markevery() == [1]
    starts = [text.get_position()[0] for text in figure.texts[1:]]
    assert starts[0] - middle == pytest.approx(starts[1] - only)
    assert (line.get_gid(), mark.get_gid()) == ("b1", None)


def test_labels_of_axes_keep_their_distance_however_large_the_panel() -> None:
    panels = [Panel("", height, id) for height in (1.0, 3.0, 2.0)]
    figure = lay_out("T?", Shown(panels), width=WIDE, columns=2, left=0.5, first_left=2.0)
    boxes = [axes.get_position() for axes in figure.axes]
    below, beside = [], []
    for axes, box, height in zip(figure.axes, boxes, (1.0, 3.0, 2.0), strict=True):
        below.append(-axes.xaxis.label.get_position()[1] * height)
        beside.append((box.x0 + axes.yaxis.label.get_position()[0] * box.width) * WIDE)
    assert below == pytest.approx([X_LABEL] * 3)
    assert beside == pytest.approx([EDGE + Y_LABEL, boxes[0].x1 * WIDE + GAP + Y_LABEL, EDGE + Y_LABEL])

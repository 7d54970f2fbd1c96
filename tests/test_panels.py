"""Title, legend, panels and notes of a chart have places of their own, whatever their number and length."""

import itertools
import subprocess
import sys

import matplotlib
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from busy import on_a_busy_machine_too
from study.panels import (
    EDGE,
    MOST_NOTES,
    NARROW,
    SMALL,
    TITLE,
    WIDE,
    Key,
    Panel,
    Shown,
    fitting,
    lay_out,
    shortened,
    styled,
)

Place = tuple[float, float, float, float]
some_figures = settings(on_a_busy_machine_too, max_examples=20)  # each takes some 0.1 s
WORDS = st.lists(st.text("abcdefghij", min_size=1, max_size=12), min_size=1, max_size=40).map(" ".join)


def nothing(axes: Axes) -> None:
    """A panel of which only the place matters."""


def panel(heading: str = "Heading", height: float = 1.0) -> Panel:
    return Panel(heading, height, nothing)


def places(figure: Figure) -> list[Place]:
    """Left, bottom, right and top of each panel, in inches."""
    width, height = figure.get_size_inches()
    boxes = [axes.get_position() for axes in figure.axes]
    return [(box.x0 * width, box.y0 * height, box.x1 * width, box.y1 * height) for box in boxes]


def lines_of(figure: Figure) -> list[str]:
    return [text.get_text() for text in figure.texts]


def test_wider_charts_and_smaller_letters_take_more_text() -> None:
    assert fitting(WIDE, 8) > fitting(NARROW, 8) > fitting(NARROW, 12)


@on_a_busy_machine_too
@given(WORDS, st.sampled_from([WIDE, NARROW]), st.integers(1, 4))
def test_text_that_is_shortened_fits_and_says_that_there_is_more(text: str, width: float, most: int) -> None:
    lines = shortened(text, width, most).splitlines()
    assert len(lines) <= most
    assert max(map(len, lines)) <= fitting(width, SMALL)
    whole = " ".join(lines)
    assert whole == text or (whole.endswith("…") and text.startswith(whole.removesuffix("…").rstrip()))


def test_a_legend_shows_every_label_also_one_that_matplotlib_would_leave_out() -> None:
    labels = ["_hidden", "$x$", "plain"]
    figure = lay_out(
        "Title?", Shown([panel()], [Key(label, {}) for label in labels]), width=NARROW, columns=1, left=0.5
    )
    assert lines_of(figure)[1:] == labels
    assert len(figure.artists) == len(labels)


@some_figures
@given(
    st.lists(st.floats(0.5, 3.0), min_size=1, max_size=7),
    st.sampled_from([(WIDE, 1), (WIDE, 2), (WIDE, 3), (NARROW, 1)]),
    st.integers(0, 30),
    st.integers(0, 12),
)
def test_panels_stand_within_the_chart_and_apart_from_each_other(
    heights: list[float], form: tuple[float, int], notes: int, labels: int
) -> None:
    width, columns = form
    figure = lay_out(
        "A title? " * 5,
        Shown(
            [panel(height=height) for height in heights],
            [Key(f"label {number}", {}) for number in range(labels)],
            ["a note of some words"] * notes,
        ),
        width=width,
        columns=columns,
        left=0.5,
    )
    _, height = figure.get_size_inches()
    found = places(figure)
    assert len(found) == len(heights)
    for left, bottom, right, top in found:
        assert EDGE <= left < right <= width - EDGE
        assert EDGE <= bottom < top <= height - EDGE
    for one, other in itertools.combinations(found, 2):
        assert one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]


@some_figures
@given(st.lists(st.floats(0.5, 3.0), min_size=1, max_size=7))
def test_a_panel_is_as_high_as_it_asks_to_be(heights: list[float]) -> None:
    figure = lay_out("Title?", Shown([panel(height=height) for height in heights]), width=WIDE, columns=2, left=0.5)
    assert [top - bottom for _, bottom, _, top in places(figure)] == pytest.approx(heights)


def test_panels_of_a_row_begin_at_one_height_and_those_of_a_column_at_one_side() -> None:
    figure = lay_out("Title?", Shown([panel(), panel(height=2), panel(), panel()]), width=WIDE, columns=2, left=0.5)
    first, second, third, fourth = places(figure)
    assert first[3] == pytest.approx(second[3])
    assert third[3] == pytest.approx(fourth[3])
    assert third[3] < min(first[1], second[1])
    assert (first[0], second[0]) == pytest.approx((third[0], fourth[0]))


def test_the_first_column_can_have_more_room_for_its_labels() -> None:
    plain, roomy = (
        places(lay_out("Title?", Shown([panel(), panel()]), width=WIDE, columns=2, left=0.5, first_left=first))
        for first in (0.5, 2.0)
    )
    assert roomy[0][0] == pytest.approx(plain[0][0] + 1.5)
    assert roomy[0][2] - roomy[0][0] == pytest.approx(roomy[1][2] - roomy[1][0])
    assert roomy[1][2] == pytest.approx(plain[1][2])


def test_what_a_panel_draws_is_on_its_own_axes_under_its_heading() -> None:
    drawn: list[Axes] = []
    panels = [Panel("One", 1.0, drawn.append), Panel("Other", 1.0, drawn.append)]
    figure = lay_out("Title?", Shown(panels), width=WIDE, columns=2, left=0.5)
    assert drawn == figure.axes
    assert [axes.get_title(loc=loc) for axes in drawn for loc in ("left", "center") if axes.get_title(loc=loc)] == [
        "One",
        "Other",
    ]


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_a_title_is_broken_where_the_chart_ends(width: float) -> None:
    title = "How long is a title that nobody has shortened, and where does it go on when the line is full? " * 2
    figure = lay_out(title, Shown([panel()]), width=width, columns=1, left=0.5)
    assert " ".join(lines_of(figure)) == title.strip()
    assert max(map(len, lines_of(figure))) <= fitting(width, TITLE)


def test_a_note_is_wrapped_and_its_further_lines_are_indented() -> None:
    note = "word " * 60
    _, first, *further = lines_of(lay_out("Title?", Shown([panel()], notes=[note]), width=NARROW, columns=1, left=0.5))
    assert not first.startswith(" ")
    assert further
    assert all(line.startswith("   word") for line in further)


@pytest.mark.parametrize("number", [MOST_NOTES, MOST_NOTES + 1, 1000])
def test_notes_do_not_make_a_chart_longer_than_a_page(number: int) -> None:
    lines = lines_of(lay_out("Title?", Shown([panel()], notes=["a note"] * number), width=WIDE, columns=1, left=0.5))[
        1:
    ]
    assert len(lines) == MOST_NOTES
    assert (lines[-1] == "… and more: see the table.") == (number > MOST_NOTES)


def test_a_chart_without_legend_and_notes_keeps_no_room_for_them() -> None:
    def height(**more: object) -> float:
        return float(
            lay_out("Title?", Shown([panel()], **more), width=WIDE, columns=1, left=0.5).get_size_inches()[1]  # type: ignore[arg-type]
        )

    assert height() < height(legend=[Key("label", {})])
    assert height() < height(notes=["a note"])


def test_the_studys_style_is_gone_when_the_drawing_is_done() -> None:
    with matplotlib.rc_context({"font.size": 30.0}):
        inside = styled(lambda: float(matplotlib.rcParams["font.size"]))
        assert inside != 30.0
        assert matplotlib.rcParams["font.size"] == 30.0


def test_a_drawing_that_fails_leaves_the_readers_style_as_it_was() -> None:
    def fail() -> None:
        raise RuntimeError("no ink")

    with matplotlib.rc_context({"font.size": 30.0}):
        with pytest.raises(RuntimeError, match="no ink"):
            styled(fail)
        assert matplotlib.rcParams["font.size"] == 30.0


def test_a_chart_does_not_load_what_windows_need() -> None:
    """matplotlib would import it at a look at its backend, and read the files of all its styles."""
    code = (
        "import sys; from study.panels import styled; styled(lambda: None); print('matplotlib.pyplot' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"

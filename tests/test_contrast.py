"""Does a reader of two runs beside each other read each number of its own run, the largest first, and no more than asked for?"""

import re

import msgspec
import pytest

from journals import HOSTILE, header
from study import beside, contrast
from study.compare import Comparison, Differing, Figure, Swap
from study.contrast import MOST_LINES
from study.paired import Speedup
from study.summary import Ratio, Verdict

A = header([], run="20260101T000000Z-3.12.1", machine="one-2c-linux-abc", interpreter={"version": "3.12.1"})
B = header([], run="20260102T000000Z-3.13.1", machine="two-8c-linux-def", interpreter={"version": "3.13.1"})
SWAP = Swap("startup", "form=worker,width=1", "cold ready", "threads", "processes.fork")
INVISIBLE = re.compile("[\x00-\x09\x0b-\x1f\u200b-\u200f\u202a-\u202e]")


def comparison(*figures: Figure, **more: object) -> Comparison:
    """B against A: two sessions of one machine that have nothing but these figures, unless something else is said."""
    usual: dict[str, object] = {
        "first": A,
        "second": B,
        "same_machine": True,
        "paired": False,
        "floor": 1.1,
        "facts": (),
        "swaps": (),
        "only_first": (),
        "only_second": (),
    }
    return Comparison(figures=figures, **{**usual, **more})  # type: ignore[arg-type]


def figure(times: float, verdict: Verdict, cell: str = "lock/threads/width=2", baseline: str = "") -> Figure:
    """B takes so many times as long as A, which takes 4 ms, or 4 times as long as the baseline."""
    first = 4.0 if baseline else 0.004
    return Figure(cell, "wait", first, first * times, Ratio(times, times * 0.9, times * 1.1, 15), verdict, baseline)


def many(count: int) -> list[Figure]:
    return [figure(2 + n / 100, Verdict.SLOWER, f"lock/threads/width={n}") for n in range(count)]


def speedup(run: str, times: float, cell: str = "scaling/threads/width=2", loop: str = A.run) -> Speedup:
    return Speedup(cell, "default chunks", run, loop, Ratio(times, times * 0.9, times * 1.1, 15))


def test_a_list_that_just_fits_is_whole_and_one_line_more_is_counted() -> None:
    lines = ["a", "b", "c"]
    assert list(contrast.cut(lines, 3)) == lines
    assert list(contrast.cut(lines, 2)) == ["a", "b", "  … and 1 more; --all shows them"]
    assert list(contrast.cut([], 0)) == []


def test_each_list_of_the_text_is_cut_unless_everything_is_asked_for() -> None:
    found = comparison(*many(MOST_LINES + 5), swaps=(SWAP,) * (MOST_LINES + 7))
    short, whole = contrast.as_text(found), contrast.as_text(found, everything=True)
    assert (short.count(" -> "), whole.count(" -> ")) == (MOST_LINES, MOST_LINES + 5)
    assert (short.count("was faster in A"), whole.count("was faster in A")) == (MOST_LINES, MOST_LINES + 7)
    assert re.findall(r"… and (\d+) more", short) == ["7", "5"]
    assert " more; " not in whole
    assert f"B is slower ({MOST_LINES + 5}):" in short, "the heading counts those that are cut off too"


def test_the_largest_difference_comes_first_whichever_way_it_goes() -> None:
    found = comparison(
        *(figure(times, Verdict.SLOWER) for times in (1.2, 3.0, 2.0)),
        *(figure(times, Verdict.FASTER) for times in (0.9, 0.2, 0.5)),
        figure(1.0, Verdict.EQUIVALENT),
    )
    assert [one.ratio.value for one in found.called(Verdict.SLOWER)] == [3.0, 2.0, 1.2]
    assert [one.ratio.value for one in found.called(Verdict.FASTER)] == [0.2, 0.5, 0.9]
    shown = [row.entries[3].rank for row in beside.figures(found).rows]
    assert shown == [3.0, 2.0, 1.2, 0.2, 0.5, 0.9]


@pytest.mark.parametrize(
    ("found", "slower", "changed"),
    [
        (comparison(), False, False),
        (comparison(figure(1.0, Verdict.EQUIVALENT), figure(1.2, Verdict.INCONCLUSIVE)), False, False),
        (comparison(figure(0.5, Verdict.FASTER)), False, True),
        (comparison(figure(2.0, Verdict.SLOWER)), True, True),
        (comparison(swaps=(SWAP,)), False, True),
        (comparison(facts=(Differing("kernel", "6.1", "6.2"),), only_second=("lock/threads",)), False, False),
    ],
    ids=["nothing", "no verdict", "faster", "slower", "changed places", "facts and cells"],
)
def test_a_script_fails_on_what_it_asked_for(found: Comparison, slower: bool, changed: bool) -> None:
    assert contrast.fails(found, "slower") is slower
    assert contrast.fails(found, "changed") is changed
    assert contrast.fails(found, None) is False


@pytest.mark.parametrize(("floor", "words"), [(1.0, "under 0%"), (1.034, "under 3%"), (1.25, "under 25%")])
def test_the_ground_says_how_far_two_sessions_are_apart(floor: float, words: str) -> None:
    for same in (True, False):
        assert words in contrast.remarks(comparison(same_machine=same, floor=floor))[0]
    assert "%" not in contrast.remarks(comparison(paired=True, floor=1.0))[0]


def test_a_figure_has_the_first_runs_number_first_and_a_unit_only_on_one_machine() -> None:
    slower = figure(2.0, Verdict.SLOWER)
    assert contrast.written(slower) == ("4.00 ms", "8.00 ms", "2.00 (1.80–2.20)")
    relative = figure(0.2, Verdict.FASTER, baseline="serial")
    assert contrast.written(relative) == ("4.0x", "0.80x", "0.200 (0.180–0.220)")
    text = contrast.as_text(comparison(relative, same_machine=False))
    assert re.search(r"lock/threads/width=2, wait +4\.0x -> 0\.80x of serial  x0\.200 \(0\.180–0\.220\)$", text, re.M)


@pytest.mark.parametrize("turn", [False, True], ids=["first run first", "second run first"])
def test_a_speed_up_stands_under_the_letter_of_its_run_in_whichever_order_they_are_told(turn: bool) -> None:
    threads = (speedup(A.run, 1.5), speedup(B.run, 3.0))
    alone = speedup(B.run, 7.0, "scaling/processes.fork/width=2", loop=B.run)
    text = contrast.as_text(comparison(speedups=(*(threads[::-1] if turn else threads), alone)))
    assert re.search(
        r"scaling/threads/\S+ default chunks +A: x1\.50 \(1\.35–1\.65\)  B: x3\.00 \(2\.70–3\.30\)  over the loop in A$",
        text,
        re.M,
    )
    assert re.search(
        r"scaling/processes\.fork/\S+ default chunks +B: x7\.00 \(6\.30–7\.70\)  over the loop in B$", text, re.M
    )


def test_what_only_one_run_has_is_told_by_scenario_each_once_and_of_the_run_that_has_it() -> None:
    found = comparison(
        only_first=("queue/threads/n=1", "lock/threads", "queue/serial/n=1"), only_second=("pool/serial",)
    )
    assert contrast.as_text(found).splitlines()[-3:] == [
        "Only A has 3 cells, of queue, lock.",
        "",
        "Only B has 1 cells, of pool.",
    ]
    assert contrast.remarks(found)[-2:] == [
        "Only the first run has 3 cells, of queue, lock.",
        "Only this run has 1 cells, of pool.",
    ]


def test_the_rest_counts_what_is_equal_and_what_is_open_and_not_what_has_a_verdict() -> None:
    figures = [
        *(figure(1.0, Verdict.EQUIVALENT) for _ in range(3)),
        *(figure(1.2, Verdict.INCONCLUSIVE) for _ in range(2)),
        figure(2.0, Verdict.SLOWER),
    ]
    for in_pairs, within in ((False, "what two sessions differ by"), (True, "what their blocks differ by")):
        rest = contrast.remarks(comparison(*figures, paired=in_pairs))[-1]
        assert rest.startswith("Of 6 figures that both have, 3 are equal and of 2 nothing may be said:")
        assert rest.endswith(f"{within}.")


def test_remarks_speak_of_changed_places_only_where_no_table_does() -> None:
    nobody = "No two backends have changed places."
    assert nobody in contrast.remarks(comparison())
    assert not [told for told in contrast.remarks(comparison(swaps=(SWAP,))) if "places" in told or "faster" in told]
    assert nobody not in contrast.as_text(comparison(swaps=(SWAP,)))


def test_a_page_says_over_what_a_figure_is_only_where_some_figure_is_over_another() -> None:
    divided = beside.figures(comparison(figure(2.0, Verdict.SLOWER, baseline="serial"), same_machine=False))
    assert divided.columns[-1] == "over"
    assert divided.rows[0].entries[-1].text == "serial loop"
    undivided = beside.figures(comparison(figure(2.0, Verdict.SLOWER)))
    assert len(undivided.rows[0].entries) == len(undivided.columns) == len(divided.columns) - 1


def test_a_run_is_called_by_its_build_its_machine_and_its_name() -> None:
    assert beside.told(comparison()).title == (
        "Python 3.13.1 on two-8c-linux-def (20260102T000000Z-3.13.1) against "
        "Python 3.12.1 on one-2c-linux-abc (20260101T000000Z-3.12.1)"
    )


def test_nothing_invisible_of_a_strangers_run_reaches_a_terminal_or_a_page() -> None:
    interpreter: dict[str, object] = {"version": HOSTILE}
    strange = msgspec.structs.replace(B, run=HOSTILE, profile=HOSTILE, started=HOSTILE, interpreter=interpreter)
    cell = HOSTILE.replace("/", "|")
    found = comparison(
        figure(2.0, Verdict.SLOWER, cell),
        second=strange,
        facts=(Differing("kernel", HOSTILE, [HOSTILE]),),
        swaps=(Swap(cell, cell, cell, cell, cell),),
        only_first=(cell,),
        speedups=(speedup(HOSTILE, 2.0, cell),),
        closer=HOSTILE,
    )
    told = beside.told(found)
    entries = [entry.text for sheet in told.sheets for row in sheet.rows for entry in row.entries]
    shown = [contrast.as_text(found), told.title, *told.remarks, *entries]
    assert [text for text in shown if INVISIBLE.search(text)] == []
    assert "alert(1)" in shown[0]

"""What a run told is shown in the tutorial's words, in order, cut where it is a burden, and never breaks a report."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from busy import on_a_busy_machine_too
from journals import failed, journal, measured, planned
from study import installed, notation, transcripts
from study.journal import Planned, Row
from study.scenario import Scenario
from study.trace import Trace
from study.transcripts import LONGEST_LINE, MOST_LINES, stories, tell


def scenario(**words: str) -> Scenario:
    return Scenario(
        section="4",
        title="Made up",
        question="Is it so?",
        unit="lap",
        headline="lap",
        styles={},
        loads=lambda cpus: [],
        check=lambda trace, offers, arguments: None,
        words=words,
    )


def event(at: int, name: str, value: object = None, actor: str = "worker") -> str:
    return f"{at}\t10\t20\t{actor}\t{name}\t{value!r}\n"


def traced(cell: Planned, trace: str, block: int = 1) -> Row:
    return measured(cell, block, {"work": [1.0]}, trace=trace)


def test_events_are_told_in_the_words_of_the_scenario_and_in_order_of_time() -> None:
    text = event(2, "released") + event(1, "acquired")
    assert tell(scenario(acquired="Lock acquired {actor}", released="Lock released"), text) == [
        "Lock acquired worker",
        "Lock released",
    ]


def test_words_may_speak_of_value_process_and_thread() -> None:
    words = scenario(got="{value} in {pid}/{thread} by {actor}")
    assert tell(words, event(1, "got", {"a": 1})) == ["{'a': 1} in 10/20 by worker"]


def test_an_event_without_words_is_not_told() -> None:
    assert tell(scenario(acquired="Lock acquired"), event(1, "counted", 5) + event(2, "acquired")) == ["Lock acquired"]


def test_what_was_printed_is_told_as_it_is_after_the_events() -> None:
    told = tell(scenario(acquired="Lock acquired"), "{not} a format\n" + event(1, "acquired"))
    assert told == ["Lock acquired", "printed: {not} a format"]


def test_a_trace_that_is_nested_without_end_is_called_unreadable() -> None:
    lock = installed.known_scenarios()["lock"]
    for nested in ("[" * 100_000, "-" * 200_000 + "1", "(" * 150 + ")" * 150):
        told = transcripts.tell(lock, f"1\t1\t1\ta\tacquired\t{nested}")
        assert len(told) == 1


def test_a_number_too_long_to_be_written_does_not_break_a_report() -> None:
    """Python reads such a number in base 16 and refuses to write it in base 10."""
    told = tell(scenario(got="Got {value}"), f"1\t1\t1\ta\tgot\t0x{'f' * 5000}\n" + event(2, "got", 7))
    assert told == ["a: got, with a number too long to be written", "Got 7"]


def test_a_long_trace_is_cut() -> None:
    lock = installed.known_scenarios()["lock"]
    told = transcripts.tell(lock, "".join(f"{i}\t1\t1\ta\tacquired\tNone\n" for i in range(500)))
    assert told[-1] == f"… and {500 - transcripts.MOST_LINES} more lines"
    assert len(told) == transcripts.MOST_LINES + 1


def test_a_trace_of_as_many_lines_as_are_shown_is_not_cut() -> None:
    told = tell(scenario(got="Got it"), "".join(event(i, "got") for i in range(MOST_LINES)))
    assert told == ["Got it"] * MOST_LINES


def test_a_long_line_is_cut() -> None:
    (line,) = tell(scenario(got="{value}"), event(1, "got", "x" * 10_000))
    assert len(line) == LONGEST_LINE
    assert line.endswith("…")


@on_a_busy_machine_too
@given(st.text() | st.lists(st.text(max_size=8), min_size=6, max_size=6).map("\t".join))
def test_no_text_breaks_a_transcript_or_brings_a_control_character_into_it(text: str) -> None:
    told = tell(scenario(got="{actor} {value}"), text)
    assert not [line for line in told if notation.CONTROL.search(line) or len(line) > LONGEST_LINE]


@on_a_busy_machine_too
@given(st.integers() | st.text() | st.lists(st.integers()) | st.none())
def test_a_value_is_told_as_python_writes_it(value: object) -> None:
    (line,) = tell(scenario(got="{value}"), event(1, "got", value))
    assert line == notation.plain(Trace(event(1, "got", value)).events[0].value, LONGEST_LINE)


LOCK, POOL = planned("lock/threads", width=2), planned("pool/threads", width=2)


def test_a_story_stands_beside_what_the_tutorial_printed() -> None:
    (story,) = stories(journal([LOCK], [traced(LOCK, event(1, "acquired", actor="directly"))]))
    assert (story.scenario, story.title) == ("lock", "§4 Lock")
    assert story.printed == ("Lock acquired via with", "Lock acquired directly")
    assert [(told.cell, told.label, told.lines) for told in story.transcripts] == [
        (LOCK.cell, "threading.Thread", ("Lock acquired directly",))
    ]


def test_the_first_row_that_was_traced_tells_the_story() -> None:
    rows = [traced(LOCK, ""), traced(LOCK, event(1, "acquired", actor="first"), 2), traced(LOCK, "later\n", 3)]
    (story,) = stories(journal([LOCK], rows))
    assert story.transcripts[0].lines == ("Lock acquired first",)


def test_stories_are_in_the_tutorials_order_and_backends_plainest_first() -> None:
    plan = [planned(f"{name}/{backend}", width=2) for name in ("pool", "lock") for backend in ("zebra", "threads")]
    told = stories(journal(plan, [traced(cell, event(1, "acquired")) for cell in plan]))
    assert [story.scenario for story in told] == ["lock", "pool"]
    assert [transcript.label for transcript in told[0].transcripts] == ["threading.Thread", "zebra"]


def test_a_run_that_failed_still_tells_how_far_it_came() -> None:
    row = failed(LOCK, 1, "wrong answer", "two workers held the lock")
    row = msgspec.structs.replace(row, trace=event(1, "acquired"))
    assert stories(journal([LOCK], [row]))[0].transcripts[0].lines == ("Lock acquired worker",)


@pytest.mark.parametrize("name", ["startup", "scaling", "unheard of"])
def test_a_cost_and_a_stranger_have_no_story(name: str) -> None:
    cell = planned(f"{name}/threads", width=1)
    assert stories(journal([cell], [traced(cell, event(1, "started", 1))])) == []


def test_without_a_trace_there_is_no_story() -> None:
    assert stories(journal([LOCK, POOL], [traced(LOCK, "")])) == []

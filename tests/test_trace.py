"""Is what the workers tell kept whole, apart from what they print, and in order of time?"""

import os
import threading
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from busy import on_a_busy_machine_too
from study import trace
from study.trace import Trace, WrongAnswer, say

WORDS = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner) | st.tuples(inner, inner) | st.dictionaries(st.integers(), inner),
    max_leaves=5,
)


def line(time_ns, actor, event, value=None, pid=1, thread=1):
    return f"{time_ns}\t{pid}\t{thread}\t{actor}\t{event}\t{value!r}"


def story(*lines):
    return Trace("\n".join(lines))


@pytest.fixture
def said(monkeypatch):
    """Every call that `say` makes to write, as (descriptor, bytes)."""
    written = []
    monkeypatch.setattr(trace.os, "write", lambda descriptor, data: written.append((descriptor, data)))
    return written


def test_an_event_is_one_write_of_one_whole_line_to_standard_output(said):
    say("worker", "got", "a\nb\tc")
    assert [descriptor for descriptor, _ in said] == [1]
    assert said[0][1].endswith(b"\n")
    assert said[0][1].count(b"\n") == 1


def test_an_event_tells_who_said_it_where_and_when(said):
    before = time.perf_counter_ns()
    say("worker", "got", {"a": [1, None]})
    after = time.perf_counter_ns()
    (event,) = Trace(said[0][1].decode()).events
    assert before <= event.time_ns <= after
    assert (event.pid, event.thread) == (os.getpid(), threading.get_native_id())
    assert (event.actor, event.event, event.value) == ("worker", "got", {"a": [1, None]})


def test_an_event_without_a_value_has_none(said):
    say("worker", "starting")
    (event,) = Trace(said[0][1].decode()).events
    assert event.value is None


@on_a_busy_machine_too
@given(WORDS, WORDS, VALUES)
def test_what_was_said_is_read_again_as_it_was(actor, event, value):
    written = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(trace.os, "write", lambda _, data: written.append(data))
        say(actor, event, value)
    found = Trace(b"".join(written).decode())
    assert found.printed == []
    assert [(e.actor, e.event, e.value) for e in found.events] == [(actor, event, value)]


@on_a_busy_machine_too
@given(st.permutations([line(number, "worker", "got", number) for number in range(6)]))
def test_events_are_in_order_of_time_whatever_the_order_of_their_lines(lines):
    assert story(*lines).values("got") == list(range(6))


@pytest.mark.parametrize(
    "text",
    [
        "Hello",
        "",
        "a\tb",
        "1\t2\t3\tworker\tgot\tnot a literal",
        "1\t2\t3\tworker\tgot\t__import__('os').getpid()",
        "1\t2\t3\tworker\tgot\t(",
        "soon\t2\t3\tworker\tgot\tNone",
        "1\t2\t3\tworker\tgot\tNone\tmore",
    ],
)
def test_a_line_that_is_no_event_is_kept_as_printed(text):
    found = story(line(1, "worker", "got"), text, line(2, "worker", "exiting"))
    assert found.printed == [text]
    assert [event.event for event in found.events] == ["got", "exiting"]


@pytest.mark.parametrize("value", ["(" * 5000, "[" * 100_000, "\x00", "-" * 100_000 + "1", "{[]: 1}"])
def test_a_line_made_to_harm_the_reader_is_kept_as_printed(value):
    assert len(story(f"1\t2\t3\tworker\tgot\t{value}").printed) == 1


def test_events_are_chosen_by_name_and_actor():
    found = story(line(1, "a", "got", 1), line(2, "b", "got", 2), line(3, "a", "put", 3))
    assert found.values("got") == [1, 2]
    assert found.values("got", "b") == [2]
    assert [event.value for event in found.all("got", "a")] == [1]
    assert found.one("put").value == 3


@pytest.mark.parametrize(("event", "times"), [("put", 0), ("got", 2)])
def test_one_refuses_none_and_several_and_says_how_many(event, times):
    found = story(line(1, "a", "got"), line(2, "b", "got"))
    with pytest.raises(WrongAnswer, match=f"somebody should report '{event}' once, not {times} times"):
        found.one(event)


def test_one_names_the_actor_that_was_asked_for():
    with pytest.raises(WrongAnswer, match="Consumer-3 should report"):
        story().one("got", "Consumer-3")


def test_spans_belong_to_their_actors_and_are_in_order_of_begin():
    found = story(line(5, "b", "in"), line(1, "a", "in"), line(9, "a", "out"), line(7, "b", "out"))
    assert found.spans("in", "out") == [(1, 9), (5, 7)]


def test_a_span_that_is_never_closed_is_refused():
    with pytest.raises(WrongAnswer, match="a should report 'out' once"):
        story(line(1, "a", "in")).spans("in", "out")


@pytest.mark.parametrize(
    ("spans", "most"),
    [
        ([], 0),
        ([(1, 2)], 1),
        ([(1, 2), (2, 3)], 1),  # one leaves as the other enters
        ([(1, 3), (2, 4)], 2),
        ([(1, 9), (2, 3), (4, 5)], 2),
        ([(1, 9), (2, 8), (3, 7)], 3),
    ],
)
def test_overlap_is_the_most_spans_that_were_open_at_once(spans, most):
    lines = [
        line(at, f"actor {i}", event)
        for i, span in enumerate(spans)
        for at, event in zip(span, ("in", "out"), strict=True)
    ]
    assert story(*lines).overlap("in", "out") == most


@on_a_busy_machine_too
@given(st.lists(st.tuples(st.integers(0, 50), st.integers(1, 20)), max_size=8))
def test_overlap_agrees_with_counting_at_every_moment(spans):
    found = story(
        *(line(begin, f"a{i}", "in") for i, (begin, _) in enumerate(spans)),
        *(line(begin + length, f"a{i}", "out") for i, (begin, length) in enumerate(spans)),
    )
    at_once = [sum(begin <= moment < begin + length for begin, length in spans) for moment in range(80)]
    assert found.overlap("in", "out") == max(at_once)


def test_counts_add_up_over_all_workers():
    found = story(line(1, "a", "counted", 30), line(2, "b", "counted", 12))
    found.counts(42)
    with pytest.raises(WrongAnswer, match="42 operations arrived, 43 were sent"):
        found.counts(43)


def test_a_fact_that_does_not_hold_is_refused_with_its_sentence():
    Trace.require(True, "never seen")
    with pytest.raises(WrongAnswer, match=r"^two workers held the lock$"):
        Trace.require(False, "two workers held the lock")


STORIES = st.lists(
    st.tuples(st.integers(0, 1000), st.sampled_from("abc"), st.sampled_from(["got", "put", "counted"]), st.integers()),
    max_size=12,
)


@on_a_busy_machine_too
@given(STORIES, st.lists(st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1)))
def test_every_line_is_an_event_or_printed_and_none_is_both(events, printed):
    found = story(*(line(*event) for event in events), *printed)
    assert found.printed == printed
    assert sorted((e.time_ns, e.actor, e.event, e.value) for e in found.events) == sorted(events)


@on_a_busy_machine_too
@given(STORIES)
def test_actors_share_all_events_of_a_name_among_them(events):
    found = story(*(line(*event) for event in events))
    for name in ("got", "put"):
        together = sorted(value for actor in "abc" for value in found.values(name, actor))
        assert together == sorted(found.values(name))


@on_a_busy_machine_too
@given(STORIES, st.sampled_from(["got", "put"]), st.sampled_from([None, *"abc"]))
def test_one_event_is_found_exactly_when_there_is_one(events, name, actor):
    found = story(*(line(*event) for event in events))
    if len(found.all(name, actor)) == 1:
        assert found.one(name, actor) is found.all(name, actor)[0]
    else:
        with pytest.raises(WrongAnswer, match=f"{len(found.all(name, actor))} times$"):
            found.one(name, actor)


@on_a_busy_machine_too
@given(STORIES, st.integers(-100, 100))
def test_the_count_is_refused_exactly_when_it_is_another(events, error):
    found = story(*(line(*event) for event in events))
    total = sum(value for _, _, name, value in events if name == "counted")
    if error:
        with pytest.raises(WrongAnswer, match=f"{total} operations arrived, {total + error} were sent"):
            found.counts(total + error)
    else:
        found.counts(total)


@on_a_busy_machine_too
@given(st.lists(st.tuples(st.integers(0, 50), st.integers(1, 20)), max_size=8), st.integers(0, 10**15))
def test_neither_spans_nor_their_overlap_hang_on_when_the_clock_began(spans, shift_ns):
    def told(shift_ns):
        return story(
            *(line(shift_ns + begin, f"a{i}", "in") for i, (begin, _) in enumerate(spans)),
            *(line(shift_ns + begin + length, f"a{i}", "out") for i, (begin, length) in enumerate(spans)),
        )

    early, late = told(0), told(shift_ns)
    assert late.overlap("in", "out") == early.overlap("in", "out") <= len(spans)
    assert [(begin - shift_ns, end - shift_ns) for begin, end in late.spans("in", "out")] == early.spans("in", "out")


def test_events_of_one_moment_stay_in_the_order_in_which_they_were_written():
    assert story(*(line(7, "a", "got", number) for number in (3, 1, 2))).values("got") == [3, 1, 2]


def test_values_are_read_by_whoever_is_trusted_to_read_them():
    found = Trace(line(1, "a", "got", "1 + 1").replace("'", ""), lambda text: f"read {text}")
    assert found.values("got") == ["read 1 + 1"]

"""Is each thing that a hazard declares read by somebody, a sentence that fits where it is shown, and kept by its body?"""

import ast
import inspect
import itertools
import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import backends
from backends import Backend
from study import hazard as declaring
from study import hazards
from study.attempt import Outcome
from study.hazard import HANG_S, Hazard, Watch, declared_for, untried
from study.trace import Trace

HAZARDS = hazards.every()
BACKENDS = backends.every()
NEWEST = (99, 0)


def keys_read(declared: Mapping[str, object], of: Iterable[Backend]) -> set[str]:
    """The keys by which these backends find what is declared for them."""
    keys = ((one.name, one.library, one.style) for one in of)
    return {found for found in (next((key for key in three if key in declared), "") for three in keys) if found}


def tree_of(hazard: Hazard) -> ast.Module:
    return ast.parse((Path(hazards.__path__[0]) / f"{hazard.name}.py").read_text(encoding="utf-8"))


WATCHED = {
    hazard: [
        node
        for node in ast.walk(tree_of(hazard))
        if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("watch.")
    ]
    for hazard in HAZARDS
}


# What is declared


def test_every_body_is_run_by_some_backend_and_every_sentence_shown_by_one() -> None:
    for hazard in HAZARDS:
        without = [one for one in BACKENDS if declared_for(one, hazard.styles) is None]
        assert keys_read(hazard.styles, BACKENDS) == set(hazard.styles), hazard.name
        assert keys_read(hazard.absent, without) == set(hazard.absent), hazard.name


def test_every_issue_is_named_where_its_hazard_is_tried() -> None:
    for hazard in HAZARDS:
        tried = [one for one in BACKENDS if untried(hazard, one, NEWEST) is None]
        assert keys_read(hazard.defects, tried) == set(hazard.defects), hazard.name


def test_what_is_needed_keeps_somebody_out_who_has_a_body() -> None:
    for hazard in HAZARDS:
        able = [one for one in BACKENDS if declared_for(one, hazard.styles) is not None]
        for behaviour in hazard.needs:
            assert {behaviour in one.offers for one in able} == {True, False}, hazard.name


def test_why_a_hazard_is_not_offered_goes_on_after_a_colon() -> None:
    """The reader is told: not offered by serial: one thread works alone."""
    for sentence in (sentence for hazard in HAZARDS for sentence in hazard.absent.values()):
        assert re.match(r"[a-z]", sentence), sentence
        assert " ".join(sentence.split()) == sentence
        assert sentence.count("(") == sentence.count(")"), sentence


def test_a_question_is_one_line_of_its_own_and_the_docstring_of_its_file() -> None:
    questions = [hazard.question for hazard in HAZARDS]
    assert len(set(questions)) == len(questions)
    for hazard in HAZARDS:
        assert " ".join(hazard.question.split()) == hazard.question == ast.get_docstring(tree_of(hazard))
        assert " ".join(hazard.title.split()) == hazard.title


def test_no_two_hazards_share_a_place_in_the_tables() -> None:
    places = [(hazard.group, hazard.rank) for hazard in HAZARDS]
    assert sorted(set(places)) == sorted(places)
    assert all(one[0] != other[0] or one[1] < other[1] for one, other in itertools.pairwise(places))


# What a body does


def test_a_body_takes_the_library_and_the_watch_and_has_the_rest_already() -> None:
    for hazard in HAZARDS:
        for body in hazard.styles.values():
            _, watch, *rest = inspect.signature(body).parameters.values()
            assert watch.name == "watch", hazard.name
            assert all(one.default is not inspect.Parameter.empty for one in rest), hazard.name
            assert getattr(body, "func", body).__module__ == f"study.hazards.{hazard.name}"


def test_what_a_body_finds_is_an_outcome_that_no_call_tells() -> None:
    told_by_calls = {Outcome.WORKS, Outcome.ANSWERS, Outcome.RAISES}
    for call in itertools.chain(*WATCHED.values()):
        if ast.unparse(call.func) == "watch.finds":
            assert isinstance(call.args[0], ast.Constant)
            assert Outcome(call.args[0].value) not in told_by_calls


def test_who_tries_things_after_a_hang_is_given_the_time_for_it() -> None:
    for hazard, calls in WATCHED.items():
        limited = any(ast.unparse(call.func) == "watch.wait" for call in calls)
        assert hazard.patience_s >= (2 * HANG_S if limited else HANG_S), hazard.name


# Whether a pair is tried


def body(mp: object, watch: object) -> None:
    """What is run does not matter here."""


def made(styles: dict[str, Callable[..., None]] | None = None, **more: Any) -> Hazard:
    return Hazard(title="It", question=" Is it?\n", group="what travels", styles=styles or {"workers": body}, **more)


def backend(style: str = "workers", **more: Any) -> Backend:
    return Backend("shop.retail", label="the shop", library="shop", style=style, **more)


@pytest.mark.parametrize(
    ("hazard", "other", "python", "reason"),
    [
        (made(), backend(), (3, 10), None),
        (made(), backend(since=(3, 14)), (3, 14), None),
        (made(), backend(since=(3, 14)), (3, 9), "needs Python 3.14; this is 3.9"),
        (made(absent={"actors": "why"}), backend("actors", since=(3, 14)), (3, 13), "needs Python 3.14; this is 3.13"),
        (made(absent={"actors": "why"}, needs=["a"]), backend("actors"), (3, 14), "why"),
        (made(absent={"shop": "of it", "actors": "why"}), backend("actors"), (3, 14), "of it"),
        (made(absent={"workers": "why"}), backend(), (3, 14), None),
        (made(), backend("actors"), (3, 14), "It has no body for actors backends"),
        (made(needs=["b", "a"]), backend(lacks={"b": "no b"}), (3, 14), "the shop does not offer a"),
        (made(needs=["b", "a"]), backend(offers=["a"], lacks={"b": "no b"}), (3, 14), "no b"),
        (made(needs=["b", "a"]), backend(offers=["a", "b"]), (3, 14), None),
    ],
)
def test_the_first_reason_that_a_reader_can_do_something_about_is_told(
    hazard: Hazard, other: Backend, python: tuple[int, int], reason: str | None
) -> None:
    assert untried(hazard, other, python) == reason


@settings(deadline=None)
@given(st.sets(st.sampled_from(["shop.retail", "shop", "workers", "other"])))
def test_what_is_declared_most_closely_counts_even_if_it_is_nothing(keys: set[str]) -> None:
    closest = next((key for key in ("shop.retail", "shop", "workers") if key in keys), None)
    assert declared_for(backend(), {key: key for key in keys}) == closest
    assert declared_for(backend(), dict.fromkeys(keys, "")) == ("" if closest else None)


# The watch


@pytest.fixture
def told(capfd: pytest.CaptureFixture[str]) -> Callable[[], Trace]:
    return lambda: Trace(capfd.readouterr().out)


class Unwell(Exception):
    """An exception of a module of its own."""


def fail(*arguments: object, **named: object) -> None:
    try:
        int("x")
    except ValueError as error:
        raise Unwell(*arguments, *named.values()) from error


def test_what_a_call_raised_is_kept_until_the_next_call(told: Callable[[], Trace]) -> None:
    watch = Watch()
    assert watch.call("fail", fail, "why", last="so") is None
    assert isinstance(watch.raised, Unwell)
    [(kind, message, cause, traceback)] = told().values("raised")
    assert (kind, message, cause) == (f"{__name__}.Unwell", "('why', 'so')", "ValueError")
    assert traceback.index("ValueError: ") < traceback.rindex("Unwell: ")
    assert watch.afterwards("count", abs, -1) == 1
    assert watch.raised is None
    assert [event.event for event in told().events] == ["calling afterwards", "returned"]


def test_what_an_exception_came_upon_is_not_its_cause(told: Callable[[], Trace]) -> None:
    def stumble() -> None:
        try:
            int("x")
        except ValueError:
            raise Unwell  # noqa: B904 - that is what is asked for

    Watch().call("stumble", stumble)
    assert told().values("raised")[0][2] == ""


def test_only_what_outlasts_its_limit_is_said_to_hang(told: Callable[[], Trace]) -> None:
    limits = list[float]()
    watch = Watch()
    assert watch.wait("get", lambda limit: limits.append(limit) or "it") == "it"
    watch.wait("get", lambda limit: fail())
    assert (limits, told().all("hung")) == ([HANG_S], [])


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit, GeneratorExit])
def test_even_what_ends_a_program_is_told_and_does_not_end_the_body(
    error: type[BaseException], told: Callable[[], Trace]
) -> None:
    def end() -> None:
        raise error

    Watch().call("end", end)
    assert told().values("raised")[0][0] == error.__name__


def test_a_long_story_is_cut_and_stays_one_event(told: Callable[[], Trace]) -> None:
    watch, long = Watch(), "\n\t" * declaring.LONGEST_TEXT
    watch.finds("loses data", long)
    watch.answers("a copy", long)
    watch.call("read", lambda: long)
    watch.call("fail", fail, long)
    trace = told()
    assert trace.printed == []
    cut = [trace.values("found")[0][1], trace.values("answered")[0][1], trace.values("returned")[0]]
    assert [len(text) for text in (*cut, trace.values("raised")[0][1])] == [declaring.LONGEST_TEXT] * 4

"""Is a pair of a scenario and a backend answered, and if not, is the first reason told that a reader can do something about?"""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backends import Backend
from busy import on_a_busy_machine_too
from study.scenario import Load, Scenario, body_of, suspicion, unanswered

Body = Callable[[object, object], None]
NEW = (3, 15)
BEHAVIOURS = ["pipe", "queues", "submit"]


def body(mp: object, stopwatch: object) -> None:
    """What is run does not matter here."""


def other(mp: object, stopwatch: object) -> None:
    """A body that is not the one above."""


def scenario(
    styles: dict[str, Body] | None = None, absent: dict[str, str] | None = None, needs: "list[str] | None" = None
) -> Scenario:
    made = Scenario(
        section="",
        title="Made up",
        question="  Is it so?\n",
        unit="lap",
        headline="lap",
        styles={"workers": body} if styles is None else styles,
        absent=absent,
        needs=needs or [],
        loads=lambda cpus: [],
        check=lambda trace, offers, arguments: None,
    )
    made.name = "made_up"
    return made


def backend(style: str = "workers", **more: object) -> Backend:
    return Backend("shop", label="the shop", library="shop", style=style, **more)  # type: ignore[arg-type]


def test_a_pair_with_a_body_and_nothing_lacking_is_answered() -> None:
    assert unanswered(scenario(needs=["queues"]), backend(offers=["queues", "pipe"]), NEW) is None


@pytest.mark.parametrize(
    ("python", "reason"),
    [((3, 13), "needs Python 3.14; this is 3.13"), ((3, 14), None), ((3, 15), None), ((4, 0), None)],
)
def test_a_library_that_came_later_names_the_python_it_came_with(python: tuple[int, int], reason: str | None) -> None:
    assert unanswered(scenario(), backend(since=(3, 14)), python) == reason


def test_a_style_without_a_body_is_answered_with_the_scenarios_sentence() -> None:
    sentence = "one thread works alone: there is nobody to lock out"
    assert unanswered(scenario(absent={"serial": sentence}), backend("serial"), NEW) == sentence


def test_a_style_nobody_thought_of_still_gets_a_sentence() -> None:
    assert unanswered(scenario(), backend("actors"), NEW) == "Made up has no body for actors backends"


def test_a_behaviour_that_is_lacking_is_answered_with_the_backends_sentence() -> None:
    lacking = backend(lacks={"pipe": "an executor hands results back through futures"})
    assert unanswered(scenario(needs=["pipe"]), lacking, NEW) == "an executor hands results back through futures"


def test_a_behaviour_of_which_a_backend_says_nothing_still_gets_a_sentence() -> None:
    assert unanswered(scenario(needs=["pipe"]), backend(), NEW) == "the shop does not offer pipe"


def test_a_behaviour_that_came_later_names_the_python_it_came_with() -> None:
    young = backend(offers=["pipe"], offered_since={"pipe": (3, 11)})
    assert unanswered(scenario(needs=["pipe"]), young, (3, 10)) == "pipe: needs Python 3.11; this is 3.10"
    assert unanswered(scenario(needs=["pipe"]), young, (3, 11)) is None


def test_a_load_may_need_more_than_its_scenario() -> None:
    plain = backend(offers=["queues"])
    assert unanswered(scenario(needs=["queues"]), plain, NEW) is None
    assert unanswered(scenario(needs=["queues"]), plain, NEW, ["pipe"]) == "the shop does not offer pipe"


def test_an_old_python_is_told_before_a_missing_body_and_that_before_a_missing_behaviour() -> None:
    young, empty = backend(since=(3, 14)), scenario(styles={}, needs=["pipe"])
    assert unanswered(empty, young, (3, 13)) == "needs Python 3.14; this is 3.13"
    assert unanswered(empty, young, (3, 14)) == "Made up has no body for workers backends"


@on_a_busy_machine_too
@given(st.sets(st.sampled_from(BEHAVIOURS)), st.sets(st.sampled_from(BEHAVIOURS)), st.sets(st.sampled_from(BEHAVIOURS)))
def test_a_pair_is_answered_exactly_when_all_that_is_needed_is_offered(
    needs: set[str], more: set[str], offers: set[str]
) -> None:
    reason = unanswered(scenario(needs=sorted(needs)), backend(offers=offers), NEW, more)
    assert (reason is None) == (needs | more <= offers)


@on_a_busy_machine_too
@given(st.permutations(BEHAVIOURS))
def test_of_several_reasons_the_same_one_is_told_each_time(needs: list[str]) -> None:
    assert unanswered(scenario(needs=needs), backend(), NEW) == "the shop does not offer pipe"


def test_a_library_that_fits_no_style_brings_a_body_of_its_own() -> None:
    special = backend("actors", own={"made_up": other})
    assert body_of(scenario(), special) is other
    assert unanswered(scenario(), special, NEW) is None


def test_a_body_of_its_own_comes_before_the_one_of_the_style() -> None:
    assert body_of(scenario(), backend(own={"made_up": other})) is other
    assert body_of(scenario(), backend(own={"another": other})) is body


def test_a_known_defect_is_told_where_the_scenario_needs_what_has_it() -> None:
    doubtful = backend(suspects={"recycled workers": "it deadlocks (gh-1)"})
    assert suspicion(scenario(needs=["recycled workers"]), doubtful) == "it deadlocks (gh-1)"
    assert suspicion(scenario(needs=["queues"]), doubtful) is None
    assert suspicion(scenario(needs=["recycled workers"]), backend()) is None


def test_a_question_is_shown_without_the_blanks_of_a_docstring() -> None:
    assert scenario().question == "Is it so?"


def test_a_load_is_written_as_its_factors_in_the_order_in_which_they_were_given() -> None:
    load = Load(headline=True, needs=["pipe"], channel="Pipe", payload=64, share=0.5)
    assert str(load) == "channel=Pipe,payload=64,share=0.5"
    assert str(Load()) == ""

"""A journal may name what is not installed here: it is shown by its own name, and nothing of it is trusted."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

import backends
from busy import on_a_busy_machine_too
from journals import HOSTILE
from study import installed, scenarios
from study.notation import CONTROL

UNKNOWN = "no.such.thing"


def test_a_backend_is_called_by_its_label_and_a_stranger_by_its_name() -> None:
    assert installed.label("processes.spawn") == "multiprocessing (spawn)"
    assert installed.label(UNKNOWN) == UNKNOWN


def test_a_scenario_of_the_document_is_headed_by_its_section_and_a_cost_is_not() -> None:
    assert installed.title("lock") == "§4 Lock"
    assert installed.title("startup") == "Start-up"
    assert installed.title(UNKNOWN) == UNKNOWN


def test_what_is_not_known_of_a_stranger_is_said_and_not_made_up() -> None:
    assert installed.question("lock") == scenarios.find("lock").question
    assert "not installed here" in installed.question(UNKNOWN)
    assert (installed.headline("lock"), installed.headline(UNKNOWN)) == ("acquire + release", None)
    assert (installed.unit("lock"), installed.unit(UNKNOWN)) == ("acquire + release, two workers", "operation")


@pytest.mark.parametrize("shown", [installed.label, installed.title])
def test_a_strangers_name_is_shown_short_and_without_hidden_characters(shown: Callable[[str], str]) -> None:
    assert not CONTROL.search(shown(HOSTILE))
    assert len(shown("x" * 1000)) <= 80


def test_every_installed_thing_is_known_in_the_order_in_which_it_is_listed() -> None:
    assert list(installed.known_backends()) == [*backends.names(), *(floor.name for floor in backends.floors())]
    assert list(installed.known_scenarios()) == scenarios.names()


def test_every_headline_cost_is_a_scenario_and_none_of_the_document() -> None:
    assert not [name for name in installed.COSTS if scenarios.find(name).section]


def test_the_baseline_is_the_backend_without_concurrency() -> None:
    assert installed.baselines() == {"serial"}


@on_a_busy_machine_too
@given(st.lists(st.sampled_from("abcdefgh")), st.permutations("abcde"))
def test_what_is_known_comes_first_in_its_order_and_the_others_by_name(names: list[str], known: list[str]) -> None:
    ordered = installed.in_order(names, known)
    assert sorted(ordered) == sorted(set(names))
    ours = [name for name in ordered if name in known]
    assert ordered[: len(ours)] == ours == sorted(ours, key=known.index)
    assert ordered[len(ours) :] == sorted(ordered[len(ours) :])


@on_a_busy_machine_too
@given(st.data(), st.lists(st.sampled_from("abcdefgh")))
def test_the_order_in_which_names_are_met_changes_nothing(data: st.DataObject, names: list[str]) -> None:
    assert installed.in_order(data.draw(st.permutations(names)), "dcba") == installed.in_order(names, "dcba")

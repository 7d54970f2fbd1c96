"""Does each scenario's check accept what really happened, and refuse a story in which one thing went wrong?

The true story of each scenario is told by a real child. A damage is a small change of it that a broken library could
cause; each has to be refused with a sentence. What may be missing from a story without harm is listed with the reason.
"""

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import backends
from damages import BY_CHANCE, DAMAGES, HARMLESS, ONE_LOST, ONLY_WORKERS
from stories import STORIES, Story, judge, tellers, told
from study import scenarios

EVERY_DAMAGE = [
    pytest.param(scenario, backend, damage, id=f"{scenario}-{backend}-{name}")
    for scenario, backend in STORIES
    for name, damage in DAMAGES[scenario]
    if name not in ONLY_WORKERS or backends.find(backend).style == "workers"
]


def test_every_scenario_has_its_damages():
    assert set(DAMAGES) == set(scenarios.names())
    assert all(len({name for name, _ in damages}) == len(damages) >= 3 for damages in DAMAGES.values())


@pytest.mark.parametrize(("scenario", "backend"), STORIES)
def test_a_true_story_is_accepted(scenario, backend):
    text, arguments = told(scenario, backend)
    assert judge(scenario, backend, text, arguments) is None
    assert Story(text).text() == text.rstrip("\n")


@pytest.mark.parametrize(("scenario", "backend", "damage"), EVERY_DAMAGE)
def test_a_damaged_story_is_refused_with_a_sentence(scenario, backend, damage):
    text, arguments = told(scenario, backend)
    story = Story(text)
    damage(story)
    assert story.text() != Story(text).text()
    sentence = judge(scenario, backend, story.text(), arguments)
    assert sentence is not None
    assert len(sentence.split()) >= 4
    assert not re.search(r"[{}]|\n|^\s|\s$", sentence.replace("{0: 0", ""))


def unnoticed_without(scenario, backend):
    """The events of which one can be missing and the story is still accepted."""
    text, arguments = told(scenario, backend)
    lines = text.splitlines()
    return {
        line.split("\t")[4]
        for number, line in enumerate(lines)
        if not line.endswith("\tcounted\t0")  # a worker that found nothing to do counts nothing
        and judge(scenario, backend, "\n".join(lines[:number] + lines[number + 1 :]), arguments) is None
    }


@pytest.mark.parametrize(("scenario", "backend"), STORIES)
def test_any_one_event_that_is_missing_is_noticed_or_known_to_be_harmless(scenario, backend):
    assert unnoticed_without(scenario, backend) <= set(HARMLESS.get(scenario, {}))


@pytest.mark.parametrize("scenario", HARMLESS)
def test_what_is_known_to_be_harmless_is_not_noticed(scenario):
    """Otherwise the list would excuse what the check does notice."""
    unnoticed = set().union(*(unnoticed_without(scenario, backend) for backend in tellers(scenario)))
    assert unnoticed | BY_CHANCE >= set(HARMLESS[scenario])


@pytest.mark.parametrize("scenario", scenarios.names())
def test_an_empty_story_is_refused(scenario):
    backend = tellers(scenario)[0]
    _, arguments = told(scenario, backend)
    assert judge(scenario, backend, "", arguments)
    assert judge(scenario, backend, "Traceback (most recent call last):\nRuntimeError", arguments)


on_a_busy_machine_too = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
COUNTING = [scenario for scenario, damages in DAMAGES.items() if ONE_LOST in damages]


@on_a_busy_machine_too
@given(scenario=st.sampled_from(COUNTING), count=st.integers(-10, 10**6))
def test_no_other_count_than_the_right_one_is_accepted(scenario, count):
    text, arguments = told(scenario, "threads")
    story = Story(text)
    right = eval(story.find("counted")[5])
    story.value("counted", count)
    assert (judge(scenario, "threads", story.text(), arguments) is None) == (count == right)


@on_a_busy_machine_too
@given(told_by=st.sampled_from(STORIES), data=st.data())
def test_the_order_of_the_lines_does_not_matter(told_by, data):
    """Workers write when they can; the times decide."""
    text, arguments = told(*told_by)
    lines = data.draw(st.permutations(text.splitlines()))
    assert judge(*told_by, "\n".join(lines), arguments) is None


@on_a_busy_machine_too
@given(told_by=st.sampled_from(STORIES), shift_ns=st.integers(-(10**6), 10**15))
def test_the_time_of_day_does_not_matter(told_by, shift_ns):
    if told_by[0] in ("startup", "imports", "parent_memory"):
        return  # their events hold times
    text, arguments = told(*told_by)
    story = Story(text)
    for line in story.lines:
        line[0] = int(line[0]) + shift_ns
    assert judge(*told_by, story.text(), arguments) is None


@pytest.mark.parametrize(
    ("teller", "judged_as"), [("threads", "processes.fork"), ("processes.fork", "threads")], ids=["thread", "process"]
)
@pytest.mark.parametrize("scenario", ["queue", "namespace_in_place"])
def test_where_threads_and_processes_should_differ_one_is_not_taken_for_the_other(scenario, teller, judged_as):
    text, arguments = told(scenario, teller)
    assert judge(scenario, judged_as, text, arguments)

"""The report's sections: which questions there are, in which order, and what stands under each."""

import shlex

import msgspec
import pytest

from journals import absent, full, journal, measured, planned
from study import cli, installed, sections
from study.charts import CHARTS
from study.plan import PROFILES, matcher
from study.sections import Section
from study.tables import Results, results


@pytest.fixture(scope="module")
def whole() -> Results:
    return results([full(PROFILES["quick"])])


def named(found: list[Section]) -> list[str]:
    return [section.scenario for section in found]


def test_costs_and_documents_together_are_every_scenario_once(whole: Results) -> None:
    every = named(sections.costs(whole)) + named(sections.documents(whole))
    assert sorted(every) == sorted(installed.known_scenarios())


def test_the_headline_costs_come_in_the_order_of_the_page(whole: Results) -> None:
    assert named(sections.costs(whole))[: len(installed.COSTS)] == list(installed.COSTS)


def test_the_documents_scenarios_come_in_its_order_and_a_stranger_last() -> None:
    plan = [planned(f"{name}/threads", width=2) for name in ("zebra", "pool", "lock", "aardvark")]
    assert named(sections.documents(results([journal(plan, [])]))) == ["lock", "pool", "aardvark", "zebra"]


def test_a_scenario_that_is_not_in_the_run_has_no_section() -> None:
    found = results([journal([planned("lock/threads", width=2)], [])])
    assert sections.costs(found) == []
    assert named(sections.documents(found)) == ["lock"]


def test_a_scenario_that_is_nowhere_offered_has_its_section_all_the_same() -> None:
    found = results([journal([], [], [absent("latency/serial", "nobody to ask", samples=100)])])
    (section,) = sections.costs(found)
    assert section.scenario == "latency"
    assert section.sources == ()


def test_a_section_asks_its_scenarios_question_under_its_title(whole: Results) -> None:
    for section in [*sections.costs(whole), *sections.documents(whole)]:
        assert section.title == installed.title(section.scenario)
        assert section.question == installed.question(section.scenario)
        assert section.question.endswith("?")


def test_each_chart_belongs_to_the_section_of_its_scenario_and_no_chart_is_left_over(whole: Results) -> None:
    shown = {section.scenario: section.charts for section in [*sections.costs(whole), *sections.documents(whole)]}
    assert {name for name, charts in shown.items() if charts} == {chart.scenario for chart in CHARTS.values()}
    assert sorted(chart.name for charts in shown.values() for chart in charts) == sorted(CHARTS)


def test_every_headline_cost_says_what_its_numbers_do_not(whole: Results) -> None:
    for section in sections.costs(whole)[: len(installed.COSTS)]:
        assert section.limits.endswith(".")


def test_a_line_that_measured_several_laps_is_named_once_with_all_of_them() -> None:
    cell = planned("startup/threads", form="worker", width=1)
    row = measured(cell, 1, {"cold ready": [0.1], "cold call": [0.1], "cold round trip": [0.1]})
    laps = [
        msgspec.structs.replace(lap, source=f"study/scenarios/startup.py:{9 if i else 4}")
        for i, lap in enumerate(row.laps)
    ]
    (section,) = sections.costs(results([journal([cell], [msgspec.structs.replace(row, laps=laps)])]))
    assert section.sources == (
        "study/scenarios/startup.py:4 (cold ready)",
        "study/scenarios/startup.py:9 (cold call, cold round trip)",
    )


@pytest.mark.parametrize("scenario", installed.known_scenarios())
def test_a_command_is_one_that_a_shell_takes_apart_as_it_is_meant(scenario: str) -> None:
    by_pytest, by_study = sections.commands(scenario)
    assert shlex.split(by_pytest)[:2] == ["pytest", "--benchmark-only"]
    options = cli._parser().parse_args(shlex.split(by_study)[3:])
    wanted = matcher(options.select)
    assert [name for name in installed.known_scenarios() if wanted(f"{name}/threads/width=2")] == [scenario]
    assert shlex.split(by_pytest)[-1] == options.select


@pytest.mark.parametrize("stranger", ["", "lock; rm -rf ~", 'x"; rm -rf ~; "', "$(id)", "lock "])
def test_a_strangers_name_becomes_no_command(stranger: str) -> None:
    assert sections.commands(stranger) == ()

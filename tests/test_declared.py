"""Is what scenarios and backends declare unique, in order and complete, so that no pair is silently absent?"""

import ast
import importlib
import inspect
import itertools
import pkgutil
import re
import string

import pytest

import backends
from study import scenarios
from study.plan import PROFILES, cell_name, every_cell, make_plan
from study.scenario import body_of, unanswered

DOCUMENT = {
    "1": "queue",
    "2": "joinable_queue",
    "3": "event",
    "4": "lock",
    "5": "condition",
    "6": "semaphore",
    "7": "manager",
    "8": "namespace",
    "8b": "namespace_in_place",
    "9": "pool",
    "9b": "pool_recycling",
}
HEADLINE_COSTS = ["latency", "scaling", "startup", "throughput"]
BACKENDS = [
    "serial",
    "threads",
    "processes.fork",
    "processes.spawn",
    "processes.forkserver",
    "executors.thread",
    "executors.fork",
    "executors.spawn",
    "executors.forkserver",
    "executors.interpreter",
]
STYLES = ("workers", "executor", "serial")
PYTHONS = [(3, minor) for minor in range(10, 16)]
LAPS = ("stopwatch", "stopwatch.note", "stopwatch.count")
PLACEHOLDERS = {"actor", "value", "pid", "thread"}  # of an event, in the words of a transcript

# The study's own: what an installed package adds is tested where it is made.
EVERY_SCENARIO = scenarios.every()
OWN_BACKENDS = [backend for backend in backends.every() if backend.name in BACKENDS]
for_each_scenario = pytest.mark.parametrize("scenario", EVERY_SCENARIO, ids=lambda scenario: scenario.name)
for_each_backend = pytest.mark.parametrize("backend", OWN_BACKENDS, ids=lambda backend: backend.name)
for_each_python = pytest.mark.parametrize("python", PYTHONS, ids=lambda python: f"{python[0]}.{python[1]}")


def amiss(sentence):
    """What keeps this text from being a sentence that can be shown as it is; None if it is one."""
    complaints = {
        "is not text": not isinstance(sentence, str),
        "has no more than a word or two": len(str(sentence).split()) < 3,
        "has spaces or lines too many": " ".join(str(sentence).split()) != sentence,
        "ends in the middle": re.search(r"([,;:({\[&–-]|\b(a|an|and|because|or|the))$", str(sentence)),
        "leaves a bracket open": any(
            str(sentence).count(left) != str(sentence).count(right) for left, right in ("()", "[]", "{}")
        ),
        "holds what should have been filled in": re.search(r"[{}]|%s|\bNone\b|TODO|XXX|<[\w.]+ ", str(sentence)),
    }
    return next((complaint for complaint, is_so in complaints.items() if is_so), None)


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "   ",
        "no queue",
        "it has no queue,",
        "it has no queue because",
        "it has no  queue",
        "it has no\nqueue",
        " it has no queue",
        "it has no queue (TypeError",
        "needs Python {since}; this is older",
        "None has no queue",
    ],
)
def test_what_is_no_sentence_is_found_out(text):
    assert amiss(text)


def test_each_section_of_the_document_has_its_scenario_in_the_documents_order():
    costs = sorted(scenario.name for scenario in EVERY_SCENARIO if not scenario.section)
    assert {scenario.section: scenario.name for scenario in EVERY_SCENARIO if scenario.section} == DOCUMENT
    assert [scenario.name for scenario in EVERY_SCENARIO] == [*DOCUMENT.values(), *costs]
    assert set(costs) >= set(HEADLINE_COSTS)
    assert scenarios.names() == [scenario.name for scenario in EVERY_SCENARIO]


def test_the_backends_are_the_announced_ones_plainest_first():
    assert [backend.name for backend in OWN_BACKENDS] == BACKENDS
    assert backends.names()[: len(BACKENDS)] == BACKENDS


@pytest.mark.parametrize("attribute", ["title", "question", "check"])
def test_no_two_scenarios_share_a_title_a_question_or_a_check(attribute):
    values = [getattr(scenario, attribute) for scenario in EVERY_SCENARIO]
    assert len(set(values)) == len(values)


@pytest.mark.parametrize("attribute", ["name", "label"])
def test_no_two_backends_share_a_name_or_a_label(attribute):
    assert len({getattr(backend, attribute) for backend in OWN_BACKENDS}) == len(OWN_BACKENDS) == 10


@pytest.mark.parametrize("file", sorted(module.name for module in pkgutil.iter_modules(backends.__path__)))
def test_a_variant_is_named_by_its_file_and_what_varies(file):
    variants = importlib.import_module(f"backends.{file}").BACKENDS
    names = [backend.name for backend in variants]
    assert len(set(names)) == len(names) > 0
    assert names == [file] or all(re.fullmatch(rf"{file}\.[a-z][a-z0-9_]*", name) for name in names)


@for_each_scenario
def test_a_scenario_is_found_by_the_name_of_its_file(scenario):
    assert scenarios.find(scenario.name) is scenario
    assert inspect.getfile(scenario.check).endswith(f"scenarios/{scenario.name}.py")


@for_each_backend
def test_a_backend_is_found_by_its_name(backend):
    assert backends.find(backend.name).name == backend.name
    assert backend.style in STYLES


@pytest.mark.parametrize("find", [scenarios.find, backends.find])
@pytest.mark.parametrize("name", ["", "nothing", "lock2", "threads.nothing", "os", "..", "a b"])
def test_a_name_that_does_not_exist_is_answered_with_those_that_do(find, name):
    with pytest.raises(LookupError, match=r"there is no (scenario|backend) .*; there are: .*(queue|serial), "):
        find(name)


def test_a_file_that_is_no_scenario_is_said_to_be_none():
    with pytest.raises(LookupError, match="has no SCENARIO: a file in that folder is one scenario"):
        scenarios.find("__init__")


@for_each_scenario
def test_a_question_is_one_line_that_asks(scenario):
    assert scenario.question.endswith("?")
    assert "\n" not in scenario.question
    assert not amiss(scenario.question)


@for_each_scenario
def test_a_style_has_a_body_or_a_sentence_why_not_and_never_both(scenario):
    floors = {floor.name for floor in backends.floors()}
    assert (set(scenario.styles) | set(scenario.absent)) - floors == set(STYLES)
    assert not set(scenario.styles) & set(scenario.absent)
    assert {style: amiss(sentence) for style, sentence in scenario.absent.items() if amiss(sentence)} == {}


@for_each_scenario
def test_a_defect_is_a_sentence_and_belongs_to_a_program_as_written(scenario):
    assert (scenario.as_written is None) == (scenario.defect == "")
    assert not scenario.defect or not amiss(scenario.defect)


@for_each_backend
def test_what_a_backend_lacks_it_does_not_offer_and_says_why_in_a_sentence(backend):
    assert not backend.offers & set(backend.lacks)
    assert {behaviour: amiss(sentence) for behaviour, sentence in backend.lacks.items() if amiss(sentence)} == {}
    assert {behaviour: amiss(sentence) for behaviour, sentence in backend.suspects.items() if amiss(sentence)} == {}
    assert set(backend.offered_since) <= backend.offers | set(backend.lacks)


@for_each_backend
def test_every_behaviour_that_is_needed_somewhere_is_offered_or_has_its_sentence(backend):
    needed = {behaviour for scenario in EVERY_SCENARIO for behaviour in needs_of(scenario)}
    assert needed
    assert needed - backend.offers - set(backend.lacks) == set()


@for_each_backend
def test_backends_speak_of_the_same_behaviours(backend):
    spoken_of = {behaviour for other in OWN_BACKENDS for behaviour in other.offers | set(other.lacks)}
    assert spoken_of == backend.offers | set(backend.lacks)


def needs_of(scenario):
    return scenario.needs.union(*(load.needs for load in scenario.loads(4)))


@for_each_python
@pytest.mark.parametrize("cpus", [1, 2, 6])
def test_every_cell_is_planned_or_says_in_a_sentence_why_not(python, cpus):
    plan = make_plan(PROFILES["rigorous"], python, cpus, seed=7)
    every = [cell_name(*cell) for cell in every_cell(cpus, "full")]
    assert len(set(every)) == len(every)
    assert sorted([*(cell.cell for cell in plan.cells), *(cell.cell for cell in plan.absent)]) == sorted(every)
    assert {cell.cell: amiss(cell.reason) for cell in plan.absent if amiss(cell.reason)} == {}


@for_each_python
def test_every_scenario_meets_every_backend(python):
    plan = make_plan(PROFILES["smoke"], python, 2, seed=7)
    met = {(cell.scenario, cell.backend) for cell in (*plan.cells, *plan.absent)}
    assert met >= set(itertools.product(scenarios.names(), BACKENDS))


@pytest.mark.parametrize("backend", [name for name in BACKENDS if name != "serial"])
def test_the_newest_python_answers_every_scenario_of_the_document_but_recycling(backend):
    found = backends.find(backend)
    without = [name for name in DOCUMENT.values() if unanswered(scenarios.find(name), found, (3, 15))]
    assert set(without) <= {"pool_recycling"}


def test_pythons_before_a_library_or_a_behaviour_are_told_which_one_they_need():
    interpreter, spawn = backends.find("executors.interpreter"), backends.find("executors.spawn")
    assert unanswered(scenarios.find("lock"), interpreter, (3, 13)) == "needs Python 3.14; this is 3.13"
    assert unanswered(scenarios.find("lock"), interpreter, (3, 14)) is None
    reason = unanswered(scenarios.find("pool_recycling"), spawn, (3, 10))
    assert reason == "recycled workers: needs Python 3.11; this is 3.10"
    assert unanswered(scenarios.find("pool_recycling"), spawn, (3, 11)) is None


@for_each_scenario
def test_a_headline_cost_has_headline_cells_and_a_scenario_of_the_document_has_none(scenario):
    headlines = [load for load in scenario.loads(2) if load.headline]
    assert not (scenario.section and headlines)
    assert headlines or scenario.name not in ("startup", "throughput", "scaling")
    assert not any(load.headline and load.full_grid for load in scenario.loads(2))


@pytest.mark.parametrize("cost", ["startup", "throughput", "scaling"])
@pytest.mark.parametrize("backend", BACKENDS)
def test_every_headline_cost_has_a_headline_cell_on_every_backend_that_can_answer(backend, cost):
    plan = make_plan(PROFILES["smoke"], (3, 15), 2, seed=7)
    headlines = {(cell.scenario, cell.backend) for cell in plan.cells if cell.headline}
    assert (cost, backend) in headlines or (backend == "serial" and cost != "scaling")


@for_each_scenario
@pytest.mark.parametrize("cpus", [1, 2, 3, 64])
def test_loads_differ_are_plainest_first_and_name_the_same_factors(scenario, cpus):
    loads = scenario.loads(cpus)
    assert len({str(load) for load in loads}) == len(loads) > 0
    assert len({tuple(load.factors) for load in loads}) == 1
    assert not loads[0].full_grid


@for_each_scenario
def test_the_text_of_a_load_can_be_a_part_of_a_name(scenario):
    assert all(re.fullmatch(r"[a-z_]+=[\w.]+(,[a-z_]+=[\w.]+)*", str(load)) for load in scenario.loads(4))


@for_each_scenario
def test_every_factor_of_a_load_is_an_argument_of_a_body_or_a_description_of_it(scenario):
    """`width` may be fixed by the scenario itself; every other factor has to reach a body."""
    taken = {name for body in scenario.styles.values() for name in arguments_of(body)}
    assert {name for load in scenario.loads(4) for name in load.factors} - {"width"} <= taken


def arguments_of(body):
    return body.__code__.co_varnames[: body.__code__.co_argcount]


@for_each_scenario
def test_every_body_takes_the_library_the_stopwatch_and_rounds_and_has_a_default_for_the_rest(scenario):
    bodies = [*scenario.styles.values(), *filter(None, [scenario.as_written])]
    for body in bodies:
        parameters = list(inspect.signature(body).parameters.values())
        assert [parameter.name for parameter in parameters[:2]] == ["mp", "stopwatch"]
        assert "rounds" in arguments_of(body)
        assert all(parameter.default is not inspect.Parameter.empty for parameter in parameters[2:])


@for_each_scenario
def test_operations_are_an_argument_of_every_body_exactly_where_they_are_calibrated(scenario):
    assert {"operations" in arguments_of(body) for body in scenario.styles.values()} == {scenario.calibrated}


@for_each_scenario
def test_the_documents_arguments_are_arguments_of_a_body(scenario):
    taken = {name for body in scenario.styles.values() for name in arguments_of(body)}
    assert set(scenario.document) <= taken


@for_each_scenario
def test_every_body_takes_the_headline_lap(scenario):
    functions = {
        node.name: node
        for node in ast.parse(inspect.getsource(inspect.getmodule(scenario.check))).body
        if isinstance(node, ast.FunctionDef)
    }
    for style, body in scenario.styles.items():
        patterns = [pattern for name in reached(body.__name__, functions) for pattern in laps_of(functions[name])]
        assert any(re.fullmatch(pattern, scenario.headline) for pattern in patterns), f"{style}: {patterns}"


def reached(name, functions):
    """The functions of the file that are called, or handed on, from the one of that name."""
    found, new = set(), {name}
    while new:
        found |= new
        mentioned = {node.id for one in new for node in ast.walk(functions[one]) if isinstance(node, ast.Name)}
        new = (mentioned & functions.keys()) - found
    return found


def laps_of(function):
    """A pattern for the name of each lap that the function times or notes."""
    for node in ast.walk(function):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in LAPS:
            parts = node.args[0].values if isinstance(node.args[0], ast.JoinedStr) else [node.args[0]]
            yield "".join(re.escape(part.value) if isinstance(part, ast.Constant) else ".+" for part in parts)


def events_of(scenario):
    """The events that the scenario's file says."""
    tree = ast.parse(inspect.getsource(inspect.getmodule(scenario.check)))
    return {
        node.args[1].value for node in ast.walk(tree) if isinstance(node, ast.Call) and ast.unparse(node.func) == "say"
    }


@for_each_scenario
def test_every_word_is_for_an_event_that_is_said_and_can_be_filled_in(scenario):
    assert set(scenario.words) <= events_of(scenario)
    for template in scenario.words.values():
        used = {field for _, field, _, _ in string.Formatter().parse(template) if field is not None}
        assert used <= PLACEHOLDERS
        assert template.format(actor="worker", value=[1], pid=1, thread=2).strip()


@for_each_scenario
def test_a_scenario_of_the_document_has_words_and_what_was_printed_and_a_cost_has_neither(scenario):
    assert bool(scenario.words) == bool(scenario.printed) == bool(scenario.section)


@for_each_scenario
def test_every_event_that_a_check_looks_for_is_one_that_is_said(scenario):
    source = ast.parse(inspect.getsource(scenario.check).strip())
    looked_for = {
        argument.value
        for node in ast.walk(source)
        if isinstance(node, ast.Call) and re.fullmatch(r"trace\.(all|one|values|spans|overlap)", ast.unparse(node.func))
        for argument in node.args[: 2 if node.func.attr in ("spans", "overlap") else 1]
    }
    assert looked_for <= events_of(scenario)


@for_each_scenario
def test_a_body_is_the_one_of_the_backends_style(scenario):
    for backend in OWN_BACKENDS:
        assert body_of(scenario, backend) is scenario.styles.get(backend.style)

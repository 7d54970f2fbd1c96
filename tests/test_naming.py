"""What a body calls by a name of `mp` is written as the library calls it, with the import it needs, and nothing else changes."""

import ast
from typing import NamedTuple

import pytest

import backends
from backends import Backend, Name
from study import naming, scenarios
from study.extraction import source_of
from study.rewriting import Code, Import, is_attribute
from study.scenario import Scenario, body_of, unanswered

STOPWATCH = Import("study.standalone", "stopwatch")
PRINT_TIME = Import("study.standalone", "print_time")


class Written(NamedTuple):
    text: str
    imports: set[Import]
    mp: str


def in_own_names(text: str, backend: Backend) -> Written:
    code = Code(text)
    named = naming.in_own_names(code, backend)
    return Written(code.edited(named.edits), named.imports, named.mp)


def library(context: str = "", **names: Name) -> Backend:
    """A backend with these names; a dot in one is written as two underscores."""
    table = {name.replace("__", "."): where for name, where in names.items()}
    return Backend("made.up", label="made up", library="made", style="workers", context=context, names=table)


@pytest.mark.parametrize(
    ("body", "written", "needed"),
    [
        ("mp.Queue()", "queue.Queue()", {Import("queue")}),
        ("use(mp.Queue)", "use(queue.Queue)", {Import("queue")}),
        ("x = mp.Queue, mp.Lock", "x = queue.Queue, threading.Lock", {Import("queue"), Import("threading")}),
        ("mp.Pool(2)", "multiprocessing.pool.ThreadPool(2)", {Import("multiprocessing.pool")}),
        ("mp.Dict()", "dict()", set()),
        ('"µ", mp.Queue', '"µ", queue.Queue', {Import("queue")}),
        ("mp.Queue().put(mp.Lock())", "queue.Queue().put(threading.Lock())", {Import("queue"), Import("threading")}),
        ("Queue(), x.mp.Queue", "Queue(), x.mp.Queue", set()),
        ('"mp.Queue"  # mp.Queue', '"mp.Queue"  # mp.Queue', set()),
    ],
)
def test_a_name_is_written_as_the_library_has_it(body: str, written: str, needed: set[Import]) -> None:
    own = library(
        Queue=Name("queue.Queue"),
        Lock=Name("threading.Lock"),
        Pool=Name("multiprocessing.pool.ThreadPool"),
        Dict=Name("dict"),
    )
    named = in_own_names(body, own)
    assert (named.text, named.imports) == (written, needed)


@pytest.mark.parametrize(
    "body",
    [
        "queue = 1\nmp.Queue()\n",
        "def f(queue): return mp.Queue()\n",
        "for queue in x: mp.Queue()\n",
        "def queue(): return mp.Queue()\n",
        "mp.Queue([queue for queue in x])\n",
    ],
    ids=["variable", "parameter", "loop", "function", "comprehension"],
)
def test_where_the_body_calls_something_like_the_module_the_name_is_imported_from_it(body: str) -> None:
    named = in_own_names(body, library(Queue=Name("queue.Queue")))
    assert named.text == body.replace("mp.Queue", "Queue")
    assert named.imports == {Import("queue", "Queue")}


def test_a_name_that_is_a_function_of_ours_is_carried_along_and_not_imported() -> None:
    named = in_own_names("mp.Executor(2)", library(Executor=Name("backends.executors.interpreter_pool")))
    assert named.text == "interpreter_pool(2)"
    assert [found.is_ours for found in named.imports] == [True]


def test_a_name_nobody_answers_for_is_an_error_that_says_where_to_add_it() -> None:
    with pytest.raises(ValueError, match=r"made\.up does not say what mp\.Queue is: add it to its table of names"):
        in_own_names("mp.Queue()", library())


def test_a_context_answers_for_every_name_that_is_not_in_the_table() -> None:
    own = library("spawn", Executor=Name("concurrent.futures.ProcessPoolExecutor"))
    named = in_own_names("mp.Queue(), mp.Executor()", own)
    assert named.text == "mp.Queue(), concurrent.futures.ProcessPoolExecutor()"
    assert named.imports == {Import("concurrent.futures")}


@pytest.mark.parametrize(
    ("call", "written"),
    [
        ("mp.Executor()", "Pool(mp_context=mp)"),
        ("mp.Executor(2)", "Pool(2, mp_context=mp)"),
        ("mp.Executor(max_workers=2)", "Pool(max_workers=2, mp_context=mp)"),
        ("mp.Executor(2, initializer=f)", "Pool(2, mp_context=mp, initializer=f)"),
        ("mp.Executor(max_workers=(2))", "Pool(max_workers=(2), mp_context=mp)"),
        ("mp.Executor(g(1), 2)", "Pool(g(1), 2, mp_context=mp)"),
        ("mp.Executor(*given)", "Pool(*given, mp_context=mp)"),
        ("mp.Executor(**given)", "Pool(**given, mp_context=mp)"),
        ("mp.Executor(\n    2,  # (\n    f=1,\n)", "Pool(\n    2, mp_context=mp,  # (\n    f=1,\n)"),
    ],
)
def test_an_argument_that_every_call_takes_stands_behind_the_first_that_may_be_followed(
    call: str, written: str
) -> None:
    named = in_own_names(call, library("spawn", Executor=Name("Pool", mp_context="mp")))
    assert named.text == written
    ast.parse(named.text)


def test_an_argument_that_is_another_name_of_the_library_is_written_as_that_and_imported() -> None:
    own = library(Thing=Name("elsewhere.Thing", made_of="Queue"), Queue=Name("queue.Queue"))
    named = in_own_names("mp.Thing(1)", own)
    assert named.text == "elsewhere.Thing(1, made_of=queue.Queue)"
    assert named.imports == {Import("elsewhere"), Import("queue")}


SPECIAL = library("spawn", Executor=Name("ours.special", alone="theirs.Pool"), Dict=Name("mp.dict"), Map=Name("map"))


@pytest.mark.parametrize(
    ("body", "written"),
    [
        ("mp.Executor(), mp.Map()", "theirs.Pool(), map()"),
        ("mp.Executor(), mp.Lock()", "ours.special(), mp.Lock()"),
        ("mp.Executor(), mp.Dict()", "ours.special(), mp.dict()"),
    ],
    ids=["alone", "beside the context", "beside a name of the context"],
)
def test_the_plain_library_does_as_long_as_the_code_asks_nothing_else_of_the_context(body: str, written: str) -> None:
    assert in_own_names(body, SPECIAL).text == written


@pytest.mark.parametrize(
    ("body", "called"),
    [
        ("mp.Lock()", "mp"),
        ("print(mp)", "mp"),
        ("mp.Executor()", "mp"),
        ("mp.Map()", ""),
        ("'mp'  # mp.Lock", ""),
        ("x.mp, f(mp=1)", ""),
    ],
)
def test_a_text_is_known_to_speak_of_its_context_or_not(body: str, called: str) -> None:
    own = library("spawn", Executor=Name("Pool", mp_context="mp"), Map=Name("map"))
    assert in_own_names(body, own).mp == called


@pytest.mark.parametrize(
    ("body", "written"),
    [
        ("def f(mp): mp.Lock()", "def f(manager): manager.Lock()"),
        ("def f(mp): mp.Lock(); g(mp=mp)", None),
        ("def f(mp, manager): mp.Lock()", None),
        (
            "def f(mp):\n    with mp.Manager() as manager:\n        manager.dict()\n",
            "def f(manager):\n    manager.dict()\n",
        ),
    ],
    ids=["free", "a keyword", "taken", "no longer taken"],
)
def test_a_manager_is_called_one_where_the_name_is_free(body: str, written: str | None) -> None:
    own = library("spawn", Manager__dict=Name("mp.dict"))
    own.managed = True
    named = in_own_names(body, own)
    assert (named.text, named.mp) == ((written, "manager") if written else (body, "mp"))


PLAIN = library(Manager__dict=Name("dict"), Manager__list=Name("list"))


def test_a_manager_whose_types_are_plain_ones_goes_with_its_block() -> None:
    body = (
        "def f(mp):\n"
        "    with mp.Manager() as manager:  # gone\n"
        "        shared = manager.dict()  # kept\n"
        "        if shared:\n"
        "            manager.list()\n"
        "    return 1\n"
    )
    named = in_own_names(body, PLAIN)
    assert named.text == ("def f(mp):\n    shared = dict()  # kept\n    if shared:\n        list()\n    return 1\n")
    assert named.imports == set()


def test_a_text_in_the_block_of_a_manager_keeps_its_own_indentation() -> None:
    text = '"""one\n        two\n    three"""'
    named = in_own_names(f"with mp.Manager() as manager:\n    x = {text}\n    y = 1\n", PLAIN)
    assert named.text == f"x = {text}\ny = 1\n"


def test_a_library_with_a_manager_of_its_own_keeps_it() -> None:
    body = "with mp.Manager() as manager:\n    manager.dict()\n"
    assert in_own_names(body, library("fork")).text == body


def test_a_manager_that_shares_its_with_statement_is_an_error_that_says_the_line() -> None:
    body = "x = 1\nwith mp.Manager() as manager, open('a') as file:\n    pass\n"
    with pytest.raises(ValueError, match=r"line 2: give 'mp\.Manager\(\) as manager' a with statement of its own"):
        in_own_names(body, PLAIN)


def test_the_stopwatch_is_carried_along_under_its_name_and_a_note_prints_a_time() -> None:
    named = in_own_names('with stopwatch("a", 2):\n    stopwatch.note("b", 1)\n', library())
    assert named.text == 'with stopwatch("a", 2):\n    print_time("b", 1)\n'
    assert named.imports == {STOPWATCH, PRINT_TIME}


def test_without_a_stopwatch_none_is_carried_along() -> None:
    assert in_own_names("other.stopwatch(1)\n", library()).imports == set()


@pytest.mark.parametrize("scenario", scenarios.every(), ids=lambda scenario: scenario.name)
def test_every_backend_knows_all_that_the_bodies_of_its_style_call(scenario: Scenario) -> None:
    for backend in backends.every():
        body = body_of(scenario, backend)
        if body is not None and not backend.context and not unanswered(scenario, backend, (3, 14)):
            text = source_of(body.__module__).reach({body.__name__}).text()
            named = ast.parse(in_own_names(text, backend).text)
            assert not [ast.unparse(node) for node in ast.walk(named) if is_attribute(node, "mp")]

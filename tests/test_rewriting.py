"""A text of Python is changed at the places its syntax tree gives: what it means stays, and so do comments and layout."""

import ast
import inspect
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from busy import on_a_busy_machine_too
from study import rewriting
from study.rewriting import Code, Edit, Import, apart, bound, dotted, free, variables, without_hints


def body(text: str) -> str:
    """The text as Python reads it: without layout."""
    return ast.unparse(ast.parse(text))


@pytest.mark.parametrize(
    ("found", "known_as", "spelled"),
    [
        (Import("queue"), "queue", "queue"),
        (Import("multiprocessing.pool"), "multiprocessing", "multiprocessing.pool"),
        (Import("numpy", "", "np"), "np", "numpy as np"),
        (Import("queue", "Queue"), "Queue", "Queue"),
        (Import("queue", "Queue", "Line"), "Line", "Queue as Line"),
    ],
)
def test_an_import_knows_the_name_it_gives_and_how_it_is_written(found: Import, known_as: str, spelled: str) -> None:
    assert (found.bound, found.spelled) == (known_as, spelled)


@pytest.mark.parametrize(
    ("module", "is_ours"),
    [("study.trace", True), ("backends", True), ("studying", False), ("os.study", False), ("threading", False)],
)
def test_only_the_two_packages_of_the_project_are_ours(module: str, is_ours: bool) -> None:
    assert Import(module).is_ours is is_ours


@on_a_busy_machine_too
@given(st.text("aä€😀", max_size=6), st.text("xyµ", min_size=1, max_size=3))
def test_a_part_is_found_behind_characters_of_any_width(before: str, new: str) -> None:
    code = Code(f'f("{before}", old)\n')
    (old,) = (node for node in ast.walk(code.tree) if isinstance(node, ast.Name) and node.id == "old")
    assert code.part(old) == "old"
    assert code.edited([code.replace(old, new)]) == f'f("{before}", {new})\n'


def test_an_edit_that_is_asked_for_twice_is_made_once() -> None:
    code = Code("old + old\n")
    edits = [code.replace(node, "new") for node in ast.walk(code.tree) if isinstance(node, ast.Name)]
    assert code.edited([*edits, *edits]) == "new + new\n"


def test_an_edit_within_what_another_replaces_is_void() -> None:
    code = Code("f(a.b, c)\n")
    whole, inner = (
        node for node in ast.walk(code.tree) if isinstance(node, ast.Attribute | ast.Name) and "a" in ast.unparse(node)
    )
    assert code.edited([code.replace(inner, "x"), code.replace(whole, "y.z")]) == "f(y.z, c)\n"


def test_what_is_put_in_stands_in_front_of_what_is_replaced_at_the_same_place() -> None:
    assert Code("old\n").edited([Edit(0, 3, "new"), Edit(0, 0, "the "), Edit(3, 3, " one")]) == "the new one\n"


@pytest.mark.parametrize(
    ("written", "without"),
    [
        ("def f(): pass\n", "def f(): pass\n"),
        ("def f() -> None: pass\n", "def f(): pass\n"),
        ("async def f(a: int) -> 'Any': pass\n", "async def f(a): pass\n"),
        ("def f(a: 'x' = ')', **k: 'y'): pass\n", "def f(a=')', **k): pass\n"),
        ("def f(a: dict[str, int] = {1: 2}) -> dict[str, int]:\n    pass\n", "def f(a={1: 2}):\n    pass\n"),
        ("def f(a, /, b: int, *, c: int = 0): pass\n", "def f(a, /, b, *, c=0): pass\n"),
        ("def f(g=lambda x: (x, 1)) -> int: pass\n", "def f(g=lambda x: (x, 1)): pass\n"),
        ("def f(\n    a: int,  # the first): one\n    b: int,\n):\n    pass\n", "def f(a, b):\n    pass\n"),
        ("def f(\n    a: int,\n    b: int,  # the last): one\n) -> None:\n    pass\n", "def f(a, b):\n    pass\n"),
        ("x: int = 1\n", "x = 1\n"),
        ("def f():\n    x: 'dict[str, int]' = {}  # kept\n", "def f():\n    x = {}  # kept\n"),
        ("import os  # noqa: F401\n", "import os\n"),
        ("x = 1  # type: ignore[misc]\n", "x = 1\n"),
        ("x = '# noqa'  # kept\n", "x = '# noqa'  # kept\n"),
        ('x = """\n# noqa\n"""  # type: ignore\n# noqa\n', 'x = """\n# noqa\n"""\n\n'),
        ("def f(\n    a: int,  # noqa\n):  # noqa\n    pass\n", "def f(a):\n    pass\n"),
        (
            "def f(a=(3), *, b=lambda x: {1: x}  # a: b\n    ) -> (int): pass\n",
            "def f(a=3, *, b=lambda x: {1: x}): pass\n",
        ),
    ],
)
def test_hints_are_taken_out_and_all_else_stays(written: str, without: str) -> None:
    assert without_hints(written) == without


def test_the_fields_of_a_dataclass_keep_what_makes_them_fields() -> None:
    text = "class Point:\n    x: int = 0\n\n    def f(self, y: int) -> int:\n        return y\n"
    assert "x: int = 0" in without_hints(text)
    assert "def f(self, y):" in without_hints(text)


NAMES = st.lists(st.sampled_from("abcdefgh"), unique=True, max_size=6)
HINTS = st.sampled_from(["", ": int", ": 'dict[str, (int)]'", ": 'a, b'"])
DEFAULTS = st.sampled_from(["0", "(1, 2)", "'):'", "{'k': [1]}", "lambda x=1: (x)", "f'{1}, {2!r}'", "(3)"])


@st.composite
def headers(draw: st.DrawFn) -> str:
    """A function header with one of everything, in the order in which Python allows it."""
    names = draw(NAMES)
    first_default, slash, star = (draw(st.integers(0, len(names))) for _ in range(3))
    parts = []
    for at, name in enumerate(names):
        default = f"={draw(DEFAULTS)}" if at >= first_default else ""
        parts += ["/"] if at == slash > 0 else []
        parts += [draw(st.sampled_from(["*", "*rest: 'int'"]))] if at == star >= slash else []
        parts.append(name + draw(HINTS) + default)
    parts += draw(st.sampled_from([[], ["**more: 'Any'"]]))
    return (
        f"def f({draw(st.sampled_from([', ', ', # why:)' + chr(10)])).join(parts)}){draw(HINTS).replace(':', ' ->')}:"
    )


def signature(text: str) -> list[tuple[str, Any, str]]:
    namespace: dict[str, Any] = {}
    exec(text, namespace)
    parameters = inspect.signature(namespace["f"]).parameters.values()
    return [(p.name, p.kind, f"{getattr(p.default, '__code__', p.default)!r:.9}") for p in parameters]


@on_a_busy_machine_too
@given(headers())
def test_a_function_without_hints_takes_what_it_took(header: str) -> None:
    text = f"{header}\n    return 1\n"
    changed = without_hints(text)
    assert signature(changed) == signature(text)
    assert not [node for node in ast.walk(ast.parse(changed)) if isinstance(node, ast.arg) and node.annotation]


@on_a_busy_machine_too
@given(headers(), st.sets(st.sampled_from("abcdefgh")))
def test_a_parameter_that_is_gone_is_gone_and_the_others_stay_in_order(header: str, gone: set[str]) -> None:
    text = f"{header}\n    return 1\n"
    left = signature(without_hints(text, *gone))
    assert left == [parameter for parameter in signature(text) if parameter[0] not in gone]


@pytest.mark.parametrize(
    ("call", "left"),
    [
        ("f(stopwatch)", "f()"),
        ("f(stopwatch, 1)", "f(1)"),
        ("f(1, stopwatch)", "f(1)"),
        ("f(1, stopwatch, 2)", "f(1, 2)"),
        ("f(1, stopwatch, mp)", "f(1)"),
        ("f(mp, stopwatch)", "f()"),
        ("f(watch=stopwatch, n=1)", "f(n=1)"),
        ("f(stopwatch.laps)", "f(stopwatch.laps)"),
        ("f([stopwatch])", "f([stopwatch])"),
        ("f(*stopwatch)", "f(*stopwatch)"),
        ("f(g(stopwatch), stopwatch)", "f(g())"),
        ("f(\n    1,\n    stopwatch,\n)", "f(1)"),
        ("f(\n    stopwatch,  # gone too\n)", "f()"),
        ("f((1), stopwatch, mp, 2, mp)", "f(1, 2)"),
        ("f(ä=1, b=stopwatch)", "f(ä=1)"),
    ],
)
def test_an_argument_that_nobody_takes_any_more_is_not_handed_over(call: str, left: str) -> None:
    assert body(without_hints(call, "stopwatch", "mp")) == left


def test_a_comment_between_arguments_that_stay_survives() -> None:
    text = "f(\n    1,  # the first\n    stopwatch,\n    2,  # the last\n)\n"
    assert without_hints(text, "stopwatch") == "f(\n    1,  # the first\n    2,  # the last\n)\n"


def with_threads(text: str) -> str:
    """The text with its variable `process` called `thread`, if that may be."""
    code = Code(text)
    taken = bound(ast.walk(code.tree)).union(node.id for node in ast.walk(code.tree) if isinstance(node, ast.Name))
    return code.edited(variables(code, free(code.tree, {"process": "thread"}, taken)))


def test_a_variable_is_renamed_wherever_it_is_bound_or_read() -> None:
    text = "def f(process):\n    for process in [process]:\n        process.join()  # the process\n"
    assert with_threads(text) == ("def f(thread):\n    for thread in [thread]:\n        thread.join()  # the process\n")


@pytest.mark.parametrize(
    "text",
    [
        "thread = 1\nprocess = 2\n",
        "def thread(process): pass\n",
        "process = thread\n",
        "def f(process): pass\n\n\nf(process=1)\n",
        "def f():\n    global process\n    process = 1\n",
        "x.process = 'process'\n",
    ],
    ids=["taken", "a function", "read", "a keyword", "global", "no variable"],
)
def test_a_variable_keeps_its_name_where_another_would_change_what_the_code_does(text: str) -> None:
    assert with_threads(text) == text


def with_dotted(text: str, imports: set[Import]) -> str:
    code = Code(text)
    return code.edited(dotted(code, apart(imports)))


@pytest.mark.parametrize(
    ("imports", "written"),
    [
        ({Import("time", "sleep"), Import("time")}, "time.sleep(1)"),
        ({Import("time", "sleep")}, "sleep(1)"),
        ({Import("time", "sleep"), Import("time", "", "clock")}, "sleep(1)"),
        ({Import("time", "sleep"), Import("queue")}, "sleep(1)"),
    ],
)
def test_a_name_is_dotted_where_its_module_is_imported_too(imports: set[Import], written: str) -> None:
    assert with_dotted("sleep(1)", imports) == written


def test_a_name_with_an_alias_is_dotted_with_its_own_name() -> None:
    assert with_dotted("rest(1)", {Import("time", "sleep", "rest"), Import("time")}) == "time.sleep(1)"


def test_a_name_that_is_given_a_meaning_is_bound_and_one_that_is_read_is_not() -> None:
    text = "a = b\nfor c in d:\n    pass\ndef e(f, *g, h=i, **j): pass\nclass K: pass\n[m for m in n]\no.p = 1\n"
    assert bound(ast.walk(ast.parse(text))) == set("acefghjKm")


def test_an_attribute_of_a_variable_is_told_from_one_of_something_else() -> None:
    found = {
        ast.unparse(node)
        for node in ast.walk(ast.parse("mp.Queue(x.mp.Lock, f(mp))"))
        if rewriting.is_attribute(node, "mp")
    }
    assert found == {"mp.Queue"}

"""A function is taken out of its module with all that it refers to, and with nothing else."""

import ast
import itertools
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from study import scenarios
from study.extraction import Extract, Source, with_imports_on_top
from study.rewriting import Import, bound
from study.scenario import Scenario

Reading = Callable[[str], Source]
NUMBERS = itertools.count()


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Reading:
    """A module made of a text."""
    monkeypatch.syspath_prepend(str(tmp_path))

    def of(text: str) -> Source:
        name = f"written_for_a_test_{next(NUMBERS)}"
        (tmp_path / f"{name}.py").write_text(text, encoding="utf-8")
        found = Source(name)
        del sys.modules[name]
        return found

    return of


def defined(extract: Extract) -> set[str]:
    """The names that the extract's text gives a meaning to when it is run."""
    namespace: dict[str, Any] = {"__builtins__": __builtins__}
    exec(extract.text(), namespace)
    return set(namespace) - {"__builtins__"}


def test_a_function_takes_along_what_it_calls_directly_and_not(source: Reading) -> None:
    text = "def a(): return b()\n\n\ndef b(): return C\n\n\nC = 1\n\n\ndef unused(): return a\n"
    assert defined(source(text).reach({"a"})) == {"a", "b", "C"}


def test_definitions_keep_the_order_of_their_module(source: Reading) -> None:
    extract = source("LAST = 1\n\n\ndef b(): return LAST\n\n\ndef a(): return b()\n").reach({"a"})
    assert [getattr(found, "name", "LAST") for found in extract.statements] == ["LAST", "b", "a"]


def test_functions_that_call_each_other_are_taken_once(source: Reading) -> None:
    extract = source("def a(): return b()\n\n\ndef b(): return a()\n").reach({"a", "b"})
    assert extract.text().count("def ") == 2


@pytest.mark.parametrize(
    ("text", "needed"),
    [
        ("import os\n\ndef f(): return os.name\n", {Import("os")}),
        ("import os.path\n\ndef f(): return os.path\n", {Import("os.path")}),
        ("import queue as line\n\ndef f(): return line.Queue\n", {Import("queue", "", "line")}),
        ("from queue import Queue\n\ndef f(): return Queue\n", {Import("queue", "Queue")}),
        ("from queue import Queue as Line\n\ndef f(): return Line\n", {Import("queue", "Queue", "Line")}),
        ("import os, sys\n\ndef f(): return sys.path\n", {Import("sys")}),
        ("import os\n\ndef f(): return g()\n\ndef g(): return os.name\n", {Import("os")}),
        ("import os\n\ndef f(os): return os\n", set()),
        ("import os\n\ndef f(): return 'os'\n", set()),
        ("import os\n\ndef f(a: 'os' = 1) -> os.PathLike: return a\n", set()),
    ],
    ids=["module", "dotted", "alias", "name", "name with alias", "of two", "indirect", "shadowed", "a text", "a hint"],
)
def test_the_imports_are_those_that_are_used(source: Reading, text: str, needed: set[Import]) -> None:
    assert source(text).reach({"f"}).imports == needed


def test_an_import_for_type_checkers_is_none(source: Reading) -> None:
    text = "TYPE_CHECKING = False\nif TYPE_CHECKING:\n    import os\n\ndef f(): return os\n"
    assert source(text).reach({"f"}).imports == set()


@pytest.mark.parametrize(
    ("function", "refers"),
    [
        ("def f(): return value", True),
        ("def f(value): return value", False),
        ("def f(*value): return value", False),
        ("def f(*, value=0): return value", False),
        ("def f():\n    value = 1\n    return value", False),
        ("def f():\n    for value in (1, 2): pass", False),
        ("def f():\n    global value\n    value = 1", True),
        ("def f():\n    def inner(): return value\n    return inner", True),
        ("def f():\n    value = 1\n    def inner(): return value\n    return inner", False),
        ("def f(value=value): return value", True),
        ("def f(*, value=value): return value", True),
        ("def f(given=value): return given", True),
        ("@value\ndef f(): pass", True),
        ("@value\ndef f(value): pass", True),
        ("class f:\n    x = value", True),
        ("class f(value): pass", True),
        ("def f(x): return x.value", False),
        ("def f(x): return x(value=1)", False),
        ("async def f(): return [value for x in 'ab']", True),
        ("f = lambda: value", True),
        ("f: 'value' = 1", False),
    ],
)
def test_a_name_of_the_module_is_told_from_one_of_the_functions_own(
    source: Reading, function: str, refers: bool
) -> None:
    # The class is what `value` can be in all of these places: called, inherited, a decorator.
    extract = source(f"class value:\n    def __init__(self, *_): pass\n\n\n{function}\n").reach({"f"})
    assert ("class value" in extract.text()) is refers


def test_of_a_name_that_is_only_declared_there_is_no_definition(source: Reading) -> None:
    assert defined(source('lock: "Any"\n\n\ndef f(): return lock\n').reach({"f"})) == {"f"}


def test_names_that_are_defined_together_come_together(source: Reading) -> None:
    extract = source("a, (b, *c) = 1, (2, 3)\n\n\ndef f(): return b + len(c)\n").reach({"f"})
    assert defined(extract) == {"a", "b", "c", "f"}
    assert len(extract.statements) == 2


def test_a_definition_comes_with_its_decorators_comments_and_docstring(source: Reading) -> None:
    function = '# Why it is\n# as it is.\n@staticmethod\n@staticmethod\ndef f():\n    """What it does."""\n    return 1  # here\n'
    text = f"A = 1\n\n# Of nobody.\n\n{function}\n\n# Behind it.\nB = 2\n"
    assert source(text).reach({"f"}).text() == function


def test_a_comment_above_a_blank_line_belongs_to_nobody(source: Reading) -> None:
    assert source("# A title.\n\nA = 1\n").reach({"A"}).text() == "A = 1\n"


def test_constants_stand_close_and_functions_apart(source: Reading) -> None:
    text = "A = 1\n\nB = 2\ndef f(): return A, B\ndef g(): return f(), C\nC = 3\n"
    assert source(text).reach({"g"}).text() == (
        "A = 1\nB = 2\n\n\ndef f(): return A, B\n\n\ndef g(): return f(), C\n\n\nC = 3\n"
    )


def test_a_function_is_renamed_where_it_is_defined(source: Reading) -> None:
    extract = source("def worker(x): return x\n\n\ndef workers(y): return worker(y)\n").reach({"workers"})
    assert extract.text(workers="main") == "def worker(x): return x\n\n\ndef main(y): return worker(y)\n"


def test_a_name_nobody_defines_is_left_to_the_builtins(source: Reading) -> None:
    extract = source("def f(x): return len(x), missing\n").reach({"f"})
    assert (defined(extract), extract.imports) == ({"f"}, set())


def test_a_statement_of_many_lines_is_taken_whole(source: Reading) -> None:
    table = 'TABLE = {\n    "a": """two\nlines""",\n    "b": 2,\n}\n'
    assert source(f"import os\n\n{table}\nX = 1\n").reach({"TABLE"}).text() == table


def test_an_import_inside_a_function_moves_to_the_top() -> None:
    text = "def f():\n    import os\n\n    from time import sleep as rest, time\n    return os, rest, time\n"
    left, found = with_imports_on_top(text)
    assert left == "def f():\n    return os, rest, time\n"
    assert found == {Import("os"), Import("time", "sleep", "rest"), Import("time", "time")}


def test_an_import_of_several_lines_leaves_none_of_them() -> None:
    left, found = with_imports_on_top(
        "def f():\n    from time import (\n        sleep,\n        time,\n    )\n    sleep(1)\n"
    )
    assert left == "def f():\n    sleep(1)\n"
    assert len(found) == 2


def test_a_text_without_imports_is_left_as_it_is() -> None:
    text = 'def f():\n    """Says: import os."""\n    return "import os"\n'
    assert with_imports_on_top(text) == (text, set())


@pytest.mark.parametrize("scenario", scenarios.every(), ids=lambda scenario: scenario.name)
def test_whatever_a_body_needs_of_its_own_file_is_found(scenario: Scenario) -> None:
    found = Source(scenario.check.__module__)
    for body in scenario.styles.values():
        extract = found.reach({body.__name__})
        tree = ast.parse(extract.text())
        read = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
        missing = read - bound(ast.walk(tree)) - {needed.bound for needed in extract.imports}
        assert not missing & (found.definitions.keys() | found.imports.keys())

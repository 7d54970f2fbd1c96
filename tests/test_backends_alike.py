"""Is a backend treated by what it declares, and nowhere by which one it is?"""

import ast
import re

import pytest

from modules import MODULES, TREES


def asks_which_backend(tree):
    """The expressions that treat one backend otherwise than by what it declares."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare):
            sides = [node.left, *node.comparators]
            is_backend = any(
                re.fullmatch(r"(\w+\.)*backend(\.(name|label|library))?", ast.unparse(side)) for side in sides
            )
            if is_backend and any(is_literal(side) for side in sides):
                yield ast.unparse(node)
        elif isinstance(node, ast.Match) and re.search(r"\bbackend\b", ast.unparse(node.subject)):
            yield ast.unparse(node.subject)
        elif isinstance(node, ast.Call) and re.fullmatch(
            r"(hasattr|isinstance)\(.*\b(backend|Backend)\b.*\)", ast.unparse(node)
        ):
            yield ast.unparse(node)


def is_literal(node):
    if isinstance(node, (ast.Tuple, ast.List, ast.Set)):
        return all(is_literal(element) for element in node.elts)
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value != ""


@pytest.mark.parametrize(
    "source",
    [
        "if backend == 'threads': pass",
        "x = 1 if backend.name != 'threads' else 2",
        "y = [b for b in c if cell.backend in ('threads', 'serial')]",
        "if 'threads' == backend.label: pass",
        "isinstance(backend, Backend)",
        "isinstance(found, backends.Backend)",
        "hasattr(backend, 'own')",
        "match backend.name:\n    case 'threads': pass",
    ],
)
def test_code_that_asks_which_backend_it_has_is_found(source):
    assert list(asks_which_backend(ast.parse(source)))


@pytest.mark.parametrize("module", [name for name in MODULES if not name.startswith("backends")])
def test_nobody_asks_which_backend_it_has(module):
    assert list(asks_which_backend(TREES[module])) == []

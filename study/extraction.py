"""Which lines of a module does a function need to stand elsewhere? Those of all the definitions it refers to, directly or not."""

import ast
import functools
import importlib
import inspect
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from study.rewriting import Code, Edit, Import, bound, nodes, parsed


@dataclass
class Extract:
    """Definitions of one module in the order in which they stand there, and the imports they need."""

    source: "Source"
    statements: list[ast.stmt] = field(default_factory=list)
    imports: set[Import] = field(default_factory=set)

    def text(self, **renamed: str) -> str:
        """The definitions, with two blank lines around each function and class, and some functions renamed."""
        text = ""
        for statement in self.statements:
            if text:
                text += "\n\n" if _is_block(statement) or text.endswith(_END_OF_BLOCK) else ""
            text += self.source.part(statement, renamed) + "\n" + (_END_OF_BLOCK if _is_block(statement) else "")
        return text.replace(_END_OF_BLOCK, "")


_END_OF_BLOCK = "\0"


class Source:
    """The text of a module, and what each of its names stands for."""

    def __init__(self, module: str) -> None:
        self.lines = inspect.getsource(importlib.import_module(module)).splitlines()
        self.definitions: dict[str, ast.stmt] = {}
        self.imports: dict[str, Import] = {}
        for statement in parsed("\n".join(self.lines)).body:
            self.imports.update((found.bound, found) for found in _imports(statement))
            self.definitions.update(dict.fromkeys(_defined(statement), statement))

    def reach(self, names: "Iterable[str]") -> Extract:
        """The definitions of those names and of all that they refer to."""
        waiting, seen, extract = list(names), set(names), Extract(self)
        while waiting:
            name = waiting.pop()
            if name in self.imports:
                extract.imports.add(self.imports[name])
            elif name in self.definitions and self.definitions[name] not in extract.statements:
                extract.statements.append(self.definitions[name])
                found = _needed(self.definitions[name]) - seen
                waiting += found
                seen |= found
        extract.statements.sort(key=lambda statement: statement.lineno)
        return extract

    def part(self, statement: ast.stmt, renamed: "dict[str, str]") -> str:
        """The lines of a statement, with its decorators and the comments right above it."""
        decorators = getattr(statement, "decorator_list", [])
        first = min([statement.lineno, *(decorator.lineno for decorator in decorators)]) - 1
        while first and self.lines[first - 1].startswith("#"):
            first -= 1
        text = "\n".join(self.lines[first : statement.end_lineno])
        name = getattr(statement, "name", "")
        return text.replace(f"def {name}(", f"def {renamed[name]}(", 1) if name in renamed else text


@functools.cache
def source_of(module: str) -> Source:
    """The module's source, read once."""
    return Source(module)


@functools.lru_cache(maxsize=64)
def with_imports_on_top(text: str) -> "tuple[str, set[Import]]":
    """The code without the imports inside its functions, and those imports: a script has no reason to put them off."""
    code = Code(text)
    nested = [node for node in nodes(code.tree) if isinstance(node, ast.Import | ast.ImportFrom)]
    edits = []
    for node in nested:
        begin, end = code.line(node.lineno), code.line((node.end_lineno or 0) + 1)
        edits.append(Edit(begin, end + (code.text[end : end + 1] == "\n")))
    return code.edited(edits), {found for node in nested for found in _imports(node)}


def _is_block(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)


def _imports(statement: ast.stmt) -> "Iterator[Import]":
    if isinstance(statement, ast.Import):
        yield from (Import(alias.name, "", alias.asname or "") for alias in statement.names)
    elif isinstance(statement, ast.ImportFrom):
        yield from (Import(statement.module or "", alias.name, alias.asname or "") for alias in statement.names)


def _defined(statement: ast.stmt) -> set[str]:
    """The names a statement of a module gives a meaning to; an annotation alone gives none."""
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return {statement.name}
    if isinstance(statement, ast.Assign) or (isinstance(statement, ast.AnnAssign) and statement.value):
        return bound(nodes(statement))
    return set()


@functools.cache
def _needed(definition: ast.stmt) -> frozenset[str]:
    """`_references` of a whole definition, which scripts of all libraries take along."""
    return frozenset(_references([definition]))


def _references(parts: "Iterable[ast.AST]") -> set[str]:
    """The names that parts of a module take from outside, annotations aside."""
    names, waiting = set(), list(parts)
    for node in waiting:  # it grows
        if isinstance(node, ast.Name):
            names.add(node.id)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            names |= _references(node.body) - _locals(node)
            waiting += [*node.decorator_list, *node.args.defaults, *filter(None, node.args.kw_defaults)]
        else:
            hint = getattr(node, "annotation", None)
            waiting += [child for child in ast.iter_child_nodes(node) if child is not hint]
    return names


def _locals(function: "ast.FunctionDef | ast.AsyncFunctionDef") -> set[str]:
    _, *within = nodes(function)
    shared = {name for node in within if isinstance(node, ast.Global | ast.Nonlocal) for name in node.names}
    return bound(within) - shared

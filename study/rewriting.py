"""How is a text of Python changed? By edits at the places its syntax tree gives, so that comments and layout survive."""

import ast
import functools
import io
import re
import tokenize
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeGuard

OURS = ("study", "backends")
FOR_CHECKERS = re.compile(r"#\s*(noqa|type:)")


@dataclass(frozen=True, order=True)
class Import:
    """``import module``, or ``from module import name`` where a name is given."""

    module: str
    name: str = ""
    alias: str = ""

    @property
    def bound(self) -> str:
        """The name by which the code knows it."""
        return self.alias or self.name or self.module.partition(".")[0]

    @property
    def spelled(self) -> str:
        """What stands behind the word import."""
        return (self.name or self.module) + (f" as {self.alias}" if self.alias else "")

    @property
    def is_ours(self) -> bool:
        return self.module.partition(".")[0] in OURS


@dataclass(frozen=True, order=True)
class Edit:
    """Put `text` in the place of what stands from `begin` to `end`."""

    begin: int
    end: int
    text: str = ""


@functools.lru_cache(maxsize=64)
def parsed(text: str) -> ast.Module:
    """The syntax tree of a text. It is shared: edits are made in the text."""
    return ast.parse(text)


@functools.lru_cache(maxsize=64)
def nodes(tree: ast.AST) -> tuple[ast.AST, ...]:
    """All nodes of a tree, which many questions are asked of, in the order of `ast.walk` and without their contexts."""
    found = [tree]
    for node in found:  # it grows
        for name in node._fields:
            value = getattr(node, name, None)
            if isinstance(value, list):
                found += [one for one in value if isinstance(one, ast.AST)]
            elif isinstance(value, ast.AST) and name != "ctx":
                found.append(value)
    return tuple(found)


class Code:
    """A text, its syntax tree, and where each part of it stands."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tree = parsed(text)
        self._lines = text.splitlines(keepends=True)
        self._begins = [0]
        for line in self._lines:
            self._begins.append(self._begins[-1] + len(line))

    def line(self, number: int) -> int:
        """Where line `number`, counted from 1, begins."""
        return self._begins[number - 1]

    def begin(self, node: "ast.expr | ast.stmt | ast.arg | ast.keyword") -> int:
        return self._at(node.lineno, node.col_offset)

    def end(self, node: "ast.expr | ast.stmt | ast.arg | ast.keyword") -> int:
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return self._at(node.end_lineno, node.end_col_offset)

    def part(self, node: ast.expr) -> str:
        return self.text[self.begin(node) : self.end(node)]

    def replace(self, node: ast.expr, text: str) -> Edit:
        return Edit(self.begin(node), self.end(node), text)

    def edited(self, edits: "Iterable[Edit]") -> str:
        text = self.text
        for edit in sorted(set(edits), reverse=True):
            text = text[: edit.begin] + edit.text + text[edit.end :]
        return text

    def _at(self, line: int, column_bytes: int) -> int:
        before = self._lines[line - 1].encode()[:column_bytes]
        return self._begins[line - 1] + len(before.decode())


@functools.lru_cache(maxsize=256)
def without_hints(text: str) -> str:
    """The code without annotations and without comments for type checkers and linters: those speak of the study."""
    code = Code(text)
    edits, fields = [], _fields(code.tree)
    for node in nodes(code.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            edits.append(_header(code, node, ()))
        elif isinstance(node, ast.AnnAssign) and node.value is not None and node not in fields:
            edits.append(Edit(code.end(node.target), code.begin(node.value), " = "))
    text = code.edited(edits)
    lines = text.splitlines()
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT and FOR_CHECKERS.match(token.string):
            row, column = token.start
            lines[row - 1] = lines[row - 1][:column].rstrip()
    return "\n".join(lines) + "\n"


def without_parameters(text: str, names: "Iterable[str]") -> str:
    """The code without the parameters of those names, and without the arguments that are handed to them."""
    code, gone = Code(text), frozenset(names)
    edits: list[Edit] = []
    for node in nodes(code.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            edits.append(_header(code, node, gone))
        elif isinstance(node, ast.Call):
            edits += _cuts(code, node, gone)
    return code.edited(edits)


def with_variables(text: str, renamed: "dict[str, str]") -> str:
    """The code with its variables and parameters renamed, but for those whose new name is taken or whose old one is said
    where it is no variable: as a keyword of a call, or in a global statement."""
    code = Code(text)
    taken = bound(code.tree) | {node.id for node in nodes(code.tree) if isinstance(node, ast.Name)}
    said = _said_elsewhere(code.tree)
    renamed = {old: new for old, new in renamed.items() if new not in taken and old not in said}
    edits = []
    for node in nodes(code.tree):
        old = node.id if isinstance(node, ast.Name) else node.arg if isinstance(node, ast.arg) else None
        if old in renamed:
            assert isinstance(node, ast.Name | ast.arg)
            edits.append(Edit(code.begin(node), code.begin(node) + len(old), renamed[old]))
    return code.edited(edits)


def with_dotted(text: str, imports: "Iterable[Import]") -> str:
    """The code with a name from a module spelled ``module.name`` where the module itself is imported too."""
    imports = set(imports)
    whole = {found.module for found in imports if not found.name and not found.alias}
    dotted = {found.bound: f"{found.module}.{found.name}" for found in imports if found.name and found.module in whole}
    code = Code(text)
    return code.edited(code.replace(node, dotted[node.id]) for node in _loads(code.tree) if node.id in dotted)


def is_attribute(node: "ast.AST | None", variable: str) -> "TypeGuard[ast.Attribute]":
    """Whether the node is ``variable.something``."""
    return isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == variable


def bound(tree: ast.AST) -> set[str]:
    """The names that the code itself gives a meaning to."""
    names = set()
    for node in nodes(tree):
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            names.add(node.id)
        elif isinstance(node, ast.arg):
            names.add(node.arg)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(node.name)
    return names


def _loads(tree: ast.AST) -> "Iterator[ast.Name]":
    return (node for node in nodes(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load))


def _said_elsewhere(tree: ast.AST) -> set[str]:
    keywords = {node.arg for node in nodes(tree) if isinstance(node, ast.keyword) and node.arg}
    return keywords.union(*(node.names for node in nodes(tree) if isinstance(node, ast.Global | ast.Nonlocal)))


def _fields(tree: ast.AST) -> set[ast.stmt]:
    """Statements of class bodies, where an annotation is more than a hint: it makes a field of a dataclass."""
    return {statement for node in nodes(tree) if isinstance(node, ast.ClassDef) for statement in node.body}


def _header(code: Code, node: "ast.FunctionDef | ast.AsyncFunctionDef", gone: "Iterable[str]") -> Edit:
    """The function's parameters anew: without annotations, comments among them, and those that are gone."""
    begin = code.text.index("(", code.begin(node))
    return Edit(begin, _end_of_header(code.text, begin), f"({', '.join(_parameters(code, node.args, gone))}):")


def _end_of_header(text: str, begin: int) -> int:
    """Where the colon ends that belongs to the brackets opened at `begin`: annotations, defaults and comments may hold others."""
    lines = io.StringIO(text[begin:]).readlines()
    depth = 0
    for token in tokenize.generate_tokens(iter(lines).__next__):
        if token.type == tokenize.OP:
            depth += (token.string in "([{") - (token.string in ")]}")
            if token.string == ":" and depth == 0:
                break
    row, column = token.end
    return begin + sum(map(len, lines[: row - 1])) + column


def _parameters(code: Code, args: ast.arguments, gone: "Iterable[str]") -> "Iterator[str]":
    plain = [*args.posonlyargs, *args.args]
    defaults = [None] * (len(plain) - len(args.defaults)) + args.defaults
    for at, (arg, default) in enumerate(zip(plain, defaults, strict=True)):
        if arg.arg not in gone:
            yield arg.arg + (f"={code.part(default)}" if default else "")
        if at + 1 == len(args.posonlyargs) and any(arg.arg not in gone for arg in args.posonlyargs):
            yield "/"
    by_keyword = [found for found in zip(args.kwonlyargs, args.kw_defaults, strict=True) if found[0].arg not in gone]
    if args.vararg or by_keyword:
        yield "*" + (args.vararg.arg if args.vararg else "")
    for arg, default in by_keyword:
        yield arg.arg + (f"={code.part(default)}" if default else "")
    if args.kwarg:
        yield "**" + args.kwarg.arg


def _cuts(code: Code, call: ast.Call, gone: "Iterable[str]") -> "Iterator[Edit]":
    """Cut arguments that are nothing but one of those names, each with the comma that parts it from its neighbour."""
    given: list[ast.expr | ast.keyword] = sorted([*call.args, *call.keywords], key=code.begin)
    values = [argument.value if isinstance(argument, ast.keyword) else argument for argument in given]
    kept = [at for at, value in enumerate(values) if not (isinstance(value, ast.Name) and value.id in gone)]
    if not kept and given:
        yield Edit(code.begin(given[0]), code.end(call) - len(")"))
    elif kept:
        yield from (Edit(code.begin(given[at]), code.begin(given[at + 1])) for at in range(kept[-1]) if at not in kept)
        yield Edit(code.end(given[kept[-1]]), code.end(given[-1]))

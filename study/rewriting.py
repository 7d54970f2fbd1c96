"""How is a text of Python changed? By edits at the places its syntax tree gives, so that comments and layout survive."""

import ast
import functools
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import TypeGuard

from study.layout import TOKEN

OURS = ("study", "backends")
FOR_CHECKERS = re.compile(r"#\s*(noqa|type:)")
END_OF_HEADER = re.compile(r"(?:[^:#]|#.*)*:")  # behind its last annotation or default


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


@dataclass(frozen=True)
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
        """The text with the edits made; one that begins within what another replaces is void."""
        parts, at = [], 0
        for edit in sorted(set(edits), key=lambda edit: (edit.begin, edit.begin < edit.end, -edit.end, edit.text)):
            if edit.begin >= at:
                parts += [self.text[at : edit.begin], edit.text]
                at = edit.end
        return "".join([*parts, self.text[at:]])

    def _at(self, line: int, column_bytes: int) -> int:
        before = self._lines[line - 1].encode()[:column_bytes]
        return self._begins[line - 1] + len(before.decode())


@functools.lru_cache(maxsize=256)
def without_hints(text: str, *gone: str) -> str:
    """The code without annotations and without comments for type checkers and linters: those speak of the study.

    The parameters whose names are given are gone too, with the arguments that are handed to them.
    """
    code = Code(text)
    edits, fields = list(_comments_for_checkers(text)), _fields(code.tree)
    for node in nodes(code.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            edits.append(_header(code, node, gone))
        elif isinstance(node, ast.AnnAssign) and node.value is not None and node not in fields:
            edits.append(Edit(code.end(node.target), code.begin(node.value), " = "))
        elif gone and isinstance(node, ast.Call):
            edits += _cuts(code, node, gone)
    return code.edited(edits)


def free(tree: ast.AST, renamed: "dict[str, str]", taken: "Collection[str]") -> dict[str, str]:
    """The renamings but for those whose new name is taken or whose old one is said where it is no variable: as a keyword
    of a call, or in a global statement."""
    said = {node.arg for node in nodes(tree) if isinstance(node, ast.keyword)}
    said.update(*(node.names for node in nodes(tree) if isinstance(node, ast.Global | ast.Nonlocal)))
    return {old: new for old, new in renamed.items() if new not in taken and old not in said}


def variables(code: Code, renamed: "dict[str, str]") -> "Iterator[Edit]":
    """The variables and parameters of those names renamed."""
    for node in nodes(code.tree):
        old = node.id if isinstance(node, ast.Name) else node.arg if isinstance(node, ast.arg) else None
        if old in renamed:
            assert isinstance(node, ast.Name | ast.arg)
            yield Edit(code.begin(node), code.begin(node) + len(old), renamed[old])


def apart(imports: "set[Import]") -> set[Import]:
    """The imports of a name that can be spelled ``module.name``, because the module itself is imported too."""
    whole = {found.module for found in imports if not found.name and not found.alias}
    return {found for found in imports if found.name and found.module in whole}


def dotted(code: Code, imports: "Iterable[Import]") -> "Iterator[Edit]":
    """What these imports give a name to spelled ``module.name``."""
    spelled = {found.bound: f"{found.module}.{found.name}" for found in imports}
    for node in nodes(code.tree) if spelled else ():
        if isinstance(node, ast.Name) and node.id in spelled and isinstance(node.ctx, ast.Load):
            yield code.replace(node, spelled[node.id])


def is_attribute(node: "ast.AST | None", variable: str) -> "TypeGuard[ast.Attribute]":
    """Whether the node is ``variable.something``."""
    return isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == variable


def bound(parts: "Iterable[ast.AST]") -> set[str]:
    """The names that code of these nodes itself gives a meaning to."""
    names = set()
    for node in parts:
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            names.add(node.id)
        elif isinstance(node, ast.arg):
            names.add(node.arg)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(node.name)
    return names


def _fields(tree: ast.AST) -> set[ast.stmt]:
    """Statements of class bodies, where an annotation is more than a hint: it makes a field of a dataclass."""
    return {statement for node in nodes(tree) if isinstance(node, ast.ClassDef) for statement in node.body}


def _comments_for_checkers(text: str) -> "Iterator[Edit]":
    """What a string says is no comment: the tokens are looked at one by one, where there may be something to be found."""
    for token in TOKEN.finditer(text) if FOR_CHECKERS.search(text) else ():
        if FOR_CHECKERS.match(token[0]):
            yield Edit(len(text[: token.start()].rstrip(" \t")), token.end())


def _header(code: Code, node: "ast.FunctionDef | ast.AsyncFunctionDef", gone: "Collection[str]") -> Edit:
    """The function's parameters anew: without annotations, comments among them, and those that are gone."""
    begin = code.text.index("(", code.begin(node))
    parts = [part for part in [*ast.iter_child_nodes(node.args), node.returns] if isinstance(part, ast.arg | ast.expr)]
    end = END_OF_HEADER.match(code.text, max(map(code.end, parts), default=begin))
    assert end is not None
    return Edit(begin, end.end(), f"({', '.join(_parameters(code, node.args, gone))}):")


def _parameters(code: Code, args: ast.arguments, gone: "Collection[str]") -> "Iterator[str]":
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


def _cuts(code: Code, call: ast.Call, gone: "Collection[str]") -> "Iterator[Edit]":
    """Cut arguments that are nothing but one of those names, each with the comma that parts it from its neighbour."""
    given: list[ast.expr | ast.keyword] = sorted([*call.args, *call.keywords], key=code.begin)
    values = [argument.value if isinstance(argument, ast.keyword) else argument for argument in given]
    kept = [at for at, value in enumerate(values) if not (isinstance(value, ast.Name) and value.id in gone)]
    if not kept and given:
        yield Edit(code.begin(given[0]), code.end(call) - len(")"))
    elif kept:
        yield from (Edit(code.begin(given[at]), code.begin(given[at + 1])) for at in range(kept[-1]) if at not in kept)
        yield Edit(code.end(given[kept[-1]]), code.end(given[-1]))

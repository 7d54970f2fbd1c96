"""How is a body written in a library's own names? By edits at the places its syntax tree gives, so that comments and layout survive."""

import ast
import io
import re
import tokenize
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeGuard

from backends import Backend, Name

OURS = ("study", "backends")
STAND_INS = {
    "stopwatch": "stopwatch",
    "stopwatch.note": "print_time",
}  # what a body calls -> its name in study.standalone
MANAGER = "manager"  # what `mp` is called in a script where it is one
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


class Code:
    """A text, its syntax tree, and where each part of it stands."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tree = ast.parse(text)
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


def without_hints(text: str) -> str:
    """The code without annotations and without comments for type checkers and linters: those speak of the study."""
    code = Code(text)
    edits = []
    for node in ast.walk(code.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            edits.append(_header(code, node, ()))
        elif isinstance(node, ast.AnnAssign) and node.value is not None and node not in _fields(code.tree):
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
    for node in ast.walk(code.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            edits.append(_header(code, node, gone))
        elif isinstance(node, ast.Call):
            edits += _cuts(code, [*node.args, *node.keywords], gone)
    return code.edited(edits)


def with_variables(text: str, renamed: "dict[str, str]") -> str:
    """The code with its variables and parameters renamed, but for those whose new name is taken."""
    code = Code(text)
    taken = bound(code.tree) | {node.id for node in ast.walk(code.tree) if isinstance(node, ast.Name)}
    edits = []
    for node in ast.walk(code.tree):
        old = node.id if isinstance(node, ast.Name) else node.arg if isinstance(node, ast.arg) else None
        if old in renamed and renamed[old] not in taken:
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


@dataclass
class Named:
    """A text in a library's own names, and what it needs for that."""

    text: str
    imports: set[Import] = field(default_factory=set)  #: those that are ours are to be carried along, not imported


def in_own_names(text: str, backend: Backend) -> Named:
    """The code with the library's own names where it said `mp`, `stopwatch` or the name of a manager.

    Raises ValueError for a name of `mp` that the backend has no answer to.
    """
    code = Code(text)
    naming = _Naming(code, backend)
    naming.read()
    return Named(code.edited(naming.edits), naming.imports)


class _Naming:
    def __init__(self, code: Code, backend: Backend) -> None:
        self.code = code
        self.backend = backend
        self.edits: list[Edit] = []
        self.imports: set[Import] = set()
        self._bound = bound(code.tree)
        self._parts = {key.partition(".")[0] for key in backend.names if "." in key}
        self._prefixes = {"mp": ""}  # variable -> what its attributes are called in the table of names
        self._alone = not self._uses_context()

    def read(self) -> None:
        nodes = list(ast.walk(self.code.tree))
        for node in nodes:
            if isinstance(node, ast.With):
                self._with(node)
        for node in nodes:
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                self._attribute(node, node.value.id)
            elif isinstance(node, ast.Call):
                self._call(node)

    def _with(self, node: ast.With) -> None:
        """Take out ``with mp.Manager() as manager:`` where the manager's types are the library's own."""
        for item in node.items:
            called = item.context_expr.func if isinstance(item.context_expr, ast.Call) else None
            if _is_attribute(called, "mp") and called.attr in self._parts and isinstance(item.optional_vars, ast.Name):
                if len(node.items) > 1:
                    raise ValueError(f"line {node.lineno}: give {ast.unparse(item)!r} a with statement of its own")
                self._prefixes[item.optional_vars.id] = f"{called.attr}."
                self.edits += _unwrapped(self.code, node)

    def _attribute(self, node: ast.Attribute, variable: str) -> None:
        if variable in self._prefixes:
            key = self._prefixes[variable] + node.attr
            if key not in self._parts:
                self.edits.append(self.code.replace(node, self._spelled(key)))
        elif f"{variable}.{node.attr}" in STAND_INS:
            self.edits.append(self.code.replace(node, self._stand_in(f"{variable}.{node.attr}")))

    def _call(self, node: ast.Call) -> None:
        if isinstance(node.func, ast.Name) and node.func.id in STAND_INS:
            self.edits.append(self.code.replace(node.func, self._stand_in(node.func.id)))
        if not _is_attribute(node.func, "mp"):
            return
        name = self.backend.names.get(node.func.attr)
        for key, value in name.arguments.items() if name else ():
            argument = f"{key}={'mp' if value == 'mp' else self._spelled(value)}"
            if node.args or node.keywords:
                first = min([*node.args, *node.keywords], key=self.code.begin)
                self.edits.append(Edit(self.code.end(first), self.code.end(first), f", {argument}"))
            else:
                inside = self.code.text.index("(", self.code.end(node.func)) + 1
                self.edits.append(Edit(inside, inside, argument))

    def _stand_in(self, key: str) -> str:
        self.imports.add(Import("study.standalone", STAND_INS[key]))
        return STAND_INS[key]

    def _spelled(self, key: str) -> str:
        """What the name is called in the library; what has to be imported for that is noted."""
        name = self.backend.names.get(key)
        if name is None and not self.backend.context:
            raise ValueError(f"{self.backend.name} does not say what mp.{key} is: add it to its table of names")
        module, _, attribute = self._path(name).rpartition(".") if name else ("mp", "", key)
        if module in ("", "mp"):
            return f"{module}.{attribute}".lstrip(".")
        needed = Import(module)
        if needed.is_ours or needed.bound in self._bound:
            self.imports.add(Import(module, attribute))
            return attribute
        self.imports.add(needed)
        return f"{module}.{attribute}"

    def _path(self, name: Name) -> str:
        return name.alone if self._alone and name.alone else name.path

    def _uses_context(self) -> bool:
        """Whether the code calls for anything that the backend's own `mp` answers for."""
        names = self.backend.names
        keys = {node.attr for node in ast.walk(self.code.tree) if _is_attribute(node, "mp")}
        return any(key in self._parts or key not in names or names[key].path.startswith("mp.") for key in keys)


def bound(tree: ast.AST) -> set[str]:
    """The names that the code itself gives a meaning to."""
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            names.add(node.id)
        elif isinstance(node, ast.arg):
            names.add(node.arg)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(node.name)
    return names


def _is_attribute(node: "ast.AST | None", variable: str) -> "TypeGuard[ast.Attribute]":
    return isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == variable


def _loads(tree: ast.AST) -> "Iterator[ast.Name]":
    return (node for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load))


def _fields(tree: ast.AST) -> set[ast.stmt]:
    """Statements of class bodies, where an annotation is more than a hint: it makes a field of a dataclass."""
    return {statement for node in ast.walk(tree) if isinstance(node, ast.ClassDef) for statement in node.body}


def _header(code: Code, node: "ast.FunctionDef | ast.AsyncFunctionDef", gone: "Iterable[str]") -> Edit:
    """The function's parameters anew: without annotations, and without those that are gone."""
    begin = code.text.index("(", code.begin(node))
    parts = [node.args.vararg, node.args.kwarg, *node.args.args, *node.args.posonlyargs, *node.args.kwonlyargs]
    given = [*parts, *node.args.defaults, *node.args.kw_defaults, node.returns]
    last = max((code.end(part) for part in given if part), default=begin)
    end = code.text.index(":", last if node.returns else code.text.index(")", last)) + 1
    return Edit(begin, end, f"({', '.join(_parameters(code, node.args, gone))}):")


def _parameters(code: Code, args: ast.arguments, gone: "Iterable[str]") -> "Iterator[str]":
    plain = [*args.posonlyargs, *args.args]
    defaults = [None] * (len(plain) - len(args.defaults)) + args.defaults
    for at, (arg, default) in enumerate(zip(plain, defaults, strict=True)):
        if arg.arg not in gone:
            yield arg.arg + (f"={code.part(default)}" if default else "")
        if at + 1 == len(args.posonlyargs):
            yield "/"
    if args.vararg or args.kwonlyargs:
        yield "*" + (args.vararg.arg if args.vararg else "")
    for arg, default in zip(args.kwonlyargs, args.kw_defaults, strict=True):
        if arg.arg not in gone:
            yield arg.arg + (f"={code.part(default)}" if default else "")
    if args.kwarg:
        yield "**" + args.kwarg.arg


def _cuts(code: Code, given: "list[ast.expr | ast.keyword]", gone: "Iterable[str]") -> "Iterator[Edit]":
    """Cut arguments that are nothing but one of those names, each with the comma that parts it from its neighbour."""
    given = sorted(given, key=code.begin)
    kept_end = None
    for at, argument in enumerate(given):
        value = argument.value if isinstance(argument, ast.keyword) else argument
        if not (isinstance(value, ast.Name) and value.id in gone):
            kept_end = code.end(argument)
        elif at + 1 < len(given):
            yield Edit(code.begin(argument), code.begin(given[at + 1]))
        else:
            yield Edit(code.begin(argument) if kept_end is None else kept_end, code.end(argument))


def _unwrapped(code: Code, node: ast.With) -> "Iterator[Edit]":
    """Take out the header of a with statement and move its block to where it stood."""
    last_of_header = max(item.optional_vars.end_lineno or 0 for item in node.items if item.optional_vars)
    yield Edit(code.line(node.lineno), code.line(last_of_header + 1))
    for number in range(last_of_header + 1, (node.end_lineno or 0) + 1):
        begin = code.line(number)
        if code.text.startswith("    ", begin):
            yield Edit(begin, begin + 4)

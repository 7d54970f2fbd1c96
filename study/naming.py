"""What does a library call the things a body calls `mp.Lock`, `stopwatch` or `manager.dict`? Its own names, written in their place."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

from backends import Backend, Name
from study.rewriting import Code, Edit, Import, bound, is_attribute, nodes

STAND_INS = {
    "stopwatch": "stopwatch",
    "stopwatch.note": "print_time",
    "stopwatch.count": "print_count",
}  # what a body calls -> its name in study.standalone


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
        for node in nodes(self.code.tree):
            if isinstance(node, ast.With):
                self._with(node)
        for node in nodes(self.code.tree):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                self._attribute(node, node.value.id)
            elif isinstance(node, ast.Call):
                self._call(node)

    def _with(self, node: ast.With) -> None:
        """Take out ``with mp.Manager() as manager:`` where the manager's types are the library's own."""
        for item in node.items:
            called = item.context_expr.func if isinstance(item.context_expr, ast.Call) else None
            if is_attribute(called, "mp") and called.attr in self._parts and isinstance(item.optional_vars, ast.Name):
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
        if not is_attribute(node.func, "mp"):
            return
        name = self.backend.names.get(node.func.attr)
        for key, value in name.arguments.items() if name else ():
            argument = f"{key}={'mp' if value == 'mp' else self._spelled(value)}"
            # Behind a keyword stands no argument without one.
            given: list[ast.expr | ast.keyword] = [*node.args[-1:], *node.keywords[:1]]
            if given:
                end = self.code.end(given[0])
                self.edits.append(Edit(end, end, f", {argument}"))
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
        keys = {node.attr for node in nodes(self.code.tree) if is_attribute(node, "mp")}
        return any(key in self._parts or key not in names or names[key].path.startswith("mp.") for key in keys)


def _unwrapped(code: Code, node: ast.With) -> "Iterator[Edit]":
    """Take out the header of a with statement and move its block to where it stood."""
    last_of_header = max(item.optional_vars.end_lineno or 0 for item in node.items if item.optional_vars)
    yield Edit(code.line(node.lineno), code.line(last_of_header + 1))
    strings = [part for part in nodes(node) if isinstance(part, ast.Constant | ast.JoinedStr)]
    within = {number for part in strings for number in range(part.lineno + 1, (part.end_lineno or 0) + 1)}
    for number in range(last_of_header + 1, (node.end_lineno or 0) + 1):
        begin = code.line(number)
        if code.text.startswith("    ", begin) and number not in within:
            yield Edit(begin, begin + 4)

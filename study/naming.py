"""What does a library call the things a body calls `mp.Lock`, `stopwatch` or `manager.dict`? Its own names, written in their place."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from backends import Backend, Name
from study.rewriting import Code, Edit, Import, bound, free, is_attribute, nodes, variables

STAND_INS = {
    "stopwatch": "stopwatch",
    "stopwatch.note": "print_time",
    "stopwatch.count": "print_count",
}  # what a body calls -> its name in study.standalone
MANAGER = "manager"  # what `mp` is called in a script where it is one


@dataclass
class Named:
    """What puts a text into a library's own names, and what it needs for that."""

    edits: list[Edit]
    imports: set[Import]  #: those that are ours are to be carried along, not imported
    mp: str  #: what the text then calls its context or its manager; "" where it has a use for neither


def in_own_names(code: Code, backend: Backend) -> Named:
    """The library's own names where the code says `mp`, `stopwatch` or the name of a manager, and variables called after them.

    Raises ValueError for a name of `mp` that the backend has no answer to.
    """
    naming = _Naming(code, backend)
    naming.read()
    return Named(naming.edits, naming.imports, naming.mp if naming.says_mp else "")


def asks_context(code: Code, backend: Backend) -> bool:
    """Whether the code calls for anything that the backend's own `mp` answers for."""
    names, parts = backend.names, _parts(backend)
    keys = {node.attr for node in nodes(code.tree) if is_attribute(node, "mp")}
    return any(key in parts or key not in names or names[key].path.startswith("mp.") for key in keys)


class _Naming:
    def __init__(self, code: Code, backend: Backend) -> None:
        self.code = code
        self.backend = backend
        self.edits: list[Edit] = []
        self.imports: set[Import] = set()
        self.mp = "mp"  # what the text will call it
        self.says_mp = False  # whether it will
        self._bound = bound(nodes(code.tree))
        self._names = [node for node in nodes(code.tree) if isinstance(node, ast.Name)]
        self._written: set[str] = set()  # the names that the edits bring
        self._parts = _parts(backend)
        self._prefixes = {"mp": ""}  # variable -> what its attributes are called in the table of names
        self._alone = not asks_context(code, backend)

    def read(self) -> None:
        for node in nodes(self.code.tree):
            if isinstance(node, ast.With):
                self._with(node)
        tree, taken = self.code.tree, self._bound.union(node.id for node in self._names) - self._prefixes.keys()
        renamed = free(tree, {"mp": MANAGER} if self.backend.managed else {}, taken)
        self.mp = renamed.get("mp", "mp")
        for node in nodes(tree):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                self._attribute(node, node.value.id)
            elif isinstance(node, ast.Call):
                self._call(node)
        left = (node for node in self._names if node.id == "mp" and not self._is_replaced(node))
        self.says_mp = self.mp in self._written or any(left)
        renamed |= free(tree, _variables(self.backend), taken | self._written)
        self.edits += variables(self.code, renamed)

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
            argument = f"{key}={self._spelled(value)}"
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
        if key != "mp" and name is None and not self.backend.context:
            raise ValueError(f"{self.backend.name} does not say what mp.{key} is: add it to its table of names")
        path = self._path(name) if name else "mp" if key == "mp" else f"mp.{key}"
        module, _, attribute = path.rpartition(".")
        needed = Import(module)
        if path.partition(".")[0] == "mp":
            path = self.mp + path.removeprefix("mp")
        elif module and (needed.is_ours or needed.bound in self._bound):
            self.imports.add(Import(module, attribute))
            path = attribute
        elif module:
            self.imports.add(needed)
        self._written.add(path.partition(".")[0])
        return path

    def _path(self, name: Name) -> str:
        return name.alone if self._alone and name.alone else name.path

    def _is_replaced(self, node: ast.Name) -> bool:
        begin = self.code.begin(node)
        return any(edit.begin <= begin < edit.end for edit in self.edits)


def _parts(backend: Backend) -> set[str]:
    """The names of `mp` that are a manager with types of the library's own."""
    return {key.partition(".")[0] for key in backend.names if "." in key}


def _variables(backend: Backend) -> dict[str, str]:
    """A variable called after a class is called after the library's own: `thread` where a Process is a Thread."""
    own = {key.lower(): name.path.rpartition(".")[2].lower() for key, name in backend.names.items()}
    return {old: new for old, new in own.items() if old not in new}


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

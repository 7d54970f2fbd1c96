"""The project's modules as syntax trees, and what each of them imports."""

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def name_of(file):
    parts = file.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {name_of(file): file for folder in ("backends", "study") for file in sorted((ROOT / folder).rglob("*.py"))}
TREES = {name: ast.parse(file.read_text()) for name, file in MODULES.items()}


def imports(tree, *, everywhere):
    """The modules that are imported at module level, or everywhere but for type checkers."""
    found, left = set(), list(tree.body)
    while left:
        node = left.pop()
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            inner = {f"{node.module}.{alias.name}" for alias in node.names} & MODULES.keys()
            found |= inner | ({node.module} if len(inner) < len(node.names) else set())
        elif isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            left += node.orelse
        elif everywhere or not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            left += ast.iter_child_nodes(node)
    return found


def is_ours(name):
    return name.partition(".")[0] in ("backends", "study")

"""How would an experienced user of a library write a scenario? As this script: the body in that library's own names, nothing of ours."""

import ast
import inspect
import sys
import textwrap
from collections.abc import Iterable, Iterator
from itertools import groupby

from backends import Backend
from study.extraction import source_of, with_imports_on_top
from study.layout import GAP, LIMIT_COLUMNS, layout
from study.naming import Named, in_own_names
from study.rewriting import (
    Import,
    is_attribute,
    nodes,
    parsed,
    with_dotted,
    with_variables,
    without_hints,
    without_parameters,
)
from study.scenario import Scenario, body_of, unanswered

MANAGER = "manager"  # what `mp` is called in a script where it is one


def script(scenario: Scenario, backend: Backend, python: tuple[int, int] = sys.version_info[:2]) -> str:
    """The scenario on that backend as a standalone script: it runs as it is, in an empty folder.

    Raises LookupError, with the sentence a reader is shown, when the pair is not on offer on that Python.
    """
    reason = unanswered(scenario, backend, python)
    body = body_of(scenario, backend)
    if reason or body is None:
        raise LookupError(f"there is no script for {scenario.name} on {backend.name}: {reason}")
    extract = source_of(body.__module__).reach({body.__name__})
    named = _in_own_names(without_hints(extract.text(**{body.__name__: "main"})), backend)
    carried = list(_carried(extract.imports | named.imports))
    imports = extract.imports.union(named.imports, *(needed for _, needed in carried))
    constants, definitions = _parted(_on_context(named.text, backend))
    parts = [constants, *(text for text, _ in carried), definitions]
    return _with_imports(GAP.join(filter(None, parts)), imports, _about(scenario, backend))


def side_by_side(scenario: Scenario) -> list[tuple[str, str]]:
    """Each style of backend and the body written for it, as it stands in the scenario's file."""
    return [(style, inspect.getsource(body)) for style, body in scenario.styles.items()]


def _carried(imports: "Iterable[Import]") -> "Iterator[tuple[str, set[Import]]]":
    """The definitions of ours that a script takes along: how an event is written, how a time is printed."""
    ours = sorted((found for found in imports if found.is_ours), reverse=True)
    for module, found in groupby(ours, key=lambda needed: needed.module):
        extract = source_of(module).reach({needed.name for needed in found})
        text, nested = with_imports_on_top(without_hints(extract.text()))
        yield text.strip(), extract.imports | nested


def _in_own_names(text: str, backend: Backend) -> Named:
    """In the library's names, without the parameters nobody hands over: `mp` is the module's own, unless it is a manager."""
    named = in_own_names(without_parameters(text, {"stopwatch"} if backend.managed else {"stopwatch", "mp"}), backend)
    if backend.managed and not any(is_attribute(node, "mp") for node in nodes(parsed(named.text))):
        named.text = without_parameters(named.text, {"mp"})
    named.text = with_variables(named.text, _variables(backend))
    return named


def _variables(backend: Backend) -> dict[str, str]:
    """A variable called after a class is called after the library's own: `thread` where a Process is a Thread."""
    own = {key.lower(): name.path.rpartition(".")[2].lower() for key, name in backend.names.items()}
    renamed = {old: new for old, new in own.items() if old not in new}
    return {**renamed, "mp": MANAGER} if backend.managed else renamed


def _on_context(code: str, backend: Backend) -> str:
    """With the multiprocessing context or the manager that the code calls `mp`, and the call of main()."""
    context = f'multiprocessing.get_context("{backend.context}")'
    guard = 'if __name__ == "__main__":\n    '
    names = _names(code)
    if backend.managed and names & {"mp", MANAGER}:
        called = "mp" if "mp" in names else MANAGER
        return f"{code}\n\n{guard}with {context}.Manager() as {called}:\n        main({called})\n"
    if "mp" in names:
        starts_with_block = code.startswith(("def ", "class ", "@", "#"))
        code = f"mp = {context}\n" + ("\n\n" if starts_with_block else "") + code
    return f"{code}\n\n{guard}main()\n"


def _parted(code: str) -> tuple[str, str]:
    """The constants a script begins with, and its definitions."""
    first = parsed(code).body[0]
    constants, _, definitions = code.partition(GAP) if isinstance(first, ast.Assign) else ("", "", code)
    return constants, definitions


def _with_imports(code: str, imports: "set[Import]", about: str) -> str:
    imports = {found for found in imports if not found.is_ours}
    if "multiprocessing.get_context(" in code:
        imports.add(Import("multiprocessing"))
    code = with_dotted(code, imports)
    names = _names(code)
    lines = _import_lines(found for found in imports if found.bound in names)
    gap = "\n" if isinstance(parsed(code).body[0], ast.Assign) else "\n\n"
    return layout(f'"""{about}"""\n\n{lines}{gap}{code}')


def _names(code: str) -> set[str]:
    return {node.id for node in nodes(parsed(code)) if isinstance(node, ast.Name)}


def _about(scenario: Scenario, backend: Backend) -> str:
    place = f"Section {scenario.section} of the tutorial" if scenario.section else "One of the headline costs"
    question = textwrap.fill(scenario.question, LIMIT_COLUMNS - 3)
    return f"{question}\n\n{place}: {scenario.title}. Written for {backend.label}.\n"


def _import_lines(imports: "Iterable[Import]") -> str:
    """The imports in the order of isort: the standard library before what is installed, modules before their names."""
    sections = []
    for _, section in groupby(sorted(imports, key=_rank), key=_is_installed):
        lines = []
        for module, group in groupby(section, key=lambda found: found.module if found.name else ""):
            if module:
                lines.append(f"from {module} import {', '.join(found.spelled for found in group)}")
            else:
                lines += [f"import {found.spelled}" for found in group]
        sections.append("\n".join(lines) + "\n")
    return "\n".join(sections)


def _is_installed(found: Import) -> bool:
    return found.module.partition(".")[0] not in sys.stdlib_module_names


def _rank(found: Import) -> tuple[bool, bool, str, bool, bool, str]:
    is_constant, is_class = found.name.isupper(), found.name[:1].isupper()
    return _is_installed(found), found.name != "", found.module, not is_constant, not is_class, found.name

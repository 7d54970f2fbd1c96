"""How would an experienced user of a library write a scenario? As this script: the body in that library's own names, nothing of ours."""

import inspect
import re
import sys
import textwrap
from collections.abc import Iterable, Iterator
from itertools import groupby

from backends import Backend
from study.extraction import source_of, with_imports_on_top
from study.layout import GAP, LIMIT_COLUMNS, layout
from study.naming import asks_context, in_own_names
from study.rewriting import Code, Import, apart, dotted, without_hints
from study.scenario import Scenario, body_of, unanswered

BLOCK = re.compile(r"(?:#.*\n)*(?:@|(?:async )?def |class )")  # how code begins that does not begin with a constant


def script(scenario: Scenario, backend: Backend, python: tuple[int, int] = sys.version_info[:2]) -> str:
    """The scenario on that backend as a standalone script: it runs as it is, in an empty folder.

    Raises LookupError, with the sentence a reader is shown, when the pair is not on offer on that Python.
    """
    reason = unanswered(scenario, backend, python)
    body = body_of(scenario, backend)
    if reason or body is None:
        raise LookupError(f"there is no script for {scenario.name} on {backend.name}: {reason}")
    extract = source_of(body.__module__).reach({body.__name__})
    code = _without_parameters(extract.text(**{body.__name__: "main"}), backend)
    named = in_own_names(code, backend)
    carried = list(_carried(extract.imports | named.imports))
    imports = extract.imports.union(named.imports, *(needed for _, needed in carried))
    if named.mp:
        imports.add(Import("multiprocessing"))
    spelled = apart(imports) - named.imports
    own = code.edited([*named.edits, *dotted(code, spelled)])
    constants, definitions = _parted(_on_context(own, backend, named.mp))
    taken_along = [ours.edited(dotted(ours, spelled)) for ours, _ in carried]
    text = GAP.join(filter(None, [constants, *taken_along, definitions]))
    lines = _import_lines(found for found in imports - spelled if not found.is_ours)
    gap = "\n\n" if BLOCK.match(text) else "\n"
    return layout(f'"""{_about(scenario, backend)}"""\n\n{lines}{gap}{text}')


def side_by_side(scenario: Scenario) -> list[tuple[str, str]]:
    """Each style of backend and the body written for it, as it stands in the scenario's file."""
    return [(style, inspect.getsource(body)) for style, body in scenario.styles.items()]


def _carried(imports: "Iterable[Import]") -> "Iterator[tuple[Code, set[Import]]]":
    """The definitions of ours that a script takes along: how an event is written, how a time is printed."""
    ours = sorted((found for found in imports if found.is_ours), reverse=True)
    for module, found in groupby(ours, key=lambda needed: needed.module):
        extract = source_of(module).reach({needed.name for needed in found})
        text, nested = with_imports_on_top(without_hints(extract.text()))
        yield Code(text.strip()), extract.imports | nested


def _without_parameters(text: str, backend: Backend) -> Code:
    """Without the parameters nobody hands over: `mp` is the module's own, unless it is a manager that is asked for something."""
    if backend.managed:
        code = Code(without_hints(text, "stopwatch"))
        if asks_context(code, backend):
            return code
    return Code(without_hints(text, "stopwatch", "mp"))


def _on_context(code: str, backend: Backend, mp: str) -> str:
    """With the multiprocessing context or the manager that the code calls `mp`, and the call of main()."""
    context = f'multiprocessing.get_context("{backend.context}")'
    guard = 'if __name__ == "__main__":\n    '
    if mp and backend.managed:
        return f"{code}\n\n{guard}with {context}.Manager() as {mp}:\n        main({mp})\n"
    if mp:
        code = f"mp = {context}\n" + ("\n\n" if code.startswith("#") or BLOCK.match(code) else "") + code
    return f"{code}\n\n{guard}main()\n"


def _parted(code: str) -> tuple[str, str]:
    """The constants a script begins with, and its definitions."""
    constants, _, definitions = ("", "", code) if BLOCK.match(code) else code.partition(GAP)
    return constants, definitions


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

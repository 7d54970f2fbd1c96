"""How does each library's own code for a scenario read? One text for backends whose scripts differ in a start method's name alone."""

import contextlib
import functools
import hashlib
import re
import sys
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from backends import FLOOR
from study import installed
from study.extraction import source_of
from study.journal import Header
from study.layout import GAP
from study.processors import forked, usable_cpus
from study.scenario import Scenario
from study.script import script

CARRIED_FROM = ("study.trace", "study.standalone")
ROOT = Path(__file__).parents[1]
OfRun = dict[str, tuple["Body", ...]]  # scenario -> its bodies


@dataclass(frozen=True, slots=True)
class Body:
    """One script, and the backends whose scripts differ from it in nothing but the name of their start method."""

    backends: tuple[str, ...]  #: the first is the one that it is written for
    label: str
    text: str  #: without its docstring, and without what every script takes along
    others: tuple[str, ...]  #: labels of the further backends
    command: str  #: which prints it whole


def bodies(header: Header, scenario: str, leave_out: Collection[tuple[str, str]] = ()) -> tuple[Body, ...]:
    """The scripts of all backends that the campaign planned for the scenario, but for those (scenario, backend) pairs."""
    known = installed.known_scenarios().get(scenario)
    planned = {
        cell.backend for cell in header.plan if cell.scenario == scenario and (scenario, cell.backend) not in leave_out
    }
    names = [name for name in installed.known_backends() if name in planned]
    if not known:
        return ()
    grouped = groupby(names, key=_kind)
    return tuple(body for _, group in grouped if (body := _body(known, list(group), _python(header))))


def of_runs(headers: Sequence[Header]) -> list[OfRun]:
    """The bodies that the chapter of each run shows: no pair of a scenario and a backend twice on a page."""
    shown: set[tuple[str, str]] = set()
    every = []
    for header in headers:
        scenarios = installed.in_order({cell.scenario for cell in header.plan}, installed.known_scenarios())
        every.append({name: bodies(header, name, shown) for name in scenarios})
        shown |= {(name, backend) for name, made in every[-1].items() for body in made for backend in body.backends}
    return every


@contextlib.contextmanager
def begun(headers: Sequence[Header]) -> Iterator[Callable[[], list[OfRun]]]:
    """Begin `of_runs` on a processor of its own, if there is one; what is yielded waits for it and returns it.

    It needs none of the libraries of a report, whose import keeps the first processor busy for as long as this takes.
    """
    if sys.platform != "linux" or usable_cpus() < 2:
        yield lambda: of_runs(headers)
        return
    with forked(1) as pool:
        yield pool.apply_async(of_runs, (headers,)).get


def changed(header: Header, scenario: str) -> str:
    """The scenario's file, if what is installed is not what was measured; else ""."""
    name = f"study/scenarios/{scenario}.py"
    measured, file = header.sources.get(name), ROOT / name
    if measured is None or not file.is_file():
        return ""
    return "" if hashlib.sha256(file.read_bytes()).hexdigest().startswith(measured) else name


def derived(text: str, first: str, other: str) -> str:
    """The script of another start method of the same library, made of the first one's."""
    one, two = (installed.known_backends()[name] for name in (first, other))
    of_other = text.replace(f'get_context("{one.context}")', f'get_context("{two.context}")')
    return of_other.replace(f"Written for {one.label}.", f"Written for {two.label}.")


def _kind(name: str) -> tuple[str, str]:
    """What backends have in common whose scripts differ in the name of a start method alone."""
    backend = installed.known_backends()[name]
    return name.partition(".")[0], "" if backend.context and backend.style != FLOOR else name


def _python(header: Header) -> tuple[int, int]:
    """The measured interpreter's; this one's where a stranger's text is none."""
    found = re.match(r"(3)\.(\d{1,3})\b", str(header.interpreter.get("version", "")))
    return (int(found[1]), int(found[2])) if found else sys.version_info[:2]


def _body(scenario: Scenario, names: list[str], python: tuple[int, int]) -> Body | None:
    first, *rest = names
    try:
        text = script(scenario, installed.known_backends()[first], python)
    except LookupError:
        return None
    labels = tuple(installed.label(name) for name in rest)
    return Body(
        tuple(names),
        installed.label(first),
        shown(text),
        labels,
        f"python -m study show {scenario.name} --backend {first}",
    )


def shown(text: str) -> str:
    """A script without its docstring; a comment stands for the definitions that it shares with all others."""
    _, _, code = text.split('"""', 2)
    parts = code.strip().split(GAP)
    taken = [part for part in parts if _defined(part) in _carried()]
    if not taken:
        return GAP.join(parts)
    names = ", ".join(f"{_defined(part)}()" for part in taken)
    note = f"# {names}: left out here, the same in every script"
    parts[parts.index(taken[0])] = note
    return GAP.join(part for part in parts if part not in taken)


@functools.cache
def _carried() -> frozenset[str]:
    return frozenset(name for module in CARRIED_FROM for name in source_of(module).definitions)


def _defined(part: str) -> str:
    """The name of the function or class that a part of a script defines; "" of none."""
    found = re.search(r"^(?:def|class) (\w+)", part, re.MULTILINE)
    return found[1] if found else ""

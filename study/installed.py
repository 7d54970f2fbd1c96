"""What is installed of the scenarios and backends that a journal names? A name that is not known any more stands for itself."""

import functools
from collections.abc import Iterable

import backends
from backends import Backend
from study import scenarios
from study.notation import plain
from study.scenario import Scenario

COSTS = ("startup", "throughput", "latency", "scaling")  # the headline costs, in the order of the page


@functools.cache
def known_backends() -> dict[str, Backend]:
    """All installed backends, plainest first, then the floors."""
    return {backend.name: backend for backend in [*backends.every(), *backends.floors()]}


@functools.cache
def known_scenarios() -> dict[str, Scenario]:
    """All installed scenarios: the document's in its order, then the headline costs."""
    return {scenario.name: scenario for scenario in scenarios.every()}


@functools.cache
def costs() -> tuple[str, ...]:
    """The scenarios that ask for a cost and are none of the document's: the headlines, then those that look closer."""
    closer = [name for name, found in known_scenarios().items() if not found.section and name not in COSTS]
    return (*COSTS, *closer)


@functools.cache
def baselines() -> frozenset[str]:
    """The backends without concurrency, against which a speed-up is counted."""
    return frozenset(name for name, backend in known_backends().items() if backend.style == "serial")


@functools.cache
def floors() -> frozenset[str]:
    """The yardsticks: the least that the machine itself takes for the same, which is no choice."""
    return frozenset(name for name, backend in known_backends().items() if backend.style == "floor")


def label(backend: str) -> str:
    """What a reader calls the backend."""
    found = known_backends().get(backend)
    return plain(found.label if found else backend, 80)


def title(scenario: str) -> str:
    """The scenario's heading, with its section in the document."""
    found = known_scenarios().get(scenario)
    if not found:
        return plain(scenario, 80)
    return f"§{found.section} {found.title}" if found.section else found.title


def question(scenario: str) -> str:
    """The question it answers, or a sentence that it cannot be told."""
    found = known_scenarios().get(scenario)
    return found.question if found else "This scenario is not installed here; its name is the one in the results file."


def unit(scenario: str) -> str:
    """What one operation is."""
    found = known_scenarios().get(scenario)
    return found.unit if found else "operation"


def headline(scenario: str) -> str | None:
    """The lap that stands for the scenario, or None when it is not known."""
    found = known_scenarios().get(scenario)
    return found.headline if found else None


def in_order(names: Iterable[str], known: Iterable[str]) -> list[str]:
    """Each name once: the known ones as they are ordered there, then the others by name."""
    present = set(names)
    ordered = [name for name in known if name in present]
    return ordered + sorted(present.difference(ordered))

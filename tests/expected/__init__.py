"""What is expected of each hazard on each backend: the modules of this folder together, and how to look one up."""

import importlib
import pkgutil

Expected = str | tuple[str, ...]
KINDS = (
    "works",
    "absent",
    "raises",
    "hangs",
    "dies",
    "answers",
    "loses data",
    "wrong answer",
    "leaves orphans",
    "leaks",
)
PER_METHOD = ("processes", "executors.processes")  # keys for the three start methods of a library
METHODS = ("fork", "spawn", "forkserver")


def _together() -> dict[str, dict]:
    every: dict[str, dict] = {}
    for module in pkgutil.iter_modules(__path__):
        found = importlib.import_module(f"{__name__}.{module.name}").EXPECTED
        assert not every.keys() & found.keys(), f"two modules expect something of {every.keys() & found.keys()}"
        every |= found
    return every


EXPECTED = _together()


def keys_of(backend: str) -> list[str]:
    """The keys that tell what is expected of that backend, the most special first."""
    file, _, variant = backend.partition(".")
    family = {"processes": "processes", "executors": "executors.processes"}.get(file)
    return [backend, *([family] if family and variant in METHODS else [])]


def expected(hazard: str, backend: str, python: tuple[int, int]) -> tuple[str, ...]:
    """The outcomes that are right, as `study.outcomes.key_of` tells them; () where nothing is expected."""
    told = EXPECTED.get(hazard, {})
    found = next((told[key] for key in keys_of(backend) if key in told), ())
    if isinstance(found, dict):
        found = next((found[since] for since in sorted(found, reverse=True) if since <= python), ())
    return (found,) if isinstance(found, str) else tuple(found)

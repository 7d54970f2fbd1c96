"""Do imports point inwards only, and is what a measured worker imports light?"""

import ast
import graphlib
import subprocess
import sys

import pytest

from interpreters import PYTHONS
from modules import MODULES, ROOT, TREES, imports, is_ours

PATIENCE_S = 120

# The ring of each module; a folder stands for all its files.
RINGS = {
    0: [
        "backends",
        "study",
        "study.child",
        "study.discovery",
        "study.hazard",
        "study.hazards",
        "study.scenario",
        *("study.scenarios", "study.stopwatch", "study.trace"),
    ],
    1: [
        *("study.cgroup", "study.doctor"),
        *("study.budget", "study.noise"),
        *("study.campaign", "study.demo", "study.environment", "study.extraction", "study.installed", "study.journal"),
        *("study.launch", "study.layout", "study.listing", "study.naming", "study.notation", "study.observations"),
        *("study.plain", "study.plan", "study.preparation", "study.rewriting", "study.script", "study.standalone"),
        *("study.affinity", "study.lines", "study.plausibility", "study.transcripts", "study.validation"),
        *("study.export", "study.scrubbing"),
        *("study.attempt", "study.failures", "study.matrix", "study.outcomes", "study.sightings", "study.warden"),
        *("study.accounts", "study.atlas", "study.bodies", "study.view"),
        *(
            "study.build",
            "study.garbage",
            "study.interleaving",
            "study.interpreters",
            "study.processors",
            "study.records",
            "study.resumption",
        ),
    ],
    2: [
        *(
            "study.across",
            "study.beside",
            "study.between",
            "study.compare",
            "study.contrast",
            "study.fits",
            "study.frame",
            "study.grains",
            "study.jobs",
            "study.particulars",
            "study.provenance",
        ),
        *("study.launches", "study.laws", "study.paired", "study.proof", "study.published", "study.selfcheck"),
        *("study.semantics", "study.symptoms"),
        *("study.sentences", "study.sessions", "study.sheets", "study.summary", "study.tables", "study.trials"),
    ],
    3: [
        *(
            "study.__main__",
            "study.actions",
            "study.charts",
            "study.cli",
            "study.drawing",
            "study.gallery",
            "study.palette",
        ),
        *(
            "study.artists",
            "study.chapters",
            "study.letters",
            "study.outlines",
            "study.painting",
            "study.strokes",
            "study.panels",
            "study.report",
            "study.run",
            "study.sections",
        ),
    ],
}
INSTALLED = {
    0: set(),
    1: {"msgspec", "psutil"},
    2: {"msgspec", "psutil", "numpy", "pandas", "scipy"},
    3: {"msgspec", "psutil", "numpy", "pandas", "scipy", "jinja2", "markupsafe", "matplotlib"},
}
# What a spawned worker pays for again: nothing, since any program that uses multiprocessing has these loaded.
LIGHT = {"contextlib", "functools", "importlib", "os", "pkgutil", "signal", "sys", "threading", "time", "types"}
BUILT_IN = {"_thread", "marshal"}  # in the interpreter itself
# These two files are not loaded by the workers of a cell.
LIGHT_ENOUGH_FOR = {
    "backends.executors": {"concurrent.futures", "multiprocessing", "pickle"},
    "study.child.session": {"gc"},
}
HEAVY = {"argparse", "asyncio", "concurrent.futures", "dataclasses", "inspect", "json", "logging", "typing"}


def ring_of(module):
    """The ring of the module itself or of its folder, or None."""
    for ring, names in RINGS.items():
        if module in names or module.rpartition(".")[0] in set(names) - {"study"}:
            return ring
    return None


RING_0 = [name for name in MODULES if ring_of(name) == 0]
WEIGHT = "study.child.heavy"  # a main file that is there to be heavy
for_each_module = pytest.mark.parametrize("module", MODULES)


@pytest.mark.parametrize(
    ("source", "at_module_level", "everywhere"),
    [
        ("import os.path", {"os.path"}, {"os.path"}),
        ("from study import journal", {"study.journal"}, {"study.journal"}),
        ("from study.journal import Row", {"study.journal"}, {"study.journal"}),
        ("from study import journal, nothing", {"study", "study.journal"}, {"study", "study.journal"}),
        ("def f():\n    import json", set(), {"json"}),
        ("class C:\n    import json", {"json"}, {"json"}),
        ("try:\n    import json\nexcept ImportError:\n    import logging", {"json", "logging"}, {"json", "logging"}),
        ("if TYPE_CHECKING:\n    import typing", set(), set()),
        ("if TYPE_CHECKING:\n    import typing\nelse:\n    import json", {"json"}, {"json"}),
    ],
)
def test_imports_are_found_where_they_are_written(source, at_module_level, everywhere):
    assert imports(ast.parse(source), everywhere=False) == at_module_level
    assert imports(ast.parse(source), everywhere=True) == everywhere


@for_each_module
def test_every_module_is_in_a_ring(module):
    assert ring_of(module) is not None, f"say in RINGS where {module} belongs"


def test_every_module_of_a_ring_exists_and_is_in_no_other():
    named = [name for names in RINGS.values() for name in names]
    assert sorted(named) == sorted(set(named))
    assert set(named) <= set(MODULES)


@for_each_module
def test_imports_point_inwards(module):
    ours = {name for name in imports(TREES[module], everywhere=True) if is_ours(name)}
    assert {name for name in ours if ring_of(name) > ring_of(module)} == set()


@for_each_module
def test_a_module_imports_only_what_its_ring_may_have_installed(module):
    others = {name.partition(".")[0] for name in imports(TREES[module], everywhere=True) if not is_ours(name)}
    assert others - sys.stdlib_module_names - INSTALLED[ring_of(module)] == set()


@pytest.mark.parametrize("module", [name for name in RING_0 if name != WEIGHT])
def test_ring_0_imports_only_the_light_standard_library(module):
    foreign = {name for name in imports(TREES[module], everywhere=False) if not is_ours(name)}
    assert foreign - LIGHT - BUILT_IN - LIGHT_ENOUGH_FOR.get(module, set()) == set()


def test_what_is_built_in_costs_no_worker_anything():
    assert set(sys.builtin_module_names) >= BUILT_IN


def test_futures_are_the_one_exception_and_in_one_file():
    assert not LIGHT & HEAVY
    excepted = {name: modules & HEAVY for name, modules in LIGHT_ENOUGH_FOR.items() if modules & HEAVY}
    assert excepted == {"backends.executors": {"concurrent.futures"}}


@pytest.mark.parametrize("module", [name for name in MODULES if name.startswith("backends")])
def test_backends_never_import_the_study(module):
    assert {name for name in imports(TREES[module], everywhere=True) if name.startswith("study")} == set()


@pytest.mark.parametrize("module", [name for name in RING_0 if name.startswith("study.scenarios")])
def test_scenarios_know_neither_the_backends_nor_the_child(module):
    ours = {name for name in imports(TREES[module], everywhere=True) if is_ours(name)}
    assert ours <= {"study.scenario", "study.trace", "study.discovery"}


@pytest.mark.parametrize("module", [name for name in MODULES if not name.startswith("study.child")])
def test_nobody_imports_the_child_which_is_started_by_its_path(module):
    assert {name for name in imports(TREES[module], everywhere=True) if name.startswith("study.child")} == set()


def test_the_package_itself_imports_nothing():
    assert imports(TREES["study"], everywhere=True) == set()


def test_nobody_imports_the_heavy_main_file_and_a_child_is_given_it_only_when_asked_for():
    assert not [name for name, tree in TREES.items() if WEIGHT in imports(tree, everywhere=True)]
    assert imports(TREES[WEIGHT], everywhere=False) & HEAVY


def test_the_main_file_of_a_child_is_a_guard_and_nothing_else():
    """A spawned worker runs it again up to the guard."""
    docstring, guard = TREES["study.child.bare"].body
    assert isinstance(docstring, ast.Expr)
    assert isinstance(guard, ast.If)
    assert ast.unparse(guard.test) == "__name__ == '__main__'"


def test_no_modules_import_each_other_in_a_circle():
    needed = {
        module: {name for name in imports(tree, everywhere=False) if is_ours(name)} - {module}
        for module, tree in TREES.items()
    }
    graphlib.TopologicalSorter(needed).prepare()  # raises CycleError, which names the circle


def run(python, *arguments, **more):
    return subprocess.run([python, *arguments], capture_output=True, text=True, timeout=PATIENCE_S, check=True, **more)


@pytest.mark.parametrize("python", PYTHONS)
def test_ring_0_can_be_imported_with_nothing_installed(python):
    lines = ["import sys", f"sys.path.insert(0, {str(ROOT)!r})", *(f"import {name}" for name in RING_0)]
    assert run(python, "-I", "-S", "-B", "-W", "error", "-c", "\n".join(lines)).stdout == ""


@pytest.mark.parametrize("python", PYTHONS)
def test_what_a_worker_imports_brings_nothing_heavy_with_it(python):
    names = [name for name in RING_0 if name.startswith("study") and not name.startswith("study.child")]
    lines = ["import sys", "before = set(sys.modules)", f"sys.path.insert(0, {str(ROOT)!r})"]
    lines += [f"import {name}" for name in names]
    lines += ["print(*(set(sys.modules) - before))"]
    loaded = set(run(python, "-I", "-S", "-B", "-c", "\n".join(lines)).stdout.split())
    assert loaded >= set(names) - {"study"}
    assert loaded & HEAVY == set()


def test_help_loads_nothing_that_only_a_report_needs():
    told = run(sys.executable, "-X", "importtime", "-m", "study", "--help", cwd=ROOT)
    loaded = {line.rpartition("|")[2].strip().partition(".")[0] for line in told.stderr.splitlines()}
    assert "usage: study" in told.stdout
    assert {"argparse", "study"} <= loaded
    assert loaded & {"pandas", "numpy", "matplotlib", "scipy", "rich", "jinja2"} == set()

"""Do imports point inwards only, and does a measured worker hold little more than one of a plain script?"""

import ast
import graphlib
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import backends
from study import scenarios
from study.scenario import unanswered

ROOT = Path(__file__).resolve().parent.parent
PATIENCE_S = 120
PYTHONS = [sys.executable, *filter(None, os.environ.get("STUDY_TEST_PYTHONS", "").split(os.pathsep))]

# The ring of each module; a folder stands for all its files.
RINGS = {
    0: ["backends", "study", "study.child", "study.scenario", "study.scenarios", "study.stopwatch", "study.trace"],
    1: [
        *("study.campaign", "study.demo", "study.environment", "study.extraction", "study.installed", "study.journal"),
        *("study.launch", "study.layout", "study.listing", "study.naming", "study.notation", "study.observations"),
        *("study.plain", "study.plan", "study.preparation", "study.rewriting", "study.script", "study.standalone"),
        *("study.transcripts",),
    ],
    2: ["study.frame", "study.selfcheck", "study.sentences", "study.sheets", "study.summary", "study.tables"],
    3: [
        *("study.__main__", "study.charts", "study.cli", "study.drawing", "study.palette", "study.panels"),
        *("study.report", "study.run", "study.sections"),
    ],
}
INSTALLED = {
    0: set(),
    1: {"msgspec", "psutil"},
    2: {"msgspec", "psutil", "numpy", "pandas", "scipy"},
    3: {"msgspec", "psutil", "numpy", "pandas", "scipy", "jinja2", "markupsafe", "matplotlib", "rich"},
}
# What a spawned worker pays for again: nothing, since any program that uses multiprocessing has these loaded.
LIGHT = {"contextlib", "functools", "importlib", "os", "pkgutil", "sys", "threading", "time", "types"}
# These two files are not loaded by the workers of a cell.
LIGHT_ENOUGH_FOR = {
    "backends.executors": {"concurrent.futures", "multiprocessing", "pickle"},
    "study.child.session": {"gc", "marshal"},
}
HEAVY = {"argparse", "asyncio", "concurrent.futures", "dataclasses", "inspect", "json", "logging", "typing"}
MOST_MORE = 6  # modules, of a spawned worker over one of a plain script


def name_of(file):
    parts = file.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {name_of(file): file for folder in ("backends", "study") for file in sorted((ROOT / folder).rglob("*.py"))}
TREES = {name: ast.parse(file.read_text()) for name, file in MODULES.items()}


def ring_of(module):
    """The ring of the module itself or of its folder, or None."""
    for ring, names in RINGS.items():
        if module in names or module.rpartition(".")[0] in set(names) - {"study"}:
            return ring
    return None


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


RING_0 = [name for name in MODULES if ring_of(name) == 0]
for_each_module = pytest.mark.parametrize("module", MODULES)
for_each_module_of_ring_0 = pytest.mark.parametrize("module", RING_0)


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


@for_each_module_of_ring_0
def test_ring_0_imports_only_the_light_standard_library(module):
    foreign = {name for name in imports(TREES[module], everywhere=False) if not is_ours(name)}
    assert foreign - LIGHT - LIGHT_ENOUGH_FOR.get(module, set()) == set()


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
    assert ours <= {"study.scenario", "study.trace"}


@pytest.mark.parametrize("module", [name for name in MODULES if not name.startswith("study.child")])
def test_nobody_imports_the_child_which_is_started_by_its_path(module):
    assert {name for name in imports(TREES[module], everywhere=True) if name.startswith("study.child")} == set()


def test_the_package_itself_imports_nothing():
    assert imports(TREES["study"], everywhere=True) == set()


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


def asks_which_backend(tree):
    """The expressions that treat one backend otherwise than by what it declares."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare):
            sides = [node.left, *node.comparators]
            is_backend = any(
                re.fullmatch(r"(\w+\.)*backend(\.(name|label|library))?", ast.unparse(side)) for side in sides
            )
            if is_backend and any(is_literal(side) for side in sides):
                yield ast.unparse(node)
        elif isinstance(node, ast.Match) and re.search(r"\bbackend\b", ast.unparse(node.subject)):
            yield ast.unparse(node.subject)
        elif isinstance(node, ast.Call) and re.fullmatch(
            r"(hasattr|isinstance)\(.*\b(backend|Backend)\b.*\)", ast.unparse(node)
        ):
            yield ast.unparse(node)


def is_literal(node):
    if isinstance(node, (ast.Tuple, ast.List, ast.Set)):
        return all(is_literal(element) for element in node.elts)
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value != ""


@pytest.mark.parametrize(
    "source",
    [
        "if backend == 'threads': pass",
        "x = 1 if backend.name != 'threads' else 2",
        "y = [b for b in c if cell.backend in ('threads', 'serial')]",
        "if 'threads' == backend.label: pass",
        "isinstance(backend, Backend)",
        "isinstance(found, backends.Backend)",
        "hasattr(backend, 'own')",
        "match backend.name:\n    case 'threads': pass",
    ],
)
def test_code_that_asks_which_backend_it_has_is_found(source):
    assert list(asks_which_backend(ast.parse(source)))


@pytest.mark.parametrize("module", [name for name in MODULES if not name.startswith("backends")])
def test_nobody_asks_which_backend_it_has(module):
    assert list(asks_which_backend(TREES[module])) == []


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


# How many modules does a worker of the real body hold? A driver whose main file imports nothing, like the one of a
# measured child, runs the body with a library whose workers write down at their end what they hold. Beside each it starts
# a twin: a worker by the same means, with the same primitives among its arguments, but with nothing of ours to run. The
# recorder is a module of its own, which both hold, so that it does not count.
RECORDER = """
import os
import sys


def tell(path, key, *primitives):
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(descriptor, " ".join([key, *sys.modules]).encode() + b"\\n")
    os.close(descriptor)


def take(*primitives):
    pass


class Recorded:
    def __init__(self, target, path):
        self.target, self.path = target, path

    def __call__(self, *arguments):
        try:
            return self.target(*arguments)
        finally:
            tell(self.path, self.target.__name__)
"""
DRIVER = '''
def plain(arguments):
    """The arguments without what would have the worker import the study."""
    return tuple(None if getattr(one, "__module__", "").startswith("study") else one for one in arguments)


class Recording:
    def __init__(self, lib, place):
        self.lib, self.workers, self.twins = lib, place + ".workers", place + ".twins"
        self.known, self.started = set(), []

    def __getattr__(self, name):
        return getattr(self.lib, name)

    def is_new(self, target):
        return target.__name__ not in self.known and not self.known.add(target.__name__)

    def Process(self, target, args):
        if self.is_new(target):
            handed = (self.twins, target.__name__, *plain(args))
            twin = self.lib.Process(target=tell, args=handed)
            twin.start()
            self.started.append((twin, handed))  # a primitive must live until the twin has it
        return self.lib.Process(target=Recorded(target, self.workers), args=args)

    def Pool(self, processes, initializer=None, initargs=(), **more):
        pool = self.lib.Pool(processes, initializer, initargs, **more)
        spread, recording = pool.map, self

        def recorded_map(target, *arguments, **more):
            if recording.is_new(target):
                with recording.lib.Pool(1, take, plain(initargs)) as twin:
                    twin.apply(tell, (recording.twins, target.__name__))
            return spread(Recorded(target, recording.workers), *arguments, **more)

        pool.map = recorded_map
        return pool

    def Executor(self, max_workers, initializer=None, initargs=()):
        pool = self.lib.Executor(max_workers=max_workers, initializer=initializer, initargs=initargs)
        submit, recording = pool.submit, self

        def recorded_submit(target, *arguments):
            inner = getattr(target, "args", (target,))[0]  # map() submits chunks: partial(process_chunk, target)
            if recording.is_new(inner):
                with recording.lib.Executor(max_workers=1, initializer=take, initargs=plain(initargs)) as twin:
                    twin.submit(tell, recording.twins, inner.__name__, *plain(arguments)).result()
            if inner is target:
                return submit(Recorded(target, recording.workers), *arguments)
            return submit(type(target)(target.func, Recorded(inner, recording.workers)), *arguments)

        pool.submit = recorded_submit
        return pool


if __name__ == "__main__":
    import json
    import sys

    sys.path[:0] = sys.argv[1:]
    from recorder import Recorded, take, tell

    import backends
    from study import scenarios
    from study.scenario import body_of
    from study.stopwatch import Stopwatch

    for scenario_name, backend_name, arguments, place in json.load(sys.stdin):
        backend = backends.find(backend_name)
        recording = Recording(backend.lib, place)
        body_of(scenarios.find(scenario_name), backend)(recording, Stopwatch(), **arguments)
        for twin, _ in recording.started:
            twin.join()
'''
# Workers of an executor run the same files; what reaches them by other ways is: an initializer's, a submit's, a map's.
SPAWNING = {"processes.spawn": set(scenarios.names()), "executors.spawn": {"lock", "manager", "pool", "startup"}}
FEW = {"operations": 3, "rounds": 1, "samples": 3, "tasks": 4, "keys": 2}
TELLING = {"form"}  # the factors that decide what a worker imports


def cases(backend_name):
    """Scenario and arguments, once for each load that may make a worker import something else."""
    backend, seen = backends.find(backend_name), set()
    for scenario in scenarios.every():
        body = scenario.styles[backend.style]
        taken = body.__code__.co_varnames[: body.__code__.co_argcount]
        for load in scenario.loads(1):
            varied = (scenario.name, *((name, value) for name, value in load.factors.items() if name in TELLING))
            may_hang = scenario.needs & backend.suspects.keys()
            chosen = scenario.name in SPAWNING[backend_name]
            if (
                varied in seen
                or not chosen
                or may_hang
                or unanswered(scenario, backend, sys.version_info[:2], load.needs)
            ):
                continue
            seen.add(varied)
            yield scenario.name, {name: value for name, value in (load.factors | FEW).items() if name in taken}


CASES = [(scenario, backend, arguments) for backend in SPAWNING for scenario, arguments in cases(backend)]


@pytest.fixture(scope="module")
def holdings(tmp_path_factory):
    """What the workers and the twins of each case hold: case -> two lists of (target, modules)."""
    folder = tmp_path_factory.mktemp("holdings")
    (folder / "recorder.py").write_text(RECORDER)
    (folder / "driver.py").write_text(DRIVER)
    places = [[*case, str(folder / str(number))] for number, case in enumerate(CASES)]
    drivers = [start_driver(folder, [place for place in places if place[1] == backend]) for backend in SPAWNING]
    for driver in drivers:
        _, errors = driver.communicate(timeout=PATIENCE_S)
        assert driver.returncode == 0, errors
    return [tuple(held(Path(place + end)) for end in (".workers", ".twins")) for *_, place in places]


def start_driver(folder, places):
    import json

    (folder / f"{places[0][1]}.json").write_text(json.dumps([[s, b, a, p] for s, b, a, p in places]))
    with (folder / f"{places[0][1]}.json").open() as request:
        return subprocess.Popen(
            [sys.executable, "-I", "-S", str(folder / "driver.py"), str(folder), str(ROOT)],
            stdin=request,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )


def held(file):
    return [(line.split()[0], set(line.split()[1:])) for line in file.read_text().splitlines()]


@pytest.mark.parametrize(
    "number", range(len(CASES)), ids=[f"{s}-{b}-{'-'.join(map(str, a.values()))}" for s, b, a in CASES]
)
def test_a_spawned_worker_holds_few_modules_more_than_one_of_a_plain_script(number, holdings):
    workers, twins = holdings[number]
    plain = dict(twins)
    assert {target for target, _ in workers} == set(plain)
    assert not any(is_ours(name) for modules in plain.values() for name in modules)
    for target, modules in workers:
        assert f"study.scenarios.{CASES[number][0]}" in modules
        more = modules - plain[target]
        assert len(more) <= MOST_MORE, f"{target}: {sorted(more)}"

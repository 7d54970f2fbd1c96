"""Does a measured worker hold little more than one of a plain script?

A driver whose main file imports nothing, like the one of a measured child, runs a scenario's body with a library whose
workers write down at their end what they hold. Beside each it starts a twin: a worker by the same means, with the same
primitives among its arguments, but with nothing of ours to run. The recorder is a module of its own, which both hold, so
that it does not count.
"""

import json
import subprocess
import sys
from pathlib import Path

import pytest

import backends
from modules import ROOT, is_ours
from study import scenarios
from study.scenario import unanswered

PATIENCE_S = 120
MOST_MORE = 6  # modules, of a spawned worker over one of a plain script
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
        pool.map, pool.apply = (self.recorded(spread, initargs) for spread in (pool.map, pool.apply))
        return pool

    def recorded(self, spread, initargs):
        def recorded_spread(target, *arguments, **more):
            if self.is_new(target):
                with self.lib.Pool(1, take, plain(initargs)) as twin:
                    twin.apply(tell, (self.twins, target.__name__))
            return spread(Recorded(target, self.workers), *arguments, **more)

        return recorded_spread

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
ELSEWHERE = {"launch_form"}  # whose workers are those of programs that know nothing of us
SPAWNING = {
    "processes.spawn": set(scenarios.names()) - ELSEWHERE,
    "executors.spawn": {"lock", "manager", "pool", "startup"},
}
FEW = {"operations": 3, "rounds": 1, "samples": 3, "tasks": 4, "keys": 2}
TELLING = {"form"}  # the factors that decide what a worker imports


def cases(backend_name):
    """Scenario and arguments, once for each load that may make a worker import something else."""
    backend, seen = backends.find(backend_name), set()
    for scenario in scenarios.every():
        if backend.style not in scenario.styles:
            continue
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

"""Does each scenario, written out as a script in a library's own names, run on its own and give the right answer?"""

import ast
import inspect
import os
import re
import shutil
import signal
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

import backends
from study import scenarios
from study.script import script, side_by_side
from study.scenario import body_of, suspicion, unanswered
from study.trace import Trace

PATIENCE_S = 120
PATIENCE_WITH_SUSPECTS_S = 15
PYTHONS = [sys.executable, *filter(None, os.environ.get("STUDY_TEST_PYTHONS", "").split(os.pathsep))]
DEADLOCK = "gh-115634"


@cache
def version_of(python):
    answer = subprocess.run(
        [python, "-I", "-c", "import sys; print(*sys.version_info[:2])"], capture_output=True, text=True, check=True
    )
    major, minor = answer.stdout.split()
    return int(major), int(minor)


def pairs_on_offer(python):
    for scenario in scenarios.every():
        for backend in backends.every():
            if not unanswered(scenario, backend, python):
                yield scenario, backend


def runs():
    for python in PYTHONS:
        version = version_of(python)
        for scenario, backend in pairs_on_offer(version):
            mark = "" if python == sys.executable else "-python{}.{}".format(*version)
            yield pytest.param(scenario, backend, python, id=f"{scenario.name}/{backend.name}{mark}")


def texts():
    here = sys.version_info[:2]
    return [
        pytest.param(scenario, backend, script(scenario, backend, (3, 14)), id=f"{scenario.name}/{backend.name}")
        for scenario, backend in pairs_on_offer(max(here, (3, 14)))
    ]


def text_of(scenario, backend):
    return script(scenarios.find(scenario), backends.find(backend), (3, 14))


def run_alone(text, folder, python, patience_s):
    """Exit status, standard output and standard error of the script in a folder and a session of its own."""
    (folder / "scenario.py").write_text(text, encoding="utf-8")
    with subprocess.Popen(
        [python, "-I", "scenario.py"],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            out, err = process.communicate(timeout=patience_s)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
            raise
    return process.returncode, out, err


def arguments_of(body):
    defaults = inspect.signature(body).parameters
    return {name: parameter.default for name, parameter in defaults.items() if name not in ("mp", "stopwatch")}


@pytest.mark.parametrize(("scenario", "backend", "python"), list(runs()))
def test_each_script_runs_in_an_empty_folder_and_gives_the_right_answer(scenario, backend, python, tmp_path):
    suspected = suspicion(scenario, backend)
    text = script(scenario, backend, version_of(python))
    try:
        status, out, err = run_alone(text, tmp_path, python, PATIENCE_WITH_SUSPECTS_S if suspected else PATIENCE_S)
    except subprocess.TimeoutExpired:
        assert suspected is not None, "the script hangs, and no defect of the library is known that would explain it"
        assert DEADLOCK in suspected
        pytest.xfail(suspected)
    assert (status, err) == (0, "")
    trace = Trace(out)
    scenario.check(trace, backend.offers, arguments_of(body_of(scenario, backend)))
    laps = [line for line in trace.printed if re.fullmatch(r".+: \d+\.\d\d µs", line)]
    assert laps == trace.printed, "a script prints events and times, nothing else"
    assert any(line.startswith(f"{scenario.headline}: ") for line in laps)
    assert sorted(path.name for path in tmp_path.iterdir() if path.name != "__pycache__") == ["scenario.py"]

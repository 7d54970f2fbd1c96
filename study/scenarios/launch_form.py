"""What does a worker's start cost, and what does the worker hold, by how the program itself was launched?"""

import os
import sys

from study.scenario import Load, Scenario
from study.trace import say

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from study.trace import Trace

# What the program has its worker run is a module beside it: what comes from standard input cannot be imported.
LAUNCHED = """\
import os, sys, time

def first_statement(sender):
    now = time.perf_counter_ns()
    # A main module that was run again, by the worker or for it, goes by that name.
    again = sys.modules["__main__"].__name__ == "__mp_main__"
    sender.send((now, os.getpid(), len(sys.modules), again))

def start_one(method, answers):
    import multiprocessing
    mp = multiprocessing.get_context(method)
    receiver, sender = mp.Pipe(duplex=False)
    process = mp.Process(target=first_statement, args=(sender,))
    begun = time.perf_counter_ns()
    process.start()
    sender.close()
    try:
        told = receiver.recv()
    except EOFError:  # it ended before its first statement
        told = 0, 0, 0, 0
    process.join()
    os.write(answers, b"%d %d %d %d %d %d %d" % (begun, time.perf_counter_ns(), os.getpid(), *told))
"""
PROGRAM = """\
import launched

def test_start():
    launched.start_one("{method}", {answers})

if __name__ == "__main__":
    test_start()
"""
# An empty folder is no project of anybody's, but it may lie in one.
FILES = {"launched.py": LAUNCHED, "pytest.ini": "[pytest]\n"}
NO_MAIN_FILE = "FileNotFoundError"  # of a worker that is told to run the file <stdin> again
FEW = 40  # modules: an interpreter that has multiprocessing holds more


def pytest_script() -> str:
    """The program `pytest` that was installed for this interpreter."""
    return os.path.join(os.path.dirname(sys.executable), "pytest")


def command(form: str) -> "list[str]":
    if form == "pytest" and not os.path.exists(pytest_script()):
        raise FileNotFoundError("there is no pytest script beside this interpreter; install pytest for it")
    forms = {
        "script": ["program.py"],
        "module": ["-m", "package"],  # as `python -m pytest` is: what is run is its __main__
        "pytest": [pytest_script(), "-q", "-p", "no:cacheprovider", "program.py"],
        "stdin": ["-"],
    }
    return [sys.executable, *forms[form]]


def launch(form: str, method: str) -> "tuple[list[int], str]":
    """What the program tells, as numbers, and the last line of its errors; it is gone when this returns."""
    import subprocess
    import tempfile

    surroundings = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PYTEST_ADDOPTS")}
    surroundings["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"  # plugins are their own load, and differ from place to place
    outlet, inlet = os.pipe()
    with tempfile.TemporaryDirectory() as folder, os.fdopen(outlet) as answers:
        program = PROGRAM.format(method=method, answers=inlet)
        os.mkdir(os.path.join(folder, "package"))
        for name, text in {**FILES, "program.py": program, "package/__main__.py": program}.items():
            with open(os.path.join(folder, name), "w") as file:
                file.write(text)
        ended = subprocess.run(
            command(form),
            cwd=folder,
            env=surroundings,
            input=program if form == "stdin" else "",
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            pass_fds=[inlet],
        )
        os.close(inlet)
        told = [int(number) for number in answers.read().split()]
    return told, (ended.stderr.strip().splitlines() or [""])[-1]


def workers(mp: "Any", stopwatch: "Any", form: str = "script", rounds: int = 1) -> None:
    method = mp.get_start_method()
    for _ in range(rounds):
        told, error = launch(form, method)
        say("main", "launched", (method, told, error.partition(":")[0]))
        if len(told) < 7:
            continue
        begun, _, _, stamp, _, modules, again = told
        stopwatch.count("workers that began", int(stamp > 0), "1")
        if stamp:
            stopwatch.note("ready", stamp - begun)
            stopwatch.count("modules in the worker", modules, "1")
            stopwatch.count("main run again", again, "1")


def check(trace: "Trace", offers: "frozenset[str]", arguments: "Mapping[str, Any]") -> None:
    launches, form = trace.values("launched"), arguments["form"]
    trace.require(
        len(launches) == arguments["rounds"], f"{len(launches)} programs of {arguments['rounds']} were told of"
    )
    for method, told, last_error in launches:
        error = last_error or "it says no reason"
        trace.require(len(told) == 7, f"the program launched as {form} gave no answer: {error}")
        begun, joined, parent, stamp, worker, modules, again = told
        if not stamp:  # a finding, and the only one of its kind: there is no file to run again
            known = form == "stdin" and method != "fork" and error == NO_MAIN_FILE
            trace.require(known, f"the worker of a program launched as {form} never began: {error}")
            continue
        inside = begun <= stamp <= joined
        trace.require(inside, "a worker's clock is outside the time in which it was started and joined")
        trace.require(worker != parent, "the worker is no process of its own")
        trace.require(modules > FEW, f"a worker that holds {modules} modules cannot have been told what to do")
        runs_again = method != "fork" and form in ("script", "pytest")
        trace.require(
            bool(again) == runs_again, f"main was {'' if again else 'not '}run again for {form} with {method}"
        )


NEEDS_PYTEST = {
    "pytest_script": "pytest is not installed beside this interpreter, so it has no pytest script to launch"
}
SCENARIO = Scenario(
    section="",
    title="How the program is launched",
    question=__doc__,
    unit="start",
    headline="ready",
    styles={"workers": workers},
    absent={
        "serial": "a loop in the thread that is already there starts nothing",
        "executor": "an executor's processes are started by the same start methods, measured as multiprocessing",
    },
    needs={"own process"},
    loads=lambda cpus: [
        Load(form="script"),
        Load(form="module"),
        Load(form="pytest", given=NEEDS_PYTEST),
        Load(form="stdin"),
    ],
    check=check,
    calibrated=False,
    most_rounds=1,
    about_starting=True,
)

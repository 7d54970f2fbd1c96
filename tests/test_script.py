"""Does each scenario, written out as a script in a library's own names, run on its own and give the right answer?"""

import ast
import importlib
import inspect
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from _pytest.mark.structures import ParameterSet

import backends
from backends import Backend, Name
from study import launch, scenarios, trace
from study.extraction import source_of
from study.layout import LIMIT_COLUMNS
from study.scenario import Scenario, body_of, suspicion, unanswered
from study.script import script, side_by_side

PATIENCE_S = 120
PATIENCE_WITH_SUSPECTS_S = 15
Ended = tuple[int, str, str]  # exit status, standard output and standard error
Suspects = Mapping[tuple[str, ...], tuple[Path, Future[Ended]]]
PYTHONS = [sys.executable, *filter(None, os.environ.get("STUDY_TEST_PYTHONS", "").split(os.pathsep))]
RUFF = shutil.which("ruff", path=os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")]))


@cache
def version_of(python: str) -> tuple[int, int]:
    command = [python, "-I", "-c", "import sys; print(*sys.version_info[:2])"]
    major, minor = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    return int(major), int(minor)


def pairs_on_offer(python: tuple[int, int]) -> Iterator[tuple[Scenario, Backend]]:
    for scenario in scenarios.every():
        for backend in [*backends.every(), *backends.floors()]:
            if not unanswered(scenario, backend, python):
                yield scenario, backend


def runs(*, suspected: bool) -> Iterator[ParameterSet]:
    for python in PYTHONS:
        major, minor = version_of(python)
        mark = "" if python == sys.executable else f"-python{major}.{minor}"
        for scenario, backend in pairs_on_offer((major, minor)):
            if (suspicion(scenario, backend) is not None) == suspected:
                yield pytest.param(scenario, backend, python, id=f"{scenario.name}/{backend.name}{mark}")


@cache
def texts() -> list[ParameterSet]:
    newest = max(sys.version_info[:2], (3, 14))
    return [
        pytest.param(script(scenario, backend, newest), id=f"{scenario.name}/{backend.name}")
        for scenario, backend in pairs_on_offer(newest)
    ]


def text_of(scenario: str, backend: str) -> str:
    return script(scenarios.find(scenario), backends.find(backend), (3, 14))


def run_alone(text: str, folder: Path, python: str, patience_s: float) -> Ended:
    """What becomes of the script in a folder and a session of its own."""
    (folder / "scenario.py").write_text(text, encoding="utf-8")
    with subprocess.Popen(
        [python, "-I", "scenario.py"],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        start_new_session=True,
    ) as process:
        try:
            out, err = process.communicate(timeout=patience_s)
        except subprocess.TimeoutExpired:
            for member in launch.members(process.pid):
                if not launch.is_resource_tracker(member):  # which unlinks what the others leave, and then ends
                    member.kill()
            process.communicate()
            raise
    return process.returncode, out, err


def run_of(scenario: Scenario, backend: Backend, python: str, folder: Path, patience_s: float) -> Ended:
    """The same of the script of a pair."""
    return run_alone(script(scenario, backend, version_of(python)), folder, python, patience_s)


@pytest.fixture(scope="module")
def suspects(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Suspects]:
    """Those that were selected and may hang, all at once: (scenario, backend, python) -> the folder, and what becomes of it."""
    chosen = [
        (item.callspec.params["scenario"], item.callspec.params["backend"], item.callspec.params["python"])
        for item in request.session.items
        if getattr(item, "originalname", "") == "test_a_script_that_may_hang_gives_the_right_answer_if_it_ends"
    ]
    with ThreadPoolExecutor(max(1, len(chosen))) as pool:
        yield {
            (scenario.name, backend.name, python): (
                folder := tmp_path_factory.mktemp("suspect"),
                pool.submit(run_of, scenario, backend, python, folder, PATIENCE_WITH_SUSPECTS_S),
            )
            for scenario, backend, python in chosen
        }


def arguments_of(body: "Callable[..., None] | None") -> dict[str, Any]:
    assert body is not None
    defaults = inspect.signature(body).parameters
    return {name: parameter.default for name, parameter in defaults.items() if name not in ("mp", "stopwatch")}


@pytest.mark.parametrize(("scenario", "backend", "python"), list(runs(suspected=False)))
def test_each_script_runs_in_an_empty_folder_and_gives_the_right_answer(
    scenario: Scenario, backend: Backend, python: str, tmp_path: Path
) -> None:
    assert_right(scenario, backend, run_of(scenario, backend, python, tmp_path, PATIENCE_S), tmp_path)


@pytest.mark.parametrize(("scenario", "backend", "python"), list(runs(suspected=True)))
def test_a_script_that_may_hang_gives_the_right_answer_if_it_ends(
    scenario: Scenario, backend: Backend, python: str, suspects: Suspects
) -> None:
    folder, ended = suspects[scenario.name, backend.name, python]
    try:
        assert_right(scenario, backend, ended.result(), folder)
    except subprocess.TimeoutExpired:
        known = suspicion(scenario, backend)
        assert known is not None
        assert re.search(r"\(gh-\d+\)", known)
        pytest.xfail(known)


def assert_right(scenario: Scenario, backend: Backend, ended: Ended, folder: Path) -> None:
    status, out, err = ended
    assert (status, err) == (0, "")
    story = trace.Trace(out)
    scenario.check(story, backend.offers, arguments_of(body_of(scenario, backend)))
    laps = [line for line in story.printed if re.fullmatch(r".+: (\d+\.\d\d( µs)?|\d+ B)", line)]
    assert laps == story.printed, "a script prints events, times and amounts, nothing else"
    assert any(line.startswith(f"{scenario.headline}: ") for line in laps)
    assert sorted(path.name for path in folder.iterdir() if path.name != "__pycache__") == ["scenario.py"]


def imported_by(text: str) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(str(node.module).partition(".")[0])
    return names


@pytest.mark.parametrize("text", texts())
def test_each_script_imports_the_standard_library_only_and_keeps_nothing_meant_for_our_tools(text: str) -> None:
    assert imported_by(text) <= set(sys.stdlib_module_names)
    assert not re.search(r"\b(study|backends|TYPE_CHECKING|noqa|Any)\b", text.partition('"""\n\n')[2])
    assert not any(isinstance(node, ast.arg) and node.annotation for node in ast.walk(ast.parse(text)))
    assert "->" not in text
    assert max(map(len, text.splitlines())) <= LIMIT_COLUMNS


@pytest.mark.skipif(RUFF is None, reason="ruff is not installed (extra 'lint')")
def test_every_script_passes_ruff_and_is_formatted_as_ruff_would(tmp_path: Path) -> None:
    for parameters in texts():
        name = str(parameters.id).replace("/", "__").replace(".", "_")
        tmp_path.joinpath(f"{name}.py").write_text(str(parameters.values[0]), encoding="utf-8")
    for command in (["check", "--select=E,F,W,I"], ["format", "--check"]):
        options = ["--isolated", "--no-cache", f"--line-length={LIMIT_COLUMNS}"]
        ended = subprocess.run(
            [str(RUFF), *command, *options, str(tmp_path)], capture_output=True, text=True, check=False
        )
        assert ended.returncode == 0, ended.stdout


@pytest.mark.parametrize("backend", ["threads", "executors.thread", "processes.spawn", "executors.forkserver"])
def test_the_question_and_the_backend_stand_at_the_top_of_a_script(backend: str) -> None:
    docstring = str(ast.get_docstring(ast.parse(text_of("lock", backend))))
    assert docstring.startswith("Do two workers ever hold one lock at the same time")
    assert "Section 4" in docstring
    assert docstring.endswith(f"{backends.find(backend).label}.")


def test_a_script_for_threads_speaks_of_threading_and_not_of_processes() -> None:
    text = text_of("lock", "threads")
    assert "threading.Thread(" in text
    assert "threading.Lock()" in text
    assert "for thread in team:\n        thread.join()" in text
    assert not re.search(r"\bmp\b|multiprocessing|process", text.lower())


def test_a_script_for_a_start_method_makes_one_context_and_takes_everything_from_it() -> None:
    text = text_of("lock", "processes.forkserver")
    assert text.count('\nmp = multiprocessing.get_context("forkserver")\n') == 1
    assert "mp.Process(" in text
    assert "mp.Lock()" in text
    assert "threading.Lock" not in text


def test_a_process_pool_is_given_the_context_right_after_its_size() -> None:
    assert "ProcessPoolExecutor(max_workers=1, mp_context=mp) as pool" in text_of("queue", "executors.spawn")


def test_a_script_without_a_use_for_the_context_makes_none() -> None:
    assert not re.search(r"\bmp\b", text_of("pool", "executors.thread"))


def test_a_class_that_is_only_referred_to_gets_its_own_name_too() -> None:
    assert '{"Queue": Queue, "SimpleQueue": SimpleQueue}' in text_of("throughput", "threads")
    assert '{"Queue": mp.Queue, "SimpleQueue": mp.SimpleQueue}' in text_of("throughput", "processes.fork")


def test_a_name_the_body_uses_itself_is_imported_from_its_module() -> None:
    text = text_of("throughput", "threads")
    assert "from queue import Queue, SimpleQueue\n" in text
    assert "import queue\n" not in text


def test_threads_need_no_manager() -> None:
    text = text_of("manager", "threads")
    assert "\n    shared, seen = dict(), list()\n    jobs = [\n" in text
    assert "manager." not in text
    assert "Manager()" not in text


def test_processes_keep_their_manager() -> None:
    text = text_of("manager", "processes.spawn")
    assert "    with mp.Manager() as manager:\n        shared, seen = manager.dict(), manager.list()\n" in text


def test_interpreters_get_their_primitives_from_a_manager_that_the_guard_starts() -> None:
    text = text_of("lock", "executors.interpreter")
    assert "lock, gate = manager.Lock(), manager.Barrier(3)" in text
    assert "def main(manager, hold_s=0.005" in text
    assert text.endswith('.get_context("spawn").Manager() as manager:\n        main(manager)\n')


def test_interpreters_without_primitives_need_no_manager() -> None:
    text = text_of("queue", "executors.interpreter")
    assert "concurrent.futures.InterpreterPoolExecutor(max_workers=1) as pool" in text
    assert "Manager" not in text
    assert "join_manager" not in text


@pytest.mark.parametrize("backend", ["threads", "processes.spawn"])
def test_the_comments_and_the_layout_of_the_body_survive(backend: str) -> None:
    text = text_of("condition", backend)
    assert (
        "        # The predicate makes a notification that came first harmless; a bare wait() would wait for ever.\n"
        in text
    )
    assert "gate.wait()  # the lock is held until wait() lets it go" in text


def test_the_trace_is_written_by_the_very_function_the_study_uses() -> None:
    body = inspect.getsource(trace.say).partition("\n")[2]
    assert body in text_of("lock", "threads")


def test_a_script_carries_only_what_it_uses() -> None:
    assert "def stopwatch" not in text_of("latency", "threads")
    assert "def stage_2" in text_of("condition", "threads")
    assert "bare_stage" not in text_of("condition", "threads")
    assert "def install" not in text_of("lock", "threads")
    assert "SCENARIO" not in text_of("lock", "threads")


def test_an_unanswered_pair_has_no_script_but_a_sentence() -> None:
    with pytest.raises(LookupError, match="one thread works alone: there is nobody to lock out"):
        text_of("lock", "serial")


def test_a_pair_is_judged_by_the_python_it_is_written_for() -> None:
    scenario, backend = scenarios.find("queue"), backends.find("executors.interpreter")
    with pytest.raises(LookupError, match=r"needs Python 3\.14; this is 3\.13"):
        script(scenario, backend, (3, 13))
    assert script(scenario, backend, (3, 14))


def test_the_bodies_stand_side_by_side_as_they_are_written() -> None:
    scenario = scenarios.find("pool")
    file = Path(str(inspect.getsourcefile(scenario.check))).read_text(encoding="utf-8")
    bodies = side_by_side(scenario)
    assert [style for style, _ in bodies] == ["workers", "executor", "serial"]
    assert all(text.startswith(f"def {style}(") and text in file for style, text in bodies)


WRITTEN = """\
import os
from collections import OrderedDict
from study.trace import say
from time import perf_counter_ns

shared: "int"
FIRST = 1  # kept
UNUSED = 2
TABLE: "dict[str, int]" = {"a": FIRST}


# Right above its function.
@staticmethod
def helper(first: int, /, stopwatch: "Any", *rest: int, key: "str" = "k, (", **more: int) -> "dict[str, int]":
    total: int = TABLE["a"] + perf_counter_ns()
    say("ä", "ö", total)
    return {key: total}


def unused() -> None:
    os.abort()


def body(mp: "Any", stopwatch: "Any", rounds: int = 3) -> None:
    with mp.Manager() as manager:  # gone with its line

        # A comment in the block.
        shared = manager.dict()
        with stopwatch("lap", rounds):
            helper(1, stopwatch, 2, key="ü", stopwatch=stopwatch)
    thing = mp.Thing(shared, mp=mp)
    process = {"µ": mp.Queue}["µ"]
    process()
    stopwatch.note("lap", 1)
"""


@pytest.fixture
def invented(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Scenario:
    """A scenario that has one of everything, in a file of its own."""
    (tmp_path / "invented.py").write_text(WRITTEN, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "invented", raising=False)
    source_of.cache_clear()
    return Scenario(
        section="",
        title="Invented",
        question="Is it so?",
        unit="lap",
        headline="lap",
        styles={"workers": importlib.import_module("invented").body},
        loads=lambda _: [],
        check=lambda *_: None,
    )


def backend_with(**names: Name) -> Backend:
    table = {"Manager.dict": Name("dict"), "Queue": Name("queue.Queue"), "Process": Name("threading.Thread"), **names}
    return Backend("invented", label="invented", library="invented", style="workers", names=table)


def test_one_of_everything_is_written_in_the_librarys_names(invented: Scenario) -> None:
    text = script(invented, backend_with(Thing=Name("elsewhere.parts.Thing", made_of="Queue")))
    assert text.startswith(
        '"""Is it so?\n\nOne of the headline costs: Invented. Written for invented.\n"""\n\nimport contextlib\n'
    )
    assert "\nimport time\n\nimport elsewhere.parts\n\nFIRST = 1  # kept\nTABLE = {" in text
    assert (
        '\n\n\n# Right above its function.\n@staticmethod\ndef helper(first, /, *rest, key="k, (", **more):\n' in text
    )
    assert '    total = TABLE["a"] + time.perf_counter_ns()\n    say("ä", "ö", total)\n' in text
    assert (
        "def main(rounds=3):\n"
        "\n"
        "    # A comment in the block.\n"
        "    shared = dict()\n"
        '    with stopwatch("lap", rounds):\n'
        '        helper(1, 2, key="ü")\n'
        "    thing = elsewhere.parts.Thing(shared, made_of=queue.Queue)\n"
        '    thread = {"µ": queue.Queue}["µ"]\n'
        "    thread()\n"
        '    print_time("lap", 1)\n'
    ) in text
    assert "UNUSED" not in text
    assert "import os\n" in text, "say needs it, though the function that the file imports it for is not taken"
    assert "OrderedDict" not in text


def test_a_name_the_backend_does_not_know_is_an_error_that_says_so(invented: Scenario) -> None:
    with pytest.raises(ValueError, match=r"invented does not say what mp\.Thing is: add it to its table of names"):
        script(invented, backend_with())

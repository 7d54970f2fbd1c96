"""Which interpreters are measured: those that are named, and with "all" each real one that there is, once."""

import dataclasses
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from interpreters import PYTHONS
from study import build, interpreters, preparation
from study.child.build import flags_of, jit_enabled
from study.preparation import Interpreter, UsageError

Installing = Callable[..., Path]


class Machine:
    """A folder tree of programs, each with what it says it is."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.says: dict[str, tuple[dict[str, object], str]] = {}  # path -> facts, and where the interpreter really is
        self.started: list[str] = []
        self.environ = {"PATH": f"{home / 'bin'}:{home / 'nowhere'}:"}

    def program(self, place: str, version: str = "", really: str = "", **facts: object) -> Path:
        """A program; without a version it does not start. A shim is really somewhere else."""
        path = self.home / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("")
        path.chmod(0o755)
        if version:
            self.says[str(path)] = {"version": version, **facts}, str(self.home / really if really else path)
        return path

    def describe(self, python: str) -> Interpreter:
        self.started.append(python)
        told = self.says.get(python)
        if told is None:
            raise UsageError(f"--python={python}: it ended at once; give the path of a CPython from 3.10 on.")
        facts, really = told
        return Interpreter(python, facts, 0.05, really)  # type: ignore[arg-type]


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    made = Machine(tmp_path)
    monkeypatch.setattr(interpreters, "describe", made.describe)
    monkeypatch.setattr(interpreters.os, "environ", made.environ)
    monkeypatch.setattr(interpreters.Path, "home", lambda: tmp_path)
    return made


def versions(machine: Machine, *pythons: str) -> list[str]:
    return [build.version(one.facts) for one in interpreters.chosen(pythons or ["all"])]


def test_interpreters_are_found_in_pyenvs_folder_in_uvs_and_on_path(machine: Machine) -> None:
    machine.program(".pyenv/versions/3.11.7/bin/python", "3.11.7")
    machine.program(".local/share/uv/python/cpython-3.13.1-linux-x86_64-gnu/bin/python3.13", "3.13.1")
    machine.program("bin/python3.12", "3.12.3")
    assert versions(machine) == ["3.11.7", "3.12.3", "3.13.1"]


def test_folders_can_be_elsewhere(machine: Machine) -> None:
    machine.program("a/versions/3.11.7/bin/python", "3.11.7")
    machine.program("b/cpython-3.12/bin/python", "3.12.3")
    machine.environ |= {"PYENV_ROOT": str(machine.home / "a"), "UV_PYTHON_INSTALL_DIR": str(machine.home / "b")}
    assert versions(machine) == ["3.11.7", "3.12.3"]
    del machine.environ["UV_PYTHON_INSTALL_DIR"]
    machine.environ["XDG_DATA_HOME"] = str(machine.home / "c")
    machine.program("c/uv/python/cpython-3.14/bin/python", "3.14.0")
    assert versions(machine) == ["3.11.7", "3.14.0"]


def test_each_real_interpreter_is_found_once_whatever_leads_to_it(machine: Machine) -> None:
    real = machine.program(".pyenv/versions/3.11.7/bin/python3.11", "3.11.7")
    (real.parent / "python").symlink_to(real)
    (machine.home / "bin").mkdir()
    (machine.home / "bin" / "python3").symlink_to(real)
    machine.says[str(real.parent / "python")] = machine.says[str(real)]
    machine.program("bin/python3.11", "3.11.7", really=".pyenv/versions/3.11.7/bin/python3.11")
    found = interpreters.chosen(["all"])
    assert [one.executable for one in found] == [str(real)]
    assert machine.started == [str(real.parent / "python"), str(machine.home / "bin" / "python3.11")]


def test_a_shim_is_not_started_with_each_child(machine: Machine) -> None:
    hidden = machine.program("elsewhere/python3.12", "3.12.3")
    machine.program("bin/python3.12", "3.12.3", really="elsewhere/python3.12")
    assert [one.path for one in interpreters.chosen(["all"])] == [str(hidden)]


def test_what_does_not_start_is_none_and_what_is_called_otherwise_is_not_started(machine: Machine) -> None:
    machine.program("bin/python3.9")
    machine.program("bin/python3.11-config", "3.11.7")
    machine.program("bin/python3.11.sh", "3.11.7")
    machine.program("bin/pythonw", "3.11.7")
    machine.program("bin/python3.10", "3.10.4").chmod(0o644)
    (machine.home / "bin" / "python3.12").mkdir()
    machine.program("bin/python", "3.12.3")
    assert versions(machine) == ["3.12.3"]
    assert machine.started == [str(machine.home / "bin" / name) for name in ("python", "python3.9")]


@pytest.mark.parametrize(
    ("there", "kept"),
    [
        (["3.11.7", "3.11.12", "3.11.9"], ["3.11.12"]),
        (["3.14.0rc2", "3.14.0"], ["3.14.0"]),
        (["3.14.0b4", "3.14.0rc1", "3.14.0rc10", "3.14.0a7"], ["3.14.0rc10"]),
        (["3.13.1", "3.100.0", "3.11.0"], ["3.11.0", "3.13.1", "3.100.0"]),
    ],
)
def test_of_a_minor_version_the_newest_is_kept_and_they_come_in_order(
    machine: Machine, there: list[str], kept: list[str]
) -> None:
    for version in there:
        machine.program(f".pyenv/versions/{version}/bin/python", version)
    assert versions(machine) == kept


def test_a_free_threaded_build_is_a_kind_of_its_own(machine: Machine) -> None:
    machine.program(".pyenv/versions/3.13.0/bin/python", "3.13.0")
    machine.program(".pyenv/versions/3.13.0t/bin/python", "3.13.0", free_threaded_build=True)
    assert versions(machine) == ["3.13.0", "3.13.0t"]


def test_what_is_named_comes_first_and_is_not_found_again(machine: Machine) -> None:
    older = machine.program("bin/python3.12", "3.12.3")
    machine.program(".pyenv/versions/3.11.7/bin/python", "3.11.7")
    assert versions(machine, "all", str(older)) == ["3.12.3", "3.11.7"]


def test_what_is_named_twice_is_measured_twice(machine: Machine) -> None:
    path = str(machine.program("bin/python3.12", "3.12.3"))
    assert versions(machine, path, path) == ["3.12.3", "3.12.3"]


def test_where_there_is_none_that_is_one_sentence(machine: Machine) -> None:
    with pytest.raises(UsageError, match=r"there is no CPython from 3\.10 on in pyenv's folder, in uv's or on PATH"):
        interpreters.chosen(["all"])


def test_without_a_name_it_is_the_one_that_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    (only,) = interpreters.chosen([])
    assert only.path == sys.executable


@pytest.mark.parametrize(("implementation", "version"), [("PyPy", "3.10.14"), ("CPython", "3.9.18")])
def test_another_implementation_or_an_old_one_is_refused(
    monkeypatch: pytest.MonkeyPatch, implementation: str, version: str
) -> None:
    from study.launch import Ended, Usage

    told = {"implementation": implementation, "version": version}
    monkeypatch.setattr(preparation.launch, "ask", lambda *_: Ended("measured", "", 0.1, Usage(), told))
    with pytest.raises(UsageError, match=f"it is {implementation} {version}; give the path of a CPython from 3.10 on"):
        preparation.describe(sys.executable)


def test_a_program_that_is_no_python_is_refused_in_one_sentence() -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "study", "run", "--python", sys.executable, "--python", "/bin/true"],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ran.returncode == 2
    assert ran.stderr.startswith("study: --python=/bin/true: ")
    assert len(ran.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize("python", PYTHONS)
def test_an_interpreter_tells_its_build_and_not_where_it_is(python: str) -> None:
    found = preparation.describe(python)
    assert {"gil_enabled", "jit_enabled", "debug_build", "build_flags", "free_threaded_build"} <= found.facts.keys()
    assert found.executable
    assert not [value for value in found.facts.values() if "/" in str(value)]
    assert found.executable not in str(dataclasses.replace(found, path="", executable=""))


@pytest.mark.parametrize(
    ("arguments", "flags"),
    [
        ("'--enable-shared' '--prefix=/opt/python' 'CC=gcc'", ["--enable-shared"]),
        ("--with-lto=thin --enable-optimizations", ["--enable-optimizations", "--with-lto=thin"]),
        ("'--disable-gil' '--with-pydebug'", ["--disable-gil", "--with-pydebug"]),
        ("'--with-lto=/home/me/x'", []),
        ("'unclosed", []),
        ("", []),
    ],
)
def test_of_the_build_flags_those_are_told_that_change_its_speed_and_hold_no_path(
    arguments: str, flags: list[str]
) -> None:
    assert flags_of(arguments) == flags


@pytest.mark.parametrize(
    ("flags", "on"),
    [
        ([], False),
        (["--enable-optimizations"], False),
        (["--enable-experimental-jit"], True),
        (["--enable-experimental-jit=yes"], True),
        (["--enable-experimental-jit=yes-off"], False),
        (["--enable-experimental-jit=interpreter"], False),
    ],
)
def test_before_it_can_be_asked_the_jit_is_on_where_the_build_has_it_on(
    monkeypatch: pytest.MonkeyPatch, flags: list[str], on: bool
) -> None:
    monkeypatch.delattr(sys, "_jit", raising=False)
    assert jit_enabled(flags) is on


@pytest.mark.parametrize(
    ("facts", "words", "version"),
    [
        ({"version": "3.12.1", "gil_enabled": True, "free_threaded_build": False}, "3.12.1", "3.12.1"),
        (
            {"version": "3.13.0", "gil_enabled": False, "free_threaded_build": True},
            "3.13.0 free-threaded, GIL off",
            "3.13.0t",
        ),
        (
            {"version": "3.13.0", "gil_enabled": True, "free_threaded_build": True},
            "3.13.0 free-threaded, GIL on",
            "3.13.0t",
        ),
        ({"version": "3.14.0", "jit_enabled": True, "debug_build": True}, "3.14.0, JIT on, debug build", "3.14.0"),
        ({}, "unknown", "unknown"),
        ({"version": "3.1\u202e4"}, "3.1�4", "3.1\u202e4"),
    ],
)
def test_a_reader_is_told_what_a_build_has_that_others_have_not(
    facts: dict[str, object], words: str, version: str
) -> None:
    assert (build.words(facts), build.version(facts)) == (words, version)

"""Does an interpreter tell its build as it is once everything that a cell imports is imported?"""

import os
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import backends
from backends import Backend, Name
from busy import on_a_busy_machine_too
from study.child import build
from study.child.build import TELLING, flags_of, jit_enabled

PATHS = st.sampled_from(["'--prefix=/opt/python'", "--with-openssl=/usr", "CC=gcc", "'CFLAGS=-O3 -g'", "PKG=a/b"])
SPEED = st.sampled_from(sorted(TELLING))


@on_a_busy_machine_too
@given(st.lists(SPEED), st.lists(PATHS), st.randoms())
def test_flags_are_told_each_once_whatever_their_order_and_whatever_stands_between(
    telling: list[str], others: list[str], chance: Any
) -> None:
    words = chance.sample([*telling, *others], len(telling) + len(others))
    assert flags_of(" ".join(words)) == sorted(set(telling))


def test_a_flag_is_known_by_its_whole_name_and_not_by_its_beginning() -> None:
    assert flags_of("--enable-shared-nothing --with-lto-of-ours=full --enable-shared=yes") == ["--enable-shared=yes"]


@pytest.mark.parametrize(("asked", "flags"), [(False, ["--enable-experimental-jit"]), (True, [])])
def test_an_interpreter_that_can_be_asked_for_its_jit_knows_better_than_its_build(
    monkeypatch: pytest.MonkeyPatch, asked: bool, flags: list[str]
) -> None:
    monkeypatch.setattr(sys, "_jit", SimpleNamespace(is_enabled=lambda: asked), raising=False)
    assert jit_enabled(flags) is asked


def test_another_option_with_the_same_value_does_not_switch_the_jit_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(sys, "_jit", raising=False)
    assert jit_enabled(["--enable-shared=yes", "--with-lto=yes"]) is False


def offer(monkeypatch: pytest.MonkeyPatch, *paths: str) -> None:
    """Have one backend whose names are found at these paths."""
    names = {f"name_{number}": Name(path) for number, path in enumerate(paths)}
    made = Backend("made", label="made", library="made", style="workers", names=names)
    monkeypatch.setattr(backends, "every", lambda: [made])


def write(folder: Path, monkeypatch: pytest.MonkeyPatch, **modules: str) -> None:
    """Modules that can be imported until the test ends."""
    for name, text in modules.items():
        (folder / f"{name}.py").write_text(text)
        monkeypatch.setitem(sys.modules, name, None)  # forgotten again when the test ends
        del sys.modules[name]
    monkeypatch.syspath_prepend(str(folder))


def test_whatever_a_backends_names_lie_in_is_imported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("a_package", "a_package.inner"):
        monkeypatch.setitem(sys.modules, name, None)
        del sys.modules[name]
    (tmp_path / "a_package").mkdir()
    (tmp_path / "a_package" / "inner.py").write_text("")
    write(tmp_path, monkeypatch, needed_first="", needed_last="")
    offer(monkeypatch, "needed_first.Lock", "a_package.inner.Queue", "dict", "mp.Lock", "needed_last.Pool")
    build.import_what_cells_use()
    assert {"needed_first", "a_package.inner", "needed_last"} <= set(sys.modules)


@pytest.mark.parametrize(
    ("text", "loaded"),
    [
        ("import no_such_library", False),
        ("raise OSError('no such device')", False),
        ("1 +", False),
        ("import warnings; warnings.warn('old')", True),
    ],
)
def test_a_library_that_cannot_be_loaded_or_warns_keeps_no_other_from_being_imported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, loaded: bool
) -> None:
    write(tmp_path, monkeypatch, a_needy_one=text, the_next_one="")
    offer(monkeypatch, "a_needy_one.Lock", "the_next_one.Lock")
    build.import_what_cells_use()
    assert "the_next_one" in sys.modules
    assert ("a_needy_one" in sys.modules) is loaded


def test_the_gil_is_asked_for_when_everything_that_may_switch_it_on_is_imported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gil = [False]
    monkeypatch.setattr(sys, "_is_gil_enabled", lambda: gil[0], raising=False)
    monkeypatch.setattr(build, "import_what_cells_use", lambda: gil.append(gil.pop() is False))
    assert build.build()["gil_enabled"] is True
    monkeypatch.delattr(sys, "_is_gil_enabled")
    assert build.build()["gil_enabled"] is True, "an interpreter that cannot be asked has one"


def test_an_interpreter_is_told_by_the_file_that_it_really_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "python").symlink_to(sys.executable)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    monkeypatch.setattr(backends, "every", list)
    assert build.build()["executable"] == os.path.realpath(os.path.join(tmp_path, "python")) != sys.executable


def test_a_debug_build_is_known_by_what_it_can_count(monkeypatch: pytest.MonkeyPatch) -> None:
    import sysconfig

    monkeypatch.setattr(backends, "every", list)
    for debug, counts, told in ((0, False, False), (1, False, True), (0, True, True), (None, False, False)):
        values = {"Py_DEBUG": debug, "CONFIG_ARGS": None}
        monkeypatch.setattr(sysconfig, "get_config_var", values.get)
        monkeypatch.delattr(sys, "gettotalrefcount", raising=False)
        if counts:
            monkeypatch.setattr(sys, "gettotalrefcount", int, raising=False)
        found = build.build()
        assert (found["debug_build"], found["build_flags"]) == (told, [])

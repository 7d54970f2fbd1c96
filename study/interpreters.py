"""Which interpreters are measured: those that are named, or with "all" every CPython that this machine has?"""

import os
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path

from study.preparation import Interpreter, UsageError, describe

ALL = "all"
NAMES = re.compile(r"python(3(\.[0-9]+t?)?)?")
Age = tuple[int, int, int, str, int]  # version, stage of a release that is not final, and its number


def chosen(pythons: Sequence[str]) -> list[Interpreter]:
    """Those that are asked for, in that order; the running one when none is. Raises UsageError.

    An interpreter that is named twice is measured twice. What "all" finds is added once, behind those that are named.
    """
    named = [describe(python) for python in pythons if python != ALL] if pythons else [describe(sys.executable)]
    if ALL not in pythons:
        return named
    known = {one.executable for one in named}
    found = [one for one in every(candidates(os.environ, Path.home())) if one.executable not in known]
    if not named and not found:
        raise UsageError(
            f"--python={ALL}: there is no CPython from 3.10 on in pyenv's folder, in uv's or on PATH; give the path of one."
        )
    return [*named, *found]


def every(paths: Iterable[Path]) -> list[Interpreter]:
    """The newest of each minor version, with and without the GIL, among the programs that are a CPython from 3.10 on."""
    newest: dict[tuple[int, int, bool], Interpreter] = {}
    for one in _real(paths):
        age = age_of(one.facts)
        kind = (age[0], age[1], one.facts.get("free_threaded_build") is True)
        if kind not in newest or age_of(newest[kind].facts) < age:
            newest[kind] = one
    return [newest[kind] for kind in sorted(newest)]


def _real(paths: Iterable[Path]) -> Iterator[Interpreter]:
    """Each interpreter once, whatever links, environments and shims lead to it. What does not start is none, and asked once."""
    seen: set[str] = set()
    for path in paths:
        if os.path.realpath(path) in seen:
            continue
        seen.add(os.path.realpath(path))
        try:
            one = describe(str(path))
            if one.executable != os.path.realpath(path):
                if one.executable in seen:
                    continue
                seen.add(one.executable)
                one = describe(one.executable)  # a shim would be started with each of its children
        except UsageError:
            continue
        yield one


def candidates(environ: Mapping[str, str], home: Path) -> Iterator[Path]:
    """Programs that may be an interpreter: below pyenv's folder and uv's, then on PATH, where shims lead to the others."""
    pyenv = Path(environ.get("PYENV_ROOT") or home / ".pyenv", "versions")
    data = Path(environ.get("XDG_DATA_HOME") or home / ".local" / "share")
    uv = Path(environ.get("UV_PYTHON_INSTALL_DIR") or data / "uv" / "python")
    folders = [folder / "bin" for place in (pyenv, uv) for folder in _entries(place)]
    on_path = (Path(word) for word in environ.get("PATH", "").split(os.pathsep) if word)
    for folder in chain(folders, on_path):
        for program in _entries(folder):
            if NAMES.fullmatch(program.name) and os.access(program, os.X_OK) and program.is_file():
                yield program


def _entries(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []


def age_of(facts: Mapping[str, object]) -> Age:
    """By which versions are put in order: 3.14.0rc1 is older than 3.14.0, and 3.13.9 than 3.13.10."""
    match = re.match(r"(\d+)\.(\d+)\.(\d+)(?:(a|b|rc)(\d+))?", str(facts.get("version", "")))
    if not match:
        return (0, 0, 0, "", 0)
    return (int(match[1]), int(match[2]), int(match[3]), match[4] or "z", int(match[5] or 0))

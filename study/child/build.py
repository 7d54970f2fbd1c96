"""Which build of Python is it: what was it configured with, and what has it switched on after its imports?"""

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

# Options of CPython's configure that change how fast it is; none of them holds a path.
TELLING = {
    "--disable-gil",
    "--enable-bolt",
    "--enable-experimental-jit",
    "--enable-optimizations",
    "--enable-pystats",
    "--enable-shared",
    "--with-assertions",
    "--with-lto",
    "--with-pydebug",
    "--with-tail-call-interp",
    "--with-trace-refs",
    "--without-computed-gotos",
    "--without-mimalloc",
    "--without-pymalloc",
}
JIT = "--enable-experimental-jit"
NO_JIT = {"no", "interpreter", "yes-off", "interpreter-off"}  # values of that option that leave it off


def build() -> "dict[str, Any]":
    """The facts that only the measured interpreter can tell of its build, once everything that a cell imports is imported."""
    import sysconfig

    import_what_cells_use()
    flags = flags_of(str(sysconfig.get_config_var("CONFIG_ARGS") or ""))
    return {
        "gil_enabled": getattr(sys, "_is_gil_enabled", lambda: True)(),
        "jit_enabled": jit_enabled(flags),
        "debug_build": bool(sysconfig.get_config_var("Py_DEBUG")) or hasattr(sys, "gettotalrefcount"),
        "build_flags": flags,
        "executable": os.path.realpath(sys.executable),
    }


def import_what_cells_use() -> None:
    """An extension module that does not say that it can do without the GIL switches it on, in a free-threaded build."""
    import importlib
    import warnings

    import backends

    paths = {name.path.rpartition(".")[0] for backend in backends.every() for name in backend.names.values()}
    for module in sorted(path for path in paths if path and path.partition(".")[0] != "mp"):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                importlib.import_module(module)
            except (
                Exception
            ):  # of a library that this Python does not have, or that cannot be loaded: no cell has it either
                continue


def flags_of(arguments: str) -> "list[str]":
    """Those of configure's arguments, as sysconfig keeps them, that change how fast the interpreter is, without paths."""
    import shlex

    try:
        given = shlex.split(arguments)
    except ValueError:
        return []
    return sorted({word for word in given if word.partition("=")[0] in TELLING and "/" not in word})


def jit_enabled(flags: "Iterable[str]") -> bool:
    """Whether bytecode may be compiled to machine code: as 3.14 and later tell, before as the build was configured."""
    jit = getattr(sys, "_jit", None)
    if jit is not None:
        return bool(jit.is_enabled())
    chosen = [word.partition("=")[2] for word in flags if word.partition("=")[0] == JIT]
    return bool(chosen) and chosen[-1] not in NO_JIT

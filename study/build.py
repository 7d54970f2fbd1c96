"""Which build of Python is a figure from? In words for a reader, and in one word for names."""

from collections.abc import Mapping

from study.notation import plain


def version(interpreter: Mapping[str, object]) -> str:
    """Its version, with the t of a free-threaded build: "3.13.0t"."""
    told = str(interpreter.get("version", "unknown"))
    return f"{told}t" if interpreter.get("free_threaded_build") is True else told


def words(interpreter: Mapping[str, object]) -> str:
    """What a reader must know of the build: "3.13.0 free-threaded, GIL off". An ordinary build is its version."""
    told = plain(str(interpreter.get("version", "unknown")), 40)
    if interpreter.get("free_threaded_build") is True:
        told += f" free-threaded, GIL {'on' if interpreter.get('gil_enabled') is True else 'off'}"
    told += ", JIT on" if interpreter.get("jit_enabled") is True else ""
    return told + (", debug build" if interpreter.get("debug_build") is True else "")

"""Where a body's names come from, and which backends there are: those of this package and those that others install."""

import concurrent.futures
import functools
import multiprocessing
import multiprocessing.pool
import queue
import sys
import threading
import types
from collections.abc import Callable
from pathlib import Path

import pytest

import backends
from backends import ENTRY_POINTS, Backend, Name

Installing = Callable[..., None]
PLUGIN = """\
from backends import Backend
BACKENDS = [
    Backend("shop.fast", label="fast shop", library="shop", style="workers", offers={"queues"}),
    Backend("shop.slow", label="slow shop", library="shop", style="executor"),
]
"""


def library(context: str = "", *, managed: bool = False, **names: Name) -> Backend:
    """A backend with these names; a dot in one is written as two underscores."""
    table = {name.replace("__", "."): where for name, where in names.items()}
    return Backend(
        "made.up", label="made up", library="made", style="workers", context=context, managed=managed, names=table
    )


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Installing:
    """Install a distribution with this module and these entry points into a folder of this process's path."""

    def installed(text: str, *points: str) -> None:
        (tmp_path / "shop.py").write_text(text)
        folder = tmp_path / "shop-1.0.dist-info"
        folder.mkdir()
        (folder / "METADATA").write_text("Metadata-Version: 2.1\nName: shop\nVersion: 1.0\n")
        (folder / "entry_points.txt").write_text("\n".join([f"[{ENTRY_POINTS}]", *points, ""]))
        monkeypatch.syspath_prepend(str(tmp_path))
        monkeypatch.setitem(sys.modules, "shop", None)  # forgotten again when the test ends
        del sys.modules["shop"]

    return installed


@pytest.mark.parametrize(
    ("name", "found"),
    [
        (Name("queue.Queue"), queue.Queue),
        (Name("threading.Lock"), threading.Lock),
        (Name("dict"), dict),
        (Name("concurrent.futures.ThreadPoolExecutor"), concurrent.futures.ThreadPoolExecutor),
        (Name("multiprocessing.pool.ThreadPool"), multiprocessing.pool.ThreadPool),
    ],
)
def test_a_name_is_what_stands_at_the_end_of_its_path(name: Name, found: object) -> None:
    assert library(Thing=name).lib.Thing is found


def test_a_name_that_is_asked_for_again_is_the_same_object() -> None:
    """A body may compare, and a lock that is looked up twice has to be of one class."""
    lib = library("spawn").lib
    assert lib.mp is lib.mp
    assert lib.Queue == lib.Queue
    assert "Queue" in vars(lib)


def test_each_run_has_a_library_of_its_own() -> None:
    backend = library(Thing=Name("queue.Queue"))
    assert backend.lib is not backend.lib


def test_nothing_is_imported_before_it_is_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "imported_late.py").write_text("THING = 7\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    lib = library(Thing=Name("imported_late.THING")).lib
    assert "imported_late" not in sys.modules
    assert lib.Thing == 7
    monkeypatch.delitem(sys.modules, "imported_late")


def test_an_argument_that_every_call_takes_is_found_by_its_own_name() -> None:
    lib = library("spawn", Executor=Name("concurrent.futures.ProcessPoolExecutor", mp_context="mp")).lib
    assert isinstance(lib.Executor, functools.partial)
    assert lib.Executor.func is concurrent.futures.ProcessPoolExecutor
    assert lib.Executor.keywords == {"mp_context": lib.mp}
    assert lib.mp.get_start_method() == "spawn"


@pytest.mark.parametrize("method", multiprocessing.get_all_start_methods())
def test_a_context_answers_for_all_names_that_are_not_in_the_table(method: str) -> None:
    lib = library(method, Lock=Name("threading.Lock")).lib
    context = multiprocessing.get_context(method)
    assert lib.Process is context.Process  # type: ignore[attr-defined]
    assert lib.Lock is threading.Lock
    assert lib.get_start_method() == method


def test_a_name_with_a_dot_is_a_part_of_what_a_with_statement_gives() -> None:
    lib = library(Manager__dict=Name("dict"), Manager__Namespace=Name("types.SimpleNamespace")).lib
    with lib.Manager() as manager:
        assert manager.dict is dict
        assert manager.Namespace is types.SimpleNamespace
        assert not hasattr(manager, "list")


def test_a_name_nobody_answers_for_is_an_attribute_error_that_names_the_backend() -> None:
    with pytest.raises(AttributeError, match=r"made\.up has no multiprocessing context"):
        _ = library().lib.Queue


def test_a_path_that_leads_nowhere_is_an_error_of_that_module() -> None:
    with pytest.raises(ModuleNotFoundError, match="no_such_module"):
        _ = library(Thing=Name("no_such_module.Thing")).lib.Thing
    with pytest.raises(AttributeError, match="NoSuchThing"):
        _ = library(Thing=Name("queue.NoSuchThing")).lib.Thing


class FakeManager:
    def __init__(self) -> None:
        self.ended = 0

    def dict(self) -> str:
        return "a shared dict"

    def shutdown(self) -> None:
        self.ended += 1


@pytest.fixture
def manager(monkeypatch: pytest.MonkeyPatch) -> FakeManager:
    made = FakeManager()
    context = types.SimpleNamespace(Manager=lambda: made)
    monkeypatch.setattr(multiprocessing, "get_context", lambda method: context)
    return made


def test_a_manager_answers_in_place_of_its_context_and_is_ended(manager: FakeManager) -> None:
    lib = library("spawn", managed=True, Manager__dict=Name("mp.dict")).lib
    assert lib.mp is manager
    with lib.Manager() as parts:
        assert parts.dict() == "a shared dict"
    lib.close()
    assert manager.ended == 1


def test_a_manager_that_nobody_asked_for_is_neither_started_nor_ended(manager: FakeManager) -> None:
    library("spawn", managed=True).lib.close()
    assert manager.ended == 0


def test_a_context_is_not_ended_because_nothing_was_started(manager: FakeManager) -> None:
    lib = library("spawn").lib
    assert lib.mp.Manager() is manager
    lib.close()
    assert manager.ended == 0


def test_backends_that_a_package_installs_come_after_ours(install: Installing) -> None:
    own = backends.names()
    install(PLUGIN, "shop = shop:BACKENDS")
    assert backends.names() == [*own, "shop.fast", "shop.slow"]
    assert backends.find("shop.fast").label == "fast shop"
    assert backends.find("shop.fast").offers == {"queues"}


def test_a_package_that_installs_nothing_of_that_name_is_not_loaded(install: Installing) -> None:
    install("raise RuntimeError('not to be imported')")
    assert "shop.fast" not in backends.names()


def test_our_own_backend_is_found_without_loading_any_package(install: Installing) -> None:
    install("raise RuntimeError('broken')", "shop = shop:BACKENDS")
    assert backends.find("threads").name == "threads"


def test_the_backends_of_a_package_are_among_those_that_a_wrong_name_is_answered_with(install: Installing) -> None:
    install(PLUGIN, "shop = shop:BACKENDS")
    with pytest.raises(LookupError, match=r"there is no backend 'shop\.middle'; there are: serial, .*, shop\.slow$"):
        backends.find("shop.middle")


def test_a_file_that_fails_to_import_something_is_no_unknown_backend(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "needy.py").write_text("import no_such_library\n")
    monkeypatch.setattr(backends, "__path__", [str(tmp_path)])
    with pytest.raises(ModuleNotFoundError, match="no_such_library"):
        backends.find("needy")


def test_what_a_backend_declares_cannot_be_changed_through_what_it_was_made_of() -> None:
    table, lacks = {"Queue": Name("queue.Queue")}, {"pipe": "there is none here"}
    backend = Backend("made", label="made", library="made", style="workers", names=table, lacks=lacks)
    table.clear()
    lacks.clear()
    assert backend.lib.Queue is queue.Queue
    assert backend.lacks == {"pipe": "there is none here"}


def test_a_backend_is_shown_by_its_name_when_something_fails() -> None:
    assert repr(backends.find("processes.spawn")) == "Backend('processes.spawn')"


HERE = [backend for backend in backends.every() if not backend.since or sys.version_info[:2] >= backend.since]


@pytest.mark.parametrize("backend", HERE, ids=lambda backend: backend.name)
def test_every_name_of_a_table_leads_to_something_that_can_be_called(backend: Backend) -> None:
    lib = backend.lib
    try:
        assert [name for name in backend.names if not callable(getattr(lib, name.partition(".")[0]))] == []
    finally:
        lib.close()

"""How each library answers: what a backend declares, and where to find it.

A backend is one file of this package; each variant in its BACKENDS is named ``file.variant`` (``threads`` alone where there is only one).
Other packages offer theirs through the entry-point group ``study.backends``. A backend of style "floor" is a yardstick and no choice:
the least that the machine can do for the same job. It is found by its name, and listed by `floors` alone.
"""

import contextlib
import functools
import importlib
import types

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

ENTRY_POINTS = "study.backends"
FLOOR = "floor"  # the style of a yardstick


class Name:
    """Where one name of a scenario's body is found: a dotted path, and arguments that every call of it takes.

    ``Name("concurrent.futures.ProcessPoolExecutor", mp_context="mp")`` is called with ``mp_context=mp``. A path that starts
    with ``mp.`` is an attribute of the backend's own `mp` (see `Backend.context`).
    """

    __slots__ = ("alone", "arguments", "path")

    def __init__(self, path: str, *, alone: str = "", **arguments: str) -> None:
        self.path = path
        self.alone = alone  #: the path that does as well for a script which asks nothing else of `mp`
        self.arguments = arguments


class Backend:
    """One library (or one start method of it) and what a reader must know of it before a scenario is run on it."""

    __slots__ = (
        "context",
        "label",
        "lacks",
        "library",
        "managed",
        "name",
        "names",
        "offered_since",
        "offers",
        "own",
        "since",
        "style",
        "suspects",
    )

    def __init__(
        self,
        name: str,
        *,
        label: str,
        library: str,
        style: str,
        names: "Mapping[str, Name] | None" = None,
        context: str = "",
        managed: bool = False,
        offers: "Iterable[str]" = (),
        lacks: "Mapping[str, str] | None" = None,
        since: "tuple[int, int] | None" = None,
        offered_since: "Mapping[str, tuple[int, int]] | None" = None,
        suspects: "Mapping[str, str] | None" = None,
        own: "Mapping[str, Any] | None" = None,
    ) -> None:
        self.name = name  #: "processes.spawn": the file and the variant
        self.label = label  #: what a table or a chart calls it
        self.library = library  #: the module whose documentation describes it
        self.style = style  #: which body of a scenario it runs: "workers", "executor", "serial" or "floor"
        self.names = dict(names or {})  #: name in a body -> where the library has it
        self.context = (
            context  #: start method whose multiprocessing context is `mp` and answers for all other names, or ""
        )
        self.managed = (
            managed  #: whether `mp` is a started Manager of that context, because primitives cannot be inherited
        )
        self.offers = frozenset(offers)  #: behaviours, in words
        self.lacks = dict(lacks or {})  #: behaviour -> one sentence why it is not offered
        self.since = since  #: oldest Python that has the library
        self.offered_since = dict(offered_since or {})  #: behaviour -> oldest Python that has it
        self.suspects = dict(
            suspects or {}
        )  #: behaviour -> a known defect; such cells are tried under a short deadline first
        self.own = dict(own or {})  #: scenario -> body, for a library that fits no style

    @property
    def lib(self) -> "Library":
        """The names a body calls, found in the running interpreter."""
        return Library(self)

    def __repr__(self) -> str:
        return f"Backend({self.name!r})"


class Library:
    """The names of one backend. Each is looked up when it is first asked for, so that a body pays for what it uses only."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    def __getattr__(self, name: str) -> "Any":
        names = self._backend.names
        parts = {key.partition(".")[2]: where for key, where in names.items() if key.startswith(name + ".")}
        if name == "mp":
            found = self._context()
        elif name in names:
            found = self._find(names[name])
        elif parts:
            found = functools.partial(
                contextlib.nullcontext, types.SimpleNamespace(**{k: self._find(v) for k, v in parts.items()})
            )
        else:
            found = getattr(self.mp, name)
        setattr(self, name, found)
        return found

    def close(self) -> None:
        """End what the library itself started: the manager of a backend that has one."""
        if self._backend.managed and "mp" in vars(self):
            self.mp.shutdown()

    def _context(self) -> "Any":
        if not self._backend.context:
            raise AttributeError(f"{self._backend.name} has no multiprocessing context")
        import multiprocessing

        context = multiprocessing.get_context(self._backend.context)
        return context.Manager() if self._backend.managed else context

    def _find(self, name: Name) -> "Any":
        module, _, attribute = name.path.rpartition(".")
        found = getattr(self.mp if module == "mp" else importlib.import_module(module or "builtins"), attribute)
        arguments = {key: getattr(self, value) for key, value in name.arguments.items()}
        return functools.partial(found, **arguments) if arguments else found


def names() -> "list[str]":
    """The names of all backends, in the order in which a reader meets them: plainest first."""
    return [backend.name for backend in every()]


def find(name: str) -> Backend:
    """The backend called `name`. Raises LookupError, which names the ones there are."""
    for backend in _of_file(name.partition(".")[0]):
        if backend.name == name:
            return backend
    for backend in _installed():
        if backend.name == name:
            return backend
    raise LookupError(f"there is no backend {name!r}; there are: {', '.join(names())}")


def every() -> "list[Backend]":
    """All backends of this package, then those that installed packages offer."""
    ranks = {"serial": 0, "workers": 1, "executor": 2}
    found = sorted(_own(), key=lambda backend: (ranks.get(backend.style, 3), backend.context != ""))
    return [backend for backend in found + _installed() if backend.style != FLOOR]


def floors() -> "list[Backend]":
    """The yardsticks: those of this package, then those that installed packages offer."""
    return [backend for backend in _own() + _installed() if backend.style == FLOOR]


def _own() -> "list[Backend]":
    import pkgutil

    return [backend for module in pkgutil.iter_modules(__path__) for backend in _of_file(module.name)]


def _of_file(file: str) -> "list[Backend]":
    try:
        module = importlib.import_module(f"{__name__}.{file}")
    except ModuleNotFoundError as error:
        if error.name == f"{__name__}.{file}":
            return []
        raise
    return list(getattr(module, "BACKENDS", []))


def _installed() -> "list[Backend]":
    from importlib.metadata import entry_points

    return [backend for point in entry_points(group=ENTRY_POINTS) for backend in point.load()]

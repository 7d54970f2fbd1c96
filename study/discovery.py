"""One file is one thing: how what a file of a folder declares is found by the file's name."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any


def names_in(path: "Iterable[str]") -> "list[str]":
    """The names of the files in a package's folders."""
    import pkgutil

    return [module.name for module in pkgutil.iter_modules(path)]


def find(package: str, name: str, attribute: str, there_are: "Callable[[], list[str]]") -> "Any":
    """The `attribute` of the file `name` of that package, told its name. Raises LookupError, which names the ones there are."""
    import importlib

    try:
        module = importlib.import_module(f"{package}.{name}")
    except ModuleNotFoundError as error:
        if not f"{package}.{name}".startswith(error.name or " "):  # a module that the file itself imports
            raise
        raise LookupError(f"there is no {attribute.lower()} {name!r}; there are: {', '.join(there_are())}") from None
    found = getattr(module, attribute, None)
    if found is None:
        folder = package.replace(".", "/")
        raise LookupError(f"{folder}/{name}.py has no {attribute}: a file in that folder is one {attribute.lower()}")
    found.name = name
    return found

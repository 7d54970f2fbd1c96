"""One file is one thing: how the declaration in a file of a folder is found by the file's name."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any


def names_in(path: "Iterable[str]") -> "list[str]":
    """The names of the files in a package's folders."""
    import pkgutil

    return [module.name for module in pkgutil.iter_modules(path)]


def declared(package: str, name: str, attribute: str) -> "Any":
    """The `attribute` of the file `name` of that package, told its name. Raises LookupError where there is no such thing."""
    import importlib

    try:
        module = importlib.import_module(f"{package}.{name}")
    except ModuleNotFoundError as error:
        if not f"{package}.{name}".startswith(error.name or " "):  # a module that the file itself imports
            raise
        raise LookupError(f"there is no {package.replace('.', '/')}/{name}.py") from None
    found = getattr(module, attribute, None)
    if found is None:
        folder = package.replace(".", "/")
        raise LookupError(f"{folder}/{name}.py has no {attribute}: a file in that folder declares one")
    found.name = name
    return found

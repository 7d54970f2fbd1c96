"""What is asked: one file for each section of the tutorial, and one for each headline cost."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from study.scenario import Scenario


def names() -> "list[str]":
    """The names of all scenarios: the tutorial's in its order, then the headline costs."""
    return [scenario.name for scenario in every()]


def every() -> "list[Scenario]":
    """All scenarios, in the order of `names`."""
    import pkgutil

    found = [_of_file(module.name) for module in pkgutil.iter_modules(__path__)]
    return sorted(found, key=lambda scenario: (scenario.section == "", scenario.section, scenario.name))


def find(name: str) -> "Scenario":
    """The scenario in the file of that name. Raises LookupError, which names the ones there are."""
    try:
        return _of_file(name)
    except ModuleNotFoundError as error:
        if not f"{__name__}.{name}".startswith(error.name or " "):  # a module that the scenario itself imports
            raise
    raise LookupError(f"there is no scenario {name!r}; there are: {', '.join(names())}")


def _of_file(name: str) -> "Scenario":
    import importlib

    module = importlib.import_module(f"{__name__}.{name}")
    scenario: Scenario | None = getattr(module, "SCENARIO", None)
    if scenario is None:
        raise LookupError(f"study/scenarios/{name}.py has no SCENARIO: a file in that folder is one scenario")
    scenario.name = name
    return scenario

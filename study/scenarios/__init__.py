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

    found = [find(module.name) for module in pkgutil.iter_modules(__path__)]
    return sorted(found, key=lambda scenario: (scenario.section == "", scenario.section, scenario.name))


def find(name: str) -> "Scenario":
    """The scenario in the file of that name. Raises LookupError, which names the ones there are."""
    import importlib

    try:
        module = importlib.import_module(f"{__name__}.{name}")
    except ModuleNotFoundError as error:
        if not f"{__name__}.{name}".startswith(error.name or " "):  # a module that the scenario itself imports
            raise
        module = None
    scenario: Scenario | None = getattr(module, "SCENARIO", None)
    if scenario is None:
        raise LookupError(f"there is no scenario {name!r}; there are: {', '.join(names())}")
    scenario.name = name
    return scenario

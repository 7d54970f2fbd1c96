"""What is asked: one file for each section of the tutorial, and one for each headline cost."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from study.scenario import Scenario


def names() -> "list[str]":
    """The names of all scenarios: the tutorial's in its order, then the headline costs."""
    return [scenario.name for scenario in every()]


def every() -> "list[Scenario]":
    """All scenarios, in the order of `names`."""
    from study.discovery import names_in

    found = [find(name) for name in names_in(__path__)]
    return sorted(found, key=lambda scenario: (scenario.section == "", scenario.section, scenario.name))


def find(name: str) -> "Scenario":
    """The scenario in the file of that name. Raises LookupError, which names the ones there are."""
    from study.discovery import find as find_in

    scenario: Scenario = find_in(__name__, name, "SCENARIO", names)
    return scenario

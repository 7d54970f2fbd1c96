"""What goes wrong, and what merely differs: one file for each failure and each behaviour, found out by execution."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from study.hazard import Hazard


def names() -> "list[str]":
    """The names of all hazards, in the order of their groups."""
    return [hazard.name for hazard in every()]


def every() -> "list[Hazard]":
    """All hazards: failures first, then behaviours, each group together, a group's plainest first."""
    from study.discovery import names_in
    from study.hazard import GROUPS

    found = [find(name) for name in names_in(__path__)]
    return sorted(found, key=lambda hazard: (GROUPS.index(hazard.group), hazard.rank, hazard.name))


def find(name: str) -> "Hazard":
    """The hazard in the file of that name. Raises LookupError, which names the ones there are."""
    from study.discovery import find as find_in

    hazard: Hazard = find_in(__name__, name, "HAZARD", names)
    return hazard

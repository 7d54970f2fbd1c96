"""The floor: the least that the machine itself can do for the same job. A yardstick for every library, and a choice for none."""

from backends import FLOOR, Backend


def _floor(variant: str, label: str, library: str, offers: "set[str]") -> Backend:
    """Its bodies need no table of names: they call the system as it is."""
    return Backend(
        f"{FLOOR}.{variant}",
        label=f"{label} (floor)",
        library=library,
        style=FLOOR,
        offers={"bare workers", "several workers", *offers},
    )


BACKENDS = [
    _floor("thread", "start_new_thread", "_thread", {"queues", "shared objects"}),
    _floor("fork", "os.fork", "os", {"own process", "queues"}),
    _floor("interpreter", "os.posix_spawn", "os", {"own process"}),
]

"""How is a report not slowed by Python's search for garbage? The search is off until it is written, and at the end."""

import contextlib
import gc
from collections.abc import Iterator


@contextlib.contextmanager
def uncollected() -> Iterator[None]:
    """It would go through all modules and tables again and again: a tenth of the time and more, and next to nothing found."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def leave() -> None:
    """What there is now goes with the process's memory: Python would look through all of it once more, for half a second."""
    gc.freeze()

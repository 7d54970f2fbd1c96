"""How is a report not slowed by Python's search for garbage? The search is off until what takes long is done."""

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

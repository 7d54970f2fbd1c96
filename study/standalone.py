"""What does a scenario's script need in place of the study's stopwatch? These two functions, whose source it carries."""

import contextlib
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator


@contextlib.contextmanager
def stopwatch(name: str, operations: int = 1) -> "Iterator[None]":
    """Print how long one of the block's operations took."""
    begun = time.perf_counter_ns()
    yield
    print_time(name, time.perf_counter_ns() - begun, operations)


def print_time(name: str, nanoseconds: int, operations: int = 1) -> None:
    print(f"{name}: {nanoseconds / operations / 1000:.2f} µs", flush=True)

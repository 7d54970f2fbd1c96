"""What does a scenario's script need in place of the study's stopwatch? These functions, whose source it carries."""

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


def print_count(name: str, value: "int | float", unit: str) -> None:
    """Print an amount that is no duration: bytes ("B"), or a share or an index ("1")."""
    print(f"{name}: {value:.2f}" if unit == "1" else f"{name}: {value} {unit}", flush=True)

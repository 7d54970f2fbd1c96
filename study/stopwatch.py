"""Named laps, and the file and line each was written on."""

import sys
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType


class Lap:
    """All values of one named quantity, in the order in which they were taken."""

    __slots__ = ("name", "operations", "source", "unit", "values")

    def __init__(self, name: str, operations: int, source: str, unit: str) -> None:
        self.name = name
        self.operations = operations  #: how many operations one value covers
        self.source = source  #: "path/lock.py:23", the line that measured it
        self.unit = unit  #: "ns"; "B" for bytes; "1" for a share, an index or a number of things
        self.values: list[int | float] = []


class Stopwatch:
    """``with stopwatch("message", 1000):`` times a block of 1000 operations; the caller's line is kept with the value."""

    __slots__ = ("laps",)

    def __init__(self) -> None:
        self.laps: dict[str, Lap] = {}

    def __call__(self, name: str, operations: int = 1) -> "_Block":
        return _Block(self._lap(name, operations))

    def note(self, name: str, nanoseconds: int, operations: int = 1) -> None:
        """Keep a duration that no single block covers: one that ends in another worker, or a percentile."""
        self._lap(name, operations).values.append(nanoseconds)

    def count(self, name: str, value: "int | float", unit: str) -> None:
        """Keep a quantity that is no duration: bytes ("B"), or a share, an index or a number of things ("1")."""
        self._lap(name, 1, unit).values.append(value)

    def _lap(self, name: str, operations: int, unit: str = "ns") -> Lap:
        lap = self.laps.get(name)
        if lap is None:
            caller = sys._getframe(2)
            lap = self.laps[name] = Lap(name, operations, f"{caller.f_code.co_filename}:{caller.f_lineno}", unit)
        return lap


class _Block:
    __slots__ = ("begun", "lap")

    def __init__(self, lap: Lap) -> None:
        self.lap = lap

    def __enter__(self) -> None:
        self.begun = time.perf_counter_ns()

    def __exit__(
        self, kind: "type[BaseException] | None", error: "BaseException | None", traceback: "TracebackType | None"
    ) -> None:
        ended = time.perf_counter_ns()
        if error is None:
            self.lap.values.append(ended - self.begun)

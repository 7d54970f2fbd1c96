"""Does the stopwatch keep every value, under its name, with the line that measured it?"""

import inspect
import time

import pytest

from study import stopwatch as module
from study.stopwatch import Stopwatch


class FakeClock:
    """Tells the times it is given, one after the other."""

    def __init__(self, *times_ns):
        self.times_ns = list(times_ns)

    def __call__(self):
        return self.times_ns.pop(0)


@pytest.fixture
def clock(monkeypatch):
    def tell(*times_ns):
        monkeypatch.setattr(module.time, "perf_counter_ns", FakeClock(*times_ns))

    return tell


def here():
    frame = inspect.currentframe().f_back
    return f"{frame.f_code.co_filename}:{frame.f_lineno}"


def test_a_block_lasts_from_its_first_line_to_its_last(clock):
    clock(100, 350)
    stopwatch = Stopwatch()
    with stopwatch("work", 10):
        pass
    lap = stopwatch.laps["work"]
    assert (lap.name, lap.operations, lap.values) == ("work", 10, [250])


def test_a_block_knows_the_file_and_line_it_was_written_on():
    stopwatch = Stopwatch()
    with stopwatch("work"):
        line = here()
    path, _, number = line.rpartition(":")
    assert stopwatch.laps["work"].source == f"{path}:{int(number) - 1}"


def test_a_noted_value_knows_the_file_and_line_it_was_written_on():
    stopwatch = Stopwatch()
    stopwatch.note("work", 7), (line := here())
    assert stopwatch.laps["work"].source == line


def test_a_lap_that_is_taken_again_keeps_its_values_in_order_and_its_first_line(clock):
    clock(0, 5, 10, 13)
    stopwatch = Stopwatch()
    for _ in range(2):
        with stopwatch("work"):
            pass
    first = stopwatch.laps["work"].source
    stopwatch.note("work", 9)
    assert stopwatch.laps["work"].values == [5, 3, 9]
    assert stopwatch.laps["work"].source == first


def test_laps_are_kept_apart_by_name_in_the_order_of_their_first_values():
    stopwatch = Stopwatch()
    stopwatch.note("ready", 3, operations=2)
    stopwatch.note("call", 1)
    stopwatch.note("ready", 4, operations=2)
    assert [(lap.name, lap.operations, lap.values) for lap in stopwatch.laps.values()] == [
        ("ready", 2, [3, 4]),
        ("call", 1, [1]),
    ]


def test_blocks_can_be_nested(clock):
    clock(0, 1, 4, 10)
    stopwatch = Stopwatch()
    with stopwatch("outer"), stopwatch("inner"):
        pass
    assert stopwatch.laps["inner"].values == [3]
    assert stopwatch.laps["outer"].values == [10]


def raise_inside(stopwatch):
    with stopwatch("work"):
        raise RuntimeError("in the block")


def test_a_block_that_raises_has_no_value_and_hides_no_error():
    stopwatch = Stopwatch()
    with pytest.raises(RuntimeError, match="in the block"):
        raise_inside(stopwatch)
    assert stopwatch.laps["work"].values == []


def test_the_clock_is_the_one_all_workers_share(monkeypatch):
    """`perf_counter` is one clock for all processes on Linux, macOS and Windows; `process_time` would not be."""
    monkeypatch.setattr(time, "perf_counter_ns", FakeClock(1, 2))
    stopwatch = Stopwatch()
    with stopwatch("work"):
        pass
    assert stopwatch.laps["work"].values == [1]


def test_two_stopwatches_share_nothing():
    one, other = Stopwatch(), Stopwatch()
    one.note("work", 1)
    assert other.laps == {}

"""What a script carries in place of the study's stopwatch: it is called alike and prints what one operation took."""

import inspect

import pytest

from study import standalone
from study.stopwatch import Stopwatch


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> "list[int]":
    """The times that the clock will tell, in nanoseconds."""
    times: list[int] = []
    monkeypatch.setattr("study.standalone.time.perf_counter_ns", lambda: times.pop(0))
    return times


def test_a_stopwatch_prints_microseconds_per_operation(capsys: pytest.CaptureFixture[str], clock: "list[int]") -> None:
    clock += [1_000_000, 4_000_000]
    with standalone.stopwatch("lap", 1000):
        pass
    assert capsys.readouterr().out == "lap: 3.00 µs\n"


def test_each_block_prints_a_line_of_its_own_and_an_inner_one_first(
    capsys: pytest.CaptureFixture[str], clock: "list[int]"
) -> None:
    clock += [0, 1_000, 3_000, 10_000]
    with standalone.stopwatch("outer"), standalone.stopwatch("inner"):
        pass
    assert capsys.readouterr().out == "inner: 2.00 µs\nouter: 10.00 µs\n"


def test_a_block_that_fails_prints_no_time(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(RuntimeError), standalone.stopwatch("lap"):
        raise RuntimeError
    assert capsys.readouterr().out == ""


def test_a_time_that_no_block_covers_is_printed_like_one_that_a_block_does(
    capsys: pytest.CaptureFixture[str], clock: "list[int]"
) -> None:
    clock += [0, 5_000]
    with standalone.stopwatch("lap", 2):
        pass
    standalone.print_time("lap", 5_000, 2)
    first, second = capsys.readouterr().out.splitlines()
    assert first == second


@pytest.mark.parametrize(
    ("value", "unit", "printed"), [(2 / 3, "1", "lap: 0.67\n"), (1, "1", "lap: 1.00\n"), (4096, "B", "lap: 4096 B\n")]
)
def test_a_share_is_printed_with_two_decimals_and_a_size_in_bytes(
    capsys: pytest.CaptureFixture[str], value: float, unit: str, printed: str
) -> None:
    standalone.print_count("lap", value, unit)
    assert capsys.readouterr().out == printed


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (Stopwatch.__call__, standalone.stopwatch),
        (Stopwatch.note, standalone.print_time),
        (Stopwatch.count, standalone.print_count),
    ],
)
def test_a_body_may_call_it_as_it_calls_the_studys_own(ours: object, theirs: object) -> None:
    def taken(function: object) -> "list[tuple[str, object]]":
        parameters = inspect.signature(function).parameters.values()  # type: ignore[arg-type]
        return [(found.name, found.default) for found in parameters if found.name != "self"]

    assert taken(theirs) == taken(ours)

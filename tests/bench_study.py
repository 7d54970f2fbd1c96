"""Every cell is a benchmark: what the campaign measured, replayed bit for bit into pytest-benchmark."""

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

import backends
from study import launch, scenarios
from study.journal import Planned, Row
from study.observations import of_cell
from study.scenario import suspicion


class Clock:
    """Reads 0 after `rewind`, and the recorded seconds after `play`."""

    __name__ = "replay"

    def __init__(self) -> None:
        self.now = 0.0
        self.recorded: list[float] = []

    def __call__(self) -> float:
        return self.now

    def rewind(self) -> None:
        self.now = 0.0

    def play(self) -> None:
        self.now = self.recorded.pop(0)


CLOCK = Clock()


@pytest.mark.benchmark(timer=CLOCK)
def test_cell(cell: Planned, rows: list[Row], benchmark: BenchmarkFixture, request: pytest.FixtureRequest) -> None:
    """A test of its own for each cell: skipped with the reason, failed with the detail, or replayed."""
    scenario = scenarios.find(cell.scenario)
    benchmark.group = cell.scenario
    benchmark.name = cell.cell
    if not rows:
        ended: launch.Ended = request.getfixturevalue("tried")
        benchmark.pedantic(lambda: _judge(cell, ended.status, ended.reason))
        return
    failed = [row for row in rows if row.status != "measured"]
    if failed:
        benchmark.has_error = True
        _judge(cell, failed[0].status, f"{len(failed)} of {len(rows)} times: {failed[0].reason}")
    laps = [values for row in rows for values in row.laps if values.unit == "ns"]
    if scenario.headline not in {values.name for values in laps}:
        pytest.skip(f"{scenario.headline} is no time, which is all that a benchmark can hold: it is in the report")
    seconds = list(of_cell(rows, scenario.headline).values())
    CLOCK.recorded = seconds.copy()
    benchmark.pedantic(CLOCK.play, setup=CLOCK.rewind, rounds=len(seconds))
    assert benchmark.stats.stats.data == seconds
    benchmark.extra_info["lap"] = scenario.headline
    benchmark.extra_info["unit"] = f"seconds per {scenario.unit}"
    benchmark.extra_info["laps"] = {name: list(of_cell(rows, name).values()) for name in {lap.name: 0 for lap in laps}}
    benchmark.extra_info["journal"] = [row.block for row in rows]


def _judge(cell: Planned, status: str, reason: str) -> None:
    if status == "measured":
        return
    doubt = suspicion(scenarios.find(cell.scenario), backends.find(cell.backend))
    if doubt and status == "timeout":
        pytest.xfail(f"timeout: {reason}")
    pytest.fail(f"{status}: {reason}", pytrace=False)

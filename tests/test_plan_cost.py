"""How long is a child expected to live: for its interpreter, for the workers that it starts, and for the values it takes?

Only what is announced and what a budget leaves room for hangs on it; so the tests ask what grows with what, and by how much.
"""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

import backends
from backends import Backend
from busy import on_a_busy_machine_too
from journals import planned
from study import scenarios
from study.journal import Planned
from study.plan import BESIDES_S, PROFILES, Plan, Profile, calibration_group, child_s, expected_s, make_plan, matcher

DEFAULT = PROFILES["default"]
INTERPRETER_S = 0.05
LOCKS = [planned(f"lock/{name}", 6, width=2) for name in ("processes.fork", "processes.spawn", "threads")]
SECONDS = st.floats(0.001, 10)


def of(profile: Profile = DEFAULT, **more: int) -> Profile:
    return dataclasses.replace(profile, **more)


def starts(cell: Planned, rounds: int = 2) -> float:
    """How many interpreters' starts a child of the cell is expected to take, its own included."""
    no_time = of(rounds=rounds, value_ms=0)
    return (child_s(cell, no_time, 2.0) - child_s(cell, no_time, 1.0)) / (2.0 - 1.0)


@on_a_busy_machine_too
@given(st.integers(1, 50), st.integers(1, 50), st.integers(1, 500), SECONDS)
def test_each_value_adds_as_long_as_it_lasts(one: int, other: int, value_ms: int, interpreter_s: float) -> None:
    fewer, more = (child_s(LOCKS[0], of(rounds=n, value_ms=value_ms), interpreter_s) for n in (one, one + other))
    assert more - fewer == pytest.approx(other * child_s(LOCKS[0], of(rounds=1, value_ms=value_ms), 0.0))
    assert child_s(LOCKS[0], of(rounds=1, value_ms=value_ms), 0.0) >= value_ms / 1000


def test_a_scenario_that_limits_its_rounds_takes_no_longer_when_more_are_asked_for() -> None:
    latency = planned("latency/threads", samples=1000)
    most = scenarios.find("latency").most_rounds
    assert child_s(latency, of(rounds=most), 0.05) == child_s(latency, of(rounds=most + 5), 0.05)
    assert child_s(LOCKS[0], of(rounds=most), 0.05) < child_s(LOCKS[0], of(rounds=most + 5), 0.05)


@pytest.mark.parametrize("width", [1, 2, 8])
def test_every_worker_of_a_spawned_pool_is_a_start_and_a_thread_is_none(width: int) -> None:
    alone = starts(planned("scaling/threads", workload="cpu", width=width))
    assert starts(planned("scaling/serial", workload="cpu", width=width)) == pytest.approx(alone)
    assert starts(planned("scaling/processes.spawn", workload="cpu", width=width)) == pytest.approx(alone + width)
    assert alone >= 1


def test_a_cell_that_does_not_say_how_many_workers_it_has_is_taken_to_have_one() -> None:
    one, none = planned("latency/processes.spawn", width=1, samples=9), planned("latency/processes.spawn", samples=9)
    assert child_s(one, DEFAULT, 0.05) == child_s(none, DEFAULT, 0.05)


def test_workers_are_started_again_in_every_round_only_where_that_is_the_question() -> None:
    startup = planned("startup/processes.spawn", form="worker", width=2)
    assert starts(startup, 3) - starts(startup, 1) == pytest.approx(2 * 2)
    assert starts(startup, 9) == starts(startup, scenarios.find("startup").most_rounds)
    assert starts(LOCKS[1], 3) == starts(LOCKS[1], 1)


def test_a_start_method_that_nobody_has_heard_of_is_taken_to_be_as_slow_as_the_slowest(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    known = [starts(planned(f"lock/processes.{name}", width=2)) for name in ("fork", "forkserver", "spawn")]
    strange = Backend("shop.far", label="far", library="shop", style="workers", context="rocket")
    monkeypatch.setattr(backends, "_installed", lambda: [strange])
    assert starts(planned("lock/shop.far", width=2)) == max(known)


@pytest.mark.parametrize("scenario", BESIDES_S)
def test_what_no_profile_makes_shorter_is_added_once_whatever_is_asked_for(scenario: str) -> None:
    cells = make_plan(DEFAULT, (3, 13), 2, 7, matcher(f"{scenario}/")).cells
    cell = next(cell for cell in cells if cell.scenario == scenario)
    for rounds in (1, 2, 6):
        assert child_s(cell, of(rounds=rounds, value_ms=0), 0.0) == pytest.approx(BESIDES_S[scenario])


@on_a_busy_machine_too
@given(st.lists(st.sampled_from(LOCKS), max_size=3, unique_by=lambda cell: cell.cell), st.integers(1, 20), SECONDS)
def test_a_campaign_lasts_as_its_children_do_and_one_rehearsal_for_each_group(
    cells: list[Planned], blocks: int, interpreter_s: float
) -> None:
    plan = Plan(DEFAULT, 7, tuple(planned(cell.cell.rpartition("/")[0], blocks, width=2) for cell in cells), ())
    groups: dict[object, list[float]] = {}
    for cell in cells:
        groups.setdefault(calibration_group(cell), []).append(child_s(cell, DEFAULT, interpreter_s))
    children = blocks * sum(map(sum, groups.values()))
    rehearsals = expected_s(plan, interpreter_s) - children
    assert sum(map(min, groups.values())) - 1e-6 <= rehearsals <= sum(map(max, groups.values())) + 1e-6


def test_what_chooses_no_operations_is_not_rehearsed() -> None:
    startup = planned("startup/threads", 15, form="worker", width=1)
    expected = expected_s(Plan(DEFAULT, 7, (startup,), ()), INTERPRETER_S)
    assert expected == pytest.approx(15 * child_s(startup, DEFAULT, INTERPRETER_S))

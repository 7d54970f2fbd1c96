"""Does each block say one number, made of the values that count?"""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from journals import failed, measured, planned
from study.journal import REHEARSAL, Values
from study.observations import of_cell, of_row

on_a_busy_machine_too = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
CELL = planned("lock/threads", width=2)


def values(*nanoseconds, operations=1):
    return Values("work", operations, "study/scenarios/lock.py:61", list(nanoseconds))


def test_the_first_of_several_values_is_the_warm_up_and_does_not_count():
    assert of_row(values(9_000, 10, 30, 20)) == pytest.approx(20e-9)


def test_a_single_value_counts():
    """The cold start is its own first state: there is no second one to prefer."""
    assert of_row(values(40)) == pytest.approx(40e-9)


def test_of_two_values_the_second_counts():
    assert of_row(values(9_000, 40)) == pytest.approx(40e-9)


def test_an_even_number_of_values_has_the_mean_of_the_middle_two():
    assert of_row(values(9_000, 10, 20)) == pytest.approx(15e-9)


def test_a_value_is_shared_out_among_its_operations():
    assert of_row(values(9_000, 500, operations=50)) == pytest.approx(10e-9)


@on_a_busy_machine_too
@given(st.lists(st.integers(0, 10**12), min_size=1, max_size=9), st.integers(1, 10**6), st.integers(0, 10**12))
def test_no_warm_up_however_long_changes_an_observation(counted, operations, warmup):
    assert of_row(values(warmup, *counted, operations=operations)) == of_row(values(0, *counted, operations=operations))


@on_a_busy_machine_too
@given(st.lists(st.integers(1, 10**12), min_size=2, max_size=9), st.integers(1, 10**6))
def test_an_observation_lies_between_the_least_and_the_greatest_value(nanoseconds, operations):
    least, greatest = min(nanoseconds[1:]), max(nanoseconds[1:])
    per_operation_ns = of_row(values(*nanoseconds, operations=operations)) * 1e9 * operations
    assert least == pytest.approx(per_operation_ns) or least < per_operation_ns
    assert greatest == pytest.approx(per_operation_ns) or per_operation_ns < greatest


def test_each_block_has_an_observation():
    rows = [measured(CELL, block, {"work": [9.0, block / 10]}) for block in (1, 2, 3)]
    assert of_cell(rows, "work") == pytest.approx({1: 0.1, 2: 0.2, 3: 0.3})


def test_only_the_lap_that_is_asked_for_counts():
    rows = [measured(CELL, 1, {"ready": [9.0, 0.1], "call": [9.0, 0.5]})]
    assert of_cell(rows, "call") == pytest.approx({1: 0.5})
    assert of_cell(rows, "round trip") == {}


def test_the_rehearsal_is_left_out():
    rows = [measured(CELL, REHEARSAL, {"work": [9.0, 0.1]}), measured(CELL, 1, {"work": [9.0, 0.2]})]
    assert of_cell(rows, "work") == pytest.approx({1: 0.2})


@pytest.mark.parametrize("status", ["wrong answer", "timeout", "crash", "exception", "out of memory"])
def test_a_row_that_failed_is_left_out(status):
    assert of_cell([failed(CELL, 1, status), measured(CELL, 2, {"work": [9.0, 0.2]})], "work") == pytest.approx(
        {2: 0.2}
    )


def test_a_failed_row_is_left_out_even_if_it_holds_values():
    import msgspec

    wrong = msgspec.structs.replace(measured(CELL, 1, {"work": [9.0, 0.1]}), status="wrong answer")
    assert of_cell([wrong], "work") == {}


def test_a_lap_without_a_value_is_left_out():
    """A journal may hold one: a block that raised, in a body that went on."""
    assert of_cell([measured(CELL, 1, {"work": []}), measured(CELL, 2, {"work": [0.2]})], "work") == {2: 0.2}


def test_a_cell_that_was_never_measured_has_no_observation():
    assert of_cell([], "work") == {}

"""Every value of a journal reaches its table, nothing else does, and a cell without a number keeps its line."""

import time

import msgspec
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import backends
import journals as made
from journals import HOSTILE, absent, failed, journal, measured, planned, simple
from study import installed, particulars, scenarios, tables
from study.frame import cells, factor, frame, numeric, observations
from study.journal import Journal, Planned, Row
from study.plan import PROFILES
from study.tables import Results, results

LOCK = planned("lock/threads", 6, width=2)
SERIAL = planned("scaling/serial", 6, workload="cpu", width=1)
POOL = planned("scaling/processes.fork", 6, workload="cpu", width=2)


def lock(rows: list[Row]) -> Results:
    return results([journal([LOCK], rows)])


@pytest.fixture(scope="module")
def whole() -> Journal:
    return made.full(PROFILES["default"])


@pytest.fixture(scope="module")
def found(whole: Journal) -> Results:
    return results([whole])


def test_there_is_one_line_for_each_value_of_a_measured_row() -> None:
    values = frame([journal([LOCK], [measured(LOCK, 1, {"a": [3.0, 1.0, 2.0], "b": [4.0]}, operations=10)])])
    assert values[["lap", "value", "warmup", "seconds"]].astype({"lap": str}).values.tolist() == [
        ["a", 0, True, 3.0],
        ["a", 1, False, 1.0],
        ["a", 2, False, 2.0],
        ["b", 0, False, 4.0],
    ]
    assert values["seconds_per_operation"].tolist() == [0.3, 0.1, 0.2, 0.4]


def test_a_value_knows_its_cell_its_run_and_the_line_that_measured_it() -> None:
    line = frame([journal([LOCK], [measured(LOCK, 3, {"a": [1.0]})])]).iloc[0]
    assert (line["scenario"], line["backend"], line["cell"], line["width"]) == ("lock", "threads", LOCK.cell, 2)
    assert (line["run"], line["machine"], line["python"]) == (
        "20260102T030405Z-3.13.1",
        "example-2c-linux-1a2b3c",
        "3.13.1",
    )
    assert (line["source"], line["block"]) == ("study/scenarios/lock.py:40", 3)


def test_the_rehearsal_is_not_analysed() -> None:
    values = frame([journal([LOCK], [measured(LOCK, 0, {"a": [1.0]}), measured(LOCK, 1, {"a": [2.0]})])])
    assert values["seconds"].tolist() == [2.0]


def test_a_failed_row_has_no_values_even_if_it_has_laps() -> None:
    lied = msgspec.structs.replace(measured(LOCK, 1, {"a": [1.0]}), status="wrong answer", reason="one was lost")
    assert frame([journal([LOCK], [lied])]).empty


def test_an_empty_journal_has_an_empty_frame_with_all_columns() -> None:
    values = frame([journal([LOCK], [])])
    assert values.empty
    assert {"run", "cell", "width", "lap", "warmup", "seconds_per_operation"} <= set(values.columns)


def test_the_observation_is_the_median_of_the_values_after_the_warm_up() -> None:
    seen = lock([measured(LOCK, 1, {"a": [100.0, 1.0, 5.0, 2.0]}, operations=2)]).observations
    assert seen[["lap", "block", "seconds"]].values.tolist() == [["a", 1, 1.0]]


def test_a_lap_with_one_value_is_a_value_and_no_warm_up() -> None:
    assert lock([measured(LOCK, 1, {"cold ready": [7.0]})]).observations["seconds"].tolist() == [7.0]


def test_each_block_counts_once_however_many_values_it_has() -> None:
    rows = [measured(LOCK, block, {"a": [9.0] + [float(block)] * block}) for block in range(1, 7)]
    line = lock(rows).lines.iloc[0]
    assert (line["blocks"], line["seconds"], line["low"], line["high"]) == (6, 3.5, 1.0, 6.0)


def test_a_lap_without_a_value_is_no_observation() -> None:
    assert lock([measured(LOCK, 1, {"a": []})]).observations.empty


@settings(max_examples=40, deadline=None)
@given(st.dictionaries(st.integers(1, 6), st.lists(st.floats(1e-6, 10), min_size=1, max_size=5), min_size=1))
def test_medians_of_blocks_agree_with_numpy(by_block: dict[int, list[float]]) -> None:
    seen = lock([measured(LOCK, block, {"a": values}) for block, values in by_block.items()]).observations
    kept = {block: values[1:] if len(values) > 1 else values for block, values in by_block.items()}
    assert dict(zip(seen["block"], seen["seconds"], strict=True)) == pytest.approx(
        {block: np.median(values) for block, values in kept.items()}, abs=1e-9
    )


def test_a_million_values_are_read_in_seconds() -> None:
    plan = [planned(f"scenario{number}/threads", 6, width=2) for number in range(70)]
    row = measured(plan[0], 1, {"a": [0.001] * 2400})
    rows = [msgspec.structs.replace(row, cell=cell.cell, block=block) for cell in plan for block in range(1, 7)]
    big = journal(plan, rows)
    begun = time.process_time()
    values = frame([big])
    assert len(observations(values)) == 420
    assert len(values) == 1_008_000
    assert time.process_time() - begun < 10


def test_factors_are_columns_of_numbers_where_they_are_numbers(found: Results) -> None:
    assert str(found.values["payload"].dtype) == "Int64"
    channels = {load.factors["channel"] for load in scenarios.find("throughput").loads(2)}
    assert set(found.values["channel"].dropna()) == channels >= {"Queue", "SimpleQueue", "Pipe", "submit"}


@pytest.mark.parametrize("name", ["seconds", "cell", "low", "speedup", "factor seconds"])
def test_a_factor_cannot_pass_for_a_column_of_ours(name: str) -> None:
    cell = planned("lock/threads", 1, **{name: 5})
    seen = results([journal([cell], simple(cell, [1.0]))])
    assert seen.lines[f"factor {name}"].tolist() == [5]
    assert seen.lines["seconds"].tolist() == [1.0]


@pytest.mark.parametrize("values", [(1, "x"), (1, 1 << 70), (0.5, 2), ("", "y")])
def test_factors_of_any_type_are_kept(values: tuple[int | float | str, int | float | str]) -> None:
    plan = [planned(f"lock/threads{i}", 1, width=value) for i, value in enumerate(values)]
    assert sorted(map(str, cells([journal(plan, [])])["width"])) in (sorted(map(str, values)), ["0.5", "2.0"])


def test_a_factor_that_is_no_number_is_nan_as_a_number() -> None:
    assert numeric(pd.Series(["2", "x", None])).isna().tolist() == [False, True, True]
    assert factor(pd.DataFrame({"a": [1, 2]}), "absent").isna().all()


def state(plan: list[Planned], rows: list[Row]) -> tuple[str, str, int, int]:
    line = cells([journal(plan, rows)]).iloc[0]
    return line["state"], line["words"], line["measured"], line["failed"]


def test_a_cell_measured_in_all_blocks_needs_no_words() -> None:
    assert state([LOCK], simple(LOCK, [1.0] * 6)) == ("measured", "", 6, 0)


def test_a_cell_without_a_row_is_not_measured_yet() -> None:
    assert state([LOCK], []) == ("not measured yet", "not measured yet", 0, 0)


def test_a_rehearsal_that_went_well_is_not_a_measurement() -> None:
    assert state([LOCK], [measured(LOCK, 0, {"a": [1.0]})])[0] == "not measured yet"


def test_a_cell_that_never_answered_says_how_it_failed() -> None:
    rows = [failed(LOCK, 1), failed(LOCK, 2, "crash", "signal 11")]
    assert state([LOCK], rows) == ("failed", "failed (timeout, crash) in 2 of 2 blocks", 0, 2)


def test_a_cell_that_failed_in_its_rehearsal_only_says_so() -> None:
    assert state([LOCK], [failed(LOCK, 0)]) == ("failed", "failed (timeout) in its rehearsal", 0, 1)


def test_a_cell_that_failed_in_some_blocks_has_a_number_and_words() -> None:
    rows = [*simple(LOCK, [1.0, 2.0]), failed(LOCK, 3, "wrong answer")]
    assert state([LOCK], rows) == ("measured", "failed (wrong answer) in 1 of 3 blocks", 2, 1)


def test_what_is_not_offered_says_why() -> None:
    line = cells([journal([], [], [absent("lock/serial", "nobody to lock out", width=2)])]).iloc[0]
    assert (line["state"], line["words"]) == ("not offered", "not offered: nobody to lock out")


def test_no_cell_disappears_from_the_lines(whole: Journal, found: Results) -> None:
    listed = {cell.cell for cell in [*whole.header.plan, *whole.header.absent]}
    assert set(found.lines["cell"]) == listed
    assert set(found.cells["cell"]) == listed


def test_no_cell_disappears_from_the_tables(whole: Journal, found: Results) -> None:
    shown = [tables.startup, tables.throughput, tables.latency, tables.scaling, tables.documents]
    listed = {cell.cell for cell in [*whole.header.plan, *whole.header.absent]}
    assert set().union(*(table(found)["cell"] for table in shown)) == listed


def test_scenarios_and_backends_come_in_the_readers_order(found: Results) -> None:
    assert list(dict.fromkeys(found.cells["scenario"])) == list(installed.known_scenarios())
    first = found.cells.loc[found.cells["scenario"] == "lock"]
    assert list(first["backend"]) == backends.names()


def test_names_that_are_not_installed_are_shown_as_they_are() -> None:
    cell = planned("gone/vanished.backend", 1, width=2)
    table = tables.documents(results([journal([cell, LOCK], simple(cell, [1.0]))]))
    assert table["scenario"].tolist() == ["lock", "gone"]
    assert table["unit"].tolist() == ["acquire + release, two workers", "operation"]
    assert installed.label("vanished.backend") == "vanished.backend"


def test_two_runs_are_kept_apart() -> None:
    two = [journal([LOCK], simple(LOCK, [value] * 6), run=f"run {value}") for value in (1.0, 2.0)]
    table = tables.documents(results(two))
    assert list(zip(table["run"], table["seconds"], strict=True)) == [("run 1.0", 1.0), ("run 2.0", 2.0)]


def test_startup_has_a_line_for_each_lap(found: Results) -> None:
    table = tables.startup(found)
    own = table.loc[table["cell"] == "startup/processes.fork/form=pool,width=1"]
    assert set(own["lap"]) >= {"cold ready", "warm ready", "running pool ready", "cold call", "cold round trip"}
    assert own.loc[own["lap"] == "cold ready", "seconds"].item() == pytest.approx(2.1e-3, rel=0.1)


def test_throughput_is_the_inverse_of_the_time_and_so_is_its_interval() -> None:
    cell = planned("throughput/threads", 6, channel="Queue", payload=1000)
    rows = [
        measured(cell, i, {"message": [9.0, seconds]}, operations=2) for i, seconds in enumerate([1, 2, 2, 2, 2, 4], 1)
    ]
    line = tables.throughput(results([journal([cell], rows)])).iloc[0]
    assert (line["messages_per_s"], line["messages_low"], line["messages_high"]) == (1.0, 0.5, 2.0)
    assert line["megabytes_per_s"] == pytest.approx(0.001)


def test_a_time_of_zero_gives_no_rate() -> None:
    cell = planned("throughput/threads", 1, channel="Queue", payload=1)
    assert tables.throughput(results([journal([cell], simple(cell, [0.0]))]))["messages_per_s"].isna().all()


def test_latency_has_a_line_for_each_percentile(found: Results) -> None:
    table = tables.latency(found)
    assert set(table["lap"]) == {"p50", "p90", "p99", ""}


def scaling_of(serial: list[float], pool: list[float], tuned: list[float] | None = None) -> pd.DataFrame:
    laps = [("default chunks", pool)] + ([("tuned chunks", tuned)] if tuned else [])
    rows = simple(SERIAL, serial, "default chunks")
    rows += [measured(POOL, i + 1, {lap: [9.0, values[i]] for lap, values in laps}) for i in range(len(pool))]
    table = tables.scaling(results([journal([SERIAL, POOL], rows)]))
    return table.loc[table["cell"] == POOL.cell].set_index("lap")


def test_speed_up_is_paired_with_the_serial_cell_of_the_same_block() -> None:
    drift = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0]
    line = scaling_of([2 * d for d in drift], drift).loc["default chunks"]
    assert (line["speedup"], line["speedup_low"], line["speedup_high"], line["pairs"]) == pytest.approx((2, 2, 2, 6))


def test_speed_up_uses_only_blocks_that_measured_both() -> None:
    line = scaling_of([2.0, 2.0, 2.0, 2.0], [1.0, 1.0, 1.0, 1.0, 50.0, 50.0]).loc["default chunks"]
    assert (line["speedup"], line["pairs"]) == (2.0, 4)
    assert pd.isna(line["speedup_low"])


def test_without_a_serial_cell_there_is_no_speed_up() -> None:
    line = tables.scaling(results([journal([POOL], simple(POOL, [1.0], "default chunks"))])).iloc[0]
    assert pd.isna(line["speedup"])
    assert (line["pairs"], line["seconds"]) == (0, 1.0)


def test_the_serial_cell_of_another_workload_is_no_baseline() -> None:
    other = planned("scaling/serial", 6, workload="wait", width=1)
    rows = [*simple(other, [5.0] * 6, "default chunks"), *simple(POOL, [1.0] * 6, "default chunks")]
    table = tables.scaling(results([journal([other, POOL], rows)])).set_index("cell")
    assert pd.isna(table.loc[POOL.cell, "speedup"])
    assert table.loc[other.cell, "speedup"] == 1.0


def test_tuned_chunks_are_compared_with_the_default_ones_of_the_same_child() -> None:
    default = [1.0 * 1.5**i for i in range(8)]
    line = scaling_of([1.0] * 8, default, [d / 2 for d in default]).loc["tuned chunks"]
    assert line["tuned_ratio"] == pytest.approx(0.5)
    assert line["tuned_verdict"] == "faster"


def test_too_few_blocks_leave_the_chunks_inconclusive() -> None:
    assert scaling_of([1.0] * 3, [1.0] * 3, [0.1] * 3).loc["tuned chunks", "tuned_verdict"] == "inconclusive"


def test_the_matrix_says_works_failed_or_not_offered() -> None:
    broken = planned("lock/processes.spawn", 6, width=2)
    waiting = planned("lock/processes.fork", 6, width=2)
    shaky = planned("lock/executors.thread", 6, width=2)
    rows = [*simple(LOCK, [1.0]), failed(broken, 1), *simple(shaky, [1.0]), failed(shaky, 2, "wrong answer")]
    nothing = [absent("lock/serial", "nobody to lock out", width=2)]
    table = tables.matrix(results([journal([LOCK, broken, waiting, shaky], rows, nothing)]))
    assert dict(zip(table["backend"].astype(str), table["answer"], strict=True)) == {
        "serial": "not offered",
        "threads": "works",
        "processes.fork": "not measured yet",
        "processes.spawn": "failed (timeout) in 1 of 1 blocks",
        "executors.thread": "failed (wrong answer) in 1 of 2 blocks",
    }


def test_a_backend_that_offers_one_load_works() -> None:
    nothing = [absent("scaling/serial", "works alone", workload="cpu", width=2)]
    table = tables.matrix(results([journal([SERIAL], simple(SERIAL, [1.0]), nothing)]))
    assert table["answer"].tolist() == ["works"]


def test_one_failed_load_is_not_hidden_by_those_that_work() -> None:
    other = planned("startup/threads", 1, width=2)
    good = planned("startup/threads", 1, width=1)
    table = tables.matrix(results([journal([good, other], [*simple(good, [1.0]), failed(other, 1)])]))
    assert table["answer"].tolist() == ["failed (timeout) in 1 of 1 blocks"]


def test_the_reasons_of_what_is_not_offered_are_counted() -> None:
    nothing = [absent("startup/serial", "starts nothing", width=width) for width in (1, 2, 4)]
    line = tables.absences(results([journal([], [], nothing)])).iloc[0]
    assert (line["scenario"], line["backend"], line["reason"], line["cells"]) == (
        "startup",
        "serial",
        "starts nothing",
        3,
    )


def test_failures_are_counted_by_kind_with_their_first_reason() -> None:
    rows = [failed(LOCK, 0, "crash", "signal 9"), failed(LOCK, 2, reason="second"), failed(LOCK, 1, reason="first")]
    table = particulars.failures([journal([LOCK], [*rows, *simple(LOCK, [1.0] * 6)[2:]])])
    assert table[["status", "blocks", "tried", "rehearsal", "reason"]].values.tolist() == [
        ["crash", 0, 6, True, "signal 9"],
        ["timeout", 2, 6, False, "first"],
    ]


def test_without_a_failure_the_table_of_failures_is_empty() -> None:
    assert particulars.failures([journal([LOCK], simple(LOCK, [1.0]))]).empty


def test_a_fact_that_is_not_known_is_called_so() -> None:
    table = particulars.facts([journal([LOCK], [])]).set_index("fact")
    assert table.loc["governor", "value"] == "not known"
    assert table.loc["gil_enabled", "value"] == "yes"
    assert table.loc["start_methods", "value"] == "fork, spawn, forkserver"
    assert table.loc["usable_cpus", ["value", "unit"]].tolist() == ["2", "CPUs"]


def test_a_stranger_s_text_passes_through_every_table() -> None:
    cell = planned(f"{HOSTILE.replace('/', '')}/threads", 1, **{HOSTILE: HOSTILE})
    rows = [failed(cell, 1, reason=HOSTILE)]
    hostile = journal([cell], rows, [absent("lock/serial", HOSTILE)])
    seen = results([hostile])
    assert len(tables.documents(seen)) == 2
    assert particulars.failures([hostile])["reason"].tolist() == [HOSTILE]
    assert "\x00" not in "".join(seen.cells["words"])

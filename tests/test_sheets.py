"""Each table is laid out so that a reader finds every cell on a line, its number under the right unit, or why there is none."""

from collections.abc import Callable
from typing import Any

import pytest

from journals import HOSTILE, absent, failed, full, journal, measured, planned, simple
from study import installed, particulars, sheets
from study.plan import PROFILES
from study.sheets import Entry, Row, Sheet
from study.tables import Results, results

COSTS = [sheets.startup, sheets.throughput, sheets.latency, sheets.scaling]
EVERY_COST = pytest.mark.parametrize("make", COSTS, ids=lambda make: make.__name__)
START = planned("startup/processes.spawn", 6, form="worker", width=1)
STEADY = [0.010, 0.011, 0.012, 0.013, 0.014, 0.015]


@pytest.fixture(scope="module")
def whole() -> Results:
    return results([full(PROFILES["default"])])


def texts(row: Row) -> list[str]:
    return [entry.text for entry in row.entries]


def under(sheet: Sheet, heading: str, row: int = 0) -> Entry:
    """What stands in a row under a heading."""
    return sheet.rows[row].entries[sheet.columns.index(heading)]


@EVERY_COST
def test_every_cell_has_one_line_whether_it_was_measured_or_not(
    whole: Results, make: Callable[[Results], Sheet]
) -> None:
    cells = whole.cells.loc[whole.cells["scenario"].astype(str) == make.__name__, "cell"].astype(str)
    assert sorted(row.cell for row in make(whole).rows) == sorted(cells)


@EVERY_COST
def test_every_line_is_as_wide_as_the_head(whole: Results, make: Callable[[Results], Sheet]) -> None:
    sheet = make(whole)
    assert len(set(sheet.columns)) == len(sheet.columns)
    assert {sum(entry.span for entry in row.entries) for row in sheet.rows} == {len(sheet.columns)}


@EVERY_COST
def test_a_column_is_sorted_by_its_numbers_and_each_number_has_its_rank(
    whole: Results, make: Callable[[Results], Sheet]
) -> None:
    for row in make(whole).rows:
        for entry in row.entries:
            shown = entry.kind == "number" and entry.text != "—"
            assert (entry.rank is not None) == shown, entry


def test_start_up_is_told_in_milliseconds_with_its_interval() -> None:
    sheet = sheets.startup(results([journal([START], simple(START, STEADY, "cold ready", warmup=0.0125))]))
    assert under(sheet, "backend").text == "multiprocessing (spawn)"
    assert under(sheet, "cold ready, ms").text == "12.5 (10.0–15.0)"
    assert under(sheet, "cold ready, ms").rank == pytest.approx(0.0125)
    assert under(sheet, "warm ready, ms").text == "—"
    assert under(sheet, "blocks").text == "6"


def test_throughput_is_told_in_messages_and_megabytes_a_second_and_microseconds() -> None:
    cell = planned("throughput/threads", 6, channel="Queue", payload=1 << 20)
    sheet = sheets.throughput(results([journal([cell], simple(cell, [0.001] * 6))]))
    assert under(sheet, "payload").text == "1 MiB"
    assert under(sheet, "messages per second").text == "1,000 (1,000–1,000)"
    assert under(sheet, "MB per second").text == "1,050"
    assert under(sheet, "µs per message").text == "1,000 (1,000–1,000)"


def latencies(*laps: str) -> Sheet:
    cell = planned("latency/threads", 1, samples=1000)
    return sheets.latency(results([journal([cell], [measured(cell, 1, {lap: [0.0, 2e-6] for lap in laps})])]))


def test_a_percentile_that_nobody_could_measure_has_no_column() -> None:
    assert "p99.9, µs" not in latencies("p50", "p90", "p99").columns
    assert under(latencies("p50", "p99.9"), "p99.9, µs").text == "2.00"


def test_scaling_tells_the_speed_up_beside_the_time_of_a_task_and_what_tuning_does() -> None:
    serial, pool = (
        planned("scaling/serial", 8, workload="cpu", width=1),
        planned("scaling/processes.fork", 8, workload="cpu", width=2),
    )
    steady = [1.0, 1.01, 0.99, 1.02, 0.98, 1.0, 1.01, 0.99]
    rows = [measured(serial, block, {"default chunks": [9.0, 1e-3 * x]}) for block, x in enumerate(steady, start=1)]
    rows += [
        measured(pool, block, {"default chunks": [9.0, 1e-3 * x / 2], "tuned chunks": [9.0, 1e-3 * x / 4]})
        for block, x in enumerate(steady, start=1)
    ]
    sheet = sheets.scaling(results([journal([serial, pool], rows)]))
    (line,) = [number for number, row in enumerate(sheet.rows) if row.cell == pool.cell]
    assert under(sheet, "default chunks, times as fast", line).text.startswith("2.00 (")
    assert under(sheet, "tuned chunks, times as fast", line).text.startswith("4.00 (")
    assert under(sheet, "default chunks, µs per task", line).text.startswith("500 (")
    assert under(sheet, "tuned chunks are", line).text not in ("", "—")
    assert under(sheet, "tuned chunks are", 1 - line).text == "—"


def test_a_cell_without_a_number_says_why_across_the_numbers() -> None:
    reason = "needs Python 3.14; this is 3.13"
    nothing = absent("startup/executors.interpreter", reason, form="pool", width=1)
    sheet = sheets.startup(results([journal([START], [], [nothing])]))
    said = {row.cell: row.entries[-1] for row in sheet.rows}
    assert said[nothing.cell].text == f"not offered: {reason}"
    assert said[START.cell].text == "not measured yet"
    assert {entry.span for entry in said.values()} == {6}


def test_fewer_blocks_than_planned_and_a_failure_are_told_beside_the_numbers() -> None:
    rows = [*simple(START, STEADY[:4], "cold ready"), failed(START, 5, "crash", "SIGSEGV")]
    sheet = sheets.startup(results([journal([START], rows)]))
    assert under(sheet, "blocks").text == "4 of 6, no interval; failed (crash) in 1 of 5 blocks"
    assert under(sheet, "blocks").rank == 4


def test_of_several_laps_the_one_with_the_fewest_blocks_is_told() -> None:
    rows = [
        measured(START, block, {"cold ready": [0.01]} | ({"warm ready": [0.0, 0.01]} if block > 4 else {}))
        for block in range(1, 7)
    ]
    assert under(sheets.startup(results([journal([START], rows)])), "blocks").text == "2 of 6"


def test_the_matrix_answers_for_each_pair_and_leads_to_the_cell_that_decides() -> None:
    good, bad, late = (planned(f"lock/{name}", 1, width=2) for name in ("threads", "processes.fork", "processes.spawn"))
    pool = planned("pool/threads", 1, width=2)
    rows = [*simple(good, [1.0]), failed(bad, 1), *simple(pool, [1.0])]
    sheet = sheets.matrix(results([journal([good, bad, late, pool], rows, [absent("lock/serial", "alone", width=2)])]))
    assert sheet.columns[1:] == ("serial loop", "threading.Thread", "multiprocessing (fork)", "multiprocessing (spawn)")
    lock, other = sheet.rows
    assert texts(lock) == ["§4 Lock", "not offered", "works", "failed (timeout) in 1 of 1 blocks", "not measured yet"]
    assert [entry.kind for entry in lock.entries] == ["", "absent", "good", "bad", "absent"]
    assert [entry.cell for entry in lock.entries[2:]] == [good.cell, bad.cell, late.cell]
    nowhere = "not part of this run"
    assert texts(other) == ["§9 Pool", nowhere, "works", nowhere, nowhere]


def test_a_pair_that_failed_once_is_not_called_working() -> None:
    cell = planned("lock/threads", 2, width=2)
    sheet = sheets.matrix(results([journal([cell], [*simple(cell, [1.0]), failed(cell, 2)])]))
    assert sheet.rows[0].entries[1].kind == "bad"


def test_a_reason_stands_once_with_all_it_holds_for() -> None:
    nothing = [
        absent("lock/serial", "one thread works alone", width=2),
        absent("pool/serial", "one thread works alone", width=2),
        absent("pool/serial", "one thread works alone", width=4),
        absent("pool/threads", "no such thing", width=2),
    ]
    sheet = sheets.absences(results([journal([], [], nothing)]))
    assert sorted(map(texts, sheet.rows)) == [
        ["no such thing", "threading.Thread", "§9 Pool"],
        ["one thread works alone", "serial loop", "§4 Lock, §9 Pool"],
    ]


def test_a_failure_is_told_with_its_blocks_and_one_in_the_rehearsal_as_that() -> None:
    rows = [failed(START, 1, "crash", "SIGSEGV"), failed(START, 2, "crash", "again"), failed(START, 3)]
    sheet = sheets.failures(particulars.failures([journal([START], rows)]))
    assert [texts(row)[1:] for row in sheet.rows] == [
        ["crash", "2 of 3", "SIGSEGV"],
        ["timeout", "1 of 3", "no answer within 30 s"],
    ]
    assert {row.entries[0].cell for row in sheet.rows} == {START.cell}
    (only,) = sheets.failures(particulars.failures([journal([START], [failed(START, 0)])])).rows
    assert texts(only)[2] == "in its rehearsal"


def test_a_fact_has_its_unit_and_its_source_and_an_unknown_one_says_so() -> None:
    shown = {
        row.entries[0].text: texts(row)[1:] for row in sheets.facts(particulars.facts([journal([START], [])])).rows
    }
    assert shown["usable cpus"] == ["2 CPUs", "least of affinity and quota, at least 1"]
    assert shown["governor"][0] == "not known"
    assert shown["gil enabled"] == ["yes", "the measured interpreter"]
    assert shown["start methods"][0] == "fork, spawn, forkserver"


def test_a_factor_of_words_and_numbers_is_shown_as_written_and_a_missing_one_as_a_dash() -> None:
    plan = [
        planned("throughput/threads", 1, channel="Queue", payload=65536),
        planned("throughput/threads", 1, payload=64, senders=3),
        planned("throughput/threads", 1, payload="huge"),
    ]
    sheet = sheets.throughput(results([journal(plan, [])]))
    found = {row.cell: row.entries for row in sheet.rows}
    payload, senders = sheet.columns.index("payload"), sheet.columns.index("senders")
    assert [found[cell.cell][payload].text for cell in plan] == ["65536", "64", "huge"]
    assert [found[cell.cell][senders].text for cell in plan] == ["—", "3", "—"]


def test_no_text_of_a_stranger_is_shown_longer_than_a_table_bears() -> None:
    long = "x" * 10_000
    factors: dict[str, Any] = {"f" * 150: long}
    plan = [planned(f"startup/{'b' * 150}", 1, **factors)]
    made = results([journal(plan, [failed(plan[0], 1, "crash", long)], [absent("startup/serial", long, form="pool")])])
    for sheet in (sheets.startup(made), sheets.matrix(made), sheets.absences(made)):
        assert max(len(text) for text in [*sheet.columns, *(text for row in sheet.rows for text in texts(row))]) <= 700


def test_a_strangers_names_break_no_table() -> None:
    name = HOSTILE.replace("/", "|")
    factors: dict[str, Any] = {HOSTILE: HOSTILE}
    plan = [planned(f"{cost}/{name}", 1, **factors) for cost in installed.COSTS]
    made = results([journal(plan, [measured(cell, 1, {"p50": [1.0], "message": [0.0]}) for cell in plan])])
    for make in COSTS:
        assert len(make(made).rows) == 1

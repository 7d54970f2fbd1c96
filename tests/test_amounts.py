"""Bytes and shares take the same way from the journal to the table as durations do, and are never taken for one."""

import msgspec
import pytest

from journals import journal, planned
from study import sheets, tables
from study.journal import Row, Values

MB = 1_000_000
WIDE = planned("memory/threads", width=4)
SOURCE = "study/scenarios/memory.py:40"


def row(block: int, *laps: Values) -> Row:
    return Row(WIDE.cell, block, 0, "measured", "", 1.0, 0.1, 0.1, 1, 1, 1 << 20, None, list(laps))


def counted(*values: float, unit: str = "B", lap: str = "memory per worker") -> Values:
    return Values(lap, 1, SOURCE, list(values), unit)  # type: ignore[arg-type]


def results_of(*rows: Row) -> tables.Results:
    return tables.results([journal([WIDE], rows)])


def test_a_block_says_the_median_of_its_values_without_the_warm_up() -> None:
    found = results_of(row(1, counted(90 * MB, 3 * MB, 1 * MB, 2 * MB)))
    assert found.amounts["amount"].tolist() == [2 * MB]


def test_a_cell_says_the_median_of_its_blocks_with_its_exact_interval() -> None:
    found = results_of(*(row(block, counted(block * MB)) for block in range(1, 7)))
    (line,) = found.quantities.to_dict("records")
    assert (line["amount"], line["low"], line["high"], line["blocks"]) == (3.5 * MB, 1 * MB, 6 * MB, 6)
    assert (line["amount_unit"], line["source"]) == ("B", SOURCE)


def test_bytes_are_no_duration() -> None:
    found = results_of(row(1, counted(5 * MB)))
    assert found.values.empty
    assert found.observations.empty


def test_a_cell_with_bytes_only_is_not_said_to_be_without_a_value() -> None:
    (line,) = tables.documents(results_of(row(1, counted(5 * MB)))).to_dict("records")
    assert (line["lap"], line["amount"]) == ("memory per worker", 5 * MB)


def test_a_cell_with_durations_and_shares_has_a_line_for_each() -> None:
    duration = Values("message", 10, SOURCE, [2000, 1000])
    table = tables.documents(results_of(row(1, duration, counted(0.75, unit="1", lap="largest share"))))
    assert {line["lap"]: line["amount_unit"] for line in table.to_dict("records") if line["amount_unit"] == "1"} == {
        "largest share": "1"
    }
    seconds = table.loc[table["lap"] == "message", "seconds"]
    assert seconds.tolist() == [pytest.approx(100e-9)]


def test_the_sheet_writes_bytes_in_megabytes_and_shares_as_they_are() -> None:
    found = results_of(row(1, counted(5 * MB), counted(0.75, unit="1", lap="largest share")))
    sheet = sheets.scenario(found, "memory")
    assert sheet.columns[-3:] == ("memory per worker, MB", "largest share", "blocks")
    assert [entry.text for entry in sheet.rows[0].entries[-3:-1]] == ["5.00", "0.750"]


def test_a_rehearsal_and_a_failed_child_count_for_nothing() -> None:
    failed = msgspec.structs.replace(row(2, counted(7 * MB)), status="timeout", reason="no answer within 30 s")
    found = results_of(row(0, counted(9 * MB)), row(1, counted(5 * MB)), failed)
    assert found.amounts["amount"].tolist() == [5 * MB]

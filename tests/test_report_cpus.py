"""A campaign that was told --cpus: is what ran on one CPU compared with what ran on one CPU, and drawn with nothing else?"""

import msgspec
import pandas as pd
import pytest

from journals import absent, journal, measured, planned
from study import sentences, tables
from study.frame import cells
from study.journal import Fact, Journal, Planned
from study.tables import results

BLOCKS = range(1, 9)
COST_S = {"serial": {1: 4.0, 2: 4.4}, "threads": {1: 5.0, 2: 2.2}}  # backend -> CPUs -> seconds


def cell(backend: str, width: int, cpus: int) -> Planned:
    return planned(f"scaling/{backend}", len(BLOCKS), workload="cpu", width=width, cpus=cpus)


def campaign(*counts: int) -> Journal:
    plan = [
        cell(backend, width, cpus)
        for cpus in counts
        for backend, width in (("serial", 1), ("threads", 1), ("threads", 2))
    ]
    rows = [
        measured(one, block, {"default chunks": [COST_S[one.backend][int(one.factors["cpus"])]]})
        for one in plan
        for block in BLOCKS
    ]
    return journal(plan, rows)


def test_a_pool_is_compared_with_the_serial_loop_on_as_many_cpus() -> None:
    table = tables.scaling(results([campaign(1, 2)])).set_index("cell")["speedup"]
    assert table[cell("threads", 1, 1).cell] == pytest.approx(4.0 / 5.0)
    assert table[cell("threads", 2, 1).cell] == pytest.approx(4.0 / 5.0)
    assert table[cell("threads", 2, 2).cell] == pytest.approx(4.4 / 2.2)


def test_cells_are_told_with_the_cpus_they_could_use_and_not_with_those_of_the_machine() -> None:
    table = cells([campaign(1, 2)])
    named = table["cell"].str.extract(r"cpus=(\d)$")[0].astype(int)
    assert (table["cpus"] == named).all()


def test_without_the_option_the_machines_cpus_are_told() -> None:
    plain = planned("scaling/threads", workload="cpu", width=2)
    assert (
        cells([journal([plain], [], [absent("scaling/serial", "alone", workload="cpu", width=4)])])["cpus"].eq(2).all()
    )


@pytest.mark.parametrize("named", ["<b>1</b>", 0, -1, 1.5, 1 << 40])
def test_a_strangers_number_that_cannot_be_one_is_not_believed(named: int | float | str) -> None:
    odd = planned("scaling/threads", workload="cpu", width=2, cpus=named)
    assert cells([journal([odd], [])])["cpus"].tolist() == [2]


def test_of_several_numbers_the_largest_is_drawn_and_what_one_cpu_did_is_left_to_the_table() -> None:
    drawn = tables.on_most_cpus(tables.scaling(results([campaign(1, 2)])))
    assert set(drawn["cpus"]) == {2}
    assert len(tables.scaling(results([campaign(1, 2)]))) == 2 * len(drawn)


def test_each_run_keeps_its_own_largest_number() -> None:
    small, large = campaign(1), campaign(2)
    other = msgspec.structs.replace(large.header, run="another-run")
    both = results([small, msgspec.structs.replace(large, header=other)])
    drawn = tables.on_most_cpus(tables.scaling(both))
    assert dict(zip(drawn["run"], drawn["cpus"], strict=True)) == {small.header.run: 1, "another-run": 2}


def test_lines_of_a_machine_whose_cpus_are_not_known_are_kept() -> None:
    plain = planned("scaling/threads", workload="cpu", width=2)
    unknown = journal([plain], [])
    facts = unknown.header.environment | {"usable_cpus": Fact(None, "CPUs", "")}
    header = msgspec.structs.replace(unknown.header, environment=facts)
    table = tables.scaling(results([msgspec.structs.replace(unknown, header=header)]))
    assert table["cpus"].tolist() == [pd.NA]
    assert len(tables.on_most_cpus(table)) == 1


def test_the_short_answer_speaks_of_a_worker_for_each_cpu_that_there_was() -> None:
    (one,) = {sentence for sentence in sentences.speedups(results([campaign(1)])) if "threading" in sentence}
    assert "with 1 worker" in one
    (two,) = {sentence for sentence in sentences.speedups(results([campaign(1, 2)])) if "threading" in sentence}
    assert "with 2 workers" in two
    assert "2.0x" in two

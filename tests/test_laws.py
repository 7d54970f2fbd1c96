"""A law is fitted where the widths allow it, refused in words where they do not, and a greedy worker is named."""

import pytest

from journals import journal, measured, planned, simple
from study import laws, tables
from study.fits import Refused, Usl
from study.journal import Row, Values
from study.tables import Results

USL_SPEEDUPS = {1: 1.0, 2: 1.96, 4: 3.33, 8: 5.07, 16: 5.75}  # contention 0.046, coherency 0.0046, most near 14.5


def pools(speedups: dict[int, float], backend: str = "processes.fork", ceiling: float | None = None) -> Results:
    """A pool of each width that is so many times as fast as the serial loop, six blocks; with a ceiling so fast."""
    serial = planned("scaling/serial", 6, workload="cpu", width=1)
    cells = {width: planned(f"scaling/{backend}", 6, workload="cpu", width=width) for width in speedups}
    rows = simple(serial, [1.0] * 6, "default chunks")
    for width, cell in cells.items():
        rows += simple(cell, [1.0 / speedups[width]] * 6, "default chunks")
    plan = [serial, *cells.values()]
    if ceiling:
        floor = planned("scaling/floor.interpreter", 6, workload="cpu", width=2)
        plan.append(floor)
        rows += simple(floor, [1.0 / ceiling] * 6, "default chunks")
    return tables.results([journal(plan, rows)])


def test_the_law_behind_the_speed_ups_is_found_and_said() -> None:
    found = pools(USL_SPEEDUPS)
    (usl, _), *others = laws.laws(found).values()
    assert not others
    assert isinstance(usl, Usl)
    assert usl.contention.value == pytest.approx(0.046, abs=0.003)
    (sentence,) = laws.sentences(found)
    assert sentence.startswith("multiprocessing (fork), pure Python: contention 4.")
    assert "with about 14" in sentence


def test_three_widths_are_refused_in_one_sentence_for_all_pools() -> None:
    found = pools({1: 1.0, 2: 1.9, 4: 1.8})
    assert all(isinstance(law, Refused) for pair in laws.laws(found).values() for law in pair)
    assert laws.sentences(found) == [
        "No law of scaling for multiprocessing (fork), pure Python: not identifiable on this machine: 3 widths were measured, "
        "4 are needed."
    ]


def test_many_pools_that_are_refused_for_one_reason_are_counted() -> None:
    assert laws._and_so_on(["a", "b", "c", "d", "e"]) == "a; b; c and 2 more"
    assert laws._and_so_on(["a", "b"]) == "a; b"


def test_amdahls_law_is_told_where_no_peak_can_be() -> None:
    serial_share = 0.1
    found = pools({w: 1 / (serial_share + (1 - serial_share) / w) for w in (1, 2, 4, 8, 16)})
    (sentence,) = laws.sentences(found)
    assert "10.0% (10.0%–10.0%) is serial by Amdahl's law" in sentence


def test_the_serial_loop_follows_no_law() -> None:
    assert [backend for backend, _ in laws.laws(pools(USL_SPEEDUPS))] == ["processes.fork"]


def test_the_efficiency_is_the_share_of_what_interpreters_with_nothing_in_common_reach() -> None:
    table = tables.scaling(pools({2: 1.5}, ceiling=2.0)).set_index("cell")
    assert table.loc["scaling/processes.fork/workload=cpu,width=2", "efficiency"] == pytest.approx(0.75)
    assert table.loc["scaling/serial/workload=cpu,width=1", "efficiency":"efficiency_high"].isna().all()


def test_without_a_ceiling_there_is_no_efficiency() -> None:
    assert tables.scaling(pools({2: 1.5}))["efficiency"].isna().all()


def shared_out(largest: float, width: int = 2) -> Results:
    cell = planned("fan/threads", 6, shape="1→N", width=width)
    share = Values(laws.LARGEST_SHARE, 1, "study/scenarios/fan.py:50", [largest], "1")
    rows = [Row(cell.cell, n, 0, "measured", "", 1.0, 0.1, 0.1, 1, 1, 1 << 20, None, [share]) for n in range(1, 7)]
    return tables.results([journal([cell], rows)])


def test_a_worker_that_took_everything_is_said_to_have_done_so() -> None:
    (sentence,) = laws.shares(shared_out(0.97), "fan")
    assert sentence == (
        "With threading.Thread one worker did 97% of the work of fan/threads/shape=1→N,width=2: the figure is that of one worker."
    )


@pytest.mark.parametrize(("largest", "width"), [(0.6, 2), (0.9, 2), (1.0, 1)])
def test_a_fair_division_and_a_single_worker_are_not_remarked_upon(largest: float, width: int) -> None:
    assert laws.shares(shared_out(largest, width), "fan") == []


def test_another_scenarios_share_is_not_told_here() -> None:
    assert laws.shares(shared_out(1.0), "throughput") == []


def chunked(ratio: float, blocks: int, cells: int = 1) -> "tables.pd.DataFrame":
    """Pools whose tuned chunks take so many times as long as the default ones."""
    pools = [planned("scaling/threads", blocks, workload="cpu", width=width) for width in range(2, 2 + cells)]
    rows = [
        measured(pool, block, {"default chunks": [9.0, 1.0], "tuned chunks": [9.0, ratio * (1 + block / 1000)]})
        for pool in pools
        for block in range(1, blocks + 1)
    ]
    return tables.scaling(tables.results([journal(pools, rows)])).set_index("lap").loc[["tuned chunks"]]


def test_a_verdict_that_holds_alone_may_not_hold_in_a_table_of_many() -> None:
    assert chunked(0.5, 8)["tuned_verdict"].tolist() == ["faster"]
    many = chunked(0.5, 8, cells=9)  # 9 x 2/256 is more than 5 %
    assert set(many["tuned_verdict"]) == {"inconclusive"}
    assert (many["tuned_further"] >= 1).all()


def test_fifteen_blocks_bear_a_table_of_many() -> None:
    assert set(chunked(0.5, 15, cells=9)["tuned_verdict"]) == {"faster"}


def test_pools_with_too_few_blocks_do_not_weaken_the_others_and_are_told_how_many_they_lack() -> None:
    few = chunked(0.5, 6)
    assert few["tuned_verdict"].tolist() == ["inconclusive"]
    assert few["tuned_further"].tolist() == [2]

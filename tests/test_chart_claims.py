"""Does a chart claim anything of cells that failed, were not reached, or are the only ones?"""

import pytest

from figures import panel, points, texts
from study import drawing
from study.charts import finding
from study.panels import NARROW, WIDE
from test_chart_findings import BLOCKS, FORK, MB, SPAWN, counted, joined, pooled, said, timed, waits
from test_chart_holes import Cell, draw, lost
from test_chart_holes import counted as counted_beside

PSS = "further worker, PSS"


def failed(cell: str, **factors: object) -> Cell:
    return lost(cell, BLOCKS, **factors)


def test_memory_is_told_of_the_most_workers_that_were_measured() -> None:
    found = said("memory", counted(f"memory/{FORK}", {PSS: [MB]}, "B", width=1), failed(f"memory/{FORK}", width=4))
    assert found.startswith("With 1 workers each further one takes: 1.00 (1.00–1.00) MB with multiprocessing (fork).")
    assert said("memory", counted(f"memory/{FORK}", {PSS: [MB]}, "B", other=1)) == finding.NO_NUMBER


def test_stages_without_a_number_say_so() -> None:
    assert said("stages", failed("startup/threads", form="worker", width=1)) == finding.NO_NUMBER
    assert finding.NO_NUMBER not in said("stages", joined("floor.fork", 1e-3), joined("threads", 1e-3, form="pool"))


@pytest.mark.parametrize(("crowd", "who"), [(1, "alone"), (4, "among 4")])
def test_a_turn_in_the_only_crowd_is_told_once(crowd: int, who: str) -> None:
    cells = [timed("synchronisation/threads", "Lock", 1e-6, contenders=crowd)]
    assert said("synchronisation", *cells) == f"A turn by Lock {who}: 1.00 µs with threading.Thread."
    other = failed("synchronisation/threads", contenders=5 - crowd)
    assert said("synchronisation", *cells, other) == f"A turn by Lock {who}: 1.00 µs with threading.Thread."


def test_a_wake_up_is_told_of_the_fewest_waiters_that_were_measured() -> None:
    found = said("wake-up", failed("wake_up/threads", waiters=1), timed("wake_up/threads", "Event", 1e-6, waiters=4))
    assert found == "Event: 1.00 µs with threading.Thread."


def test_a_start_beside_the_most_memory_is_not_told_of_less() -> None:
    cells = [
        timed(f"parent_memory/{FORK}", "ready", s, form="worker", touched_mb=mb) for mb, s in ((0, 0.002), (100, 0.005))
    ]
    cells += [timed(f"parent_memory/{SPAWN}", "ready", 0.06, form="worker", touched_mb=mb) for mb in (0, 500)]
    found = said("parent-memory", *cells, failed(f"parent_memory/{FORK}", form="worker", touched_mb=500))
    assert "5.00 ms instead of 2.00 ms (with 100 MB)" in found


def test_what_the_blocks_tell_to_be_sooner_is_not_said_to_be_untold() -> None:
    cells = [
        timed(f"imports/{SPAWN}", "warm ready", seconds, main=main)
        for main, seconds in (("bare", 0.09), ("heavy", 0.06))
    ]
    assert "do not tell them apart" not in said("imports", *cells)


def test_the_only_backend_is_told_once() -> None:
    shared = pooled("serial", "shared", 1, {"default chunks": 1.0}), pooled(FORK, "shared", 2, {"default chunks": 0.5})
    assert said("scaling-shared", *shared) == "All read one object: 2.00 times as fast with multiprocessing (fork)."
    fairness = counted("synchronisation/threads", {"Lock fairness": [0.5]}, "1", contenders=4)
    assert said("fairness", fairness).count("Lock") == 1


def test_a_wait_of_the_idle_machine_alone_is_told_and_drawn() -> None:
    found = said("responsiveness", waits("serial", 0, 6e-5), failed("responsiveness/threads", busy=2, seconds=0.2))
    assert finding.NO_NUMBER not in found
    figure = draw("responsiveness", waits("serial", 0, 6e-5))
    assert points(panel(figure, "Nobody computes")) == {(2.0, 60.0), (100.0, 540.0)}


def test_what_was_measured_with_nothing_in_common_is_not_called_unmeasured() -> None:
    cells = pooled("serial", "cpu", 1, {"default chunks": 1.0}), pooled(FORK, "cpu", 2, {"default chunks": 0.5})
    assert "not measured" not in texts(draw("scaling-shared", *cells))


def test_only_where_one_receives_one_is_said_to_get_all() -> None:
    cells = [
        timed("fan/threads", "message", 1e-6, shape="1to1", width=1, maxsize=0),
        failed("fan/threads", shape="NtoN", width=2, maxsize=0),
        counted_beside("fan/threads", "largest share", [0.6], "1", shape="1toN", width=2, maxsize=0),
    ]
    shares = panel(draw("fan", *cells), "What the busiest receiver gets")
    told = [" ".join(text.get_text().split()) for text in shares.texts]
    assert sorted(told) == ["failed (timeout) in 8 of 8 blocks, and was not tried again", "one gets all"]


@pytest.mark.parametrize("width", [WIDE, NARROW])
@pytest.mark.parametrize("scenario", ["latency", "responsiveness"])
def test_a_lap_that_no_axis_has_makes_an_empty_chart_and_no_error(scenario: str, width: float) -> None:
    assert draw(scenario, timed(f"{scenario}/threads", "p75", 1e-6, samples=9, busy=2), width=width)


def test_a_strangers_braces_are_no_placeholder() -> None:
    figure = draw("startup", timed("startup/{name}{id}", "cold ready", 1e-3, form="worker", width=1))
    assert "{name}{id}" in drawing.svg(figure).decode().replace("&#123;", "{")

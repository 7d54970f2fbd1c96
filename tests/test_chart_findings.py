"""Does each chart say in words what it draws: the ends, by how much, how surely, and no more than was measured?"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
import pytest

from journals import failed, journal, measured, noisy, planned, simple
from study.charts import CHARTS, finding
from study.journal import Planned, Row, Values
from study.tables import Results, results

BLOCKS = 8
MB = 1_000_000
TURNS = ("Lock", "Event")
FORK, SPAWN, FORKSERVER = (f"processes.{method}" for method in ("fork", "spawn", "forkserver"))


def said(chart: str, *cells: tuple[Planned, Iterable[Row]]) -> str:
    """What the chart finds in a run of these cells."""
    return CHARTS[chart].finding(run(*cells))


def run(*cells: tuple[Planned, Iterable[Row]]) -> Results:
    return results([journal([cell for cell, _ in cells], [row for _, rows in cells for row in rows])])


def timed(cell: str, lap: str, seconds: float, blocks: int = BLOCKS, **factors: Any) -> tuple[Planned, list[Row]]:
    """A cell that takes as long in each block."""
    made = planned(cell, blocks, **factors)
    return made, simple(made, [seconds] * blocks, lap)


def counted(
    cell: str, laps: Mapping[str, Sequence[float]], unit: str, blocks: int = BLOCKS, **factors: Any
) -> tuple[Planned, list[Row]]:
    """A cell whose laps are no durations."""
    made = planned(cell, blocks, **factors)
    values = [Values(lap, 1, f"{made.scenario}.py:1", list(each), unit) for lap, each in laps.items()]  # type: ignore[arg-type]
    return made, [msgspec.structs.replace(measured(made, block, {}), laps=values) for block in range(1, blocks + 1)]


def joined(backend: str, seconds: float, blocks: int = BLOCKS, form: str = "worker") -> tuple[Planned, list[Row]]:
    return timed(f"startup/{backend}", "cold round trip", seconds, blocks, form=form, width=1)


def test_the_ends_are_the_soonest_and_the_latest_that_a_reader_can_choose() -> None:
    cells = [joined(name, ms * 1e-3) for name, ms in ((SPAWN, 80), ("threads", 2), (FORK, 9), ("floor.thread", 0.1))]
    assert said("stages", *cells) == (
        "One new worker, from the request until it is joined again: 2.00 ms with threading.Thread, "
        "80.0 ms with multiprocessing (spawn), 40x (40.0–40.0) as long."
    )


def test_each_form_of_a_start_has_a_sentence_of_its_own() -> None:
    found = said("stages", joined("threads", 2e-3), joined("threads", 3e-3, form="pool"))
    assert found == (
        "One new worker, from the request until it is joined again: 2.00 ms with threading.Thread. "
        "A pool of one, from the request until it is joined again: 3.00 ms with threading.Thread."
    )


def test_what_took_no_time_is_no_end() -> None:
    found = said("stages", joined("threads", 0.0), joined(FORK, 0.01), joined(SPAWN, 0.02))
    assert "10.0 ms with multiprocessing (fork), 20.0 ms with multiprocessing (spawn)" in found


@pytest.mark.parametrize(
    ("one", "other", "words"),
    [
        ([1.0] * 8, [2.0] * 8, ", 2.0x (2.00–2.00) as long"),
        ([1.0] * 8, [1.031] * 8, ", 1.0x (1.03–1.03) as long"),
        ([1.0] * 8, [1.029] * 8, "; the blocks do not tell them apart"),
        ([1.0] * 8, [0.5, 0.6, 0.9, 1.2, 1.3, 1.5, 2.0, 9.0], "; the blocks do not tell them apart"),
        ([1.0] * 5, [2.0] * 5, "; too few blocks to tell them apart"),
        ([1.0] * 8, [2.0] * 5, "; too few blocks to tell them apart"),
    ],
    ids=["sure", "just enough", "too small", "noise", "five blocks", "five in common"],
)
def test_two_numbers_are_set_against_each_other_only_as_far_as_the_blocks_tell(
    one: list[float], other: list[float], words: str
) -> None:
    sooner, later = planned("wake_up/threads", 8, waiters=1), planned(f"wake_up/{FORK}", 8, waiters=1)
    found = run((sooner, simple(sooner, one)), (later, simple(later, other)))
    lines = [{"run": found.cells["run"].iloc[0], "cell": cell.cell, "lap": "message"} for cell in (sooner, later)]
    assert finding.compared(found, *lines) == words


def test_numbers_of_different_blocks_are_told_without_a_comparison() -> None:
    one, other = planned("wake_up/threads", 2, waiters=1), planned(f"wake_up/{FORK}", 2, waiters=1)
    rows = measured(one, 1, {"Event": [1e-6]}), measured(other, 2, {"Event": [5e-6]})
    found = said("wake-up", (one, [rows[0]]), (other, [rows[1]]))
    assert found == "Event: 1.00 µs with threading.Thread, 5.00 µs with multiprocessing (fork)."


def test_the_imports_cost_most_where_they_add_most_and_not_where_they_multiply_most() -> None:
    times = {FORK: (0.001, 0.003), SPAWN: (0.060, 0.090), FORKSERVER: (0.010, None)}
    cells = [
        timed(f"imports/{name}", lap, seconds * factor, main=main)
        for name, both in times.items()
        for main, seconds in zip(("bare", "heavy"), both, strict=True)
        for lap, factor in (("warm ready", 1),)
        if seconds is not None
    ]
    first = timed("imports/executors.spawn", "cold ready", 0.1, main="bare")
    assert said("imports", *cells, first, timed("imports/executors.spawn", "cold ready", 9.0, main="heavy")) == (
        "A heavy main module costs multiprocessing (spawn) most: a further start takes 90.0 ms instead of 60.0 ms, "
        "1.5x (1.50–1.50) as long."
    )


def test_imports_that_were_measured_on_one_side_alone_are_no_number() -> None:
    assert said("imports", timed(f"imports/{SPAWN}", "warm ready", 0.06, main="bare")) == finding.NO_NUMBER


def test_memory_is_told_of_the_most_workers_in_shared_pages_where_these_are_known() -> None:
    pss, uss = "further worker, PSS", "further worker, USS"
    cells = [
        counted(f"memory/{name}", {pss: [size * width], uss: [7]}, "B", width=width)
        for name, size in ((SPAWN, 2.5 * MB), (FORK, 0.5 * MB))
        for width in (1, 4)
    ]
    assert said("memory", *cells) == (
        "With 4 workers each further one takes: 2.00 (2.00–2.00) MB with multiprocessing (fork), "
        "10.0 (10.0–10.0) MB with multiprocessing (spawn). 100 workers of multiprocessing (spawn) fill 1 GB."
    )


def test_memory_that_is_known_in_one_way_only_is_told_in_that_way() -> None:
    found = said("memory", counted(f"memory/{FORK}", {"further worker, USS": [4 * MB]}, "B", 1, width=2))
    assert found == (
        "With 2 workers each further one takes: 4.00 MB with multiprocessing (fork). "
        "250 workers of multiprocessing (fork) fill 1 GB."
    )


def test_workers_that_take_no_memory_never_fill_it() -> None:
    found = said("memory", counted("memory/threads", {"further worker, PSS": [0]}, "B", 1, width=2))
    assert found == "With 2 workers each further one takes: 0 MB with threading.Thread."


def test_a_recycled_worker_is_told_by_its_peak_over_the_tasks_among_all_backends() -> None:
    teeth = {"none": [10, 20, 30], 1: [10, 11, 10], 10: [10, 15, 12]}
    cells = [
        counted(f"recycling/{name}", {"memory after a task": [mb * more * MB for mb in each]}, "B", limit=limit)
        for name, more in ((FORK, 1), (SPAWN, 2))
        for limit, each in teeth.items()
    ]
    assert sorted(said("recycling", *cells).rstrip(".").partition(". ")[2].split("; ")) == [
        "a new worker after 1 task: 11.0 to 22.0 MB",
        "a new worker after 10 tasks: 15.0 to 30.0 MB",
        "workers are kept: 30.0 to 60.0 MB",
    ]


def test_a_peak_is_that_of_the_medians_over_the_blocks() -> None:
    made = planned(f"recycling/{FORK}", 3, limit=1)
    rows = [
        msgspec.structs.replace(
            measured(made, block, {}), laps=[Values("memory after a task", 1, "r.py:1", [held * MB, 5 * MB], "B")]
        )
        for block, held in enumerate((10, 12, 90), start=1)
    ]
    assert "a new worker after 1 task: 12.0 to 12.0 MB" in said("recycling", (made, rows))


def test_every_shape_is_told_with_its_numbers_of_senders_and_its_limit() -> None:
    cells = [
        timed(f"fan/{name}", "message", seconds, shape=shape, width=width, maxsize=maxsize)
        for shape, width, maxsize in (("1to1", 1, 0), ("Nto1", 3, 0), ("1to1", 1, 1000))
        for name, seconds in (("threads", 2e-6), (FORK, 1e-5))
    ]
    skewed = timed("fan/threads", "start skew", 1e-9, shape="NtoN", width=3, maxsize=0)
    still = timed("fan/threads", "message", 0.0, shape="1toN", width=3, maxsize=0)
    each = said("fan", *cells, skewed, still).removeprefix("Messages a second. ").removesuffix(".").split("; ")
    rates = "threading.Thread 500,000, multiprocessing (fork) 100,000"
    assert sorted(each) == sorted(f"{shape}: {rates}" for shape in ("1 → 1", "3 → 1", "1 → 1, 1000 at most"))


def test_each_channel_is_told_from_its_slowest_to_its_fastest_at_the_least_size_that_most_of_them_carried() -> None:
    times = {("Queue", 64): (1e-5, 2e-6), ("Queue", 16): (1e-9, 1e-9), ("Pipe", 64): (4e-6, 8e-6)}
    times |= {("Queue", 1024): (1e-9, 1e-9), ("Pipe", 1024): (1e-9, 1e-9)}
    cells = [
        timed(f"throughput/{name}", "message", seconds, channel=channel, payload=payload)
        for (channel, payload), each in times.items()
        for name, seconds in zip((FORK, SPAWN), each, strict=True)
    ]
    floor = timed("throughput/floor.fork", "message", 1e-9, channel="Queue", payload=64)
    found = said("channels", *cells, floor)
    assert sorted(found.removeprefix("Messages a second: ").removesuffix(".").split("; ")) == [
        "Pipe 125,000 (multiprocessing (spawn)) to 250,000 (multiprocessing (fork))",
        "Queue 100,000 (multiprocessing (fork)) to 500,000 (multiprocessing (spawn))",
    ]


def test_a_turn_is_told_alone_and_in_the_largest_crowd() -> None:
    cells = [
        timed(f"synchronisation/{name}", "Lock", seconds * crowd, contenders=crowd)
        for name, seconds in (("threads", 1e-7), (FORK, 4e-7))
        for crowd in (1, 2, 10)
    ]
    assert said("synchronisation", *cells) == (
        "A turn by Lock alone: 100 ns with threading.Thread, 400 ns with multiprocessing (fork), 4.0x (4.00–4.00) as long. "
        "A turn by Lock among 10: 1.00 µs with threading.Thread, 4.00 µs with multiprocessing (fork), 4.0x (4.00–4.00) as long."
    )


def test_the_least_and_the_most_fair_are_told_with_their_primitive() -> None:
    shares = {"threads": (0.5, 0.9), FORK: (0.8, 0.7)}
    cells = [
        counted(
            f"synchronisation/{name}",
            {f"{lap} fairness": [share] for lap, share in zip(TURNS, each, strict=True)} | {"turns": [0.1]},
            "1",
            contenders=4,
        )
        for name, each in shares.items()
    ]
    assert said("fairness", *cells) == (
        "Jain's index is least for Lock with threading.Thread 0.500 and most for Event with threading.Thread 0.900."
    )


def test_a_wake_up_is_told_of_each_signal_with_the_fewest_waiters() -> None:
    crowds = [planned("wake_up/threads", 1, waiters=waiters) for waiters in (8, 2)]
    laps = [{"Event": [1e-5 * waiters], "Barrier": [2e-5 * waiters]} for waiters in (8, 2)]
    cells = [(cell, [measured(cell, 1, own)]) for cell, own in zip(crowds, laps, strict=True)]
    assert said("wake-up", *cells) == "Event: 20.0 µs with threading.Thread. Barrier: 40.0 µs with threading.Thread."


def waits(backend: str, busy: int, p50: float) -> tuple[Planned, list[Row]]:
    made = planned(f"responsiveness/{backend}", BLOCKS, busy=busy, seconds=0.2)
    laps = {"mean": [p50 * 3], "p50": [p50], "p99": [p50 * 9]}
    return made, [measured(made, block, laps) for block in range(1, BLOCKS + 1)]


def test_a_wait_is_told_by_its_median_beside_that_of_the_idle_machine() -> None:
    assert said("responsiveness", waits("serial", 0, 6e-5), waits("threads", 2, 5e-3), waits(FORK, 2, 1e-4)) == (
        "While workers compute, main usually waits for a server's answer: 100 µs with multiprocessing (fork), "
        "5.00 ms with threading.Thread, 50x (50.0–50.0) as long. On an idle machine it is 60.0 µs."
    )
    assert "idle" not in said("responsiveness", waits("threads", 2, 5e-3))


def grained(backend: str, task: int, laps: Mapping[str, float]) -> tuple[Planned, list[Row]]:
    made = planned(f"grain/{backend}", BLOCKS, task_us=task, width=2, chunks="few")
    return made, [measured(made, block, {lap: [one] for lap, one in laps.items()}) for block in range(1, BLOCKS + 1)]


def test_the_best_backend_of_each_length_is_told_and_who_only_ties_is_no_sole_winner() -> None:
    noise = noisy(5, 1e-3, BLOCKS, 0.5)
    tied = [planned(f"grain/{name}", BLOCKS, task_us=1000, width=2, chunks="few") for name in ("serial", FORK)]
    cells = [
        (cell, simple(cell, each, "default chunks")) for cell, each in zip(tied, (noise, noise[::-1]), strict=True)
    ]
    sure = [
        grained("serial", 10, {"default chunks": 1e-5}),
        grained(FORK, 10, {"default chunks": 5e-5, "tuned chunks": 1e-6}),
    ]
    found = said("decision", *cells, *sure)
    assert found == ("Best with the library's own chunks for tasks of 10 µs: serial loop; 1 ms: serial loop (tied).")


def test_chunks_within_a_tenth_of_the_best_are_counted_and_the_furthest_is_named() -> None:
    cells = [
        grained(FORK, 10, {"default chunks": 1.09e-5, "tuned chunks": 1e-5}),
        grained(FORK, 100, {"default chunks": 1.11e-4, "tuned chunks": 1e-4}),
        grained(SPAWN, 10, {"default chunks": 3e-5, "chunks of 16": 1e-5}),
        grained("serial", 10, {"default chunks": 9e-5}),
    ]
    assert said("chunks", *cells) == (
        "The library's own chunks are within a tenth of the best ones measured in 1 of 3 cases. "
        "Furthest from them is multiprocessing (spawn) with tasks of 10 µs: 3.0x as long."
    )


def test_memory_in_the_parent_is_told_from_the_least_to_the_most_of_it() -> None:
    cells = [
        timed(f"parent_memory/{name}", "ready", seconds * more, form=form, touched_mb=touched)
        for touched, times in ((500, (0.02, 0.06)), (0, (0.002, 0.06)), (100, (0.9, 0.9)))
        for name, seconds in zip((FORK, SPAWN), times, strict=True)
        for form, more in (("worker", 1), ("pool", 3))
    ]
    assert said("parent-memory", *cells) == (
        "With 500 MB in use by the parent a start takes: multiprocessing (fork) 20.0 ms instead of 2.00 ms, "
        "10x (10.0–10.0) as long; multiprocessing (spawn) 60.0 ms instead of 60.0 ms; the blocks do not tell them apart."
    )


def pooled(backend: str, workload: str, width: int, laps: Mapping[str, float]) -> tuple[Planned, list[Row]]:
    made = planned(f"scaling/{backend}", BLOCKS, workload=workload, width=width)
    return made, [measured(made, block, {lap: [one] for lap, one in laps.items()}) for block in range(1, BLOCKS + 1)]


def test_tasks_with_something_in_common_are_told_at_most_workers_with_default_chunks() -> None:
    cells = [pooled("serial", workload, 1, {"default chunks": 1.0}) for workload in ("shared", "lock1", "cpu")]
    for name, speed in ((FORK, 2.0), (SPAWN, 1.6), ("threads", 0.8)):
        cells.append(pooled(name, "shared", 2, {"default chunks": 1 / speed, "tuned chunks": 0.01}))
        cells.append(pooled(name, "shared", 1, {"default chunks": 0.1}))
        cells.append(pooled(name, "cpu", 2, {"default chunks": 0.01}))
    assert said("scaling-shared", *cells) == (
        "All read one object: 2.00 times as fast with multiprocessing (fork), 0.800 times as fast with threading.Thread."
    )


@pytest.mark.parametrize(("name", "lap"), [("startup", "cold ready"), ("throughput", "message"), ("latency", "p50")])
def test_a_headline_of_one_backend_says_that_there_is_nobody_to_set_it_against(name: str, lap: str) -> None:
    cell = timed(f"{name}/threads", lap, 1e-3, form="worker", width=1, channel="Queue", payload=64, samples=1000)
    assert said(name, cell) == finding.ALONE


@pytest.mark.parametrize("chart", sorted(set(CHARTS) - {"startup", "throughput", "latency", "scaling", "stages"}))
def test_a_run_in_which_everything_failed_has_no_number(chart: str) -> None:
    made = planned(f"{CHARTS[chart].scenario}/threads", 1)
    assert said(chart, (made, [failed(made, 1)])) == finding.NO_NUMBER

"""A pool's break-even lies where its speed-up crosses 1 for the last time, with what the blocks do not tell left open."""

import math
from collections.abc import Mapping, Sequence

import pytest

from journals import journal, planned, simple
from study import grains
from study.journal import Planned, Row
from study.tables import Results, results

TASKS = (10, 100, 1000, 10_000)
BLOCKS = 6


def cell(backend: str, task: int) -> Planned:
    return planned(f"grain/{backend}", BLOCKS, task_us=task, width=2, chunks="few")


def run(pools: Mapping[str, Sequence[float]], spread: float = 0.0, lap: str = grains.DEFAULT) -> Results:
    """A serial loop that takes as long as the task says, and pools that are so many times as fast at each length."""
    rows: list[Row] = []
    for number, task in enumerate(TASKS):
        seconds = [task * 1e-6] * BLOCKS
        rows += simple(cell("serial", task), seconds, grains.DEFAULT)
        for backend, speed in pools.items():
            noise = [1 + spread * (block - (BLOCKS - 1) / 2) for block in range(BLOCKS)]
            rows += simple(cell(backend, task), [task * 1e-6 / speed[number] * one for one in noise], lap)
    return results([journal([cell(name, task) for name in ("serial", *pools) for task in TASKS], rows)])


def even(found: Results, backend: str = "processes.fork", lap: str = grains.DEFAULT) -> dict[str, float]:
    table = grains.break_even(grains.compared(found))
    (line,) = table.loc[(table["name"] == backend) & (table["lap"] == lap)].to_dict("records")
    return {str(name): value for name, value in line.items()}


def test_the_speed_up_is_that_over_the_serial_loop_of_the_same_tasks() -> None:
    table = grains.compared(run({"threads": (0.25, 0.5, 1.0, 2.0)}))
    own = table.loc[table["name"] == "threads"].sort_values("task")
    assert list(own["speedup"]) == pytest.approx([0.25, 0.5, 1.0, 2.0])
    assert list(own["serial_s"]) == pytest.approx([1e-5, 1e-4, 1e-3, 1e-2])


def test_a_break_even_lies_on_a_straight_line_between_the_logarithms() -> None:
    found = even(run({"processes.fork": (0.25, 0.5, 2.0, 2.0)}))
    assert found["seconds"] == pytest.approx(math.sqrt(1e-4 * 1e-3))


def test_an_interval_is_where_its_ends_cross() -> None:
    found = even(run({"processes.fork": (0.25, 0.5, 2.0, 2.0)}, spread=0.05))
    assert 1e-4 < found["low"] < found["seconds"] < found["high"] < 1e-3
    assert grains.told(found).endswith(")")


@pytest.mark.parametrize(
    ("speed", "seconds", "words"),
    [
        ((1.5, 1.5, 1.5, 1.5), 0.0, "every length measured"),
        ((0.5, 0.5, 0.5, 0.5), math.inf, "never, up to 10.0 ms"),
        ((2.0, 0.5, 2.0, 0.5), math.inf, "never, up to 10.0 ms"),
    ],
    ids=["always", "never", "not at the longest"],
)
def test_a_pool_that_never_crosses_1_is_told_in_words(speed: Sequence[float], seconds: float, words: str) -> None:
    found = even(run({"processes.fork": speed}))
    assert found["seconds"] == seconds
    assert grains.told(found) == words


def test_the_last_crossing_counts() -> None:
    found = even(run({"processes.fork": (2.0, 0.5, 2.0, 2.0)}))
    assert found["seconds"] == pytest.approx(math.sqrt(1e-4 * 1e-3))


def test_tuned_chunks_that_are_as_large_as_the_default_ones_are_those() -> None:
    found = run({"processes.fork": (0.25, 0.5, 2.0, 2.0)})
    assert even(found, lap=grains.TUNED)["seconds"] == even(found)["seconds"]


def test_a_sentence_is_said_only_where_the_interval_tells() -> None:
    sure = run({"processes.fork": (0.25, 0.5, 2.0, 2.0), "threads": (0.5, 0.9, 0.9, 0.9)})
    (pays, never) = grains.sentences(sure)
    assert pays.startswith("For pure Python a pool pays with multiprocessing (fork) from tasks of 316 µs")
    assert never == "It never pays with threading.Thread for tasks of up to 10.0 ms."
    (unsure,) = grains.sentences(run({"threads": (0.5, 0.9, 1.0, 1.01)}, spread=0.1))
    assert unsure.startswith("Not enough evidence to say from which task length on it pays with threading.Thread")


def test_a_run_without_tasks_of_several_lengths_says_nothing() -> None:
    lock = planned("lock/threads", width=2)
    assert grains.sentences(results([journal([lock], simple(lock, [1.0]))])) == []


def test_the_best_of_a_task_length_is_the_soonest_and_ties_are_those_that_the_blocks_do_not_tell_apart() -> None:
    found = run({"processes.fork": (0.5, 2.0, 2.0, 2.0), "processes.spawn": (0.4, 1.99, 1.0, 1.0)}, spread=0.0)
    best = grains.best(found, grains.compared(found), grains.DEFAULT)
    assert list(best["name"]) == ["serial", "processes.fork", "processes.fork", "processes.fork"]
    noisy = run({"processes.fork": (0.5, 1.0, 2.0, 2.0)}, spread=0.2)
    first = grains.best(noisy, grains.compared(noisy), grains.DEFAULT).to_dict("records")[1]
    assert {first["name"], *first["ties"]} == {"serial", "processes.fork"}


@pytest.mark.parametrize(
    ("backend", "lap", "task", "chunk"),
    [
        ("processes.fork", grains.DEFAULT, 10, 32),
        ("executors.spawn", grains.DEFAULT, 10, 1),
        ("processes.fork", grains.TUNED, 10, 64),
        ("executors.spawn", "chunks of 16", 100, 16),
    ],
)
def test_a_chunk_is_as_large_as_the_scenario_makes_it(backend: str, lap: str, task: int, chunk: int) -> None:
    table = grains.compared(run({backend: (1.0, 1.0, 1.0, 1.0)}, lap=lap))
    own = table.loc[(table["name"] == backend) & (table["task"] == task)]
    assert list(own["chunk"]) == [chunk]


def test_a_stranger_s_numbers_do_no_harm() -> None:
    odd = [
        planned("grain/threads", 1, task_us=one, width=two, chunks="few") for one, two in ((0, 2), (10, 0), ("x", 2))
    ]
    found = results([journal(odd, [row for one in odd for row in simple(one, [1.0], grains.DEFAULT)])])
    assert grains.compared(found)["chunk"].isna().all()
    assert grains.break_even(grains.compared(found)).empty

"""Is from which task length a pool pays read off at the ends of what was measured, and of the right loop, as in between?"""

import math
from collections.abc import Mapping, Sequence

import pytest

from claims import merged
from journals import journal, planned, simple
from study import grains, jobs
from study.grains import DEFAULT, TUNED, told
from study.jobs import NEVER, pays_from
from study.journal import Journal, Planned, Row
from study.sheets import Sheet
from study.tables import Results, results

TASKS = (10, 100, 1000)
BLOCKS = 6
FORK, SPAWN, THREADS = "processes.fork", "processes.spawn", "threads"
LOOP = [task * 1e-6 for task in TASKS]
Speeds = Mapping[str, Sequence[float]]


def cell(backend: str, task: int, **more: int | str) -> Planned:
    return planned(f"grain/{backend}", BLOCKS, **{"task_us": task, "width": 2, "chunks": "few", **more})


def observed(cell: Planned, seconds: float, lap: str = DEFAULT, spread: float = 0.0, blocks: int = BLOCKS) -> list[Row]:
    return simple(cell, [seconds * (1 + spread * (n - (blocks - 1) / 2)) for n in range(blocks)], lap)


def made(
    pools: Speeds, spread: float = 0.0, blocks: int = BLOCKS, more: Sequence[tuple[Planned, float]] = ()
) -> Journal:
    """A loop that takes what the task says, pools that are so many times as fast, and further cells that take so long."""
    plan = [(cell("serial", task), task * 1e-6) for task in TASKS]
    plan += [
        (cell(name, task), task * 1e-6 / times)
        for name in pools
        for task, times in zip(TASKS, pools[name], strict=True)
    ]
    plan += more
    laps = {"startup": "cold round trip"}
    rows = [
        row
        for own, seconds in plan
        for row in observed(
            own, seconds, laps.get(own.scenario, DEFAULT), spread if own.backend != "serial" else 0, blocks
        )
    ]
    return journal([own for own, _ in plan], rows)


def run(
    pools: Speeds, spread: float = 0.0, blocks: int = BLOCKS, more: Sequence[tuple[Planned, float]] = ()
) -> Results:
    return results([made(pools, spread, blocks, more)])


def even(found: Results, backend: str = FORK, lap: str = DEFAULT) -> dict[str, float]:
    table = grains.crossings(found)
    (line,) = table.loc[(table["name"] == backend) & (table["lap"] == lap)].to_dict("records")
    return {str(name): value for name, value in line.items()}


def line(seconds: float, low: float, high: float) -> dict[str, float]:
    return {"seconds": seconds, "low": low, "high": high, "longest": 0.01}


@pytest.mark.parametrize(
    ("crossing", "words"),
    [
        (line(148e-6, 120e-6, 180e-6), "148 µs (120 µs to 180 µs)"),
        (line(148e-6, 0, 180e-6), "148 µs (at most 180 µs)"),
        (line(148e-6, 120e-6, math.inf), "148 µs, not certain up to 10.0 ms"),
        (line(148e-6, 0, math.inf), "148 µs, not certain up to 10.0 ms"),
        (line(0, 0, 0), "every length measured"),
        (line(math.inf, math.inf, math.inf), "never, up to 10.0 ms"),
        (line(148e-6, math.nan, math.nan), "too few blocks to tell"),
        (line(0, 0, math.nan), "too few blocks to tell"),
        (line(math.inf, 120e-6, math.inf), "no crossing, not certain up to 10.0 ms"),
    ],
)
def test_a_break_even_is_told_as_far_as_its_interval_goes(crossing: dict[str, float], words: str) -> None:
    assert told(crossing) == words


def test_a_pool_that_is_as_fast_as_the_loop_at_a_length_pays_from_there_and_not_at_it_alone() -> None:
    assert even(run({FORK: (0.5, 1.0, 2.0)}))["seconds"] == pytest.approx(1e-4)
    assert even(run({FORK: (1.0, 2.0, 2.0)}))["seconds"] == pytest.approx(1e-5)
    assert even(run({FORK: (2.0, 2.0, 1.0)}))["seconds"] == math.inf


def test_the_sentence_names_the_pool_that_pays_first_and_the_one_that_pays_last() -> None:
    found = run({THREADS: (0.5, 0.5, 2.0), FORK: (0.5, 2.0, 2.0), SPAWN: (0.1, 0.2, 8.0)})
    (sentence,) = grains.sentences(found)
    first, last = sentence.split(" and ")
    assert first.startswith("For pure Python a pool pays with multiprocessing (fork) from tasks of 31.6 µs")
    assert last.startswith("with threading.Thread from tasks of 316 µs")


def test_a_pool_that_pays_at_every_length_is_named_once_and_first() -> None:
    always = "with multiprocessing (fork) at every length measured"
    assert grains.sentences(run({FORK: (2.0, 2.0, 2.0)})) == [f"For pure Python a pool pays {always}."]
    both = grains.sentences(run({SPAWN: (0.5, 0.5, 2.0), FORK: (2.0, 2.0, 2.0)}))[0]
    assert both.startswith(
        f"For pure Python a pool pays {always} and with multiprocessing (spawn) from tasks of 316 µs"
    )


@pytest.mark.parametrize("other", [{"width": 4}, {"chunks": "sweep"}, {"task_us": 20}])
def test_a_loop_on_other_work_is_no_baseline(other: dict[str, int | str]) -> None:
    alone = cell(FORK, 10)
    loop = cell("serial", 10, **other)
    found = results([journal([loop, alone], [*observed(loop, 1.0), *observed(alone, 0.5)])])
    assert grains.compared(found).query("name == @FORK")["speedup"].isna().all()
    assert grains.break_even(grains.compared(found)).empty


def best(found: Results, lap: str = DEFAULT) -> list[dict[str, object]]:
    return [{str(k): v for k, v in one.items()} for one in grains.best_of(found, lap).to_dict("records")]


def test_the_soonest_of_each_length_stands_with_how_many_it_was_compared_with_and_who_ties() -> None:
    found = run({FORK: (0.5, 1.0, 4.0), SPAWN: (0.5, 0.9, 4.0)}, spread=0.001)
    short, middle, long = best(found)
    assert (short["name"], short["ties"], short["among"], short["seconds"]) == ("serial", (), 3, pytest.approx(1e-5))
    assert {middle["name"], *middle["ties"]} == {"serial", FORK}  # type: ignore[misc]
    assert {long["name"], *long["ties"]} == {FORK, SPAWN}  # type: ignore[misc]
    assert (long["serial_s"], long["seconds"]) == (pytest.approx(1e-3), pytest.approx(2.5e-4))


def test_with_too_few_blocks_all_tie() -> None:
    assert [len(one["ties"]) for one in best(run({FORK: (0.5, 2.0, 4.0)}, blocks=5))] == [1, 1, 1]  # type: ignore[arg-type]


def test_where_no_block_has_both_the_medians_are_what_there_is() -> None:
    fork, loop = cell(FORK, 10), cell("serial", 10)
    rows = [*observed(loop, 1.0, blocks=3), *observed(fork, 1.001)[3:]]
    (only,) = best(results([journal([loop, fork], rows)]))
    assert (only["name"], only["ties"]) == ("serial", ())


def test_where_larger_chunks_were_measured_they_are_taken_and_elsewhere_the_default_ones() -> None:
    """Of two lengths: at the longer one the tuned chunks would be as large as the default ones."""
    short, long = cell(FORK, 10), cell(FORK, 1000)
    loops = [cell("serial", 10), cell("serial", 1000)]
    default, tuned = observed(short, 2e-5), observed(short, 5e-6, TUNED)
    rows = merged([*default, *tuned, *observed(long, 5e-4), *observed(loops[0], 1e-5), *observed(loops[1], 1e-3)])
    table = grains.compared(results([journal([*loops, short, long], rows)]))
    curves = {lap: grains.curves(table, lap) for lap in grains.LAPS}
    speeds = {lap: dict(zip(own["task"], own["speedup"], strict=True)) for lap, own in curves.items()}
    assert speeds[DEFAULT] == {10: pytest.approx(0.5), 1000: pytest.approx(2)}
    assert speeds[TUNED] == {10: pytest.approx(2), 1000: pytest.approx(2)}


def starting(backend: str, width: int = 2, form: str = "pool", **more: int) -> Planned:
    return planned(f"startup/{backend}", BLOCKS, form=form, width=width, **more)


def texts(sheet: Sheet | None) -> dict[str, list[str]]:
    assert sheet is not None
    return {row.entries[0].text: [entry.text for entry in row.entries[1:]] for row in sheet.rows}


def test_a_job_that_just_pays_at_the_longest_length_is_told_as_measured() -> None:
    pool = [one / 2 for one in LOOP]
    assert pays_from(LOOP, pool, start_s=10 * (LOOP[-1] - pool[-1]), tasks=10) == LOOP[-1]
    assert jobs._entry(LOOP[-1], None, None, LOOP[-1]).text == "1.00"
    assert jobs._entry(LOOP[-1] * 1.01, None, None, LOOP[-1]).text == "≈ 1.01"


def test_a_length_at_which_nothing_is_gained_over_the_start_pays_only_beyond_it() -> None:
    gains = [1e-6, 1e-5, 5e-4]
    pool = [loop - gain for loop, gain in zip(LOOP, gains, strict=True)]
    assert pays_from(LOOP, pool, start_s=1e-4, tasks=10) == pytest.approx(LOOP[1])
    assert pays_from(LOOP, pool, start_s=0.0, tasks=10) == LOOP[0]
    with pytest.raises(ValueError, match="shorter"):
        pays_from(LOOP, pool[:-1], start_s=1e-4, tasks=10)


def test_the_ends_of_a_job_are_those_of_the_quickest_tasks_and_start_and_of_the_slowest() -> None:
    """Blocks up to a quarter off: six of them have their least and their largest for an interval."""
    speeds, start_s = (0.5, 2.0, 4.0), 1e-3
    told_of = texts(jobs.sheet(run({FORK: speeds}, spread=0.1, more=[(starting(FORK), start_s)])))
    pool = [loop / times for loop, times in zip(LOOP, speeds, strict=True)]
    for tasks, text in zip(jobs.TASKS[1:4], told_of["multiprocessing (fork)"][1:4], strict=True):
        ends = [pays_from(LOOP, [off * one for one in pool], off * start_s, tasks) for off in (0.75, 1.25)]
        low, high = (float(end) for end in text.partition("(")[2].rstrip(")").split("–"))
        assert [low, high] == pytest.approx([1e3 * end for end in ends], rel=0.01)


def test_a_start_is_that_of_a_whole_pool_from_its_beginning_to_its_end() -> None:
    others = [(starting(FORK, form="worker"), 9.0), (starting(FORK, width=1), 3.0), (starting(SPAWN), 0.0)]
    found = run({FORK: (0.5, 2.0, 2.0)}, more=[(starting(FORK), 1.0), *others])
    begun = jobs.starts(found, 2)
    assert {name: (own.seconds, own.width) for name, own in begun.items()} == {FORK: (1.0, 2)}
    assert jobs.starts(found, 1)[FORK].seconds == 3.0
    laps = results([journal([starting(FORK)], observed(starting(FORK), 1.0, "cold ready"))])
    assert jobs.starts(laps, 2) == {}


def test_of_a_campaign_on_fewer_cpus_the_start_on_the_most_counts() -> None:
    found = run({}, more=[(starting(FORK, width=1, cpus=2), 2.0), (starting(FORK, width=2, cpus=1), 1.0)])
    assert jobs.starts(found, 2)[FORK].seconds == 2.0


def test_a_start_in_too_few_blocks_leaves_a_job_with_a_number_alone() -> None:
    one, start = made({FORK: (0.5, 2.0, 4.0)}), starting(FORK)
    rows = [*one.rows, *observed(start, 1e-3, "cold round trip", blocks=5)]
    told_of = texts(jobs.sheet(results([journal([*one.header.plan, start], rows)])))
    assert told_of["multiprocessing (fork)"] == ["never", "0.164", "0.0400", "0.0265", "0.0250"]


def test_what_the_blocks_leave_open_is_neither_never_nor_a_number() -> None:
    """The point estimate gains nothing at the longest length, and the quickest blocks do."""
    unsure = texts(jobs.sheet(run({FORK: (0.5, 0.6, 0.9)}, spread=0.1, more=[(starting(FORK), 1e-6)])))
    assert unsure["multiprocessing (fork)"] == ["never", *["not certain"] * 4]
    sure = texts(jobs.sheet(run({FORK: (0.5, 0.6, 0.7)}, spread=0.1, more=[(starting(FORK), 1e-6)])))
    assert set(sure["multiprocessing (fork)"]) == {"never"}
    half = texts(jobs.sheet(run({FORK: (0.5, 0.9, 1.1)}, spread=0.1, more=[(starting(FORK), 1e-6)])))
    assert all(text.endswith(", not certain") for text in half["multiprocessing (fork)"][1:])
    assert jobs._entry(NEVER, None, None, 1.0).text == "never"

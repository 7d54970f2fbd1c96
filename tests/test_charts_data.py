"""What each chart draws of the reference run is what its journal holds, computed here from the rows and by no table."""

from collections.abc import Callable, Iterable
from functools import cache
from statistics import median

import pytest
from matplotlib.figure import Figure

import backends
from figures import panel, points, texts
from recorded_run import found, reference
from study.charts import CHARTS
from study.journal import Planned
from study.notation import times
from study.panels import NARROW, WIDE
from study.summary import CELL_LEVEL, ratio

Key = tuple[str, str]  # cell and lap
WIDTHS = pytest.mark.parametrize("width", [WIDE, NARROW], ids=["wide", "narrow"])


@cache
def blocks() -> dict[Key, dict[int, float]]:
    """The observation of each block: the median of the values after the warm-up, of one operation where it is a duration."""
    seen: dict[Key, dict[int, float]] = {}
    for row in reference().rows:
        for lap in row.laps if row.status == "measured" and row.block else ():
            value = median(lap.values[1:] or lap.values)
            seen.setdefault((row.cell, lap.name), {})[row.block] = (
                value / lap.operations * 1e-9 if lap.unit == "ns" else value
            )
    return seen


def value(cell: str, lap: str) -> float | None:
    """The median over the blocks."""
    own = blocks().get((cell, lap))
    return median(own.values()) if own else None


def cells(scenario: str, **factors: object) -> list[Planned]:
    """The planned cells of a scenario with these factors."""
    every = reference().header.plan
    return [c for c in every if c.scenario == scenario and all(c.factors.get(k) == v for k, v in factors.items())]


def values(chosen: Iterable[Planned], laps: Iterable[str], made: Callable[[float], float] = float) -> set[float]:
    """Their values, made into what is drawn and rounded as `points` are."""
    every = [value(cell.cell, lap) for cell in chosen for lap in laps]
    return {rounded(made(one)) for one in every if one is not None}


def rounded(number: float) -> float:
    return float(f"{number:.6g}")


@cache
def figure(name: str, width: float) -> Figure:
    made = CHARTS[name].figure(found("reference"), width)
    assert made is not None
    return made


def across(name: str, width: float, heading: str) -> set[float]:
    return {x for x, _ in points(panel(figure(name, width), heading))}


def upwards(name: str, width: float, heading: str) -> set[float]:
    return {y for _, y in points(panel(figure(name, width), heading))}


def milli(seconds: float) -> float:
    return seconds * 1e3


def micro(seconds: float) -> float:
    return seconds * 1e6


def rate(seconds: float) -> float:
    return 1 / seconds


@WIDTHS
@pytest.mark.parametrize(("form", "heading"), [("worker", "One new worker"), ("pool", "A pool of one")])
def test_every_stage_of_a_first_start(width: float, form: str, heading: str) -> None:
    laps = ("cold call", "cold ready", "cold round trip")
    assert across("stages", width, heading) == values(cells("startup", form=form, width=1), laps, milli)


@WIDTHS
@pytest.mark.parametrize(("lap", "heading"), [("cold ready", "First start"), ("warm ready", "Further starts")])
def test_every_start_with_a_bare_and_with_a_heavy_main(width: float, lap: str, heading: str) -> None:
    assert across("imports", width, heading) == values(cells("imports"), [lap], milli)


@WIDTHS
def test_every_start_beside_memory_and_every_first_write(width: float) -> None:
    own = cells("parent_memory", form="worker")
    assert upwards("parent-memory", width, "A worker is at work") == values(own, ["ready"], milli)
    written = values(own, ["first write to a page"], micro)
    drawn = upwards("parent-memory", width, "The worker's first write to a page")
    assert sorted(drawn) == pytest.approx(sorted(written), rel=1e-5)  # a value may lie where two roundings part


@WIDTHS
def test_every_channel_at_the_smallest_payload(width: float) -> None:
    own = cells("throughput", payload=64)
    assert across("channels", width, "Messages of 64 B") == values(own, ["message"], rate)


@WIDTHS
def test_every_shape_of_senders_and_receivers(width: float) -> None:
    assert across("fan", width, "How many arrive") == values(cells("fan"), ["message"], rate)
    shares = values(cells("fan"), ["largest share"])
    assert across("fan", width, "What the busiest receiver gets") == shares


@WIDTHS
def test_every_percentile(width: float) -> None:
    laps = ("p50", "p90", "p99", "p99.9")
    assert upwards("latency", width, "1000 questions, one at a time") == values(cells("latency"), laps, micro)
    heading = "2 workers compute, for 0.2 s"
    assert upwards("responsiveness", width, heading) == values(cells("responsiveness"), laps, micro)


def speed_up(cell: Planned, lap: str) -> float | None:
    """Against the serial loop with the same factors, in the blocks that measured both."""
    factors = cell.factors if cell.scenario == "grain" else {"workload": cell.factors["workload"]}
    (loop,) = [other for other in cells(cell.scenario, **factors) if other.backend == "serial"]
    own, base = blocks().get((cell.cell, lap), {}), blocks()[loop.cell, "default chunks"]
    both = sorted(own.keys() & base.keys())
    return ratio([own[b] for b in both], [base[b] for b in both], CELL_LEVEL).value if both else None


def pools(scenario: str, **factors: object) -> list[Planned]:
    return [cell for cell in cells(scenario, **factors) if cell.backend != "serial"]


@WIDTHS
@pytest.mark.parametrize(
    ("laps", "heading"),
    [
        (("default chunks",), "The library's own chunks"),
        (("tuned chunks", "default chunks"), "Two chunks for each worker"),  # alike where one task makes a chunk
    ],
)
def test_every_speed_up_at_every_task_length(width: float, laps: tuple[str, ...], heading: str) -> None:
    each = [[one for lap in laps if (one := speed_up(cell, lap)) is not None][:1] for cell in pools("grain")]
    assert upwards("payoff", width, heading) == {rounded(one) for found_ in each for one in found_}


@WIDTHS
def test_every_factor_of_a_default_chunk(width: float) -> None:
    shown = texts(figure("chunks", width))
    for cell in pools("grain"):
        own = [one for lap in ("default chunks", "tuned chunks", "chunks of 1") if (one := value(cell.cell, lap))]
        assert not own or any(text.startswith(f"{times(own[0] / min(own))} ") for text in shown), cell.cell


@WIDTHS
def test_the_best_backend_of_each_task_length(width: float) -> None:
    headed = panel(figure("decision", width), "The library's own chunks")
    bold = [text.get_text() for text in headed.texts if text.get_fontweight() == "bold"]
    best = []
    for task in (10, 100, 1000, 10_000):
        timed = [
            (seconds, cell) for cell in cells("grain", task_us=task) if (seconds := value(cell.cell, "default chunks"))
        ]
        best.append(min(timed, key=lambda pair: pair[0])[1].backend)
    assert bold == [backends.find(name).label for name in best]


@WIDTHS
@pytest.mark.parametrize(("crowd", "heading"), [(1, "Alone"), (4, "4 take turns")])
def test_every_turn(width: float, crowd: int, heading: str) -> None:
    own = cells("synchronisation", contenders=crowd)
    laps = {lap for cell, lap in blocks() if cell in {c.cell for c in own} and not lap.endswith("fairness")}
    drawn, given = across("synchronisation", width, heading), values(own, laps)
    assert sorted(drawn) == pytest.approx(
        sorted(given), rel=1e-5
    )  # rounded here and there, one may end on the other side


@WIDTHS
def test_every_index_of_fairness(width: float) -> None:
    own = cells("synchronisation", contenders=4)
    laps = {lap for _, lap in blocks() if lap.endswith("fairness")}
    assert across("fairness", width, "4 take turns") == values(own, laps)


@WIDTHS
def test_every_wake_up(width: float) -> None:
    laps = ("Event", "Condition", "Semaphore", "Barrier", "Queue", "Lock")
    assert across("wake-up", width, "One waits") == values(cells("wake_up", waiters=1), laps)


def test_every_workers_memory() -> None:
    for lap, heading in (
        ("further worker, PSS", "Each further worker, shared pages in parts (PSS)"),
        ("further worker, USS", "What is its own alone (USS)"),
    ):
        drawn = upwards("memory", WIDE, heading)
        assert drawn == values(cells("memory"), [lap], lambda size: max(0.01, size * 1e-6))


def test_every_tooth_of_the_saw() -> None:
    seen: dict[tuple[float, int], list[float]] = {}
    own = {cell.cell for cell in cells("recycling") if cell.backend == "processes.spawn"}
    for row in reference().rows:
        for lap in row.laps if row.cell in own and row.block else ():
            for task, held in enumerate(lap.values if lap.name == "memory after a task" else (), start=1):
                seen.setdefault((task, len(lap.values) + hash(row.cell)), []).append(held * 1e-6)
    expected = {(float(task), rounded(median(held))) for (task, _), held in seen.items()}
    assert points(panel(figure("recycling", WIDE), "multiprocessing (spawn)")) == expected


@WIDTHS
@pytest.mark.parametrize(
    ("workload", "heading"),
    [
        ("cpu", "Nothing in common, 2 workers"),
        ("lock10", "One lock, 10 % of the time, 2 workers"),
    ],
)
def test_every_speed_up_of_tasks_with_something_in_common(width: float, workload: str, heading: str) -> None:
    each = [
        speed_up(cell, lap)
        for cell in pools("scaling", workload=workload, width=2)
        if not cell.backend.startswith("floor.")
        for lap in ("default chunks", "tuned chunks")
    ]
    assert across("scaling-shared", width, heading) == {rounded(one) for one in each if one is not None}

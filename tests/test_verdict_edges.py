"""Where exactly does a verdict begin, and through which points of which cells is a law of scaling laid?"""

import math
from collections.abc import Mapping, Sequence

import msgspec
import numpy as np
import pytest

from journals import journal, measured, planned
from study import laws, sentences
from study.fits import Refused, Usl, fit_amdahl, fit_usl
from study.journal import Planned, Row, Values
from study.summary import EQUIVALENCE_MARGIN, LEAST_DIFFERENCE, Ratio, Verdict, decide
from study.tables import Results, results

BLOCKS = 8
WIDTHS = [1, 2, 4, 8, 16]
SPEEDUPS = [1.0, 1.96, 3.33, 5.07, 5.75]
Scaling = list[tuple[Planned, Row]]


@pytest.mark.parametrize(
    ("value", "low", "high", "expected"),
    [
        (LEAST_DIFFERENCE, 1.0001, 1.2, Verdict.SLOWER),
        (LEAST_DIFFERENCE, 1.0, 1.2, Verdict.INCONCLUSIVE),
        (LEAST_DIFFERENCE - 1e-9, 1.0001, 1.2, Verdict.INCONCLUSIVE),
        (1 / LEAST_DIFFERENCE, 0.8, 0.9999, Verdict.FASTER),
        (1 / LEAST_DIFFERENCE, 0.8, 1.0, Verdict.INCONCLUSIVE),
        (1 / LEAST_DIFFERENCE + 1e-9, 0.8, 0.9999, Verdict.INCONCLUSIVE),
        (1.0, 1 / EQUIVALENCE_MARGIN, EQUIVALENCE_MARGIN, Verdict.EQUIVALENT),
        (1.0, 1 / EQUIVALENCE_MARGIN - 1e-9, EQUIVALENCE_MARGIN, Verdict.INCONCLUSIVE),
        (1.0, 1 / EQUIVALENCE_MARGIN, EQUIVALENCE_MARGIN + 1e-9, Verdict.INCONCLUSIVE),
        (1.0, None, None, Verdict.INCONCLUSIVE),
        (9.0, None, None, Verdict.INCONCLUSIVE),
    ],
)
def test_a_margin_belongs_to_the_verdict_and_1_to_none(
    value: float, low: float | None, high: float | None, expected: Verdict
) -> None:
    found = Ratio(value, low, high, 15)
    assert decide(found, found) is expected


def test_several_points_of_one_worker_count_by_their_mean() -> None:
    found = fit_usl([1, *WIDTHS], [0.5, 1.5, *SPEEDUPS[1:]])
    once = fit_usl(WIDTHS, SPEEDUPS)
    assert isinstance(found, Usl)
    assert isinstance(once, Usl)
    assert (found.contention.value, found.residual) == pytest.approx((once.contention.value, once.residual))


def test_the_peak_may_lie_wherever_the_intervals_of_both_coefficients_allow() -> None:
    found = fit_usl(WIDTHS, SPEEDUPS)
    assert isinstance(found, Usl)
    a, b = found.contention, found.coherency
    peaks = [math.sqrt((1 - one) / other) for one in (a.low, a.high) for other in (b.low, b.high)]
    assert found.peak_range == pytest.approx((min(peaks), max(peaks)))


def test_less_than_one_worker_is_refused_and_so_is_a_table_of_widths() -> None:
    found = fit_amdahl([0.5, 1, 2, 4, 8], [0.5, 1.0, 1.9, 3.3, 5.0])
    assert found == Refused(
        "a speed-up of 0.5 with 0.5 workers is none; positive ones with at least 1 worker are needed"
    )
    with pytest.raises(ValueError, match="8 widths and 8 speed-ups"):
        fit_usl(np.ones((2, 4)), np.ones((2, 4)))


def scaling(speeds: Mapping[str, Sequence[float]], widths: Sequence[int] = WIDTHS, **more: int) -> Scaling:
    """A loop of a second, and pools so many times as fast at each width, whose tuned chunks take a quarter of a second."""
    found = []
    for name, own in {"serial": [1.0], **speeds}.items():
        for width, times in zip(widths, own, strict=False):
            cell = planned(f"scaling/{name}", BLOCKS, workload="cpu", width=width, **more)
            laps = {"default chunks": [1 / times], **({"tuned chunks": [0.25]} if name != "serial" else {})}
            found += [(cell, measured(cell, block, laps)) for block in range(1, BLOCKS + 1)]
    return found


def of(*each: Scaling) -> Results:
    together = [pair for own in each for pair in own]
    cells = {cell.cell: cell for cell, _ in together}
    return results([journal([*cells.values()], [row for _, row in together])])


def test_a_law_is_fitted_to_default_chunks_alone_and_to_no_yardstick() -> None:
    found = laws.laws(of(scaling({"threads": SPEEDUPS, "floor.interpreter": SPEEDUPS})))
    assert list(found) == [("threads", "cpu")]
    law, _ = found["threads", "cpu"]
    whole = fit_usl(WIDTHS, SPEEDUPS)
    assert isinstance(law, Usl)
    assert isinstance(whole, Usl)
    assert (law.contention.value, law.peak) == pytest.approx((whole.contention.value, whole.peak), rel=1e-5)


def test_a_law_is_that_of_the_most_cpus() -> None:
    few, most = scaling({"threads": [1.0] * 5}, cpus=1), scaling({"threads": SPEEDUPS}, cpus=2)
    assert laws.laws(of(few, most)) == laws.laws(of(most))


def test_a_worker_of_a_cell_that_does_not_say_how_many_there_were_is_remarked_upon() -> None:
    cell = planned("fan/threads", 1, shape="x")
    share = Values(laws.LARGEST_SHARE, 1, "fan.py:1", [0.95], "1")
    row = msgspec.structs.replace(measured(cell, 1, {}), laps=[share])
    assert len(laws.shares(results([journal([cell], [row])]), "fan")) == 1


def test_of_several_pools_the_one_that_larger_chunks_help_most_is_named() -> None:
    speeds = {"threads": [2.0], "executors.fork": [1.0], "executors.spawn": [3.9]}
    assert sentences.chunks(of(scaling(speeds, widths=[2]))) == (
        "Larger chunks than the default ones make 2 of 3 pools faster, most of all ProcessPoolExecutor (fork): 4.0x."
    )


def test_names_that_just_fit_are_all_told() -> None:
    assert laws._and_so_on(["a", "b", "c"]) == "a; b; c"

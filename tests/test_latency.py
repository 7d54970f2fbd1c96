"""Are a question's waits told by percentiles that have enough samples, and is an answer to another question noticed?"""

import queue

import pytest

from broken import Library, play
from study.scenarios.latency import note_percentiles
from study.stopwatch import Stopwatch


def noted(waits):
    stopwatch = Stopwatch()
    note_percentiles(stopwatch, waits)
    return {lap.name: lap.values[0] for lap in stopwatch.laps.values()}


@pytest.mark.parametrize(
    ("samples", "percentiles"),
    [
        (1, []),
        (19, []),
        (20, ["p50"]),
        (100, ["p50", "p90"]),
        (999, ["p50", "p90"]),
        (1000, ["p50", "p90", "p99"]),
        (9999, ["p50", "p90", "p99"]),
        (10_000, ["p50", "p90", "p99", "p99.9"]),
    ],
)
def test_a_percentile_needs_ten_samples_beyond_it(samples, percentiles):
    assert list(noted([1] * samples)) == percentiles


def test_percentiles_are_those_of_the_samples_in_whatever_order_they_came():
    waits = list(range(10_000))
    assert noted(waits) == noted(waits[::-1]) == {"p50": 5000, "p90": 9000, "p99": 9900, "p99.9": 9990}


@pytest.mark.parametrize("style", ["workers", "executor"])
def test_each_question_has_its_own_answer(capfd, style):
    played = play("latency", capfd, style=style, samples=40, rounds=2)
    assert (played.refusal, played.trace.values("counted")) == (None, [40, 40])


def test_an_answer_to_another_question_is_noticed(capfd):
    class Confused(queue.Queue):
        def put(self, item, *arguments, **more):
            super().put(0 if item == 7 else item, *arguments, **more)

    played = play("latency", capfd, Library(Queue=Confused), samples=40, rounds=1)
    assert played.refusal == "39 operations arrived, 40 were sent"

"""How long does one small question to another worker wait for its answer, usually and at worst?"""

from time import perf_counter_ns

from study.scenario import Load, Scenario
from study.trace import say

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from study.trace import Trace

BEYOND = {"p50": 500, "p90": 100, "p99": 10, "p99.9": 1}  # samples beyond each percentile, in a thousand
WARM_UP = 100  # questions
LEAST_BEYOND = 10  # samples that must lie beyond a percentile before it is one


def note_percentiles(stopwatch: "Any", nanoseconds: "list[int]") -> None:
    ordered = sorted(nanoseconds)
    for percentile, beyond in BEYOND.items():
        if len(ordered) * beyond >= LEAST_BEYOND * 1000:
            stopwatch.note(percentile, ordered[len(ordered) * (1000 - beyond) // 1000])


def echo(questions: "Any", answers: "Any", times: int) -> None:
    for _ in range(times):
        answers.put(questions.get())


def workers(mp: "Any", stopwatch: "Any", samples: int = 1000, rounds: int = 1) -> None:
    questions, answers = mp.Queue(), mp.Queue()
    partner = mp.Process(target=echo, args=(questions, answers, WARM_UP + samples * rounds))
    partner.start()
    for number in range(WARM_UP):
        questions.put(number)
        answers.get()
    for _ in range(rounds):
        times, in_order = [], 0
        for number in range(samples):
            begun = perf_counter_ns()
            questions.put(number)
            answer = answers.get()
            times.append(perf_counter_ns() - begun)
            in_order += answer == number
        note_percentiles(stopwatch, times)
        say("main", "counted", in_order)
    partner.join()


def return_it(number: int) -> int:
    return number


def executor(mp: "Any", stopwatch: "Any", samples: int = 1000, rounds: int = 1) -> None:
    with mp.Executor(max_workers=1) as pool:
        for number in range(WARM_UP):
            pool.submit(return_it, number).result()
        for _ in range(rounds):
            times, in_order = [], 0
            for number in range(samples):
                begun = perf_counter_ns()
                answer = pool.submit(return_it, number).result()
                times.append(perf_counter_ns() - begun)
                in_order += answer == number
            note_percentiles(stopwatch, times)
            say("main", "counted", in_order)


def check(trace: "Trace", offers: "frozenset[str]", arguments: "Mapping[str, Any]") -> None:
    trace.counts(arguments["samples"] * arguments["rounds"])


SCENARIO = Scenario(
    section="",
    title="Latency",
    question=__doc__,
    unit="round trip",
    headline="p50",
    styles={"workers": workers, "executor": executor},
    absent={"serial": "one thread works alone: there is nobody to ask"},
    loads=lambda cpus: [Load(samples=1000), Load(samples=10000, full_grid=True)],
    check=check,
    calibrated=False,
    most_rounds=1,
)

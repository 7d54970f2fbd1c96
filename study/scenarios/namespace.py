"""Does an attribute set by one worker reach the other, and what does a write and a read cost?"""

from study.scenario import Load, Scenario
from study.trace import say

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from study.trace import Trace

looked: "Any"
event: "Any"


def producer(ns: "Any", looked: "Any", event: "Any") -> None:
    looked.wait()  # the tutorial has no such wait: its consumer may read the value "before" the event
    say("producer", "set")
    ns.value = "This is the value"
    event.set()


def consumer(ns: "Any", looked: "Any", event: "Any") -> None:
    try:
        say("consumer", "before", ns.value)
    except AttributeError as error:
        say("consumer", "before_error", str(error))
    looked.set()
    event.wait()
    say("consumer", "after", ns.value)


def write_and_read(ns: "Any", stopwatch: "Any", operations: int, rounds: int) -> None:
    in_order = 0
    for _ in range(rounds):
        with stopwatch("write + read", operations):
            for number in range(operations):
                ns.number = number
                in_order += ns.number == number
    say("main", "counted", in_order)


def workers(mp: "Any", stopwatch: "Any", operations: int = 100, rounds: int = 3) -> None:
    looked, event = mp.Event(), mp.Event()
    with mp.Manager() as manager:
        namespace = manager.Namespace()
        team = [mp.Process(target=role, args=(namespace, looked, event)) for role in (consumer, producer)]
        for process in team:
            process.start()
        for process in team:
            process.join()
        write_and_read(namespace, stopwatch, operations, rounds)


def as_written(mp: "Any", stopwatch: "Any", rounds: int = 3) -> None:
    looked, event = mp.Event(), mp.Event()
    looked.set()  # nobody waits: the producer may be first
    with mp.Manager() as manager:
        namespace = manager.Namespace()
        team = [mp.Process(target=role, args=(namespace, looked, event)) for role in (consumer, producer)]
        for process in team:
            process.start()
        for process in team:
            process.join()


def install(*events: "Any") -> None:
    global looked, event
    looked, event = events


def produce(ns: "Any") -> None:
    producer(ns, looked, event)


def consume(ns: "Any") -> None:
    consumer(ns, looked, event)


def executor(mp: "Any", stopwatch: "Any", operations: int = 100, rounds: int = 3) -> None:
    looked, event = mp.Event(), mp.Event()
    with mp.Manager() as manager:
        namespace = manager.Namespace()
        with mp.Executor(max_workers=2, initializer=install, initargs=(looked, event)) as pool:
            for task in [pool.submit(consume, namespace), pool.submit(produce, namespace)]:
                task.result()
        write_and_read(namespace, stopwatch, operations, rounds)


def check(trace: "Trace", offers: "frozenset[str]", arguments: "Mapping[str, Any]") -> None:
    error, written, after = trace.one("before_error"), trace.one("set"), trace.one("after")
    trace.require(
        "has no attribute 'value'" in error.value, f"before the event there should be no value, not {error.value!r}"
    )
    trace.require(error.time_ns <= written.time_ns <= after.time_ns, "the reads should come before and after the write")
    trace.require(after.value == "This is the value", f"after the event the value should be there, not {after.value!r}")
    trace.counts(arguments["operations"] * arguments["rounds"])


SCENARIO = Scenario(
    section="8",
    title="Namespace",
    question=__doc__,
    unit="attribute write + read",
    headline="write + read",
    styles={"workers": workers, "executor": executor},
    absent={"serial": "one thread works alone: what it sets it sees"},
    as_written=as_written,
    defect="nothing makes the producer wait: the consumer may see the value in the line that says it is not there yet",
    loads=lambda cpus: [Load(width=2)],
    check=check,
    words={
        "before": "Before event: {value}",
        "before_error": "Before event, error: {value}",
        "after": "After event: {value}",
    },
    printed="""\
Before event, error: 'Namespace' object has no attribute 'value'
After event: This is the value""",
)

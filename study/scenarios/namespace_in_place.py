"""Does a list that is changed in place change for the other worker too, and what does an append cost?"""

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
    looked.wait()
    ns.my_list.append("This is the value")  # with a manager this changes a copy, and the copy is dropped
    event.set()


def consumer(ns: "Any", looked: "Any", event: "Any") -> None:
    say("consumer", "before", ns.my_list)
    looked.set()
    event.wait()
    say("consumer", "after", ns.my_list)


def append_in_place(ns: "Any", stopwatch: "Any", operations: int, rounds: int) -> None:
    for _ in range(rounds):
        ns.my_list = []
        with stopwatch("append", operations):
            for number in range(operations):
                ns.my_list.append(number)
    say("main", "kept", len(ns.my_list))


def workers(mp: "Any", stopwatch: "Any", operations: int = 200, rounds: int = 3) -> None:
    looked, event = mp.Event(), mp.Event()
    with mp.Manager() as manager:
        namespace = manager.Namespace()
        namespace.my_list = []
        team = [mp.Process(target=role, args=(namespace, looked, event)) for role in (consumer, producer)]
        for process in team:
            process.start()
        for process in team:
            process.join()
        append_in_place(namespace, stopwatch, operations, rounds)


def install(*events: "Any") -> None:
    global looked, event
    looked, event = events


def produce(ns: "Any") -> None:
    producer(ns, looked, event)


def consume(ns: "Any") -> None:
    consumer(ns, looked, event)


def executor(mp: "Any", stopwatch: "Any", operations: int = 200, rounds: int = 3) -> None:
    looked, event = mp.Event(), mp.Event()
    with mp.Manager() as manager:
        namespace = manager.Namespace()
        namespace.my_list = []
        with mp.Executor(max_workers=2, initializer=install, initargs=(looked, event)) as pool:
            for task in [pool.submit(consume, namespace), pool.submit(produce, namespace)]:
                task.result()
        append_in_place(namespace, stopwatch, operations, rounds)


def check(trace: "Trace", offers: "frozenset[str]", arguments: "Mapping[str, Any]") -> None:
    before, after, kept = trace.one("before").value, trace.one("after").value, trace.one("kept").value
    trace.require(before == [], f"before the event the list should be empty, not {before!r}")
    if "shared objects" in offers:
        trace.require(
            after == ["This is the value"], f"the list is one object for all: it should have changed, not be {after!r}"
        )
        trace.require(kept == arguments["operations"], f"{kept} of {arguments['operations']} appends were kept")
    else:
        trace.require(after == [], f"a change of a copy should not propagate, but the list is {after!r}")
        trace.require(kept == 0, f"changes of copies should not propagate, but {kept} were kept")


SCENARIO = Scenario(
    section="8b",
    title="Namespace, changed in place",
    question=__doc__,
    unit="append in place",
    headline="append",
    styles={"workers": workers, "executor": executor},
    absent={"serial": "one thread works alone: what it changes it sees"},
    loads=lambda cpus: [Load(width=2)],
    check=check,
    words={"before": "Before event: {value}", "after": "After event : {value}"},
    printed="""\
Before event: []
After event : []""",
)

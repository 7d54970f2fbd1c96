"""Does an object arrive in another worker as it was sent, and what does a message cost?"""

from study.scenario import Load, Scenario
from study.trace import say

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from study.trace import Trace


class MyFancyClass:
    def __init__(self, name: str) -> None:
        self.name = name


def worker(inbox: "Any", outbox: "Any", operations: int, rounds: int) -> None:
    parcel = inbox.get()
    say("worker", "got", parcel.name)
    for _ in range(rounds):
        outbox.put("ready")
        outbox.put(sum(inbox.get() == number for number in range(operations)))


def workers(mp: "Any", stopwatch: "Any", operations: int = 2000, rounds: int = 3) -> None:
    inbox, outbox = mp.Queue(), mp.Queue()
    reader = mp.Process(target=worker, args=(inbox, outbox, operations, rounds))
    reader.start()
    say("main", "put", "Fancy Dan")
    inbox.put(MyFancyClass("Fancy Dan"))
    for _ in range(rounds):
        outbox.get()  # the reader is ready
        with stopwatch("message", operations):
            for number in range(operations):
                inbox.put(number)
            in_order = outbox.get()  # the reader has taken the last one
        say("main", "counted", in_order)
    reader.join()
    say("main", "joined")


def meet(parcel: MyFancyClass) -> None:
    say("worker", "got", parcel.name)


def is_number(message: int, number: int) -> bool:
    return message == number


def executor(mp: "Any", stopwatch: "Any", operations: int = 200, rounds: int = 3) -> None:
    with mp.Executor(max_workers=1) as pool:
        say("main", "put", "Fancy Dan")
        pool.submit(meet, MyFancyClass("Fancy Dan")).result()
        for _ in range(rounds):
            with stopwatch("message", operations):
                answers = [pool.submit(is_number, number, number) for number in range(operations)]
                in_order = sum(answer.result() for answer in answers)
            say("main", "counted", in_order)
    say("main", "joined")


def check(trace: "Trace", offers: "frozenset[str]", arguments: "Mapping[str, Any]") -> None:
    put, got, joined = trace.one("put"), trace.one("got"), trace.one("joined")
    trace.require(got.value == put.value, f"{put.value!r} was sent, {got.value!r} arrived")
    trace.require(
        put.time_ns <= got.time_ns <= joined.time_ns, "the object arrived before it was sent or after the end"
    )
    if "own process" in offers:
        trace.require(got.pid != put.pid, "the worker should be a process of its own")
    else:
        trace.require(
            got.thread != put.thread and got.pid == put.pid, "the worker should be another thread of this process"
        )
    trace.counts(arguments["operations"] * arguments["rounds"])


SCENARIO = Scenario(
    section="1",
    title="Queue",
    question=__doc__,
    unit="message",
    headline="message",
    styles={"workers": workers, "executor": executor},
    absent={"serial": "one thread works alone: there is nobody to send an object to"},
    loads=lambda cpus: [Load(width=1)],
    check=check,
    words={"got": "Doing something fancy in {actor} for {value}!"},
    printed="Doing something fancy in Process-1 for Fancy Da",
)

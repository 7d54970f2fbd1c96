"""What does a message cost from one worker to another, from a small one to a large one?"""

from time import perf_counter_ns

from study.scenario import Load, Scenario
from study.trace import say

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from study.trace import Trace

RING = 16  # messages that differ in their first byte, sent in turn: a lost or reordered one is noticed


def ring(items: "list[Any]", length: int) -> "list[Any]":
    """The items in turn, again and again: made before the clock starts, so that it does not time our counting."""
    return (items * -(-length // len(items)))[:length]


def receive(get: "Callable[[], bytes]", replies: "Any", payload: int, operations: int, rounds: int) -> None:
    expected = ring(list(range(RING)), operations)
    for _ in range(rounds):
        replies.put("ready")
        in_order = 0
        for number in expected:
            message = get()
            if message[0] == number and len(message) == payload:
                in_order += 1
        replies.put((perf_counter_ns(), in_order))


def workers(
    mp: "Any", stopwatch: "Any", channel: str = "Queue", payload: int = 64, operations: int = 1000, rounds: int = 3
) -> None:
    if channel == "Pipe":
        outlet, inlet = mp.Pipe(duplex=False)
        put, get = inlet.send, outlet.recv
    else:
        queue = {"Queue": mp.Queue, "SimpleQueue": mp.SimpleQueue}[channel]()
        put, get = queue.put, queue.get
    messages = ring([bytes([number]) * payload for number in range(RING)], operations)
    replies = mp.SimpleQueue()
    receiver = mp.Process(target=receive, args=(get, replies, payload, operations, rounds))
    receiver.start()
    for _ in range(rounds):
        replies.get()  # the receiver is ready
        opened = perf_counter_ns()
        for message in messages:
            put(message)
        # put() returning is not delivery: the clock stops where the last message was received and checked.
        received, in_order = replies.get()
        stopwatch.note("message", received - opened, operations)
        say("main", "counted", in_order)
    receiver.join()


def arrives(message: bytes, payload: int, number: int) -> bool:
    return message[0] == number % RING and len(message) == payload


def executor(
    mp: "Any", stopwatch: "Any", channel: str = "submit", payload: int = 64, operations: int = 200, rounds: int = 3
) -> None:
    messages = [bytes([number]) * payload for number in range(RING)]
    with mp.Executor(max_workers=1) as pool:
        pool.submit(arrives, messages[0], payload, 0).result()  # the worker is up
        for _ in range(rounds):
            with stopwatch("message", operations):
                answers = [pool.submit(arrives, messages[i % RING], payload, i) for i in range(operations)]
                in_order = sum(answer.result() for answer in answers)
            say("main", "counted", in_order)


def check(trace: "Trace", offers: "frozenset[str]", arguments: "Mapping[str, Any]") -> None:
    trace.counts(arguments["operations"] * arguments["rounds"])


def loads(cpus: int) -> "list[Load]":
    needs = {"Queue": "queues", "SimpleQueue": "simple queue", "Pipe": "pipe", "submit": "submit"}
    return [
        Load(channel=channel, payload=payload, headline=payload == 64 and channel in ("Queue", "submit"), needs={need})
        for channel, need in needs.items()
        for payload in (64, 1024, 65536, 1048576)
    ]


SCENARIO = Scenario(
    section="",
    title="Queue throughput",
    question=__doc__,
    unit="message",
    headline="message",
    styles={"workers": workers, "executor": executor},
    absent={"serial": "one thread works alone: there is nobody to send a message to"},
    loads=loads,
    check=check,
)

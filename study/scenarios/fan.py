"""What does a message cost when several send or several receive, and does every receiver get a share?"""

import threading
from time import perf_counter_ns

from study.scenario import Load, Scenario
from study.trace import say

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from study.trace import Trace

PAYLOAD = 64  # bytes, of which the first eight are the message's number
END, STOP = b"end", b"stop"  # each sender's last message; what then ends each receiver's round

gate: "Any"


def numbered(numbers: "range") -> "list[bytes]":
    return [number.to_bytes(8, "big").ljust(PAYLOAD) for number in numbers]


def number_of(message: bytes) -> int:
    return int.from_bytes(message[:8], "big")


def send(queue: "Any", gate: "Any", replies: "Any", numbers: "range", rounds: int) -> None:
    messages = numbered(numbers)
    for _ in range(rounds):
        gate.wait()
        begun = perf_counter_ns()
        for message in messages:
            queue.put(message)
        queue.put(END)
        replies.put((begun, 0, []))


def receive(queue: "Any", gate: "Any", ended: "Any", replies: "Any", rounds: int) -> None:
    for _ in range(rounds):
        taken, last = [], 0
        gate.wait()
        begun = perf_counter_ns()
        for message in iter(queue.get, STOP):
            if message == END:
                last = perf_counter_ns()
                ended.release()
            else:
                taken.append(message)
        replies.put((begun, last, [number_of(message) for message in taken]))


def workers(
    mp: "Any",
    stopwatch: "Any",
    shape: str = "1to1",
    width: int = 1,
    maxsize: int = 0,
    operations: int = 1000,
    rounds: int = 3,
) -> None:
    senders, receivers = (width if side == "N" else 1 for side in shape.split("to"))
    queue, replies = mp.Queue(maxsize), mp.SimpleQueue()
    gate, ended = mp.Barrier(senders + receivers), mp.Semaphore(0)
    team = [
        mp.Process(target=send, args=(queue, gate, replies, range(i, operations, senders), rounds))
        for i in range(senders)
    ]
    team += [mp.Process(target=receive, args=(queue, gate, ended, replies, rounds)) for _ in range(receivers)]
    for process in team:
        process.start()
    for _ in range(rounds):
        # A queue keeps the order of one sender: when its end has come out, all its messages have.
        for _ in range(senders):
            ended.acquire()
        for _ in range(receivers):
            queue.put(STOP)
        begins, lasts, taken = zip(*(replies.get() for _ in team), strict=True)
        stopwatch.note("message", max(lasts) - min(begins), operations)
        stopwatch.note("start skew", max(begins) - min(begins))
        tell(stopwatch, [numbers for numbers in taken if numbers], senders, receivers)
    for process in team:
        process.join()


def tell(stopwatch: "Any", taken: "list[list[int]]", senders: int, receivers: int) -> None:
    """What each receiver took, in its order: how many messages in all, how many different ones, and how uneven."""
    numbers = [number for part in taken for number in part]
    streams = [[number for number in part if number % senders == i] for part in taken for i in range(senders)]
    say("main", "counted", len(numbers))
    say("main", "different", len(set(numbers)))
    say("main", "in order", all(stream == sorted(stream) for stream in streams))
    if receivers > 1 and numbers:
        stopwatch.count("largest share", max(map(len, taken)) / len(numbers), "1")


def install(shared_gate: "Any") -> None:
    global gate
    gate = shared_gate


def meet(_: int) -> None:
    gate.wait()


def take(message: bytes) -> "tuple[int, int]":
    return threading.get_native_id(), number_of(message)


def executor(
    mp: "Any", stopwatch: "Any", shape: str = "1toN", width: int = 2, operations: int = 200, rounds: int = 3
) -> None:
    messages = numbered(range(operations))
    with mp.Executor(max_workers=width, initializer=install, initargs=(mp.Barrier(width),)) as pool:
        list(pool.map(meet, range(width)))  # every worker is up
        for _ in range(rounds):
            with stopwatch("message", operations):
                tasks = [pool.submit(take, message) for message in messages]
                answers = [task.result() for task in tasks]
            taken: dict[int, list[int]] = {}
            for thread, number in answers:
                taken.setdefault(thread, []).append(number)
            tell(stopwatch, list(taken.values()), 1, width)


def check(trace: "Trace", offers: "frozenset[str]", arguments: "Mapping[str, Any]") -> None:
    sent = arguments["operations"] * arguments["rounds"]
    trace.counts(sent)
    different = sum(trace.values("different"))
    trace.require(different == sent, f"{sent - different} messages came twice, and as many others never came")
    trace.require(len(trace.all("in order")) == arguments["rounds"], "each round should report its order once")
    trace.require(all(trace.values("in order")), "messages of one sender overtook each other")


def loads(cpus: int) -> "list[Load]":
    many = max(2, cpus)
    return [
        Load(shape="1to1", width=1, maxsize=0, needs={"queues"}),
        Load(shape="Nto1", width=many, maxsize=0, needs={"queues"}),
        Load(shape="1toN", width=many, maxsize=0),
        Load(shape="NtoN", width=many, maxsize=0, full_grid=True, needs={"queues"}),
        Load(shape="1to1", width=1, maxsize=1000, needs={"queues"}),
    ]


SCENARIO = Scenario(
    section="",
    title="Several senders, several receivers",
    question=__doc__,
    unit="message",
    headline="message",
    styles={"workers": workers, "executor": executor},
    absent={"serial": "one thread works alone: there is nobody to send a message to"},
    loads=loads,
    check=check,
)

"""What does a message cost from one worker to another, from a small one to a large one?"""

import _thread
import marshal
import os
from functools import partial
from time import perf_counter_ns

from study.scenario import Load, Scenario
from study.trace import say

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from study.trace import Trace

RING = 16  # messages that differ in their last byte, sent in turn: a lost, cut or reordered one is noticed
LARGE = 1 << 20  # bytes: of larger messages there are FEW different ones, or they would fill the memory
FEW = 3


def ring(items: "list[Any]", length: int) -> "list[Any]":
    """The items in turn, again and again: made before the clock starts, so that it does not time our counting."""
    return (items * -(-length // len(items)))[:length]


def variety(payload: int) -> int:
    return RING if payload <= LARGE else FEW


def marked(payload: int) -> "list[bytes]":
    """The different messages: the last byte tells which one it is. Empty ones are all alike."""
    return [bytes([number]).rjust(payload, b"-")[:payload] for number in range(variety(payload))]


def ending(message: bytes, payload: int) -> int:
    """What is read off a message: its last byte, or that there is none."""
    return message[-1] if payload else len(message)


def marks(payload: int) -> "list[int]":
    """What a receiver should read off such messages."""
    return [ending(message, payload) for message in marked(payload)]


def endings(get: "Callable[[], bytes]", operations: int, payload: int) -> "list[int]":
    """What is read off so many messages while the clock runs, to be compared with their marks when it has stopped.

    A message has a name here, as in a program that uses it: one that is dropped at once gives its memory back before
    the next is read, and a megabyte then costs half as much again.
    """
    turns = iter(range(operations))
    try:
        return [(_message := get())[-1] for _ in turns] if payload else [len(get()) for _ in turns]
    except IndexError:  # one was empty: the others are taken too, so that no sender waits for ever, and none counts
        return [min(-1, len(get())) for _ in turns]


def in_order(found: "list[int]", expected: "list[int]") -> int:
    return sum(byte == mark for byte, mark in zip(found, expected, strict=False))


def receive(
    get: "Callable[[], bytes]", reply: "Callable[[Any], Any]", payload: int, operations: int, rounds: int
) -> None:
    expected = ring(marks(payload), operations)
    for _ in range(rounds):
        reply("ready")
        found = endings(get, operations, payload)
        received = perf_counter_ns()
        reply((received, in_order(found, expected)))


def get_and_acknowledge(queue: "Any") -> bytes:
    message: bytes = queue.get()
    queue.task_done()
    return message


class SharedRing:
    """Messages in a block of memory that both sides see. Semaphores count the free places in it and the full ones."""

    def __init__(self, mp: "Any", payload: int) -> None:
        from multiprocessing.shared_memory import SharedMemory

        self.payload, self.place, self.places = payload, 0, variety(payload)
        self.block: Any = SharedMemory(create=True, size=max(1, self.places * payload))
        self.free, self.full = mp.Semaphore(self.places), mp.Semaphore(0)

    def put(self, message: bytes) -> None:
        self.free.acquire()
        self.block.buf[self.take_turn()] = message
        self.full.release()

    def get(self) -> bytes:
        self.full.acquire()
        message = bytes(self.block.buf[self.take_turn()])
        self.free.release()
        return message

    def take_turn(self) -> slice:
        """The next place, in turn; sender and receiver count for themselves."""
        begin = self.place * self.payload
        self.place = (self.place + 1) % self.places
        return slice(begin, begin + self.payload)


def workers(
    mp: "Any", stopwatch: "Any", channel: str = "Queue", payload: int = 64, operations: int = 1000, rounds: int = 3
) -> None:
    if channel in ("Pipe", "DuplexPipe"):
        outlet, inlet = mp.Pipe(duplex=channel == "DuplexPipe")
        stream(mp, stopwatch, inlet.send, outlet.recv, payload, operations, rounds)
    elif channel == "JoinableQueue":
        tasks = mp.JoinableQueue()
        stream(mp, stopwatch, tasks.put, partial(get_and_acknowledge, tasks), payload, operations, rounds)
        tasks.join()
    elif channel == "ManagerQueue":
        with mp.Manager() as manager:
            proxy = manager.Queue()
            stream(mp, stopwatch, proxy.put, proxy.get, payload, operations, rounds)
    elif channel == "SharedMemory":
        shared = SharedRing(mp, payload)
        stream(mp, stopwatch, shared.put, shared.get, payload, operations, rounds)
        shared.block.close()
        shared.block.unlink()
    else:
        queue = {"Queue": mp.Queue, "SimpleQueue": mp.SimpleQueue}[channel]()
        stream(mp, stopwatch, queue.put, queue.get, payload, operations, rounds)


def stream(
    mp: "Any",
    stopwatch: "Any",
    put: "Callable[[bytes], None]",
    get: "Callable[[], bytes]",
    payload: int,
    operations: int,
    rounds: int,
) -> None:
    replies = mp.SimpleQueue()
    receiver = mp.Process(target=receive, args=(get, replies.put, payload, operations, rounds))
    receiver.start()
    send(stopwatch, put, replies.get, payload, operations, rounds)
    receiver.join()


def send(
    stopwatch: "Any",
    put: "Callable[[bytes], None]",
    hear: "Callable[[], Any]",
    payload: int,
    operations: int,
    rounds: int,
) -> None:
    messages = ring(marked(payload), operations)
    for _ in range(rounds):
        hear()  # the receiver is ready
        opened = perf_counter_ns()
        for message in messages:
            put(message)
        # put() returning is not delivery: the clock stops where the last message was received and checked.
        received, arrived = hear()
        stopwatch.note("message", received - opened, operations)
        say("main", "counted", arrived)


def executor(
    mp: "Any", stopwatch: "Any", channel: str = "submit", payload: int = 64, operations: int = 200, rounds: int = 3
) -> None:
    messages, expected = ring(marked(payload), operations), ring(marks(payload), operations)
    with mp.Executor(max_workers=1) as pool:
        pool.submit(ending, messages[0], payload).result()  # the worker is up
        for _ in range(rounds):
            with stopwatch("message", operations):
                answers = [pool.submit(ending, message, payload) for message in messages]
                found = [answer.result() for answer in answers]
            say("main", "counted", in_order(found, expected))


def floor_thread(
    mp: "Any", stopwatch: "Any", channel: str = "Queue", payload: int = 64, operations: int = 1000, rounds: int = 3
) -> None:
    """Threads see the same list: one lock hands over all its messages, and nothing is copied."""
    box: list[bytes] = []
    checked: list[tuple[int, int]] = []
    full, done = _thread.allocate_lock(), _thread.allocate_lock()

    def check_box() -> None:
        expected = ring(marks(payload), operations)
        for _ in range(rounds):
            full.acquire()
            found = endings(iter(box).__next__, operations, payload)
            received = perf_counter_ns()
            checked.append((received, in_order(found, expected)))
            box.clear()
            done.release()

    def hear() -> "tuple[int, int] | None":
        if not box:
            return None  # the other thread has nothing to get ready
        full.release()
        done.acquire()
        return checked.pop()

    full.acquire()
    done.acquire()
    _thread.start_new_thread(check_box, ())
    send(stopwatch, box.append, hear, payload, operations, rounds)


class RawPipe:
    """A pipe of the system, and bytes in it with their length before them."""

    def __init__(self) -> None:
        outlet, self.inlet = os.pipe()
        self.source = os.fdopen(outlet, "rb")

    def put(self, message: bytes) -> None:
        os.writev(self.inlet, (len(message).to_bytes(4, "big"), message))

    def get(self) -> bytes:
        return self.source.read(int.from_bytes(self.source.read(4), "big"))

    def close(self) -> None:
        os.close(self.inlet)
        self.source.close()


def floor_fork(
    mp: "Any", stopwatch: "Any", channel: str = "Queue", payload: int = 64, operations: int = 1000, rounds: int = 3
) -> None:
    messages, replies = RawPipe(), RawPipe()
    pid = os.fork()
    if pid == 0:
        try:
            receive(messages.get, lambda it: replies.put(marshal.dumps(it)), payload, operations, rounds)
        finally:
            os._exit(0)
    send(stopwatch, messages.put, lambda: marshal.loads(replies.get()), payload, operations, rounds)
    os.waitpid(pid, 0)
    messages.close()
    replies.close()


def check(trace: "Trace", offers: "frozenset[str]", arguments: "Mapping[str, Any]") -> None:
    trace.counts(arguments["operations"] * arguments["rounds"])


def loads(cpus: int) -> "list[Load]":
    plain = {"Queue": "queues", "SimpleQueue": "simple queue", "Pipe": "pipe", "submit": "submit"}
    more = {
        "JoinableQueue": "queues",
        "DuplexPipe": "two-way pipe",
        "ManagerQueue": "manager's queue",
        "SharedMemory": "shared memory",
    }
    sizes = (64, 1024, 65536, 1048576, 0, 16777216)
    # A message of 1 KiB costs about what one of 64 B does, and a large one through a SimpleQueue what it does through its pipe.
    usual = {"Queue": sizes[:4], "Pipe": (64, 65536, 1048576), "submit": (64, 65536, 1048576)}
    return [
        Load(
            channel=channel,
            payload=payload,
            headline=payload == 64 and channel in ("Queue", "Pipe", "submit"),
            full_grid=payload not in usual.get(channel, (64,)),
            needs={need},
            floor={64: "always"}.get(payload, "full") if channel == "Queue" else "",
        )
        for channel, need in (plain | more).items()
        for payload in sizes
    ]


SCENARIO = Scenario(
    section="",
    title="Queue throughput",
    question=__doc__,
    unit="message",
    headline="message",
    styles={"workers": workers, "executor": executor, "floor.thread": floor_thread, "floor.fork": floor_fork},
    absent={"serial": "one thread works alone: there is nobody to send a message to"},
    loads=loads,
    check=check,
)

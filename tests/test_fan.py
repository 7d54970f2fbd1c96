"""Does every message arrive once when several send or receive, and is it told who took how many and who came late?"""

import queue
import sys
import threading

import pytest

from broken import Library, Unreliable, ask, play
from study import scenarios
from study.scenarios import fan
from study.scenarios.fan import END, PAYLOAD, STOP, number_of, numbered, receive, send
from study.stopwatch import Stopwatch

SHAPES = ["1to1", "Nto1", "1toN", "NtoN"]
OPERATIONS = 60


def run(capfd, shape, width=2, library=None, **more):
    return play("fan", capfd, library, shape=shape, width=width, operations=OPERATIONS, **({"rounds": 2} | more))


def library_with(treat, victim=7):
    """Threads whose queue treats the seventh message so; the senders' ends and main's stops pass."""
    return Library(
        Queue=lambda maxsize: Unreliable(maxsize, victim=victim, treat=treat, spares=(END, STOP)),
    )


@pytest.mark.parametrize("width", [2, 3])
@pytest.mark.parametrize("shape", SHAPES)
def test_every_message_arrives_once_whoever_sends_and_receives(capfd, shape, width):
    played = run(capfd, shape, width)
    assert played.refusal is None
    assert played.trace.values("counted") == played.trace.values("different") == [OPERATIONS] * 2


@pytest.mark.parametrize("shape", ["1to1", "NtoN"])
def test_every_message_arrives_once_among_processes(shape):
    answer = ask(sys.executable, "fan", "processes.fork", shape=shape, width=2, operations=OPERATIONS, rounds=2)
    assert answer["trace"].count(f"\tcounted\t{OPERATIONS}") == 2


@pytest.mark.parametrize("width", [1, 2, 3])
def test_every_message_arrives_once_through_an_executor(capfd, width):
    played = play("fan", capfd, style="executor", width=width, operations=OPERATIONS, rounds=2)
    assert (played.refusal, len(played.laps["message"].values)) == (None, 2)


@pytest.mark.parametrize("shape", SHAPES)
def test_a_message_that_is_dropped_is_noticed(capfd, shape):
    played = run(capfd, shape, library=library_with(lambda deliver, message: None), rounds=1)
    assert played.refusal == f"{OPERATIONS - 1} operations arrived, {OPERATIONS} were sent"


@pytest.mark.parametrize("shape", SHAPES)
def test_a_message_that_is_delivered_twice_is_noticed(capfd, shape):
    played = run(capfd, shape, library=library_with(lambda deliver, it: [deliver(it), deliver(it)]), rounds=1)
    assert played.refusal == f"{OPERATIONS + 1} operations arrived, {OPERATIONS} were sent"


@pytest.mark.parametrize("shape", SHAPES)
def test_a_message_that_comes_in_the_place_of_another_is_noticed(capfd, shape):
    library = library_with(lambda deliver, _: deliver(numbered(range(1))[0]))
    played = run(capfd, shape, library=library, rounds=1)
    assert played.refusal in (
        "1 messages came twice, and as many others never came",
        "messages of one sender overtook each other",
    )
    assert sum(played.trace.values("different")) == OPERATIONS - 1


def test_messages_of_one_sender_that_overtake_each_other_are_noticed(capfd):
    kept = []

    class Late(Unreliable):
        def put(self, item, *arguments, **more):
            super().put(item, *arguments, **more)
            if kept and item == END:
                return
            if kept and self.sent > self.victim:
                queue.Queue.put(self, kept.pop())

    library = Library(Queue=lambda maxsize: Late(maxsize, treat=lambda _, message: kept.append(message)))
    played = run(capfd, "1to1", 1, library, rounds=1)
    assert played.refusal == "messages of one sender overtook each other"
    assert played.trace.values("different") == [OPERATIONS]


def test_everything_lost_is_a_wrong_answer_and_no_error(capfd):
    class Hole(queue.Queue):
        def put(self, item, *arguments, **more):
            if item in (END, STOP):
                super().put(item, *arguments, **more)

    played = run(capfd, "1toN", library=Library(Queue=Hole), rounds=1)
    assert played.refusal == f"0 operations arrived, {OPERATIONS} were sent"
    assert "largest share" not in played.laps


class Greedy(queue.Queue):
    """The first to come takes every message; the others get nothing but the stop that ends their round."""

    def __init__(self, maxsize=0):
        super().__init__(maxsize)
        self.owner, self.stops, self.ended = None, queue.Queue(), False

    def put(self, item, *arguments, **more):
        (self.stops if item == STOP else super()).put(item, *arguments, **more)

    def get(self, *arguments, **more):
        with self.mutex:
            self.owner = self.owner or threading.get_ident()
        if self.ended or threading.get_ident() != self.owner:
            return self.stops.get()
        item = super().get(*arguments, **more)
        self.ended = item == END
        return item


def test_one_worker_that_takes_all_has_the_largest_share_there_is(capfd):
    played = run(capfd, "1toN", library=Library(Queue=Greedy), rounds=1)
    assert played.refusal is None
    assert (played.laps["largest share"].values, played.laps["largest share"].unit) == ([1.0], "1")


def told(taken, senders, receivers, capfd):
    stopwatch = Stopwatch()
    fan.tell(stopwatch, taken, senders, receivers)
    events = [line.split("\t")[4:] for line in capfd.readouterr().out.splitlines()]
    shares = stopwatch.laps["largest share"].values if stopwatch.laps else None
    return {name: eval(value) for name, value in events}, shares


@pytest.mark.parametrize(
    ("taken", "share"),
    [
        ([[0, 1], [2, 3]], 0.5),
        ([[0, 1, 2], [3]], 0.75),
        ([[0, 1, 2, 3]], 1.0),
        ([[0], [1], [2], [3]], 0.25),
    ],
)
def test_the_largest_share_is_that_of_the_worker_who_took_most(capfd, taken, share):
    assert told(taken, 1, len(taken) + 1, capfd)[1] == [share]


def test_a_single_receiver_has_no_share_to_speak_of(capfd):
    assert told([[0, 1, 2]], 1, 1, capfd)[1] is None


@pytest.mark.parametrize(
    ("taken", "senders", "in_order"),
    [
        ([[0, 2, 1, 3]], 2, True),  # 0 and 2 are of one sender, 1 and 3 of the other
        ([[2, 0, 1, 3]], 2, False),
        ([[0, 3], [2, 1]], 2, True),  # among receivers there is no order
        ([[1, 0]], 1, False),
    ],
)
def test_only_the_order_of_one_sender_in_one_receiver_is_promised(capfd, taken, senders, in_order):
    assert told(taken, senders, 1, capfd)[0]["in order"] is in_order


class Clock:
    """A clock for each thread: that of the one called late is ahead."""

    def __init__(self, late_ns):
        self.late_ns = late_ns

    def __call__(self):
        return 1_000_000 + (self.late_ns if threading.current_thread().name == "late" else 0)


def test_start_skew_is_what_lies_between_the_first_and_the_last_to_begin(capfd, monkeypatch):
    monkeypatch.setattr(fan, "perf_counter_ns", Clock(late_ns=5_000))
    threads = []

    def named(**more):
        threads.append(threading.Thread(**more, name="late" if not threads else f"Thread-of-test-{len(threads)}"))
        return threads[-1]

    played = run(capfd, "1toN", library=Library(Process=named), rounds=2)
    assert played.laps["start skew"].values == [5_000, 5_000]
    assert played.laps["message"].values == [0, 0]  # the sender was late, the receivers' clock stands still


def test_the_time_ends_with_the_last_senders_last_message(monkeypatch):
    times = iter([100, 700, 900])
    monkeypatch.setattr(fan, "perf_counter_ns", lambda: next(times))
    channel, replies, ended = queue.Queue(), queue.SimpleQueue(), threading.Semaphore(0)
    for message in [*numbered(range(3)), END, END, STOP]:
        channel.put(message)
    receive(channel, threading.Barrier(1), ended, replies, 1)
    assert replies.get() == (100, 900, [0, 1, 2])
    assert ended.acquire(blocking=False)
    assert ended.acquire(blocking=False)
    assert not ended.acquire(blocking=False)


def test_a_sender_ends_what_it_sends_and_says_when_it_began(monkeypatch):
    monkeypatch.setattr(fan, "perf_counter_ns", lambda: 5)
    channel, replies = queue.Queue(), queue.SimpleQueue()
    send(channel, threading.Barrier(1), replies, range(1, 6, 2), 2)
    sent = [channel.get() for _ in range(channel.qsize())]
    assert [number_of(message) for message in sent if message != END] == [1, 3, 5] * 2
    assert sent[3] == sent[7] == END
    assert [replies.get(), replies.get()] == [(5, 0, [])] * 2


def test_a_message_has_the_announced_length_and_its_number_and_is_no_end():
    messages = numbered(range(300))
    assert {len(message) for message in messages} == {PAYLOAD}
    assert [number_of(message) for message in messages] == list(range(300))
    assert not {END, STOP} & set(messages)


def test_a_bounded_queue_never_holds_more_than_its_bound(capfd):
    lengths = []

    class Watched(queue.Queue):
        def put(self, item, *arguments, **more):
            super().put(item, *arguments, **more)
            lengths.append(self.qsize())

    played = run(capfd, "1to1", 1, Library(Queue=Watched), maxsize=5)
    assert played.refusal is None
    assert 0 < max(lengths) <= 5


@pytest.mark.parametrize("cpus", [1, 2, 3, 64])
def test_several_are_as_many_as_there_are_processors_but_at_least_two(cpus):
    loads = scenarios.find("fan").loads(cpus)
    widths = {load.factors["shape"]: load.factors["width"] for load in loads}
    assert widths == {"1to1": 1, "Nto1": max(2, cpus), "1toN": max(2, cpus), "NtoN": max(2, cpus)}


def test_the_bounded_queue_differs_from_the_plainest_load_in_nothing_else():
    loads = scenarios.find("fan").loads(2)
    (bounded,) = [load for load in loads if load.factors["maxsize"]]
    assert bounded.factors == loads[0].factors | {"maxsize": 1000}

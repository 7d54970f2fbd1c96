"""Does a message arrive through every channel, once and in order, and is one that does not noticed?"""

import copy
import queue
import sys
import threading

import pytest

import backends
from broken import Library, Unreliable, ask, play
from study import scenarios
from study.plan import PROFILES, make_plan
from study.scenario import unanswered
from study.scenarios import throughput
from study.scenarios.throughput import FEW, LARGE, RING, SharedRing, ending, endings, marked, marks, ring

THREADS = ["Queue", "SimpleQueue", "Pipe", "JoinableQueue"]
PROCESSES = [*THREADS, "DuplexPipe", "ManagerQueue", "SharedMemory"]
ADDED = ["JoinableQueue", "DuplexPipe", "ManagerQueue", "SharedMemory"]
PAYLOADS = [0, 1, 64]


@pytest.mark.parametrize("payload", PAYLOADS)
@pytest.mark.parametrize("channel", THREADS)
def test_every_message_arrives_through_every_channel_of_threads(capfd, channel, payload):
    played = play("throughput", capfd, channel=channel, payload=payload, operations=40, rounds=2)
    assert played.refusal is None
    assert played.trace.values("counted") == [40, 40]
    assert len(played.laps["message"].values) == 2


@pytest.mark.parametrize("payload", [0, 65536])
@pytest.mark.parametrize("channel", PROCESSES)
def test_every_message_arrives_through_every_channel_of_processes(channel, payload):
    answer = ask(
        sys.executable, "throughput", "processes.fork", channel=channel, payload=payload, operations=40, rounds=2
    )
    assert [len(lap["values"]) for lap in answer["laps"]] == [2]
    assert answer["trace"].count("\tcounted\t40") == 2


@pytest.mark.parametrize("channel", ["Queue", "SharedMemory"])
def test_a_large_message_arrives_too(channel):
    asked = {"channel": channel, "payload": LARGE + 1, "operations": 2 * FEW, "rounds": 1}
    assert ask(sys.executable, "throughput", "processes.fork", **asked)["trace"].count(f"\tcounted\t{2 * FEW}") == 1


@pytest.mark.parametrize("payload", PAYLOADS)
def test_every_message_arrives_through_an_executor(capfd, payload):
    played = play("throughput", capfd, style="executor", payload=payload, operations=40, rounds=2)
    assert (played.refusal, played.trace.values("counted")) == (None, [40, 40])


MISTREATMENTS = {
    "cut short": lambda deliver, message: deliver(message[:-1]),
    "longer": lambda deliver, message: deliver(message + b" "),
    "another one": lambda deliver, message: deliver(message[:-1] + bytes([message[-1] + 1])),
    "empty": lambda deliver, message: deliver(b""),
}


@pytest.mark.parametrize("channel", ["Queue", "JoinableQueue"])
@pytest.mark.parametrize("treat", MISTREATMENTS)
def test_a_message_that_does_not_arrive_as_it_was_sent_is_noticed(capfd, channel, treat):
    library = Library(**{channel: lambda: Unreliable(treat=MISTREATMENTS[treat])})
    played = play("throughput", capfd, library, channel=channel, operations=20, rounds=1)
    left = 0 if treat == "empty" else 19
    assert played.refusal == f"{left} operations arrived, 20 were sent"


def test_an_empty_message_that_is_not_empty_any_more_is_noticed(capfd):
    library = Library(Queue=lambda: Unreliable(treat=MISTREATMENTS["longer"]))
    played = play("throughput", capfd, library, channel="Queue", payload=0, operations=20, rounds=1)
    assert played.refusal == "19 operations arrived, 20 were sent"


def test_two_messages_that_overtake_each_other_are_both_noticed(capfd):
    class Stack(Unreliable):
        """Keeps the third message back until the fourth is there."""

        def put(self, item):
            self.sent += 1
            if self.sent == self.victim:
                self.kept = item
                return
            queue.Queue.put(self, item)
            if self.sent == self.victim + 1:
                queue.Queue.put(self, self.kept)

    played = play("throughput", capfd, Library(Queue=Stack), channel="Queue", operations=20, rounds=1)
    assert played.refusal == "18 operations arrived, 20 were sent"


def test_a_joinable_queue_is_told_of_each_message_that_is_done(capfd):
    made = []

    class Counted(queue.Queue):
        def __init__(self):
            super().__init__()
            made.append(self)
            self.done = 0

        def task_done(self):
            self.done += 1
            super().task_done()

    play("throughput", capfd, Library(JoinableQueue=Counted), channel="JoinableQueue", operations=20, rounds=3)
    assert [(tasks.done, tasks.unfinished_tasks) for tasks in made] == [(60, 0)]


@pytest.mark.parametrize("payload", [1, 64, 1024, 65536, LARGE, LARGE + 1])
def test_messages_in_turn_differ_wherever_there_is_a_byte_to_differ_in(payload):
    own = marked(payload)
    assert len(set(own)) == len(own) == (RING if payload <= LARGE else FEW)
    assert {len(message) for message in own} == {payload}
    assert (
        endings(iter(own).__next__, len(own), payload)
        == [ending(message, payload) for message in own]
        == marks(payload)
    )


def test_empty_messages_carry_nothing():
    assert set(marked(0)) == {b""}
    assert endings(iter(marked(0)).__next__, RING, 0) == marks(0)
    assert endings(iter([b"x"]).__next__, 1, 0) != [0]


def test_after_an_empty_message_none_counts_but_all_are_taken():
    messages = iter([*marked(64)[:3], b"", *marked(64)[3:6]])
    assert endings(messages.__next__, 7, 64) == [-1] * 3
    assert list(messages) == []


def test_large_messages_do_not_fill_the_memory():
    assert len(marks(16 * LARGE)) * 16 * LARGE <= 48 * LARGE


def test_a_ring_is_gone_round_as_often_as_it_takes():
    assert ring(["a", "b", "c"], 7) == ["a", "b", "c", "a", "b", "c", "a"]
    assert ring(["a", "b", "c"], 2) == ["a", "b"]


class Semaphores:
    Semaphore = staticmethod(threading.Semaphore)


@pytest.fixture
def shared():
    """The sender's and the receiver's view of one block of memory: each counts its turns for itself, as a process does."""
    sender = SharedRing(Semaphores, 8)
    yield sender, copy.copy(sender)
    sender.block.close()
    sender.block.unlink()


def test_shared_memory_gives_back_what_was_put_in_in_order_round_after_round(shared):
    sender, receiver = shared
    for number in range(3 * RING):
        sender.put(number.to_bytes(8, "big"))
        assert receiver.get() == number.to_bytes(8, "big")


def test_shared_memory_holds_as_many_messages_as_it_has_places_and_then_makes_the_sender_wait(shared):
    sender, receiver = shared
    sent = [bytes([number] * 8) for number in range(RING)]
    for message in sent:
        sender.put(message)
    assert not sender.free.acquire(blocking=False)
    assert [receiver.get() for _ in sent] == sent
    assert not receiver.full.acquire(blocking=False)
    assert sender.free.acquire(blocking=False)


def test_what_is_taken_from_shared_memory_stays_as_it_was_when_the_place_is_used_again(shared):
    sender, receiver = shared
    sender.put(b"first   ")
    taken = receiver.get()
    for _ in range(RING):
        sender.put(b"later   ")
    assert taken == b"first   "


LOADS = scenarios.find("throughput").loads(2)


def sizes(channel, *, full_grid):
    return {
        load.factors["payload"] for load in LOADS if load.factors["channel"] == channel and load.full_grid <= full_grid
    }


@pytest.mark.parametrize("channel", [*PROCESSES, "submit"])
def test_the_smallest_and_the_largest_payload_are_measured_by_the_full_grid_only(channel):
    assert {0, 16 << 20} <= sizes(channel, full_grid=True)
    assert not {0, 16 << 20} & sizes(channel, full_grid=False)
    assert sizes(channel, full_grid=True) == {0, 64, 1024, 65536, 1 << 20, 16 << 20}


@pytest.mark.parametrize("channel", ["SimpleQueue", *ADDED])
def test_a_channel_that_is_like_another_has_one_payload_in_the_usual_grid(channel):
    assert sizes(channel, full_grid=False) == {64}


@pytest.mark.parametrize("channel", ["Pipe", "submit"])
def test_a_pipe_and_a_submission_have_three_payloads_in_the_usual_grid(channel):
    assert sizes(channel, full_grid=False) == {64, 65536, 1 << 20}


def test_queues_have_four_payloads_in_the_usual_grid():
    assert sizes("Queue", full_grid=False) == {64, 1024, 65536, 1 << 20}


def offered(backend):
    scenario, found = scenarios.find("throughput"), backends.find(backend)
    return {load.factors["channel"] for load in LOADS if not unanswered(scenario, found, (3, 15), load.needs)}


def test_each_backend_is_measured_by_the_channels_its_users_have():
    assert offered("threads") == set(THREADS)
    assert offered("processes.fork") == offered("processes.spawn") == offered("processes.forkserver") == set(PROCESSES)
    assert offered("executors.thread") == offered("executors.interpreter") == {"submit"}
    assert offered("serial") == set()


def test_why_a_channel_is_not_offered_names_what_is_measured_instead():
    scenario = scenarios.find("throughput")
    for load in LOADS:
        for backend in ("threads", "executors.thread", "executors.spawn"):
            reason = unanswered(scenario, backends.find(backend), (3, 13), load.needs)
            assert reason is None or "channel=" in reason or "through a queue" in reason


def test_the_cells_that_were_there_before_are_still_called_as_they_were():
    cells = {cell.cell for cell in make_plan(PROFILES["default"], (3, 13), 2, seed=0).cells}
    assert {
        "throughput/threads/channel=Queue,payload=64",
        "throughput/processes.fork/channel=Pipe,payload=1048576",
        "throughput/executors.spawn/channel=submit,payload=65536",
    } <= cells


def test_only_the_plainest_channels_are_headlines():
    headlines = {load.factors["channel"] for load in LOADS if load.headline}
    assert headlines == {"Queue", "Pipe", "submit"}
    assert throughput.SCENARIO.headline == "message"

"""How does a cell end that hangs, crashes, lies or prints? A scenario for tests: its load says what it does."""

import multiprocessing
import os
import signal
import sys
import time

from study.scenario import Load, Scenario
from study.trace import say

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from study.trace import Trace

FOR_EVER_S = 3600


def hang() -> None:
    time.sleep(FOR_EVER_S)


def hang_stubbornly() -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    time.sleep(FOR_EVER_S)


def hang_with_semaphore() -> None:
    lock = multiprocessing.get_context("spawn").Lock()
    say("main", "made", lock._semlock.name)  # type: ignore[attr-defined]
    time.sleep(FOR_EVER_S)


def crash() -> None:
    os.kill(os.getpid(), signal.SIGSEGV)


def be_killed() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def quit_early() -> None:
    os._exit(3)


def raise_error() -> None:
    raise ValueError("no such luck")


def run_out_of_memory() -> None:
    raise MemoryError("no more")


def print_much() -> None:
    print("a line that is no event\n{'failed': 'a false answer'}")
    sys.stdout.flush()


def lose_one() -> None:
    say("main", "lost", 1)


def leave_orphan() -> None:
    if os.fork() == 0:
        time.sleep(FOR_EVER_S)


def leave_thread() -> None:
    import threading

    threading.Thread(target=time.sleep, args=(FOR_EVER_S,)).start()


def behave() -> None:
    pass


BEHAVIOURS = {
    "behave": behave,
    "hang": hang,
    "hang_stubbornly": hang_stubbornly,
    "hang_with_semaphore": hang_with_semaphore,
    "crash": crash,
    "be_killed": be_killed,
    "quit_early": quit_early,
    "raise_error": raise_error,
    "run_out_of_memory": run_out_of_memory,
    "print_much": print_much,
    "lose_one": lose_one,
    "leave_orphan": leave_orphan,
    "leave_thread": leave_thread,
}


def workers(mp: "Any", stopwatch: "Any", behaviour: str = "behave", rounds: int = 2) -> None:
    for _ in range(rounds):
        with stopwatch("work", 10):
            pass
    say("main", "counted", 10)
    BEHAVIOURS[behaviour]()


def check(trace: "Trace", offers: "frozenset[str]", arguments: "Mapping[str, Any]") -> None:
    trace.counts(10 + len(trace.all("lost")))


SCENARIO = Scenario(
    section="",
    title="Misbehaving",
    question=__doc__,
    unit="nothing",
    headline="work",
    styles={"workers": workers},
    loads=lambda cpus: [Load(behaviour=behaviour) for behaviour in BEHAVIOURS],
    check=check,
    calibrated=False,
)

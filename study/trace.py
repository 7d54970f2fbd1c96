"""What happened, in which order and in which worker: the evidence an answer is judged by."""

import os
import threading
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

# What ast.literal_eval raises for other text.
NO_LITERAL = (ValueError, TypeError, SyntaxError, MemoryError, RecursionError)


def say(actor: str, event: str, value: object = None) -> None:
    """Write one event as one line with one call, so that the lines of several workers never mix."""
    fields = (time.perf_counter_ns(), os.getpid(), threading.get_native_id(), actor, event, repr(value))
    os.write(1, "\t".join(map(str, fields)).encode() + b"\n")


class WrongAnswer(Exception):
    """The scenario ran, but what happened is not what it promises. The message is a sentence for the reader."""


class Event:
    """One line of a trace."""

    __slots__ = ("actor", "event", "pid", "thread", "time_ns", "value")

    def __init__(self, line: str, value_of: "Callable[[str], Any]") -> None:
        """Read what `say` wrote. Raises one of NO_LITERAL for any other text."""
        time_ns, pid, thread, self.actor, self.event, value = line.split("\t")
        self.time_ns = int(time_ns)  #: time.perf_counter_ns of the worker
        self.pid = int(pid)
        self.thread = int(thread)  #: native thread id
        self.value = value_of(value)


class Trace:
    """The events of one run in order of time, and the text that was printed among them."""

    __slots__ = ("events", "printed")

    def __init__(self, text: str, value_of: "Callable[[str], Any] | None" = None) -> None:
        """Read the lines of a trace, values by `value_of`, without which only literals are read."""
        if value_of is None:
            from ast import literal_eval

            value_of = literal_eval
        self.events: list[Event] = []
        self.printed: list[str] = []  #: lines that are no events
        for line in text.splitlines():
            try:
                self.events.append(Event(line, value_of))
            except NO_LITERAL:
                self.printed.append(line)
        self.events.sort(key=lambda event: event.time_ns)

    def all(self, event: str, actor: "str | None" = None) -> "list[Event]":
        """All events of that name, of one actor or of every one."""
        return [found for found in self.events if found.event == event and actor in (None, found.actor)]

    def one(self, event: str, actor: "str | None" = None) -> Event:
        """The only event of that name. Raises WrongAnswer when there are none or several."""
        found = self.all(event, actor)
        self.require(len(found) == 1, f"{actor or 'somebody'} should report {event!r} once, not {len(found)} times")
        return found[0]

    def values(self, event: str, actor: "str | None" = None) -> "list[Any]":
        """What was reported with each event of that name."""
        return [found.value for found in self.all(event, actor)]

    def spans(self, opened: str, closed: str) -> "list[tuple[int, int]]":
        """When each actor opened and closed something, as (begin, end) in nanoseconds, in order of begin."""
        spans = sorted((begin.time_ns, self.one(closed, begin.actor).time_ns) for begin in self.all(opened))
        self.require(all(begin <= end for begin, end in spans), f"{closed!r} should come after {opened!r}")
        return spans

    def overlap(self, opened: str, closed: str) -> int:
        """How many of the spans were open at once, at the most."""
        spans = self.spans(opened, closed)
        return max((sum(begin <= at < end for begin, end in spans) for at, _ in spans), default=0)

    def counts(self, total: int) -> None:
        """Every "counted" adds up to `total`: no operation was lost and none was done twice."""
        counted = sum(self.values("counted"))
        self.require(counted == total, f"{counted} operations arrived, {total} were sent")

    @staticmethod
    def require(fact: bool, sentence: str) -> None:
        """Raise WrongAnswer with the sentence unless the fact holds."""
        if not fact:
            raise WrongAnswer(sentence)

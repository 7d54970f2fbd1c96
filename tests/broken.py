"""Scenarios played in this process, with threads' names, some of which may be broken in a known way."""

import queue
import tempfile
import threading
from pathlib import Path

import backends
from study import launch, scenarios
from study.child.session import default_of
from study.stopwatch import Stopwatch
from study.trace import Trace, WrongAnswer


class Library:
    """What `threads` calls things, or `executors.thread`, but for the names that are given."""

    def __init__(self, backend="threads", **instead):
        self._names = backends.find(backend).lib
        for name, stand_in in instead.items():
            setattr(self, name, stand_in)

    def __getattr__(self, name):
        return getattr(self._names, name)


class Unreliable(queue.Queue):
    """A queue that mistreats the message with that number, counted from 1: the senders' ends are no messages."""

    def __init__(self, maxsize=0, *, victim=3, treat=lambda deliver, message: None, spares=()):
        super().__init__(maxsize)
        self.victim, self.treat, self.spares = victim, treat, spares
        self.sent = 0

    def put(self, item, *arguments, **more):
        if item not in self.spares:
            self.sent += 1
            if self.sent == self.victim:
                self.treat(super().put, item)
                return
        super().put(item, *arguments, **more)


class Played:
    """One run of a body: its laps, and what its check says."""

    def __init__(self, laps, text, scenario, arguments):
        self.laps = laps
        self.trace = Trace(text)
        try:
            scenario.check(self.trace, frozenset(), arguments)
            self.refusal = None
        except WrongAnswer as refusal:
            self.refusal = str(refusal)


def play(name, capfd, library=None, style="workers", **arguments):
    """Run the scenario's body of that style here. Nobody may be left waiting."""
    scenario, stopwatch = scenarios.find(name), Stopwatch()
    body = scenario.styles[style]
    capfd.readouterr()
    body(library or Library("executors.thread" if style == "executor" else "threads"), stopwatch, **arguments)
    assert [thread.name for thread in threading.enumerate() if thread.name.startswith("Thread-")] == []
    laps = {lap.name: lap for lap in stopwatch.laps.values()}
    return Played(laps, capfd.readouterr().out, scenario, arguments_of(body, arguments))


def arguments_of(body, given):
    names = body.__code__.co_varnames[2 : body.__code__.co_argcount]
    return {name: given.get(name, default_of(body, name)) for name in names}


def ask(python, name, backend, **arguments):
    """The same in an interpreter of its own, for backends that are no threads: its answer. It has been checked there."""
    asked = {"do": "run", "scenario": name, "backend": backend, "arguments": arguments}
    with tempfile.TemporaryDirectory(prefix="s") as scratch, launch.adopting_orphans():
        ended = launch.ask(python, asked, Path(scratch))
    assert (ended.status, ended.reason) == ("measured", "")
    return ended.answer

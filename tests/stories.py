"""True stories, told by real children, and what a scenario's check says of a story that was changed."""

import sys
import tempfile
from functools import cache
from pathlib import Path

import backends
from study import launch, scenarios
from study.child.session import default_of
from study.scenario import body_of, unanswered
from study.trace import Trace, WrongAnswer

FEW = {"operations": 4, "rounds": 2, "samples": 40, "tasks": 4, "keys": 4}
FORM = {"startup": {"form": "worker"}, "throughput": {"channel": "Queue"}}
TOLD_BY = ["threads", "processes.fork", "executors.thread"]


class Story:
    """The events of a trace, to be changed."""

    def __init__(self, text):
        self.lines = [line.split("\t") for line in text.splitlines()]

    def text(self):
        return "\n".join("\t".join(map(str, line)) for line in self.lines)

    def find(self, event, actor=None, place=0):
        found = [line for line in self.in_order() if line[4] == event and actor in (None, line[3])]
        return found[place]

    def in_order(self):
        return sorted(self.lines, key=lambda line: int(line[0]))

    def drop(self, event, actor=None, place=0):
        self.lines.remove(self.find(event, actor, place))

    def twice(self, event, place=0):
        self.lines.append(list(self.find(event, None, place)))

    def value(self, event, value, actor=None, place=0):
        self.find(event, actor, place)[5] = repr(value)

    def change(self, event, function, place=0):
        line = self.find(event, None, place)
        line[5] = repr(function(eval(line[5])))

    def swap_times(self, one, other):
        first, second = self.find(*one), self.find(*other)
        first[0], second[0] = second[0], first[0]

    def move(self, event, after, actor=None, place=0):
        """The event happens a nanosecond after another one."""
        self.find(event, actor, place)[0] = int(self.find(*after)[0]) + 1

    def same_place(self, event, other, columns=(1, 2), place=0):
        """The event happens in the process and thread of another one."""
        line, place_of = self.find(event, None, place), self.find(*other)
        for column in columns:
            line[column] = place_of[column]


@cache
def told(scenario_name, backend_name):
    """What a child told, and the arguments that its check was given."""
    scenario, backend = scenarios.find(scenario_name), backends.find(backend_name)
    body = body_of(scenario, backend)
    names = body.__code__.co_varnames[2 : body.__code__.co_argcount]
    wanted = FEW | FORM.get(scenario_name, {}) if backend.style == "workers" else FEW
    arguments = {name: value for name, value in wanted.items() if name in names}
    asked = {"do": "run", "scenario": scenario_name, "backend": backend_name, "arguments": arguments}
    with tempfile.TemporaryDirectory(prefix="s") as scratch:
        ended = launch.ask(sys.executable, asked, Path(scratch))
    assert ended.status == "measured", ended.reason
    return ended.answer["trace"], {name: arguments.get(name, default_of(body, name)) for name in names}


def judge(scenario, backend, text, arguments):
    """The check's verdict on a story: None, or the sentence that refuses it."""
    try:
        scenarios.find(scenario).check(Trace(text), backends.find(backend).offers, arguments)
    except WrongAnswer as refused:
        return str(refused)
    return None


def tellers(scenario):
    """The backends that tell the scenario's story."""
    found = scenarios.find(scenario)
    return [name for name in TOLD_BY if not unanswered(found, backends.find(name), sys.version_info[:2])]


STORIES = [(scenario, backend) for scenario in scenarios.names() for backend in tellers(scenario)]

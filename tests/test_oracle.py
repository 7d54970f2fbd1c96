"""Does each scenario's check accept what really happened, and refuse a story in which one thing went wrong?

The true story of each scenario is told by a real child. A damage is a small change of it that a broken library could
cause; each has to be refused with a sentence. What may be missing from a story without harm is listed with the reason.
"""

import re
import sys
from functools import cache

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import backends
from study import launch, scenarios
from study.child.session import default_of
from study.scenario import body_of
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
def told(scenario_name, backend_name, tmp):
    """What a child told, and the arguments that its check was given."""
    scenario, backend = scenarios.find(scenario_name), backends.find(backend_name)
    body = body_of(scenario, backend)
    names = body.__code__.co_varnames[2 : body.__code__.co_argcount]
    wanted = FEW | FORM.get(scenario_name, {}) if backend.style == "workers" else FEW
    arguments = {name: value for name, value in wanted.items() if name in names}
    asked = {"do": "run", "scenario": scenario_name, "backend": backend_name, "arguments": arguments}
    ended = launch.ask(sys.executable, asked, tmp)
    assert (ended.status, ended.reason) == ("measured", "")
    return ended.answer["trace"], {name: arguments.get(name, default_of(body, name)) for name in names}


@pytest.fixture(scope="module")
def tell(tmp_path_factory):
    tmp = tmp_path_factory.mktemp("told")
    return lambda scenario, backend: told(scenario, backend, tmp)


def judge(scenario, backend, text, arguments):
    """The check's verdict on a story: None, or the sentence that refuses it."""
    try:
        scenarios.find(scenario).check(Trace(text), backends.find(backend).offers, arguments)
    except WrongAnswer as refused:
        return str(refused)
    return None


def less(number):
    return number - 1


def more(number):
    return number + 1


ONE_LOST = ("a message is lost", lambda story: story.change("counted", less))
ONE_TWICE = ("a message comes twice", lambda story: story.change("counted", more))
DAMAGES = {
    "queue": [
        ("the object never arrives", lambda story: story.drop("got")),
        ("the object arrives twice", lambda story: story.twice("got")),
        ("another object arrives", lambda story: story.value("got", "Fancy Stan")),
        ("the object arrives before it is sent", lambda story: story.swap_times(("put",), ("got",))),
        ("the object arrives after the end", lambda story: story.swap_times(("got",), ("joined",))),
        ("the worker is the sender", lambda story: story.same_place("got", ("put",))),
        ("the worker is never joined", lambda story: story.drop("joined")),
        ONE_LOST,
        ONE_TWICE,
    ],
    "joinable_queue": [
        ("a task is never taken", lambda story: story.drop("got", place=3)),
        ("a task is taken twice", lambda story: story.twice("got", place=3)),
        ("a task is taken instead of another", lambda story: story.value("got", "3 * 3", place=4)),
        ("a result is missing", lambda story: story.drop("result")),
        ("a result comes twice", lambda story: story.twice("result")),
        ("a result is wrong", lambda story: story.value("result", "3 * 3 = 10", place=3)),
        ("join returns before the last task is taken", lambda story: story.swap_times(("all done",), ("got", None, 9))),
        ("join never returns", lambda story: story.drop("all done")),
        ("a consumer works after its pill", lambda story: story.move("exiting", ("creating",))),
        ("a consumer takes tasks out of order", lambda story: swap_two_of_one_consumer(story)),
        ONE_LOST,
        ONE_TWICE,
    ],
    "event": [
        ("wait returns False", lambda story: story.value("saw", False)),
        ("wait returns before set is called", lambda story: story.swap_times(("saw",), ("setting",))),
        ("the waiting worker is never woken", lambda story: story.drop("saw")),
        ("the timed wait sees an event that is not set", lambda story: story.value("saw_timeout", True)),
        ("the timed wait never gives up", lambda story: story.drop("saw_timeout")),
        ("set is called while the other still waits", lambda story: story.swap_times(("saw_timeout",), ("setting",))),
        ("the timed wait gives up at once", lambda story: story.move("saw_timeout", ("starting_timeout",))),
        ("a signal is lost", lambda story: story.change("counted", less)),
    ],
    "lock": [
        ("both hold the lock at once", lambda story: story.move("acquired", ("acquired",), place=1)),
        (
            "one never gets the lock",
            lambda story: (story.drop("acquired", "via with"), story.drop("released", "via with")),
        ),
        ("one never lets the lock go", lambda story: story.drop("released")),
        ("one gets the lock twice", lambda story: story.twice("acquired")),
    ],
    "condition": [
        ("a client never runs", lambda story: story.drop("running")),
        ("a client runs twice and the other never", lambda story: rename(story, "running", "stage_2[2]", "stage_2[1]")),
        ("a client runs before stage 1 is done", lambda story: story.swap_times(("running",), ("done",))),
        ("a client is not woken but gives up", lambda story: story.value("running", False)),
        ("a client runs before it starts", lambda story: story.move("starting", ("running", None, 1), "stage_2[1]")),
        ("stage 1 is never done", lambda story: story.drop("done")),
        ("stage 1 is done twice", lambda story: story.twice("done")),
        ("a notification is lost", lambda story: story.change("counted", less)),
    ],
    "semaphore": [
        ("a permit too many", lambda story: all_at_once(story, "acquire")),
        ("a permit too few", lambda story: one_after_the_other(story, "acquire", "release")),
        ("one never gets in", lambda story: (story.drop("acquire", "Process-3"), story.drop("release", "Process-3"))),
        ("one never leaves", lambda story: story.drop("release")),
        ("one gets in twice", lambda story: story.twice("acquire")),
    ],
    "manager": [
        ("a key is missing", lambda story: story.change("dict", lambda it: {k: v for k, v in it.items() if k})),
        ("a value is wrong", lambda story: story.change("dict", lambda it: it | {1: 3})),
        ("a key is too many", lambda story: story.change("dict", lambda it: it | {99: 198})),
        ("an append is lost", lambda story: story.change("list", lambda it: it[1:])),
        ("an append is done twice", lambda story: story.change("list", lambda it: it + it[:1])),
        ("the dict is gone", lambda story: story.drop("dict")),
    ],
    "namespace": [
        ("the value is there before it is set", lambda story: rename_event(story, "before_error", "before")),
        ("another attribute is missing", lambda story: story.value("before_error", "no attribute 'other'")),
        ("the value is gone after it was set", lambda story: story.value("after", None)),
        ("the value changed on its way", lambda story: story.value("after", "This is the valu")),
        ("the value is read before it is set", lambda story: story.swap_times(("after",), ("set",))),
        ("the value is set before the other has looked", lambda story: story.swap_times(("before_error",), ("set",))),
        ("the value is never read", lambda story: story.drop("after")),
        ONE_LOST,
    ],
    "namespace_in_place": [
        ("the list is full before it is changed", lambda story: story.value("before", ["This is the value"])),
        ("the list holds something else", lambda story: story.value("after", ["That is the value"])),
        ("the change is done twice", lambda story: story.value("after", ["This is the value"] * 2)),
        ("one of the appends is treated otherwise", lambda story: story.value("kept", 3)),
        ("the list is never read again", lambda story: story.drop("after")),
    ],
    "pool": [
        ("an answer is missing", lambda story: story.change("output", lambda it: it[:-1])),
        ("two answers are swapped", lambda story: story.change("output", lambda it: [it[1], it[0], *it[2:]])),
        ("an answer is wrong", lambda story: story.change("output", lambda it: [*it[:-1], 19])),
        ("there is no answer", lambda story: story.drop("output")),
        ("a worker is initialized twice", lambda story: story.same_place("starting", ("starting",), place=1)),
        ("a worker is not initialized", lambda story: story.drop("starting")),
        ("a worker too many is initialized", lambda story: story.twice("starting")),
        ONE_LOST,
        ONE_TWICE,
    ],
    "pool_recycling": [
        ("an answer is missing", lambda story: story.change("output", lambda it: it[:-1])),
        ("two answers are swapped", lambda story: story.change("output", lambda it: [it[1], it[0], *it[2:]], place=1)),
        ("a round has no answer", lambda story: story.drop("output")),
        ("an item is worked on twice", lambda story: story.twice("task")),
        ("an item is never worked on", lambda story: story.drop("task")),
        ("a worker does more than it may", lambda story: give_all_tasks_to_one(story)),
        ("no worker is replaced", lambda story: give_all_starts_to_one(story)),
        ("far too many workers are started", lambda story: start_more(story, 40)),
    ],
    "startup": [
        ("a worker is missing", lambda story: story.change("started", lambda it: (it[0], it[1][:-1], it[2]))),
        (
            "a worker ran before it was started",
            lambda story: story.change("started", lambda it: (it[0], [it[0] - 1], it[2])),
        ),
        (
            "a worker ran after it was joined",
            lambda story: story.change("started", lambda it: (it[0], [it[2] + 1], it[2])),
        ),
        ("a start is missing", lambda story: story.drop("started")),
        ("a start too many", lambda story: story.twice("started")),
    ],
    "throughput": [ONE_LOST, ONE_TWICE, ("a round is missing", lambda story: story.drop("counted"))],
    "latency": [ONE_LOST, ONE_TWICE, ("a round is missing", lambda story: story.drop("counted"))],
    "scaling": [
        ("an answer is wrong", lambda story: story.value("right", (4, False))),
        ("an answer is missing", lambda story: story.value("right", (3, True), place=-1)),
        ("nothing is answered", lambda story: story.lines.clear()),
    ],
}
# What a story may lack without the answer being wrong, and why.
HARMLESS = {
    "joinable_queue": {
        "creating": "an announcement",
        "exiting": "a consumer that did not exit would never be joined: the body would not end",
    },
    "event": {
        "waiting": "an announcement",
        "starting": "an announcement; the worker tells later what it saw",
        "event is set": "an announcement; what counts is when set() was called",
    },
    "condition": {"starting": "stage 1's is an announcement; what counts is when it was done"},
    "pool": {"input": "an announcement"},
    "pool_recycling": {"input": "an announcement", "starting": "the number of workers that were replaced is a range"},
    "scaling": {"right": "said by the main thread itself for each map() that came back"},
}

BY_CHANCE = {"starting"}  # of a recycled worker: noticed when as few were started as are possible


def rename(story, event, actor, new):
    story.find(event, actor)[3] = new


def rename_event(story, event, new):
    story.find(event)[4] = new


def swap_two_of_one_consumer(story):
    """One consumer takes all tasks, two of them the wrong way round."""
    for line in story.lines:
        if line[4] == "got":
            line[3] = "Consumer-1"
    story.swap_times(("got", None, 3), ("got", None, 4))


def all_at_once(story, opened):
    """Everybody gets in before anybody leaves."""
    for number, begin in enumerate(line for line in story.lines if line[4] == opened):
        begin[0] = number


def one_after_the_other(story, opened, closed):
    """Each gets in only when the one before has left."""
    begins = sorted((line for line in story.lines if line[4] == opened), key=lambda line: int(line[0]))
    for number, begin in enumerate(begins):
        begin[0] = 2 * number
        story.find(closed, begin[3])[0] = 2 * number + 1


def give_all_tasks_to_one(story):
    pid = story.find("starting")[1]
    for line in story.lines:
        if line[4] == "task":
            line[1] = pid


def give_all_starts_to_one(story):
    pid = story.find("starting")[1]
    for line in story.lines:
        if line[4] in ("starting", "task"):
            line[1] = pid


def start_more(story, many):
    for number in range(many):
        line = list(story.find("starting"))
        line[1] = 10**8 + number
        story.lines.append(line)


def tellers(scenario):
    """The backends that tell the scenario's story."""
    return ["processes.fork"] if "recycled workers" in scenarios.find(scenario).needs else TOLD_BY


STORIES = [(scenario, backend) for scenario in scenarios.names() for backend in tellers(scenario)]
# A consumer's pill is a matter of workers that read a queue; an executor has none, and its tasks no takers by name.
ONLY_WORKERS = {"a consumer works after its pill", "a consumer takes tasks out of order"}
EVERY_DAMAGE = [
    pytest.param(scenario, backend, damage, id=f"{scenario}-{backend}-{name}")
    for scenario, backend in STORIES
    for name, damage in DAMAGES[scenario]
    if name not in ONLY_WORKERS or backends.find(backend).style == "workers"
]


def test_every_scenario_has_its_damages():
    assert set(DAMAGES) == set(scenarios.names())
    assert all(len({name for name, _ in damages}) == len(damages) >= 3 for damages in DAMAGES.values())


@pytest.mark.parametrize(("scenario", "backend"), STORIES)
def test_a_true_story_is_accepted(scenario, backend, tell):
    text, arguments = tell(scenario, backend)
    assert judge(scenario, backend, text, arguments) is None
    assert Story(text).text() == text.rstrip("\n")


@pytest.mark.parametrize(("scenario", "backend", "damage"), EVERY_DAMAGE)
def test_a_damaged_story_is_refused_with_a_sentence(scenario, backend, damage, tell):
    text, arguments = tell(scenario, backend)
    story = Story(text)
    damage(story)
    assert story.text() != Story(text).text()
    sentence = judge(scenario, backend, story.text(), arguments)
    assert sentence is not None
    assert len(sentence.split()) >= 4
    assert not re.search(r"[{}]|\n|^\s|\s$", sentence.replace("{0: 0", ""))


def unnoticed_without(scenario, backend, tell):
    """The events of which one can be missing and the story is still accepted."""
    text, arguments = tell(scenario, backend)
    lines = text.splitlines()
    return {
        line.split("\t")[4]
        for number, line in enumerate(lines)
        if not line.endswith("\tcounted\t0")  # a worker that found nothing to do counts nothing
        and judge(scenario, backend, "\n".join(lines[:number] + lines[number + 1 :]), arguments) is None
    }


@pytest.mark.parametrize(("scenario", "backend"), STORIES)
def test_any_one_event_that_is_missing_is_noticed_or_known_to_be_harmless(scenario, backend, tell):
    assert unnoticed_without(scenario, backend, tell) <= set(HARMLESS.get(scenario, {}))


@pytest.mark.parametrize("scenario", HARMLESS)
def test_what_is_known_to_be_harmless_is_not_noticed(scenario, tell):
    """Otherwise the list would excuse what the check does notice."""
    unnoticed = set().union(*(unnoticed_without(scenario, backend, tell) for backend in tellers(scenario)))
    assert unnoticed | BY_CHANCE >= set(HARMLESS[scenario])


@pytest.mark.parametrize("scenario", scenarios.names())
def test_an_empty_story_is_refused(scenario, tell):
    backend = tellers(scenario)[0]
    _, arguments = tell(scenario, backend)
    assert judge(scenario, backend, "", arguments)
    assert judge(scenario, backend, "Traceback (most recent call last):\nRuntimeError", arguments)


on_a_busy_machine_too = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
COUNTING = [scenario for scenario, damages in DAMAGES.items() if ONE_LOST in damages]


@on_a_busy_machine_too
@given(scenario=st.sampled_from(COUNTING), count=st.integers(-10, 10**6))
def test_no_other_count_than_the_right_one_is_accepted(scenario, count, tell):
    text, arguments = tell(scenario, "threads")
    story = Story(text)
    right = eval(story.find("counted")[5])
    story.value("counted", count)
    assert (judge(scenario, "threads", story.text(), arguments) is None) == (count == right)


@on_a_busy_machine_too
@given(told_by=st.sampled_from(STORIES), data=st.data())
def test_the_order_of_the_lines_does_not_matter(told_by, data, tell):
    """Workers write when they can; the times decide."""
    text, arguments = tell(*told_by)
    lines = data.draw(st.permutations(text.splitlines()))
    assert judge(*told_by, "\n".join(lines), arguments) is None


@on_a_busy_machine_too
@given(told_by=st.sampled_from(STORIES), shift_ns=st.integers(-(10**6), 10**15))
def test_the_time_of_day_does_not_matter(told_by, shift_ns, tell):
    if told_by[0] == "startup":
        return  # its events hold times
    text, arguments = tell(*told_by)
    story = Story(text)
    for line in story.lines:
        line[0] = int(line[0]) + shift_ns
    assert judge(*told_by, story.text(), arguments) is None


@pytest.mark.parametrize(
    ("teller", "judged_as"), [("threads", "processes.fork"), ("processes.fork", "threads")], ids=["thread", "process"]
)
@pytest.mark.parametrize("scenario", ["queue", "namespace_in_place"])
def test_where_threads_and_processes_should_differ_one_is_not_taken_for_the_other(scenario, teller, judged_as, tell):
    text, arguments = tell(scenario, teller)
    assert judge(scenario, judged_as, text, arguments)

"""Of all that an interpreter left behind, what is the verdict on it, and how is that told in a word and in a sentence?"""

import dataclasses
import signal
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from study import accounts, attempt, launch, outcomes
from study.accounts import Seen
from study.attempt import Attempt, Outcome
from study.notation import CONTROL

STEP_NS = 250_000_000
KILLED = "killed_worker"
Event = tuple[str, object]


def calls(doing: str, line: int = 9, event: str = "calling") -> Event:
    return event, (doing, f"{launch.BARE.parents[2]}/study/hazards/{KILLED}.py:{line}")


def raises(kind: str, message: str = "", cause: str = "") -> Event:
    return "raised", (kind, message, cause, f"Traceback …\n{kind}\n")


RETURNED: Event = ("returned", "1")
AGAIN = "calling afterwards"


def judged(*events: Event, **child: object) -> Attempt:
    """The verdict on a child of that story, a quarter of a second between two events, which is over and left nothing."""
    text = "".join(f"{at * STEP_NS}\t1\t1\tmain\t{event}\t{value!r}\n" for at, (event, value) in enumerate(events))
    usual = {"hung": False, "left": (), "exit_code": 0, "stacks": "", "begun": 0.0, "told": ""}
    made = SimpleNamespace(**{**usual, **child})
    made.trace, made.errors = lambda: text, lambda: made.told
    return attempt._judge(made, KILLED, "threads", Path("/scratch"))  # type: ignore[arg-type]


FAILED = (calls("map"), raises("OSError", "gone"))
FINE = (calls("map"), RETURNED)


@pytest.mark.parametrize(
    ("events", "child", "outcome", "what"),
    [
        ((), {}, Outcome.WORKS, ""),
        (FAILED, {}, Outcome.RAISES, "OSError"),
        ((*FAILED, ("answered", ("a copy", "it is"))), {}, Outcome.ANSWERS, "a copy"),
        (
            (("answered", ("a copy", "")), ("broken", "no such file")),
            {},
            Outcome.WRONG,
            "the program that shows it fails",
        ),
        ((("broken", "no such file"),), {"exit_code": 3}, Outcome.DIES, "exit code 3"),
        ((*FINE, ("ending itself", None)), {"exit_code": 3}, Outcome.WORKS, ""),
        (FINE, {"exit_code": -9, "hung": True}, Outcome.HANGS, "the end of the program"),
        ((calls("map"),), {"exit_code": -9, "hung": True}, Outcome.HANGS, "map"),
        ((), {"hung": True}, Outcome.HANGS, "the end of the program"),
        ((*FAILED, calls("join", event=AGAIN)), {"hung": True, "exit_code": -9}, Outcome.RAISES, "OSError"),
        ((calls("map"), calls("join", event=AGAIN)), {"hung": True}, Outcome.HANGS, "map"),
        ((*FAILED, ("hung", None)), {"exit_code": 3}, Outcome.HANGS, "map"),
        ((("hung", None), ("found", ("loses data", "1 of 2"))), {"hung": True}, Outcome.LOSES, "1 of 2"),
        ((("found", ("hangs", "1 of 8")), ("found", ("loses data", "2"))), {}, Outcome.HANGS, "1 of 8"),
        ((("found", ("hangs", "1 of 8")),), {"left": ("worker",)}, Outcome.ORPHANS, "1 processes"),
        ((("owns", "psm_gone"),), {"left": ("worker", "worker")}, Outcome.ORPHANS, "2 processes"),
        ((("owns", "psm_1"), ("owns", "/psm_2")), {"left": ("worker",)}, Outcome.LEAKS, "psm_1, /psm_2"),
    ],
)
def test_what_is_worse_hides_what_is_better(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    events: tuple[Event, ...],
    child: dict[str, object],
    outcome: Outcome,
    what: str,
) -> None:
    monkeypatch.setattr(attempt, "SHARED_MEMORY", tmp_path)
    for name in ("psm_1", "psm_2", "another"):
        (tmp_path / name).touch()
    told = judged(*events, **child)
    assert (told.outcome, told.what[: len(what) or None]) == (outcome, what)
    named = {"psm_1", "psm_2"} if outcome is Outcome.LEAKS else set()
    assert {path.name for path in tmp_path.iterdir()} == {"psm_1", "psm_2", "another"} - named


def test_the_call_that_is_told_of_is_the_first_that_went_wrong_or_else_the_first() -> None:
    told = judged(calls("start", 4), RETURNED, calls("join", 7), raises("KeyError", "", "OSError"))
    assert (told.doing, told.source, told.cause) == ("join", f"study/hazards/{KILLED}.py:7", "OSError")
    told = judged(calls("start", 4), RETURNED, calls("join", 7), RETURNED)
    assert (told.doing, told.outcome) == ("start", Outcome.WORKS)
    told = judged(calls("again", event=AGAIN), raises("KeyError"))
    assert (told.doing, told.outcome, told.afterwards) == ("", Outcome.WORKS, {"again": "raises KeyError"})


def test_a_caller_knows_when_the_call_came_back_and_not_before() -> None:
    told = judged(("answered", ("a copy", "")), calls("map"), ("surprise", 1), raises("OSError"))
    assert told.known_s == 2 * STEP_NS / 1e9
    assert judged(calls("map"), hung=True).known_s is None


def test_who_died_is_told_with_its_last_words() -> None:
    told = judged(calls("map"), exit_code=-signal.SIGSEGV, told="one\nthe last words\n\n")
    assert (told.outcome, told.what, told.detail) == (Outcome.DIES, "SIGSEGV", "the last words")
    assert judged(exit_code=1).detail == ""


def test_of_much_that_is_written_the_beginning_is_kept_and_of_stacks_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attempt, "LONGEST_STORY", 4)
    told = judged(stacks="first, last", told="first, last", hung=True)
    assert (told.story, told.stacks) == ("firs", "last")


THREAD = 'Thread 0x{number} (most recent call first):\n  File "/lib/{file}.py", line {number} in {function}\n'


def test_a_hang_is_said_to_be_where_the_main_thread_of_the_first_process_stands() -> None:
    first = [THREAD.format(number=n, file=name, function=name) for n, name in ((1, "feeder"), (2, "main"))]
    second = THREAD.format(number=3, file="worker", function="work")
    dump = "Fatal Python error: Aborted\n\n" + "\n".join(first) + "\nExtension modules: x\nFatal …\n\n" + second
    assert attempt.where(dump) == "in main (main.py:2)"
    assert attempt.where("no dump") == attempt.where("") == ""


class Process:
    """A process that is not there: its command line, and that of its parent."""

    def __init__(self, *words: str, parent: "Process | None" = None, gone: bool = False) -> None:
        self.words, self._parent, self.gone = list(words), parent, gone

    def cmdline(self) -> list[str]:
        if self.gone:
            raise psutil.NoSuchProcess(1)
        return self.words

    def parent(self) -> "Process | None":
        return self._parent


SERVER = Process("python", "-c", "from multiprocessing.forkserver import main")
TRACKER = Process("python", "-c", "from multiprocessing.resource_tracker import main", parent=Process("sh"))


@pytest.mark.parametrize(
    ("process", "name"),
    [
        (SERVER, "forkserver"),
        (TRACKER, "resource tracker"),
        (Process(*SERVER.words, parent=SERVER), "worker"),
        (Process("python", "program.py", parent=Process("python", "program.py")), "worker"),
        (Process(gone=True), "ended meanwhile"),
        (Process("python", parent=Process(gone=True)), "ended meanwhile"),
    ],
)
def test_who_is_left_is_called_by_what_it_does(process: Process, name: str) -> None:
    assert attempt._called(process) == name  # type: ignore[arg-type]


# Of several attempts


def became(outcome: Outcome, what: str = "it", backend: str = "threads", **more: object) -> Attempt:
    return dataclasses.replace(Attempt(KILLED, backend, outcome, what, doing="map"), **more)


def test_what_chance_decides_is_told_in_the_order_of_its_danger_and_not_of_its_frequency() -> None:
    raised = [became(Outcome.RAISES, f"a.{name}") for name in ("Late", "Broken", "Late")]
    tries = (became(Outcome.WORKS), *raised, became(Outcome.DIES, "SIGKILL"), became(Outcome.WORKS))
    label = "ends the whole program 1 of 6, raises Late 2 of 6, raises Broken 1 of 6, works 2 of 6"
    assert outcomes.Seen(KILLED, "threads", "3.13.1", tries).label == label


def test_how_long_a_caller_was_in_the_dark_is_counted_only_where_it_was_told() -> None:
    raised = became(Outcome.RAISES, known_s=0.04)
    others = [became(Outcome.WORKS, known_s=9.0), became(Outcome.DIES, known_s=8.0), became(Outcome.RAISES)]
    assert outcomes.knew([raised, *others]) == "known after 0.04 s"
    assert accounts.knew([Seen("3.13.1", (one,)) for one in (raised, *others)]) == "after 40.0 ms"
    assert outcomes.knew(others[1:2]) == outcomes.knew(others[2:]) == ""
    late = [became(Outcome.RAISES, known_s=seconds) for seconds in (0.7, 0.96, 1.2)]
    assert (outcomes.knew(late), outcomes.knew(late[1:])) == ("known after 0.7 to 1 s", "known after 1 s")


def test_issues_are_those_of_the_backends_that_show_it_each_once() -> None:
    def shown(*backends: str, outcome: Outcome = Outcome.HANGS) -> list[str]:
        seen = [
            outcomes.Seen("interrupt_in_task", name, "3.13.1", (became(outcome, hazard="interrupt_in_task"),))
            for name in backends
        ]
        return outcomes.issues_of(outcomes.Shared("hangs", tuple(seen)))

    assert shown("processes.fork", "processes.spawn", "threads") == ["gh-101081", "gh-66587"]
    assert shown("threads", "executors.fork") == ["gh-101081"]
    assert shown("threads", outcome=Outcome.WORKS) == shown("serial") == []


# In a sentence


@pytest.mark.parametrize(
    ("one", "sentence"),
    [
        (became(Outcome.WORKS), "map came to its end as if nothing had happened."),
        (became(Outcome.WORKS, doing=""), "It came to its end as if nothing had happened."),
        (became(Outcome.ANSWERS, "a copy"), "a copy."),
        (became(Outcome.ANSWERS, "a copy", detail="it is another object"), "a copy: it is another object"),
        (became(Outcome.RAISES, "a.Broken"), "map raised a.Broken."),
        (became(Outcome.RAISES, "E", cause="C", detail="why"), "map raised E, caused by C: why"),
        (became(Outcome.HANGS, "", detail="no answer within 10 s"), "map did not come to its end within 10 s."),
        (
            became(Outcome.HANGS, "the end of it", detail="in f"),
            "the end of it did not come to its end within 10 s, in f.",
        ),
        (became(Outcome.DIES, "SIGKILL"), "The whole program died (SIGKILL)."),
        (became(Outcome.DIES, "exit code 1", detail="words"), "The whole program died (exit code 1): words"),
        (became(Outcome.ORPHANS, detail="worker"), "When the program was gone, these were still there: worker."),
        (became(Outcome.LEAKS, "psm_1"), "Something was left behind: psm_1."),
        (became(Outcome.LOSES, "1 of 2"), "Loses data: 1 of 2."),
    ],
)
def test_a_sentence_says_what_was_done_and_what_came_of_it(one: Attempt, sentence: str) -> None:
    assert Seen("3.13.1", (one,)).sentence == sentence


def test_of_attempts_that_are_equally_bad_the_first_is_shown_and_its_word_counted() -> None:
    tries = [became(Outcome.RAISES, f"a.{name}", detail=name) for name in ("First", "Second", "Second")]
    seen = Seen("3.13.1", (became(Outcome.WORKS), *tries))
    assert (seen.word, seen.kind, seen.sentence) == ("First (1 of 4)", "raises", "map raised a.First: First")


def test_a_pair_that_was_not_tried_has_its_reason_and_one_not_reached_says_so() -> None:
    untried, unreached = Seen("3.13.1", reason="there is no worker"), Seen("3.13.1")
    assert (untried.word, untried.kind, untried.sentence) == ("not offered", "", "there is no worker")
    assert (unreached.word, unreached.kind) == ("not reached", "")
    assert unreached.sentence == "The run ended before it was tried."
    assert untried.afterwards == untried.stacks == untried.traceback == ""


@settings(deadline=None)
@given(st.sampled_from(Outcome), st.text(), st.text())
def test_whatever_an_interpreter_wrote_nothing_invisible_is_told_of_it(outcome: Outcome, text: str, other: str) -> None:
    fields = dict.fromkeys(("what", "detail", "cause", "doing", "traceback", "stacks"), text + "\x1b" + other)
    seen = Seen("3.13.1", (became(outcome, **fields, afterwards={text: other}),))  # type: ignore[arg-type]
    for told in (seen.word, seen.sentence, seen.afterwards, seen.stacks, seen.traceback):
        assert not CONTROL.search(told)
    assert len(seen.word) <= accounts.LONGEST_WORD


@pytest.mark.parametrize(("more", "ending"), [(0, []), (1, ["… and 1 lines more"]), (70, ["… and 70 lines more"])])
def test_a_long_traceback_says_how_much_is_left_out(more: int, ending: list[str]) -> None:
    lines = [str(number) for number in range(accounts.MOST_LINES + more)]
    assert accounts.shortened("\n".join(lines)).splitlines() == lines[: accounts.MOST_LINES] + ending

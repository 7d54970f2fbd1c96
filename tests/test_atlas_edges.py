"""By which line is an error known, which of several is told, and how is a text taken apart that is longer or odder than most?"""

import dataclasses
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from study import atlas
from study.atlas import Explanation, reading, telling
from study.atlas.entry import BY_THE_WAY, EXPLAINS, FOLLOWS, Entry, Evidence, Hang, Message
from study.atlas.reading import Frame, Line, Stack, last_error, lines_of, stacks_of

SAID = {"what": "It is so.", "cause": "Because.", "fix": "Mend it."}
HEAD = "Traceback (most recent call last):\n"


def message(name: str = "made_up", words: str = r"^Odd\b", **more: object) -> Message:
    return Message(name=name, words=words, **{**SAID, **more})  # type: ignore[arg-type]


def frame(place: str, line: int = 1) -> str:
    file, _, function = place.partition(":")
    return f'  File "{file}", line {line}, in {function}\n'


def known_at(entry: Entry, text: str) -> int | None:
    line = entry.evidence(Evidence(text, lines_of(text), stacks_of(text)))
    return line.number if line else None


# An entry


def test_of_several_lines_that_name_an_error_the_last_is_shown() -> None:
    assert known_at(message(), "Odd one\nother\nOdd two\nother") == 3
    assert known_at(message(), "other\nNot Odd") is None


def test_an_error_is_known_by_the_frames_above_its_own_line_and_not_by_those_of_another() -> None:
    ours = f"{HEAD}{frame('program.py:main')}{frame('lib/pool.py:get')}Odd\n"
    outer = f"{HEAD}{frame('lib/pool.py:get')}{frame('program.py:main')}Odd\n"
    other = f"{HEAD}{frame('program.py:main')}Odd\n{HEAD}{frame('lib/pool.py:get')}Even\n"
    within, innermost = message(within=("pool.py:get", "x.py")), message(innermost=("x.py", "pool.py:get"))
    assert [known_at(within, text) for text in (ours, outer, other)] == [4, 4, None]
    assert [known_at(innermost, text) for text in (ours, outer, other)] == [4, None, None]
    assert known_at(innermost, "Odd") is known_at(within, "Odd") is None


def test_what_must_not_be_in_the_text_may_be_nowhere_in_it() -> None:
    entry = message(without="manager")
    assert known_at(entry, "Odd\nmanage") == 1
    assert known_at(entry, "Odd\nmanager") is None
    assert known_at(entry, f"{HEAD}{frame('lib/manager.py:get')}Odd") is None


def dump(*threads: str) -> str:
    """Threads as they are dumped, each "outermost inner innermost"."""
    told = ""
    for number, way in enumerate(threads):
        frames = "".join(f'  File "{place.replace(":", chr(34) + ", line 1 in ")}\n' for place in reversed(way.split()))
        told += f"Thread 0x{number} (most recent call first):\n{frames}\n"
    return told


def hang(*stands: tuple[str, ...], **more: object) -> Hang:
    return Hang(name="stands", stands=stands, **{**SAID, **more})  # type: ignore[arg-type]


def test_a_way_is_gone_from_the_outermost_call_inwards_whatever_lies_between() -> None:
    entry = hang(("a.py:f", "b.py:g"))
    assert known_at(entry, dump("m.py:x a.py:f c.py:h b.py:g d.py:i")) == 1
    assert known_at(entry, dump("b.py:g a.py:f")) is None
    assert known_at(entry, dump("a.py:f", "b.py:g")) is None
    assert known_at(hang(("a.py:f", "a.py:f")), dump("a.py:f")) is None


def test_all_ways_must_be_gone_by_some_thread_and_the_first_is_shown() -> None:
    entry = hang(("a.py:f",), ("b.py:g",))
    assert known_at(entry, dump("b.py:g", "a.py:f")) == 4
    assert known_at(entry, dump("a.py:f", "a.py:f")) is None


def test_only_a_dump_of_all_threads_can_tell_that_one_is_missing() -> None:
    entry = hang(("a.py:f",), missing=("c.py:h",))
    assert known_at(entry, dump("a.py:f")) == 1
    assert known_at(entry, dump("a.py:f", "m.py:x c.py:h n.py:y")) is None
    assert known_at(entry, f"{HEAD}{frame('a.py:f')}KeyboardInterrupt\n") is None
    assert known_at(hang(("a.py:f",)), f"{HEAD}{frame('a.py:f')}KeyboardInterrupt\n") == 3


@settings(deadline=None)
@given(st.text(alphabet="abc/.\\:_"), st.sampled_from(["pool.py", "queue.py", "multiprocessing/pool.py"]))
def test_a_frame_is_in_a_file_only_by_whole_names(before: str, file: str) -> None:
    apart = not before or before[-1] in "/\\"
    assert Frame(before + file, 1, "get").is_at(file) == apart
    assert Frame(before + file, 1, "get").is_at(f"{file}:put", f"{file}:get") == apart
    assert not Frame(before + file, 1, "get").is_at(f"{file}:put", f"{file}:ge")


# Of several


def explained(monkeypatch: pytest.MonkeyPatch, text: str, *entries: Entry) -> list[str]:
    monkeypatch.setattr(atlas, "entries", lambda: entries)
    return [one.entry.name for one in atlas.explain(text)]


def test_a_line_is_explained_once_by_the_most_special_that_knows_it(monkeypatch: pytest.MonkeyPatch) -> None:
    assert explained(monkeypatch, "Odd", message("first"), message("second")) == ["first"]
    assert explained(monkeypatch, "Odd\nEven", message("odd"), message("even", "Even")) == ["odd", "even"]


def test_a_text_shows_one_standstill_however_many_threads_stand(monkeypatch: pytest.MonkeyPatch) -> None:
    text = dump("a.py:f", "b.py:g") + "Odd\n"
    special, plain = hang(("b.py:g",)), dataclasses.replace(hang(("a.py:f",)), name="plain")
    assert explained(monkeypatch, text, special, plain, message()) == ["made_up", "stands"]


def test_what_explains_comes_first_then_what_follows_and_of_equals_the_earlier_line(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    orders = (BY_THE_WAY, FOLLOWS, EXPLAINS, FOLLOWS, EXPLAINS, EXPLAINS, EXPLAINS)
    entries = [message(f"e{at}", f"^e{at}$", order=order) for at, order in enumerate(orders)]
    text = "\n".join(entry.name for entry in entries)
    told = explained(monkeypatch, text, *reversed(entries))
    assert told == ["e2", "e4", "e5", "e6", "e1"]
    assert len(told) == atlas.MOST_EXPLAINED


# A text


def test_what_lies_beyond_the_longest_line_and_the_most_lines_is_not_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    long = "x" * reading.LONGEST_LINE
    assert [line.text for line in lines_of(f"{long}Odd\nOdd")] == [long, "Odd"]
    monkeypatch.setattr(reading, "MOST_LINES", 2)
    assert [line.number for line in lines_of("a\nb\nc")] == [1, 2]


def test_a_dump_is_told_from_a_traceback_that_follows_it() -> None:
    text = dump("a.py:f") + HEAD + frame("b.py:g") + "KeyboardInterrupt\n"
    one, other = stacks_of(text)
    assert (one.of_many, [found.file for found in one.frames]) == (True, ["a.py"])
    assert (other.of_many, [found.file for found in other.frames], other.line.number) == (False, ["b.py"], 6)


def test_a_thread_without_a_frame_stands_nowhere() -> None:
    text = "Thread 0x1 (most recent call first):\n  <no Python frame>\n" + dump("a.py:f b.py:g")
    (stack,) = stacks_of(text)
    line = Line(3, "Thread 0x0 (most recent call first):")
    assert stack == Stack(line, (Frame("b.py", 1, "g"), Frame("a.py", 1, "f")), of_many=True)


def test_a_method_is_known_by_its_own_name_and_a_line_number_by_its_first_digits() -> None:
    (line,) = (one for one in lines_of(HEAD + frame("a.py:Pool._work.get", int("9" * 30)) + "Odd") if one.text == "Odd")
    assert line.frames == (Frame("a.py", 999_999_999, "get"),)


def test_the_last_error_is_the_last_that_ends_a_traceback_and_one_by_its_name_before_one_by_its_looks() -> None:
    text = f"{HEAD}{frame('a.py:f')}KeyError: 'x'\n\n{HEAD}{frame('a.py:f')}shop.Closed: till nine\n"
    found = last_error(lines_of(text))
    assert found is not None
    assert (found.text, found.number) == ("KeyError: 'x'", 3)
    found = last_error(lines_of(text.replace("KeyError: 'x'", "nothing")))
    assert found is not None
    assert (found.text, found.number) == ("shop.Closed: till nine", 7)
    assert last_error(lines_of("KeyError: 'x'")) is None


# What is told


def test_what_is_also_in_a_text_is_said_once_to_be_so_and_in_order() -> None:
    found = [Explanation(message(f"e{at}", what=f"What {at}."), Line(at, f" it\x1b {at} ")) for at in range(1, 4)]
    text = telling.as_text(found, "", 60)
    assert text.count("Also in this text:") == 1
    assert text.index("What 1.") < text.index("Also in") < text.index("What 2.") < text.index("What 3.")
    assert "Seen in     line 2: it� 2\n" in text
    assert "See it" not in text
    assert "CPython" not in text
    document = json.loads(telling.as_json(found, ""))
    assert [(one["name"], one["line"], one["words"]) for one in document["explanations"]] == [
        (f"e{at}", at, f"it� {at}") for at in range(1, 4)
    ]
    assert "next" not in document


def test_code_keeps_its_lines_and_what_can_be_tried_its_command() -> None:
    entry = message(code="one()\n    two()", hazard="h", scenario="s", issue="gh-1", versions="3.14")
    lines = telling.as_text([Explanation(entry, Line(1, "it"))], "", 30).splitlines()
    margin = " " * (telling.MARGIN + 2)
    assert lines[lines.index(f"{margin}one()") + 1] == f"{margin}    two()"
    text = " ".join(" ".join(lines).split())
    assert "See it python -m study failures -k h and python -m study show s CPython gh-1; 3.14" in text

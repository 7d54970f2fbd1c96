"""A scenario that is written in an unusual way is still a script that runs by itself, in the library's own names."""

import importlib
import itertools
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import backends
from backends import Backend
from study.scenario import Scenario
from study.script import script

THREADS = backends.find("threads")
NUMBERS = itertools.count()
PATIENCE_S = 60

Writing = Callable[..., str]


@pytest.fixture
def written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Writing:
    """The script for threads of a scenario whose file is this text."""
    monkeypatch.syspath_prepend(str(tmp_path))

    def of(text: str, backend: Backend = THREADS) -> str:
        name = f"edge_{next(NUMBERS)}"
        (tmp_path / f"{name}.py").write_text(text, encoding="utf-8")
        module = importlib.import_module(name)
        made = Scenario(
            section="4",
            title="Edge",
            question="Does it run?",
            unit="lap",
            headline="lap",
            styles={"workers": module.workers},
            loads=lambda cpus: [],
            check=lambda trace, offers, arguments: None,
        )
        return script(made, backend, (3, 14))

    return of


def said_by(text: str, folder: Path) -> list[str]:
    """What the script prints when it is run in a folder where there is nothing else."""
    (folder / "alone").mkdir()
    (folder / "alone" / "script.py").write_text(text, encoding="utf-8")
    ran = subprocess.run(
        [sys.executable, "-I", "-W", "error", "script.py"],
        cwd=folder / "alone",
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    assert ran.stderr == ""
    return ran.stdout.splitlines()


def test_an_import_keeps_its_alias(written: Writing, tmp_path: Path) -> None:
    text = written(
        "import os.path as place\nfrom time import sleep as rest\n\n\n"
        "def workers(mp, stopwatch):\n    rest(0)\n    print(place.join('a', 'b'))\n"
    )
    assert "import os.path as place\nfrom time import sleep as rest\n" in text
    assert said_by(text, tmp_path) == ["a/b"]


def test_a_variable_that_is_called_like_a_module_does_not_hide_it(written: Writing, tmp_path: Path) -> None:
    text = written("def workers(mp, stopwatch):\n    queue = mp.Queue()\n    queue.put(7)\n    print(queue.get())\n")
    assert "from queue import Queue\n" in text
    assert said_by(text, tmp_path) == ["7"]


def test_a_parameter_that_is_called_like_a_constant_hides_it(written: Writing) -> None:
    text = written("LIMIT = 1\n\n\ndef f(LIMIT):\n    return LIMIT\n\n\ndef workers(mp, stopwatch):\n    print(f(2))\n")
    assert "LIMIT = 1" not in text


def test_a_default_takes_its_constant_along_even_if_both_are_called_alike(written: Writing, tmp_path: Path) -> None:
    text = written(
        "limit = 3\n\n\ndef workers(mp, stopwatch, limit=limit, *, most={'a': limit}):\n    print(limit, most)\n"
    )
    assert said_by(text, tmp_path) == ["3 {'a': 3}"]


def test_a_docstring_and_the_words_in_it_stay_as_they_are(written: Writing, tmp_path: Path) -> None:
    docstring = '    """Says mp.Queue, process: and more.\n\n        Indented.\n    """\n'
    text = written(f"def workers(mp, stopwatch):\n{docstring}    print('mp.Queue')\n")
    assert docstring in text
    assert said_by(text, tmp_path) == ["mp.Queue"]


def test_a_body_may_be_called_by_another_body_of_its_file(written: Writing, tmp_path: Path) -> None:
    text = written(
        "def once(mp, stopwatch, number):\n    process = mp.Process(target=print, args=(number,))\n"
        "    process.start()\n    process.join()\n\n\n"
        "def workers(mp, stopwatch, rounds=2):\n    for number in range(rounds):\n        once(mp, stopwatch, number)\n"
    )
    assert "def once(number):\n    thread = threading.Thread(" in text
    assert said_by(text, tmp_path) == ["0", "1"]


def test_a_class_of_the_file_comes_along_with_its_fields(written: Writing, tmp_path: Path) -> None:
    text = written(
        "from dataclasses import dataclass\n\n\n@dataclass\nclass Task:\n    number: int = 4\n\n"
        "    def __str__(self) -> str:\n        return f'task {self.number}'\n\n\n"
        "def workers(mp, stopwatch):\n    print(Task())\n"
    )
    assert said_by(text, tmp_path) == ["task 4"]


def test_a_global_that_workers_are_given_stays_one(written: Writing, tmp_path: Path) -> None:
    text = written(
        'process: "object"\n\n\ndef install(given):\n    global process\n    process = given\n\n\n'
        "def workers(mp, stopwatch):\n    install(5)\n    print(process)\n"
    )
    assert said_by(text, tmp_path) == ["5"]


def test_a_lap_that_is_noted_is_printed_and_the_block_around_needs_no_stopwatch(
    written: Writing, tmp_path: Path
) -> None:
    text = written("def workers(mp, stopwatch):\n    stopwatch.note('lap', 3000, 2)\n")
    assert "def stopwatch" not in text
    assert said_by(text, tmp_path) == ["lap: 1.50 µs"]


def test_a_text_beyond_ascii_is_written_and_printed_as_it_is(written: Writing, tmp_path: Path) -> None:
    text = written("def workers(mp, stopwatch):\n    name = 'µ €', mp.Lock\n    print(name[0])\n")
    assert said_by(text, tmp_path) == ["µ €"]


def test_the_names_of_a_context_need_no_table(written: Writing, tmp_path: Path) -> None:
    text = written("def workers(mp, stopwatch):\n    print(mp.get_start_method())\n", backends.find("processes.spawn"))
    assert said_by(text, tmp_path) == ["spawn"]


def test_a_name_the_library_does_not_have_is_told_to_whoever_adds_a_scenario(written: Writing) -> None:
    with pytest.raises(ValueError, match=r"threads does not say what mp\.Teleporter is"):
        written("def workers(mp, stopwatch):\n    mp.Teleporter()\n")


def test_a_comment_for_a_checker_stays_at_home_and_one_for_a_reader_comes_along(written: Writing) -> None:
    text = written(
        "def workers(mp, stopwatch):\n    x = 1  # type: ignore[misc]\n    y = 2  # noqa: F841\n    # Why three.\n    z = 3\n"
    )
    assert "    x = 1\n    y = 2\n    # Why three.\n    z = 3\n" in text

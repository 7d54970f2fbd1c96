"""A hazard's program of its own: is what became of it told as of any call, however much it writes and however it ends?"""

import os

import pytest

from study import hazard
from study.hazard import ProgramFailed, Watch
from study.trace import Trace


@pytest.fixture
def watch(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return Watch()


@pytest.fixture
def told(capfd):
    """The story so far."""
    return lambda: Trace(capfd.readouterr().out)


def test_a_program_that_ends_well_gives_what_it_printed(watch, told):
    assert watch.script("run", "print('done')") == "done"
    assert watch.raised is None
    assert told().values("returned") == ["'done'"]


def test_a_program_runs_as_the_main_file_or_from_the_command_line(watch):
    assert watch.script("run", "print(__file__.endswith('program.py'))") == "True"
    assert watch.command_line("run", "print('__file__' in globals())") == "False"


def test_a_program_that_raises_is_told_as_if_its_caller_had_seen_the_exception(watch, told):
    assert watch.script("run", "int('nought')") is None
    [(kind, message, cause, traceback)] = told().values("raised")
    assert (kind, message, cause) == ("ValueError", "invalid literal for int() with base 10: 'nought'", "")
    assert "program.py" in traceback


def test_the_call_is_said_to_be_where_the_body_made_it(watch, told):
    watch.script("run", "")
    watch.command_line("run", "")
    assert [source.rpartition(":")[0] for _, source in told().values("calling")] == [__file__, __file__]


def test_a_program_that_ends_badly_without_an_exception_is_told_by_its_exit_code(watch, told):
    watch.script("run", "import os; os._exit(3)")
    assert told().values("raised")[0][:2] == ("ProgramFailed", "exit code 3")


@pytest.mark.parametrize(
    ("errors", "kind", "message"),
    [
        ("Traceback …\nEOFError\n", "EOFError", ""),
        ("a.b.BrokenPool: it broke: badly\n", "a.b.BrokenPool", "it broke: badly"),
        ("ValueError: first\n…\nKeyError: 'second'\n", "KeyError", "'second'"),
        ("OSError: it\n/lib/tracker.py:254: UserWarning: there are leaks\n  warnings.warn('there')\n", "OSError", "it"),
        ("nothing that names one\n", "ProgramFailed", "exit code 1"),
        ("", "ProgramFailed", "exit code 1"),
    ],
)
def test_what_it_raised_is_the_last_line_that_names_an_exception(errors, kind, message):
    failed = ProgramFailed(1, errors)
    assert (failed.kind, str(failed)) == (kind, message)


def test_a_program_that_never_ends_is_ended_and_tells_where_it_stood(watch, capfd, monkeypatch):
    monkeypatch.setattr(hazard, "HANG_S", 1.0)
    monkeypatch.setenv("PYTHONFAULTHANDLER", "1")
    watch.script("run", "import threading\n\nthreading.Event().wait()")
    written = capfd.readouterr()
    assert Trace(written.out).all("hung")
    assert 'program.py", line 3 in <module>' in written.err


def test_of_a_program_that_writes_without_end_the_end_is_kept(watch, capfd):
    watch.script("run", "import sys\n\nsys.stderr.write('x' * 100_000 + ' the end')")
    errors = capfd.readouterr().err
    assert len(errors) == hazard.LONGEST_TOLD
    assert errors.endswith(" the end")


def test_a_process_that_the_program_leaves_behind_holds_nobody_up(watch):
    """It has the program's standard output, which as a pipe would stay open."""
    os.mkfifo("end")
    assert watch.script("run", "import os\n\nif os.fork():\n    print('done')\nelse:\n    open('end').read()") == "done"
    assert watch.raised is None
    open("end", "w").close()

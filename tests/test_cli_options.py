"""Each command tells what it takes, refuses what it does not, and keeps data and words for people apart."""

import argparse
import ast
import csv
import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from journals import journal, planned, simple, write
from study import actions, cli, scenarios

FAILS = "there is nothing to see here"


def commands() -> "dict[str, argparse.ArgumentParser]":
    (group,) = (action for action in cli._parser()._actions if isinstance(action, argparse._SubParsersAction))
    return dict(group.choices)


COMMANDS = commands()
EVERY_COMMAND = pytest.mark.parametrize("command", COMMANDS)


def options_of(command: str) -> "list[argparse.Action]":
    return [action for action in COMMANDS[command]._actions if action.option_strings or action.nargs != 0]


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A journal in a folder of results."""
    folder = tmp_path_factory.mktemp("results") / "machine"
    folder.mkdir()
    cell = planned("lock/threads", width=2)
    return write(
        journal([cell], simple(cell, [0.5] * 6, "acquire + release")), folder / "20260102T030405Z-3.13.1.jsonl"
    )


@pytest.fixture
def fail_with(monkeypatch: pytest.MonkeyPatch) -> Callable[[BaseException], None]:
    """Have `list` raise that error."""

    def prepared(error: BaseException) -> None:
        def run(options: argparse.Namespace) -> int:
            raise error

        monkeypatch.setattr(actions, "list_all", run)

    return prepared


@EVERY_COMMAND
def test_the_help_of_a_command_explains_all_that_it_takes(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        cli.main([command, "--help"])
    out, err = capsys.readouterr()
    assert (left.value.code, err) == (0, "")
    assert out.startswith(f"usage: study {command}")
    for action in options_of(command):
        assert all(option in out for option in action.option_strings)
        assert action.help or not action.option_strings, f"{command}: say what {action.dest} is for"


def test_the_help_says_of_each_command_what_it_is_for(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        cli.main(["--help"])
    out = " ".join(capsys.readouterr().out.split()).lower()
    for command, parser in COMMANDS.items():
        assert f" {command} {str(parser.description).lower().removesuffix('.')} " in f"{out} ", command


@EVERY_COMMAND
@pytest.mark.parametrize("option", ["--nonsense", "--jso", "-x"], ids=["unknown", "cut short", "short"])
def test_an_option_that_is_not_one_is_refused_in_one_sentence(
    command: str, option: str, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["lock"] if command in ("show", "demo", "compare", "validate") else []
    with pytest.raises(SystemExit) as left:
        cli.main([command, *arguments, option])
    out, err = capsys.readouterr()
    assert (left.value.code, out) == (2, "")
    assert err.splitlines()[-1] == f"study: error: unrecognized arguments: {option}"
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "the following arguments are required: COMMAND"),
        (["nonsense"], "invalid choice: 'nonsense'"),
        (["show"], "the following arguments are required: scenario"),
        (["show", "lock", "pool"], "unrecognized arguments: pool"),
        (["list", "--python"], "argument --python: expected one argument"),
        (["selfcheck", "--blocks", "many"], "argument --blocks: 'many' is no number from 0 on"),
        (["selfcheck", "--trials", "-1"], "argument --trials: '-1' is no number from 0 on"),
    ],
)
def test_a_command_that_cannot_be_understood_says_what_is_amiss(
    arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as left:
        cli.main(arguments)
    out, err = capsys.readouterr()
    assert (left.value.code, out) == (2, "")
    assert words in err.splitlines()[-1]


@pytest.mark.parametrize(
    "arguments",
    [["list"], ["run", "--profile", "smoke"], ["demo", "lock"], ["doctor"], ["selfcheck"]],
    ids=lambda arguments: arguments[0],
)
@pytest.mark.parametrize("python", ["/bin/true", "/nowhere/python", "/"], ids=["no python", "nothing", "a folder"])
def test_what_is_no_python_is_refused_in_one_sentence_and_nothing_is_written(
    arguments: list[str],
    python: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert cli.main([*arguments, "--python", python]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"study: --python={python}: ")
    assert err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (LookupError("there is no such thing"), 2),
        (OSError(28, "No space left on device"), 2),
        (KeyboardInterrupt(), 130),
    ],
)
def test_an_error_that_is_meant_for_the_reader_becomes_an_exit_code(
    error: BaseException, expected: int, fail_with: Callable[[BaseException], None], capsys: pytest.CaptureFixture[str]
) -> None:
    fail_with(error)
    assert cli.main(["list"]) == expected
    out, err = capsys.readouterr()
    assert out == ""
    assert (err == "") == (expected == 130)


@pytest.mark.parametrize("error", [RuntimeError(FAILS), KeyError(FAILS), IndexError(FAILS), AssertionError(FAILS)])
def test_an_error_nobody_thought_of_is_not_dressed_up_as_the_readers(
    error: Exception, fail_with: Callable[[BaseException], None]
) -> None:
    fail_with(error)
    with pytest.raises(type(error), match=FAILS):
        cli.main(["list"])


def test_debug_shows_where_an_expected_error_came_from(fail_with: Callable[[BaseException], None]) -> None:
    fail_with(LookupError(FAILS))
    with pytest.raises(LookupError, match=FAILS):
        cli.main(["--debug", "list"])


@pytest.mark.parametrize("scenario", ["lock", "startup"])
def test_a_script_is_all_that_show_prints(scenario: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["show", scenario, "--backend", "threads"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert isinstance(ast.parse(out).body[0], ast.Expr)
    assert out.endswith("main()\n")


@pytest.mark.parametrize("scenario", scenarios.names())
def test_show_prints_a_body_for_each_style_and_each_can_be_read(
    scenario: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["show", scenario]) == 0
    out = capsys.readouterr().out
    styles = [line[6:-4] for line in out.splitlines() if line.startswith("# --- ")]
    assert styles == list(scenarios.find(scenario).styles)
    ast.parse(out)


def test_a_report_prints_its_page_alone_and_writes_it_beside_the_journal(
    kept: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["report", str(kept)]) == 0
    out, err = capsys.readouterr()
    assert (out, err) == (f"{kept.parent / 'report' / 'index.html'}\n", "")
    assert Path(out.strip()).read_text().startswith("<!DOCTYPE html>")


def test_a_report_as_json_has_the_tables_that_a_report_writes_as_files(
    kept: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["report", "--json", str(kept)]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    tables = json.loads(out)["tables"]
    written = {path.stem: path for path in (kept.parent / "report" / "tables").glob("*.csv")}
    assert set(tables) == set(written)
    for name, path in written.items():
        with path.open(newline="") as file:
            assert len(list(csv.DictReader(file))) == len(tables[name]), name


def test_without_a_journal_the_newest_one_of_the_results_is_taken(
    kept: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for machine, name in (("b", "20250101T000000Z-3.13.1"), ("a", "20260101T000000Z-3.13.1")):
        (tmp_path / machine).mkdir()
        (tmp_path / machine / f"{name}.jsonl").write_bytes(kept.read_bytes())
    assert cli.main(["report", "--results", str(tmp_path)]) == 0
    assert capsys.readouterr().out == f"{tmp_path / 'a' / 'report' / 'index.html'}\n"


@pytest.mark.parametrize(
    ("name", "words"),
    [("missing.jsonl", "No such file"), (".", "Is a directory"), ("text.jsonl", "line 1")],
    ids=["missing", "a folder", "a text"],
)
@pytest.mark.parametrize("as_json", [False, True], ids=["page", "json"])
def test_what_is_no_journal_makes_no_report(
    name: str, words: str, as_json: bool, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "text.jsonl").write_text("Dear diary,\n")
    before = sorted(tmp_path.iterdir())
    assert cli.main(["report", str(tmp_path / name), *(["--json"] if as_json else [])]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert words in err
    assert err.count("\n") == 1
    assert sorted(tmp_path.iterdir()) == before


def test_a_page_is_opened_only_when_that_is_asked_for(
    kept: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    opened: list[str] = []
    monkeypatch.setattr("webbrowser.open", opened.append)
    cli.main(["report", str(kept)])
    assert opened == []
    cli.main(["report", str(kept), "--open"])
    assert opened == [(kept.parent / "report" / "index.html").resolve().as_uri()]


def test_the_results_folder_can_be_named_once_for_all_commands(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CONCURRENCY_STUDY_RESULTS", str(tmp_path))
    named = {command: cli._parser().parse_args([command]).results for command in ("run", "report")}
    assert named == {"run": tmp_path, "report": tmp_path}
    assert cli._parser().parse_args(["run", "--results", "elsewhere"]).results == Path("elsewhere")


def test_the_measured_interpreter_is_this_one_unless_another_is_named() -> None:
    for command, parser in COMMANDS.items():
        if any(action.dest == "python" for action in parser._actions):
            arguments = ["lock"] if command == "demo" else []
            python = cli._parser().parse_args([command, *arguments]).python
            assert (python or sys.executable) == sys.executable  # a list that may be given again begins as none

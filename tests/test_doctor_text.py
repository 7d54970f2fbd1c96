"""How is a diagnosis told: in a terminal, in a file, to a program?"""

import dataclasses
import json
import re
import sys

import pytest

from machines import GIB, QUIET
from study import cli, doctor, scenarios
from study.doctor import CHECKS, Diagnosis, as_json, as_text, judge
from study.doctor.readings import Seen

INSTALLED = scenarios.names()
MANY = {"load_average": 3.0, "debug_build": True, "governor": "powersave", "available_bytes": GIB, "turbo": None}


def changed(**changes):
    return dataclasses.replace(QUIET, **changes)


@pytest.mark.parametrize(
    ("changes", "words"),
    [({"turbo": True}, "1 finding weakens figures here:"), (MANY, "4 findings weaken figures here, the worst first:")],
)
def test_the_findings_that_weaken_figures_are_counted(changes, words):
    found = judge(changed(**changes), INSTALLED)
    assert words in as_text(found).splitlines()
    assert f"{len(found.weakening)} finding" in words


@pytest.mark.parametrize("width", [60, 80, 100])
@pytest.mark.parametrize("seen", [QUIET, Seen(), changed(**MANY)])
def test_no_line_is_wider_than_the_terminal(width, seen):
    assert max(map(len, as_text(judge(seen, INSTALLED), width).splitlines())) <= width


def test_names_are_in_one_column_and_what_is_said_of_them_in_another():
    for line in as_text(judge(changed(**MANY), INSTALLED)).splitlines()[3:]:
        if line and not line.endswith(":"):
            assert line[:23].strip() == "" or line[22] == " "
            assert line[23] != " "


def test_a_finding_that_weakens_figures_says_what_which_and_what_next_each_on_its_own_line():
    text = as_text(judge(changed(turbo=True), INSTALLED))
    part = next(part for part in text.split("\n\n") if part.startswith("!  turbo"))
    lines = [line[23:] for line in part.splitlines()]
    assert lines[0] == "on."
    assert any(line.startswith("Less reliable here: scaling, ") for line in lines)
    assert any(line.startswith("Next: turn it off") for line in lines)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"debug_build": True}, "Unreliable here: every table."),
        ({"on_battery": True}, "Less reliable here: every table"),
    ],
)
def test_what_harms_everything_is_said_without_a_list(changes, words):
    assert words in as_text(judge(changed(**changes), INSTALLED))


def test_a_machine_is_named_in_the_first_line():
    assert as_text(judge(QUIET, INSTALLED)).startswith("Made Up 9000, 8 usable CPUs, Linux; CPython 3.14.1\n")
    assert as_text(judge(Seen(), INSTALLED)).startswith("a processor without a name, CPUs not counted, ")


def test_text_is_the_same_with_colours_and_without_once_they_are_taken_out():
    found = judge(changed(**MANY), INSTALLED)
    coloured = as_text(found, colour=True)
    assert "\x1b[" in coloured
    assert "\x1b" not in as_text(found)
    assert re.sub(r"\x1b\[[\d;]*m", "", coloured) == as_text(found)


@pytest.mark.parametrize(
    "field", ["container", "hypervisor", "governor", "clock_source", "temporary_filesystem", "cpu_model"]
)
def test_what_the_system_calls_itself_cannot_steer_the_terminal(field):
    assert "\x1b" not in as_text(judge(changed(**{field: "made\x1b[2Jup"}), INSTALLED))


def test_a_variable_cannot_steer_the_terminal():
    assert "\x1b" not in as_text(judge(changed(variables=("PYTHONX=\x1b[2J",)), INSTALLED))


@pytest.mark.parametrize("seen", [QUIET, Seen(), changed(**MANY)])
def test_json_holds_what_the_text_says_and_the_numbers(seen):
    found = judge(seen, INSTALLED)
    document = json.loads(as_json(found), parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))
    assert [finding["fact"] for finding in document["findings"]] == [finding.fact for finding in found.findings]
    assert document["weakening"] == len(found.weakening)
    assert set(document["seen"]) == {field.name for field in dataclasses.fields(Seen)}
    assert document["seen"]["load_average"] == seen.load_average


def test_json_tells_no_limit_from_what_is_not_told():
    document = json.loads(as_json(judge(changed(memory_limit_bytes=None), INSTALLED)))
    assert document["seen"]["cpu_quota"] == "no limit"
    assert document["seen"]["memory_limit_bytes"] is None


@pytest.fixture
def diagnosis(monkeypatch):
    """What the command gets instead of a look at this machine."""
    found = judge(changed(**MANY), INSTALLED)
    asked = []
    monkeypatch.setattr(doctor, "diagnose", lambda *arguments: asked.append(arguments) or found)
    monkeypatch.delenv("NO_COLOR", raising=False)
    return asked


def test_a_diagnosis_is_a_report_and_no_verdict(diagnosis, capsys):
    assert cli.main(["doctor"]) == 0
    assert "4 findings weaken figures here" in capsys.readouterr().out


def test_the_command_prints_one_json_document(diagnosis, capsys):
    assert cli.main(["doctor", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["weakening"] == 4


def test_the_command_looks_at_the_interpreter_and_the_folder_that_are_named(diagnosis, tmp_path):
    cli.main(["doctor", "--python", "made-up", "--results", str(tmp_path)])
    assert diagnosis == [("made-up", tmp_path)]


def test_a_file_gets_no_colours(diagnosis, capsys):
    cli.main(["doctor"])
    assert "\x1b" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "no_color", "coloured"),
    [((), "", True), ((), "1", False), (("--no-color",), "", False), (("--json",), "", False)],
)
def test_a_terminal_gets_colours_unless_somebody_minds(diagnosis, monkeypatch, capsys, arguments, no_color, coloured):
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("NO_COLOR", no_color)
    cli.main(["doctor", *arguments])
    assert ("\x1b[" in capsys.readouterr().out) == coloured


@pytest.mark.parametrize(("columns", "widest"), [("60", 60), ("300", 100)])
def test_a_narrow_terminal_is_filled_and_a_wide_one_is_not(diagnosis, monkeypatch, capsys, columns, widest):
    monkeypatch.setenv("COLUMNS", columns)
    cli.main(["doctor"])
    assert widest - 20 < max(map(len, capsys.readouterr().out.splitlines())) <= widest


def test_the_command_explains_itself(capsys):
    with pytest.raises(SystemExit) as left:
        cli.main(["doctor", "--help"])
    assert left.value.code == 0
    help_ = capsys.readouterr().out
    assert all(option in help_ for option in ("usage: study doctor", "--python", "--json", "--no-color", "--results"))


def test_a_wrong_interpreter_is_exit_code_2_and_one_sentence(capsys):
    assert cli.main(["doctor", "--python", "/nowhere/python"]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err == (
        "study: --python=/nowhere/python: there is no such program; give the path of a Python interpreter.\n"
    )


def test_a_real_machine_gets_a_line_for_every_fact(monkeypatch, tmp_path):
    """Whatever this one is like."""
    monkeypatch.setattr("study.doctor.readings.INTERVAL_S", 0.01)
    found = doctor.diagnose(sys.executable, tmp_path)
    assert isinstance(found, Diagnosis)
    assert len(found.findings) == len(CHECKS)
    assert json.loads(as_json(found))["findings"]

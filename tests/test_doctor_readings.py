"""Does the doctor see what a system tells, and see nothing where it tells nothing?"""

import dataclasses
import json
import math
import os
import subprocess
import sys
import tempfile
from types import SimpleNamespace

import psutil
import pytest

from interpreters import PYTHONS
from machines import GIB, QUIET, VERSION_2, plant
from study import environment, launch
from study.doctor import readings
from study.doctor.readings import Seen, WrongInterpreter, ask, look, nearest, now, on_battery, pressure, stolen, told
from study.doctor.readings import variables as set_here


@pytest.fixture
def quick(monkeypatch):
    """No waiting between two readings of the counters."""
    monkeypatch.setattr(psutil, "cpu_times", lambda: Times(steal=2.0, user=48.0, idle=50.0))
    monkeypatch.setattr(psutil, "cpu_times_percent", lambda interval: SimpleNamespace(steal=7.5))


@dataclasses.dataclass
class Times:
    user: float = 0.0
    idle: float = 0.0
    steal: float = 0.0

    def __iter__(self):
        return iter((self.user, self.idle, self.steal))


def test_what_cannot_be_read_is_none():
    def unreadable(error):
        raise error

    for error in (OSError("gone"), ValueError("no number"), AttributeError("no such call"), ImportError("no module")):
        assert told(unreadable, error) is None
    assert told(int, "7") == 7


def test_an_error_of_our_own_is_not_taken_for_a_silent_system():
    with pytest.raises(NameError):
        told(lambda: nothing_of_that_name)  # noqa: F821


def test_stolen_time_is_a_share_since_boot_and_one_of_the_interval(quick):
    assert stolen(1.0) == (0.02, 0.075)


def test_a_system_that_does_not_count_stolen_time_is_not_said_to_lose_none(monkeypatch):
    monkeypatch.setattr(psutil, "cpu_times", lambda: SimpleNamespace(user=48.0, idle=52.0))
    assert told(stolen, 1.0) is None


@pytest.mark.parametrize(("number", "share"), [("0.00", 0.0), ("12.50", 0.125), ("100.00", 1.0)])
def test_pressure_is_the_share_of_the_last_minute(tmp_path, number, share):
    line = f"some avg10=99.00 avg60={number} avg300=1.00 total=12\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=0\n"
    assert pressure(plant(tmp_path, {"proc/pressure/cpu": line})) == share


@pytest.mark.parametrize("text", ["", "some\n", "some avg60\n", "some avg60=much\n"])
def test_pressure_in_another_form_is_not_guessed_at(tmp_path, text):
    assert told(pressure, plant(tmp_path, {"proc/pressure/cpu": text or "\n"})) is None
    assert told(pressure, tmp_path / "nothing") is None


@pytest.mark.parametrize(
    ("battery", "seen"),
    [
        (None, None),
        (SimpleNamespace(power_plugged=None), None),
        (SimpleNamespace(power_plugged=True), False),
        (SimpleNamespace(power_plugged=False), True),
    ],
)
def test_a_machine_without_a_battery_to_be_seen_is_not_said_to_be_plugged_in(monkeypatch, battery, seen):
    monkeypatch.setattr(psutil, "sensors_battery", lambda: battery, raising=False)
    assert on_battery() is seen


def test_a_folder_that_is_not_made_yet_is_judged_by_the_one_above_it(tmp_path):
    assert nearest(tmp_path / "results" / "of" / "mine") == tmp_path
    assert nearest(tmp_path) == tmp_path


@pytest.mark.parametrize(
    ("surroundings", "seen"),
    [
        ({}, ()),
        ({"PATH": "/bin", "HOME": "/made/up"}, ()),
        ({"PYTHONMALLOC": "debug", "PYTHON_GIL": "0"}, ("PYTHONMALLOC=debug", "PYTHON_GIL=0")),
        ({"PYTHONHASHSEED": ""}, ()),
        ({"PYTHONPATH": "/home/somebody"}, ("PYTHONPATH",)),
        ({"PYTHONHOME": r"C:\Users\somebody"}, ("PYTHONHOME",)),
        ({"PYTHONUSERBASE": "~somebody"}, ("PYTHONUSERBASE",)),
        ({"PYTHONWARNINGS": "ignore::DeprecationWarning:somebody"}, ("PYTHONWARNINGS",)),
    ],
)
def test_variables_are_told_with_their_values_but_never_with_places(surroundings, seen):
    assert set_here(surroundings) == seen


def test_none_of_pythons_variables_but_the_path_to_the_study_reaches_a_measured_interpreter(monkeypatch, tmp_path):
    """The doctor says so."""
    for name in ("PYTHONMALLOC", "PYTHON_GIL", "PYTHON_CPU_COUNT", "PYTHONDONTWRITEBYTECODE", "PYTHONHASHSEED"):
        monkeypatch.setenv(name, "1")
    assert {name for name in launch._surroundings(tmp_path) if name.startswith("PYTHON")} == {"PYTHONPATH"}


V2_OF_A_CONTAINER = {
    **VERSION_2,
    "sys/fs/cgroup/cpu.max": "150000 100000\n",
    "sys/fs/cgroup/cpu.stat": "usage_usec 9\nnr_periods 340\nnr_throttled 12\n",
    "sys/fs/cgroup/memory.max": f"{2 * GIB}\n",
    "sys/fs/cgroup/pids.max": "100\n",
}
V1_OF_A_CONTAINER = {
    "sys/fs/cgroup/cpu/cpu.cfs_quota_us": "150000\n",
    "sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000\n",
    "sys/fs/cgroup/cpu/cpu.stat": "nr_periods 340\nnr_throttled 12\nthrottled_time 9\n",
    "sys/fs/cgroup/memory/memory.limit_in_bytes": f"{2 * GIB}\n",
    "sys/fs/cgroup/pids/pids.max": "100\n",
}


@pytest.mark.parametrize("files", [V1_OF_A_CONTAINER, V2_OF_A_CONTAINER])
def test_both_versions_of_control_groups_are_seen_alike(quick, monkeypatch, tmp_path, files):
    monkeypatch.setattr(environment, "resource_limit", lambda name: math.inf)
    seen = now(plant(tmp_path, files), tmp_path)
    names = ("cpu_quota", "periods", "throttled", "memory_limit_bytes", "processes")
    assert [seen[name] for name in names] == [1.5, 340, 12, 2 * GIB, 100]


def test_a_system_without_control_groups_shows_no_limits(quick, tmp_path):
    seen = now(tmp_path, tmp_path)
    for name in ("cpu_quota", "periods", "throttled", "memory_limit_bytes", "waiting_for_cpu"):
        assert seen[name] is None


def test_shared_memory_is_seen_below_the_root(quick, tmp_path):
    assert now(tmp_path, tmp_path)["shared_memory_free_bytes"] is None
    (tmp_path / "dev/shm").mkdir(parents=True)
    assert now(tmp_path, tmp_path)["shared_memory_free_bytes"] > 0


def test_room_is_that_of_the_results_and_of_the_temporary_folder(quick, monkeypatch, tmp_path):
    results, temporary = tmp_path / "results", tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    room = {str(tmp_path): 7, str(temporary): 5}

    def usage(path):
        if path not in room:
            raise FileNotFoundError(path)
        return SimpleNamespace(free=room[path], total=9)

    monkeypatch.setattr(psutil, "disk_usage", usage)
    seen = now(tmp_path / "system", results)
    assert (seen["results_free_bytes"], seen["temporary_free_bytes"]) == (7, 5)


def test_affinity_is_seen_only_where_the_system_has_it(quick, monkeypatch, tmp_path):
    monkeypatch.setattr(psutil, "Process", lambda: SimpleNamespace(cpu_affinity=lambda: [0, 3]))
    assert now(tmp_path, tmp_path)["affinity_cpus"] == 2
    monkeypatch.setattr(psutil, "Process", lambda: SimpleNamespace())
    assert now(tmp_path, tmp_path)["affinity_cpus"] is None


def test_everything_that_is_judged_is_looked_for(quick, monkeypatch, tmp_path):
    """A field that neither the facts nor the readings nor the interpreter fill would show as not exposed for ever."""
    monkeypatch.setattr(readings, "ask", lambda python: ANSWER)
    values = {*environment.FACTS, *now(tmp_path, tmp_path), *ANSWER}
    assert {field.name for field in dataclasses.fields(Seen)} <= values
    assert isinstance(look(sys.executable, tmp_path), Seen)


ANSWER = {
    name: getattr(QUIET, name)
    for name in (
        *("implementation", "version", "free_threaded_build", "gil_enabled", "debug_build", "random_hashes"),
        *("semaphores", "default_start_method", "start_methods", "clock_resolution_s", "clock_reading_ns"),
    )
}


@pytest.mark.parametrize("python", PYTHONS)
def test_an_interpreter_tells_what_only_it_can(python):
    answer = ask(python)
    assert set(ANSWER) <= set(answer)
    for name, usual in ANSWER.items():
        assert isinstance(answer[name], type(usual)), name
    assert answer["clock_reading_ns"] > 0
    assert answer["default_start_method"] in answer["start_methods"]


def test_an_interpreter_is_asked_like_a_measured_one(monkeypatch):
    """Without the variables of whoever asks: a fixed hash seed there is none in a measured interpreter."""
    monkeypatch.setenv("PYTHONHASHSEED", "0")
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    answer = ask(sys.executable)
    assert answer["random_hashes"] is True
    assert answer["writes_bytecode"] is True


def test_an_interpreter_is_not_led_astray_by_the_folder_it_is_asked_in(monkeypatch, tmp_path):
    (tmp_path / "json.py").write_text("raise SystemExit('led astray')")
    monkeypatch.chdir(tmp_path)
    assert ask(sys.executable)["version"]


def program(folder, text):
    place = folder / "python"
    place.write_text(f"#!/bin/sh\n{text}\n")
    place.chmod(0o755)
    return str(place)


@pytest.mark.skipif(os.name != "posix", reason="the made-up interpreters are shell scripts")
@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("true", "it does not answer like a Python interpreter"),
        ("exit 3", "it does not answer like a Python interpreter"),
        ("echo hello", "it does not answer like a Python interpreter"),
        ("echo '[]'", "it does not answer like a Python interpreter"),
        ("echo '{}'", "it does not answer like a Python interpreter"),
        ("""echo '{"version": 7}'""", "it does not answer like a Python interpreter"),
        ("""echo '{"version": "3.9"}'""", "it is Python 3.9"),
        ("""echo '{"version": "2.7"}'""", "it is Python 2.7"),
    ],
)
def test_a_wrong_interpreter_gets_a_sentence_with_what_to_do(tmp_path, text, words):
    with pytest.raises(WrongInterpreter, match=r"^--python=.*give the path of a CPython from 3\.10 on\.$") as raised:
        ask(program(tmp_path, text))
    assert words in str(raised.value)


@pytest.mark.skipif(os.name != "posix", reason="the made-up interpreter is a shell script")
def test_an_interpreter_that_never_answers_is_not_waited_for(tmp_path, monkeypatch):
    monkeypatch.setattr(readings, "PATIENCE_S", 0.1)
    with pytest.raises(WrongInterpreter, match="does not answer"):
        ask(program(tmp_path, "exec sleep 60"))


def test_a_program_that_does_not_exist_is_called_so():
    with pytest.raises(WrongInterpreter, match="there is no such program"):
        ask("/nowhere/python")


MISSING = ("resource", "fcntl", "pwd", "grp", "termios")  # on Windows


def without_them(code):
    """psutil first: it has a part for each system, and here it is the one for this."""
    lines = f"import psutil, sys; sys.modules.update(dict.fromkeys({MISSING}))\n{code}"
    return subprocess.run([sys.executable, "-c", lines], capture_output=True, text=True, timeout=60, check=False)


def test_nothing_that_only_some_systems_have_is_needed_for_a_diagnosis():
    ran = without_them("from study.cli import main; sys.exit(main(['doctor', '--json']))")
    assert ran.returncode == 0, ran.stderr
    effects = {finding["fact"]: finding["effect"] for finding in json.loads(ran.stdout)["findings"]}
    assert effects["open files"] == effects["core files"] == "hidden"


def test_nor_for_the_sentence_about_a_wrong_interpreter():
    ran = without_them("from study.cli import main; sys.exit(main(['doctor', '--python', '/nowhere/python']))")
    assert (ran.returncode, ran.stdout) == (2, "")
    assert "there is no such program" in ran.stderr


def test_nothing_that_only_some_systems_have_is_imported_before_it_is_needed():
    ran = without_them("import study.doctor; print('fine')")
    assert ran.stdout == "fine\n", ran.stderr


def test_the_interpreter_is_led_to_this_study():
    assert (readings.PROJECT / "study" / "child" / "session.py").exists()

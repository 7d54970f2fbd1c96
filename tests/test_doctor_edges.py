"""Where does the doctor begin to warn, whom does each fact harm, and is what it advises enough?"""

import dataclasses
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psutil
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from machines import GIB, QUIET, plant
from study import environment, scenarios
from study.doctor import as_text, interpreter, judge, processors, readings, room
from study.doctor.finding import Finding
from study.doctor.readings import Seen, WrongInterpreter, ask, look, nearest, now, pressure, stolen, variables
from study.noise import MOST_STEAL

INSTALLED = scenarios.names()
FOR_16 = room.PARENT_BYTES + 16 * room.WORKER_BYTES
CALM, WORSE, WORST = "none", "weakens", "spoils"


def judged(fact: str, **changes: Any) -> Finding:
    """The finding on that fact of a machine of 8 CPUs that is quiet but for the changes."""
    (finding,) = (one for one in judge(changed(**changes), INSTALLED).findings if one.fact == fact)
    return finding


def changed(**changes: Any) -> Seen:
    return dataclasses.replace(QUIET, **changes)


# fact, field, the value that is just as good, the one that is no longer, the effects of both
EDGES: list[tuple[str, str, float, float, str, str]] = [
    ("usable CPUs", "usable_cpus", 2, 1, CALM, WORST),
    ("CPU quota", "cpu_quota", 8.0, 7.99, CALM, WORSE),
    ("CPU quota", "cpu_quota", 1.0, 0.99, WORSE, WORST),
    ("throttling", "throttled", 0, 1, CALM, WORSE),
    ("throttling", "throttled", 100, 101, WORSE, WORST),
    ("cores (SMT)", "usable_cores", 8, 7, CALM, WORSE),
    ("load", "load_average", 2.0, 2.01, CALM, WORSE),
    ("load", "load_average", 8.0, 8.01, WORSE, WORST),
    ("stolen time", "stolen_now", MOST_STEAL, MOST_STEAL + 1e-6, CALM, WORSE),
    ("stolen time", "stolen_since_boot", processors.VERY_MUCH_STOLEN, 0.1001, WORSE, WORST),
    ("waiting for a CPU", "waiting_for_cpu", processors.MOST_WAITING, 0.1001, CALM, WORSE),
    ("memory", "available_bytes", FOR_16, FOR_16 - 1, CALM, WORSE),
    ("memory limit", "memory_limit_bytes", room.PARENT_BYTES, room.PARENT_BYTES - 1, WORSE, WORST),
    ("swap in use", "swap_used_bytes", GIB, GIB + 1, CALM, WORSE),
    ("/dev/shm", "shared_memory_free_bytes", room.SHARED_BYTES, room.SHARED_BYTES - 1, CALM, WORSE),
    ("/dev/shm", "shared_memory_free_bytes", room.SEMAPHORES_BYTES, room.SEMAPHORES_BYTES - 1, WORSE, WORST),
    ("open files", "open_files", 192, 191, CALM, WORSE),
    ("processes", "processes", 320, 319, CALM, WORSE),
    ("results folder", "results_free_bytes", room.FOLDER_BYTES, room.FOLDER_BYTES - 1, CALM, WORST),
    ("temporary folder", "temporary_free_bytes", room.FOLDER_BYTES, room.FOLDER_BYTES - 1, CALM, WORST),
    ("timer", "clock_resolution_s", interpreter.COARSEST_S, 1.1e-6, CALM, WORSE),
    ("timer", "clock_reading_ns", interpreter.DEAREST_NS, 501.0, CALM, WORSE),
]


@pytest.mark.parametrize(("fact", "field", "good", "bad", "before", "after"), EDGES)
def test_a_bound_that_is_just_met_is_met_and_one_step_beyond_it_is_not(
    fact: str, field: str, good: float, bad: float, before: str, after: str
) -> None:
    others = {"periods": 1000, "memory_bytes": 100 * GIB}
    assert [judged(fact, **{**others, field: value}).effect for value in (good, bad)] == [before, after]


# what is changed, fact, whom it harms most, whom else, and whom not at all
HARMED: list[tuple[dict[str, Any], str, str, str, str]] = [
    ({"usable_cpus": 1}, "usable CPUs", "scaling", "pool grain queue latency throughput", "startup memory lock"),
    ({"cpu_quota": 2.0}, "CPU quota", "scaling", "latency throughput pool", "lock startup memory"),
    ({"periods": 9, "throttled": 3}, "throttling", "latency", "scaling wake_up lock", "startup memory queue"),
    ({"usable_cores": 4}, "cores (SMT)", "scaling", "pool_recycling grain", "latency startup"),
    ({"governor": "powersave"}, "CPU speed", "startup", "latency event", "scaling memory"),
    ({"turbo": True}, "turbo", "scaling", "grain pool", "startup lock"),
    ({"waiting_for_cpu": 0.5}, "waiting for a CPU", "latency", "scaling wake_up startup", "memory queue"),
    ({"memory_limit_bytes": GIB}, "memory limit", "parent_memory", "memory scaling", "lock latency"),
    ({"swap_used_bytes": 9 * GIB}, "swap in use", "memory", "parent_memory startup", "scaling lock"),
    ({"semaphores": "OSError"}, "semaphores", "throughput", "lock queue pool startup", "memory manager"),
    ({"open_files": 9}, "open files", "scaling", "startup memory pool", "lock latency"),
    ({"free_threaded_build": True}, "GIL", "scaling", "grain pool", "lock latency startup"),
    ({"clock_source": "hpet"}, "timer source", "latency", "lock throughput startup", "scaling memory"),
    ({"temporary_filesystem": "nfs"}, "temporary files", "synchronisation", "lock queue", "scaling memory"),
]


@pytest.mark.parametrize(("changes", "fact", "most", "others", "spared"), HARMED)
def test_a_fact_harms_those_who_need_what_it_takes_and_spares_the_others(
    changes: dict[str, Any], fact: str, most: str, others: str, spared: str
) -> None:
    harmed = judged(fact, **changes).scenarios
    assert harmed[0] == most
    assert set(others.split()) <= set(harmed)
    assert not set(spared.split()) & set(harmed)
    assert set(spared.split()) <= set(INSTALLED)


def test_what_is_wrong_with_time_spares_what_is_no_time_and_what_is_wrong_with_all_does_not() -> None:
    for changes, fact in (({"on_battery": True}, "power"), ({"random_hashes": False}, "hash seed")):
        assert set(INSTALLED) - set(judged(fact, **changes).scenarios) == {"memory"}
    assert set(judged("debug build", debug_build=True).scenarios) == set(INSTALLED)


@settings(deadline=None)
@given(st.integers(1, 64), st.integers(1, 64), st.floats(0, 500))
def test_a_load_as_low_as_the_advice_asks_for_is_harmless(cpus: int, usable: int, load: float) -> None:
    here = {"logical_cpus": cpus, "usable_cpus": min(cpus, usable)}
    finding = judged("load", **here, load_average=load)
    assume(finding.effect != "none")
    below = re.search(r"below ([\d.]+)", finding.next_step)
    assert below is not None
    lower = max(0.0, float(below[1]) - 0.06)  # it is told with one digit
    assert lower < load
    assert judged("load", **here, load_average=lower).effect == "none"


def test_a_wide_pool_is_twice_the_cpus_that_can_be_used_or_that_there_are() -> None:
    widths = [
        re.search(r"(\d+) workers", judged("memory", usable_cpus=usable, logical_cpus=logical).says)
        for usable, logical in ((3, 8), (None, 8), (None, None))
    ]
    assert [width and width[1] for width in widths] == ["6", "16", "2"]


def test_equally_bad_findings_keep_the_order_in_which_the_machine_is_looked_at() -> None:
    found = judge(changed(random_hashes=False, on_battery=True, swap_used_bytes=9 * GIB, turbo=True), INSTALLED)
    assert [one.fact for one in found.weakening] == ["turbo", "power", "swap in use", "hash seed"]


# The text


def test_each_group_says_how_many_findings_it_has() -> None:
    found = judge(changed(turbo=True, container=None, governor=None), INSTALLED)
    text = as_text(found)
    count = {effect: sum(one.effect == effect for one in found.findings) for effect in ("none", "hidden")}
    assert count["hidden"] == 2
    assert f"\n\nFine here ({count['none']}):\n" in text
    assert "\n\nNot exposed by this system, so nothing is assumed (2):\n" in text


def test_a_fact_that_harms_nothing_here_is_told_among_the_fine_ones_and_asks_for_nothing() -> None:
    text = as_text(judge(changed(turbo=True), ["latency"]))
    assert text.index("Fine here") < text.index("   turbo")
    assert "!" not in text
    assert "Next:" not in text


def test_all_tables_and_all_tables_of_times_are_told_apart() -> None:
    assert "Less reliable here: every table of times.\n" in as_text(judge(changed(on_battery=True), INSTALLED))
    assert "Unreliable here: every table.\n" in as_text(judge(changed(debug_build=True), INSTALLED))


def test_only_the_name_of_a_fact_is_coloured_by_how_bad_it_is() -> None:
    text = as_text(judge(changed(turbo=True, debug_build=True, container=None), INSTALLED), colour=True)
    coloured = re.findall(r"\x1b\[([\d;]+)m(.{23})\x1b\[0m", text)
    by_name = {label[3:].strip(): colour for colour, label in coloured}
    assert len({by_name[name] for name in ("turbo", "debug build", "container", "load")}) == 4
    assert len(coloured) * 2 == text.count("\x1b")


def test_a_machine_with_one_cpu_is_named_in_the_singular() -> None:
    assert ", 1 usable CPU, " in as_text(judge(changed(usable_cpus=1), INSTALLED)).splitlines()[0]


# What is looked at


def test_every_number_is_the_one_it_is_called_by(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    limits = {"RLIMIT_NOFILE": 11, "RLIMIT_CORE": 12, "RLIMIT_NPROC": 13}
    monkeypatch.setattr(environment, "resource_limit", limits.__getitem__)
    monkeypatch.setattr(psutil, "cpu_times", lambda: (_ for _ in ()).throw(OSError))
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(total=21, available=22, used=23, free=24))
    monkeypatch.setattr(psutil, "swap_memory", lambda: SimpleNamespace(total=31, used=32, free=33))
    monkeypatch.setattr(psutil, "disk_usage", lambda path: SimpleNamespace(total=41, used=42, free=43))
    found = now(plant(tmp_path, {"dev/shm/x": ""}), tmp_path)
    assert {name: value for name, value in found.items() if isinstance(value, int)} == {
        "open_files": 11,
        "core_file_bytes": 12,
        "processes": 13,
        "memory_bytes": 21,
        "available_bytes": 22,
        "swap_used_bytes": 32,
        "shared_memory_bytes": 41,
        "shared_memory_free_bytes": 43,
        "results_free_bytes": 43,
        "temporary_free_bytes": 43,
        "affinity_cpus": found["affinity_cpus"],
    }
    assert (found["stolen_now"], found["stolen_since_boot"]) == (None, None)


def test_what_is_read_now_stands_for_a_fact_and_what_the_interpreter_says_for_both(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    facts = {name: SimpleNamespace(value=1) for name in ("affinity_cpus", "usable_cpus", "no_field")}
    monkeypatch.setattr(environment, "facts", lambda: facts)
    monkeypatch.setattr(readings, "now", lambda root, results: {"affinity_cpus": 2, "version": "2"})
    monkeypatch.setattr(readings, "ask", lambda python: {"version": "3"})
    assert look("python", tmp_path) == Seen(usable_cpus=1, affinity_cpus=2, version="3")


def test_counters_that_have_not_begun_show_nothing_stolen(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a container whose /proc/stat is all noughts."""
    nothing = type("Times", (tuple,), {"steal": 0.0})((0.0, 0.0))
    monkeypatch.setattr(psutil, "cpu_times", lambda: nothing)
    monkeypatch.setattr(psutil, "cpu_times_percent", lambda interval: SimpleNamespace(steal=interval))
    assert stolen(50.0) == (0.0, 0.5)


def test_pressure_is_of_some_task_and_not_of_all_at_once(tmp_path: Path) -> None:
    lines = "some avg10=0.00 avg60=25.00 total=1\nfull avg10=0.00 avg60=75.00 total=1\n"
    assert pressure(plant(tmp_path, {"proc/pressure/cpu": lines})) == 0.25


def test_variables_are_told_by_name_and_up_to_twenty_characters() -> None:
    given = {"PYTHONUTF8": "1", "PYTHONB": "x" * 20, "PYTHONA": "x" * 21, "MYPYTHON": "1"}
    assert variables(given) == ("PYTHONA", f"PYTHONB={'x' * 20}", "PYTHONUTF8=1")


def test_a_folder_without_a_path_is_the_one_in_which_we_are(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    assert nearest(Path("results/of/mine")) == tmp_path


def python_of_version(folder: Path, version: str) -> str:
    place = folder / "python"
    place.write_text(f"""#!/bin/sh\necho '{{"version": "{version}"}}'\n""")
    place.chmod(0o755)
    return str(place)


@pytest.mark.parametrize("version", ["3.10", "3.10.0", "4.0.1"])
def test_the_oldest_python_that_is_measured_is_taken(tmp_path: Path, version: str) -> None:
    assert ask(python_of_version(tmp_path, version)) == {"version": version}


def test_versions_are_compared_as_numbers(tmp_path: Path) -> None:
    with pytest.raises(WrongInterpreter, match=r"it is Python 3\.1;"):
        ask(python_of_version(tmp_path, "3.1"))

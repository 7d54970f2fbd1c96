"""What does the doctor say of machines that are made up: which figures are unreliable there, by how much, and what next?"""

import dataclasses
import math
import re

import pytest

from machines import GIB, MIB, QUIET
from study import scenarios
from study.doctor import CHECKS, as_text, judge
from study.doctor.finding import EVERY, TIMED, named, percent
from study.doctor.readings import Seen

INSTALLED = scenarios.names()
NO_LIMIT = math.inf
HARMFUL = ("spoils", "weakens")


def judged(fact, **changes):
    """The finding on that fact of a machine that is quiet but for the changes."""
    (finding,) = (one for one in judge(changed(**changes), INSTALLED).findings if one.fact == fact)
    return finding


def changed(**changes):
    return dataclasses.replace(QUIET, **changes)


# fact, what is changed of a quiet machine, effect, words of which each must be said
FINDINGS = [
    ("usable CPUs", {"usable_cpus": 1}, "spoils", ("1 of 8", "cannot exceed 1")),
    ("usable CPUs", {"usable_cpus": 2}, "none", ("2 of 8", "up to 4 workers")),
    ("CPU affinity", {}, "none", ("8 of 8", "any CPU")),
    ("CPU affinity", {"affinity_cpus": 2}, "none", ("2 of 8", "nothing is said of the whole machine")),
    ("CPU quota", {}, "none", ("none", "No control group")),
    ("CPU quota", {"cpu_quota": 2.0}, "weakens", ("2 CPUs, of 8", "speed-up of 2 at the most", "--cpus")),
    ("CPU quota", {"cpu_quota": 1.5}, "weakens", ("1.5 CPUs", "More than 1.5 busy workers", "0.1 s")),
    ("CPU quota", {"cpu_quota": 0.5}, "spoils", ("0.5 CPUs",)),
    (
        "CPU quota",
        {"cpu_quota": 1.0, "logical_cpus": None},
        "weakens",
        ("1 CPU, of an unknown number", "1 busy worker "),
    ),
    ("CPU quota", {"cpu_quota": 8.0}, "none", ("8 CPUs, of 8", "as much as the CPUs can give")),
    ("throttling", {}, "none", ("never",)),
    ("throttling", {"periods": 340}, "none", ("0 of 340 periods",)),
    ("throttling", {"periods": 340, "throttled": 12}, "weakens", ("12 of 340 periods", "3.5 %", "latency")),
    ("throttling", {"periods": 1000, "throttled": 250}, "spoils", ("250 of 1,000 periods", "25 %")),
    ("cores (SMT)", {}, "none", ("8 CPUs on 8 cores", "No two workers share a core")),
    ("cores (SMT)", {"usable_cores": 4}, "weakens", ("8 CPUs on 4 cores", "more than 4 workers", "speed-up of 8")),
    ("cores (SMT)", {"usable_cores": 4, "usable_cpus": 4}, "none", ("8 CPUs on 4 cores", "a core for each")),
    ("cores (SMT)", {"hypervisor": "KVM"}, "none", ("as far as the hypervisor tells",)),
    (
        "cores (SMT)",
        {"affinity_cpus": 2, "usable_cpus": 2, "usable_cores": 1},
        "weakens",
        ("2 CPUs on 1 core", "1 worker,"),
    ),
    ("CPU speed", {}, "none", ("governor performance, 0.8 to 4.0 GHz",)),
    ("CPU speed", {"governor": "powersave"}, "weakens", ("0.8 to 4.0 GHz", "at the worst 5.0x slower", "cpupower")),
    ("CPU speed", {"governor": "ondemand", "slowest_ghz": None}, "weakens", ("governor ondemand", "a slow processor.")),
    ("turbo", {}, "none", ("off",)),
    ("turbo", {"turbo": True}, "weakens", ("on", "speed-up comes out too low", "no_turbo")),
    ("load", {}, "none", ("0.1 runnable tasks", "on 8 CPUs")),
    ("load", {"load_average": 1.9}, "none", ("leave the workers enough",)),
    ("load", {"load_average": 2.1}, "weakens", ("2.1 runnable tasks", "below 2.0")),
    ("load", {"load_average": 24.0}, "spoils", ("about 25 %", "4.0x too long", "scaling understated")),
    ("load", {"load_average": 9.0, "usable_cpus": 1}, "none", ("9.0 runnable tasks",)),
    (
        "load",
        {"load_average": 15.0, "usable_cpus": 1},
        "weakens",
        ("about 50 % of what 1 busy worker could use", "below 9.0"),
    ),
    ("load", {"load_average": 6.0, "usable_cpus": 2}, "none", ("6.0 runnable tasks",)),
    ("stolen time", {}, "none", ("0 % in one second", "0 % since boot")),
    ("stolen time", {"stolen_since_boot": 0.02}, "none", ("2.0 % since boot",)),
    ("stolen time", {"stolen_now": 0.031}, "weakens", ("3.1 % in one second", "below 3.1 % for ties")),
    ("stolen time", {"stolen_since_boot": 0.2}, "spoils", ("20 % since boot", "times 20 % too long")),
    ("waiting for a CPU", {}, "none", ("0 % of the last minute",)),
    ("waiting for a CPU", {"waiting_for_cpu": 0.41}, "weakens", ("41 % of the last minute", "queue for a CPU")),
    ("power", {}, "none", ("from the mains",)),
    ("power", {"on_battery": True}, "weakens", ("from the battery", "Plug it in")),
    ("container", {}, "none", ("none found",)),
    ("container", {"container": "podman"}, "none", ("podman", "quota")),
    ("virtual machine", {}, "none", ("no", "No hypervisor")),
    ("virtual machine", {"hypervisor": "unnamed"}, "none", ("a kind that it does not name",)),
    ("virtual machine", {"hypervisor": "QEMU Standard PC"}, "none", ("yes: QEMU Standard PC", "stolen time")),
    ("memory", {}, "none", ("30.0 GiB available of 32.0 GiB", "16 workers")),
    ("memory", {"available_bytes": GIB}, "weakens", ("1.00 GiB available", "may want 1.50 GiB", "killed")),
    ("memory", {"available_bytes": 300 * MIB}, "spoils", ("300 MiB available",)),
    ("memory limit", {}, "none", ("none",)),
    ("memory limit", {"memory_limit_bytes": 2 * GIB}, "none", ("2.00 GiB", "Enough for 16 workers")),
    ("memory limit", {"memory_limit_bytes": GIB}, "weakens", ("1.00 GiB", "--memory")),
    ("swap in use", {}, "none", ("none",)),
    ("swap in use", {"swap_used_bytes": 100 * MIB}, "none", ("100 MiB", "Less than 1.0 %")),
    ("swap in use", {"swap_used_bytes": 3 * GIB}, "weakens", ("come out 3.00 GiB too small", "swapoff")),
    ("/dev/shm", {}, "none", ("16.0 GiB free of 16.0 GiB",)),
    ("/dev/shm", {"shared_memory_free_bytes": 64 * MIB}, "none", ("64.0 MiB free",)),
    ("/dev/shm", {"shared_memory_free_bytes": 20 * MIB}, "weakens", ("large blocks", "--shm-size")),
    ("/dev/shm", {"shared_memory_free_bytes": 0}, "spoils", ("cells of processes fail",)),
    ("semaphores", {}, "none", ("work",)),
    ("semaphores", {"semaphores": "OSError: [Errno 38] Function not implemented"}, "spoils", ("Errno 38", "/dev/shm")),
    ("open files", {}, "none", ("up to 1,024", "16 workers want some 192")),
    ("open files", {"open_files": NO_LIMIT}, "none", ("no limit",)),
    ("open files", {"open_files": 128}, "weakens", ("up to 128", "16 workers want some 192 files", "ulimit -n")),
    ("processes", {}, "none", ("no limit",)),
    ("processes", {"processes": 96_365}, "none", ("up to 96,365",)),
    ("processes", {"processes": 100}, "weakens", ("up to 100", "--pids-limit")),
    ("core files", {}, "none", ("none",)),
    ("core files", {"core_file_bytes": NO_LIMIT}, "none", ("no limit", "ulimit -c 0")),
    ("core files", {"core_file_bytes": 10 * MIB}, "none", ("up to 10.0 MiB",)),
    ("results folder", {}, "none", ("100 GiB free",)),
    ("results folder", {"results_free_bytes": MIB}, "spoils", ("1.00 MiB free", "--results")),
    ("temporary folder", {}, "none", ("10.0 GiB free",)),
    ("temporary folder", {"temporary_free_bytes": MIB}, "spoils", ("1.00 MiB free", "TMPDIR")),
    ("temporary files", {}, "none", ("tmpfs, in memory",)),
    ("temporary files", {"temporary_filesystem": "ext4"}, "none", ("ext4, not in memory",)),
    ("temporary files", {"temporary_filesystem": "nfs4"}, "weakens", ("nfs4", "over a network", "TMPDIR")),
    ("GIL", {}, "none", ("on, ordinary build", "take turns")),
    ("GIL", {"gil_enabled": False, "free_threaded_build": True}, "none", ("off, free-threaded build", "in parallel")),
    ("GIL", {"free_threaded_build": True}, "weakens", ("on, free-threaded build", "-X gil=0")),
    ("debug build", {}, "none", ("no",)),
    ("debug build", {"debug_build": True}, "spoils", ("checks itself at each step", "--with-pydebug")),
    ("start methods", {}, "none", ("by default forkserver", "Every row names")),
    ("start methods", {"start_methods": ["spawn"]}, "none", ("spawn", "fork and forkserver show as not offered")),
    ("timer", {}, "none", ("steps of 1.00 ns", "45.0 ns a reading")),
    ("timer", {"clock_reading_ns": 1200.0}, "weakens", ("1.20 µs a reading", "wrong by up to 1.20 µs")),
    ("timer", {"clock_resolution_s": 0.015}, "weakens", ("steps of 15.0 ms", "wrong by up to 15.0 ms")),
    ("timer source", {}, "none", ("tsc",)),
    ("timer source", {"clock_source": "hpet"}, "weakens", ("hpet", "microsecond", "available_clocksource")),
    ("hash seed", {}, "none", ("random",)),
    ("hash seed", {"random_hashes": False}, "weakens", ("fixed", "--python")),
    ("PYTHON variables", {}, "none", ("none set",)),
    ("PYTHON variables", {"variables": ("PYTHONMALLOC=debug",)}, "none", ("PYTHONMALLOC=debug", "Not passed on")),
]


@pytest.mark.parametrize(("fact", "changes", "effect", "words"), FINDINGS)
def test_a_fact_is_told_with_what_it_does_to_the_figures(fact, changes, effect, words):
    finding = judged(fact, **changes)
    assert finding.effect == effect
    said = f"{finding.here}. {finding.says} {finding.next_step} {' '.join(finding.scenarios)}"
    for word in words:
        assert word in said


def test_the_load_of_the_designs_example_is_told_as_there():
    finding = judged("load", load_average=6.2, logical_cpus=2, usable_cpus=2)
    assert finding.here == "6.2 runnable tasks in the last minute, on 2 CPUs"
    assert "about 24 %" in finding.says
    assert "scaling understated" in finding.says
    assert "below 0.5" in finding.next_step


def test_every_check_has_a_harmless_case_and_every_judgement_is_made_in_some_case():
    facts = {finding.fact for finding in judge(QUIET, INSTALLED).findings}
    assert {fact for fact, _, effect, _ in FINDINGS if effect == "none"} == facts
    never_harmful = {"CPU affinity", "container", "virtual machine", "core files", "start methods", "PYTHON variables"}
    assert {fact for fact, _, effect, _ in FINDINGS if effect in HARMFUL} == facts - never_harmful


@pytest.mark.parametrize(("fact", "changes", "effect", "words"), FINDINGS)
def test_every_finding_names_scenarios_that_exist_if_and_only_if_it_harms_some(fact, changes, effect, words):
    finding = judged(fact, **changes)
    assert set(finding.scenarios) <= set(INSTALLED)
    assert len(set(finding.scenarios)) == len(finding.scenarios)
    assert bool(finding.scenarios) == bool(finding.next_step) == (finding.effect in HARMFUL)


@pytest.mark.parametrize(("fact", "changes", "effect", "words"), FINDINGS)
def test_every_finding_speaks_in_whole_sentences(fact, changes, effect, words):
    finding = judged(fact, **changes)
    for sentence in filter(None, (finding.says, finding.next_step)):
        assert re.fullmatch(r"[A-Z`\d].*[^.]\.", sentence), sentence
    assert finding.here
    assert not finding.here.endswith(".")


def test_a_quiet_machine_weakens_nothing():
    found = judge(QUIET, INSTALLED)
    assert found.weakening == ()
    assert {finding.effect for finding in found.findings} == {"none"}
    assert "Nothing was found that weakens figures here." in as_text(found).splitlines()
    assert "Not exposed" not in as_text(found)


def test_a_system_that_hides_everything_is_told_so_fact_by_fact_and_nothing_is_guessed():
    found = judge(Seen(), INSTALLED)
    assert len(found.findings) == len(CHECKS)
    assert {(finding.effect, finding.here) for finding in found.findings} == {("hidden", "not exposed")}
    assert all(len(finding.says) > 10 for finding in found.findings)
    assert as_text(found).count("not exposed.") == len(CHECKS)
    assert "Nothing was found that weakens figures here, as far as this system tells." in as_text(found).splitlines()


@pytest.mark.parametrize("field", [field.name for field in dataclasses.fields(Seen)])
def test_one_hidden_fact_hides_at_most_what_needs_it_and_drops_no_line(field):
    found = judge(changed(**{field: None}), INSTALLED)
    assert {finding.fact for finding in found.findings} == {
        finding.fact for finding in judge(QUIET, INSTALLED).findings
    }
    assert found.weakening == ()


@pytest.mark.parametrize("system", ["Darwin", "Windows"])
def test_a_system_of_another_kind_shows_what_it_has(system):
    names = ("logical_cpus", "usable_cpus", "memory_bytes", "available_bytes", "gil_enabled", "free_threaded_build")
    seen = Seen(system=system, **{name: getattr(QUIET, name) for name in names})
    effects = {finding.fact: finding.effect for finding in judge(seen, INSTALLED).findings}
    assert {fact for fact, effect in effects.items() if effect != "hidden"} == {"usable CPUs", "memory", "GIL"}


MANY = {"load_average": 3.0, "debug_build": True, "governor": "powersave", "available_bytes": GIB, "turbo": None}


def test_the_worst_findings_come_first_and_the_hidden_ones_last():
    effects = [finding.effect for finding in judge(changed(**MANY), INSTALLED).findings]
    assert effects == sorted(effects, key=["spoils", "weakens", "none", "hidden"].index)
    assert (effects[0], effects[-1]) == ("spoils", "hidden")


def test_a_scenario_that_is_not_installed_is_not_named():
    found = judge(changed(**MANY), ["latency"])
    assert {name for finding in found.findings for name in finding.scenarios} == {"latency"}


def test_a_fact_that_harms_no_installed_scenario_weakens_nothing():
    found = judge(changed(turbo=True), ["latency"])
    assert found.weakening == ()


@pytest.mark.parametrize(
    ("scenarios_", "there"),
    [
        (EVERY, ("lock", "memory", "scaling")),
        (TIMED, ("lock", "scaling")),
        (("scaling", "grain", "lock", "scaling"), ("scaling", "lock")),
        (("grain",), ()),
        ((), ()),
    ],
)
def test_sets_of_scenarios_are_written_out(scenarios_, there):
    assert named(scenarios_, ["lock", "memory", "scaling"]) == there


@pytest.mark.parametrize(
    ("share", "text"),
    [(0.0, "0 %"), (0.004, "0.4 %"), (0.0198, "2.0 %"), (0.0996, "10 %"), (0.41, "41 %"), (1.0, "100 %")],
)
def test_small_shares_keep_a_digit(share, text):
    assert percent(share) == text

"""Is each fact what the system's files, limits and mounts say, and none where they say nothing?"""

import math
import os
import sys
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

from machines import GIB, VERSION_2, plant, topology
from study import environment
from study.environment import cores_of, facts, filesystem_of, most_processes, resource_limit
from study.journal import Fact


@pytest.fixture
def system(tmp_path, monkeypatch):
    """The root of a made-up system, which says nothing at first."""
    monkeypatch.setattr(environment, "ROOT", tmp_path)
    return tmp_path


def value(name):
    return facts()[name].value


FROM_FILES = [
    *("usable_cores", "cgroup_version", "quota_cpus", "smt_active", "governor", "turbo", "slowest_ghz", "fastest_ghz"),
    *("clock_source", "memory_limit_gib", "virtualization", "container", "hypervisor"),
]


@pytest.mark.parametrize("name", FROM_FILES)
def test_a_file_that_the_system_does_not_have_makes_a_fact_none(system, name):
    assert not list(system.iterdir())
    assert value(name) is None


CPU = "sys/devices/system/cpu"


@pytest.mark.parametrize(
    ("name", "file", "text", "expected"),
    [
        ("smt_active", f"{CPU}/smt/active", "1\n", True),
        ("smt_active", f"{CPU}/smt/active", "0\n", False),
        ("governor", f"{CPU}/cpu0/cpufreq/scaling_governor", "powersave\n", "powersave"),
        ("turbo", f"{CPU}/cpufreq/boost", "1\n", True),
        ("turbo", f"{CPU}/cpufreq/boost", "0\n", False),
        ("turbo", f"{CPU}/intel_pstate/no_turbo", "1\n", False),
        ("turbo", f"{CPU}/intel_pstate/no_turbo", "0\n", True),
        ("slowest_ghz", f"{CPU}/cpu0/cpufreq/cpuinfo_min_freq", "800000\n", 0.8),
        ("fastest_ghz", f"{CPU}/cpu0/cpufreq/cpuinfo_max_freq", "4200000\n", 4.2),
        ("fastest_ghz", f"{CPU}/cpu0/cpufreq/cpuinfo_max_freq", "<unknown>\n", None),
        ("clock_source", "sys/devices/system/clocksource/clocksource0/current_clocksource", "hpet\n", "hpet"),
        ("pressure_is_told", "proc/pressure/cpu", "some avg10=0.00 avg60=0.00 avg300=0.00 total=0\n", True),
        ("memory_limit_gib", "sys/fs/cgroup/memory/memory.limit_in_bytes", f"{3 * GIB}\n", 3.0),
        ("memory_limit_gib", "sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n", None),
        ("cgroup_version", "sys/fs/cgroup/cgroup.controllers", "cpu\n", "v2"),
        ("cpu_model", "proc/cpuinfo", "processor\t: 0\nmodel name\t: Made Up 9000\n", "Made Up 9000"),
    ],
)
def test_a_fact_is_what_its_file_says(system, name, file, text, expected):
    plant(system, {file: text})
    assert value(name) == expected


def test_a_kernel_without_pressure_figures_is_a_fact_of_its_own(system):
    assert value("pressure_is_told") is False


@pytest.mark.parametrize(
    ("siblings", "cpus", "cores"),
    [
        (["0", "1", "2", "3"], range(4), 4),
        (["0-1", "0-1", "2-3", "2-3"], range(4), 2),
        (["0,2", "1,3", "0,2", "1,3"], range(4), 2),
        (["0,2", "1,3", "0,2", "1,3"], [0, 1], 2),
        (["0,2", "1,3", "0,2", "1,3"], [0, 2], 1),
        (["0-7"] * 8, range(8), 1),
    ],
)
def test_threads_of_one_core_count_as_one_core(tmp_path, siblings, cpus, cores):
    assert cores_of(plant(tmp_path, topology(siblings)), cpus) == cores


def test_a_processor_whose_siblings_are_hidden_leaves_the_number_of_cores_unknown(tmp_path):
    with pytest.raises(OSError, match="thread_siblings_list"):
        cores_of(plant(tmp_path, topology(["0", "1"])), range(3))


def test_without_affinity_the_physical_cores_are_those_that_can_be_used(monkeypatch):
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    monkeypatch.setattr(psutil, "cpu_count", lambda logical=True: 12 if logical else 6)
    assert environment.usable_cores() == 6


@pytest.mark.parametrize(
    ("files", "kind"),
    [
        ({".dockerenv": ""}, "docker"),
        ({"run/.containerenv": 'engine="podman-5"\n'}, "podman"),
        ({"proc/self/cgroup": "0::/\n"}, "none"),
        ({"proc/self/cgroup": "0::/user.slice/user-1000.slice\n"}, "none"),
        ({"proc/self/cgroup": "4:cpu:/docker/0123\n"}, "docker"),
        ({"proc/self/cgroup": "0::/kubepods.slice/kubepods-burstable.slice\n"}, "kubernetes"),
        ({"proc/self/cgroup": "0::/machine.slice/libpod-0123.scope\n"}, "podman"),
        ({"proc/self/cgroup": "0::/lxc.payload.made-up\n"}, "lxc"),
        ({"proc/self/cgroup": "0::/system.slice/containerd.service\n"}, "containerd"),
    ],
)
def test_a_container_is_known_by_its_files_or_by_its_group(system, files, kind):
    plant(system, files)
    assert value("container") == kind


def cpuinfo(flags):
    return {"proc/cpuinfo": f"processor\t: 0\nmodel name\t: Made Up\nflags\t\t: {flags}\n"}


@pytest.mark.parametrize(
    ("files", "name"),
    [
        (cpuinfo("fpu vme sse2"), "none"),
        (cpuinfo("fpu hypervisor_like"), "none"),
        (cpuinfo("fpu hypervisor sse2"), "unnamed"),
        ({**cpuinfo("fpu hypervisor"), "sys/class/dmi/id/sys_vendor": "QEMU\n"}, "QEMU"),
        (
            {
                **cpuinfo("hypervisor"),
                "sys/class/dmi/id/sys_vendor": "Amazon EC2\n",
                "sys/class/dmi/id/product_name": "m7i.large\n",
            },
            "Amazon EC2 m7i.large",
        ),
        ({**cpuinfo("fpu"), "sys/class/dmi/id/sys_vendor": "Lenovo\n"}, "none"),
        ({"sys/hypervisor/type": "xen\n"}, "xen"),
        ({"proc/cpuinfo": "Features\t: fp asimd\n"}, None),
    ],
)
def test_a_hypervisor_is_named_where_the_processor_says_that_there_is_one(system, files, name):
    plant(system, files)
    assert value("hypervisor") == name


@pytest.mark.parametrize(
    ("files", "kind"),
    [
        ({".dockerenv": "", **cpuinfo("hypervisor")}, "container"),
        ({"run/.containerenv": ""}, "container"),
        (cpuinfo("fpu hypervisor"), "virtual machine"),
        (cpuinfo("fpu"), None),
    ],
)
def test_the_innermost_kind_of_virtualization_is_told(system, files, kind):
    plant(system, files)
    assert value("virtualization") == kind


@pytest.fixture
def limits(monkeypatch):
    """Limits of a made-up user, by name."""
    chosen = {"RLIMIT_NOFILE": 1024, "RLIMIT_NPROC": 4096, "RLIMIT_CORE": 0}
    module = SimpleNamespace(
        RLIM_INFINITY=-1, getrlimit=lambda name: (chosen[name], -1), **{name: name for name in chosen}
    )
    monkeypatch.setitem(sys.modules, "resource", module)
    return chosen


def test_the_soft_limits_of_the_user_are_facts(system, limits):
    found = facts()
    assert (found["open_files_limit"].value, found["processes_limit"].value) == (1024, 4096)
    assert found["core_file_limit"] == Fact(0, "B", "resource.RLIMIT_CORE")


def test_no_limit_is_infinite_for_a_caller_and_none_as_a_fact(system, limits):
    limits["RLIMIT_CORE"] = -1
    assert math.isinf(resource_limit("RLIMIT_CORE"))
    assert value("core_file_limit") is None


@pytest.mark.parametrize(("group", "least"), [("512\n", 512), ("max\n", 4096), ("100000\n", 4096)])
def test_processes_are_limited_by_the_user_and_by_the_control_group(tmp_path, limits, group, least):
    assert most_processes(plant(tmp_path, {**VERSION_2, "sys/fs/cgroup/pids.max": group})) == least


def test_without_control_groups_the_users_limit_stands_alone(tmp_path, limits):
    assert most_processes(tmp_path) == 4096


def test_a_system_without_such_limits_tells_none(monkeypatch):
    """As on Windows, where the module does not exist."""
    monkeypatch.setitem(sys.modules, "resource", None)
    found = facts()
    assert {found[name].value for name in ("open_files_limit", "processes_limit", "core_file_limit")} == {None}


def test_a_system_without_a_load_average_tells_none(monkeypatch):
    monkeypatch.delattr(os, "getloadavg")
    assert value("load_average") is None


MOUNTED = [
    SimpleNamespace(mountpoint="/", fstype="ext4"),
    SimpleNamespace(mountpoint="/made", fstype="nfs4"),
    SimpleNamespace(mountpoint="/made/up", fstype="tmpfs"),
    SimpleNamespace(mountpoint="/made/up/here", fstype=""),
]


@pytest.mark.parametrize(
    ("folder", "kind"),
    [("/made/up/here", "tmpfs"), ("/made/uphill", "nfs4"), ("/made", "nfs4"), ("/other", "ext4"), ("/", "ext4")],
)
def test_a_folders_file_system_is_the_nearest_that_is_mounted_above_it(monkeypatch, folder, kind):
    monkeypatch.setattr(psutil, "disk_partitions", lambda all: MOUNTED)
    assert filesystem_of(Path(folder)) == kind


def test_a_file_system_that_nothing_tells_is_none(monkeypatch):
    monkeypatch.setattr(psutil, "disk_partitions", lambda all: [])
    assert filesystem_of(Path("/made")) is None

"""Is a limit that is hard to find found, none made up where it cannot be read, and each fact told in its unit and by its best source?"""

import math
import os
import platform
import re
from pathlib import Path
from types import SimpleNamespace

import msgspec
import psutil
import pytest

from journals import HOSTILE, header
from machines import GIB, VERSION_2, plant
from study import cgroup, environment
from study.environment import contradiction, facts, filesystem_of, machine_id
from study.journal import Fact, Header

V1, V2 = "sys/fs/cgroup/cpu", "sys/fs/cgroup"
CPU = "sys/devices/system/cpu"


def quota_of_v1(folder: str, cpus: float) -> dict[str, str]:
    return {f"{folder}/cpu.cfs_quota_us": f"{cpus * 100_000:.0f}\n", f"{folder}/cpu.cfs_period_us": "100000\n"}


# Control groups


def test_a_controller_is_not_taken_for_one_whose_name_it_begins(tmp_path: Path) -> None:
    groups = "9:cpuset:/elsewhere\n4:cpu,cpuacct:/own\n"
    files = {"proc/self/cgroup": groups, **quota_of_v1(f"{V1}/elsewhere", 1.0), **quota_of_v1(f"{V1}/own", 2.5)}
    assert cgroup.cpu_quota(plant(tmp_path, files)) == 2.5


def test_in_version_2_only_the_line_without_a_controller_is_ours(tmp_path: Path) -> None:
    files = {
        **VERSION_2,
        "proc/self/cgroup": "1:name=systemd:/elsewhere\n0::/own\n",
        f"{V2}/elsewhere/cpu.max": "100000 100000\n",
        f"{V2}/own/cpu.max": "300000 100000\n",
    }
    assert cgroup.cpu_quota(plant(tmp_path, files)) == 3.0


def test_a_group_that_is_called_like_a_controller_is_a_group(tmp_path: Path) -> None:
    """Version 2 has no folders of controllers: "cpu" there is somebody else's group."""
    files = {**VERSION_2, f"{V2}/cpu.max": "400000 100000\n", f"{V2}/cpu/cpu.max": "50000 100000\n"}
    assert cgroup.cpu_quota(plant(tmp_path, files)) == 4.0


def test_the_path_of_a_group_may_have_a_colon(tmp_path: Path) -> None:
    files = {**VERSION_2, "proc/self/cgroup": "0::/a:b\n", f"{V2}/a:b/pids.max": "7\n", f"{V2}/pids.max": "9\n"}
    assert cgroup.processes_limit(plant(tmp_path, files)) == 7


@pytest.mark.parametrize("read", [cgroup.cpu_quota, cgroup.memory_limit, cgroup.processes_limit])
def test_a_limit_that_cannot_be_read_is_not_taken_for_none(tmp_path: Path, read: object) -> None:
    root = plant(tmp_path, VERSION_2)
    for name in ("cpu.max", "memory.max", "pids.max"):
        (root / V2 / name).mkdir()  # as root, no file is unreadable
    with pytest.raises(IsADirectoryError):
        read(root)  # type: ignore[operator]


@pytest.mark.parametrize(("page", "limit"), [(4096, math.inf), (65536, math.inf)])
def test_no_limit_of_version_1_is_known_whatever_the_size_of_a_page(tmp_path: Path, page: int, limit: float) -> None:
    largest = (2**63 - 1) // page * page
    files = {"sys/fs/cgroup/memory/memory.limit_in_bytes": f"{largest}\n"}
    assert cgroup.memory_limit(plant(tmp_path, files)) == limit


def test_a_very_large_limit_of_version_1_is_one(tmp_path: Path) -> None:
    files = {"sys/fs/cgroup/memory/memory.limit_in_bytes": f"{1024 * GIB}\n"}
    assert cgroup.memory_limit(plant(tmp_path, files)) == 1024 * GIB


def test_of_groups_stopped_equally_often_the_one_with_more_periods_counts(tmp_path: Path) -> None:
    files = {f"{V2}/cpu.stat": "nr_periods 90\nnr_throttled 5\n", f"{V2}/a/cpu.stat": "nr_periods 30\nnr_throttled 5\n"}
    root = plant(tmp_path, {**VERSION_2, "proc/self/cgroup": "0::/a\n", **files})
    assert cgroup.throttled(root) == (90, 5)


def test_a_group_without_a_count_does_not_hide_the_count_of_the_one_above(tmp_path: Path) -> None:
    files = {f"{V2}/a/cpu.stat": "nr_periods 30\nnr_throttled 5\n", f"{V2}/a/b/cgroup.procs": ""}
    root = plant(tmp_path, {**VERSION_2, "proc/self/cgroup": "0::/a/b\n", **files})
    assert cgroup.throttled(root) == (30, 5)


# Facts


@pytest.fixture
def system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The root of a made-up system, which says nothing at first."""
    monkeypatch.setattr(environment, "ROOT", tmp_path)
    return tmp_path


@pytest.mark.parametrize(("told", "model"), [("aarch64", "aarch64"), ("", None)])
@pytest.mark.parametrize("files", [{}, {"proc/cpuinfo": "processor\t: 0\nFeatures\t: fp asimd\n"}])
def test_a_processor_whose_file_names_no_model_is_called_as_the_platform_calls_it(
    system: Path, monkeypatch: pytest.MonkeyPatch, files: dict[str, str], told: str, model: str | None
) -> None:
    monkeypatch.setattr(platform, "processor", lambda: told)
    plant(system, files)
    assert facts()["cpu_model"].value == model


def test_amounts_are_told_in_their_unit_and_rounded(system: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(total=7.6 * GIB))
    monkeypatch.setattr(psutil, "swap_memory", lambda: SimpleNamespace(total=1.26 * GIB))
    monkeypatch.setattr(psutil, "disk_usage", lambda path: SimpleNamespace(total=0.0625 * GIB, free=5 * GIB))
    monkeypatch.setattr(os, "getloadavg", lambda: (1.234, 5.0, 9.0))
    plant(system, {**VERSION_2, f"{V2}/memory.max": f"{1.125 * GIB:.0f}\n"})
    found = facts()
    names = ("memory_gib", "swap_gib", "shared_memory_gib", "load_average", "memory_limit_gib")
    assert [found[name].value for name in names] == [8, 1.3, 0.1, 1.23, 1.12]


@pytest.mark.parametrize(
    ("name", "files", "expected"),
    [
        ("turbo", {f"{CPU}/cpufreq/boost": "0\n", f"{CPU}/intel_pstate/no_turbo": "0\n"}, False),
        ("container", {".dockerenv": "", "run/.containerenv": ""}, "docker"),
        ("container", {"run/.containerenv": "", "proc/self/cgroup": "0::/docker/0\n"}, "podman"),
        ("container", {"proc/self/cgroup": "0::/kubepods/pod1/cri-containerd-0.scope\n"}, "kubernetes"),
        ("hypervisor", {"sys/hypervisor/type": "xen\n", "proc/cpuinfo": "flags\t: fpu\n"}, "xen"),
        ("pressure_is_told", {"proc/pressure/cpu": "not supported\n"}, False),
        ("smt_active", {f"{CPU}/smt/active": "notimplemented\n"}, False),
    ],
)
def test_of_two_sources_the_better_one_is_believed(
    system: Path, name: str, files: dict[str, str], expected: object
) -> None:
    plant(system, files)
    assert facts()[name].value == expected


def test_a_folder_that_is_a_link_is_on_the_file_system_it_leads_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "here").symlink_to(tmp_path / "there")
    mounted = [("/", "ext4"), (str(tmp_path.resolve() / "there"), "tmpfs"), (str(tmp_path.resolve() / "here"), "nfs4")]
    partitions = [SimpleNamespace(mountpoint=point, fstype=kind) for point, kind in mounted]
    monkeypatch.setattr(psutil, "disk_partitions", lambda all: partitions)
    assert filesystem_of(tmp_path / "here") == "tmpfs"


def machine(**values: str | int | None) -> dict[str, Fact]:
    usual: dict[str, str | int | None] = dict.fromkeys(environment.STABLE, 1)
    return {name: Fact(value, "", "") for name, value in {**usual, "usable_cpus": 2, **values}.items()}


def test_each_part_of_a_machines_name_is_cut_where_it_becomes_a_burden() -> None:
    family, cpus, system, digest = machine_id(machine(cpu_model="x" * 99, system="y" * 99)).split("-")
    assert (family, cpus, system) == ("x" * 24, "2c", "y" * 16)
    assert re.fullmatch("[0-9a-f]{6}", digest)


@pytest.mark.parametrize("model", ["Intel(R) Core(TM) Processor", "AMD CPU with 7", ""])
def test_a_machine_is_not_called_by_words_that_all_processors_have(model: str) -> None:
    assert machine_id(machine(cpu_model=model, architecture="")).startswith("cpu-2c-")


# Two machines of one name


def of(name: str = "xeon-2c", **values: str | int | None) -> Header:
    return msgspec.structs.replace(header([]), machine=name, environment=machine(**values))


def test_two_machines_that_share_a_name_contradict_each_other_by_the_first_fact_that_differs() -> None:
    told = contradiction("a.jsonl", of(memory_gib=4, system="Linux"), "b.jsonl", of(memory_gib=8, system="Darwin"))
    assert told == (
        "b.jsonl: line 1: `$.machine` is xeon-2c, as in a.jsonl, but memory_gib is 8 here and 4 there; "
        "give one of them another name with --machine."
    )


@pytest.mark.parametrize(
    "other", [of(), of("epyc-2c", memory_gib=8), of(memory_gib=None), of(usable_cpus=1), of(governor="performance")]
)
def test_another_name_an_unknown_fact_or_one_that_changes_is_no_contradiction(other: Header) -> None:
    assert contradiction("a", of(), "b", other) == contradiction("b", other, "a", of()) == ""


def test_a_fact_that_one_file_does_not_have_is_no_contradiction() -> None:
    few = msgspec.structs.replace(of(), environment={"system": Fact(1, "", "")})
    assert contradiction("a", few, "b", of()) == contradiction("b", of(), "a", few) == ""


def test_a_strangers_fact_is_told_in_few_harmless_characters() -> None:
    told = contradiction("a", of(), "b", of(cpu_model=HOSTILE * 9))
    assert not set("\x00\x1b\u202e\n") & set(told)
    assert len(told) < 250

"""Are the limits of control groups found, of both versions, wherever in the hierarchy they are set?"""

import math

import pytest

from machines import GIB, VERSION_2, plant
from study import cgroup

V2, V1 = "sys/fs/cgroup", "sys/fs/cgroup/cpu"
V1_WITHOUT_LIMIT = {f"{V1}/cpu.cfs_quota_us": "-1\n", f"{V1}/cpu.cfs_period_us": "100000\n"}
MOST_OF_V1 = "9223372036854771712\n"  # what version 1 says for "no limit" with pages of 4096 bytes


def deep(own):
    """Version 2 with our group at that path."""
    return {**VERSION_2, "proc/self/cgroup": f"0::{own}\n"}


@pytest.mark.parametrize(
    ("files", "version"),
    [
        (VERSION_2, "v2"),
        (V1_WITHOUT_LIMIT, "v1"),
        ({"sys/fs/cgroup/memory/memory.limit_in_bytes": MOST_OF_V1}, "v1"),
        ({**V1_WITHOUT_LIMIT, "sys/fs/cgroup/unified/cgroup.procs": ""}, "v1 and v2"),
        ({"etc/hostname": "made-up"}, None),
    ],
)
def test_the_version_is_told_by_what_is_mounted(tmp_path, files, version):
    assert cgroup.versions(plant(tmp_path, files)) == version


@pytest.mark.parametrize("read", [cgroup.cpu_quota, cgroup.memory_limit, cgroup.processes_limit, cgroup.throttled])
def test_without_control_groups_no_limit_is_told(tmp_path, read):
    with pytest.raises(OSError, match="no controller"):
        read(tmp_path)


@pytest.mark.parametrize(
    ("text", "cpus"),
    [("max 100000\n", math.inf), ("200000 100000\n", 2.0), ("50000 100000\n", 0.5), ("75000 50000\n", 1.5)],
)
def test_version_2_gives_quota_and_period_in_one_line(tmp_path, text, cpus):
    assert cgroup.cpu_quota(plant(tmp_path, {**VERSION_2, f"{V2}/cpu.max": text})) == cpus


@pytest.mark.parametrize(("quota", "cpus"), [("-1\n", math.inf), ("150000\n", 1.5), ("800000\n", 8.0)])
def test_version_1_gives_quota_and_period_in_two_files(tmp_path, quota, cpus):
    files = {f"{V1}/cpu.cfs_quota_us": quota, f"{V1}/cpu.cfs_period_us": "100000\n"}
    assert cgroup.cpu_quota(plant(tmp_path, files)) == cpus


def test_the_topmost_group_of_a_machine_has_no_files_and_no_limits(tmp_path):
    root = plant(tmp_path, VERSION_2)
    assert cgroup.cpu_quota(root) == cgroup.memory_limit(root) == cgroup.processes_limit(root) == math.inf


@pytest.mark.parametrize(
    ("limits", "cpus"),
    [
        ({"": "400000 100000\n", "a": "max 100000\n", "a/b": "max 100000\n"}, 4.0),
        ({"a": "200000 100000\n", "a/b": "300000 100000\n"}, 2.0),
        ({"a": "max 100000\n", "a/b": "300000 100000\n"}, 3.0),
        ({"a": "max 100000\n", "a/b": "max 100000\n"}, math.inf),
        ({"a/b": "max 100000\n", "a/b/c": "100000 100000\n"}, math.inf),
        ({"a/b": "max 100000\n", "other": "100000 100000\n"}, math.inf),
    ],
)
def test_the_strictest_of_our_group_and_those_above_it_counts(tmp_path, limits, cpus):
    files = {f"{V2}/{group}/cpu.max": text for group, text in limits.items()}
    assert cgroup.cpu_quota(plant(tmp_path, {**deep("/a/b"), **files})) == cpus


@pytest.mark.parametrize("own", ["/docker/0123", "/../../docker/0123", "/system.slice/made-up.service"])
def test_a_group_that_a_container_cannot_see_leaves_those_that_it_can(tmp_path, own):
    files = {**deep(own), f"{V2}/cpu.max": "150000 100000\n"}
    assert cgroup.cpu_quota(plant(tmp_path, files)) == 1.5


@pytest.mark.parametrize("line", ["4:cpu:/docker/0123\n", "1:name=systemd:/\n4:cpu,cpuacct:/docker/0123\n0::/\n"])
def test_version_1_has_a_path_for_each_controller(tmp_path, line):
    files = {
        "proc/self/cgroup": "3:memory:/elsewhere\n" + line,
        **V1_WITHOUT_LIMIT,
        f"{V1}/docker/0123/cpu.cfs_quota_us": "250000\n",
        f"{V1}/docker/0123/cpu.cfs_period_us": "100000\n",
        f"{V1}/elsewhere/cpu.cfs_quota_us": "100000\n",
        f"{V1}/elsewhere/cpu.cfs_period_us": "100000\n",
    }
    assert cgroup.cpu_quota(plant(tmp_path, files)) == 2.5


@pytest.mark.parametrize("text", ["", "150000\n", "a b\n", "1 2 3\n", "150000 0\n"])
def test_a_limit_that_makes_no_sense_is_none_told(tmp_path, text):
    with pytest.raises((ValueError, ArithmeticError)):
        cgroup.cpu_quota(plant(tmp_path, {**VERSION_2, f"{V2}/cpu.max": text}))


@pytest.mark.parametrize(("text", "bytes_"), [("max\n", math.inf), (f"{2 * GIB}\n", 2 * GIB)])
def test_version_2_limits_memory_in_bytes(tmp_path, text, bytes_):
    assert cgroup.memory_limit(plant(tmp_path, {**VERSION_2, f"{V2}/memory.max": text})) == bytes_


@pytest.mark.parametrize(("text", "bytes_"), [(MOST_OF_V1, math.inf), (f"{2 * GIB}\n", 2 * GIB)])
def test_version_1_writes_a_very_large_limit_for_none(tmp_path, text, bytes_):
    files = {"sys/fs/cgroup/memory/memory.limit_in_bytes": text}
    assert cgroup.memory_limit(plant(tmp_path, files)) == bytes_


def test_controllers_of_version_1_are_found_one_by_one(tmp_path):
    root = plant(tmp_path, {"sys/fs/cgroup/memory/memory.limit_in_bytes": f"{GIB}\n"})
    assert cgroup.memory_limit(root) == GIB
    with pytest.raises(OSError, match="'cpu'"):
        cgroup.cpu_quota(root)


@pytest.mark.parametrize(("text", "count"), [("max\n", math.inf), ("512\n", 512)])
@pytest.mark.parametrize("place", [f"{V2}/pids.max", "sys/fs/cgroup/pids/pids.max"])
def test_the_number_of_processes_is_limited_alike_in_both_versions(tmp_path, place, text, count):
    files = {place: text, **(VERSION_2 if place.startswith(f"{V2}/pids.") else {})}
    assert cgroup.processes_limit(plant(tmp_path, files)) == count


STAT = "usage_usec 12\nnr_periods {periods}\nnr_throttled {throttled}\nthrottled_usec 5\n"


@pytest.mark.parametrize("folder", [V1, V2])
def test_throttled_periods_are_counted_in_both_versions(tmp_path, folder):
    files = {f"{folder}/cpu.stat": STAT.format(periods=340, throttled=12), **(VERSION_2 if folder == V2 else {})}
    assert cgroup.throttled(plant(tmp_path, files)) == (340, 12)


def test_the_group_that_was_stopped_most_often_counts(tmp_path):
    files = {
        f"{V2}/a/cpu.stat": STAT.format(periods=100, throttled=50),
        f"{V2}/a/b/cpu.stat": STAT.format(periods=900, throttled=10),
    }
    assert cgroup.throttled(plant(tmp_path, {**deep("/a/b"), **files})) == (100, 50)


def test_a_quota_that_never_stopped_anybody_still_has_its_periods(tmp_path):
    root = plant(tmp_path, {**VERSION_2, f"{V2}/cpu.stat": STAT.format(periods=70, throttled=0)})
    assert cgroup.throttled(root) == (70, 0)


@pytest.mark.parametrize("files", [{}, {f"{V2}/cpu.stat": "usage_usec 12\nuser_usec 7\n"}])
def test_without_a_quota_there_are_no_periods(tmp_path, files):
    assert cgroup.throttled(plant(tmp_path, {**VERSION_2, **files})) == (0, 0)

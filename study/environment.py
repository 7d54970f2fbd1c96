"""The machine and the interpreter as a registry of facts, each with its unit and where it was read."""

import hashlib
import math
import os
import platform
import re
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

import psutil

from study import cgroup
from study.journal import Fact, Header
from study.notation import plain

Value = str | int | float | bool | None
FACTS: dict[str, tuple[str, str, Callable[[], Value]]] = {}
ROOT = Path("/")  # below which the system tells about itself
PROCESSORS = Path("sys/devices/system/cpu")
FIRMWARE = Path("sys/class/dmi/id")
CLOCK_SOURCE = Path("sys/devices/system/clocksource/clocksource0/current_clocksource")
PRESSURE = Path("proc/pressure/cpu")
CONTAINERS = {
    "docker": "docker",
    "kubepods": "kubernetes",
    "containerd": "containerd",
    "libpod": "podman",
    "lxc": "lxc",
}
# What reading a fact may raise; the last two where a system lacks a call or a module.
UNREADABLE = (OSError, ValueError, ArithmeticError, psutil.Error, AttributeError, ImportError)
STABLE = ("cpu_model", "logical_cpus", "physical_cores", "memory_gib", "system", "architecture")


def fact(unit: str, source: str) -> Callable[[Callable[[], Value]], Callable[[], Value]]:
    """Register a function whose name is the fact's and whose result is its value; None where the system does not tell."""

    def register(read: Callable[[], Value]) -> Callable[[], Value]:
        FACTS[read.__name__] = (unit, source, read)
        return read

    return register


def facts() -> dict[str, Fact]:
    """All facts, read now. One that cannot be read is None, which is a fact too."""
    found = {}
    for name, (unit, source, read) in FACTS.items():
        try:
            value = read()
        except UNREADABLE:
            value = None
        found[name] = Fact(value, unit, source)
    return found


def machine_id(found: dict[str, Fact]) -> str:
    """A name for the machine made of what does not change: never a host name. "xeon-2c-linux-1a2b3c"."""
    stable = [found[name].value for name in STABLE]
    digest = hashlib.sha256(repr(stable).encode()).hexdigest()[:6]
    words = re.findall(r"[a-z][a-z0-9]+", str(found["cpu_model"].value or found["architecture"].value).lower())
    plain = [word for word in words if word not in ("intel", "amd", "cpu", "processor", "with", "core", "tm")]
    family = (plain or ["cpu"])[0][:24]
    system = re.sub(r"[^a-z0-9]+", "-", str(found["system"].value).lower())[:16]
    return f"{family}-{found['usable_cpus'].value}c-{system}-{digest}"


def contradiction(path: str, first: Header, other: str, second: Header) -> str:
    """One sentence when two machines go by one name: a fact that does not change is not the same in both files. Else ""."""
    if first.machine != second.machine:
        return ""
    for name in STABLE:
        one, two = (header.environment.get(name) for header in (first, second))
        if one and two and None not in (one.value, two.value) and one.value != two.value:
            return (
                f"{other}: line 1: `$.machine` is {second.machine}, as in {path}, but {name} is {_shown(two)} here and "
                f"{_shown(one)} there; give one of them another name with --machine."
            )
    return ""


def _shown(found: Fact) -> str:
    return plain(repr(found.value), 60)


@fact("", "platform.system")
def system() -> Value:
    return platform.system()


@fact("", "platform.release")
def kernel() -> Value:
    return platform.release()


@fact("", "platform.machine")
def architecture() -> Value:
    return platform.machine()


@fact("", "/proc/cpuinfo, else platform.processor")
def cpu_model() -> Value:
    cpuinfo = ROOT / "proc/cpuinfo"
    if cpuinfo.exists():
        match = re.search(r"^model name\s*:\s*(.+)$", cpuinfo.read_text(), re.MULTILINE)
        if match:
            return match[1].strip()
    return platform.processor() or None


@fact("CPUs", "os.cpu_count")
def logical_cpus() -> Value:
    return os.cpu_count()


@fact("cores", "psutil.cpu_count(logical=False)")
def physical_cores() -> Value:
    return psutil.cpu_count(logical=False)


@fact("CPUs", "os.sched_getaffinity, else os.cpu_count")
def affinity_cpus() -> Value:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()


@fact("cores", "topology/thread_siblings_list of the CPUs of our affinity, else psutil.cpu_count(logical=False)")
def usable_cores() -> Value:
    if hasattr(os, "sched_getaffinity"):
        return cores_of(ROOT, os.sched_getaffinity(0))
    return psutil.cpu_count(logical=False)


def cores_of(root: Path, cpus: Iterable[int]) -> int:
    """How many cores these CPUs are: threads of one core have the same list of siblings. Raises OSError when hidden."""
    lists = (root / PROCESSORS / f"cpu{cpu}" / "topology" / "thread_siblings_list" for cpu in cpus)
    return len({siblings.read_text().strip() for siblings in lists})


@fact("", "files of /sys/fs/cgroup")
def cgroup_version() -> Value:
    return cgroup.versions(ROOT)


@fact("CPUs", "cgroup cpu.max, else cpu.cfs_quota_us; of our group and those above it")
def quota_cpus() -> Value:
    """How many CPUs the container may use; None without a limit."""
    return _limit(cgroup.cpu_quota(ROOT))


@fact("CPUs", "least of affinity and quota, at least 1")
def usable_cpus() -> Value:
    affinity = affinity_cpus()
    try:
        quota = quota_cpus()
    except UNREADABLE:
        quota = None
    return max(1, int(min(float(affinity or 1), float(quota or affinity or 1))))


@fact("", "/sys/devices/system/cpu/smt/active")
def smt_active() -> Value:
    return (ROOT / PROCESSORS / "smt" / "active").read_text().strip() == "1"


@fact("", "cpufreq scaling_governor")
def governor() -> Value:
    return (ROOT / PROCESSORS / "cpu0" / "cpufreq" / "scaling_governor").read_text().strip()


@fact("", "cpufreq/boost, else intel_pstate/no_turbo")
def turbo() -> Value:
    """Whether a processor may run faster for a while than it can for long."""
    boost = ROOT / PROCESSORS / "cpufreq" / "boost"
    if boost.exists():
        return boost.read_text().strip() == "1"
    return (ROOT / PROCESSORS / "intel_pstate" / "no_turbo").read_text().strip() == "0"


@fact("GHz", "cpufreq/cpuinfo_min_freq")
def slowest_ghz() -> Value:
    return _gigahertz("cpuinfo_min_freq")


@fact("GHz", "cpufreq/cpuinfo_max_freq")
def fastest_ghz() -> Value:
    return _gigahertz("cpuinfo_max_freq")


def _gigahertz(file: str) -> float:
    return int((ROOT / PROCESSORS / "cpu0" / "cpufreq" / file).read_text()) / 1e6


@fact("", "/sys/devices/system/clocksource")
def clock_source() -> Value:
    return (ROOT / CLOCK_SOURCE).read_text().strip()


@fact("", "/proc/pressure/cpu can be read")
def pressure_is_told() -> Value:
    """Whether the kernel tells how long tasks wait for a CPU."""
    try:
        return "some" in (ROOT / PRESSURE).read_text()
    except OSError:
        return False


@fact("GiB", "psutil.virtual_memory")
def memory_gib() -> Value:
    return round(psutil.virtual_memory().total / 2**30)


@fact("GiB", "cgroup memory.max, else memory.limit_in_bytes; of our group and those above it")
def memory_limit_gib() -> Value:
    """How much the container may use; None without a limit."""
    limit = _limit(cgroup.memory_limit(ROOT))
    return None if limit is None else round(limit / 2**30, 2)


@fact("GiB", "psutil.swap_memory")
def swap_gib() -> Value:
    return round(psutil.swap_memory().total / 2**30, 1)


@fact("GiB", "psutil.disk_usage of /dev/shm")
def shared_memory_gib() -> Value:
    return round(psutil.disk_usage("/dev/shm").total / 2**30, 1)


@fact("runnable tasks", "os.getloadavg, last minute")
def load_average() -> Value:
    return round(os.getloadavg()[0], 2)


@fact("", "/.dockerenv, /run/.containerenv, hypervisor flag of /proc/cpuinfo")
def virtualization() -> Value:
    if (ROOT / ".dockerenv").exists() or (ROOT / "run/.containerenv").exists():
        return "container"
    return "virtual machine" if _has_hypervisor() else None


@fact("", "/.dockerenv, /run/.containerenv, names in /proc/self/cgroup")
def container() -> Value:
    """Which kind of container this is; "none" where nothing speaks of one."""
    if (ROOT / ".dockerenv").exists():
        return "docker"
    if (ROOT / "run/.containerenv").exists():
        return "podman"
    groups = (ROOT / cgroup.OWN).read_text()
    return next((kind for word, kind in CONTAINERS.items() if word in groups), "none")


@fact("", "/sys/class/dmi/id/sys_vendor and product_name, /sys/hypervisor/type, hypervisor flag of /proc/cpuinfo")
def hypervisor() -> Value:
    """Under what this virtual machine runs, as far as it tells; "none" on a machine of its own."""
    if (ROOT / "sys/hypervisor/type").exists():
        return (ROOT / "sys/hypervisor/type").read_text().strip()
    if not _has_hypervisor():
        return "none"
    names = [(ROOT / FIRMWARE / name) for name in ("sys_vendor", "product_name")]
    return " ".join(name.read_text().strip() for name in names if name.exists()) or "unnamed"


def _has_hypervisor() -> bool:
    """Only processors of the x86 family have a flag for it: elsewhere this raises, as it does without /proc."""
    flags = re.search(r"^flags\s*:(.*)$", (ROOT / "proc/cpuinfo").read_text(), re.MULTILINE)
    if flags is None:
        raise ValueError("no flags are told")
    return "hypervisor" in flags[1].split()


@fact("files", "resource.RLIMIT_NOFILE")
def open_files_limit() -> Value:
    """How many files a process may have open; None without a limit."""
    return _limit(resource_limit("RLIMIT_NOFILE"))


@fact("processes", "resource.RLIMIT_NPROC and cgroup pids.max")
def processes_limit() -> Value:
    """How many processes and threads there may be; None without a limit."""
    return _limit(most_processes(ROOT))


def most_processes(root: Path) -> float:
    """The lesser of the user's limit and the control group's; infinite without any."""
    try:
        group = cgroup.processes_limit(root)
    except UNREADABLE:
        group = math.inf
    return min(group, resource_limit("RLIMIT_NPROC"))


@fact("B", "resource.RLIMIT_CORE")
def core_file_limit() -> Value:
    """How much of its memory a process that crashes may write to the disk; None without a limit."""
    return _limit(resource_limit("RLIMIT_CORE"))


def resource_limit(name: str) -> float:
    """The soft limit; infinite without one. Raises ImportError or AttributeError where the system has no such thing."""
    import resource

    limit = resource.getrlimit(getattr(resource, name))[0]
    return math.inf if limit == resource.RLIM_INFINITY else limit


@fact("", "psutil.disk_partitions")
def temporary_filesystem() -> Value:
    return filesystem_of(Path(tempfile.gettempdir()))


def filesystem_of(folder: Path) -> str | None:
    """The kind of file system, "ext4" or "tmpfs", that holds the folder; None when none of those that are told does."""
    place = folder.resolve()
    told = [part for part in psutil.disk_partitions(all=True) if part.fstype]
    holding = [part for part in told if place.is_relative_to(part.mountpoint)]
    return max(holding, key=lambda part: len(part.mountpoint)).fstype if holding else None


def _limit(value: float) -> int | float | None:
    """For a fact, which has no number for "as many as you like"."""
    return None if math.isinf(value) else value

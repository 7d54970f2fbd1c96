"""The machine and the interpreter as a registry of facts, each with its unit and where it was read."""

import hashlib
import os
import platform
import re
from collections.abc import Callable
from pathlib import Path

import psutil

from study.journal import Fact

Value = str | int | float | bool | None
FACTS: dict[str, tuple[str, str, Callable[[], Value]]] = {}
CGROUP = Path("/sys/fs/cgroup")
GOVERNOR = Path("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor")
SMT = Path("/sys/devices/system/cpu/smt/active")
UNREADABLE = (OSError, ValueError, ArithmeticError, psutil.Error)  # what reading a fact may raise
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
    cpuinfo = Path("/proc/cpuinfo")
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


@fact("CPUs", "cgroup cpu.max, else cpu.cfs_quota_us")
def quota_cpus() -> Value:
    """How many CPUs the container may use; None without a limit."""
    modern = CGROUP / "cpu.max"
    if modern.exists():
        quota, period = modern.read_text().split()
        return None if quota == "max" else int(quota) / int(period)
    legacy = CGROUP / "cpu" / "cpu.cfs_quota_us"
    quota_us = int(legacy.read_text())
    return None if quota_us < 0 else quota_us / int((legacy.parent / "cpu.cfs_period_us").read_text())


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
    return SMT.read_text().strip() == "1"


@fact("", "cpufreq scaling_governor")
def governor() -> Value:
    return GOVERNOR.read_text().strip()


@fact("GiB", "psutil.virtual_memory")
def memory_gib() -> Value:
    return round(psutil.virtual_memory().total / 2**30)


@fact("GiB", "psutil.disk_usage of /dev/shm")
def shared_memory_gib() -> Value:
    return round(psutil.disk_usage("/dev/shm").total / 2**30, 1)


@fact("runnable tasks", "os.getloadavg, last minute")
def load_average() -> Value:
    return round(os.getloadavg()[0], 2)


@fact("", "/.dockerenv, /run/.containerenv, hypervisor flag of /proc/cpuinfo")
def virtualization() -> Value:
    if Path("/.dockerenv").exists() or Path("/run/.containerenv").exists():
        return "container"
    cpuinfo = Path("/proc/cpuinfo")
    return "virtual machine" if cpuinfo.exists() and "hypervisor" in cpuinfo.read_text() else None

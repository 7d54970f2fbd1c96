"""How much of the machine do the control groups leave to this process? Its own group and those above it, of either version.

Format of the files: https://docs.kernel.org/admin-guide/cgroup-v2.html and .../cgroup-v1/
"""

import math
from collections.abc import Callable
from pathlib import Path

MOUNTED = Path("sys/fs/cgroup")
OWN = Path("proc/self/cgroup")
NO_LIMIT_BYTES = 1 << 60  # version 1 writes the largest multiple of a page where there is no limit


def versions(root: Path) -> str | None:
    """ "v2", "v1", or "v1 and v2" where controllers are divided among both; None without control groups."""
    mounted = root / MOUNTED
    if (mounted / "cgroup.controllers").exists():
        return "v2"
    if not any((mounted / name).exists() for name in ("cpu", "memory")):
        return None
    return "v1 and v2" if (mounted / "unified").exists() else "v1"


def cpu_quota(root: Path) -> float:
    """CPUs that the strictest group allows; infinite without a limit. Raises OSError where there is no such controller."""
    return _least(root, "cpu", _quota)


def memory_limit(root: Path) -> float:
    """Bytes that the strictest group allows; infinite without a limit. Raises OSError where there is no such controller."""
    return _least(root, "memory", _memory)


def processes_limit(root: Path) -> float:
    """Processes and threads that the strictest group allows; infinite without a limit. Raises OSError like the others."""
    return _least(root, "pids", lambda folder: _count((folder / "pids.max").read_text()))


def throttled(root: Path) -> tuple[int, int]:
    """(periods, of them throttled) of the group that was stopped most often; (0, 0) without a quota. Raises OSError."""
    counted = [(0, 0)]
    for folder in _groups(root, "cpu"):
        if (folder / "cpu.stat").exists():
            stat = dict(line.split() for line in (folder / "cpu.stat").read_text().splitlines())
            counted.append((int(stat.get("nr_periods", 0)), int(stat.get("nr_throttled", 0))))
    return max(counted, key=lambda pair: (pair[1], pair[0]))


def _least(root: Path, controller: str, limit_of: Callable[[Path], float]) -> float:
    found = [math.inf]
    for folder in _groups(root, controller):
        try:
            found.append(limit_of(folder))
        except FileNotFoundError:  # the topmost group of a machine has no limits
            continue
    return min(found)


def _groups(root: Path, controller: str) -> list[Path]:
    """The folders of our group and of those above it. Raises OSError when none is to be seen."""
    mounted = root / MOUNTED
    inside = mounted / controller if (mounted / controller).is_dir() and not _is_modern(mounted) else mounted
    if inside == mounted and not _is_modern(mounted):
        raise FileNotFoundError(f"{mounted}: no controller {controller!r}")
    own = inside / _path_of_own_group(root, controller if inside != mounted else "").lstrip("/")
    return [folder for folder in (own, *own.parents) if folder.is_relative_to(inside) and folder.is_dir()]


def _is_modern(mounted: Path) -> bool:
    return (mounted / "cgroup.controllers").exists()


def _path_of_own_group(root: Path, controller: str) -> str:
    """As the kernel tells it, in lines like "4:cpu,cpuacct:/docker/0123"; version 2 names no controller."""
    try:
        lines = (root / OWN).read_text().splitlines()
    except OSError:
        return "/"
    for line in lines:
        _, controllers, path = line.split(":", 2)
        if controller in controllers.split(","):
            return path
    return "/"


def _quota(folder: Path) -> float:
    if (folder / "cpu.max").exists():
        quota, period = (folder / "cpu.max").read_text().split()
        return math.inf if quota == "max" else int(quota) / int(period)
    quota_us = int((folder / "cpu.cfs_quota_us").read_text())
    return math.inf if quota_us < 0 else quota_us / int((folder / "cpu.cfs_period_us").read_text())


def _memory(folder: Path) -> float:
    if (folder / "memory.max").exists():
        return _count((folder / "memory.max").read_text())
    limit = _count((folder / "memory.limit_in_bytes").read_text())
    return math.inf if limit >= NO_LIMIT_BYTES else limit


def _count(text: str) -> float:
    return math.inf if text.strip() == "max" else int(text)

"""What is to be seen of this machine now: the facts that the journal records, and those that change from minute to minute."""

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, TypeVar

import psutil

from study import cgroup, environment

PATIENCE_S = 30.0
INTERVAL_S = 1.0  # between two readings of the processors' counters, which advance by a hundredth of a second
PROJECT = Path(__file__).resolve().parent.parent.parent
OLDEST = (3, 10)

# What only the measured interpreter can tell. Of all clock readings the quickest counts: the others were interrupted.
QUESTION = """
import json, os, sys, sysconfig, time
if sys.version_info < (3, 10):
    print(json.dumps({"version": "%d.%d" % sys.version_info[:2]}))
    sys.exit()
sys.path.insert(0, sys.argv[1])
from study.child.session import describe
quickest = 1 << 60
for _ in range(50):
    begun = time.perf_counter_ns()
    for _ in range(100):
        time.perf_counter_ns()
    quickest = min(quickest, time.perf_counter_ns() - begun)
told = describe({})
try:
    import _multiprocessing
    _multiprocessing.SemLock(1, 1, 1, "/study-doctor-%d" % os.getpid(), True)
    told["semaphores"] = "work"
except Exception as error:
    told["semaphores"] = "%s: %s" % (type(error).__name__, error)
told["debug_build"] = bool(sysconfig.get_config_var("Py_DEBUG")) or hasattr(sys, "gettotalrefcount")
told["clock_reading_ns"] = quickest / 100
told["random_hashes"] = bool(sys.flags.hash_randomization)
print(json.dumps(told))
"""

T = TypeVar("T")


class WrongInterpreter(LookupError):
    """The interpreter to be measured does not answer. The message says what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """Everything that is judged. None where the system does not tell; infinite where there is no limit."""

    system: str | None = None
    cpu_model: str | None = None
    logical_cpus: int | None = None
    affinity_cpus: int | None = None
    usable_cpus: int | None = None
    usable_cores: int | None = None
    smt_active: bool | None = None
    cgroup_version: str | None = None
    cpu_quota: float | None = None  #: CPUs
    periods: int | None = None  #: of the quota, since the container started
    throttled: int | None = None  #: of them, those in which it was stopped
    governor: str | None = None
    turbo: bool | None = None
    slowest_ghz: float | None = None
    fastest_ghz: float | None = None
    load_average: float | None = None  #: runnable tasks, over the last minute
    stolen_since_boot: float | None = None  #: share of the processors' time
    stolen_now: float | None = None
    waiting_for_cpu: float | None = None  #: share of the last minute in which some task waited for a processor
    on_battery: bool | None = None
    container: str | None = None
    hypervisor: str | None = None
    memory_bytes: int | None = None
    available_bytes: int | None = None
    memory_limit_bytes: float | None = None
    swap_used_bytes: int | None = None
    shared_memory_bytes: int | None = None
    shared_memory_free_bytes: int | None = None
    open_files: float | None = None
    processes: float | None = None
    core_file_bytes: float | None = None
    results_free_bytes: int | None = None
    temporary_free_bytes: int | None = None
    temporary_filesystem: str | None = None
    variables: tuple[str, ...] | None = None  #: those whose name begins with PYTHON
    clock_source: str | None = None
    implementation: str | None = None
    version: str | None = None
    free_threaded_build: bool | None = None
    gil_enabled: bool | None = None
    debug_build: bool | None = None
    random_hashes: bool | None = None
    semaphores: str | None = None  #: "work", or what happened instead
    default_start_method: str | None = None
    start_methods: list[str] | None = None
    clock_resolution_s: float | None = None
    clock_reading_ns: float | None = None


def look(python: str, results: Path) -> Seen:
    """Read everything. Takes a little longer than `INTERVAL_S`. Raises WrongInterpreter."""
    answer = ask(python)
    facts = {name: fact.value for name, fact in environment.facts().items()}
    return Seen(**_known({**facts, **now(environment.ROOT, results), **answer}))


def now(root: Path, results: Path) -> dict[str, Any]:
    """What changes from minute to minute, and limits, of which the journal's facts do not say whether they are none."""
    stolen_since_boot, stolen_now = told(stolen, INTERVAL_S) or (None, None)
    periods, throttled = told(cgroup.throttled, root) or (None, None)
    return {
        "affinity_cpus": told(lambda: len(psutil.Process().cpu_affinity() or ())),
        "cpu_quota": told(cgroup.cpu_quota, root),
        "periods": periods,
        "throttled": throttled,
        "stolen_since_boot": stolen_since_boot,
        "stolen_now": stolen_now,
        "waiting_for_cpu": told(pressure, root),
        "on_battery": told(on_battery),
        "memory_bytes": told(lambda: psutil.virtual_memory().total),
        "available_bytes": told(lambda: psutil.virtual_memory().available),
        "memory_limit_bytes": told(cgroup.memory_limit, root),
        "swap_used_bytes": told(lambda: psutil.swap_memory().used),
        "shared_memory_bytes": told(lambda: psutil.disk_usage(str(root / "dev/shm")).total),
        "shared_memory_free_bytes": told(free_bytes, root / "dev/shm"),
        "open_files": told(environment.resource_limit, "RLIMIT_NOFILE"),
        "processes": told(environment.most_processes, root),
        "core_file_bytes": told(environment.resource_limit, "RLIMIT_CORE"),
        "results_free_bytes": told(free_bytes, nearest(results)),
        "temporary_free_bytes": told(free_bytes, Path(tempfile.gettempdir())),
        "variables": variables(os.environ),
    }


def told(read: Callable[..., T], *arguments: object) -> T | None:
    """What a reader reads, or None where the system does not tell."""
    try:
        return read(*arguments)
    except environment.UNREADABLE:
        return None


def stolen(interval_s: float) -> tuple[float, float]:
    """The share of the processors' time that a hypervisor gave to others: since boot, and from now for `interval_s`.

    Raises AttributeError on a system that does not count it.
    """
    counted = psutil.cpu_times()
    since_boot = counted.steal / max(sum(counted), 1e-9)
    return since_boot, psutil.cpu_times_percent(interval_s).steal / 100


def pressure(root: Path) -> float:
    """From a line like "some avg10=2.31 avg60=1.71 avg300=1.58 total=2692924850". Raises OSError or ValueError."""
    some = (root / environment.PRESSURE).read_text().splitlines()[0]
    averages = dict(word.split("=") for word in some.split()[1:])
    return float(averages.get("avg60", "not told")) / 100


def on_battery() -> bool | None:
    """Whether the machine runs on its battery; None when it shows none."""
    battery = psutil.sensors_battery()
    return None if battery is None or battery.power_plugged is None else not battery.power_plugged


def free_bytes(folder: Path) -> int:
    """How much can still be written there. Raises OSError."""
    return psutil.disk_usage(str(folder)).free


def nearest(folder: Path) -> Path:
    """The folder, or the one above in which it is going to be made."""
    place = folder.absolute()
    return next((above for above in (place, *place.parents) if above.exists()), place)


def variables(surroundings: Mapping[str, str]) -> tuple[str, ...]:
    """Which of the variables that Python reads are set: "PYTHONMALLOC=debug", only the name where it is a path."""
    names = sorted(name for name in surroundings if name.startswith("PYTHON") and surroundings[name])
    return tuple(name if _is_place(surroundings[name]) else f"{name}={surroundings[name]}" for name in names)


def _is_place(text: str) -> bool:
    return len(text) > 20 or any(sign in text for sign in "/\\~")


def ask(python: str) -> dict[str, Any]:
    """What the interpreter says of itself, asked like a measured one: without the variables. Raises WrongInterpreter."""
    path = shutil.which(python)
    if path is None:
        raise WrongInterpreter(f"--python={python}: there is no such program; give the path of a Python interpreter.")
    try:
        ran = subprocess.run(
            [path, "-I", "-c", QUESTION, str(PROJECT)],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
            check=False,
        )
        answer: dict[str, Any] = dict(json.loads(ran.stdout))
        major, minor = str(answer["version"]).split(".")[:2]
        if (int(major), int(minor)) < OLDEST:
            raise ValueError(f"it is Python {major}.{minor}")
    except (OSError, ValueError, TypeError, KeyError, subprocess.SubprocessError) as error:
        reason = error if str(error).startswith("it is") else "it does not answer like a Python interpreter"
        raise WrongInterpreter(f"--python={python}: {reason}; give the path of a CPython from 3.10 on.") from error
    return answer


def _known(values: Mapping[str, Any]) -> dict[str, Any]:
    """Those that are judged."""
    return {field.name: values[field.name] for field in fields(Seen) if field.name in values}

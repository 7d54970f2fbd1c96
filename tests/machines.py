"""Machines that are not this one: what the files of their system say, and what the doctor sees of them."""

from study.doctor.readings import Seen

MIB = 1 << 20
GIB = 1 << 30


def plant(root, files):
    """Write a system's files below `root`."""
    for place, text in files.items():
        (root / place).parent.mkdir(parents=True, exist_ok=True)
        (root / place).write_text(text)
    return root


def topology(siblings):
    """The files of processors of which each has these siblings."""
    return {
        f"sys/devices/system/cpu/cpu{cpu}/topology/thread_siblings_list": f"{text}\n"
        for cpu, text in enumerate(siblings)
    }


VERSION_2 = {"sys/fs/cgroup/cgroup.controllers": "cpu memory pids\n"}

# Everything told, and nothing amiss.
QUIET = Seen(
    system="Linux",
    cpu_model="Made Up 9000",
    logical_cpus=8,
    affinity_cpus=8,
    usable_cpus=8,
    usable_cores=8,
    smt_active=False,
    cgroup_version="v2",
    cpu_quota=float("inf"),
    periods=0,
    throttled=0,
    governor="performance",
    turbo=False,
    slowest_ghz=0.8,
    fastest_ghz=4.0,
    load_average=0.1,
    stolen_since_boot=0.0,
    stolen_now=0.0,
    waiting_for_cpu=0.0,
    on_battery=False,
    container="none",
    hypervisor="none",
    memory_bytes=32 * GIB,
    available_bytes=30 * GIB,
    memory_limit_bytes=float("inf"),
    swap_used_bytes=0,
    shared_memory_bytes=16 * GIB,
    shared_memory_free_bytes=16 * GIB,
    open_files=1024.0,
    processes=float("inf"),
    core_file_bytes=0.0,
    results_free_bytes=100 * GIB,
    temporary_free_bytes=10 * GIB,
    temporary_filesystem="tmpfs",
    variables=(),
    clock_source="tsc",
    implementation="CPython",
    version="3.14.1",
    free_threaded_build=False,
    gil_enabled=True,
    debug_build=False,
    random_hashes=True,
    semaphores="work",
    default_start_method="forkserver",
    start_methods=["fork", "spawn", "forkserver"],
    clock_resolution_s=1e-9,
    clock_reading_ns=45.0,
)

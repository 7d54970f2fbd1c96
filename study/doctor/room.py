"""Is there room for what the study starts and writes: memory, files, processes, folders?"""

import math

from study.doctor.finding import EVERY, MESSAGES, PARALLEL, STARTING, WAKING, Effect, Finding, fine, hidden, percent
from study.doctor.readings import Seen
from study.notation import number

MIB, GIB = 1 << 20, 1 << 30
PARENT_BYTES = 512 * MIB  # the largest parent that a cell may build
WORKER_BYTES = 64 * MIB  # ample for an interpreter with what the scenarios import
FILES = 64  # that a campaign has open
FILES_OF_WORKER = 8
PROCESSES = 256  # of the same user, besides the workers
SHARED_BYTES = 48 * MIB  # the largest block: three messages of 16 MiB
SEMAPHORES_BYTES = MIB
FOLDER_BYTES = 100 * MIB  # a journal has some 2 MB, and its report as much again
MOST_SWAPPED = 0.01  # share of the memory
IN_MEMORY = ("tmpfs", "ramfs")
OVER_A_NETWORK = ("nfs", "nfs4", "cifs", "smbfs", "smb3", "afpfs", "9p", "fuse.sshfs", "virtiofs", "ceph", "lustre")
NEED_SEMAPHORES = (*MESSAGES, *WAKING, *PARALLEL, *STARTING)


def _workers(seen: Seen) -> int:
    """The widest pool: twice as many as CPUs."""
    return 2 * (seen.usable_cpus or seen.logical_cpus or 1)


def memory(seen: Seen) -> Finding:
    name = "memory"
    if seen.available_bytes is None or seen.memory_bytes is None:
        return hidden(name, "How much is available is not known.")
    here = f"{_size(seen.available_bytes)} available of {_size(seen.memory_bytes)}"
    return _memory(name, here, seen.available_bytes, seen, "End what else runs, or leave out the widest pools with -k.")


def memory_limit(seen: Seen) -> Finding:
    name = "memory limit"
    if seen.memory_limit_bytes is None:
        return hidden(name, "There are no control groups to read: another kind of limit would go unseen.")
    if math.isinf(seen.memory_limit_bytes):
        return fine(name, "none", "No control group ends workers for the memory they use.")
    here = _size(seen.memory_limit_bytes)
    return _memory(name, here, seen.memory_limit_bytes, seen, "Raise the limit (`docker run --memory`).")


def _memory(name: str, here: str, bytes_: float, seen: Seen, next_step: str) -> Finding:
    workers = _workers(seen)
    needed = PARENT_BYTES + workers * WORKER_BYTES
    if bytes_ >= needed:
        return fine(name, here, f"Enough for {workers} workers.")
    says = f"{workers} workers and a large parent may want {_size(needed)}: some are swapped out or killed, and their cells fail."
    effect: Effect = "weakens" if bytes_ >= PARENT_BYTES else "spoils"
    return Finding(name, here, effect, says, next_step, ("parent_memory", "memory", "scaling", "startup", "throughput"))


def swap(seen: Seen) -> Finding:
    name = "swap in use"
    if seen.swap_used_bytes is None or not seen.memory_bytes:
        return hidden(name, "Whether memory was moved to the disk is not known.")
    if seen.swap_used_bytes == 0:
        return fine(name, "none", "Everything is in memory.")
    here = _size(seen.swap_used_bytes)
    if seen.swap_used_bytes <= MOST_SWAPPED * seen.memory_bytes:
        return fine(name, here, f"Less than {percent(MOST_SWAPPED)} of the memory.")
    says = f"Swapped memory is not counted: workers may come out {here} too small, and their first steps wait for the disk."
    return Finding(
        name,
        here,
        "weakens",
        says,
        "End what holds the memory, then `sudo swapoff -a && sudo swapon -a`.",
        ("memory", "parent_memory", "startup"),
    )


def shared_memory(seen: Seen) -> Finding:
    name = "/dev/shm"
    if seen.shared_memory_free_bytes is None or seen.shared_memory_bytes is None:
        return hidden(name, "This system has no such folder, or does not show it; see semaphores.")
    here = f"{_size(seen.shared_memory_free_bytes)} free of {_size(seen.shared_memory_bytes)}"
    if seen.shared_memory_free_bytes >= SHARED_BYTES:
        return fine(name, here, "Semaphores and blocks of shared memory fit.")
    next_step = "Remove what others left in /dev/shm, or ask for more (`docker run --shm-size=1g`)."
    if seen.shared_memory_free_bytes < SEMAPHORES_BYTES:
        says = "Locks and queues of processes keep their semaphores there: cells of processes fail."
        return Finding(name, here, "spoils", says, next_step, NEED_SEMAPHORES)
    says = "Semaphores fit, large blocks of shared memory do not: cells that use them crash."
    return Finding(name, here, "weakens", says, next_step, ("throughput",))


def semaphores(seen: Seen) -> Finding:
    name = "semaphores"
    if seen.semaphores is None:
        return hidden(name, "Whether processes can share a lock was not to be found out.")
    if seen.semaphores == "work":
        return fine(name, "work", "Processes can share locks and queues.")
    says = "Processes cannot share a lock or a queue here: their cells fail, and only threads are left."
    next_step = "Give this machine or container a /dev/shm that can be written."
    return Finding(name, seen.semaphores, "spoils", says, next_step, NEED_SEMAPHORES)


def open_files(seen: Seen) -> Finding:
    needed = FILES + FILES_OF_WORKER * _workers(seen)
    return _limited("open files", seen.open_files, needed, "files", "Run `ulimit -n 4096` before the campaign.", seen)


def processes(seen: Seen) -> Finding:
    needed = PROCESSES + 4 * _workers(seen)
    next_step = "Raise the limit: `ulimit -u` for a user, `docker run --pids-limit` for a container."
    return _limited("processes", seen.processes, needed, "processes and threads", next_step, seen)


def _limited(name: str, limit: float | None, needed: int, what: str, next_step: str, seen: Seen) -> Finding:
    if limit is None:
        return hidden(name, f"How many {what} there may be is not known.")
    workers = _workers(seen)
    if math.isinf(limit):
        return fine(name, "no limit", "Any number of workers may be started.")
    if limit >= needed:
        return fine(name, f"up to {limit:,.0f}", f"{workers} workers want some {needed:,}.")
    says = f"{workers} workers want some {needed:,} {what}: wide pools cannot be started, and their cells fail."
    return Finding(name, f"up to {limit:,.0f}", "weakens", says, next_step, (*PARALLEL, *STARTING, "memory"))


def core_files(seen: Seen) -> Finding:
    name = "core files"
    if seen.core_file_bytes is None:
        return hidden(name, "What a crash leaves behind is not known.")
    if seen.core_file_bytes == 0:
        return fine(name, "none", "A worker that crashes writes no memory to the disk.")
    here = "no limit" if math.isinf(seen.core_file_bytes) else f"up to {_size(seen.core_file_bytes)}"
    return fine(
        name, here, "A worker that crashes may first write its memory to the disk; `ulimit -c 0` saves the time."
    )


def results_folder(seen: Seen) -> Finding:
    says = "A campaign ends at the first row that does not fit; what was measured before is kept."
    return _folder("results folder", seen.results_free_bytes, says, "Make room, or name another folder with --results.")


def temporary_folder(seen: Seen) -> Finding:
    says = "Each cell keeps its trace there while it runs: when it is full, cells fail."
    return _folder(
        "temporary folder", seen.temporary_free_bytes, says, "Make room, or name another folder with TMPDIR."
    )


def _folder(name: str, free: int | None, says: str, next_step: str) -> Finding:
    if free is None:
        return hidden(name, "How much room it has is not known.")
    if free >= FOLDER_BYTES:
        return fine(name, f"{_size(free)} free", f"A campaign wants less than {_size(FOLDER_BYTES)}.")
    return Finding(name, f"{_size(free)} free", "spoils", says, next_step, EVERY)


def temporary_filesystem(seen: Seen) -> Finding:
    name = "temporary files"
    if seen.temporary_filesystem is None:
        return hidden(name, "Whether the temporary folder is in memory, on a disk or on a network is not known.")
    if seen.temporary_filesystem in IN_MEMORY:
        return fine(name, f"{seen.temporary_filesystem}, in memory", "Traces never wait for a disk.")
    here = f"{seen.temporary_filesystem}, not in memory"
    if seen.temporary_filesystem not in OVER_A_NETWORK:
        return fine(name, here, "Traces are short, and the system writes them to the disk later.")
    says = "Workers write their trace over a network, some of it while they are timed."
    return Finding(name, here, "weakens", says, "Name a folder on this machine with TMPDIR.", (*WAKING, *MESSAGES))


def _size(count: float) -> str:
    """Three digits, in GiB or MiB: "22.9 GiB"."""
    return f"{number(count / GIB)} GiB" if count >= GIB else f"{number(count / MIB)} MiB"


CHECKS = (
    *(memory, memory_limit, swap, shared_memory, semaphores, open_files, processes, core_files),
    *(results_folder, temporary_folder, temporary_filesystem),
)

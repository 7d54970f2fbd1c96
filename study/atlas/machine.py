"""Errors of a machine that has no more of something: processes, threads, descriptors, shared memory."""

from study.atlas.entry import Message

FORKS = (
    "multiprocessing/popen_fork.py:_launch",
    "multiprocessing/popen_spawn_posix.py:_launch",
    "multiprocessing/util.py:spawnv_passfds",
    "subprocess.py:_execute_child",
)
LIBRARY = (
    "multiprocessing/connection.py",
    "multiprocessing/popen_fork.py",
    "multiprocessing/popen_spawn_posix.py",
    "multiprocessing/util.py",
    "multiprocessing/synchronize.py",
    "multiprocessing/shared_memory.py",
    "multiprocessing/context.py",
    "multiprocessing/queues.py",
    "multiprocessing/reduction.py",
    "concurrent/futures/process.py",
    "subprocess.py",
)
SHARED = (
    "multiprocessing/synchronize.py:__init__",
    "multiprocessing/shared_memory.py:__init__",
    "multiprocessing/heap.py",
)

ENTRIES = (
    Message(
        name="no_more_threads",
        words=r"RuntimeError: can't start new thread",
        what="The system refused another thread.",
        cause="A limit on processes and threads is reached: ulimit -u, the pids limit of a container, or memory for "
        "stacks. Threads that are started for each item, or pools that are never shut down, get there.",
        fix="Use one pool of bounded size; look at the limits with python -m study doctor.",
        code="with ThreadPoolExecutor(max_workers=32) as executor: executor.map(work, items)",
        scenario="startup",
    ),
    Message(
        name="no_more_processes",
        words=r"(?:BlockingIOError: \[Errno 11\]|PermissionError: \[Errno (?:1|13)\]|OSError: \[Errno 12\])",
        innermost=FORKS,
        what="The system refused another process.",
        cause="A limit is reached: ulimit -u, the pids limit of a container (Errno 11), memory that must be promised "
        "for a fork of a large process (Errno 12), or a sandbox forbids it (Errno 1, 13).",
        fix="Use fewer workers, end pools that are not needed, raise the limit; python -m study doctor shows it. A "
        "large process had better use forkserver.",
        code="ulimit -u; cat /sys/fs/cgroup/pids.max",
        scenario="startup",
    ),
    Message(
        name="shared_memory_full",
        words=r"OSError: \[Errno 28\] No space left on device",
        within=SHARED,
        what="There is no room left for shared memory or semaphores.",
        cause="They are in /dev/shm, which a container gets only 64 MB of. What killed programs left behind there stays"
        " until somebody removes it.",
        fix="Give the container more; remove what is left of dead programs.",
        code="docker run --shm-size=2g …; ls -l /dev/shm",
        hazard="shared_memory_left",
    ),
    Message(
        name="too_many_files",
        words=r"OSError: \[Errno 24\] (?:Too many open files|No file descriptors available)",
        within=LIBRARY,
        what="The process has too many open files for another pipe or process.",
        cause="Each worker costs about two descriptors in the parent, each queue two, each connection one. Queues that "
        "are made for each item, processes that are never joined or closed, or a low ulimit -n get there.",
        fix="Make queues once and close what is done; raise the limit.",
        code="process.join(); process.close()    # ulimit -n 4096",
        scenario="queue",
    ),
)

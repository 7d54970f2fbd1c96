"""What is told when a program or a process ends: crashes, and things left behind."""

from study.atlas.entry import BY_THE_WAY, Message

ENTRIES = (
    Message(
        name="semaphores_left",
        words=r"resource_tracker: There appear to be \d+ leaked semaphore",
        what="The program ended without giving back semaphores: its locks and queues. The resource tracker removed "
        "them.",
        cause="It was killed, called os._exit, or a pool or executor was left open at the end. Children that are still "
        "alive lose their locks by this.",
        fix="End pools and executors with a with block, and join processes, before the program ends.",
        code="with ProcessPoolExecutor() as executor: ...",
        scenario="semaphore",
        order=BY_THE_WAY,
    ),
    Message(
        name="segments_left",
        words=r"resource_tracker: There appear to be \d+ leaked shared_memory",
        what="The program ended without unlinking shared memory. The resource tracker removed it.",
        cause="close() only gives up one's own view; somebody has to call unlink() once. Up to 3.12 a process that "
        "merely opened a segment is told this too, although the segment is another's.",
        fix="Unlink it where it was made; open it elsewhere with track=False (3.13 and later).",
        code="finally: memory.close(); memory.unlink()",
        hazard="shared_memory_left",
        issue="gh-82300",
        versions="track=False from 3.13 on",
        order=BY_THE_WAY,
    ),
    Message(
        name="fork_with_threads",
        words=r"DeprecationWarning: This process \(pid=\d+\) is multi-threaded, use of (?:fork|forkpty)\(\) may lead to deadlocks",
        what="A process was forked while other threads were running.",
        cause="The child has only the thread that forked; a lock that another one held stays locked in it for ever. "
        "Queues have a thread too, as soon as something was put into them, and so have pools.",
        fix="Start processes before threads, or do not fork.",
        code='multiprocessing.get_context("forkserver")    # or "spawn"',
        hazard="fork_from_threads_warning",
        scenario="startup",
        issue="gh-100228",
        versions="warns from 3.12 on; the hazard is older",
        order=BY_THE_WAY,
    ),
    Message(
        name="crashed",
        words=r"Fatal Python error: (?:Segmentation fault|Bus error|Illegal instruction|Floating-point exception)",
        what="The interpreter crashed: no exception, so nothing in the program could catch it.",
        cause="A C extension, or a lock of a fork context in a spawned process on 3.10. A Bus error in a process that "
        "uses shared memory mostly says that /dev/shm is full. In a pool of threads the whole program dies, a "
        "Pool hangs, a ProcessPoolExecutor raises.",
        fix="The innermost frame below names the call. Run what may crash in a ProcessPoolExecutor, which tells you.",
        code="PYTHONFAULTHANDLER=1 python program.py",
        hazard="segfault",
        issue="gh-77377",
        versions="the lock: 3.10 only",
    ),
)

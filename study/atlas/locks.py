"""Errors of locks, semaphores, conditions and barriers."""

from study.atlas.entry import Message

ENTRIES = (
    Message(
        name="lock_was_not_held",
        words=r"(?:RuntimeError: release unlocked lock|ValueError: semaphore or lock released too many times)",
        what="A lock was released that nobody held.",
        cause="It was released twice, or released in a finally although acquire() had timed out and returned False. "
        "Threads say so with a RuntimeError, processes with a ValueError; a BoundedSemaphore of processes says "
        "the same when it overflows.",
        fix="Use with, or release only what was acquired.",
        code="if lock.acquire(timeout=1):\n    try: ...\n    finally: lock.release()",
        hazard="unlocked_release",
        scenario="lock",
    ),
    Message(
        name="lock_of_another",
        words=r"(?:AssertionError: attempt to release recursive lock not owned by thread|RuntimeError: cannot release un-acquired lock)",
        what="An RLock was released by a thread or process that does not own it.",
        cause="An RLock knows its owner, and only the owner may release it, as often as it acquired it. Threads raise a"
        " RuntimeError, processes an AssertionError.",
        fix="Release it where it was acquired, best with with. To hand something from one to another use a Lock or a "
        "Semaphore.",
        code="with rlock: ...",
        hazard="rlock_release_by_non_owner",
        scenario="lock",
    ),
    Message(
        name="semaphore_released_too_often",
        words=r"ValueError: Semaphore released too many times",
        what="A BoundedSemaphore was released more often than it was acquired.",
        cause="Some way through the code releases without having acquired: mostly a finally after an acquire() that "
        "timed out.",
        fix="Use with. A plain Semaphore would not complain, and then allow more than it should.",
        code="with semaphore: ...",
        hazard="bounded_semaphore_over_release",
        scenario="semaphore",
    ),
    Message(
        name="condition_without_its_lock",
        words=r"(?:RuntimeError: cannot (?:notify|wait) on un-acquired lock|AssertionError: lock is not owned|"
        r"AssertionError: must acquire\(\) condition before using wait)",
        what="wait() or notify() of a Condition was called without holding its lock.",
        cause="A Condition may be waited on and notified only inside its own with block: else a notification could fall"
        " between the look at the state and the wait. Threads raise a RuntimeError, processes an AssertionError.",
        fix="Hold the lock around both, and wait for a state rather than for the notification.",
        code="with condition:\n    condition.wait_for(lambda: ready)",
        hazard="condition_without_lock",
        scenario="condition",
    ),
    Message(
        name="barrier_broken",
        words=r"(?:threading\.|multiprocessing\.synchronize\.)?BrokenBarrierError\b",
        what="A Barrier was broken: not all of its participants arrived in time.",
        cause="One of them raised, died or never ran (a pool smaller than the barrier), or the time given ran out; then"
        " all who wait get this error. abort() and reset() do the same.",
        fix="Have at least as many workers as the barrier counts, and abort it where a participant fails.",
        code="try: prepare()\nexcept BaseException: barrier.abort(); raise",
        hazard="tasks_wait_for_each_other",
        scenario="synchronisation",
    ),
    Message(
        name="semaphore_is_gone",
        words=r"FileNotFoundError: \[Errno 2\] No such file or directory",
        within=("multiprocessing/synchronize.py:__setstate__", "multiprocessing/synchronize.py:_rebuild"),
        what="A spawned process was given a lock, queue or event that did not exist any more when it began.",
        cause="The parent let go of it before the child had found it by name: the program ended without join(), or the "
        "object was only made inside Process(args=…) and nothing else keeps it. Forked children do not notice.",
        fix="Keep it in a name and join the process before the end.",
        code="lock = ctx.Lock(); process = ctx.Process(target=work, args=(lock,)); process.start(); process.join()",
        hazard="unstarted_argument",
        scenario="semaphore",
        issue="gh-94765",
        versions="open; seen on 3.10 to 3.15",
    ),
)

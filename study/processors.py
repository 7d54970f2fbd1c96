"""How many processors are there for us, and how does work get to them with all that has been made so far?"""

import multiprocessing
import os
import warnings
from collections.abc import Callable
from multiprocessing.pool import Pool


def usable_cpus() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def forked(workers: int, begin: Callable[[], None] | None = None) -> Pool:
    """A pool of processes that share what is in memory now, each of which calls `begin` first. For Linux only."""
    with warnings.catch_warnings():
        # Python warns of threads that a fork leaves behind. There are only those of a linear algebra library, which sleep.
        warnings.simplefilter("ignore", DeprecationWarning)
        return multiprocessing.get_context("fork").Pool(workers, initializer=begin)

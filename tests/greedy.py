"""A library in whose pools one worker does everything, at once and in the thread that asks; it notes what it is asked."""

import contextlib


class Gate:
    def wait(self):
        pass


class Greedy:
    """Answers for multiprocessing and for concurrent.futures alike."""

    Lock = staticmethod(contextlib.nullcontext)

    def __init__(self):
        self.pools = []  #: the arguments of each pool that was made
        self.jobs = []  #: task and chunk size of each map, in order

    def Barrier(self, _):  # noqa: N802 - as multiprocessing calls it
        return Gate()

    def Pool(self, processes, initializer=None, initargs=(), **more):  # noqa: N802
        self.pools.append({"workers": processes, **more})
        if initializer:
            initializer(*initargs)
        return self

    def Executor(self, max_workers, **more):  # noqa: N802
        return self.Pool(max_workers, **more)

    def map(self, task, jobs, chunksize=None):
        self.jobs.append((task, chunksize))
        return [task(job) for job in jobs]

    def __enter__(self):
        return self

    def __exit__(self, *error):
        pass

    def close(self):
        pass

    join = close

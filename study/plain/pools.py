"""Nanoseconds until both workers of a new pool are at work: ``pools.py Pool|ProcessPoolExecutor|ThreadPoolExecutor``."""

import functools
import multiprocessing
import sys
import threading
import time

ROUNDS = 4
WIDTH = 2


def install(shared_gate):
    global gate
    gate = shared_gate


def meet(_):
    now = time.perf_counter_ns()
    gate.wait()
    return now


def pool_kind(kind):
    mp = multiprocessing.get_context("fork")
    if kind == "Pool":
        return mp.Pool, mp.Barrier
    import concurrent.futures  # here, because a program that uses a Pool has no need of it

    if kind == "ProcessPoolExecutor":
        return functools.partial(concurrent.futures.ProcessPoolExecutor, mp_context=mp), mp.Barrier
    return concurrent.futures.ThreadPoolExecutor, threading.Barrier


def start_and_end(kind, new_pool, new_barrier):
    """In a function of its own, at whose end the pool is gone: the next one is not timed while this one is taken apart."""
    shared_gate = new_barrier(WIDTH)
    begun = time.perf_counter_ns()
    pool = new_pool(WIDTH, initializer=install, initargs=(shared_gate,))
    if kind == "Pool":
        stamps = pool.map(meet, range(WIDTH), chunksize=1)
        pool.close()
        pool.join()
    else:
        stamps = [task.result() for task in [pool.submit(meet, number) for number in range(WIDTH)]]
        pool.shutdown()
    return max(stamps) - begun


def main(kind):
    new_pool, new_barrier = pool_kind(kind)
    times = [start_and_end(kind, new_pool, new_barrier) for _ in range(ROUNDS)]
    print("cold ready", times[0], sep="\t")
    print("warm ready", *times[1:], sep="\t")


if __name__ == "__main__":
    main(sys.argv[1])

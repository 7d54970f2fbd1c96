"""Nanoseconds for a pool of two to map 32 pure-Python tasks: ``mapping.py Pool|ProcessPoolExecutor|ThreadPoolExecutor``."""

import concurrent.futures
import multiprocessing
import sys
import time

ROUNDS = 4
TASKS, LOOPS, TUNED = 32, 8000, 8


def compute(number):
    total = 0
    for i in range(LOOPS):
        total += i * number
    return total


def main(kind):
    mp = multiprocessing.get_context("fork")
    if kind == "Pool":
        pool = mp.Pool(2)
    elif kind == "ProcessPoolExecutor":
        pool = concurrent.futures.ProcessPoolExecutor(2, mp_context=mp)
    else:
        pool = concurrent.futures.ThreadPoolExecutor(2)
    times = {"default chunks": [], "tuned chunks": []}
    list(pool.map(compute, range(TASKS)))  # every worker is up
    for _ in range(ROUNDS):
        for lap, more in (("default chunks", {}), ("tuned chunks", {"chunksize": TUNED})):
            begun = time.perf_counter_ns()
            answers = list(pool.map(compute, range(TASKS), **more))
            times[lap].append(time.perf_counter_ns() - begun)
            assert answers[-1] == (TASKS - 1) * LOOPS * (LOOPS - 1) // 2
    with pool:
        pass
    for lap, values in times.items():
        print(lap, *values, sep="\t")


if __name__ == "__main__":
    main(sys.argv[1])

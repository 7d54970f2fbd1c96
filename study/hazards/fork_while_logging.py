"""Pools start while two threads write to a log file, and their workers log too: how many of the pools hang?"""

import contextlib
import functools
import threading
import time

from study.hazard import HANG_S, Hazard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from study.hazard import Watch

POOLS = 8
FEW_POOLS = 1  # where a pool is dear to start and inherits no lock
THREADS, ITEMS = 2, 2


def log(number: int) -> None:
    import logging

    logging.getLogger("study").info("item %d", number)


def keep_logging(stop: "threading.Event") -> None:
    while not stop.is_set():
        log(0)


@contextlib.contextmanager
def others_logging() -> "Iterator[None]":
    import logging

    logger, stop = logging.getLogger("study"), threading.Event()
    logger.addHandler(logging.FileHandler("log.txt"))
    logger.setLevel(logging.INFO)
    threads = [threading.Thread(target=keep_logging, args=(stop,)) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    yield
    stop.set()
    for thread in threads:
        thread.join()


def wait_for_all(answers: "list[Any]") -> None:
    until = time.monotonic() + HANG_S
    for answer in answers:
        answer.wait(max(0, until - time.monotonic()))


def workers(mp: "Any", watch: "Watch", number: int = FEW_POOLS) -> None:
    with others_logging():
        pools = [mp.Pool(2) for _ in range(number)]
    answers = [pool.map_async(log, range(ITEMS), chunksize=1) for pool in pools]
    watch.call("wait for the maps", wait_for_all, answers)
    tell([answer.ready() for answer in answers], watch)
    for pool in pools:
        pool.terminate()


def executor(mp: "Any", watch: "Watch", number: int = FEW_POOLS) -> None:
    import multiprocessing
    from concurrent.futures import wait

    pools = [mp.Executor(max_workers=2) for _ in range(number)]
    with others_logging():
        answers = [[pool.submit(log, item) for item in range(ITEMS)] for pool in pools]
    watch.call("wait for the futures", wait, [future for futures in answers for future in futures], HANG_S)
    tell([all(future.done() for future in futures) for futures in answers], watch)
    for process in multiprocessing.active_children():
        process.terminate()
    for pool in pools:
        pool.shutdown()


def tell(answered: "list[bool]", watch: "Watch") -> None:
    if not all(answered):
        watch.finds("hangs", f"{answered.count(False)} of {len(answered)} pools")


HAZARD = Hazard(
    title="Pools start while threads log",
    question=__doc__,
    group="locks and queues",
    rank=44,
    styles={
        "workers": workers,
        "executor": executor,
        "processes.fork": functools.partial(workers, number=POOLS),
        "executors.fork": functools.partial(executor, number=POOLS),
    },
    absent={"serial": "one thread works alone: there is nobody to log beside it"},
    defects={"processes.fork": "gh-100228", "executors.fork": "gh-100228"},
    patience_s=2 * HANG_S,
)

"""What cannot travel, which child cannot be started, and how a pool refuses, each made to happen."""

import multiprocessing
import os
import threading
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing.pool import ThreadPool

from mishap import PATIENCE_S, mishap

FORK, SPAWN = multiprocessing.get_context("fork"), multiprocessing.get_context("spawn")


class Demanding(Exception):
    """Wants two arguments and passes on one, so that it cannot be made again."""

    def __init__(self, code, text):  # noqa: ARG002
        super().__init__(text)


def demand():
    raise Demanding(1, "text")


def replaced():
    pass


ORIGINAL, replaced = replaced, None
NAMELESS = lambda: None  # noqa: E731


def fail():
    raise ValueError("the initializer")


def in_a_pool(function, *arguments):
    with FORK.Pool(1) as pool:
        return pool.apply(function, arguments)


def in_an_executor(function, *arguments):
    with ProcessPoolExecutor(1, FORK) as executor:
        return executor.submit(function, *arguments).result()


# Something cannot travel


@mishap
def result_cannot_be_sent():
    in_a_pool(threading.Lock)


@mishap
def primitive_sent_as_a_message():
    in_a_pool(print, FORK.Lock())


@mishap
def mixed_contexts():
    SPAWN.Process(target=print, args=(FORK.Lock(),)).start()


@mishap
def local_object_cannot_travel():
    in_a_pool(print, lambda: 1)


@mishap
def replaced_function_cannot_travel():
    in_a_pool(ORIGINAL)


@mishap
def lambda_cannot_travel():
    in_a_pool(NAMELESS)


@mishap
def pool_cannot_travel():
    with FORK.Pool(1) as pool:
        pool.apply(print, (pool,))


@mishap
def process_cannot_travel():
    in_a_pool(print, FORK.Process())


@mishap
def exception_cannot_be_rebuilt():
    messages = FORK.SimpleQueue()
    messages.put(Demanding(1, "text"))
    messages.get()


@mishap
def exception_of_an_executor_cannot_be_rebuilt():
    in_an_executor(demand)


class Fragile:
    """Can be sent, and cannot be received."""

    def __setstate__(self, state):
        raise LookupError(f"no way to make it from {state}")

    def __getstate__(self):
        return 1


@mishap
def result_cannot_be_rebuilt():
    in_an_executor(Fragile)


@mishap
def message_cannot_be_rebuilt():
    messages = FORK.SimpleQueue()
    messages.put(Fragile())
    messages.get()


@mishap
def object_cannot_be_pickled():
    in_an_executor(print, (item for item in ()))


@mishap
def lock_cannot_be_pickled():
    in_an_executor(print, threading.Lock())


# The main file, and whose child a process is


def start_a_child():
    FORK.Process(target=print).start()


@mishap
def daemon_with_children():
    in_a_pool(start_a_child)


@mishap
def start_method_set_twice():
    multiprocessing.set_start_method("fork", force=True)
    multiprocessing.set_start_method("fork")


@mishap
def start_method_unknown():
    multiprocessing.get_context("sprawn")


FOREIGN = FORK.Process(target=print)


def test_a_foreign_child():
    FOREIGN.is_alive()


@mishap
def not_my_child():
    in_a_pool(test_a_foreign_child)


@mishap
def joined_before_it_was_started():
    threading.Thread().join()


@mishap
def started_twice():
    thread = threading.Thread(target=int)
    thread.start()
    thread.start()


@mishap
def joins_itself():
    threading.current_thread().join()


@mishap
def process_object_closed():
    process = FORK.Process()
    process.close()
    process.is_alive()


@mishap
def closed_while_running():
    process = FORK.Process(target=time.sleep, args=(PATIENCE_S,))
    process.start()
    try:
        process.close()
    finally:
        process.kill()
        process.join()


# Pools and executors


@mishap
def initializer_failed():
    with ThreadPoolExecutor(1, initializer=fail) as executor:
        executor.submit(print).result()


@mishap
def worker_died():
    in_an_executor(os._exit, 1)


@mishap
def recycling_with_fork():
    ProcessPoolExecutor(1, FORK, max_tasks_per_child=1)


@mishap
def recycling_not_offered():
    ThreadPool(1, maxtasksperchild=1)


@mishap
def pool_closed():
    with FORK.Pool(1) as pool:
        pass
    pool.map(abs, [1])


@mishap
def pool_joined_while_open():
    with FORK.Pool(1) as pool:
        pool.join()


@mishap
def executor_shut_down():
    executor = ThreadPoolExecutor(1)
    executor.shutdown()
    executor.submit(print)


@mishap
def pool_answer_late():
    with FORK.Pool(1) as pool:
        pool.apply_async(time.sleep, (PATIENCE_S,)).get(0.01)


def busy(ask):
    """What is asked of an executor of one thread that has something else to do."""
    done = threading.Event()
    with ThreadPoolExecutor(1) as executor:
        executor.submit(done.wait)
        try:
            ask(executor)
        finally:
            done.set()


@mishap
def future_late():
    busy(lambda executor: executor.submit(print).result(timeout=0.01))


@mishap
def map_late():
    busy(lambda executor: list(executor.map(abs, [1], timeout=0.01)))


@mishap
def future_cancelled():
    def cancel(executor):
        future = executor.submit(print)
        future.cancel()
        future.result()

    busy(cancel)

"""Each error of the atlas, made to happen: run by a Python from 3.10 on, it writes what that Python says as one JSON document.

A function raises what it is named for. A program is run in an interpreter of its own, and what counts is its standard error.
"""

import json
import multiprocessing
import os
import pickle
import queue
import signal
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import connection
from multiprocessing.pool import ThreadPool
from multiprocessing.shared_memory import SharedMemory
from pathlib import Path

PATIENCE_S = 60
FORK, SPAWN = multiprocessing.get_context("fork"), multiprocessing.get_context("spawn")
MISHAPS = {}


def mishap(function):
    MISHAPS[function.__name__] = function
    return function


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


# Locks


@mishap
def lock_was_not_held():
    threading.Lock().release()


@mishap
def lock_of_processes_was_not_held():
    FORK.Lock().release()


@mishap
def lock_of_another():
    FORK.RLock().release()


@mishap
def lock_of_another_thread():
    threading.RLock().release()


@mishap
def semaphore_released_too_often():
    threading.BoundedSemaphore().release()


@mishap
def condition_without_its_lock():
    threading.Condition().notify()


@mishap
def condition_of_processes_without_its_lock():
    FORK.Condition().notify()


@mishap
def wait_of_processes_without_its_lock():
    FORK.Condition().wait()


@mishap
def barrier_broken():
    threading.Barrier(2).wait(0.01)


# Queues and connections


@mishap
def task_done_too_often():
    FORK.JoinableQueue().task_done()


@mishap
def queue_empty():
    queue.Queue().get_nowait()


@mishap
def queue_of_processes_empty():
    FORK.Queue().get(timeout=0.01)


@mishap
def queue_full():
    full = queue.Queue(1)
    full.put(1)
    full.put_nowait(2)


@mishap
def queue_shut_down():
    closed = queue.Queue()
    closed.shutdown()
    closed.get()


@mishap
def queue_closed():
    closed = FORK.Queue()
    closed.close()
    closed.put(1)


@mishap
def connection_closed_here():
    reader, _ = FORK.Pipe()
    reader.close()
    reader.recv()


@mishap
def connection_refuses_direction():
    reader, _ = FORK.Pipe(duplex=False)
    reader.send(1)


@mishap
def message_cut_off():
    reader, writer = FORK.Pipe(duplex=False)
    os.write(writer.fileno(), (100).to_bytes(4, "big") + b"half of it")
    writer.close()
    reader.recv()


@mishap
def other_end_closed():
    reader, writer = FORK.Pipe(duplex=False)
    writer.close()
    reader.recv()


@mishap
def receiver_gone():
    reader, writer = FORK.Pipe(duplex=False)
    reader.close()
    writer.send(1)


# Managers and shared memory


@mishap
def manager_gone():
    with FORK.Manager() as manager:
        numbers = manager.list()
    numbers.append(1)


@mishap
def manager_lost():
    with FORK.Manager() as manager:
        numbers = manager.list()
        numbers.append(1)
        os.kill(manager._process.pid, signal.SIGKILL)
        manager._process.join()
        numbers.append(2)


@mishap
def manager_forgot_the_object():
    with FORK.Manager() as manager:
        sent = pickle.dumps(manager.list())
        pickle.loads(sent)


@mishap
def authentication_failed():
    with connection.Listener(authkey=b"one") as listener, ThreadPoolExecutor(1) as executor:
        accepted = executor.submit(listener.accept)
        try:
            connection.Client(listener.address, authkey=b"another")
        except multiprocessing.AuthenticationError:
            pass
        except OSError:  # the listener hung up first
            pass
        accepted.result()


@mishap
def segment_is_gone():
    SharedMemory("no-such-segment-of-the-atlas")


@mishap
def segment_is_in_use():
    memory = SharedMemory(create=True, size=1)
    view = memory.buf[:1]
    try:
        memory.close()
    finally:
        view.release()
        memory.close()
        memory.unlink()


@mishap
def no_more_threads():
    before = threading.stack_size(1 << 46)
    try:
        threading.Thread(target=int).start()
    finally:
        threading.stack_size(before)


# Programs of their own

BEGIN = """
import atexit, faulthandler, multiprocessing, os, queue, resource, signal, sys, threading, time, types
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing.shared_memory import SharedMemory
fork, spawn = multiprocessing.get_context("fork"), multiprocessing.get_context("spawn")
class Demanding(Exception):
    def __init__(self, code, text): super().__init__(text)
def demand(): raise Demanding(1, "text")
def put(q): faulthandler.dump_traceback_later(2, exit=True); q.put(b"x" * (1 << 20))
def fail(): raise ValueError("the initializer")
def hangs_soon(): faulthandler.dump_traceback_later(2, exit=True)
"""
WITHOUT_GUARD = {
    "no_main_guard": "spawn.Process(target=print).start()",
    "manager_did_not_start": "spawn.Manager()",
}
PROGRAMS = {
    "message_lost_by_the_feeder": "q = fork.Queue(); q.put(threading.Lock()); q.close(); q.join_thread()",
    "exception_of_a_pool_cannot_be_rebuilt": "p = fork.Pool(1); p.apply_async(demand); p._result_handler.join(); os._exit(0)",
    "initializer_of_processes_failed": "ProcessPoolExecutor(1, fork, initializer=fail).submit(print).result()",
    "worker_cannot_import": (
        "made = types.ModuleType('made_up'); sys.modules['made_up'] = made; exec('def f(): pass', vars(made)); "
        "p = spawn.Process(target=made.f); p.start(); p.join()"
    ),
    "interpreter_is_ending": "e = ThreadPoolExecutor(1); atexit.register(e.submit, int)",
    "semaphore_is_gone": "p = spawn.Process(target=print, args=(spawn.Lock(),)); p.start(); p.join()",
    "fork_server_died": (
        "open('exits.py', 'w').write('import os; os._exit(1)'); c = multiprocessing.get_context('forkserver'); "
        "c.set_forkserver_preload(['exits']); c.Process(target=print).start()"
    ),
    "semaphores_left": "lock = spawn.Lock(); os._exit(0)",
    "segments_left": "memory = SharedMemory(create=True, size=1); os._exit(0)",
    "fork_with_threads": (
        "import warnings; warnings.simplefilter('always'); e = threading.Event(); threading.Thread(target=e.wait).start(); "
        "p = fork.Process(target=int); p.start(); p.join(); e.set()"
    ),
    "crashed": "faulthandler.enable(); os.kill(os.getpid(), signal.SIGSEGV)",
    "no_more_processes": (
        "import multiprocessing.popen_fork; os.getuid() or os.setuid(65534); "
        "resource.setrlimit(resource.RLIMIT_NPROC, (0, 0)); fork.Process(target=int).start()"
    ),
    "too_many_files": (
        "import multiprocessing.connection; resource.setrlimit(resource.RLIMIT_NOFILE, (9, 9)); "
        "pipes = [fork.Pipe() for _ in range(9)]"
    ),
    "hangs_flushing_a_queue": "q = fork.Queue(); p = fork.Process(target=put, args=(q,)); p.start(); p.join()",
    "program_hangs_flushing_a_queue": "q = fork.Queue(); put(q)",
    "hangs_without_results_thread": (
        "p = fork.Pool(1); r = p.apply_async(demand); p._result_handler.join(); hangs_soon(); r.get()"
    ),
    "hangs_in_pool_get": "p = fork.Pool(1); hangs_soon(); p.apply(os._exit, (1,))",
    "interrupted_in_pool_get": (
        "p = fork.Pool(1); signal.signal(signal.SIGALRM, signal.default_int_handler); signal.alarm(2); p.apply(os._exit, (1,))"
    ),
    "hangs_in_pool_terminate": (
        "p = fork.Pool(1); p.apply(int)\n"
        "while p._inqueue._rlock.acquire(False): p._inqueue._rlock.release()\n"
        "os.kill(p._pool[0].pid, signal.SIGKILL); hangs_soon(); p.terminate()"
    ),
    "hangs_in_pool_join": "p = fork.Pool(1); r = p.apply_async(os._exit, (1,)); p.close(); hangs_soon(); p.join()",
    "hangs_in_its_own_pool": (
        "e = ThreadPoolExecutor(1); hangs_soon(); e.submit(lambda: e.submit(int).result()).result()"
    ),
    "hangs_in_future_result": "hangs_soon(); ProcessPoolExecutor(1, fork).submit(time.sleep, 60).result()",
    "hangs_in_queue_join": "q = fork.JoinableQueue(); q.put(1); hangs_soon(); q.join()",
    "hangs_in_thread_queue_join": "q = queue.Queue(); q.put(1); hangs_soon(); q.join()",
    "hangs_in_queue_get": "q = fork.Queue(); hangs_soon(); q.get()",
    "hangs_in_a_dead_readers_lock": "q = fork.Queue(); q._rlock.acquire(); hangs_soon(); q.get()",
    "hangs_at_a_lock_of_processes": "lock = fork.Lock(); lock.acquire(); hangs_soon(); lock.__enter__()",
    "hangs_in_a_condition": "hangs_soon(); fork.Event().wait()",
    "hangs_in_process_join": "p = fork.Process(target=time.sleep, args=(60,)); p.start(); hangs_soon(); p.join()",
    "hangs_at_the_end": "hangs_soon(); threading.Thread(target=time.sleep, args=(60,)).start()",
}
AT_A_PROMPT = {"function_not_in_main": "def f(): pass\np = spawn.Process(target=f); p.start(); p.join()"}
SMALL_SHARED_MEMORY = 'mount -t tmpfs -o size=4k none /dev/shm && head -c 4096 /dev/zero >/dev/shm/full; exec "$@"'
MOUNTED = {"shared_memory_full": "spawn.Lock()"}


def texts():
    """What this Python says of each, by name. A program that hangs is ended."""
    with tempfile.TemporaryDirectory(prefix="mishaps-") as folder:
        programs = dict(_started(Path(folder)))
        told = {name: told for name, function in MISHAPS.items() if (told := _told(function))}
        return told | {name: _ended(program) for name, program in programs.items()}


def _told(function):
    try:
        function()
    except BaseException:
        return traceback.format_exc()
    return ""


def _started(folder):
    for name, text in PROGRAMS.items():
        indented = "".join(f"    {line}\n" for line in text.splitlines())
        yield name, _start(_file(folder, name, f'{BEGIN}if __name__ == "__main__":\n{indented}'))
    for name, text in WITHOUT_GUARD.items():
        yield name, _start(_file(folder, name, BEGIN + text))
    for name, text in AT_A_PROMPT.items():
        yield name, _start(["-c", BEGIN + text], folder)
    for name, text in MOUNTED.items():
        yield (
            name,
            _start(_file(folder, name, BEGIN + text), before=["unshare", "-rm", "sh", "-c", SMALL_SHARED_MEMORY, "sh"]),
        )


def _file(folder, name, text):
    own = folder / name
    own.mkdir()
    (own / "program.py").write_text(text)
    return [str(own / "program.py")]


def _start(arguments, folder=None, before=()):
    return subprocess.Popen(
        [*before, sys.executable, *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        cwd=folder or Path(arguments[0]).parent,
        start_new_session=True,
        text=True,
    )


def _ended(program):
    """Its standard error. What it started and left has the same, so the group ends with it."""
    try:
        program.wait(PATIENCE_S)
        try:
            return program.communicate(timeout=1)[1]  # a resource tracker outlives its program by a moment
        except subprocess.TimeoutExpired:
            pass
    except subprocess.TimeoutExpired:
        pass
    os.killpg(program.pid, signal.SIGKILL)
    return program.communicate()[1]


if __name__ == "__main__":
    print(json.dumps(texts()))

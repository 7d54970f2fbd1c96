"""Each error of the atlas, made to happen: run by a Python from 3.10 on, it writes what that Python says as one JSON document.

A function raises what it is named for. A program is run in an interpreter of its own, and what counts is its standard error.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
import traceback
from pathlib import Path

import mishaps_of_exchange  # noqa: F401
import mishaps_of_workers  # noqa: F401
from mishap import MISHAPS, PATIENCE_S

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

"""A program starts workers that share a semaphore and ends without join(), as section 6 does: is the work done?"""

import functools

from study.hazard import Hazard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from study.hazard import Watch

WORKERS = 3
THREADS = "from threading import Semaphore, Thread as Process"
PROCESSES = """\
import multiprocessing
mp = multiprocessing.get_context({method!r})
Process, Semaphore = mp.Process, mp.Semaphore"""
BARE = """\
{names}

def work(permits):
    with permits:
        with open("done", "a") as file:
            file.write("x")

if __name__ == "__main__":
    permits = Semaphore(2)
    for _ in range({workers}):
        Process(target=work, args=(permits,)).start()
"""
THREAD_POOL = """\
from threading import Semaphore
from concurrent.futures import ThreadPoolExecutor as Executor"""
PROCESS_POOL = """\
import functools
import multiprocessing
from concurrent.futures import ProcessPoolExecutor
mp = multiprocessing.get_context({method!r})
Executor, Semaphore = functools.partial(ProcessPoolExecutor, mp_context=mp), mp.Semaphore"""
POOL = """\
{names}

def install(shared_permits):
    global permits
    permits = shared_permits

def work():
    with permits:
        with open("done", "a") as file:
            file.write("x")

if __name__ == "__main__":
    pool = Executor(2, initializer=install, initargs=(Semaphore(2),))
    for _ in range({workers}):
        pool.submit(work)
"""


def run(mp: "Any", watch: "Watch", program: str, names: str) -> None:
    open("done", "w").close()
    if "{method" in names:
        names = names.format(method=mp.get_start_method())
    watch.script("python program.py", program.format(names=names, workers=WORKERS))
    with open("done") as file:
        done = len(file.read())
    if done < WORKERS:
        told = "exited with 0" if watch.raised is None else "failed"
        watch.finds("loses data", f"{done} of {WORKERS} workers did their work; the program {told}")


HAZARD = Hazard(
    title="The program ends without join()",
    question=__doc__,
    group="locks and queues",
    rank=58,
    styles={
        "threading": functools.partial(run, program=BARE, names=THREADS),
        "multiprocessing": functools.partial(run, program=BARE, names=PROCESSES),
        "executors.thread": functools.partial(run, program=POOL, names=THREAD_POOL),
        **dict.fromkeys(
            ("executors.fork", "executors.spawn", "executors.forkserver"),
            functools.partial(run, program=POOL, names=PROCESS_POOL),
        ),
    },
    absent={
        "serial": "one thread works alone: there is nobody to join",
        "executors.interpreter": "a semaphore reaches an interpreter only through a manager, whose end the program must wait for",
    },
    defects=dict.fromkeys(("processes.spawn", "processes.forkserver"), "gh-94765"),
)

"""Errors of pools and executors."""

from study.atlas.entry import FOLLOWS, Message

RESULT = ("concurrent/futures/_base.py:result", "concurrent/futures/_base.py:exception")

ENTRIES = (
    Message(
        name="interpreter_pool_broken",
        words=r"BrokenInterpreterPool",
        what="An InterpreterPoolExecutor is broken: a worker's interpreter could not be prepared.",
        cause="Its initializer raised, or the initializer or its arguments cannot travel to another interpreter.",
        fix="Use an importable function and plain data; try the initializer alone first.",
        code="InterpreterPoolExecutor(initializer=module.install, initargs=(1,))",
        hazard="initializer_raises",
        versions="3.14 and later",
    ),
    Message(
        name="initializer_failed",
        words=r"(?:Exception in initializer:|initializer failed, the (?:thread|interpreter) pool is not usable anymore)",
        what="The initializer of an executor raised in a worker, so the executor is broken and refuses all work.",
        cause="It runs once in each worker before the first task. Its own traceback is above, or in the log at level "
        "CRITICAL; the caller only sees a broken pool. A Pool does worse: its workers die and are replaced for "
        "ever, and map() hangs.",
        fix="Try the initializer alone in the main process; let it catch what it can live without.",
        code="install(*initargs)    # before Executor(initializer=install, initargs=initargs)",
        hazard="initializer_raises",
        scenario="pool",
        issue="gh-87472",
        versions="open for Pool; seen on 3.10 to 3.15",
    ),
    Message(
        name="worker_died",
        words=r"BrokenProcessPool: A (?:process in the process pool was|child process) terminated abruptly",
        what="A worker process of a ProcessPoolExecutor died in the middle of its work; all futures that were not done"
        " fail with this.",
        cause="It was killed (mostly by the kernel, because memory ran out: look for it with dmesg), crashed in a C "
        "extension, called os._exit, or could not even start: then its own traceback stands above this one.",
        fix="Find the cause with PYTHONFAULTHANDLER=1 and dmesg; make a new executor, since this one refuses all "
        "further work, and submit again what was lost.",
        code="except BrokenProcessPool: executor = ProcessPoolExecutor(max_workers=fewer)",
        hazard="killed_worker",
        scenario="pool",
        issue="gh-139462",
        versions="from 3.15 on the message names the dead worker's exit code",
        order=FOLLOWS,
    ),
    Message(
        name="recycling_with_fork",
        words=r"ValueError: max_tasks_per_child is incompatible with",
        what="An executor was asked to replace its workers after some tasks, and to fork them.",
        cause="Replacements would be forked while the executor's own threads run, which may deadlock, so it is refused.",
        fix="Ask for spawn or forkserver. On 3.11 to 3.13 that can stand still too (gh-115634): a Pool with "
        "maxtasksperchild works.",
        code='ProcessPoolExecutor(max_tasks_per_child=100, mp_context=multiprocessing.get_context("spawn"))',
        hazard="recycled_workers",
        scenario="pool_recycling",
        issue="gh-115634",
        versions="refused from 3.11 on",
    ),
    Message(
        name="recycling_not_offered",
        words=r"TypeError: .*unexpected keyword argument '(?:maxtasksperchild|max_tasks_per_child)'",
        what="This pool cannot replace its workers after a number of tasks.",
        cause="maxtasksperchild belongs to multiprocessing.Pool, max_tasks_per_child to ProcessPoolExecutor from Python"
        " 3.11 on. Pools of threads and of interpreters have neither: a thread that is replaced gives no memory "
        "back.",
        fix="Leave it out, or use a pool of processes.",
        code="multiprocessing.Pool(4, maxtasksperchild=100)",
        hazard="recycled_workers",
        scenario="pool_recycling",
    ),
    Message(
        name="pool_closed",
        words=r"ValueError: Pool not running",
        what="Work was given to a Pool after close(), terminate() or the end of its with block.",
        cause="A Pool takes nothing after that. Leaving the with block terminates it, and results that are still "
        "awaited are lost.",
        fix="Collect all results inside the with block.",
        code="with Pool() as pool:\n    results = pool.map(work, items)",
        scenario="pool",
    ),
    Message(
        name="pool_joined_while_open",
        words=r"ValueError: Pool is still running",
        what="A Pool was joined that can still be given work.",
        cause="join() waits for the end of the workers, who do not end before close() or terminate().",
        fix="Close it first.",
        code="pool.close(); pool.join()",
        scenario="pool",
    ),
    Message(
        name="interpreter_is_ending",
        words=r"(?:cannot schedule new futures after interpreter shutdown|can't create new thread at interpreter shutdown|"
        r"can't fork at interpreter shutdown)",
        what="Work was submitted, or a thread or process started, while the program was already ending.",
        cause="The main module had come to its end: an atexit handler, a __del__, a daemon thread or a thread that was "
        "not joined went on. From 3.12 on no thread and no fork is started any more then.",
        fix="Wait for the work before the main module ends.",
        code="with ThreadPoolExecutor() as executor: ...    # waits at the end of the block",
        issue="gh-104690",
        versions="threads and forks are refused from 3.12 on",
    ),
    Message(
        name="executor_shut_down",
        words=r"RuntimeError: cannot schedule new futures after shutdown",
        what="Work was submitted to an executor after its shutdown() or after its with block.",
        cause="Often a callback or a task submits further tasks while another thread has left the with block.",
        fix="Submit inside the block, and wait there for what submits more.",
        code="with Executor() as executor:\n    wait([executor.submit(work, item) for item in items])",
        scenario="pool",
    ),
    Message(
        name="pool_answer_late",
        words=r"(?:multiprocessing\.context\.TimeoutError|multiprocessing\.TimeoutError)\b|^\W*TimeoutError$",
        within=("multiprocessing/pool.py:get", "multiprocessing/pool.py:next"),
        what="A Pool did not answer within the time that get() or next() was given.",
        cause="The task takes longer and goes on: nothing was cancelled. Or its worker is dead, and then the answer "
        "never comes.",
        fix="Give it more time; after a second late answer terminate the pool and begin again with a new one.",
        code="except multiprocessing.TimeoutError: pool.terminate()",
        hazard="result_timeout",
        scenario="pool",
        issue="gh-66587",
        versions="open (a dead worker's task is never answered); seen on 3.10 to 3.15",
    ),
    Message(
        name="future_late",
        words=r"TimeoutError(?:: \d+ \(of \d+\) futures unfinished)?$",
        within=(*RESULT, "concurrent/futures/_base.py:result_iterator", "concurrent/futures/_base.py:as_completed"),
        what="A future was not done within the time that result(), map() or as_completed() was given.",
        cause="The task takes longer and goes on: the limit ends the waiting, not the work. The with block then still "
        "waits for it.",
        fix="Give it more time, or let the task look at an event and stop. From 3.14 on kill_workers() ends processes"
        " at once.",
        code="executor.shutdown(wait=False, cancel_futures=True)",
        hazard="result_timeout",
        scenario="pool",
    ),
    Message(
        name="future_cancelled",
        words=r"CancelledError\b",
        within=(*RESULT, "concurrent/futures/_base.py:result_iterator"),
        what="The result of a future was asked for that had been cancelled before it ran.",
        cause="cancel() or shutdown(cancel_futures=True) was called, or map() was left half-way: it cancels the rest. "
        "It is another exception than asyncio's of the same name.",
        fix="Ask cancelled() before result(), or catch it.",
        code="results = [future.result() for future in done if not future.cancelled()]",
        hazard="cancel_of_queued_task",
        scenario="pool",
    ),
)

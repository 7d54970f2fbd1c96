"""A task starts a pool of the same kind as the one that it runs in: may it?"""

from study.hazard import Hazard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from study.hazard import Watch


def pool_of_processes(method: str) -> int:
    import multiprocessing

    with multiprocessing.get_context(method).Pool(1) as pool:
        number: int = pool.apply(abs, (-1,))
        return number


def pool_of_threads() -> int:
    from multiprocessing.pool import ThreadPool

    with ThreadPool(1) as pool:
        number: int = pool.apply(abs, (-1,))
        return number


def executor_of_processes(method: str) -> int:
    import concurrent.futures
    import multiprocessing

    context = multiprocessing.get_context(method)
    with concurrent.futures.ProcessPoolExecutor(1, mp_context=context) as pool:
        return pool.submit(abs, -1).result()


def executor_called(name: str) -> int:
    import concurrent.futures

    with getattr(concurrent.futures, name)(1) as pool:
        number: int = pool.submit(abs, -1).result()
        return number


def processes(mp: "Any", watch: "Watch") -> None:
    with mp.Pool(1) as pool:
        watch.call("apply", pool.apply, pool_of_processes, (mp.get_start_method(),))


def threads(mp: "Any", watch: "Watch") -> None:
    with mp.Pool(1) as pool:
        watch.call("apply", pool.apply, pool_of_threads)


def executor(mp: "Any", watch: "Watch") -> None:
    with mp.Executor(max_workers=1) as pool:
        watch.call("submit", lambda: pool.submit(executor_of_processes, mp.get_start_method()).result())


def executor_of_threads(mp: "Any", watch: "Watch") -> None:
    with mp.Executor(max_workers=1) as pool:
        watch.call("submit", lambda: pool.submit(executor_called, "ThreadPoolExecutor").result())


def executor_of_interpreters(mp: "Any", watch: "Watch") -> None:
    with mp.Executor(max_workers=1) as pool:
        watch.call("submit", lambda: pool.submit(executor_called, "InterpreterPoolExecutor").result())


HAZARD = Hazard(
    title="A pool in a pool",
    question=__doc__,
    group="pools and their workers",
    rank=20,
    styles={
        "multiprocessing": processes,
        "threading": threads,
        "executor": executor,
        "executors.thread": executor_of_threads,
        "executors.interpreter": executor_of_interpreters,
    },
    absent={"serial": "one thread works alone: there is no pool that a task could be in"},
)

"""concurrent.futures: the same executor interface over threads, over processes of each start method, and over interpreters."""

import functools
import multiprocessing
import pickle

from backends import Backend, Name
from backends.threads import ALONE, PRIMITIVES, SHARED

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

FUTURES = "an executor hands results back through futures; measured as channel=submit"
CHANNELS = ("queues", "simple queue", "pipe", "two-way pipe", "manager's queue", "shared memory")
NO_QUEUES = dict.fromkeys(CHANNELS, FUTURES)
POOL_ONLY = {"bare workers": "an executor starts its workers itself; measured as form=pool", "solitude": ALONE}
DEADLOCK = "max_tasks_per_child deadlocks when tasks queue up, until 3.13.15, 3.14.7 and 3.15.0 (gh-115634)"


def join_manager(authkey: bytes, initializer: "Callable[..., object] | None", initargs: bytes) -> None:
    """Let this interpreter talk to the manager, then unpickle the proxies, which connect to it at once."""
    multiprocessing.current_process().authkey = authkey
    if initializer is not None:
        initializer(*pickle.loads(initargs))


def interpreter_pool(
    max_workers: int, initializer: "Callable[..., object] | None" = None, initargs: "tuple[Any, ...]" = ()
) -> "Any":
    """An interpreter pool whose initializer and tasks may be given a manager's proxies."""
    import concurrent.futures  # each interpreter imports this file: what it does not need would be part of its start

    authkey = bytes(multiprocessing.current_process().authkey)
    # A partial is pickled. A bare function that only sets globals would be sent as its code, and set them for nobody.
    join = functools.partial(join_manager, authkey, initializer, pickle.dumps(initargs))
    pool: Any = concurrent.futures.InterpreterPoolExecutor(max_workers, initializer=join)  # type: ignore[attr-defined,unused-ignore]
    # The manager drops an object when its last proxy is gone, and a pickled proxy does not count.
    pool.shared = initargs
    return pool


def _processes(method: str, offers: "set[str]", lacks: "dict[str, str]") -> Backend:
    return Backend(
        f"executors.{method}",
        label=f"ProcessPoolExecutor ({method})",
        library="concurrent.futures",
        style="executor",
        context=method,
        names={"Executor": Name("concurrent.futures.ProcessPoolExecutor", mp_context="mp")},
        offers={"own process", "several workers", "submit", *offers},
        lacks={
            "shared objects": "each process has objects of its own; what travels is a pickled copy",
            **NO_QUEUES,
            **POOL_ONLY,
            "primitives of its own": f"its workers are given multiprocessing's primitives, measured as processes.{method}",
            **lacks,
        },
        offered_since={"recycled workers": (3, 11)},
        suspects={"recycled workers": DEADLOCK},
    )


BACKENDS = [
    Backend(
        "executors.thread",
        label="ThreadPoolExecutor",
        library="concurrent.futures",
        style="executor",
        names={**PRIMITIVES, "Executor": Name("concurrent.futures.ThreadPoolExecutor")},
        offers={"shared objects", "several workers", "submit"},
        lacks={
            **NO_QUEUES,
            **POOL_ONLY,
            "primitives of its own": "its workers take turns by threading's primitives, measured as threads",
            "own process": SHARED,
            "recycled workers": "ThreadPoolExecutor takes no max_tasks_per_child (TypeError): a thread holds nothing to free",
        },
    ),
    _processes("fork", set(), {"recycled workers": "max_tasks_per_child is refused with fork (ValueError)"}),
    _processes("spawn", {"recycled workers"}, {}),
    _processes("forkserver", {"recycled workers"}, {}),
    Backend(
        "executors.interpreter",
        label="InterpreterPoolExecutor",
        library="concurrent.futures",
        style="executor",
        context="spawn",
        managed=True,
        names={
            "Executor": Name("backends.executors.interpreter_pool", alone="concurrent.futures.InterpreterPoolExecutor"),
            "Manager.dict": Name("mp.dict"),
            "Manager.list": Name("mp.list"),
            "Manager.Namespace": Name("mp.Namespace"),
        },
        offers={"several workers", "submit", "primitives of its own"},
        lacks={
            **NO_QUEUES,
            **POOL_ONLY,
            "own process": "interpreters are part of one process",
            "shared objects": "each interpreter has objects of its own; what travels is a copy",
            "recycled workers": "InterpreterPoolExecutor takes no max_tasks_per_child (TypeError)",
        },
        since=(3, 14),
    ),
]

"""What becomes of each hazard in which a worker or a task fails: seen on CPython 3.10 to 3.14."""

BROKEN = "raises BrokenProcessPool"
DEAD_WORKER = {
    "serial": "absent",
    "threads": "dies",
    "processes": "hangs",
    "executors.thread": "dies",
    "executors.processes": BROKEN,
    "executors.interpreter": "dies",
}


def handed_over(error):
    """The error reaches the caller of an executor, and of a Pool that of neither threads nor processes."""
    return {
        "serial": error,
        "threads": "hangs",
        "processes": "hangs",
        "executors.thread": error,
        "executors.processes": error,
        "executors.interpreter": error,
    }


def everywhere(error):
    return {**handed_over(error), "threads": error, "processes": error}


EXPECTED = {
    "error_in_task": everywhere("raises ValueError"),
    "killed_worker": DEAD_WORKER,
    "segfault": DEAD_WORKER,
    "exit_in_task": DEAD_WORKER,
    "sys_exit_in_task": handed_over("raises SystemExit"),
    "interrupt_in_task": handed_over("raises KeyboardInterrupt"),
    "base_exception_in_task": handed_over("raises Stop"),
    # An interpreter's MemoryError is lost, and None is the result: seen on 3.14.10.
    "memory_error_in_task": {**everywhere("raises MemoryError"), "executors.interpreter": "wrong answer"},
    "exception_unpickles_badly": {
        "serial": "raises Refused",
        "threads": "raises Refused",
        "processes": "hangs",
        "executors.thread": "raises Refused",
        "executors.processes": BROKEN,
        "executors.interpreter": "raises NotShareableError",
    },
    "exception_with_lock": {
        "serial": "raises ValueError",
        "threads": "raises ValueError",
        "processes": "raises MaybeEncodingError",
        "executors.thread": "raises ValueError",
        "executors.processes": "raises TypeError",
        "executors.interpreter": "raises ExecutionFailed",
    },
    "initializer_raises": {
        "serial": "absent",
        "threads": "hangs",
        "processes": "hangs",
        "executors.thread": "raises BrokenThreadPool",
        "executors.processes": BROKEN,
        "executors.interpreter": "raises BrokenInterpreterPool",
    },
    "initializer_exits": DEAD_WORKER,
    "worker_needs_its_pool": {
        "serial": "absent",
        "threads": "hangs",
        "processes": "raises NotImplementedError",
        "executors.thread": "hangs",
        "executors.fork": "hangs",
        "executors.spawn": "raises TypeError",
        "executors.forkserver": "raises TypeError",
        "executors.interpreter": "raises NotShareableError",
    },
    "tasks_wait_for_each_other": {**everywhere("raises BrokenBarrierError"), "serial": "absent"},
    "killed_idle_worker": {
        "serial": "absent",
        "threads": "absent",
        "processes": "hangs",
        "executors.thread": "absent",
        "executors.processes": BROKEN,
        "executors.interpreter": "absent",
    },
    "killed_behind_full_pipe": {
        "serial": "absent",
        "threads": "absent",
        "processes": "absent",
        "executors.thread": "absent",
        "executors.processes": {(3, 10): "hangs", (3, 11): BROKEN},
        "executors.interpreter": "absent",
    },
}

"""What becomes of each hazard of the group "the end of a program", by backend."""

AT_ONCE = "answers at once"
AFTER_RUNNING = "answers after the running tasks"
AFTER_WAITING = "answers after waiting tasks too"
INTERRUPTED = {
    "serial": AT_ONCE,
    "threads": AT_ONCE,
    "processes": AT_ONCE,
    "executors.thread": AFTER_RUNNING,
    "executors.interpreter": AFTER_RUNNING,
    "executors.processes": AFTER_WAITING,
}
LEFT = {
    "serial": "absent",
    "threads": "works",
    "processes": "answers end their tasks",
    "executors.thread": "works",
    "executors.interpreter": "works",
    "executors.processes": "leaves orphans",
}
OF_PROCESSES_ONLY = dict.fromkeys(("serial", "threads", "executors.thread", "executors.interpreter"), "absent")
WARNS = {(3, 10): "answers silent", (3, 12): "answers warns"}

EXPECTED: dict[str, dict[str, str | tuple[str, ...] | dict]] = {
    "ctrl_c": INTERRUPTED,
    "interrupt_of_parent": INTERRUPTED,
    "parent_killed": LEFT,
    "parent_terminated": LEFT,
    "orphan_remedy": {**OF_PROCESSES_ONLY, "processes": "works", "executors.processes": "works"},
    "terminated_worker": {
        **OF_PROCESSES_ONLY,
        "processes": "answers neither",
        "executors.processes": "answers neither",
    },
    "child_of_daemon": {
        "serial": "absent",
        "threads": "works",
        "processes": "raises AssertionError",
        "executors.thread": "works",
        "executors.interpreter": "works",
        "executors.processes": "works",
    },
    "with_exit_while_tasks_run": {
        "serial": "absent",
        "threads": "answers leaves them",
        "processes": "answers ends them",
        "executors.thread": "answers waits",
        "executors.interpreter": "answers waits",
        "executors.processes": "answers waits",
    },
    "result_timeout": {
        "serial": "absent",
        "threads": "raises TimeoutError",
        "processes": "raises TimeoutError",
        "executors.thread": "raises TimeoutError",
        "executors.interpreter": "raises TimeoutError",
        "executors.processes": "raises TimeoutError",
    },
    "shared_memory_left": {**OF_PROCESSES_ONLY, "processes": "works", "executors.processes": "absent"},
    "worker_raises_in_process": {
        "serial": "raises ValueError",
        "threads": "answers traceback only",
        "processes": "answers exit code 1",
        "executors.thread": "raises ValueError",
        "executors.interpreter": "raises ValueError",
        "executors.processes": "raises ValueError",
    },
    "fork_from_threads_warning": {
        **OF_PROCESSES_ONLY,
        "processes": "answers silent",
        "executors.processes": "answers silent",
        "processes.fork": WARNS,
        "executors.fork": WARNS,
    },
}

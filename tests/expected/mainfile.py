"""What becomes of each hazard of the group "the main file", by backend."""

RESET = "raises ConnectionResetError"


def forkserver(as_spawn: str) -> dict:
    """The forkserver itself dies of a main file without a guard where it imports it: from 3.13.8 and 3.14.1 on, not in 3.15.

    So which of both it is depends on the patch release (gh-126631).
    """
    return {(3, 10): as_spawn, (3, 13): (as_spawn, RESET)}


NO_EXECUTOR = dict.fromkeys(("serial", "executors.thread", "executors.interpreter", "executors.processes"), "absent")
LOST = "loses data"
BROKEN = "raises BrokenProcessPool"

EXPECTED: dict[str, dict[str, str | tuple[str, ...] | dict]] = {
    "process_without_guard": {
        **NO_EXECUTOR,
        "threads": "works",
        "processes.fork": "works",
        "processes.spawn": LOST,
        "processes.forkserver": forkserver(LOST),
    },
    "pool_without_guard": {
        **NO_EXECUTOR,
        "threads": "works",
        "processes.fork": "works",
        "processes.spawn": "hangs",
        "processes.forkserver": forkserver("hangs"),
    },
    "executor_without_guard": {
        "serial": "absent",
        "threads": "absent",
        "processes": "absent",
        "executors.thread": "works",
        "executors.interpreter": "works",
        "executors.fork": "works",
        "executors.spawn": BROKEN,
        "executors.forkserver": forkserver(BROKEN),
    },
    "manager_without_guard": {
        **NO_EXECUTOR,
        "threads": "absent",
        "processes.fork": "works",
        "processes.spawn": "raises EOFError",
        "processes.forkserver": forkserver("raises EOFError"),
    },
    "process_from_command_line": {
        **NO_EXECUTOR,
        "threads": "works",
        "processes.fork": "works",
        "processes.spawn": LOST,
        "processes.forkserver": LOST,
    },
    "pool_from_command_line": {
        "serial": "absent",
        "threads": "works",
        "processes.fork": "works",
        "processes.spawn": "hangs",
        "processes.forkserver": "hangs",
        "executors.thread": "works",
        "executors.interpreter": "works",
        "executors.fork": "works",
        "executors.spawn": BROKEN,
        "executors.forkserver": BROKEN,
    },
}

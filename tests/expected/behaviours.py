"""The answer to each question about a behaviour, by backend: how libraries differ where nothing fails."""

Expected = str | tuple[str, ...] | dict

SEEN, NOT_SEEN = "answers seen", "answers not seen"
YES, NO = "answers yes", "answers no"
NO_EXECUTOR = dict.fromkeys(("executors.thread", "executors.interpreter", "executors.processes"), "absent")


def row(
    threads: Expected,
    processes: Expected,
    *,
    serial: Expected = "absent",
    futures: Expected = "",
    interpreter: Expected = "",
    fork: Expected = "",
) -> dict[str, Expected]:
    """Most answers follow from what is shared, so threads agree with each other, and so do processes.

    `futures` is what all executors of processes answer, and `fork` what both libraries do, where that is something else.
    """
    given = {
        "serial": serial,
        "threads": threads,
        "processes": processes,
        "executors.thread": threads,
        "executors.processes": futures or processes,
        "executors.interpreter": interpreter or processes,
    }
    return given | ({"processes.fork": fork, "executors.fork": fork} if fork else {})


def everywhere(expected: Expected, serial: Expected = "absent") -> dict[str, Expected]:
    """One answer of all."""
    return row(expected, expected, serial=serial)


def shared(interpreter: Expected = NOT_SEEN, fork: Expected = "") -> dict[str, Expected]:
    """What threads see and processes do not."""
    return row(SEEN, NOT_SEEN, serial=SEEN, interpreter=interpreter, fork=fork)


def of_queues(threads: Expected, processes: Expected) -> dict[str, Expected]:
    """What an executor has no queue for."""
    return {"serial": "absent", "threads": threads, "processes": processes, **NO_EXECUTOR}


def of_locks(threads: Expected, processes: Expected) -> dict[str, Expected]:
    """An interpreter's locks are a manager's, whose server holds locks of threading."""
    return row(threads, processes, interpreter=threads)


OFFERED_LATE = {(3, 10): "raises TypeError", (3, 11): "works"}  # max_tasks_per_child
A_CHUNK_LATE = {(3, 10): "raises TypeError", (3, 11): "answers a chunk"}
SIZE = {(3, 10): "answers all", (3, 13): "answers ours"}  # os.process_cpu_count
SIZE_OF_THREADS = {(3, 10): "answers all + 4", (3, 13): "answers ours + 4"}
LOCKED_LATE = {(3, 10): NO, (3, 14): YES}
NOTES = {(3, 10): "answers not offered", (3, 11): "answers kept"}
ATEXIT = {(3, 10): NO, (3, 13): YES}  # gh-83856

TRAVELS: dict[str, dict[str, Expected]] = {
    "same_object_or_copy": row("answers same object", "answers copy", serial="answers same object"),
    "mutation_after_put": everywhere(SEEN),
    "sentinel_identity": row("answers recognised", "answers not recognised", serial="answers recognised"),
    "class_identity": everywhere("answers same class", serial="answers same class"),
    "bytearray_argument": shared(),
    "memoryview_argument": {
        **row(SEEN, "raises TypeError", serial=SEEN, interpreter=SEEN),
        "processes.fork": NOT_SEEN,
    },
    "open_file": {
        **row("works", "raises TypeError", serial="works", interpreter="raises NotShareableError"),
        "processes.fork": "works",
    },
    "map_of_several_iterables": {
        **everywhere("works", serial="works"),
        "threads": "raises TypeError",
        "processes": "raises TypeError",
    },
    "keyword_arguments": everywhere("works", serial="works"),
    "state_at_start": shared(fork=SEEN),
    "context_variable": row(NOT_SEEN, NOT_SEEN, serial=SEEN, fork=SEEN),
    "thread_local_value": row(NOT_SEEN, NOT_SEEN, serial=SEEN, fork=SEEN),
    "environment_variable": {
        **everywhere(SEEN, serial=SEEN),
        "processes.forkserver": NOT_SEEN,
        "executors.forkserver": NOT_SEEN,
    },
    "warnings_filter": shared(fork=SEEN),
    "logging_configuration": shared(fork=SEEN),
    "background_thread": row("answers there", "answers gone", serial="answers there"),
    "signal_handler": shared(fork=SEEN),
    "inherited_descriptor": row(
        "answers held", "answers not held", serial="answers held", interpreter="answers held", fork="answers held"
    ),
    "path_for_imports": row(SEEN, SEEN, serial=SEEN, interpreter=NOT_SEEN),
}

SHARED: dict[str, dict[str, Expected]] = {
    "global_mutation": shared(),
    "mutable_in_namespace": row(SEEN, "answers lost", serial=SEEN),
    "nested_list_in_dict": row(SEEN, "answers lost", serial=SEEN),
    "missing_namespace_attribute": everywhere("raises AttributeError"),
    "missing_key": everywhere("raises KeyError", serial="raises KeyError"),
    "working_directory": shared(interpreter=SEEN),
    "random_seed": shared(),
    "forked_generator": row("answers different", "answers different", serial="answers different", fork="answers same"),
}

ERRORS: dict[str, dict[str, Expected]] = {
    "exception_arguments": everywhere("answers kept", serial="answers kept"),
    "exception_traceback": row("answers its frames", "answers as text", serial="answers its frames"),
    "exception_cause": row("answers kept", "answers as text", serial="answers kept"),
    "exception_notes": everywhere(NOTES, serial=NOTES),
}

POOLS: dict[str, dict[str, Expected]] = {
    "worker_names": {
        "serial": "answers MainThread",
        "threads": "answers Thread-N (worker)",
        "processes.fork": "answers ForkPoolWorker-N",
        "processes.spawn": "answers SpawnPoolWorker-N",
        "processes.forkserver": "answers ForkServerPoolWorker-N",
        "executors.thread": "answers ThreadPoolExecutor-N_N",
        "executors.fork": "answers ForkProcess-N",
        "executors.spawn": "answers SpawnProcess-N",
        "executors.forkserver": "answers ForkServerProcess-N",
        "executors.interpreter": "answers Dummy-N",
    },
    "default_size": {
        **everywhere(SIZE),
        "executors.thread": SIZE_OF_THREADS,
        "executors.interpreter": SIZE_OF_THREADS,
    },
    "workers_on_demand": {
        **everywhere("answers on demand"),
        "threads": "answers all at once",
        "processes": "answers all at once",
        "executors.fork": "answers all at once",
    },
    "initializer_runs": everywhere("answers once a worker"),
    "daemon_flag": {**everywhere(NO), "threads": YES, "processes": YES},
    "nested_pool": row("works", "raises AssertionError", futures="works", interpreter="works"),
    "cancel_of_queued_task": {
        **row("answers all", "answers 2 of 4", interpreter="answers all"),
        "threads": "absent",
        "processes": "absent",
    },
    "stop_of_running_task": row(NO, YES, futures=NO, interpreter=NO),
    "map_order": everywhere("answers of the items", serial="answers of the items"),
    "map_takes_all": everywhere("answers all at once", serial="answers as needed"),
    "recycled_workers": {
        **row("raises TypeError", "works", futures=OFFERED_LATE, interpreter="raises TypeError"),
        "executors.fork": {(3, 10): "raises TypeError", (3, 11): "raises ValueError"},
    },
    "chunks_and_maxtasks": {
        **row("absent", "answers a chunk", futures=A_CHUNK_LATE, interpreter="absent"),
        "executors.fork": "absent",
    },
    "callback_thread": {
        **row("answers the worker's", "answers the pool's", interpreter="answers the worker's"),
        "threads": "answers the pool's",
    },
    "failing_callback": {**everywhere("works"), "threads": "hangs", "processes": "hangs"},
    "atexit_of_a_worker": {
        **row(NO, ATEXIT, interpreter=YES),
        "processes.spawn": YES,
        "executors.spawn": YES,
    },
    "daemon_at_exit": of_queues(NO, NO),
}

QUEUES: dict[str, dict[str, Expected]] = {
    # In both, one case of several is enough for the answer: by chance, none may be seen in one of thousands of runs.
    "empty_after_put": of_queues("answers always", "answers not always"),
    "order_of_two_producers": of_queues("answers kept", "answers not kept"),
    "order_of_one_producer": of_queues("answers kept", "answers kept"),
    "managers_queue": of_queues("absent", YES),
    "managers_queue_order": of_queues("absent", "answers kept"),
    "task_done_too_often": of_queues("raises ValueError", "raises ValueError"),
    "full_queue": of_queues("raises Full", "raises Full"),
    "closed_queue": of_queues("answers not offered", "raises ValueError"),
    "queue_shutdown": of_queues({(3, 10): "answers not offered", (3, 13): "raises ShutDown"}, "answers not offered"),
    "unlocked_release": of_locks("raises RuntimeError", "raises ValueError"),
    "lock_release_by_non_owner": of_locks("works", "works"),
    "rlock_release_by_non_owner": of_locks("raises RuntimeError", "raises AssertionError"),
    "semaphore_over_release": of_locks("works", "works"),
    "bounded_semaphore_over_release": of_locks("raises ValueError", "raises ValueError"),
    "condition_without_lock": of_locks("raises RuntimeError", "raises AssertionError"),
    "lock_locked": {**everywhere(LOCKED_LATE), "threads": YES, "executors.thread": YES},
    "rlock_locked": everywhere(LOCKED_LATE),
    "event_wait_timeout": everywhere("answers False"),
    "managers_locks": of_queues("absent", "answers threading's"),
}

EXPECTED: dict[str, dict[str, Expected]] = TRAVELS | SHARED | ERRORS | POOLS | QUEUES

"""No concurrency: one thread does one thing after another. The baseline of every speed-up and the reference answer."""

from backends import Backend

ALONE = "one thread works alone: there is nobody to"

BACKENDS = [
    Backend(
        "serial",
        label="serial loop",
        library="builtins",
        style="serial",
        offers={"shared objects", "solitude"},
        lacks={
            "queues": f"{ALONE} send a message to",
            "simple queue": f"{ALONE} send a message to",
            "pipe": f"{ALONE} send a message to",
            "two-way pipe": f"{ALONE} send a message to",
            "manager's queue": f"{ALONE} send a message to",
            "shared memory": f"{ALONE} share it with",
            "primitives of its own": f"{ALONE} take turns with",
            "bare workers": "a loop in the thread that is already there starts nothing",
            "several workers": "one thread works alone, however many are asked for",
            "submit": f"{ALONE} submit a task to",
            "own process": "everything runs in the one process there is",
            "recycled workers": "there are no workers to replace",
        },
    )
]

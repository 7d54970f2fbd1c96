"""multiprocessing: a variant for each start method. Every name comes from the one context, so that no primitive is mixed."""

from backends import Backend
from backends.threads import ALONE

PRINTING = (
    "a replacement forked while another thread writes to standard output can wait for its lock for ever (gh-91776)"
)


def _variant(method: str) -> Backend:
    return Backend(
        f"processes.{method}",
        label=f"multiprocessing ({method})",
        library="multiprocessing",
        style="workers",
        context=method,
        offers={
            "own process",
            "bare workers",
            "several workers",
            "queues",
            "simple queue",
            "pipe",
            "two-way pipe",
            "manager's queue",
            "shared memory",
            "primitives of its own",
            "recycled workers",
        },
        lacks={
            "shared objects": "each process has objects of its own; what travels is a pickled copy",
            "solitude": ALONE,
            "submit": "a Process has no submit: work reaches it through a queue",
        },
        suspects={"recycled workers": PRINTING} if method == "fork" else {},
    )


BACKENDS = [_variant(method) for method in ("fork", "spawn", "forkserver")]

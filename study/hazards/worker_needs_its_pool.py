"""A task gives its own pool another task and waits for it, and the only worker is the one that waits."""

from study.hazard import HANG_S, Hazard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from study.hazard import Watch

own: "Any" = None  # the executor, for the workers that are forked off with all that there is


def ask(pool: "Any") -> "Any":
    return pool.apply(abs, (-1,))


def ask_executor(pool: "Any") -> "Any":
    return pool.submit(abs, -1).result()


def ask_inherited() -> "Any":
    return own.submit(abs, -1).result()


def workers(mp: "Any", watch: "Watch") -> None:
    pool = mp.Pool(1)
    watch.wait("apply", pool.apply_async(ask, (pool,)).get)
    watch.afterwards("terminate", pool.terminate)


def executor(mp: "Any", watch: "Watch") -> None:
    pool = mp.Executor(max_workers=1)
    watch.wait("submit", pool.submit(ask_executor, pool).result)
    watch.afterwards("shutdown", pool.shutdown)


def forked(mp: "Any", watch: "Watch") -> None:
    global own
    own = mp.Executor(max_workers=1)
    watch.wait("submit", own.submit(ask_inherited).result)
    watch.afterwards("shutdown", own.shutdown)


HAZARD = Hazard(
    title="A task needs the pool it runs in",
    question=__doc__,
    group="a worker or a task fails",
    rank=50,
    styles={"workers": workers, "executor": executor, "executors.fork": forked},
    absent={"serial": "a loop has no pool: a function that calls another is all there is"},
    patience_s=2 * HANG_S,
)

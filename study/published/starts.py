"""Published figures of what a start costs."""

from study.published.claim import Claim, Place, at
from study.published.readings import (
    forkserver_forgets_main,
    forkserver_preloads_main,
    growth,
    more_per,
    python_from,
    times,
)

MIB_IN_500_MB = 500e6 / (1 << 20)
LOOPGUARD = "https://github.com/parhamdavari/fastapi-loopguard/pull/57"
FORK_IN_MEMORY = "60 µs at ≈ 0; ≈ 3 ms at 100 MiB; 30–45 ms at 1 GiB"
BLOCKED = "forkserver 55.6, fork 9.4, spawn 1.6 ms"
INTERPRETERS = ("discuss.python.org 53251", "https://discuss.python.org/t/53251")
REIMPORT = ("cpython 137996", "https://github.com/python/cpython/issues/137996")


def _first(backend: str) -> Place:
    return at("startup", backend, "cold ready", form="worker", width=1)


def _first_call(method: str) -> Place:
    return at("startup", f"executors.{method}", "cold call", form="pool", width=1)


def _later_pool(variant: str) -> Place:
    return at("startup", f"executors.{variant}", "warm ready", form="pool", width=1)


def _fork_with(touched_mb: int) -> Place:
    return at("parent_memory", "processes.fork", "call", form="worker", touched_mb=touched_mb)


def _with_main(backend: str, main: str, state: str) -> Place:
    return at("imports", backend, f"{state} ready", main=main)


AGAIN = times(_with_main("processes.forkserver", "heavy", "warm"), _with_main("processes.forkserver", "bare", "warm"))
CLAIMS = (
    Claim(
        7,
        "fork-against-spawn",
        "A process that is spawned takes about 20 times as long to start as one that is forked.",
        "≈ 20x",
        "",
        "superfastpython",
        "https://superfastpython.com",
        ours="a first start with spawn takes {} as long as one with fork",
        measure=times(_first("processes.spawn"), _first("processes.fork")),
        low=10,
        high=60,
    ),
    Claim(
        8,
        "default-start-method",
        "Python 3.14, whose default is forkserver where it was fork, makes a short-lived pool 27 to 315 times slower.",
        "pool benchmark 6.08 ms → 1.91 s (315x); elsewhere 13.4 → 367 ms",
        "3.13.7 → 3.14.0",
        "cpython 139881",
        "https://github.com/python/cpython/issues/139881",
        ours="a first pool with forkserver takes {} as long as one with fork in a program with a typical list of imports",
        measure=times(
            _with_main("executors.forkserver", "heavy", "cold"), _with_main("executors.fork", "heavy", "cold")
        ),
        low=10,
        needs=(python_from(3, 14),),
    ),
    Claim(
        9,
        "main-is-imported-by-each-worker",
        "Before 3.13.8 and 3.14.1 every worker of a forkserver runs the main file again: about 50 ms per process.",
        "≈ 50 ms per process",
        "fixed in 3.13.8 and 3.14.1",
        *REIMPORT,
        ours="imports in the main file make a later start with forkserver take {} as long",
        measure=AGAIN,
        low=2,
        needs=(forkserver_forgets_main,),
    ),
    Claim(
        9,
        "main-is-imported-by-the-server",
        "From 3.13.8 and 3.14.1 on the server runs it once for all, and a later start costs the same.",
        "≈ 50 ms per process, fixed",
        "3.13.8 and 3.14.1",
        *REIMPORT,
        ours="imports in the main file make a later start with forkserver take {} as long",
        measure=AGAIN,
        low=0.67,
        high=1.5,
        needs=(forkserver_preloads_main,),
    ),
    Claim(
        10,
        "fork-copies-page-tables",
        "A fork takes 20 to 45 µs longer for each MiB that its parent has touched.",
        FORK_IN_MEMORY,
        "2015 Linux",
        "public posts; TLPI",
        "",
        ours="fork takes {} longer in a parent that has touched 500 MB",
        measure=more_per(_fork_with(500), _fork_with(0), MIB_IN_500_MB, 1e-6),
        low=20,
        high=45,
        unit=" µs/MiB",
    ),
    Claim(
        10,
        "fork-is-linear-in-memory",
        "What fork takes grows linearly with the touched memory.",
        FORK_IN_MEMORY,
        "2015 Linux",
        "public posts; TLPI",
        "",
        ours="from 100 to 500 MB fork gets {} as much slower as from none to 100 MB, where linear would be 4x",
        measure=growth(_fork_with(0), _fork_with(100), _fork_with(500)),
        low=2.7,
        high=6,
    ),
    Claim(
        11,
        "first-submit-with-forkserver",
        "The first submit to an executor blocks its caller longest with forkserver.",
        BLOCKED,
        "executor on 3.14, 2 cores",
        "fastapi-loopguard PR 57",
        LOOPGUARD,
        ours="the first submit with forkserver blocks {} as long as with fork",
        measure=times(_first_call("forkserver"), _first_call("fork")),
        low=1,
    ),
    Claim(
        11,
        "first-submit-with-spawn",
        "It blocks its caller least with spawn, although the worker is ready last.",
        BLOCKED,
        "executor on 3.14, 2 cores",
        "fastapi-loopguard PR 57",
        LOOPGUARD,
        ours="the first submit with spawn blocks {} as long as with fork",
        measure=times(_first_call("spawn"), _first_call("fork")),
        high=1,
    ),
    Claim(
        12,
        "interpreter-against-fork",
        "A subinterpreter does not start faster than a forked process.",
        "1.11 ms vs 0.73 ms (fork)",
        "16 cores, 3.13 beta",
        *INTERPRETERS,
        ours="a later pool of interpreters takes {} as long to start as one of forked processes",
        measure=times(_later_pool("interpreter"), _later_pool("fork")),
        low=1,
        needs=(python_from(3, 14),),
    ),
    Claim(
        12,
        "interpreter-against-spawn",
        "It starts far faster than a spawned one.",
        "1.11 ms",
        "16 cores, 3.13 beta",
        *INTERPRETERS,
        ours="a later pool of spawned processes takes {} as long to start as one of interpreters",
        measure=times(_later_pool("spawn"), _later_pool("interpreter")),
        low=2,
        needs=(python_from(3, 14),),
    ),
)

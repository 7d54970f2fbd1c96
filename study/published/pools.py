"""Published figures of what a task costs that a pool is given."""

from study.published.claim import Claim, Measure, Place, Run, at
from study.published.readings import times_of

SCIPY = ("scipy PR 12872", "https://github.com/scipy/scipy/pull/12872")
POOLS = ("python-pool-performance", "https://github.com/JohnStarich/python-pool-performance")
POOLS_SAY = "Pool 78.7, PPE 452.6, ThreadPool 28.9, TPE 94.3 µs per task"
POOLS_ON = "131,040 tasks, 8 CPUs, 2016"
DEFAULT, SINGLE = "default chunks", "chunks of 1"


def _tiny(run: Run, backend: str, lap: str) -> Place:
    """The shortest tasks that the run has."""
    return at("grain", backend, lap, task_us=run.least("grain", "task_us"), chunks="few")


def _both(of: tuple[str, str], against: tuple[str, str]) -> Measure:
    return times_of(lambda run: (_tiny(run, *of), _tiny(run, *against)))


CLAIMS = (
    Claim(
        5,
        "executor-against-pool-at-defaults",
        "With the defaults of both a tiny task costs an executor at least 5 times what it costs a Pool.",
        "195 vs 13.5 µs per task (14x)",
        "100 tasks, cmath.sqrt",
        *SCIPY,
        ours="a tiny task takes ProcessPoolExecutor.map {} as long as Pool.map, each with its default chunks",
        measure=_both(("executors.fork", DEFAULT), ("processes.fork", DEFAULT)),
        low=5,
    ),
    Claim(
        6,
        "executor-against-pool-one-by-one",
        "Sent one by one a tiny task costs an executor 2 to 6 times what it costs a Pool.",
        POOLS_SAY,
        POOLS_ON,
        *POOLS,
        ours="a tiny task takes ProcessPoolExecutor {} as long as Pool, both with chunks of 1",
        measure=_both(("executors.fork", DEFAULT), ("processes.fork", SINGLE)),
        low=2,
        high=6,
    ),
    Claim(
        6,
        "thread-pools-one-by-one",
        "It costs a ThreadPoolExecutor about 3 times what it costs a ThreadPool.",
        POOLS_SAY,
        POOLS_ON,
        *POOLS,
        ours="a tiny task takes ThreadPoolExecutor {} as long as ThreadPool, both with chunks of 1",
        measure=_both(("executors.thread", DEFAULT), ("threads", SINGLE)),
        low=2,
        high=5,
    ),
    Claim(
        18,
        "executors-batch",
        "Executors batch their tasks, so they are 2.1 times faster than Pool.",
        "2.1x faster",
        "M1, 3.11 blog",
        "dev.to",
        "",
        ours="ProcessPoolExecutor.map, whose default chunk is 1 task, is {} as fast as Pool.map",
        measure=_both(("processes.fork", DEFAULT), ("executors.fork", DEFAULT)),
        low=1.4,
    ),
    Claim(
        19,
        "tiny-tasks-against-a-loop",
        "Tiny tasks take processes far longer than a plain loop.",
        "0.465 s vs 39.7 s for 1M square roots",
        "n_jobs=-1",
        "joblib 1105",
        "https://github.com/joblib/joblib/issues/1105",
        ours="a tiny task takes ProcessPoolExecutor (spawn) {} as long as the loop",
        measure=_both(("executors.spawn", DEFAULT), ("serial", DEFAULT)),
        low=2,
    ),
)

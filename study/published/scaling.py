"""Published figures of what threads, processes and interpreters gain on several CPUs."""

from study.published.claim import Claim, Figure, Measure, Missing, Place, Run, at
from study.published.readings import cpus_from, in_units, nowhere, python_from, times, times_of, with_gil, without_gil

CCBENCH = ("ccbench post", "")
LATENCY = "ping latency with 1–4 CPU threads 4, 135, 312, 222 ms"
SWITCH_S = (
    0.005  # how long a thread keeps the GIL while another waits: sys.getswitchinterval(), unless a program sets it
)
ON_FREE_THREADS = {2: 1.96, 4: 3.33, 8: 5.07, 16: 5.75}  # workers -> speed-up
STUDY_SAYS = "GIL: sequential 909, threads 1034, interpreters 285 ms; free-threaded: 1045, 279, 359 ms"
STUDY = ("Ryzen 5950X", "loremipsumpy study", "")
BASELINE_SAYS = "threads 8.01 s, its processes 10.65 s, GIL build's processes 7.50 s"
BASELINE = ("10 workers, 16 cores", "koenvo study", "")


def _work(backend: str, workload: str, width: int) -> Place:
    return at("scaling", backend, "tuned chunks", workload=workload, width=width)


def _loop(workload: str) -> Place:
    return at("scaling", "serial", "default chunks", workload=workload, width=1)


def _on_all_cpus(backend: str, workload: str) -> Measure:
    """How many times as fast as the loop, with a worker for each CPU."""
    return times_of(lambda run: (_loop(workload), _work(backend, workload, run.cpus or 1)))


def _per_cpu(backend: str, workload: str) -> Measure:
    """The same for each CPU: 1 is perfect."""
    return times_of(
        lambda run: (_loop(workload), _work(backend, workload, run.cpus or 1)), scale=lambda run: run.cpus or 1
    )


def _against_vector(run: Run) -> Figure | Missing:
    """Our speed-up over theirs with as many threads: the most that the CPUs are enough for."""
    width = max((width for width in ON_FREE_THREADS if width <= (run.cpus or 0)), default=2)
    return times_of(
        lambda _: (_loop("cpu"), _work("executors.thread", "cpu", width)), scale=lambda _: ON_FREE_THREADS[width]
    )(run)


def _beside_threads(run: Run) -> Place:
    return at("responsiveness", "threads", "p50", busy=run.cpus or 1)


def _wait(run: Run) -> Figure | Missing:
    return in_units(_beside_threads(run), SWITCH_S)(run)


CLAIMS = (
    Claim(
        13,
        "threads-under-the-gil",
        "Under the GIL threads make pure Python no faster.",
        "pidigits 4 threads 98 %",
        "3.11 alpha",
        *CCBENCH,
        ours="a thread for each CPU makes pure Python {} as fast as the loop",
        measure=_on_all_cpus("executors.thread", "cpu"),
        high=1.1,
        needs=(with_gil,),
    ),
    Claim(
        13,
        "threads-without-the-gil",
        "Where C code releases the GIL, N threads are about N times as fast.",
        "bz2 199/296/395 %",
        "3.11 alpha",
        *CCBENCH,
        ours="a thread for each CPU makes hashing {} as fast as the loop, for each CPU",
        measure=_per_cpu("threads", "hash"),
        low=0.8,
        high=1.15,
        needs=(cpus_from(2),),
    ),
    Claim(
        13,
        "answers-wait-for-busy-threads",
        "Beside threads that compute, an answer from outside waits 30 to 80 times as long as without them.",
        LATENCY,
        "3.11 alpha",
        *CCBENCH,
        ours="half of the answers wait {} as long or longer beside a busy thread for each CPU as without",
        measure=times_of(lambda run: (_beside_threads(run), at("responsiveness", "serial", "p50", busy=0))),
        low=20,
        high=120,
        needs=(with_gil,),
    ),
    Claim(
        13,
        "answers-wait-in-steps",
        "They wait in steps of 5 ms, the time for which a thread keeps the GIL.",
        LATENCY,
        "3.11 alpha",
        *CCBENCH,
        ours="half of the answers wait {} or longer beside a busy thread for each CPU",
        measure=_wait,
        low=0.95,
        unit=" steps of 5 ms",
        needs=(with_gil,),
    ),
    Claim(
        14,
        "free-threads-scale",
        "On a free-threaded build threads scale.",
        "1.96, 3.33, 5.07, 5.75x at 2, 4, 8, 16",
        "mandelbrot, 3.14 free-threaded",
        "julian.ac",
        "https://julian.ac",
        ours="threads reach {} of the speed-up that was published for as many",
        measure=_against_vector,
        low=0.8,
        high=1.25,
        needs=(without_gil, cpus_from(2)),
    ),
    Claim(
        15,
        "four-threads-under-the-gil",
        "Four threads under the GIL are slower than the sequential loop.",
        STUDY_SAYS,
        *STUDY,
        ours="pure Python takes four threads {} as long as the loop",
        measure=times(_work("executors.thread", "cpu", 4), _loop("cpu")),
        low=1,
        needs=(with_gil, python_from(3, 14), cpus_from(4)),
    ),
    Claim(
        15,
        "four-interpreters",
        "Four interpreters are about three times as fast as the loop.",
        STUDY_SAYS,
        *STUDY,
        ours="four interpreters make pure Python {} as fast as the loop",
        measure=times(_loop("cpu"), _work("executors.interpreter", "cpu", 4)),
        low=2,
        high=4,
        needs=(with_gil, python_from(3, 14), cpus_from(4)),
    ),
    Claim(
        15,
        "free-threads-against-interpreters",
        "On a free-threaded build four threads are faster than four interpreters.",
        STUDY_SAYS,
        *STUDY,
        ours="pure Python takes four interpreters {} as long as four threads",
        measure=times(_work("executors.interpreter", "cpu", 4), _work("executors.thread", "cpu", 4)),
        low=1,
        needs=(without_gil, python_from(3, 14), cpus_from(4)),
    ),
    Claim(
        16,
        "free-threads-against-processes",
        "On a free-threaded build threads are faster than its processes.",
        BASELINE_SAYS,
        *BASELINE,
        ours="pure Python takes forked processes {} as long as threads, with one worker for each CPU",
        measure=times_of(
            lambda run: (
                _work("processes.fork", "cpu", run.cpus or 1),
                _work("executors.thread", "cpu", run.cpus or 1),
            )
        ),
        low=1,
        needs=(without_gil,),
    ),
    Claim(
        16,
        "processes-of-the-other-build",
        "Processes of a build with the GIL are faster than threads of a free-threaded one.",
        BASELINE_SAYS,
        *BASELINE,
        ours="pure Python takes free threads {} as long as processes of the other build",
        measure=nowhere("needs a run of a build with the GIL and one of a free-threaded build in one campaign"),
        low=1,
    ),
)

"""Published figures of what a message costs."""

from study.published.claim import Claim, Measure, Place, at
from study.published.readings import cpus_are, per_second, times, times_of, times_of_each

FIFO = ("faster-fifo README and test comments", "https://github.com/alex-petrenko/faster-fifo")
FIFO_ON = "tuple of 5 ints; i9-7900X; i5-4200U with 2 cores; Xeon E5 on 3.11"
ANSWER = ("Stack Overflow 8463008", "https://stackoverflow.com/questions/8463008")
CHANNELS = "14.25, 16.24, 16.87, 17.76 µs per int (Pipe, JoinableQueue, SimpleQueue, Queue)"
SPECTRUM = "https://github.com/Wireless-Innovation-Forum/Spectrum-Access-System/issues/700"


METHODS = ("fork", "spawn", "forkserver")


def _sent(channel: str, payload: int = 64, method: str = "fork") -> Place:
    return at("throughput", f"processes.{method}", "message", channel=channel, payload=payload)


def _however_started(channel: str, other: str) -> Measure:
    """One channel against another. Once the workers are there, how they were started makes no difference to a message."""
    return times_of_each([(_sent(channel, method=method), _sent(other, method=method)) for method in METHODS])


CLAIMS = (
    Claim(
        1,
        "queue-rate",
        "A multiprocessing Queue carries 10,000 to 100,000 small messages a second from one process to another.",
        "78.7 k, 25.4 k, 81.6 k msg/s",
        FIFO_ON,
        *FIFO,
        ours="a Queue carries {} of 64 B",
        measure=per_second(_sent("Queue")),
        low=1e4,
        high=1e5,
        unit=" messages a second",
    ),
    Claim(
        1,
        "queue-rate-on-two-cpus",
        "On two CPUs it is nearer 25,000 than 80,000 messages a second.",
        "25.4 k msg/s against 78.7 k and 81.6 k",
        FIFO_ON,
        *FIFO,
        ours="a Queue carries {} of 64 B",
        measure=per_second(_sent("Queue")),
        high=45_000,  # the geometric mean of 25,400 and 80,000
        unit=" messages a second",
        needs=(cpus_are(2),),
    ),
    Claim(
        2,
        "queue-many-to-many",
        "With many senders and many receivers a Queue carries two to three times fewer messages than from one to one.",
        "27.4 k, 12.7 k, 23.1 k msg/s, 20 to 20",
        FIFO_ON,
        *FIFO,
        ours="a message among as many senders and receivers as CPUs takes {} as long as one from one to one",
        measure=times(
            at("fan", "processes.fork", "message", shape="NtoN"),
            at("fan", "processes.fork", "message", shape="1to1", maxsize=0),
        ),
        low=2,
        high=3,
    ),
    Claim(
        3,
        "pipe-against-queue",
        "A message through a Pipe costs least; one through a Queue about 1.25 times as much, at most 1.3 times.",
        CHANNELS,
        "1M ints, 3.9",
        *ANSWER,
        ours="a message through a Queue takes {} as long as one through a Pipe",
        measure=_however_started("Queue", "Pipe"),
        low=1,
        high=1.3,
    ),
    Claim(
        3,
        "pipe-against-joinable-queue",
        "One through a JoinableQueue costs more than one through a Pipe, and at most 1.3 times as much.",
        CHANNELS,
        "1M ints, 3.9",
        *ANSWER,
        ours="a message through a JoinableQueue takes {} as long as one through a Pipe",
        measure=_however_started("JoinableQueue", "Pipe"),
        low=1,
        high=1.3,
    ),
    Claim(
        3,
        "joinable-queue-against-simple-queue",
        "A JoinableQueue costs less than a SimpleQueue, and the two differ by at most 1.3 times.",
        CHANNELS,
        "1M ints, 3.9",
        *ANSWER,
        ours="a message through a SimpleQueue takes {} as long as one through a JoinableQueue",
        measure=_however_started("SimpleQueue", "JoinableQueue"),
        low=1,
        high=1.3,
    ),
    Claim(
        4,
        "duplex-pipe",
        "A duplex Pipe carries messages of 1 MB about twice as fast as a simplex one.",
        "3,317 vs 1,486 items/s",
        "send_bytes, 1 MB; depends on the kernel",
        *ANSWER,
        ours="a message of 1 MiB through a simplex Pipe takes {} as long as one through a duplex Pipe",
        measure=times(_sent("Pipe", 1 << 20), _sent("DuplexPipe", 1 << 20)),
        low=1.5,
        high=3.3,
    ),
    Claim(
        17,
        "manager-dict",
        "A Manager's dict does not scale: more processes wait for its one server, and operations a second flatten.",
        "50 % of time in the manager at 4 processes, 85 % at 12",
        "2018 application",
        "Spectrum-Access 700",
        SPECTRUM,
        ours="each of twice as many processes as CPUs writes to a Manager's dict {} as fast as one that is alone",
        measure=times_of(
            lambda run: (
                at("synchronisation", "processes.fork", "Manager dict", contenders=1),
                at("synchronisation", "processes.fork", "Manager dict", contenders=2 * (run.cpus or 1)),
            ),
            scale=lambda run: 2 * (run.cpus or 1),
        ),
        high=0.5,
    ),
)

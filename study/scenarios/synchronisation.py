"""What does each way to take turns cost, alone and in a crowd, and does everybody get as many?"""

from time import perf_counter_ns

from study.scenario import Load, Scenario
from study.trace import say

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from study.trace import Trace

# How long all take as many turns as they can get: five times as long as a thread keeps the GIL, where it has a rival.
RUSH_NS, RUSH_ALONE_NS = 25_000_000, 1_000_000
MANY, FEW = 5000, 20  # operations at most: as the table below says, and where each is a message to a manager

primitives: "dict[str, Any]"
rushes: "dict[str, tuple[Any, Any]]"
gate: "Any"
until: "Any"


def enter(lock: "Any", times: int) -> None:
    for _ in range(times):
        with lock:
            pass


def add(counter: "tuple[Any, Any]", times: int) -> None:
    lock, value = counter
    for _ in range(times):
        with lock:
            value.value += 1


def signal(event: "Any", times: int) -> None:
    for _ in range(times):
        event.is_set()
        event.set()
        event.clear()


def meet(barrier: "Any", times: int) -> None:
    for _ in range(times):
        barrier.wait()


def write(shared: "Any", times: int) -> None:
    for number in range(times):
        shared[number] = number


def append(shared: "Any", times: int) -> None:
    for number in range(times):
        shared.append(number)


def assign(shared: "Any", times: int) -> None:
    for number in range(times):
        shared.value = number


# What a contender does with each primitive, and how often: some milliseconds for one that is alone.
TURNS = {
    "Lock": (enter, 5000),
    "RLock": (enter, 5000),
    "Semaphore": (enter, 2500),
    "BoundedSemaphore": (enter, 2500),
    "Condition": (enter, 2500),
    "Value += 1": (add, 1000),
    "Event": (signal, 500),
    "Barrier": (meet, 40),
    "Manager dict": (write, 30),
    "Manager list": (append, 30),
    "Manager Namespace": (assign, 30),
}
LOCKS = [name for name, (turn, _) in TURNS.items() if turn is enter]


def contend(primitives: "Any", rushes: "Any", gate: "Any", until: "Any", most: int, rounds: int) -> "Any":
    """When each lap began and ended here, and how many turns were had in each rush."""
    rush_ns = RUSH_NS if gate.parties > 1 else RUSH_ALONE_NS
    laps, turns = [], {}
    for _ in range(rounds):
        for name, primitive in primitives.items():
            turn, times = TURNS[name]
            gate.wait()
            begun = perf_counter_ns()
            turn(primitive, min(times, most))
            laps.append((name, begun, perf_counter_ns()))
    for name, (lock, counter) in rushes.items():
        until.value = perf_counter_ns() + rush_ns  # the last to come to the gate decides
        gate.wait()
        turns[name] = rush(lock, counter, until.value)
    return laps, turns


def rush(lock: "Any", counter: "Any", until_ns: int) -> int:
    turns = 0
    while turns == 0 or perf_counter_ns() < until_ns:
        with lock:
            counter.value += 1  # read and written: without a lock, what others add in between is lost
        turns += 1
    return turns


def contender(replies: "Any", *arguments: "Any") -> None:
    replies.put(contend(*arguments))


def workers(mp: "Any", stopwatch: "Any", contenders: int = 2, rounds: int = 3) -> None:
    gate, until, replies = mp.Barrier(contenders), mp.Value("q", 0), mp.SimpleQueue()
    primitives, one, other = primitives_of(mp, contenders), mp.Value("i", 0), mp.Value("i", 0)
    rushes = {name: (primitives[name], mp.Value("i", 0)) for name in LOCKS}
    primitives["Value += 1"], rushes["Value += 1"] = (one.get_lock(), one), (other.get_lock(), other)
    with mp.Manager() as manager:
        primitives.update({"Manager dict": manager.dict(), "Manager list": manager.list()})
        primitives["Manager Namespace"] = manager.Namespace()
        arguments = (replies, primitives, rushes, gate, until, MANY, rounds)
        team = [mp.Process(target=contender, args=arguments) for _ in range(contenders)]
        for process in team:
            process.start()
        note(stopwatch, [replies.get() for _ in team], rushes, MANY)
        for process in team:
            process.join()
        say("Manager list", "kept", (len(primitives["Manager list"]), contenders * rounds * TURNS["Manager list"][1]))


def primitives_of(mp: "Any", contenders: int) -> "dict[str, Any]":
    return {
        "Lock": mp.Lock(),
        "RLock": mp.RLock(),
        "Semaphore": mp.Semaphore(1),
        "BoundedSemaphore": mp.BoundedSemaphore(1),
        "Condition": mp.Condition(),
        "Event": mp.Event(),
        "Barrier": mp.Barrier(contenders),
    }


def install(*shared: "Any") -> None:
    global primitives, rushes, gate, until
    primitives, rushes, gate, until = shared


def task(most: int, rounds: int) -> "Any":
    return contend(primitives, rushes, gate, until, most, rounds)


def executor(mp: "Any", stopwatch: "Any", contenders: int = 2, rounds: int = 3) -> None:
    gate, until, primitives = mp.Barrier(contenders), mp.Value("q", 0), primitives_of(mp, contenders)
    rushes = {name: (primitives[name], mp.Value("i", 0)) for name in LOCKS}
    # A manager's Value has no lock of its own.
    primitives["Value += 1"] = (mp.Lock(), mp.Value("i", 0))
    rushes["Value += 1"] = (mp.Lock(), mp.Value("i", 0))
    with mp.Manager() as manager:
        primitives.update({"Manager dict": manager.dict(), "Manager list": manager.list()})
        primitives["Manager Namespace"] = manager.Namespace()
        shared = (primitives, rushes, gate, until)
        with mp.Executor(max_workers=contenders, initializer=install, initargs=shared) as pool:
            team = [pool.submit(task, FEW, rounds) for _ in range(contenders)]
            note(stopwatch, [done.result() for done in team], rushes, FEW)
        say("Manager list", "kept", (len(primitives["Manager list"]), contenders * rounds * FEW))


def note(stopwatch: "Any", reports: "list[Any]", rushes: "Any", most: int) -> None:
    """From the first one's begin to the last one's end; all pass a barrier at once, and everything else in turn."""
    for laps in zip(*(laps for laps, _ in reports), strict=True):
        name = laps[0][0]
        lasted = max(ended for _, _, ended in laps) - min(begun for _, begun, _ in laps)
        stopwatch.note(name, lasted, min(TURNS[name][1], most) * (1 if name == "Barrier" else len(reports)))
    for name, (_, counter) in rushes.items():
        turns = [turns[name] for _, turns in reports]
        say(name, "added", (counter.value, sum(turns)))
        if len(turns) > 1:
            stopwatch.count(f"{name} fairness", jain(turns), "1")


def jain(turns: "list[int]") -> float:
    """Jain's index: 1 where all have as many turns, 1/n where one of n has all. Jain, Chiu, Hawe, DEC-TR-301, 1984.

    Turns are counted in a stretch of time that is the same for all: with a number of turns for each, a short lap may be
    over before the last one has begun, and whoever is done leaves the rest without a rival.
    """
    return sum(turns) ** 2 / (len(turns) * sum(own * own for own in turns))


def check(trace: "Trace", offers: "frozenset[str]", arguments: "Mapping[str, Any]") -> None:
    added = trace.all("added")
    missing = {*LOCKS, "Value += 1"}.difference(event.actor for event in added)
    trace.require(not missing, f"nobody took a turn by {', '.join(sorted(missing))}")
    for event in added:
        counted, turns = event.value
        trace.require(turns > 0, f"nobody took a turn by {event.actor}")
        trace.require(counted == turns, f"{turns} additions under {event.actor} came to {counted}")
    kept, written = trace.one("kept").value
    trace.require(kept == written, f"{written} items were appended to the list, which holds {kept}")


def loads(cpus: int) -> "list[Load]":
    return [
        Load(contenders=1),
        Load(contenders=2, full_grid=cpus > 1),
        *([Load(contenders=2 * cpus)] if cpus > 1 else []),
    ]


SCENARIO = Scenario(
    section="",
    title="Synchronisation",
    question=__doc__,
    unit="turn",
    headline="Lock",
    needs={"primitives of its own"},
    styles={"workers": workers, "executor": executor},
    absent={"serial": "one thread works alone: there is nobody to take turns with"},
    loads=loads,
    check=check,
    calibrated=False,
    most_rounds=2,
)

"""How much memory does each further worker take?"""

import os

from study.scenario import Load, Scenario
from study.trace import say

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from study.trace import Trace

    Sizes = dict[str, int]

gate: "Any"


def sizes_of(pid: int) -> "Sizes":
    """Bytes of a process. PSS: what several share counts in parts; USS: what is its own; RSS: everything, in each."""
    if os.path.exists("/proc/self/smaps_rollup"):
        with open(f"/proc/{pid}/smaps_rollup") as file:
            kilobytes = {line.split()[0]: int(line.split()[1]) for line in file if line.endswith(" kB\n")}
        own = kilobytes["Private_Clean:"] + kilobytes["Private_Dirty:"]
        return {"PSS": kilobytes["Pss:"] * 1024, "USS": own * 1024}
    with open(f"/proc/{pid}/statm") as file:
        return {"RSS": int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")}


def read_group() -> "dict[int, Sizes]":
    """What each process of our group takes: this one, its workers and what serves them. Without /proc: nothing."""
    found = {}
    for name in os.listdir("/proc") if os.path.exists("/proc/self/statm") else []:
        try:
            if name.isdigit() and os.getpgid(int(name)) == os.getpgrp():
                found[int(name)] = sizes_of(int(name))
        except (ProcessLookupError, FileNotFoundError):
            pass  # it ended while we looked
    return found


def note_growth(
    stopwatch: "Any", which: str, width: int, before: "dict[int, Sizes]", after: "dict[int, Sizes]"
) -> None:
    for kind in after[os.getpid()] if after else ():
        new = [after[pid][kind] for pid in after if pid not in before]
        grown = sum(sizes[kind] for sizes in after.values()) - sum(sizes[kind] for sizes in before.values())
        # A fork makes pages of its parent's own into shared ones: what is a worker's own is read from the worker.
        taken = sum(new) if new and kind == "USS" else grown
        stopwatch.count(f"{which} worker, {kind}", max(0, taken) // width, "B")  # below 0: other memory was given back


def install(shared_gate: "Any") -> None:
    global gate
    gate = shared_gate


def stay(number: int) -> None:
    say(f"worker {number}", "here")
    gate.wait()  # all are here
    gate.wait()  # their memory has been read
    say(f"worker {number}", "leaving")


def stay_at(gate: "Any", number: int) -> None:
    install(gate)
    stay(number)


def read_while_they_stay(stopwatch: "Any", gate: "Any", which: str, width: int, before: "dict[int, Sizes]") -> None:
    gate.wait()
    say("main", "reading", width)
    after = read_group()
    say("main", "read", {pid: sizes.get("USS") for pid, sizes in after.items()})
    gate.wait()
    note_growth(stopwatch, which, width, before, after)


def workers(mp: "Any", stopwatch: "Any", width: int = 2, rounds: int = 1) -> None:
    # The first worker brings along what all further ones use: modules in the parent, a resource tracker, a fork server.
    for which, size in [("first", 1)] + [("further", width)] * rounds:
        gate = mp.Barrier(size + 1)
        before = read_group()
        team = [mp.Process(target=stay_at, args=(gate, number)) for number in range(size)]
        for process in team:
            process.start()
        read_while_they_stay(stopwatch, gate, which, size, before)
        for process in team:
            process.join()


def executor(mp: "Any", stopwatch: "Any", width: int = 2, rounds: int = 1) -> None:
    for which, size in [("first", 1)] + [("further", width)] * rounds:
        gate = mp.Barrier(size + 1)
        before = read_group()
        with mp.Executor(max_workers=size, initializer=install, initargs=(gate,)) as pool:
            team = [pool.submit(stay, number) for number in range(size)]
            read_while_they_stay(stopwatch, gate, which, size, before)
            for task in team:
                task.result()


def check(trace: "Trace", offers: "frozenset[str]", arguments: "Mapping[str, Any]") -> None:
    readings = list(zip(trace.all("reading"), trace.all("read"), strict=False))
    sizes = [reading.value for reading, _ in readings]
    trace.require(sizes == [1] + [arguments["width"]] * arguments["rounds"], f"memory was read of {sizes} workers")
    here, leaving = trace.all("here"), trace.all("leaving")
    trace.require(
        len(here) == len(leaving) == sum(sizes), f"{len(here)} of {sum(sizes)} workers came, {len(leaving)} left"
    )
    for size, (reading, read) in zip(sizes, readings, strict=True):
        team, here = here[:size], here[size:]
        left, leaving = leaving[:size], leaving[size:]
        stayed = team[-1].time_ns <= reading.time_ns <= read.time_ns <= left[0].time_ns
        trace.require(stayed, "a worker was not there yet, or no longer, when the memory was read")
        own = {event.pid for event in team} - {read.pid}
        trace.require(
            len(own) == (size if "own process" in offers else 0), f"width {size}: {len(own)} processes of their own"
        )
        told = all(read.value.get(pid, 0) != 0 for pid in own) or not read.value
        trace.require(told, "a worker has no memory of its own, or nobody read it")


SCENARIO = Scenario(
    section="",
    title="Memory of a worker",
    question=__doc__,
    unit="worker",
    headline="further worker, PSS",
    styles={"workers": workers, "executor": executor},
    absent={"serial": "a loop in the thread that is already there has no further worker"},
    loads=lambda cpus: [Load(width=1), Load(width=2, full_grid=True), Load(width=4)],
    check=check,
    calibrated=False,
    most_rounds=1,
)

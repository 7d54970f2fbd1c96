"""What does each import in the main module cost every new worker?"""

import sys
from time import perf_counter_ns

from study.scenario import Load, Scenario
from study.trace import say

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from study.trace import Trace

HEAVY = 15  # modules that a main file imports by name: the guard of a bare one needs two


def first_statement() -> "tuple[int, list[str]]":
    now = perf_counter_ns()
    return now, list(sys.modules)


def send_first_statement(sender: "Any") -> None:
    sender.send(first_statement())


def imported_by_main() -> "set[str]":
    values = vars(sys.modules["__main__"]).values()
    return {value.__name__ for value in values if isinstance(value, type(sys))}


def workers(mp: "Any", stopwatch: "Any", main: str = "bare", rounds: int = 2) -> None:
    say("main", "imports", sorted(imported_by_main()))
    for state in ["cold"] + ["warm"] * (rounds - 1):
        receiver, sender = mp.Pipe(duplex=False)
        begun = perf_counter_ns()
        process = mp.Process(target=send_first_statement, args=(sender,))
        process.start()
        stamp, modules = receiver.recv()
        process.join()
        say("main", "started", (begun, stamp, perf_counter_ns(), sorted(imported_by_main().difference(modules))))
        stopwatch.note(f"{state} ready", stamp - begun)
        stopwatch.count("modules in the worker", len(modules), "1")


def executor(mp: "Any", stopwatch: "Any", main: str = "bare", rounds: int = 2) -> None:
    say("main", "imports", sorted(imported_by_main()))
    for state in ["cold"] + ["warm"] * (rounds - 1):
        begun = perf_counter_ns()
        with mp.Executor(max_workers=1) as pool:
            stamp, modules = pool.submit(first_statement).result()
        say("main", "started", (begun, stamp, perf_counter_ns(), sorted(imported_by_main().difference(modules))))
        stopwatch.note(f"{state} ready", stamp - begun)
        stopwatch.count("modules in the worker", len(modules), "1")


def check(trace: "Trace", offers: "frozenset[str]", arguments: "Mapping[str, Any]") -> None:
    imports, main = trace.one("imports").value, arguments["main"]
    is_heavy = len(imports) >= HEAVY
    trace.require(is_heavy == (main == "heavy"), f"the main module imports {len(imports)} modules, which is not {main}")
    starts = trace.values("started")
    trace.require(len(starts) == arguments["rounds"], f"{len(starts)} workers of {arguments['rounds']} reported")
    for begun, stamp, joined, missing in starts:
        trace.require(
            begun <= stamp <= joined, "a worker's clock is outside the time in which it was started and joined"
        )
        # Whether it was forked with them or ran the main file again: the time tells.
        trace.require(not missing, f"a worker lacks what the main module imports: {', '.join(missing)}")


SCENARIO = Scenario(
    section="",
    title="Imports in the main module",
    question=__doc__,
    unit="start",
    headline="warm ready",
    styles={"workers": workers, "executor": executor},
    absent={"serial": "a loop in the thread that is already there starts nothing, and imports nothing again"},
    needs={"own process"},
    loads=lambda cpus: [Load(main="bare"), Load(main="heavy")],
    check=check,
    calibrated=False,
    most_rounds=2,
    about_starting=True,
)

"""Does stage 2 begin only after stage 1 is done, and what does handing over from one worker to the other cost?"""

from study.scenario import Load, Scenario
from study.trace import say

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from study.trace import Trace

condition: "Any"
stage_1_done: "Any"
gate: "Any"


def stage_1(condition: "Any", stage_1_done: "Any") -> None:
    say("s1", "starting")
    with condition:
        say("s1", "done")
        stage_1_done.set()
        condition.notify_all()


def stage_2(name: str, condition: "Any", stage_1_done: "Any") -> None:
    say(name, "starting")
    with condition:
        # The predicate makes a notification that came first harmless; a bare wait() would wait for ever.
        woken = condition.wait_for(stage_1_done.is_set)
        say(name, "running", woken)


def hand_back(condition: "Any", gate: "Any", operations: int, rounds: int) -> None:
    for _ in range(rounds):
        with condition:
            gate.wait()  # the lock is held until wait() lets it go: no notification can come too early
            for _ in range(operations):
                condition.wait()
                condition.notify()
        gate.wait()  # before taking the lock again: the other side still needs it to come back from wait()
    say("partner", "counted", operations * rounds)


def workers(mp: "Any", stopwatch: "Any", operations: int = 500, rounds: int = 3) -> None:
    condition, stage_1_done, gate = mp.Condition(), mp.Event(), mp.Barrier(2)
    team = [mp.Process(target=stage_2, args=(f"stage_2[{i}]", condition, stage_1_done)) for i in (1, 2)]
    team.append(mp.Process(target=stage_1, args=(condition, stage_1_done)))
    for process in team:
        process.start()
    for process in team:
        process.join()

    partner = mp.Process(target=hand_back, args=(condition, gate, operations, rounds))
    partner.start()
    for _ in range(rounds):
        gate.wait()
        with condition, stopwatch("notify + wake-up", 2 * operations):
            for _ in range(operations):
                condition.notify()
                condition.wait()
        gate.wait()
    partner.join()


def as_written(mp: "Any", stopwatch: "Any", rounds: int = 3) -> None:
    condition = mp.Condition()
    clients = [mp.Process(target=bare_stage_2, args=(f"stage_2[{i}]", condition)) for i in (1, 2)]
    s1 = mp.Process(target=bare_stage_1, args=(condition,))
    for process in clients:
        process.start()  # the tutorial sleeps for a second here and hopes that both are waiting by then
    s1.start()
    s1.join()
    for process in clients:
        process.join()


def bare_stage_1(condition: "Any") -> None:
    say("s1", "starting")
    with condition:
        say("s1", "done")
        condition.notify_all()


def bare_stage_2(name: str, condition: "Any") -> None:
    say(name, "starting")
    with condition:
        say(name, "running", condition.wait())


def install(*primitives: "Any") -> None:
    global condition, stage_1_done, gate
    condition, stage_1_done, gate = primitives


def first_stage() -> None:
    stage_1(condition, stage_1_done)


def second_stage(name: str) -> None:
    stage_2(name, condition, stage_1_done)


def partner(operations: int, rounds: int) -> None:
    hand_back(condition, gate, operations, rounds)


def executor(mp: "Any", stopwatch: "Any", operations: int = 500, rounds: int = 3) -> None:
    condition, stage_1_done, gate = mp.Condition(), mp.Event(), mp.Barrier(2)
    # Three workers, because three tasks wait for each other: with two, stage 1 might never get one.
    with mp.Executor(max_workers=3, initializer=install, initargs=(condition, stage_1_done, gate)) as pool:
        stages = [pool.submit(second_stage, f"stage_2[{i}]") for i in (1, 2)]
        stages.append(pool.submit(first_stage))
        for stage in stages:
            stage.result()

        partner_done = pool.submit(partner, operations, rounds)
        for _ in range(rounds):
            gate.wait()
            with condition, stopwatch("notify + wake-up", 2 * operations):
                for _ in range(operations):
                    condition.notify()
                    condition.wait()
            gate.wait()
        partner_done.result()


def check(trace: "Trace", offers: "frozenset[str]", arguments: "Mapping[str, Any]") -> None:
    done = trace.one("done", "s1").time_ns
    running = trace.all("running")
    clients = sorted(event.actor for event in running)
    trace.require(clients == ["stage_2[1]", "stage_2[2]"], "both clients should run stage 2, once")
    trace.require(all(event.value is True for event in running), "wait_for() should return True")
    trace.require(all(event.time_ns >= done for event in running), "stage 2 ran before stage 1 was done")
    for event in running:
        trace.require(
            trace.one("starting", event.actor).time_ns <= event.time_ns, f"{event.actor} ran before it started"
        )
    trace.counts(arguments["operations"] * arguments["rounds"])


SCENARIO = Scenario(
    section="5",
    title="Condition",
    question=__doc__,
    unit="notify + wake-up",
    headline="notify + wake-up",
    styles={"workers": workers, "executor": executor},
    absent={"serial": "one thread works alone: stage 2 simply follows stage 1"},
    as_written=as_written,
    defect="a bare wait() with no predicate: a notification that comes first is lost, and the client waits for ever",
    loads=lambda cpus: [Load(width=3)],
    check=check,
    words={
        "starting": "Starting {actor}",
        "done": "{actor} done and ready for stage 2",
        "running": "{actor} running",
    },
    printed="""\
Starting stage_2[1]
Starting stage_2[2]
Starting s1
s1 done and ready for stage 2
stage_2[1] running
stage_2[2] running""",
)

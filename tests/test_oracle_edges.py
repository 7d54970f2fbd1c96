"""Does a check draw its line exactly where the answer stops being right: at the last moment, number and worker that still are?

Stories that no library has told, but one might: each is right, or wrong by the least that there is.
"""

import pytest

from stories import judge
from study.scenarios import parent_memory, recycling, wake_up

MS = 1_000_000
PRIMITIVES = ["Event", "Condition", "Semaphore", "Barrier", "Queue", "Lock"]


def text(*events: tuple[object, ...]) -> str:
    """Lines of a trace from time, actor, event and value, and the number of a process where it is not the main one."""
    lines = []
    for time_ns, actor, event, value, *place in events:
        (worker,) = place or (1,)
        lines.append(f"{time_ns}\t{worker}\t{worker}\t{actor}\t{event}\t{value!r}")
    return "\n".join(lines)


def refused(scenario: str, backend: str, story: str, **arguments: object) -> str | None:
    found: str | None = judge(scenario, backend, story, arguments)
    return found


def timed_wait(waited_ns: int, timeout_s: float, set_ns: int = 0, saw_ns: int = 0) -> str | None:
    """What is said of one who waited so long and of another who saw the event so long after set() was called."""
    begun, setting = 1000, 1000 + waited_ns + set_ns
    story = text(
        (begun, "nonblock", "starting_timeout", None),
        (begun + waited_ns, "nonblock", "saw_timeout", False),
        (setting, "main", "setting", None),
        (setting + saw_ns, "block", "saw", True),
        (setting + 99, "answer", "counted", 1 + 4 * 2),
    )
    return refused("event", "threads", story, timeout_s=timeout_s, operations=4, rounds=2)


@pytest.mark.parametrize("timeout_s", [0.01, 2.0])
def test_a_timed_wait_may_be_five_milliseconds_short_and_no_more(timeout_s: float) -> None:
    least_ns = round(timeout_s * 1e9) - 5 * MS
    assert timed_wait(least_ns + 1000, timeout_s) is None
    assert timed_wait(least_ns - 1000, timeout_s) == "wait(timeout) returned too early"
    assert timed_wait(least_ns + 100 * MS, timeout_s) is None, "a busy machine may wake it late"


def test_whoever_waits_may_see_the_event_the_moment_it_is_set_and_not_before() -> None:
    assert timed_wait(10 * MS, 0.01) is None
    assert timed_wait(10 * MS, 0.01, saw_ns=-1) == "wait() returned before set() was called"
    assert "before the other worker had given up" in str(timed_wait(10 * MS, 0.01, set_ns=-1, saw_ns=1))


def two_stages(running_ns: int, starting_ns: int = 0) -> str | None:
    clients = ["stage_2[1]", "stage_2[2]"]
    story = text(
        *((50 + starting_ns * (client == clients[1]), client, "starting", None) for client in clients),
        (50, "s1", "done", None),
        *((50 + running_ns * (client == clients[0]), client, "running", True) for client in clients),
        (99, "partner", "counted", 8),
    )
    return refused("condition", "threads", story, operations=4, rounds=2)


def test_a_client_may_run_the_moment_stage_1_is_done_and_not_before() -> None:
    assert two_stages(0) is None
    assert two_stages(1) is None
    assert two_stages(-1) == "stage 2 ran before stage 1 was done"
    assert two_stages(0, starting_ns=1) == "stage_2[2] ran before it started"


def visits(*spans: tuple[int, int], opened: str, closed: str, actors: list[str]) -> str:
    told = [(at, actor, opened, None) for (at, _), actor in zip(spans, actors, strict=True)]
    return text(*told, *((at, actor, closed, None) for (_, at), actor in zip(spans, actors, strict=True)))


@pytest.mark.parametrize(("gap_ns", "right"), [(1, True), (0, True), (-1, False)])
def test_a_lock_may_be_taken_the_moment_it_is_let_go_and_not_before(gap_ns: int, right: bool) -> None:
    for spans in (((10, 20), (20 + gap_ns, 30)), ((20 + gap_ns, 30), (10, 20))):
        story = visits(*spans, opened="acquired", closed="released", actors=["via with", "directly"])
        assert (refused("lock", "threads", story) is None) is right


@pytest.mark.parametrize(
    ("spans", "right"),
    [
        ([(10, 30), (20, 40), (30, 50)], True),
        ([(10, 30), (20, 40), (29, 50)], False),
        ([(10, 30), (20, 40), (40, 50)], True),
        ([(10, 20), (20, 30), (30, 40)], False),
        ([(10, 30), (20, 40)], False),
    ],
    ids=["as one leaves", "before one leaves", "as the last one leaves", "one after the other", "one is missing"],
)
def test_as_many_are_inside_as_there_are_permits_at_every_moment(spans: list[tuple[int, int]], right: bool) -> None:
    actors = [f"Process-{number + 1}" for number in range(len(spans))]
    story = visits(*spans, opened="acquire", closed="release", actors=actors)
    assert (refused("semaphore", "threads", story, width=3) is None) is right


@pytest.mark.parametrize(
    ("stamps", "right"),
    [([10, 20], True), ([9, 20], False), ([10, 21], False), ([15], False), ([15, 15, 15], False), ([], False)],
)
def test_every_worker_of_a_start_begins_between_the_start_and_the_join(stamps: list[int], right: bool) -> None:
    story = text((1, "main", "started", (10, stamps, 20)))
    assert (refused("startup", "processes.fork", story, form="worker", width=2, rounds=1) is None) is right


def test_a_pool_is_started_and_asked_again_in_every_round() -> None:
    once = (1, "main", "started", (10, [15], 20))
    assert refused("startup", "threads", text(*[once] * 4), form="pool", width=1, rounds=2) is None
    for times in (2, 3, 5):
        assert refused("startup", "threads", text(*[once] * times), form="pool", width=1, rounds=2)


@pytest.mark.parametrize(
    ("stamps", "right"),
    [((50, 60), True), ((60, 50), True), ((49, 60), False), ((60, 49), False), ((60,), False), ((60,) * 3, False)],
)
@pytest.mark.parametrize("name", PRIMITIVES)
def test_of_several_who_wait_none_may_go_on_before_the_signal(name: str, stamps: tuple[int, ...], right: bool) -> None:
    woke = [(at, one, "woke", (50, (51, 52))) for at in range(wake_up.REPEATS) for one in PRIMITIVES if one != name]
    woke += [(at, name, "woke", (50, (51, 52))) for at in range(wake_up.REPEATS - 1)]
    found = refused("wake_up", "threads", text(*woke, (99, name, "woke", (50, stamps))), waiters=2, rounds=1)
    assert (found is None) is right
    assert found is None or name in found


def recycled(limit: int | str, *pids: int) -> str | None:
    tasks = recycling.tasks_of(limit)
    rounds = [pids[begin : begin + tasks] for begin in range(0, len(pids), tasks)]
    told = [(at, "main", "done", list(enumerate(part))) for at, part in enumerate(rounds)]
    return refused("recycling", "processes.fork", text(*told), limit=limit, rounds=len(rounds))


@pytest.mark.parametrize(
    ("limit", "pids", "words"),
    [
        (2, [1, 1, 2, 2], None),
        (2, [1, 1, 2, 2, 3, 3, 4, 4], None),
        (2, [1, 1, 1, 2], "one worker did 3 tasks; 2 were allowed"),
        (2, [1, 1, 2, 2, 2, 3, 3, 4], "one worker did 3 tasks; 2 were allowed"),
        (2, [1, 1, 2, 3], "3 workers did the tasks; 2 should have"),
        (1, [1, 2], None),
        (1, [1, 1], "one worker did 2 tasks; 1 were allowed"),
        ("none", [1] * 20, None),
        ("none", [1] * 19 + [2], "2 workers did the tasks; 1 should have"),
        (30, [1] * 30 + [2] * 30, None),
        (30, [1] * 20 + [2] * 10 + [3] * 10, "3 workers did the tasks; 2 should have"),
    ],
)
def test_a_worker_is_replaced_when_it_has_done_its_tasks_and_neither_sooner_nor_later(
    limit: int | str, pids: list[int], words: str | None
) -> None:
    assert recycled(limit, *pids) == words


@pytest.mark.parametrize(("workers", "right"), [(10, True), (12, True), (13, False), (9, False)])
def test_no_fewer_workers_are_started_than_the_tasks_need_and_no_more_than_can_be_waiting(
    workers: int, right: bool
) -> None:
    answers, tasks = [number * 2 for number in range(10)], 20
    story = text(
        (1, "main", "built-in", answers),
        *((2, "worker", "starting", None, 100 + number) for number in range(workers)),
        *((3, "worker", "task", number % 10, 100 + number // 2) for number in range(tasks)),
        *[(4, "main", "output", answers)] * 2,
    )
    assert (refused("pool_recycling", "processes.fork", story, width=2, rounds=2) is None) is right


@pytest.mark.parametrize(
    ("backend", "touched_mb", "pages", "left", "right"),
    [
        ("threads", 10, [100, 100], [200, 300], True),
        ("threads", 10, [100, 0], [200, 300], False),
        ("threads", 10, [100, 100], [200, 200], False),
        ("threads", 10, [100, 100], [100, 200], False),
        ("threads", 0, [0, 0], [0, 0], True),
        ("threads", 0, [0, 1], [0, 0], False),
        ("processes.fork", 10, [100, 100], [100, 100], True),
        ("processes.fork", 10, [0, 0], [100, 100], True),
        ("processes.fork", 10, [100, 99], [100, 100], False),
        ("processes.fork", 10, [100, 100], [100, 200], False),
        ("processes.fork", 0, [0, 0], [0, 0], True),
        ("processes.fork", 0, [100, 0], [0, 0], False),
    ],
)
def test_a_thread_writes_to_the_parents_pages_and_a_process_to_copies_or_to_none(
    backend: str, touched_mb: int, pages: list[int], left: list[int], right: bool
) -> None:
    told = [(at, "main", "started", (1, 2, 3, pages[at], left[at])) for at in range(2)]
    assert (refused("parent_memory", backend, text(*told), touched_mb=touched_mb, rounds=2) is None) is right
    assert parent_memory.FEW == 100

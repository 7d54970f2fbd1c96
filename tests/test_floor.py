"""Is the floor measured beside what it is the floor of, by the least that the machine can do, and is it a choice for nobody?"""

import json
import os
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import backends
import journals as made
from backends import Backend
from children import laps_of
from interpreters import PYTHONS
from study import installed, listing, scenarios, sentences, tables
from study.palette import FIXED, GREY
from study.plan import PROFILES, Plan, arguments_of, calibration_group, is_floor_of, make_plan, matcher
from study.scenario import Load, body_of, unanswered
from study.scenarios import scaling, throughput
from study.script import script
from study.stopwatch import Stopwatch
from study.tables import results
from study.trace import Trace, WrongAnswer

FLOORS = ["floor.thread", "floor.fork", "floor.interpreter"]
MEASURED = {
    "startup": FLOORS,
    "throughput": ["floor.thread", "floor.fork"],
    "scaling": ["floor.interpreter"],
}
PAIRS = [(scenario, floor) for scenario, floors in MEASURED.items() for floor in floors]
NEWEST = (3, 15)
Install = Callable[..., None]


def plan_of(expression: str = "", profile: str = "default", python: tuple[int, int] = NEWEST, cpus: int = 2) -> Plan:
    return make_plan(PROFILES[profile], python, cpus, 7, matcher(expression))


def test_the_floors_are_found_but_are_none_of_the_backends() -> None:
    assert [floor.name for floor in backends.floors()] == FLOORS
    assert [backends.find(name).name for name in FLOORS] == FLOORS
    assert not set(FLOORS) & set(backends.names())
    assert {floor.style for floor in backends.floors()} == {"floor"}
    assert "floor" not in {backend.style for backend in backends.every()}


def test_a_floor_is_called_by_the_call_it_makes_and_is_told_from_every_backend() -> None:
    labels = [backend.label for backend in [*backends.every(), *backends.floors()]]
    assert len(set(labels)) == len(labels)
    assert [installed.label(name) for name in FLOORS] == [
        "start_new_thread (floor)",
        "os.fork (floor)",
        "os.posix_spawn (floor)",
    ]


def test_a_floor_is_drawn_in_grey_and_no_two_alike() -> None:
    looks = [FIXED[name] for name in FLOORS]
    assert {look.colour for look in looks} == {GREY}
    assert len({look.marker for look in looks}) == len(looks)


@pytest.fixture
def install(monkeypatch: pytest.MonkeyPatch) -> "Iterator[Install]":
    """Have a package offer these backends through its entry point."""

    def offer(*offered: Backend) -> None:
        monkeypatch.setattr(backends, "_installed", lambda: list(offered))
        installed.known_backends.cache_clear()

    yield offer
    monkeypatch.undo()
    installed.known_backends.cache_clear()


def made_up(name: str, style: str, **more: Any) -> Backend:
    return Backend(name, label=f"{name} label", library="shop", style=style, **more)


def test_a_package_may_offer_a_floor_beside_its_backends(install: "Install") -> None:
    install(made_up("shop.fast", "workers"), made_up("shop.least", "floor"))
    assert backends.names()[-1] == "shop.fast"
    assert [floor.name for floor in backends.floors()] == [*FLOORS, "shop.least"]
    assert backends.find("shop.least").style == "floor"
    assert installed.label("shop.least") == "shop.least label"


def test_a_floor_with_a_body_of_its_own_is_measured_where_the_others_are(install: "Install") -> None:
    own = {"startup": scenarios.find("startup").styles["floor.thread"]}
    install(made_up("shop.least", "floor", own=own, offers={"bare workers"}), made_up("shop.none", "floor"))
    plan = plan_of("shop")
    assert [cell.cell for cell in plan.cells] == ["startup/shop.least/form=worker,width=1"]
    assert not plan.absent


def test_the_floor_is_measured_where_it_has_a_body_and_a_load_asks_for_it() -> None:
    usual = {(cell.scenario, cell.backend) for cell in plan_of("floor").cells}
    assert usual == {(cell.scenario, cell.backend) for cell in plan_of("floor", "rigorous").cells} == set(PAIRS)


def test_the_cells_of_the_floor_are_named_like_all_others() -> None:
    assert [cell.cell for cell in plan_of("floor and (startup or throughput)").cells] == [
        "startup/floor.thread/form=worker,width=1",
        "startup/floor.fork/form=worker,width=1",
        "startup/floor.interpreter/form=worker,width=1",
        "throughput/floor.thread/channel=Queue,payload=64",
        "throughput/floor.fork/channel=Queue,payload=64",
    ]


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("cpus", [1, 2, 6])
def test_whatever_the_floor_is_beside_is_measured_in_the_same_blocks(profile: str, cpus: int) -> None:
    plan = plan_of(profile=profile, cpus=cpus)
    choices = [cell for cell in plan.cells if cell.backend not in FLOORS]
    for floor in (cell for cell in plan.cells if cell.backend in FLOORS):
        beside = [cell for cell in choices if (cell.scenario, cell.factors) == (floor.scenario, floor.factors)]
        assert len(beside) >= 4
        assert floor.blocks <= max(cell.blocks for cell in beside)
        assert {floor.headline} <= {cell.headline for cell in beside}


@pytest.mark.parametrize("python", [(3, 10), (3, 13), NEWEST])
@pytest.mark.parametrize("profile", PROFILES)
def test_where_there_is_no_floor_nobody_is_told_why(profile: str, python: tuple[int, int]) -> None:
    assert [absent.cell for absent in plan_of(profile=profile, python=python).absent if "floor" in absent.cell] == []


def test_the_ceiling_is_measured_for_each_width_up_to_all_cpus_and_beyond_for_publication_only() -> None:
    def widths(profile: str) -> list[object]:
        return [cell.factors["width"] for cell in plan_of("floor and workload=cpu", profile, cpus=6).cells]

    assert widths("default") == [1, 2, 4, 6]
    assert widths("rigorous") == [1, 2, 4, 6, 12]


@pytest.mark.parametrize(
    ("load", "grid", "measured"),
    [
        (Load(width=1, floor="always"), "usual", True),
        (Load(width=1, floor="always"), "kinds", True),
        (Load(width=1, floor="full"), "usual", False),
        (Load(width=1, floor="full"), "full", True),
        (Load(width=1), "full", False),
        (Load(width=1, floor="always", needs={"bare workers"}), "usual", True),
        (Load(width=1, floor="always", needs={"submit"}), "usual", False),
    ],
)
def test_a_load_says_whether_it_has_a_floor_and_its_needs_hold_for_it_too(
    load: Load, grid: Any, measured: bool
) -> None:
    fork, startup = backends.find("floor.fork"), scenarios.find("startup")
    assert is_floor_of(fork, startup, load, grid) is measured
    assert not is_floor_of(fork, scenarios.find("lock"), load, grid)


def test_each_floor_has_a_number_of_operations_of_its_own() -> None:
    cells = plan_of("floor and throughput", "rigorous").cells
    assert len({calibration_group(cell) for cell in cells}) == len(cells) == 12


def test_the_body_of_one_floor_is_not_taken_for_that_of_another() -> None:
    startup = scenarios.find("startup")
    assert [body_of(startup, floor) for floor in backends.floors()] == [startup.styles[name] for name in FLOORS]
    assert body_of(scenarios.find("scaling"), backends.find("floor.fork")) is None
    assert body_of(startup, made_up("floor.other", "floor")) is None


def test_the_list_has_the_floors_beside_the_backends_and_not_among_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("study.environment.usable_cpus", lambda: 2)
    listed = json.loads(listing.as_json(sys.executable))
    assert [floor["name"] for floor in listed["floors"]] == FLOORS
    assert {"name", "label", "library"} == set(listed["floors"][0])
    assert len(listed["backends"]) == 10
    assert "startup/floor.fork/form=worker,width=1" in {cell["cell"] for cell in listed["cells"]}
    assert "floor" not in listing.as_text(sys.executable, cells=False)


def test_a_scenario_without_a_floor_says_so_in_one_sentence() -> None:
    with pytest.raises(LookupError, match=r"^there is no script for lock on floor\.fork: .* has no body for floor"):
        script(scenarios.find("lock"), backends.find("floor.fork"))
    assert unanswered(scenarios.find("lock"), backends.find("floor.fork"), NEWEST)


@pytest.mark.parametrize(("scenario", "floor"), PAIRS)
def test_a_script_on_the_floor_calls_the_system_and_no_library_of_workers(scenario: str, floor: str) -> None:
    text = script(scenarios.find(scenario), backends.find(floor))
    assert f"Written for {installed.label(floor)}." in text
    assert not any(
        word in text for word in ("multiprocessing", "concurrent.futures", "threading.Thread", "import queue")
    )
    assert {"floor.thread": "_thread.start", "floor.fork": "os.fork()", "floor.interpreter": "os.posix_spawn("}[
        floor
    ] in text


FEW = {"operations": 20, "tasks": 8, "rounds": 2}


def cell_of(scenario: str, floor: str) -> "dict[str, int | str]":
    cell = next(cell for cell in plan_of(f"{scenario} and {floor}").cells)
    taken = {name: value for name, value in arguments_of(cell, 2).items() if isinstance(value, (int, str))}
    body = scenarios.find(scenario).styles[floor]
    few = {name: value for name, value in FEW.items() if name in body.__code__.co_varnames}
    return {**taken, **few}


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize(("scenario", "floor"), PAIRS)
def test_the_floor_gives_the_right_answer_and_the_lap_that_it_is_compared_by(
    scenario: str, floor: str, python: str
) -> None:
    laps = laps_of(scenario, floor, python, **cell_of(scenario, floor))
    assert laps[scenarios.find(scenario).headline]["values"]
    assert all(f"study/scenarios/{scenario}.py:" in lap["source"] for lap in laps.values())


@pytest.mark.parametrize("floor", FLOORS)
def test_as_many_workers_are_started_on_the_floor_as_are_asked_for(floor: str) -> None:
    laps = laps_of("startup", floor, form="worker", width=3, rounds=2)
    assert list(laps) == [f"{state} {lap}" for state in ("cold", "warm") for lap in ("ready", "call", "round trip")]


@pytest.mark.parametrize("payload", [0, 1, 64, 65536, 3 << 20])
def test_a_raw_pipe_delivers_messages_whole_and_in_order(payload: int) -> None:
    pipe = throughput.RawPipe()
    messages = [bytes([number]) * payload for number in range(3)]
    sender = threading.Thread(target=lambda: [pipe.put(message) for message in messages])
    sender.start()  # a pipe holds less than the largest of them
    assert [pipe.get() for _ in messages] == messages
    sender.join()
    pipe.close()


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="this system does not show its descriptors as files")
def test_a_raw_pipe_leaves_no_descriptor_open() -> None:
    before = len(os.listdir("/proc/self/fd"))
    throughput.RawPipe().close()
    assert len(os.listdir("/proc/self/fd")) == before


def stream_through_a_list(capfd: pytest.CaptureFixture[str], **arguments: int) -> Trace:
    throughput.floor_thread(None, Stopwatch(), **arguments)
    return Trace(capfd.readouterr().out)


def test_a_list_hands_over_every_message_of_every_round(capfd: pytest.CaptureFixture[str]) -> None:
    trace = stream_through_a_list(capfd, payload=64, operations=40, rounds=3)
    assert trace.values("counted") == [40, 40, 40]


def test_a_message_that_changed_on_its_way_is_not_counted(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sender and receiver ask for the marks; the one who asks second is told other ones."""
    answers = [[b"a"], [b"b"]]
    monkeypatch.setattr(throughput, "marks", lambda payload: answers.pop())
    trace = stream_through_a_list(capfd, payload=1, operations=4, rounds=1)
    assert trace.values("counted") == [0]
    with pytest.raises(WrongAnswer, match="0 operations arrived, 4 were sent"):
        throughput.check(trace, frozenset(), {"operations": 4, "rounds": 1})


def modules(number: int) -> "list[str]":
    import sys

    return sorted(sys.modules)


@pytest.fixture
def ask(monkeypatch: pytest.MonkeyPatch) -> "Callable[[Any, list[int]], Any]":
    """What one interpreter of the ceiling answers to this task and share."""

    def ask(task: Any, share: "list[int]") -> Any:
        import marshal

        monkeypatch.setitem(scaling.APART, "asked", task)
        pid, opener, replies = scaling.start_interpreter("asked", share, 0)
        with opener, replies:
            answers = marshal.load(replies)
        assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
        return answers

    return ask


def test_an_interpreter_of_the_ceiling_holds_nothing_but_what_it_works_with(ask: Any) -> None:
    (held,) = ask(modules, [1])
    assert {"marshal", "sys", "time"} <= set(held)
    assert not {"study", "site", "multiprocessing", "threading"} & set(held)


@pytest.mark.parametrize("workload", ["cpu", "hash", "wait"])
def test_an_interpreter_of_the_ceiling_does_the_same_work_and_its_share_of_it_only(workload: str, ask: Any) -> None:
    task = scaling.APART[workload]
    assert ask(task, [3, 5]) == [task(3), task(5)]


@pytest.mark.parametrize(("width", "tasks"), [(1, 4), (2, 5), (3, 4)])
def test_the_shares_of_the_ceiling_add_up_to_the_tasks_in_order(
    width: int, tasks: int, capfd: pytest.CaptureFixture[str]
) -> None:
    scaling.floor_interpreter(None, Stopwatch(), workload="cpu", width=width, tasks=tasks, rounds=2)
    assert Trace(capfd.readouterr().out).values("right") == [(tasks, True)] * 2


def test_a_wrong_share_is_noticed(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(scaling.APART, "cpu", lambda number: number)
    scaling.floor_interpreter(None, Stopwatch(), workload="cpu", width=2, tasks=4, rounds=1)
    with pytest.raises(WrongAnswer):
        scaling.check(Trace(capfd.readouterr().out), frozenset(), {"tasks": 4, "rounds": 1})


def test_no_workload_whose_tasks_have_an_object_in_common_has_a_ceiling() -> None:
    cells = plan_of("scaling and floor", "rigorous").cells
    assert {cell.factors["workload"] for cell in cells} == set(scaling.WORKLOADS) - set(scaling.SHARING)


def test_no_sentence_and_no_line_of_the_matrix_takes_the_floor_for_a_choice() -> None:
    found = results([made.full(PROFILES["default"])])
    assert set(FLOORS) <= set(found.cells["backend"])
    assert not [sentence for sentence in sentences.answer(found) if "(floor)" in sentence]
    assert not set(tables.matrix(found)["backend"]) & set(FLOORS)
    assert len(set(tables.matrix(found)["backend"])) == 10

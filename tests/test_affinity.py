"""With --cpus: is each child kept to as many CPUs as its cell says, and is nothing else about a campaign changed?"""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from study import affinity, launch, scenarios
from study.campaign import Campaign
from study.interleaving import Side
from study.plan import PROFILES, Plan, arguments_of, make_plan, matcher

PYTHON = (3, 12)
on_linux = pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="no such thing on this system")


def plan_on(*counts: int, only: str = "", profile: str = "default") -> Plan:
    return affinity.plan_on(
        counts, matcher(only), lambda cpus, wanted: make_plan(PROFILES[profile], PYTHON, cpus, 7, wanted)
    )


@on_linux
@pytest.mark.parametrize(
    ("text", "counts"),
    [("", ()), ("1", (1,)), ("4", (4,)), ("1,2,4", (1, 2, 4)), ("4,1", (1, 4)), ("2,2", (2,)), (" 1, 2 ", (1, 2))],
)
def test_numbers_of_cpus_are_read_in_ascending_order_each_once(text: str, counts: tuple[int, ...]) -> None:
    assert affinity.parse(text, 4) == counts


@on_linux
@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("x", "'x' is no number of CPUs and no list of them"),
        ("1,", "'1,' is no number"),
        ("1.5", "'1.5' is no number"),
        ("0", "from 1 to the 2 usable CPUs"),
        ("-1", "from 1 to the 2 usable CPUs"),
        ("3", "from 1 to the 2 usable CPUs"),
        ("1,2,4", "from 1 to the 2 usable CPUs"),
    ],
)
def test_what_is_no_number_of_cpus_that_there_is_is_refused_with_a_sentence(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        affinity.parse(text, 2)


@on_linux
@given(st.sets(st.integers(1, 64), min_size=1))
def test_every_list_that_fits_the_machine_is_taken(counts: set[int]) -> None:
    assert affinity.parse(",".join(map(str, counts)), 64) == tuple(sorted(counts))


def test_a_system_that_cannot_keep_processes_to_some_cpus_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "sched_setaffinity", raising=False)
    assert affinity.parse("", 2) == ()
    with pytest.raises(ValueError, match="this system cannot keep a process to some of its CPUs"):
        affinity.parse("1", 2)


@pytest.mark.parametrize("count", [1, 2, 6])
def test_with_one_number_the_plan_is_that_of_a_machine_with_so_many_cpus(count: int) -> None:
    plain = make_plan(PROFILES["default"], PYTHON, count, 7)
    found = plan_on(count)
    assert [cell.cell for cell in found.cells] == [f"{cell.cell},cpus={count}" for cell in plain.cells]
    assert [cell.cell for cell in found.absent] == [f"{cell.cell},cpus={count}" for cell in plain.absent]
    assert [(cell.blocks, cell.headline) for cell in found.cells] == [
        (cell.blocks, cell.headline) for cell in plain.cells
    ]


def test_a_name_says_all_that_the_factors_do() -> None:
    for cell in (*plan_on(1, 2).cells, *plan_on(1, 2).absent):
        load = ",".join(f"{name}={value}" for name, value in cell.factors.items())
        assert cell.cell == f"{cell.scenario}/{cell.backend}/{load}"


def test_no_two_cells_of_a_list_share_a_name() -> None:
    names = [cell.cell for cell in (*plan_on(1, 2, 4).cells, *plan_on(1, 2, 4).absent)]
    assert len(set(names)) == len(names)


def test_scenarios_whose_widths_follow_the_cpus_are_measured_on_each_number_and_the_others_on_the_largest() -> None:
    counts: dict[str, set[object]] = {}
    for cell in plan_on(1, 2, 4).cells:
        counts.setdefault(cell.scenario, set()).add(cell.factors["cpus"])
    assert counts["scaling"] == counts["grain"] == {1, 2, 4}
    assert counts["lock"] == counts["startup"] == counts["recycling"] == {4}
    assert set(counts) == set(scenarios.names())


def test_widths_follow_the_number_of_cpus() -> None:
    widths = {
        count: {cell.factors["width"] for cell in plan_on(1, 4, only="scaling").cells if cell.factors["cpus"] == count}
        for count in (1, 4)
    }
    assert widths == {1: {1, 2}, 4: {1, 2, 4, 8}}


def test_the_number_of_cpus_can_be_selected_like_any_other_factor() -> None:
    found = plan_on(1, 2, only="scaling/serial and workload=wait and cpus=2")
    assert [cell.cell for cell in found.cells] == ["scaling/serial/workload=wait,width=2,cpus=2"]
    assert plan_on(1, 2, only="cpus=3").cells == ()


def test_the_number_of_cpus_is_no_argument_of_a_body() -> None:
    assert all("cpus" not in arguments_of(cell, rounds=2) for cell in plan_on(2).cells)


def test_the_budget_and_the_profile_of_a_plan_are_kept() -> None:
    found = plan_on(1, 2, profile="smoke")
    assert (found.profile, found.seed) == (PROFILES["smoke"], 7)
    assert found.blocks == make_plan(PROFILES["smoke"], PYTHON, 2, 7).blocks


def test_a_campaign_asks_a_child_to_keep_to_the_cpus_of_its_cell_and_only_then(tmp_path: Path) -> None:
    plain = make_plan(PROFILES["default"], PYTHON, 2, 7, matcher("scaling/threads or lock/threads"))
    for plan, counts in ((plan_on(1, 2, only="scaling/threads or lock/threads"), {1, 2}), (plain, {None})):
        campaign = Campaign([Side(plan, sys.executable, tmp_path / "journal.jsonl")])
        assert {campaign._request(cell, 1).get("cpus") for cell in plan.cells} == counts
        assert all(campaign._request(cell, 1).get("cpus") == cell.factors.get("cpus") for cell in plan.cells)


TELLING = """
import marshal, os, sys
request, reply = map(int, sys.argv[1:])
os.read(request, int.from_bytes(os.read(request, 8), "big"))  # only now is a child's work begun
own = sorted(os.sched_getaffinity(0))
receiver, sender = os.pipe()
if os.fork() == 0:
    os.write(sender, bytes(sorted(os.sched_getaffinity(0))))
    os._exit(0)
os.wait()
data = marshal.dumps({"own": own, "workers": list(os.read(receiver, 1000))}, 2)
os.write(reply, len(data).to_bytes(8, "big") + data)
"""


@pytest.fixture
def cpus_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., dict[str, list[int]]]:
    """The CPUs that a child may use, and those that a worker of it may use."""
    (tmp_path / "bare.py").write_text(TELLING)
    monkeypatch.setattr(launch, "BARE", tmp_path / "bare.py")

    def ask(**request: object) -> dict[str, list[int]]:
        ended = launch.ask(sys.executable, {"do": "run", **request}, tmp_path)
        assert (ended.status, ended.reason) == ("measured", "")
        return dict(ended.answer)

    return ask


@on_linux
@pytest.mark.parametrize("count", [1, 2])
def test_a_child_and_what_it_starts_are_kept_to_the_first_of_our_own_cpus(
    count: int, cpus_of: Callable[..., dict[str, list[int]]]
) -> None:
    kept = sorted(os.sched_getaffinity(0))[:count]
    assert cpus_of(cpus=count) == {"own": kept, "workers": kept}


@on_linux
def test_a_child_of_a_cell_without_that_factor_may_use_all_of_our_cpus_and_so_may_we(
    cpus_of: Callable[..., dict[str, list[int]]],
) -> None:
    own = sorted(os.sched_getaffinity(0))
    cpus_of(cpus=1)
    assert sorted(os.sched_getaffinity(0)) == own
    assert cpus_of() == {"own": own, "workers": own}


@on_linux
def test_a_process_that_has_ended_is_no_error() -> None:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    launch.keep_to(process.pid, 1)

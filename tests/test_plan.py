"""Does the plan hold every cell as often as its profile says, in an order that only the seed decides?"""

import collections
import itertools
import shutil
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import backends
from study import scenarios
from study.plan import (
    PROFILES,
    Plan,
    arguments_of,
    calibration_group,
    cell_name,
    child_s,
    every_cell,
    expected_s,
    hash_sources,
    make_plan,
    matcher,
    python_of,
    repeats_s,
)
from study.scenario import body_of

ROOT = Path(__file__).resolve().parent.parent
PYTHON, CPUS = (3, 13), 2
PLANS = {profile: make_plan(PROFILES[profile], PYTHON, CPUS, seed=7) for profile in PROFILES}
PLAN = PLANS["default"]
on_a_busy_machine_too = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
LOCK = "lock/processes.spawn/width=2"


def only(expression, profile="default", python=PYTHON, cpus=CPUS):
    return make_plan(PROFILES[profile], python, cpus, 7, matcher(expression))


def planned(name):
    return next(cell for cell in PLAN.cells if cell.cell == name)


def test_the_profiles_are_the_announced_ones_and_each_measures_more_than_the_last():
    assert list(PROFILES) == ["smoke", "quick", "default", "rigorous"]
    for less, more in itertools.pairwise(PROFILES.values()):
        assert less.headline_blocks < more.headline_blocks
        assert less.other_blocks < more.other_blocks
        assert less.value_ms <= more.value_ms
        assert less.rounds <= more.rounds
    assert [name for name, profile in PROFILES.items() if profile.grid == "full"] == ["rigorous"]
    assert all(name == profile.name and profile.purpose for name, profile in PROFILES.items())


@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)
def test_every_value_that_is_analysed_has_a_warm_up_before_it(profile):
    assert profile.rounds >= 2


@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)
def test_headline_cells_are_in_every_block_and_the_others_in_the_last_as_many_as_the_profile_says(profile):
    plan = PLANS[profile.name]
    assert plan.blocks == profile.headline_blocks
    for cell in plan.cells:
        assert cell.blocks == (profile.headline_blocks if cell.headline else profile.other_blocks)
    for number in range(1, plan.blocks + 1):
        late = number > profile.headline_blocks - profile.other_blocks
        wanted = {cell.cell for cell in plan.cells if cell.headline or late}
        assert {cell.cell for cell in plan.block(number)} == wanted


@pytest.mark.parametrize("plan", PLANS.values(), ids=PLANS)
def test_a_block_holds_each_of_its_cells_once(plan):
    times = collections.Counter()
    for number in range(1, plan.blocks + 1):
        names = [cell.cell for cell in plan.block(number)]
        assert len(set(names)) == len(names)
        times.update(names)
    assert times == {cell.cell: cell.blocks for cell in plan.cells}
    assert plan.children == times.total()


def test_a_campaign_cut_after_8_blocks_has_all_its_headlines_and_nothing_else():
    """Eight blocks are the least with a verdict."""
    from study.summary import least_blocks

    counts = collections.Counter(cell.cell for number in range(1, 9) for cell in PLAN.block(number))
    assert counts == {cell.cell: 8 for cell in PLAN.cells if cell.headline}
    assert least_blocks() == 8


def test_there_is_no_block_after_the_last():
    assert PLAN.block(PLAN.blocks + 1) == []


def test_a_block_that_replaces_another_has_its_cells_in_an_order_of_its_own():
    for replaced in (1, 15):
        again = PLAN.block(PLAN.blocks + 1, replaced)
        assert again != PLAN.block(replaced)
        assert sorted(cell.cell for cell in again) == sorted(cell.cell for cell in PLAN.block(replaced))


@pytest.mark.parametrize(("profile", "repeats"), [("smoke", 0), ("quick", 0), ("default", 5), ("rigorous", 10)])
def test_a_third_of_the_blocks_may_be_measured_again_where_verdicts_are_made(profile, repeats):
    assert PLANS[profile].repeats == repeats


def test_the_order_of_a_block_is_the_seeds_and_nothing_elses():
    again = make_plan(PROFILES["default"], PYTHON, CPUS, seed=7)
    for number in (1, 2, 15):
        assert PLAN.block(number) == again.block(number) == PLAN.block(number)


def test_another_seed_and_another_block_have_another_order():
    other = make_plan(PROFILES["default"], PYTHON, CPUS, seed=8)
    assert PLAN.block(1) != other.block(1)
    assert PLAN.block(1) != PLAN.block(2)
    assert PLAN.block(1) != list(PLAN.cells)


def group_of(cell):
    return cell.scenario, *((name, value) for name, value in cell.factors.items() if name != "width")


def test_cells_of_one_work_are_measured_one_after_the_other_so_that_drift_meets_both_sides_of_a_ratio():
    for number in (1, 15):
        order = [group_of(cell) for cell in PLAN.block(number)]
        spells = [group for group, _ in itertools.groupby(order)]
        assert len(spells) == len(set(order)) > 1


def test_within_a_group_and_among_the_groups_everybody_comes_first_at_times():
    first_group, first_cell = collections.Counter(), collections.defaultdict(collections.Counter)
    for seed in range(300):
        order = make_plan(PROFILES["default"], PYTHON, CPUS, seed, matcher("startup or throughput")).block(1)
        first_group[group_of(order[0])] += 1
        for group, cells in itertools.groupby(order, group_of):
            first_cell[group][next(cells).cell] += 1
    assert min(first_group.values()) > 0.8 * 300 / len(first_group)
    for group, counts in first_cell.items():
        members = sum(group_of(cell) == group for cell in order)
        assert len(counts) == members
        assert min(counts.values()) > 0.3 * 300 / members


def test_a_plan_without_cells_has_no_block():
    empty = Plan(PROFILES["smoke"], 7, (), ())
    assert (empty.blocks, empty.children, empty.block(1)) == (0, 0, [])


def test_a_plan_holds_only_what_is_wanted_both_of_what_is_offered_and_of_what_is_not():
    plan = only("lock/ and (spawn or serial)")
    assert [cell.cell for cell in plan.cells] == [LOCK, "lock/executors.spawn/width=2"]
    assert [cell.cell for cell in plan.absent] == ["lock/serial/width=2"]
    assert "nobody to lock out" in plan.absent[0].reason


def test_only_the_full_grid_has_the_loads_of_the_full_grid():
    full = {cell_name(*cell) for cell in every_cell(CPUS, "full")}
    usual = {cell_name(*cell) for cell in every_cell(CPUS, "usual")}
    assert usual < full
    assert {name.partition("/")[2] for name in full - usual} >= {"threads/samples=10000"}


def test_where_only_kinds_are_tried_a_headline_stands_for_its_kind():
    tried = [cell_name(*cell) for cell in every_cell(CPUS, "kinds")]
    cpu = [name for name in tried if name.startswith("scaling/") and "workload=cpu" in name]
    assert {name.partition(",")[2] for name in cpu if "serial" not in name} == {f"width={CPUS}"}
    assert [name for name in cpu if "serial" in name] == [f"scaling/serial/workload=cpu,width={n}" for n in (1, CPUS)]
    several = {name.split("/")[1] for name in tried if name.startswith("scaling/") and "cpu" not in name}
    assert several == {
        "serial",
        "threads",
        "processes.fork",
        "executors.thread",
        "executors.fork",
        "executors.interpreter",
    }
    pairs = {(scenario.name, backend.name) for scenario, backend, _ in every_cell(CPUS, "usual")}
    assert {(scenario.name, backend.name) for scenario, backend, _ in every_cell(CPUS, "kinds")} == pairs


def test_the_widths_of_scaling_follow_the_machine():
    widths = {int(cell.factors["width"]) for cell in only("scaling", cpus=6).cells}
    assert widths == {1, 2, 4, 6, 12}
    assert all(cell.factors["tasks"] == 96 for cell in only("scaling and hash", cpus=6).cells)


def test_a_backend_is_planned_from_its_first_python_on():
    assert not only("executors.interpreter", python=(3, 13)).cells
    assert only("executors.interpreter", python=(3, 14)).cells
    assert {absent.reason for absent in only("lock and interpreter", python=(3, 12)).absent} == {
        "needs Python 3.14; this is 3.12"
    }


def test_the_versions_digits_are_numbers():
    assert python_of({"version": "3.10.13"}) == (3, 10)
    assert python_of({"version": "3.15.0a2+"}) == (3, 15)


def test_the_start_methods_of_one_library_share_a_number_of_operations():
    groups = collections.defaultdict(set)
    for cell in only("lock/").cells:
        groups[calibration_group(cell)].add(cell.backend)
    assert sorted(map(sorted, groups.values())) == [
        ["executors.fork", "executors.forkserver", "executors.spawn"],
        ["executors.thread"],
        ["processes.fork", "processes.forkserver", "processes.spawn"],
        ["threads"],
    ]


def test_nothing_but_start_methods_shares_a_number_of_operations():
    groups = collections.defaultdict(list)
    for cell in make_plan(PROFILES["rigorous"], (3, 14), 4, seed=7).cells:
        groups[calibration_group(cell)].append(cell)
    for cells in groups.values():
        assert len({(cell.scenario, cell.backend.partition(".")[0], str(cell.factors)) for cell in cells}) == 1
        assert len({cell.backend for cell in cells}) == len(cells)


@pytest.mark.parametrize("plan", PLANS.values(), ids=PLANS)
def test_a_body_is_given_only_arguments_it_takes(plan):
    for cell in plan.cells:
        body = body_of(scenarios.find(cell.scenario), backends.find(cell.backend))
        taken = body.__code__.co_varnames[2 : body.__code__.co_argcount]
        assert set(arguments_of(cell, rounds=2)) <= set(taken)


def test_a_body_is_given_its_factors_and_the_rounds_of_the_profile():
    assert arguments_of(planned("throughput/threads/channel=Pipe,payload=65536"), 4) == {
        "channel": "Pipe",
        "payload": 65536,
        "rounds": 4,
    }


def test_a_factor_that_a_body_does_not_take_is_left_out():
    assert arguments_of(planned(LOCK), 4) == {"rounds": 4}


def test_a_scenario_limits_its_own_rounds():
    latency = planned("latency/threads/samples=1000")
    most = scenarios.find("latency").most_rounds
    assert arguments_of(latency, most + 3)["rounds"] == most < PROFILES["default"].rounds
    assert arguments_of(planned(LOCK), 0)["rounds"] == 1


def test_the_longest_blocks_are_those_that_may_be_measured_again():
    each = [sum(child_s(cell, PLAN.profile, 0.05) for cell in PLAN.block(number)) for number in range(1, 16)]
    assert repeats_s(PLAN, 0.05) == pytest.approx(sum(sorted(each)[-5:])) == pytest.approx(5 * max(each))
    assert repeats_s(PLANS["smoke"], 0.05) == repeats_s(PLANS["quick"], 0.05) == 0


def test_more_work_is_expected_to_last_longer():
    seconds = [expected_s(PLANS[profile], 0.05) for profile in PROFILES]
    assert seconds == sorted(seconds)
    assert expected_s(only("lock"), 0.05) < expected_s(only("lock or queue"), 0.05)
    assert expected_s(Plan(PROFILES["smoke"], 7, (), ()), 0.05) == 0


@on_a_busy_machine_too
@given(st.floats(0.001, 1), st.floats(1.01, 10))
def test_a_slower_interpreter_is_expected_to_take_longer(interpreter_s, times):
    assert expected_s(PLAN, interpreter_s) < expected_s(PLAN, interpreter_s * times)


def test_a_spawned_worker_is_expected_to_take_longer_than_a_forked_one_and_that_longer_than_a_thread():
    def expected(backend):
        return expected_s(only(f"startup/{backend}/form=worker"), 0.05)

    assert expected("threads") < expected("processes.fork") < expected("processes.forkserver")
    assert expected("processes.forkserver") < expected("processes.spawn")


@pytest.fixture
def tree(tmp_path):
    """A copy of the sources of the plan."""
    for folder in ("study", "backends"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def test_a_plans_sources_are_those_of_its_cells_and_of_what_measures_them():
    assert list(hash_sources(only("lock/ and spawn"), ROOT)) == [
        "backends/__init__.py",
        "backends/executors.py",
        "backends/processes.py",
        "backends/threads.py",
        "study/child/bare.py",
        "study/child/session.py",
        "study/scenarios/lock.py",
        "study/stopwatch.py",
        "study/trace.py",
    ]


def test_a_sources_hash_changes_with_its_file_and_with_no_other(tree):
    plan = only("lock")
    before = hash_sources(plan, tree)
    assert before == hash_sources(plan, ROOT)
    assert all(len(digest) == 16 and set(digest) <= set("0123456789abcdef") for digest in before.values())
    for file in before:
        text = (tree / file).read_bytes()
        (tree / file).write_bytes(text + b"\n")
        after = hash_sources(plan, tree)
        assert {name for name in before if before[name] != after[name]} == {file}
        (tree / file).write_bytes(text)


def test_the_names_that_executors_take_from_threads_are_sources_of_theirs():
    assert "backends/threads.py" in hash_sources(only("lock/executors.thread"), ROOT)


def test_a_file_outside_the_plan_changes_no_hash(tree):
    before = hash_sources(only("lock"), tree)
    (tree / "study/scenarios/queue.py").write_text("")
    assert hash_sources(only("lock"), tree) == before


def test_a_file_that_is_gone_has_no_hash(tree):
    (tree / "study/scenarios/lock.py").unlink()
    assert "study/scenarios/lock.py" not in hash_sources(only("lock"), tree)


def test_a_cell_is_named_by_its_scenario_its_backend_and_its_load():
    for cell in (*PLAN.cells, *PLAN.absent):
        load = ",".join(f"{name}={value}" for name, value in cell.factors.items())
        assert cell.cell == f"{cell.scenario}/{cell.backend}/{load}"
        assert msgspec.json.decode(msgspec.json.encode(cell.factors)) == cell.factors


def test_a_baseline_is_measured_in_every_block_of_what_is_compared_with_it():
    blocks = {cell.cell: cell.blocks for cell in make_plan(PROFILES["default"], (3, 12), 2, seed=0).cells}
    assert blocks["scaling/serial/workload=cpu,width=1"] == blocks["scaling/processes.fork/workload=cpu,width=2"] == 15
    assert blocks["scaling/serial/workload=wait,width=2"] == blocks["scaling/processes.fork/workload=cpu,width=1"] == 6
    assert blocks["pool/serial/width=2"] == 6

"""Is the machine described by facts that say what they are in and where they come from, and by nothing that tells whose it is?"""

import getpass
import platform
import re
import socket

import msgspec
import psutil
import pytest

from machines import VERSION_2, plant
from study import environment
from study.environment import FACTS, STABLE, facts, machine_id
from study.journal import Fact

QUANTITIES = {name for name, (unit, _, _) in FACTS.items() if unit}


@pytest.fixture(scope="module")
def found():
    return facts()


@pytest.fixture
def system(tmp_path, monkeypatch):
    """The root of a made-up system, which says nothing at first."""
    monkeypatch.setattr(environment, "ROOT", tmp_path)
    return tmp_path


@pytest.fixture
def cgroup(system):
    """Its control group of version 2, without limits at first."""
    plant(system, VERSION_2)
    return system / "sys/fs/cgroup"


def value(name):
    return facts()[name].value


def made_up(**values):
    """Facts of a machine that is not this one."""
    found = {
        "cpu_model": "Intel(R) Xeon(R) CPU @ 2.10GHz",
        "logical_cpus": 2,
        "physical_cores": 1,
        "memory_gib": 4,
        "system": "Linux",
        "architecture": "x86_64",
        "usable_cpus": 2,
        "load_average": 0.1,
    }
    return {name: Fact(value, "", "") for name, value in (found | values).items()}


def test_every_fact_has_a_unit_if_it_is_a_quantity_and_a_source(found):
    assert set(found) == set(FACTS)
    for name, fact in found.items():
        assert fact.source.strip(), name
        is_number = isinstance(fact.value, (int, float)) and not isinstance(fact.value, bool)
        assert bool(fact.unit) == is_number or fact.value is None, name


def test_the_facts_that_a_comparison_hangs_on_are_known(found):
    assert {"system", "architecture", "logical_cpus", "usable_cpus", "memory_gib"} <= set(found)
    assert found["system"].value == platform.system()
    assert found["logical_cpus"].value >= found["usable_cpus"].value >= 1


def test_facts_can_be_written_into_a_journal(found):
    assert msgspec.json.decode(msgspec.json.encode(found), type=dict[str, Fact]) == found


@pytest.mark.parametrize(
    "error", [OSError("gone"), ValueError("no number"), psutil.Error("refused"), PermissionError()]
)
def test_a_fact_that_cannot_be_read_is_none_and_costs_no_other(monkeypatch, found, error):
    def unreadable():
        raise error

    unit, source, _ = FACTS["memory_gib"]
    monkeypatch.setitem(FACTS, "memory_gib", (unit, source, unreadable))
    now = facts()
    assert now["memory_gib"] == Fact(None, "GiB", source)
    assert {name for name in found if name != "load_average" and now[name] != found[name]} <= {"memory_gib"}


def test_the_machine_has_the_same_name_at_every_reading(found):
    again = facts()
    assert machine_id(found) == machine_id(again)
    assert {name: found[name] for name in STABLE} == {name: again[name] for name in STABLE}


@pytest.mark.parametrize(
    ("values", "beginning"),
    [
        ({}, "xeon-2c-linux-"),
        ({"cpu_model": "AMD EPYC 7B13"}, "epyc-2c-linux-"),
        ({"cpu_model": "Intel(R) Core(TM) i7-8650U CPU @ 1.90GHz"}, "i7-2c-linux-"),
        ({"cpu_model": "Apple M2", "system": "Darwin", "usable_cpus": 8}, "apple-8c-darwin-"),
        ({"cpu_model": None, "architecture": "aarch64"}, "aarch64-2c-linux-"),
        ({"cpu_model": "", "architecture": ""}, "cpu-2c-linux-"),
        ({"cpu_model": "龍芯 @ !!"}, "cpu-2c-linux-"),
        ({"cpu_model": "x" * 500}, "xxxx"),
        ({"cpu_model": "../../etc/passwd"}, "etc-2c-linux-"),
        ({"system": ""}, "xeon-2c-"),
        ({"system": "CYGWIN_NT-10.0"}, "xeon-2c-cygwin-nt-10-0-"),
    ],
)
def test_a_machine_is_named_by_its_processor_its_cpus_and_its_system(values, beginning):
    name = machine_id(made_up(**values))
    assert name.startswith(beginning)
    assert re.fullmatch(r"[a-z0-9-]{1,64}", name)


@pytest.mark.parametrize("name", STABLE)
def test_every_stable_fact_is_part_of_the_machines_name(name):
    assert machine_id(made_up(**{name: "another"})) != machine_id(made_up())


def test_two_machines_whose_names_are_cut_differ():
    one, other = (machine_id(made_up(cpu_model="x" * 500, memory_gib=gib)) for gib in (4, 8))
    assert one != other


@pytest.mark.parametrize("name", ["load_average", "usable_cpus"])
def test_what_changes_from_day_to_day_is_no_part_of_the_hash(name):
    digests = {machine_id(made_up(**{name: value})).rpartition("-")[2] for value in (1, 2)}
    assert len(digests) == 1


@pytest.mark.parametrize("name", sorted(set(FACTS) - set(STABLE)))
def test_a_fact_that_is_not_declared_stable_is_no_part_of_the_hash(found, name):
    another = {**found, name: Fact("another", "", "")}
    assert machine_id(another).rpartition("-")[2] == machine_id(found).rpartition("-")[2]


def test_the_facts_that_make_a_machines_name_are_those_that_they_always_were():
    assert STABLE == ("cpu_model", "logical_cpus", "physical_cores", "memory_gib", "system", "architecture")
    assert machine_id(made_up()) == "xeon-2c-linux-058317"


def test_a_journal_takes_the_machines_name(found):
    from study.journal import Machine

    assert msgspec.convert(machine_id(found), type=Machine) == machine_id(found)


def test_no_fact_tells_the_name_of_the_host_or_of_its_user(monkeypatch):
    """Both are made unmistakable first: a real host may be called "linux"."""
    secret = "zebra-of-somebody"
    monkeypatch.setattr(platform, "node", lambda: secret)
    monkeypatch.setattr(socket, "gethostname", lambda: secret)
    monkeypatch.setattr(getpass, "getuser", lambda: secret)
    for name in ("HOSTNAME", "USER", "LOGNAME", "HOME", "USERNAME"):
        monkeypatch.setenv(name, secret)
    told = facts()
    assert secret not in repr(told) + machine_id(told)


def test_no_fact_is_the_real_name_of_this_host_or_its_user(found):
    values = {str(fact.value) for fact in found.values()}
    assert not values & {socket.gethostname(), platform.node(), getpass.getuser()}


def quota():
    return value("quota_cpus")


def test_a_container_without_a_limit_has_no_quota(cgroup):
    (cgroup / "cpu.max").write_text("max 100000\n")
    assert quota() is None


@pytest.mark.parametrize(
    ("text", "cpus"), [("150000 100000\n", 1.5), ("50000 100000\n", 0.5), ("400000 100000\n", 4.0)]
)
def test_a_containers_limit_is_told_in_cpus(cgroup, text, cpus):
    (cgroup / "cpu.max").write_text(text)
    assert quota() == cpus


@pytest.mark.parametrize(("quota_us", "cpus"), [("-1\n", None), ("150000\n", 1.5)])
def test_an_older_containers_limit_is_told_in_cpus(system, quota_us, cpus):
    folder = "sys/fs/cgroup/cpu"
    plant(system, {f"{folder}/cpu.cfs_quota_us": quota_us, f"{folder}/cpu.cfs_period_us": "100000\n"})
    assert quota() == cpus


@pytest.mark.parametrize("text", ["", "150000\n", "a b\n", "1 2 3\n", "150000 0\n"])
def test_a_limit_that_makes_no_sense_is_none_and_limits_nothing(cgroup, text):
    (cgroup / "cpu.max").write_text(text)
    assert quota() is None
    assert facts()["usable_cpus"].value == facts()["affinity_cpus"].value


def test_a_machine_without_cgroups_has_no_quota_and_is_limited_by_affinity_alone(system):
    assert quota() is None
    assert facts()["usable_cpus"].value == facts()["affinity_cpus"].value


@pytest.mark.parametrize(
    ("affinity", "limit", "usable"),
    [(8, "max", 8), (8, "150000", 1), (8, "50000", 1), (8, "400000", 4), (2, "400000", 2), (2, "200000", 2)],
)
def test_usable_cpus_are_the_least_of_affinity_and_quota_and_at_least_one(cgroup, monkeypatch, affinity, limit, usable):
    (cgroup / "cpu.max").write_text(f"{limit} 100000\n")
    monkeypatch.setattr(environment, "affinity_cpus", lambda: affinity)
    assert facts()["usable_cpus"].value == usable

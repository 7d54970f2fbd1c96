"""Is a block called noisy exactly when the rule says so, and is the reader told what that means?"""

from pathlib import Path
from statistics import median

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from journals import journal, measured, planned, witnessed
from study import noise
from study.journal import Block, Journal, Rejected
from study.noise import MOST_PROBE, MOST_STEAL, Reading, assess, evidence, median_probe_ns, next_rejection, origin

on_a_busy_machine_too = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
BLOCKS = 6
LOCK = planned("lock/threads", BLOCKS, headline=True, width=2)
USUAL_NS = 1_000_000
QUIET = [witnessed(number, probe_ns=USUAL_NS) for number in range(1, BLOCKS + 1)]


def among_quiet(*noisy: Block) -> list[Block]:
    """Six blocks, of which these are not quiet."""
    numbers = {block.block: block for block in noisy}
    return [numbers.pop(block.block, block) for block in QUIET] + list(numbers.values())


def told(*noisy: Block, rejected: "list[Rejected] | None" = None) -> Journal:
    rows = [measured(LOCK, block, {"work": [1.0]}) for block in range(1, BLOCKS + 1)]
    return journal([LOCK], rows, blocks=among_quiet(*noisy), rejected=rejected or [])


@pytest.mark.parametrize(
    ("steal", "probe_ns", "reason"),
    [
        (0.0, USUAL_NS, ""),
        (None, None, ""),
        (0.02, USUAL_NS, ""),
        (0.0, 1_100_000, ""),
        (0.0, 1, ""),
        (0.0201, USUAL_NS, "other guests of the host took 2.0% of the processors' time"),
        (0.5, None, "other guests of the host took 50.0% of the processors' time"),
        (0.0, 1_100_001, "a fixed piece of work took 1.10 times as long as usual"),
        (None, 2_000_000, "a fixed piece of work took 2.00 times as long as usual"),
        (0.03, 2_000_000, "other guests .* time, and a fixed piece of work took 2.00 times as long as usual"),
    ],
)
def test_more_than_2_percent_of_steal_or_a_tenth_more_than_the_usual_probe_is_noisy(steal, probe_ns, reason):
    import re

    assert re.fullmatch(reason, noise.why_noisy(witnessed(1, steal=steal, probe_ns=probe_ns), USUAL_NS))


def test_the_rule_is_the_announced_one():
    assert (MOST_STEAL, MOST_PROBE) == (0.02, 1.10)


@pytest.mark.parametrize("pressure", [0.0, 1.0, None])
@pytest.mark.parametrize("load", [0.0, 99.0, None])
def test_pressure_and_load_are_told_and_decide_nothing_because_our_own_workers_make_them(pressure, load):
    assert noise.why_noisy(witnessed(1, pressure=pressure, load=load), USUAL_NS) == ""


def test_without_any_probe_only_steal_decides():
    blocks = [witnessed(1, probe_ns=None, steal=0.5), witnessed(2, probe_ns=None)]
    assert median_probe_ns(blocks, 2) is None
    found = next_rejection(2, 1, blocks, [])
    assert (found.block, found.by) == (1, 3)


def test_a_probe_of_no_time_at_all_is_no_yardstick():
    assert noise.why_noisy(witnessed(1, probe_ns=5), 0.0) == ""
    assert assess(
        journal([LOCK], [], blocks=[witnessed(1, probe_ns=0, steal=1.0), witnessed(2, probe_ns=0)])
    ).kept_noisy


@on_a_busy_machine_too
@given(st.lists(st.integers(1, 10**18), min_size=1, max_size=9), st.lists(st.integers(1, 10**18), max_size=4))
def test_the_usual_probe_is_the_median_of_the_plans_own_blocks_which_later_ones_do_not_move(own, later):
    blocks = [witnessed(number, probe_ns=ns) for number, ns in enumerate([*own, *later], start=1)]
    assert median_probe_ns(blocks, len(own)) == median(own)


@on_a_busy_machine_too
@given(st.lists(st.floats(0.0, 1.0), min_size=1, max_size=12), st.integers(0, 4))
def test_noisy_blocks_are_replaced_in_their_order_until_the_allowance_is_used_up(steals, repeats):
    blocks = [witnessed(number, steal=steal) for number, steal in enumerate(steals, start=1)]
    noisy = [block.block for block in blocks if block.steal > MOST_STEAL]
    rejected = []
    while found := next_rejection(len(steals), repeats, blocks, rejected):
        rejected.append(found)
        blocks.append(witnessed(found.by))
    assert [rejection.block for rejection in rejected] == noisy[:repeats]
    assert [rejection.by for rejection in rejected] == [len(steals) + 1 + i for i in range(len(rejected))]
    assert all(rejection.reason for rejection in rejected)


def test_a_quiet_campaign_needs_no_repeat():
    assert next_rejection(BLOCKS, 2, QUIET, []) is None


def test_the_first_noisy_block_comes_first_not_the_noisiest():
    blocks = among_quiet(witnessed(5, steal=0.9), witnessed(2, steal=0.03))
    assert next_rejection(BLOCKS, 2, blocks, []).block == 2


def test_a_block_in_the_place_of_another_can_be_noisy_itself():
    blocks = among_quiet(witnessed(3, steal=0.5), witnessed(7, steal=0.5))
    first = Rejected(3, 7, "it was noisy")
    second = next_rejection(BLOCKS, 2, blocks, [first])
    assert (second.block, second.by) == (7, 8)
    assert origin(8, [first, second]) == origin(7, [first, second]) == 3
    assert origin(2, [first, second]) == 2


def test_a_quiet_campaign_has_no_banner():
    found = assess(told())
    assert (found.blocks, found.rejected, found.kept_noisy, found.worst, found.banner) == (6, 0, 0, "", "")
    assert found.median_probe == USUAL_NS


def test_a_campaign_whose_noisy_blocks_were_all_replaced_has_no_banner():
    found = assess(told(witnessed(3, steal=0.5), witnessed(7), rejected=[Rejected(3, 7, "it was noisy")]))
    assert (found.blocks, found.rejected, found.kept_noisy, found.banner) == (7, 1, 0, "")


def test_the_banner_says_how_many_blocks_were_noisy_which_was_worst_and_what_to_do():
    found = assess(told(witnessed(2, steal=0.03), witnessed(5, probe_ns=1_500_000)))
    assert found.kept_noisy == 2
    assert found.worst == "block 2: other guests of the host took 3.0% of the processors' time"
    assert found.banner == (
        "The machine was noisy in 2 of the 6 blocks that count (block 2: other guests of the host took 3.0% of the "
        "processors' time). Differences that look small here may be the machine's; measure again while it is idle."
    )


@pytest.mark.parametrize(("repeats", "words"), [(1, "although 1 was measured again"), (2, "although 2 were measured")])
def test_the_banner_says_that_blocks_were_measured_again_and_that_it_did_not_suffice(repeats, words):
    numbers = range(1, repeats + 1)
    rejected = [Rejected(number, BLOCKS + number, "it was noisy") for number in numbers]
    noisy = [witnessed(BLOCKS + number, steal=0.2) for number in numbers]
    found = assess(told(*(witnessed(number, steal=0.5) for number in numbers), *noisy, rejected=rejected))
    assert (found.rejected, found.kept_noisy) == (repeats, repeats)
    assert f"noisy in {repeats} of the 6 blocks that count {words}" in found.banner


def test_steal_and_probe_are_compared_by_how_far_beyond_the_rule_they_are():
    assert "block 5" in assess(told(witnessed(2, steal=0.03), witnessed(5, probe_ns=2_000_000))).worst
    assert "block 2" in assess(told(witnessed(2, steal=0.03), witnessed(5, probe_ns=1_200_000))).worst


def test_a_journal_without_evidence_is_neither_quiet_nor_noisy():
    found = assess(journal([LOCK], []))
    assert (found.blocks, found.median_probe, found.banner) == (0, None, "")
    assert assess(journal([], [])).blocks == 0


def test_the_plan_has_as_many_blocks_as_the_cell_that_is_measured_most_often():
    """Headline cells are in all of them, the others in a few."""
    other = planned("lock/fork", 2, width=2)
    probes_ns = [1_000_000, 1_000_000, 3_000_000, 3_000_000, 3_000_000, 9_000_000, 9_000_000, 9_000_000]
    blocks = [witnessed(number, probe_ns=ns) for number, ns in enumerate(probes_ns, start=1)]
    assert assess(journal([other, LOCK], [], blocks=blocks)).median_probe == 3_000_000


@on_a_busy_machine_too
@given(
    st.lists(
        st.builds(
            witnessed,
            st.integers(1, 9),
            probe_ns=st.none() | st.integers(0, 10**18),
            steal=st.none() | st.floats(0, 1),
            pressure=st.none() | st.floats(0, 1),
        ),
        max_size=9,
    )
)
def test_any_records_can_be_assessed(blocks):
    found = assess(journal([LOCK], [], blocks=blocks))
    assert bool(found.banner) == bool(found.worst) == (found.kept_noisy > 0)
    assert found.kept_noisy <= found.blocks == len(blocks)


STAT = "cpu  100 5 20 1000 6 1 2 {steal} 50 7\ncpu0 1 1 1 1 1 1 1 1 1 1\n"
PRESSURE = "some avg10=1.00 avg60=0.50 avg300=0.10 total={total}\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=0\n"


@pytest.fixture
def counters(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Writes the two files that are read."""
    monkeypatch.setattr(noise, "STAT", tmp_path / "stat")
    monkeypatch.setattr(noise, "PRESSURE", tmp_path / "cpu")

    def write(steal: int, total: int) -> None:
        (tmp_path / "stat").write_text(STAT.format(steal=steal))
        (tmp_path / "cpu").write_text(PRESSURE.format(total=total))

    return write


def test_the_counters_are_those_of_the_kernel_and_guests_are_not_counted_twice(counters):
    counters(30, 12345)
    found = noise.read()
    assert (found.stolen, found.ticks, found.waited_us) == (30, 1164, 12345)


def test_readings_follow_the_clock():
    first, second = noise.read(), noise.read()
    assert second.at_s >= first.at_s


@pytest.mark.parametrize("text", ["", "\n", "cpu", "cpu 1 2 3\n", "cpu a b c d e f g h\n", "\x00" * 9])
def test_counters_that_cannot_be_read_are_not_known(tmp_path, monkeypatch, text):
    for name, file in (("STAT", tmp_path / "stat"), ("PRESSURE", tmp_path / "cpu")):
        monkeypatch.setattr(noise, name, file)
        file.write_text(text)
    found = noise.read()
    assert (found.stolen, found.ticks, found.waited_us) == (None, None, None)


def test_a_system_without_counters_has_none(tmp_path, monkeypatch):
    monkeypatch.setattr(noise, "STAT", tmp_path / "nothing")
    monkeypatch.setattr(noise, "PRESSURE", tmp_path / "nothing")
    found = noise.read()
    record = evidence(1, found, found, [5, 4], 0.0)
    assert (record.steal, record.pressure, record.probe_ns) == (None, None, 4)


def test_a_system_without_a_load_average_has_none(monkeypatch):
    def unsupported() -> None:
        raise OSError("not supported")

    monkeypatch.setattr(noise.os, "getloadavg", unsupported)
    assert noise.load_average() is None
    monkeypatch.delattr(noise.os, "getloadavg")
    assert noise.load_average() is None


def test_the_load_that_is_told_is_that_of_the_last_minute(monkeypatch):
    monkeypatch.setattr(noise.os, "getloadavg", lambda: (1.234, 5.0, 9.0))
    now = Reading(10.0, None, None, None)
    assert evidence(1, now, now, [], 0.0).load == noise.load_average() == 1.23


def test_the_shares_are_those_of_the_time_between_the_readings():
    before, after = Reading(10.0, 100, 2000, 5_000_000), Reading(14.0, 108, 2400, 6_000_000)
    found = evidence(3, before, after, [30, 10, 20], 9.5)
    assert (found.block, found.started, found.seconds) == (3, 9.5, 4.0)
    assert (found.steal, found.pressure, found.probe_ns) == (0.02, 0.25, 10)


COUNTS = st.none() | st.integers(0, 2**63)


@on_a_busy_machine_too
@given(st.tuples(COUNTS, COUNTS, COUNTS), st.tuples(COUNTS, COUNTS, COUNTS), st.floats(0, 1e6), st.floats(0, 1e6))
def test_any_two_readings_make_a_record_that_a_journal_takes(first, last, at_s, lasted_s):
    """Counters may be set back when a guest is moved, and are not read at exactly one moment."""
    import msgspec

    record = evidence(1, Reading(at_s, *first), Reading(at_s + lasted_s, *last), [], 0.0)
    assert msgspec.json.decode(msgspec.json.encode(record), type=Block) == record
    assert record.probe_ns is None
    assert all(0 <= share <= 1 for share in (record.steal, record.pressure) if share is not None)

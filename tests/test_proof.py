"""Is what the self-check found told in full: each number under its heading, no interval where there is none, and all that is amiss?"""

import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from study import proof
from study.selfcheck import Parity
from study.summary import Ratio, Verdict
from study.trials import Trials
from test_trials import counts, outcome

PARITY = Parity("mp.Pipe, 64 B", 1_500_000.0, 1_530_000.0, Ratio(1.02, 1.01, 1.034, 15))
LATE = outcome("20 % later", slower=10)
SAME = Trials(
    "lock/threads",
    10,
    counts(faster=1, slower=2, equivalent=3, inconclusive=4),
    5,
    8,
    counts(faster=0, slower=2, equivalent=2, inconclusive=4),
    1.0125,
)
COUNTS = st.fixed_dictionaries({word.value: st.integers(0, 9999) for word in Verdict})


def lines(text: str) -> list[str]:
    return [line for line in text.splitlines() if line]


def test_a_parity_is_told_in_milliseconds_with_its_ratio_and_interval() -> None:
    head, line = lines(proof.as_text([PARITY], [], []))
    assert re.split(r"\s{2,}", line) == ["mp.Pipe, 64 B", "1.500 ms", "1.530 ms", "1.020", "1.010 to 1.034"]
    assert re.split(r"\s{2,}", head) == ["quantity", "plain script", "study", "study / plain", "95 % interval"]
    for heading, value in (("plain script", "1.500 ms"), ("study / plain", "1.020")):
        assert head.index(heading) + len(heading) == line.index(value) + len(value), "numbers end where headings do"


@pytest.mark.parametrize(("low", "high"), [(None, None), (1.0, None), (None, 1.1)])
def test_without_an_interval_the_number_of_blocks_is_told(low: float | None, high: float | None) -> None:
    text = proof.as_text([Parity("x", 1e6, 1.2e6, Ratio(1.2, low, high, 3))], [], [])
    assert text.endswith("1.200   3 blocks, no interval   more than 5% apart, but the interval leaves room for less")


def test_what_agrees_has_no_remark() -> None:
    assert proof.as_text([PARITY], [], []).endswith("1.010 to 1.034")


def test_verdicts_stand_under_their_words_and_quiet_trials_are_counted_apart() -> None:
    head, line = lines(proof.as_text([], [SAME], [LATE]))[:2]
    assert line.split()[:7] == ["lock/threads", "10", "1", "2", "3", "4", "1.012"]
    assert head.split()[4:10] == ["trials", *(word.value for word in Verdict), "ratio"]
    assert re.split(r"\s{2,}", line)[-2:] == ["2 of 8 called different", "5 of 10"]


@settings(deadline=None)
@given(COUNTS, COUNTS, st.integers(0, 9999))
def test_no_number_of_trials_moves_a_column(verdicts: dict[str, int], quiet: dict[str, int], naive: int) -> None:
    total = sum(quiet.values())
    one = Trials("scaling/executors.thread", sum(verdicts.values()), verdicts, naive, total, quiet, 1.0)
    head, line = lines(proof.as_text([], [one], [LATE]))[:2]
    for word in Verdict:
        end = head.index(word.value) + len(word.value)
        assert line[:end].rpartition(" ")[2] == str(verdicts[word.value])
        assert line[end] == " "
    different = quiet["faster"] + quiet["slower"]
    assert line[head.index("in quiet trials") :].startswith(f"{different} of {total} called different")


def test_tables_that_nobody_asked_for_are_left_out() -> None:
    assert proof.as_text([], [], []) == ""
    assert "called different" not in proof.as_text([PARITY], [], [])
    assert "quantity" not in proof.as_text([], [SAME], [LATE])
    assert len(proof.as_text([PARITY], [SAME], [LATE]).split("\n\n")) == 4


def test_each_thing_that_is_amiss_is_a_line_at_the_end() -> None:
    text = proof.as_text([], [outcome("x", slower=10)], [outcome("20 % later", inconclusive=10)])
    alarms, missed = text.split("\n\n")[-1].splitlines()
    assert alarms.startswith("10 of 10 identical pairs")
    assert missed == "20 % later was not found in 10 of 10 quiet trials"
    assert "Nothing was called different" not in text


def test_the_two_kinds_of_trials_are_two_tables() -> None:
    _, late, _ = proof.as_text([], [SAME], [LATE]).split("\n\n")
    assert late.startswith("a library that is late ")
    assert late.splitlines()[1].startswith("20 % later ")


def test_the_document_says_what_is_amiss_and_nothing_where_nothing_was_tried() -> None:
    nothing = json.loads(proof.as_json([PARITY], [], []))
    assert (nothing["amiss"], nothing["alike"], nothing["delayed"]) == ([], [], [])
    told = json.loads(proof.as_json([], [outcome("x", slower=10)], [LATE]))
    assert told["amiss"] == ["10 of 10 identical pairs were called different; 1% may be"]
    assert told["parity"] == []


def test_the_document_keeps_both_kinds_of_trials_and_intervals_apart() -> None:
    apart = Parity("y", 1.0, 2.0, Ratio(2.0, None, None, 3))
    told = json.loads(proof.as_json([PARITY, apart], [SAME], [LATE]))
    assert [one["holds"] for one in told["parity"]] == [True, False]
    assert told["parity"][1]["ratio"] == {"value": 2.0, "low": None, "high": None, "n": 3}
    assert [one["name"] for one in (*told["alike"], *told["delayed"])] == ["lock/threads", "20 % later"]
    assert told["alike"][0]["quiet_verdicts"] == SAME.quiet_verdicts

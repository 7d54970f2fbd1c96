"""The report says how quiet the machine was, which blocks were measured again, and what a budget left out."""

from pathlib import Path

import msgspec

from journals import journal, planned, simple, write
from study import report, sheets
from study.journal import Block, Budget, Journal, Rejected

LOCK = planned("lock/threads", 6, width=2)
USUAL_NS = 1_000_000


def block(number: int, probe: float = 1.0, steal: float | None = 0.001, pressure: float | None = 0.1) -> Block:
    return Block(
        block=number,
        probe_ns=round(probe * USUAL_NS),
        steal=steal,
        pressure=pressure,
        load=0.5,
        started=float(number),
        seconds=1.0,
    )


def campaign(blocks: list[Block], rejected: list[Rejected] | None = None, budget: Budget | None = None) -> Journal:
    made = journal([LOCK], simple(LOCK, [1.0] * 6), budget=budget)
    return msgspec.structs.replace(made, blocks=blocks, rejected=rejected or [])


def texts(made: Journal) -> list[list[str]]:
    return [[entry.text for entry in row.entries] for row in sheets.noise(made).rows]


def test_a_quiet_block_counts() -> None:
    (line,) = texts(campaign([block(1)]))
    assert line == ["1", "1.00", "0.1%", "10%", "0.500", "counts"]


def test_what_the_system_hides_is_not_exposed() -> None:
    (line,) = texts(campaign([block(1, steal=None, pressure=None)]))
    assert line[2:4] == ["not exposed", "not exposed"]


def test_a_rejected_block_says_why_and_as_which_it_was_measured_again() -> None:
    noisy = [block(number, 1.3 if number == 2 else 1.0) for number in range(1, 7)]
    again = Rejected(2, 7, "a fixed piece of work took 1.30 times as long as usual")
    lines = texts(campaign([*noisy, block(7)], [again]))
    assert lines[1][-1] == "measured again as block 7: a fixed piece of work took 1.30 times as long as usual"
    assert [line[-1] for line in lines].count("counts") == 6


def page_of(made: Journal, folder: Path) -> str:
    return report.build([write(made, folder / "one" / "run.jsonl")], folder / "report").read_text(encoding="utf-8")


def test_a_noisy_campaign_begins_with_a_banner(tmp_path: Path) -> None:
    noisy = [block(number, 1.5 if number == 2 else 1.0) for number in range(1, 7)]
    page = page_of(campaign(noisy), tmp_path)
    assert "The machine was noisy in 1 of the 6 blocks that count" in page
    assert page.index("The machine was noisy") < page.index('<ul class="answer">')


def test_a_quiet_campaign_has_none(tmp_path: Path) -> None:
    assert "The machine was noisy" not in page_of(campaign([block(number) for number in range(1, 7)]), tmp_path)


def test_a_budget_says_what_it_left_out(tmp_path: Path) -> None:
    given = Budget(180.0, 12.0, "nothing of the profile")
    made = campaign([block(1)], budget=given)
    assert "Measured within 3 min; left out: " in page_of(made, tmp_path)


def test_a_journal_without_blocks_says_that_nothing_is_recorded(tmp_path: Path) -> None:
    assert "This journal has no record of it." in page_of(campaign([]), tmp_path)

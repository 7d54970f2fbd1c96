"""A campaign over several interpreters that was stopped goes on with all of its journals, from any of them."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from campaigns import CELLS, QUIET_NS, TAGS, Children, Died, kept_by, own_temporary_folder, put_in_place, several
from journals import header
from study import environment, journal, resumption
from study.campaign import Campaign
from study.journal import REHEARSAL, Fact, Journal, JournalError
from study.preparation import Interpreter, UsageError

SLOW_NS = 2 * QUIET_NS


@pytest.fixture
def children(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Children]:
    with own_temporary_folder(monkeypatch):
        yield put_in_place(Children(), monkeypatch)


def measured(campaign: Campaign) -> list[Journal]:
    campaign.measure()
    return kept_by(campaign)


def in_place_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Journals of campaigns.py are of a machine and of interpreters that are made up."""
    monkeypatch.setattr(environment, "machine_id", lambda _: "made-up")
    found = [Interpreter(f"/usr/bin/python-{tag}", facts_of(tag), 0.05) for tag in reversed(TAGS)]
    monkeypatch.setattr(resumption, "chosen", lambda pythons: found)


def facts_of(tag: str) -> dict[str, str | int | float | bool | list[str]]:
    return {**header([]).interpreter, "version": tag}


def on_this_machine(campaign: Campaign) -> Campaign:
    for path in campaign.paths:
        kept = journal.load(path).header
        path.unlink()
        here = {**kept.environment, "machine_id": Fact("made-up", "", "")}
        journal.create(path, msgspec.structs.replace(kept, environment=here))
    return campaign


@pytest.mark.parametrize("which", [0, 1])
@pytest.mark.parametrize("children_before", [0, 1, 7, 20, 41])
def test_a_killed_campaign_is_taken_up_from_any_of_its_journals(
    children: Children, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, which: int, children_before: int
) -> None:
    in_place_of_this_machine(monkeypatch)
    both = on_this_machine(several(tmp_path))
    children.die_before = children_before
    with pytest.raises(Died):
        both.measure()
    before = kept_by(both)
    children.die_before = None
    again = resumption.resume(both.paths[which])
    assert again.paths == both.paths
    assert [side.python for side in again.sides] == [f"/usr/bin/python-{tag}" for tag in TAGS]
    after = measured(again)
    for old, new in zip(before, after, strict=True):
        assert new.rows[: len(old.rows)] == old.rows
        assert Counter(row.cell for row in new.rows if row.block) == {cell.cell: cell.blocks for cell in CELLS}
        assert len(new.blocks) >= 5, "the one that was being measured may lack its record"
    assert after[0].blocks == after[1].blocks
    assert not [row for row in after[1].rows if row.block == REHEARSAL], "the first one's numbers are known still"


@pytest.mark.parametrize("lines", [1, 2, 3])
def test_what_a_kill_wrote_into_one_journal_only_is_written_into_the_others_when_it_is_taken_up(
    children: Children, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lines: int
) -> None:
    """Between the record of a block in one journal and the same in the next; or with the last of them torn."""
    in_place_of_this_machine(monkeypatch)
    children.probe_ns = lambda nth: SLOW_NS if nth in (0, 1) else QUIET_NS
    both = on_this_machine(several(tmp_path))
    whole = measured(both)
    second = both.paths[1]
    written = second.read_bytes().splitlines(keepends=True)
    last = max(number for number, line in enumerate(written) if b'"record":"rejected"' in line)
    second.write_bytes(b"".join(written[: last + 1 - lines + 1]) + written[last + 1 - lines + 1][:20])
    first = both.paths[0].read_bytes().splitlines(keepends=True)
    ends = max(number for number, line in enumerate(first) if b'"record":"rejected"' in line)
    both.paths[0].write_bytes(b"".join(first[: ends + 1]))
    after = measured(resumption.resume(second))
    assert after[0].blocks[:6] == after[1].blocks[:6] == whole[0].blocks[:6]
    assert after[0].rejected == after[1].rejected == whole[0].rejected
    for kept in after:
        assert not kept.torn
        assert journal.unfinished(kept.header, kept.rows, kept.rejected_rows) == 0


def test_a_campaign_of_which_a_journal_is_gone_is_not_taken_up(children: Children, tmp_path: Path) -> None:
    both = several(tmp_path)
    both.paths[1].unlink()
    with pytest.raises(
        JournalError, match=r"is of a campaign of 2 journals, and 20260102T030405Z-3\.12\.1\.jsonl is not"
    ):
        resumption.resume(both.paths[0])


def test_a_campaign_whose_interpreter_is_gone_says_which(
    children: Children, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    both = on_this_machine(several(tmp_path))
    in_place_of_this_machine(monkeypatch)
    monkeypatch.setattr(resumption, "chosen", lambda pythons: [Interpreter("python", facts_of("3.11.7"), 0.05)])
    with pytest.raises(UsageError, match=r"was begun on Python 3\.12\.1, which was not found as it was; name it with"):
        resumption.resume(both.paths[0])


def test_interpreters_of_another_campaign_that_lie_beside_are_left_alone(
    children: Children, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_place_of_this_machine(monkeypatch)
    both = on_this_machine(several(tmp_path))
    stranger = journal.load(both.paths[0]).header
    beside = tmp_path / "20260102T030405Z-3.10.1.jsonl"
    journal.create(beside, msgspec.structs.replace(stranger, run="20260102T030405Z-3.10.1", campaign="another"))
    before = beside.read_bytes()
    assert resumption.resume(both.paths[1]).paths == both.paths
    resumption.resume(both.paths[1]).measure()
    assert beside.read_bytes() == before


def test_journals_that_share_a_name_but_no_beginning_are_not_taken_up(children: Children, tmp_path: Path) -> None:
    both = several(tmp_path)
    other = journal.load(both.paths[1]).header
    both.paths[1].unlink()
    journal.create(both.paths[1], msgspec.structs.replace(other, seed=8))
    with pytest.raises(JournalError, match="is not of one campaign with"):
        resumption.resume(both.paths[0])

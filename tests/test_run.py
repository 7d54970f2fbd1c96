"""A campaign at a terminal: where it is while it runs, how it went, where the report is, and an exit code that a script can use."""

import io
import re
import sys
import types
from collections.abc import Callable
from pathlib import Path

import pytest

import journals as made
from journals import failed, journal, measured, planned
from study import journal as kept
from study import run
from study.campaign import Campaign, Interrupted, Progress
from study.interleaving import Side
from study.journal import Planned, Row
from study.plan import PROFILES, make_plan

LOCK, POOL = planned("lock/threads", 2, width=2), planned("pool/threads", 1, width=2)
Starting = Callable[..., "FakeCampaign"]


class Terminal(io.StringIO):
    """What a terminal was sent."""

    def isatty(self) -> bool:
        return True


class FakeCampaign(Campaign):
    """A campaign that measures what it is given, at once."""

    given: "list[Row]"
    interrupted = False

    def measure(self) -> "list[Row]":
        for done, row in enumerate(self.given, start=1):
            self.tell(Progress(f"block {row.block}/2", row.cell, done, 3, 12.4))
            kept.append(self.paths[0], row)
            self.rows.append(row)
        if self.interrupted:
            raise Interrupted
        self.inside_s = 0.5
        return self.rows


@pytest.fixture
def start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Starting:
    monkeypatch.setattr(run, "write_report", lambda paths: paths[0].parent / "report" / "index.html")

    def started(*rows: Row, plan: "list[Planned] | None" = None) -> FakeCampaign:
        cells = plan or [LOCK]
        path = made.write(journal(cells, []), tmp_path / "machine" / "run.jsonl")
        nothing = make_plan(PROFILES["smoke"], (3, 13), 2, 1, lambda name: False)
        fake = FakeCampaign([Side(nothing, sys.executable, path)])
        fake.given = list(rows)
        return fake

    return started


def good(cell: Planned, *blocks: int) -> "list[Row]":
    return [measured(cell, block, {"work": [0.1]}) for block in blocks]


def test_a_complete_campaign_ends_with_zero_and_the_reports_path_alone_on_standard_output(
    start: Starting, capsys: pytest.CaptureFixture[str]
) -> None:
    campaign = start(*good(LOCK, 1, 2))
    assert run.to_the_end(campaign) == 0
    out, err = capsys.readouterr()
    assert out == f"{campaign.paths[0].parent / 'report' / 'index.html'}\n"
    assert err.rstrip().endswith(str(campaign.paths[0]))


def test_a_campaign_that_lacks_something_ends_with_three_and_a_report_all_the_same(
    start: Starting, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run.to_the_end(start(*good(LOCK, 1))) == 3
    assert capsys.readouterr().out.rstrip().endswith("index.html")


def test_a_cell_that_failed_is_done_and_makes_no_campaign_incomplete(start: Starting) -> None:
    assert run.to_the_end(start(*good(LOCK, 1), failed(LOCK, 2))) == 0


def test_an_interrupted_campaign_ends_with_130_and_says_how_to_go_on(
    start: Starting, capsys: pytest.CaptureFixture[str]
) -> None:
    campaign = start(*good(LOCK, 1))
    campaign.interrupted = True
    assert run.to_the_end(campaign) == 130
    out, err = capsys.readouterr()
    assert out == ""
    assert str(campaign.paths[0]) in err
    assert "--resume" in err
    assert len(kept.load(campaign.paths[0]).rows) == 1


def measured_by(campaign: FakeCampaign) -> FakeCampaign:
    campaign.measure()
    return campaign


def test_the_summary_counts_interpreters_and_the_time_spent_inside_them(start: Starting) -> None:
    first, *_, last = run.summary(measured_by(start(*good(LOCK, 1, 2))), 2.0).splitlines()
    assert first == "measured 2 interpreters in 2 s, 25% of it inside them"
    assert last.endswith("run.jsonl")


def test_the_summary_names_each_cell_that_failed_once(start: Starting) -> None:
    campaign = measured_by(start(failed(LOCK, 1), failed(LOCK, 2, "crash"), plan=[LOCK, POOL]))
    assert run.summary(campaign, 1.0).splitlines()[0].endswith(f"; 1 cells failed: {LOCK.cell}")


@pytest.mark.parametrize(("number", "named", "end"), [(4, 4, "lock/backend3/width=2"), (5, 4, " …"), (40, 4, " …")])
def test_the_summary_does_not_drown_in_failures(start: Starting, number: int, named: int, end: str) -> None:
    plan = [planned(f"lock/backend{i}", 1, width=2) for i in range(number)]
    campaign = measured_by(start(*(failed(cell, 1) for cell in plan), plan=plan))
    first = run.summary(campaign, 1.0).splitlines()[0]
    assert f"; {number} cells failed: " in first
    assert first.count("lock/backend") == named
    assert first.endswith(end)


def test_a_campaign_that_took_no_time_is_summed_up_too(start: Starting) -> None:
    assert "measured 0 interpreters in 0 s" in run.summary(measured_by(start()), 0.0)


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    made_up = Terminal()
    # In the module alone: pytest puts its own sys.stderr in place between a fixture and its test.
    monkeypatch.setattr(run, "sys", types.SimpleNamespace(stderr=made_up))
    return made_up


def shown(sent: str) -> str:
    """What a terminal shows on its line after it was sent this."""
    line = ""
    for part in re.split(r"(\r|\x1b\[K)", sent):
        line = "" if part in ("\r", "\x1b[K") else line + part
    return line


def test_the_bar_says_where_the_campaign_is_and_how_long_it_will_last(terminal: Terminal) -> None:
    with run.Bar() as bar:
        bar.show(Progress("block 3/15", "lock/threads/width=2", 40, 200, 61.6))
        line = shown(terminal.getvalue())
        assert "block 3/15" in line
        assert "40/200" in line
        assert "62 s left" in line
        assert "lock/threads/width=2" in line


def test_the_bar_promises_nothing_before_the_first_interpreter_has_ended(terminal: Terminal) -> None:
    with run.Bar() as bar:
        bar.show(Progress("rehearsal", "lock/threads/width=2", 0, 200, 0.0))
        assert "left" not in shown(terminal.getvalue())


def test_the_bar_stays_on_one_line_and_shows_the_last_of_what_it_was_told(terminal: Terminal) -> None:
    with run.Bar() as bar:
        bar.write("a long line that is told first")
        bar.write("short")
        assert shown(terminal.getvalue()) == "short"
        bar.write("x" * 1000)
        assert len(shown(terminal.getvalue())) < 120
    assert "\n" not in terminal.getvalue()


def test_nothing_is_left_of_the_bar_when_the_campaign_ends_even_by_an_error(terminal: Terminal) -> None:
    def fail() -> None:
        with run.Bar() as bar:
            bar.write("half way")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert "half way" in terminal.getvalue()
    assert shown(terminal.getvalue()) == ""


def test_where_nobody_looks_there_is_no_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    file = io.StringIO()
    monkeypatch.setattr(run, "sys", types.SimpleNamespace(stderr=file))
    with run.Bar() as bar:
        bar.show(Progress("block 1/1", "lock/threads/width=2", 1, 2, 3.0))
        bar.clear()
    assert file.getvalue() == ""


def test_a_campaign_at_a_terminal_tells_each_child_it_begins(start: Starting, terminal: Terminal) -> None:
    run.to_the_end(start(*good(LOCK, 1, 2)))
    assert terminal.getvalue().count(LOCK.cell) == 2
    assert "measured 2 interpreters" in terminal.getvalue()

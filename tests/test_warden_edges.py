"""Does a warden end whom it minds, mildly first, and the resource tracker last?"""

import contextlib
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from study import launch, warden
from study.warden import Warden, groups_left


class Process:
    """One of a made-up group: what ends it, and what it was sent."""

    def __init__(self, *ended_by: str, tracker: bool = False, status: str = psutil.STATUS_SLEEPING) -> None:
        self.ended_by, self.tracker, self._status, self.sent = ended_by, tracker, status, list[str]()

    def _send(self, what: str) -> None:
        self.sent.append(what)
        if what in self.ended_by:
            self._status = psutil.STATUS_ZOMBIE

    def terminate(self) -> None:
        self._send("terminate")

    def kill(self) -> None:
        self._send("kill")

    def status(self) -> str:
        if self._status == "gone":
            raise psutil.NoSuchProcess(1)
        return self._status


@pytest.fixture
def groups(monkeypatch: pytest.MonkeyPatch) -> dict[int, list[Process]]:
    """The processes that there are, by group; nobody is waited for."""
    there: dict[int, list[Process]] = {}
    monkeypatch.setattr(launch, "members", lambda group: there.get(group, []))
    monkeypatch.setattr(launch, "is_resource_tracker", lambda process: process.tracker)
    monkeypatch.setattr(launch, "TRACKER_S", 0.0)
    monkeypatch.setattr(warden, "SWEEP_S", 0.0)
    return there


def test_who_ends_when_asked_to_is_not_killed(groups: dict[int, list[Process]]) -> None:
    groups[1], groups[2] = [Process("terminate")], [Process("terminate")]
    warden.end([1, 2])
    assert [one.sent for one in (*groups[1], *groups[2])] == [["terminate"], ["terminate"]]


def test_who_does_not_is_killed_and_a_tracker_that_stays_comes_last(groups: dict[int, list[Process]]) -> None:
    stubborn, tracker = Process("kill"), Process("kill", tracker=True)
    groups[1] = [stubborn, tracker]
    warden.end([1])
    assert (stubborn.sent, tracker.sent) == (["terminate", "kill"], ["kill"])


def test_a_tracker_that_ends_by_itself_is_left_alone(
    groups: dict[int, list[Process]], monkeypatch: pytest.MonkeyPatch
) -> None:
    stubborn, tracker = Process("kill"), Process("sleep", tracker=True)
    groups[1] = [stubborn, tracker]
    monkeypatch.setattr(launch, "TRACKER_S", 60.0)
    monkeypatch.setattr(warden.time, "sleep", lambda seconds: stubborn.sent[-1] == "kill" and tracker._send("sleep"))
    warden.end([1])
    assert (stubborn.sent, tracker.sent) == (["terminate", "kill"], ["sleep"])


def test_only_the_groups_that_are_named_are_ended_and_in_them_only_who_lives(groups: dict[int, list[Process]]) -> None:
    dead, gone = Process(status=psutil.STATUS_ZOMBIE), Process(status="gone")
    groups[1], groups[2] = [dead, gone, Process("terminate")], [Process("terminate")]
    warden.end([1])
    assert [one.sent for one in (*groups[1], *groups[2])] == [[], [], ["terminate"], []]


def test_a_process_that_ends_under_our_hands_keeps_nobody_else_alive(groups: dict[int, list[Process]]) -> None:
    class Fleeting(Process):
        def kill(self) -> None:
            raise psutil.NoSuchProcess(1)

    groups[1] = [Fleeting(), Process("kill")]
    warden.kill([1])
    assert groups[1][1].sent == ["kill"]


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from("+-"), st.integers(1, 5))))
def test_a_group_is_left_if_the_last_that_was_said_of_it_is_that_it_began(told: list[tuple[str, int]]) -> None:
    last = {group: sign for sign, group in told}
    assert groups_left(f"{sign}{group}\n" for sign, group in told) == {g for g, sign in last.items() if sign == "+"}


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[tuple[Warden, list[str]]]:
    """A warden, and what its process is told."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    lines = list[str]()
    monkeypatch.setattr(Warden, "_tell", lambda self, line: lines.append(line))
    with contextlib.closing(Warden()) as made:
        yield made, lines
    assert list(tmp_path.iterdir()) == []


def test_a_group_is_minded_as_long_as_it_may_have_members_whatever_happens(told: tuple[Warden, list[str]]) -> None:
    made, lines = told
    with made.minding(3):
        with contextlib.suppress(KeyError), made.minding(4):
            assert groups_left(lines) == {3, 4}
            raise KeyError
        assert groups_left(lines) == {3}
    assert groups_left(lines) == set()


def test_who_is_not_minded_any_more_is_not_ended_with_the_others(
    told: tuple[Warden, list[str]], groups: dict[int, list[Process]]
) -> None:
    made, _ = told
    groups[3], groups[4] = [Process("kill")], [Process("kill")]
    with made.minding(3):
        with made.minding(4):
            pass
        made.stop()
    assert (groups[3][0].sent, groups[4][0].sent) == (["kill"], [])


def test_a_warden_that_was_killed_holds_nobody_up(
    groups: dict[int, list[Process]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    groups[3] = [Process("kill")]
    with contextlib.closing(Warden()) as made:
        made._process.kill()
        made._process.wait()
        with made.minding(3):
            made.stop()
    assert groups[3][0].sent == ["kill"]

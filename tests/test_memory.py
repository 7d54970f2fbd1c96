"""Is a worker's memory read while all workers are there, and are their bytes the ones that they are known to take?"""

import io
import mmap
import os
import threading
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from children import laps_of
from stories import Story, judge, told
from study import scenarios
from study.scenarios import memory
from study.stopwatch import Stopwatch
from study.trace import Trace

MB = 1_000_000
TOLD = pytest.mark.skipif(not Path("/proc/self/smaps_rollup").exists(), reason="this system does not tell PSS")
ROLLUP = """\
55d0c0a00000-7ffd5b5f2000 ---p 00000000 00:00 0                          [rollup]
Rss:                9216 kB
Pss:                5120 kB
Pss_Anon:           3000 kB
Shared_Clean:       4096 kB
Private_Clean:       512 kB
Private_Dirty:      2560 kB
"""


def taken(backend: str, which: str = "further", kind: str = "PSS") -> float:
    """Bytes of a worker."""
    (value,) = laps_of("memory", backend, width=2, rounds=1)[f"{which} worker, {kind}"]["values"]
    return float(value)


@pytest.fixture
def proc(monkeypatch: pytest.MonkeyPatch) -> "Callable[[dict[str, str]], None]":
    """Have the scenario find these files in /proc and no others; all processes are of our group."""

    def pretend(files: dict[str, str]) -> None:
        names = [*files, *(str(os.getpid()) for file in files if file == "self/statm")]

        def pretended_open(path: str) -> io.StringIO:
            if path.removeprefix("/proc/") not in files:
                raise FileNotFoundError(path)
            return io.StringIO(files[path.removeprefix("/proc/")])

        system = SimpleNamespace(
            path=SimpleNamespace(exists=lambda path: path.removeprefix("/proc/") in files),
            listdir=lambda _: sorted({name.partition("/")[0] for name in names}),
            getpgid=lambda pid: pgid_of(pid),
            getpgrp=lambda: 1,
            getpid=os.getpid,
            sysconf=lambda _: 4096,
        )
        monkeypatch.setattr(memory, "os", system)
        monkeypatch.setattr(memory, "open", pretended_open, raising=False)

    def pgid_of(pid: int) -> int:
        if pid == 7:
            raise ProcessLookupError
        return 1 if pid < 100 else 2

    return pretend


def test_what_is_shared_counts_in_parts_and_what_is_private_in_full(proc: Any) -> None:
    proc({"self/smaps_rollup": "", "42/smaps_rollup": ROLLUP})
    assert memory.sizes_of(42) == {"PSS": 5120 * 1024, "USS": (512 + 2560) * 1024}


def test_a_system_that_tells_no_parts_tells_the_whole_under_its_own_name(proc: Any) -> None:
    proc({"self/statm": "", "42/statm": "9000 250 100 1 0 300 0\n"})
    assert memory.sizes_of(42) == {"RSS": 250 * 4096}


def test_only_the_processes_of_the_own_group_are_read(proc: Any) -> None:
    files = {f"{pid}/smaps_rollup": ROLLUP for pid in (5, 6, 7, 100)}
    proc({"self/statm": "", "self/smaps_rollup": "", **files})
    assert sorted(memory.read_group()) == [5, 6]


def test_a_process_that_ends_meanwhile_is_left_out(proc: Any) -> None:
    proc({"self/statm": "", "self/smaps_rollup": "", "5/smaps_rollup": ROLLUP, "6/statm": ""})
    assert list(memory.read_group()) == [5]


def test_a_system_without_such_files_reads_nothing_and_times_nothing(proc: Any) -> None:
    proc({})
    stopwatch = Stopwatch()
    memory.note_growth(stopwatch, "further", 2, memory.read_group(), memory.read_group())
    assert memory.read_group() == {}
    assert not stopwatch.laps


@TOLD
def test_the_parts_of_a_real_process_are_in_the_order_of_what_they_leave_out() -> None:
    sizes = memory.sizes_of(os.getpid())
    whole = int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    assert 0 < sizes["USS"] <= sizes["PSS"] <= whole * 1.01
    assert os.getpid() in memory.read_group()


def noted(width: int, before: "dict[int, Any]", after: "dict[int, Any]") -> dict[str, float]:
    stopwatch = Stopwatch()
    memory.note_growth(stopwatch, "further", width, before, after)
    assert {lap.unit for lap in stopwatch.laps.values()} == {"B"}
    return {name.removeprefix("further worker, "): lap.values[0] for name, lap in stopwatch.laps.items()}


ME = os.getpid()


def test_what_a_fork_shares_is_not_taken_twice_and_what_is_its_own_is_read_from_it() -> None:
    """The parent had 50 of its own; with two workers beside it, 45 of those are shared by three."""
    before = {ME: {"PSS": 60, "USS": 50}}
    after = {ME: {"PSS": 27, "USS": 5}, 1: {"PSS": 24, "USS": 4}, 2: {"PSS": 25, "USS": 6}}
    assert noted(2, before, after) == {"PSS": (27 + 24 + 25 - 60) // 2, "USS": (4 + 6) // 2}


def test_what_threads_take_is_what_their_process_grows_by() -> None:
    assert noted(4, {ME: {"PSS": 60, "USS": 50}}, {ME: {"PSS": 101, "USS": 90}}) == {"PSS": 10, "USS": 10}


def test_a_server_that_was_there_before_counts_with_its_growth_only() -> None:
    before = {ME: {"RSS": 60}, 1: {"RSS": 30}}
    assert noted(1, before, {ME: {"RSS": 61}, 1: {"RSS": 32}, 2: {"RSS": 20}}) == {"RSS": 23}


def test_memory_that_was_given_back_meanwhile_takes_nothing_below_zero() -> None:
    assert noted(2, {ME: {"PSS": 60, "USS": 50}}, {ME: {"PSS": 40, "USS": 30}}) == {"PSS": 0, "USS": 0}


class Hoarding:
    """Threads of which each holds so many bytes while it stays."""

    Barrier = threading.Barrier

    def __init__(self, size: int) -> None:
        self.size = size

    def Process(self, target: Any, args: "tuple[Any, ...]") -> threading.Thread:  # noqa: N802
        def work() -> None:
            with mmap.mmap(-1, self.size) as hoard:  # malloc would keep it for the next one
                for page in range(0, self.size, mmap.PAGESIZE):
                    hoard[page] = 1
                target(*args)

        return threading.Thread(target=work)


@TOLD
@pytest.mark.parametrize("width", [1, 3])
def test_what_each_worker_is_known_to_hold_is_what_is_counted(width: int, capfd: pytest.CaptureFixture[str]) -> None:
    stopwatch = Stopwatch()
    memory.workers(Hoarding(8 * MB), stopwatch, width=width, rounds=2)
    for lap in (stopwatch.laps["further worker, PSS"], stopwatch.laps["further worker, USS"]):
        assert len(lap.values) == 2
        assert all(7 * MB < value < 10 * MB for value in lap.values)
    memory.check(Trace(capfd.readouterr().out), frozenset({"shared objects"}), {"width": width, "rounds": 2})


@TOLD
def test_processes_take_more_than_threads_and_a_new_interpreter_more_than_a_fork() -> None:
    assert taken("threads") < taken("processes.fork") < taken("processes.spawn")
    assert taken("threads", kind="USS") < taken("processes.fork", kind="USS") < taken("processes.spawn", kind="USS")


@TOLD
def test_the_first_worker_of_a_fork_server_brings_the_server_along() -> None:
    further, first = taken("processes.forkserver"), taken("processes.forkserver", "first")
    assert first > 2 * further


def test_workers_said_to_be_processes_must_be_processes() -> None:
    text, arguments = told("memory", "threads")
    assert "width 1: 0 processes of their own" in str(judge("memory", "processes.fork", text, arguments))


def test_a_worker_whose_memory_nobody_read_is_noticed() -> None:
    text, arguments = told("memory", "processes.fork")
    for read in ({1: 4096}, dict.fromkeys(workers_of(text), 0)):
        story = Story(text)
        story.value("read", read, place=1)
        assert "no memory of its own" in str(judge("memory", "processes.fork", story.text(), arguments))


def test_a_system_that_tells_nothing_still_has_its_workers_checked() -> None:
    text, arguments = told("memory", "processes.fork")
    story = Story(text)
    for place in (0, 1, 2):
        story.value("read", {}, place=place)
    assert judge("memory", "processes.fork", story.text(), arguments) is None
    story.drop("leaving")
    assert judge("memory", "processes.fork", story.text(), arguments)


def workers_of(text: str) -> set[int]:
    return {event.pid for event in Trace(text).all("here")}


@TOLD
@pytest.mark.parametrize("backend", ["threads", "executors.thread", "processes.fork"])
def test_the_lap_that_stands_for_it_is_counted_on_every_style(backend: str) -> None:
    lap = laps_of("memory", backend, width=2, rounds=1)[scenarios.find("memory").headline]
    assert lap["unit"] == "B"
    assert all(isinstance(value, int) and value >= 0 for value in lap["values"])


def test_the_usual_grid_has_the_ends_and_the_full_one_what_is_between() -> None:
    loads = scenarios.find("memory").loads(2)
    assert [str(load) for load in loads if not load.full_grid] == ["width=1", "width=4"]
    assert [str(load) for load in loads] == ["width=1", "width=2", "width=4"]

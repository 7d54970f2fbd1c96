"""Does foreign text stay text in an answer, an error and a traceback, and is what cannot be told not told as a number?"""

import math
import re
from pathlib import Path

import msgspec
import pytest

from journals import header, journal, planned, simple
from study import accounts, attempt, between, contrast, grains, jobs, launch, sentences, sightings
from study.compare import Differing
from study.journal import Fact, JournalError
from study.summary import ratio
from study.tables import LIMITS, results
from test_contrast import comparison
from test_symptoms_edges import became, seen

EVIL = "\x1b[31m\u202eevil"
UNSEEN = re.compile("[\x00-\x09\x0b-\x1f\u202a-\u202e]")


def test_a_fact_of_a_strangers_run_is_shown_without_what_steers_a_terminal() -> None:
    told = contrast.as_text(comparison(facts=(Differing(EVIL, 1, 2),)))
    assert "evil" in told
    assert not UNSEEN.search(told)


def test_a_lap_of_a_strangers_run_is_shown_without_what_turns_the_line_around() -> None:
    line = {"speedup": 2.0, "speedup_low": 1.5, "speedup_high": 2.5, "backend": "threads", "lap": EVIL, "cpus": 2}
    told = sentences._speedup(line)
    assert "evil" in told
    assert not UNSEEN.search(told)


def test_sessions_of_two_interpreters_are_named_without_what_steers_a_terminal() -> None:
    cell = planned("lock/threads", 6)
    first, second = (
        msgspec.structs.replace(header([cell]), interpreter={"version": version}) for version in (EVIL, "3.12.1")
    )
    runs = [msgspec.structs.replace(journal([cell], simple(cell, [1.0] * 6)), header=told) for told in (first, second)]
    with pytest.raises(JournalError, match="name sessions of one machine") as raised:
        between.noise(runs)
    assert "evil" in str(raised.value)
    assert not UNSEEN.search(str(raised.value))


def test_where_only_the_slow_end_crosses_a_pool_pays_from_that_end_on() -> None:
    line = {"name": "threads", "seconds": 0.0, "low": 0.0, "high": 14e-6, "longest": 0.01}
    assert grains.told(line) == "at most 14.0 µs"
    assert grains._from(line) == "from tasks of at most 14.0 µs on"


def test_jobs_of_cells_that_tell_no_number_of_workers_are_not_counted() -> None:
    cells = [
        planned(f"grain/{name}", 6, task_us=10, chunks="few", **more)
        for name, more in (("serial", {}), ("processes.fork", {}), ("processes.spawn", {"width": "two"}))
    ]
    rows = [row for cell in cells for row in simple(cell, [1e-5] * 6, "default chunks")]
    assert jobs.sheet(results([journal(cells, rows)])) is None


@pytest.mark.parametrize("odd", [math.nan, 0.0, -1.0])
def test_a_ratio_of_what_is_no_positive_number_is_refused(odd: float) -> None:
    for sides in (([1.0, odd], [1.0, 1.0]), ([1.0, 1.0], [odd, 1.0])):
        with pytest.raises(ValueError, match="one positive number of each side"):
            ratio(*sides)


def test_yes_is_no_number_of_cpus() -> None:
    cell = planned("lock/threads", 6)
    made = journal([cell], simple(cell, [1.0] * 6))
    fact = next(iter(LIMITS))
    for value, limits in ((4, {LIMITS[fact]: 4.0}), (True, {})):
        told = msgspec.structs.replace(made.header, environment={fact: Fact(value, "CPUs", "here")})
        assert results([msgspec.structs.replace(made, header=told)]).limits == limits


def test_a_frame_that_an_attempt_has_made_relative_keeps_its_folder() -> None:
    told = attempt.anywhere('File "/opt/py/lib/python3.13/multiprocessing/pool.py", line 1', Path("/s"))
    assert accounts.shortened(told) == 'File "multiprocessing/pool.py", line 1'
    assert accounts.shortened('File "study/hazards/x.py", line 2') == 'File "study/hazards/x.py", line 2'


def test_where_an_interpreter_is_installed_stays_private_though_its_folder_has_spaces() -> None:
    told = attempt.anywhere('File "/home/John Doe/py/lib/python3.13/queue.py", line 1; /opt/x/bin/python3', Path("/s"))
    assert told == 'File "lib/python3.13/queue.py", line 1; bin/python3'


def test_a_signal_without_a_name_is_told_by_its_number() -> None:
    assert launch.signal_name(9) == "SIGKILL"
    assert launch.signal_name(40) == attempt._death(-40) == "signal 40"


@pytest.mark.parametrize("version", [None, "three", "3", 3.11])
def test_sightings_of_no_version_are_refused(version: object) -> None:
    told = seen(became(attempt.Outcome.WORKS)).header
    odd = msgspec.structs.replace(told, interpreter={} if version is None else {"version": version})
    assert sightings.complaint_about(told) == ""
    assert (sightings.complaint_about(odd) == "") is (version == 3.11)


def test_of_two_files_of_one_second_the_first_is_the_older(tmp_path: Path) -> None:
    names = [f"20260101T000000Z-3.13.1{end}.failures.jsonl" for end in ("", "-2")]
    for name in reversed(names):
        (tmp_path / name).touch()
    assert [path.name for path in sightings.found_in(tmp_path)] == names

"""How long does a journal of a million values take, and how much memory? A test of the ordinary line, not a benchmark.

Beside the measured cells it would be a line in their table that a reader of theirs has not asked for. It asserts a ratio and
a bound, since seconds are the machine's.
"""

import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from journals import header, measured, planned
from study.journal import hash_of
from study.lines import sealed

VALUES = 1_000_000
SHAPES = {"as a campaign writes it": (2, 4), "with many values in a lap": (2, 40)}  # laps of a row, values of a lap
MOST_MB = 500  # of the process that holds journal and frame
MOST_TIMES = 2.5  # as long as pandas.read_json takes for the same lines, which makes no tidy frame of them
PATIENCE_S = 200
OURS = """
from study import frame, journal
found = frame.frame([journal.load(Path(sys.argv[1]))])
assert len(found) == int(sys.argv[2]), len(found)
"""
THEIRS = """
found = pandas.read_json(sys.argv[1], lines=True)
"""
TIMED = """
import pandas, resource, sys, time
from pathlib import Path
import study.frame
begun = time.process_time()
{}
print(time.process_time() - begun, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def write(path: Path, laps: int, values: int) -> Path:
    """A journal of a million values: 300 cells, of each as many rows as it takes."""
    rows = VALUES // (laps * values)
    cells = [planned(f"lock/{backend}", rows, width=n) for n in range(100) for backend in ("threads", "serial", "fork")]
    made = header(cells)
    durations = {f"lap {n}": [1e-3 + 1e-6 * value for value in range(values)] for n in range(laps)}
    with path.open("wb") as file:
        made = msgspec.structs.replace(made, plan_hash=hash_of(made.plan, made.absent))
        file.write(sealed(msgspec.json.encode(made)))
        for number in range(rows):
            row = measured(cells[number % len(cells)], 1 + number // len(cells), durations, 16)
            file.write(sealed(msgspec.json.encode(row)))
    return path


def timed(program: str, path: Path) -> tuple[float, float]:
    """Processor seconds and peak memory (MB) of that program in an interpreter of its own."""
    command = [sys.executable, "-c", TIMED.format(program), str(path), str(VALUES)]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_S, check=True)
    seconds, peak = map(float, ran.stdout.split())
    return seconds, peak / (1 << 20 if sys.platform == "darwin" else 1 << 10)


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_a_million_values_load_about_as_fast_as_pandas_reads_their_json_and_in_half_a_gigabyte(
    tmp_path: Path, shape: tuple[int, int], capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(tmp_path / "run.jsonl", *shape)
    seconds, peak_mb = timed(OURS, path)
    theirs_s, theirs_mb = timed(THEIRS, path)
    with capsys.disabled():
        print(
            f"\n{path.stat().st_size / 1e6:.0f} MB of journal: {seconds:.2f} s of processor, {peak_mb:.0f} MB at the peak; "
            f"pandas.read_json: {theirs_s:.2f} s, {theirs_mb:.0f} MB; ratio {seconds / theirs_s:.2f}"
        )
    assert peak_mb <= MOST_MB
    assert seconds <= MOST_TIMES * theirs_s

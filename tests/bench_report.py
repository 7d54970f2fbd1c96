"""How long does a report take, of one run and of ten, and how long until a browser shows it? `python tests/bench_report.py`

Prints seconds; asserts none of them, since seconds are the machine's.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import msgspec

from browsers import CHROMIUM, FLAGS
from journals import write
from recorded_run import reference

RUNS = (1, 10)
PATIENCE_S = 600
PAINT = "performance.getEntriesByName('first-contentful-paint').map(entry => entry.startTime)[0]"
LOADED = "performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd"


def runs(count: int, folder: Path) -> list[Path]:
    """The reference run under so many names."""
    whole = reference()
    every = [
        msgspec.structs.replace(whole, header=msgspec.structs.replace(whole.header, run=f"{whole.header.run}.{number}"))
        for number in range(count)
    ]
    return [write(one, folder / f"{one.header.run}.jsonl") for one in every]


def timed(paths: list[Path]) -> tuple[float, float]:
    """Seconds that pass, and processor seconds, of the whole command with its imports."""
    before, begun = os.times(), time.perf_counter()
    command = [sys.executable, "-m", "study", "report", *map(str, paths)]
    subprocess.run(command, timeout=PATIENCE_S, check=True, capture_output=True)
    after, passed = os.times(), time.perf_counter() - begun
    return passed, sum(after[2:4]) - sum(before[2:4])


def shown(page: Path) -> tuple[float, float]:
    """Milliseconds until the document is there, and until something of it is painted, in a browser that is up."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=str(CHROMIUM), args=list(FLAGS))
        tab = browser.new_page(viewport={"width": 1440, "height": 900})
        tab.goto(page.as_uri())
        found = float(tab.evaluate(LOADED)), float(tab.evaluate(PAINT))
        browser.close()
    return found


def main() -> None:
    """Print it."""
    for count in RUNS:
        with tempfile.TemporaryDirectory() as temporary:
            folder = Path(temporary)
            passed, used = timed(runs(count, folder))
            page = folder / "report" / "index.html"
            print(f"{count} runs: {passed:.1f} s, {used:.1f} s of processors, {page.stat().st_size / 1e6:.2f} MB")
            if CHROMIUM.exists():
                print("  document after {:.0f} ms, first paint after {:.0f} ms".format(*shown(page)))


if __name__ == "__main__":
    main()

"""The page of a real run is small, shows every chart, and is the same bytes whenever and wherever it is made again."""

import hashlib
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from recorded_run import reference
from study import report
from study.charts import CHARTS

MOST_BYTES = 2_000_000
MOST_OF_CHARTS = 700_000  # bytes
PATIENCE_S = 300
BUILD = "import sys; from pathlib import Path; from study import report; report.build([Path(sys.argv[1])], Path(sys.argv[2]))"


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return report.build([Path(reference().path)], tmp_path_factory.mktemp("size") / "report")


def digests(folder: Path) -> dict[str, str]:
    """What is in each file of a report."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_the_page_of_the_reference_run_is_at_most_two_megabytes(page: Path) -> None:
    assert page.stat().st_size <= MOST_BYTES


def test_all_charts_in_both_forms_take_a_third_of_it(page: Path) -> None:
    charts = re.findall(r'<svg [^>]*class="(wide|narrow)".*?</svg>', page.read_text(encoding="utf-8"), re.DOTALL)
    assert charts == ["wide", "narrow"] * len(CHARTS)
    drawn = re.findall(r"<svg .*?</svg>", page.read_text(encoding="utf-8"), re.DOTALL)
    assert sum(len(one.encode()) for one in drawn) <= MOST_OF_CHARTS


@pytest.mark.parametrize("seed", ["0", "1"])
def test_another_process_makes_the_same_bytes_whatever_its_hash_seed(page: Path, tmp_path: Path, seed: str) -> None:
    # Beside each other as the page and its journal are: the page links the journal where it lies in the folder above.
    subprocess.run(
        [sys.executable, "-c", BUILD, reference().path, str(tmp_path / "report")],
        env=os.environ | {"PYTHONHASHSEED": seed},
        timeout=PATIENCE_S,
        check=True,
    )
    assert digests(tmp_path / "report") == digests(page.parent)

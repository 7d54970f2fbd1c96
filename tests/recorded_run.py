"""The committed reference run, whole, with failures and holes, and with one backend alone."""

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

import msgspec

from journals import failed
from study.journal import Journal, hash_of, load
from study.tables import Results, results

ROOT = Path(__file__).parents[1]


def kept() -> Path:
    """The journal that the README compares a reader's run with."""
    named = re.search(r"study compare (results/\S+\.jsonl)", (ROOT / "README.md").read_text())
    assert named, "the README names no reference run: charts and pages would not be tested on real data"
    return ROOT / named[1]


@cache
def reference() -> Journal:
    """The same, read."""
    return load(kept())


def with_holes() -> Journal:
    """Every third cell failed in each block, every fifth was never tried."""
    whole = reference()
    numbers = {cell.cell: number for number, cell in enumerate(whole.header.plan)}
    planned = {cell.cell: cell for cell in whole.header.plan}
    rows = [
        failed(planned[row.cell], row.block, "crash", "killed by signal 11") if numbers[row.cell] % 3 == 0 else row
        for row in whole.rows
        if numbers[row.cell] % 5
    ]
    return msgspec.structs.replace(whole, rows=rows)


def of_one_backend(backend: str = "processes.spawn") -> Journal:
    """What that backend alone would have left."""
    whole = reference()
    plan = [cell for cell in whole.header.plan if cell.backend == backend]
    absent = [cell for cell in whole.header.absent if cell.backend == backend]
    kept = {cell.cell for cell in plan}
    header = msgspec.structs.replace(whole.header, plan=plan, absent=absent, plan_hash=hash_of(plan, absent))
    rows, rejected = ([row for row in every if row.cell in kept] for every in (whole.rows, whole.rejected_rows))
    return msgspec.structs.replace(whole, header=header, rows=rows, rejected_rows=rejected)


JOURNALS: dict[str, Callable[[], Journal]] = {
    "reference": reference,
    "failures and holes": with_holes,
    "one backend": of_one_backend,
}


@cache
def found(name: str) -> Results:
    """The results of one of these journals."""
    return results([JOURNALS[name]()])

"""The committed reference run, whole, with failures and holes, and with one backend alone."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import msgspec

from journals import failed
from study.journal import Journal, hash_of, load
from study.tables import Results, results

RESULTS = Path(__file__).parents[1] / "results"


@cache
def reference() -> Journal:
    """The newest run that is kept with its summary."""
    summaries = sorted(RESULTS.glob("*/*Z-*/summary.md"), key=lambda path: path.parent.name)
    paths = [summary.parent.with_name(f"{summary.parent.name}.jsonl") for summary in summaries]
    assert paths, "no reference run is kept: charts and pages would not be tested on real data"
    return load(paths[-1])


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

"""A campaign at a terminal: progress while it runs, the report at its end, and an exit code."""

import sys
import time
from collections.abc import Sequence
from pathlib import Path

from study import bodies, budget, journal, noise
from study.campaign import Campaign, Interrupted, Progress

COMPLETE, INCOMPLETE, INTERRUPTED = 0, 3, 130


def to_the_end(campaign: Campaign) -> int:
    """Measure, write the report, and print its path as the last line."""
    begun = time.perf_counter()
    with Bar() as bar:
        campaign.tell = bar.show
        try:
            campaign.measure()
        except Interrupted:
            bar.clear()
            kept = f"{', '.join(map(str, campaign.paths))} {'keep' if len(campaign.paths) > 1 else 'keeps'}"
            print(f"study: interrupted; {kept} what was measured: go on with --resume.", file=sys.stderr)
            return INTERRUPTED
    print(summary(campaign, time.perf_counter() - begun), file=sys.stderr)
    print(write_report(campaign.paths))
    every = [journal.load(path) for path in campaign.paths]
    lacking = any(journal.unfinished(kept.header, kept.rows, kept.rejected_rows) for kept in every)
    return INCOMPLETE if lacking else COMPLETE


def write_report(paths: Sequence[Path], *, png: bool = False) -> Path:
    """The page made of these journals, in the folder of the last one. Raises JournalError."""
    journals = [journal.load(path) for path in paths]  # what is none is told before the import of all that draws
    with bodies.begun([one.header for one in journals]) as codes:
        from study import report

        page: Path = report.write(journals, paths[-1].parent / "report", png=png, codes=codes)
    return page


def summary(campaign: Campaign, seconds: float) -> str:
    """How it went: what was measured, what a budget left out, whether the machine was noisy, and the journals' paths."""
    every = [journal.load(path) for path in campaign.paths]
    failed = sorted({row.cell for row in campaign.rows if row.status != "measured"})
    share = campaign.inside_s / seconds if seconds else 1.0
    failures = (
        f"; {len(failed)} cells failed: {', '.join(failed[:4])}{' …' if len(failed) > 4 else ''}" if failed else ""
    )
    lines = [f"measured {len(campaign.rows)} interpreters in {seconds:.0f} s, {share:.0%} of it inside them{failures}"]
    for side, kept in zip(campaign.sides, every, strict=True):
        if kept.header.budget:
            lines.append(f"left out{f' on {side.tag}' if len(every) > 1 else ''}: {budget.left_out_of(kept)}")
    lines += [*dict.fromkeys(noise.assess(kept).banner for kept in every), *map(str, campaign.paths)]
    return "\n".join(line for line in lines if line)


class Bar:
    """One line on stderr that says where the campaign is; drawn between children only, and only on a terminal."""

    def __init__(self) -> None:
        self._live = sys.stderr.isatty()

    def __enter__(self) -> "Bar":
        return self

    def __exit__(self, *error: object) -> None:
        self.clear()

    def show(self, progress: Progress) -> None:
        """Draw where the campaign is."""
        left = f"{progress.seconds_left:.0f} s left" if progress.done else ""
        done = f"{progress.done}/{progress.total}" if progress.total else str(progress.done)
        self.write(f"{progress.phase}  {done}  {left}  {progress.cell}")

    def write(self, text: str) -> None:
        """Draw the line again."""
        if self._live:
            sys.stderr.write(f"\r\x1b[K{text[:118]}")
            sys.stderr.flush()

    def clear(self) -> None:
        """Remove the line."""
        if self._live:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()

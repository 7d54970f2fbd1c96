"""What does a journal keep of one child, and how long had the campaign lasted when it was written?"""

from collections.abc import Sequence

from study.journal import Block, Planned, Row, Values
from study.launch import Ended


def row_of(cell: Planned, block: int, position: int, ended: Ended, started_s: float, *, traced: bool) -> Row:
    """What the journal keeps of one child."""
    answer, usage = ended.answer, ended.usage
    return Row(
        cell=cell.cell,
        block=block,
        position=position,
        status=ended.status,
        reason=ended.reason,
        started=round(started_s, 6),
        seconds=round(ended.seconds, 6),
        cpu_s=round(usage.cpu_s, 6),
        voluntary_switches=usage.voluntary_switches,
        involuntary_switches=usage.involuntary_switches,
        peak_rss_bytes=usage.peak_rss_bytes,
        operations=answer.get("operations"),
        laps=[Values(**lap) for lap in answer.get("laps", [])] if ended.status == "measured" else [],
        trace=answer.get("trace", "") if traced else "",
        printed=answer.get("printed", []),
    )


def spent_s(rows: Sequence[Row], blocks: Sequence[Block]) -> float:
    """Seconds between the start of a campaign and the last thing that its journals tell of."""
    ends = [row.started + row.seconds for row in rows] + [block.started + block.seconds for block in blocks]
    return max(ends, default=0.0)

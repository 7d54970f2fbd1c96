"""What have others published, and does it hold here? Their figures as data, each judged by the intervals of a run."""

from collections.abc import Sequence

from study.journal import Header
from study.published import messages, pools, scaling, starts
from study.published.claim import Claim, Figure, Finding, Missing, Outcome, Place, Run, at, judge
from study.tables import Results

__all__ = ["CLAIMS", "Claim", "Figure", "Finding", "Missing", "Outcome", "Place", "Run", "at", "judge", "judged"]

CLAIMS: Sequence[Claim] = tuple(
    sorted(
        (*messages.CLAIMS, *starts.CLAIMS, *pools.CLAIMS, *scaling.CLAIMS),
        key=lambda claim: claim.number,
    )
)


def judged(found: Results, header: Header) -> tuple[Outcome, ...]:
    """What one run says of each claim, in the order of their numbers."""
    run = Run(found, header)
    return tuple(judge(claim, run) for claim in CLAIMS)

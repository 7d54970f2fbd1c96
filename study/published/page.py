"""How are published claims shown beside our figures: as a table of the page, briefly for a pull request, and as data?"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from study.journal import Header
from study.published import judged
from study.published.claim import Finding, Outcome
from study.sheets import Entry, Row, Sheet
from study.tables import NAN, Results

LOOKS = {Finding.REPRODUCED: "good", Finding.REFUTED: "bad", Finding.NOT_APPLICABLE: "absent"}
CAPTION = (
    "What others have published, and what the blocks of this run say of it. Judged by the 95 % interval: reproduced when all "
    "of it lies within the bounds of the claim, refuted when all of it lies outside, inconclusive otherwise."
)
NUMBERS = ("value", "low", "high", "bound_low", "bound_high")
WORDS = ("run", "number", "claim", "sentence", "theirs", "conditions")
TEXTS = ("unit", "blocks", "finding", "words", "source", "link", "cell")


@dataclass(frozen=True, slots=True)
class Published:
    """What one run says of all claims."""

    run: str
    outcomes: tuple[Outcome, ...]

    @property
    def is_told(self) -> bool:
        """Whether the run says anything of any of them."""
        return any(outcome.figure for outcome in self.outcomes)

    @property
    def words(self) -> str:
        """How many of them hold."""
        counts = Counter(outcome.finding for outcome in self.outcomes)
        told = ", ".join(f"{counts[finding]} {finding.value}" for finding in Finding if counts[finding])
        return (
            f"{len({outcome.claim.number for outcome in self.outcomes})} published claims in {len(self.outcomes)} parts: {told}. "
            "Theirs are other machines and other versions: what is compared is an order, a ratio or a magnitude."
        )

    @property
    def sheet(self) -> Sheet:
        """All of them, for the page."""
        columns = ("claim", "their figures", "finding", "here", "source")
        return Sheet("published", CAPTION, columns, tuple(map(_row, self.outcomes)))

    @property
    def briefly(self) -> Sheet:
        """Those that the run says something of, for a pull request."""
        told = [outcome for outcome in self.outcomes if outcome.figure]
        rows = tuple(
            Row("", (Entry(o.claim.sentence), Entry(o.claim.theirs), Entry(o.ours), Entry(o.finding.value)))
            for o in told
        )
        return Sheet("published", CAPTION, ("claim", "their figures", "here", "finding"), rows)


def published(found: Results, header: Header) -> Published:
    """What the run of these results says of what others have published."""
    return Published(header.run, judged(found, header))


def table(every: Sequence[Published]) -> pd.DataFrame:
    """One line for each run and claim: value, low and high are ours, in its unit; bound_low to bound_high reproduce it."""
    lines = [_line(each.run, outcome) for each in every for outcome in each.outcomes]
    made = pd.DataFrame(lines, columns=[*WORDS, *NUMBERS, *TEXTS])
    return made.astype({**dict.fromkeys(NUMBERS, float), "blocks": "Int64"})


def _line(run: str, outcome: Outcome) -> tuple[object, ...]:
    claim, figure = outcome.claim, outcome.figure
    ours = (figure.value, figure.low, figure.high) if figure else (None, None, None)
    numbers = [NAN if end is None else end for end in (*ours, claim.low, claim.high)]
    words = (run, claim.number, claim.slug, claim.sentence, claim.theirs, claim.conditions)
    blocks, cell = (figure.blocks, figure.cell) if figure else (None, "")
    texts = (claim.unit.strip(), blocks, outcome.finding.value, outcome.sentence, claim.source, claim.link, cell)
    return (*words, *numbers, *texts)


def _row(outcome: Outcome) -> Row:
    claim = outcome.claim
    theirs = f"{claim.theirs} ({claim.conditions})" if claim.conditions else claim.theirs
    cell = outcome.figure.cell if outcome.figure else ""
    look = LOOKS.get(outcome.finding, "")
    here = Entry(outcome.sentence, cell=cell, kind="" if outcome.figure else "words")
    source = Entry(claim.source, href=claim.link)
    return Row("", (Entry(claim.sentence), Entry(theirs), Entry(outcome.finding.value, kind=look), here, source))

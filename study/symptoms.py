"""Where does a reader find what she sees: it hangs, the program dies, data is lost, it raises, something is left behind?"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from study.attempt import Outcome
from study.notation import plain
from study.semantics import Cell, Line, Matrix, named

SYMPTOMS = {
    "It hangs": (Outcome.HANGS,),
    "The program dies": (Outcome.DIES,),
    "Data is lost or wrong": (Outcome.LOSES, Outcome.WRONG),
    "Something is left behind": (Outcome.ORPHANS, Outcome.LEAKS),
    "It raises": (Outcome.RAISES,),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One way to a symptom: what leads to it, where, and what other backends do instead."""

    line: Line
    anchor: str  #: of the account of those that show it
    doing: str  #: the call that shows it: "map"; "" where several do
    where: str  #: "multiprocessing (all start methods), threading.Thread"
    instead: str  #: "ProcessPoolExecutor: BrokenProcessPool"; "" where all are alike


@dataclass(frozen=True, slots=True)
class Symptom:
    """What a reader sees, and all that leads to it."""

    title: str
    findings: tuple[Finding, ...]  #: by the exception that is raised, else in the order of the matrix
    heads: tuple[
        tuple[str, tuple[Finding, ...]], ...
    ]  #: the same under the name of the exception; one nameless head otherwise


def symptoms(found: Matrix) -> tuple[Symptom, ...]:
    """Those that were seen, the one that leaves most at a loss first."""
    every = (_symptom(title, kinds, found.lines) for title, kinds in SYMPTOMS.items())
    return tuple(symptom for symptom in every if symptom.findings)


def _symptom(title: str, kinds: Sequence[Outcome], lines: Iterable[Line]) -> Symptom:
    wanted = {kind.value for kind in kinds}
    heads: dict[str, list[Finding]] = {}
    for line in lines:
        for word in dict.fromkeys(cell.seen.word for cell in line.cells if cell.seen.kind in wanted):
            if line.is_failure or Outcome.RAISES not in kinds:
                heads.setdefault(word if Outcome.RAISES in kinds else "", []).append(_finding(line, wanted, word))
    told = tuple((head, _once(findings)) for head, findings in sorted(heads.items()))
    return Symptom(title, tuple(finding for _, findings in told for finding in findings), told)


def _once(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Each hazard once under each head."""
    return tuple({finding.line.hazard: finding for finding in findings}.values())


def _finding(line: Line, wanted: set[str], word: str) -> Finding:
    raising = Outcome.RAISES.value in wanted
    showing = [cell for cell in line.cells if cell.seen.kind in wanted and (not raising or cell.seen.word == word)]
    others = [cell for cell in line.cells if cell.seen.kind and cell.seen.kind not in wanted]
    words: dict[str, list[Cell]] = {}
    for cell in others:
        words.setdefault(cell.seen.word, []).append(cell)
    instead = "; ".join(f"{named(cells)}: {other}" for other, cells in words.items())
    doing = {plain(cell.seen.shown.doing, 60) for cell in showing if cell.seen.shown}
    at = doing.pop() if len(doing) == 1 and not raising else ""
    return Finding(line, line.account_of(showing[0]), at, named(showing), "" if raising else instead)

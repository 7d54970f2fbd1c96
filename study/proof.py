"""What the self-check found, for a terminal and as one document."""

import json
from collections.abc import Sequence
from dataclasses import asdict

from study.selfcheck import TOLERANCE, Parity
from study.summary import Verdict
from study.trials import Trials, amiss


def as_text(parities: Sequence[Parity], same: Sequence[Trials], late: Sequence[Trials]) -> str:
    """Up to three tables, and a sentence for each thing that is amiss."""
    parts = [_parity(parities)] if parities else []
    if same:
        parts += [_trials("the same cell twice", same), _trials("a library that is late", late)]
        parts += ["\n".join(amiss(same, late)) or "Nothing was called different that is not, and what is was found."]
    return "\n\n".join(parts)


def as_json(parities: Sequence[Parity], same: Sequence[Trials], late: Sequence[Trials]) -> str:
    """The same numbers as one document."""
    document = {
        "parity": [asdict(parity) | {"holds": parity.holds} for parity in parities],
        "alike": [asdict(trials) for trials in same],
        "delayed": [asdict(trials) for trials in late],
        "amiss": amiss(same, late) if same else [],
    }
    return json.dumps(document, indent=1, sort_keys=True)


def _parity(found: Sequence[Parity]) -> str:
    lines = [f"{'quantity':46}{'plain script':>14}{'study':>14}{'study / plain':>15}   95 % interval"]
    for parity in found:
        low, high = parity.ratio.low, parity.ratio.high
        known = low is not None and high is not None
        interval = f"{low:.3f} to {high:.3f}" if known else f"{parity.ratio.n} blocks, no interval"
        times = f"{parity.plain_ns / 1e6:>11.3f} ms{parity.study_ns / 1e6:>11.3f} ms"
        lines.append(f"{parity.name:46}{times}{parity.ratio.value:>15.3f}   {interval}{_remark(parity)}")
    return "\n".join(lines)


def _remark(parity: Parity) -> str:
    if parity.holds:
        return ""
    room = ", but the interval leaves room for less" if parity.may_hold else ""
    return f"   more than {TOLERANCE:.0%} apart{room}"


def _trials(title: str, found: Sequence[Trials]) -> str:
    head = "".join(f"{word.value:>14}" for word in Verdict)
    lines = [f"{title:28}{'trials':>7}{head}{'ratio':>8}   in quiet trials             means 5 % apart, A before B"]
    for one in found:
        words = "".join(f"{one.verdicts[word.value]:>14}" for word in Verdict)
        quiet = one.quiet_verdicts[Verdict.FASTER.value] + one.quiet_verdicts[Verdict.SLOWER.value]
        told = f"{quiet} of {one.quiet} called different"
        lines.append(f"{one.name:28}{one.trials:>7}{words}{one.ratio:>8.3f}   {told:28}{one.naive} of {one.trials}")
    return "\n".join(lines)

"""How are two runs told beside each other: for a terminal, and as one document?"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict

from study import build, installed
from study.compare import Comparison, Figure, parts_of
from study.journal import Header
from study.notation import duration, interval, plain, times
from study.summary import Verdict

MOST_LINES = 20  # of one list, unless all are asked for


def as_text(found: Comparison, *, everything: bool = False) -> str:
    """Facts, orderings, figures, and what only one of them has."""
    most = None if everything else MOST_LINES
    parts = [
        [f"A  {_run(found.first)}", f"B  {_run(found.second)}"],
        _facts(found),
        [_ground(found)],
        _closer(found),
        _swaps(found, most),
        *(_figures(found, word, most) for word in (Verdict.SLOWER, Verdict.FASTER)),
        _speedups(found, most),
        [_rest(found)],
        _alone("A", found.only_first),
        _alone("B", found.only_second),
    ]
    return "\n\n".join("\n".join(part) for part in parts if part)


def as_json(found: Sequence[Comparison]) -> str:
    """The same numbers; each comparison is one entry."""
    documents = [
        {
            "first": one.first.run,
            "second": one.second.run,
            "same_machine": one.same_machine,
            "same_blocks": one.paired,
            "floor": one.floor,
            "facts": [asdict(fact) for fact in one.facts],
            "swaps": [asdict(swap) for swap in one.swaps],
            "figures": [asdict(figure) | {"verdict": figure.verdict.value} for figure in one.figures],
            "speedups": [asdict(speedup) for speedup in one.speedups],
            "only_first": one.only_first,
            "only_second": one.only_second,
        }
        for one in found
    ]
    return json.dumps(documents, indent=1, sort_keys=True)


def remarks(found: Comparison) -> list[str]:
    """The sentences that go with the lists: on what ground is compared, and what the lists leave out."""
    unmoved = [] if found.swaps else _swaps(found, None)
    alone = _alone("the first run", found.only_first) + _alone("this run", found.only_second)
    return [_ground(found), *_closer(found), *unmoved, _rest(found), *alone]


def fails(found: Comparison, on: str | None) -> bool:
    """Whether there is what the reader asked to fail on: "slower", "changed" (any verdict or order), or None for nothing."""
    slower = bool(found.called(Verdict.SLOWER))
    changed = slower or bool(found.called(Verdict.FASTER)) or bool(found.swaps)
    return {"slower": slower, "changed": changed}.get(on or "", False)


def _run(header: Header) -> str:
    python, profile = build.words(header.interpreter), plain(header.profile, 40)
    return f"{plain(header.machine, 80)}, Python {python}, {profile} profile, {plain(header.started, 40)}"


def _facts(found: Comparison) -> list[str]:
    if not found.facts:
        return ["No fact differs."]
    lines = [f"  {plain(fact.fact, 60):24}  A: {value(fact.first)}   B: {value(fact.second)}" for fact in found.facts]
    return ["Facts that differ:", *lines]


def value(told: object) -> str:
    """A fact as it is shown."""
    return "not told" if told is None else plain(told, 60)


def _ground(found: Comparison) -> str:
    if found.paired:
        return "One campaign: the same blocks, so pairs are compared."
    if found.same_machine:
        return f"One machine, two sessions: differences under {found.floor - 1:.0%} between sessions are taken to be noise."
    return (
        "Two machines: no second is compared with a second. Each figure is divided by the same run's plain loop, or by its "
        f"threads, and these ratios are compared; differences under {found.floor - 1:.0%} are taken to be noise."
    )


def _closer(found: Comparison) -> list[str]:
    if not found.closer:
        return []
    python = plain(found.second.interpreter.get("version", ""), 40)
    return [
        f"Beside the first run lies {plain(found.closer, 120)}, measured as this one on Python {python.rpartition('.')[0]}."
    ]


def _swaps(found: Comparison, most: int | None) -> list[str]:
    if not found.swaps:
        return ["No two backends have changed places."]
    lines = [
        f"  {plain(swap.scenario, 60)} {plain(swap.factors, 80)}, {plain(swap.lap, 40)}: "
        f"{installed.label(swap.was_faster)} was faster in A, {installed.label(swap.is_faster)} is in B"
        for swap in found.swaps
    ]
    return ["Changed places:", *cut(lines, most)]


def _speedups(found: Comparison, most: int | None) -> list[str]:
    """Each scaling cell on both, over one loop: that of the build on which the loop itself is fastest."""
    if not found.speedups:
        return []
    names = {found.first.run: "A", found.second.run: "B"}
    told: dict[tuple[str, str, str], dict[str, str]] = {}
    for one in found.speedups:
        written = interval(one.ratio.value, one.ratio.low, one.ratio.high)
        told.setdefault((one.cell, one.lap, one.serial_run), {})[names[one.run]] = written
    lines = [
        f"  {f'{plain(cell, 90)}, {plain(lap, 40)}':70}  "
        f"{'  '.join(f'{name}: x{by[name]}' for name in 'AB' if name in by)}  over the loop in {names[serial]}"
        for (cell, lap, serial), by in told.items()
    ]
    return ["Times as fast as the best serial loop of both:", *cut(lines, most)]


def _figures(found: Comparison, word: Verdict, most: int | None) -> list[str]:
    called = found.called(word)
    if not called:
        return []
    return [f"B is {word.value} ({len(called)}):", *cut([_line(figure) for figure in called], most)]


def _line(figure: Figure) -> str:
    against = f" of {figure.baseline}" if figure.baseline else ""
    name = f"{plain(figure.cell, 90)}, {plain(figure.lap, 40)}"
    first, second, ratio = written(figure)
    return f"  {name:70}  {first} -> {second}{against}  x{ratio}"


def written(figure: Figure) -> tuple[str, str, str]:
    """The first run's figure, the second's, and their ratio with its interval."""
    write, found = _relative if figure.baseline else duration, figure.ratio
    return write(figure.first), write(figure.second), interval(found.value, found.low, found.high)


def _relative(value: float) -> str:
    return times(value) if value >= 1 else f"{value:.2f}x"


def _rest(found: Comparison) -> str:
    alike, open_ = len(found.called(Verdict.EQUIVALENT)), len(found.called(Verdict.INCONCLUSIVE))
    within = "what their blocks differ by" if found.paired else "what two sessions differ by"
    return (
        f"Of {len(found.figures)} figures that both have, {alike} are equal and of {open_} nothing may be said: too few blocks, "
        f"or the difference is within {within}."
    )


def _alone(name: str, cells: Sequence[str]) -> list[str]:
    if not cells:
        return []
    scenarios = list(dict.fromkeys(parts_of(cell)[0] for cell in cells))
    return [f"Only {name} has {len(cells)} cells, of {', '.join(plain(scenario, 60) for scenario in scenarios)}."]


def cut(lines: Sequence[str], most: int | None) -> Iterator[str]:
    """The first lines, and how many more there are."""
    yield from lines[:most]
    if most is not None and len(lines) > most:
        yield f"  … and {len(lines) - most} more; --all shows them"

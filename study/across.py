"""What does another interpreter give? The journals of one campaign beside each other, in pairs of the same blocks."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from study import build, installed, paired
from study.journal import Journal
from study.notation import duration, interval, plain
from study.paired import Blocks, Pair, Place
from study.sheets import Entry, Row, Sheet
from study.summary import summarise

NOTHING = Entry("—", kind="number")
TIMES = (
    "The headline cells on each interpreter of the campaign: the median over its blocks with the exact 95 % interval. They were "
    "measured in the same blocks, so each is compared with the first one in pairs: how many times as long it takes, with the "
    "99 % interval of the ratio (Holm over each column of verdicts)."
)
SPEEDUPS = (
    "How many times as fast as the serial loop each cell is, where the loop is that of the interpreter on which it was fastest: "
    "a build whose loop is slow gains nothing by it. Block by block, with the 95 % interval."
)


def sheets(journals: Sequence[Journal]) -> list[tuple[int, Sheet]]:
    """For each campaign of which there are several journals: times beside each other, and speed-ups over the best loop.

    Each with the place of the campaign's first journal, in which its cells are found.
    """
    found = []
    for group in campaigns(journals):
        every = [paired.blocks_of(one) for one in group]
        found += [(journals.index(group[0]), sheet) for sheet in (times(group, every), speedups(group, every))]
    return [(place, sheet) for place, sheet in found if sheet.rows]


def campaigns(journals: Iterable[Journal]) -> list[list[Journal]]:
    """The journals that were measured in the same blocks, those of each campaign that has two or more of them."""
    groups: list[list[Journal]] = []
    for one in journals:
        beside = next((group for group in groups if paired.together([group[0].header, one.header])), None)
        if beside:
            beside.append(one)
        else:
            groups.append([one])
    return [group for group in groups if len(group) > 1]


def names(group: Sequence[Journal]) -> list[str]:
    """What a reader calls each: its build, with a number where another is of the same."""
    seen: Counter[str] = Counter()
    found = []
    for one in group:
        words = build.words(one.header.interpreter)
        seen[words] += 1
        found.append(words if seen[words] == 1 else f"{words} ({seen[words]})")
    return found


def times(group: Sequence[Journal], every: Sequence[Blocks]) -> Sheet:
    """Each headline cell on each interpreter, and what may be said of it against the first."""
    places = _headlines(group)
    judged = [_judged(every[0], blocks, places) for blocks in every[1:]]
    first, *others = names(group)
    rows = []
    for place in places:
        entries = [_head(place, group[0]), _time(every[0], place)]
        for blocks, pairs in zip(every[1:], judged, strict=True):
            entries += [_time(blocks, place), _verdict(pairs.get(place))]
        rows.append(Row("", tuple(entries)))
    columns = ["cell", first]
    for other in others:
        columns += [other, f"{other} against {first}"]
    return Sheet("across", TIMES, tuple(columns), tuple(rows))


def speedups(group: Sequence[Journal], every: Sequence[Blocks]) -> Sheet:
    """Each scaling cell on each interpreter, over the best serial loop of them all."""
    called = dict(zip([one.header.run for one in group], names(group), strict=True))
    lines: dict[Place, dict[str, Entry]] = {}
    loops: dict[Place, str] = {}
    for one in paired.speedups(group, every):
        written = interval(one.ratio.value, one.ratio.low, one.ratio.high)
        place = (one.cell, one.lap)
        lines.setdefault(place, {})[one.run] = Entry(written, one.ratio.value, kind="number")
        loops[place] = called[one.serial_run]
    rows = [
        Row("", (_head(place, group[0]), *(by_run.get(run, NOTHING) for run in called), Entry(loops[place])))
        for place, by_run in lines.items()
    ]
    return Sheet("across-scaling", SPEEDUPS, ("cell", *called.values(), "over the loop of"), tuple(rows))


def _headlines(group: Sequence[Journal]) -> list[Place]:
    """The headline laps of the headline cells, those of the first interpreter first."""
    cells = {cell.cell: cell.scenario for one in group for cell in one.header.plan if cell.headline}
    return [(cell, lap) for cell, scenario in cells.items() if (lap := installed.headline(scenario))]


def _judged(first: Blocks, other: Blocks, places: Iterable[Place]) -> Mapping[Place, Pair]:
    wanted = [{place: side[place] for place in places if place in side} for side in (first, other)]
    return {pair.place: pair for pair in paired.pairs(*wanted)}


def _head(place: Place, first: Journal) -> Entry:
    cell, lap = place
    known = any(planned.cell == cell for planned in first.header.plan)
    return Entry(f"{plain(cell, 90)}, {plain(lap, 40)}", cell=cell if known else "")


def _time(blocks: Blocks, place: Place) -> Entry:
    if place not in blocks:
        return NOTHING
    found = summarise(list(blocks[place].values()))
    written = duration(found.value)
    if found.low is not None and found.high is not None:
        written += f" ({duration(found.low)}–{duration(found.high)})"
    return Entry(written, found.value, kind="number")


def _verdict(pair: Pair | None) -> Entry:
    if pair is None:
        return NOTHING
    ratio = interval(pair.ratio.value, pair.ratio.low, pair.ratio.high)
    return Entry(f"{pair.verdict.value}, x{ratio}", pair.ratio.value, kind="number")

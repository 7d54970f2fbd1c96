"""What is the short answer? Each sentence is made of the results; where they do not tell, it says that they do not.

Two numbers are set against each other only when the verdict over the paired blocks is that they differ.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from study import grains, installed, tables
from study.frame import factor, numeric, records
from study.notation import duration, number, plain, size, times
from study.summary import CELL_LEVEL, VERDICT_LEVEL, Judgement, Verdict, least_blocks, verdicts
from study.tables import Line, Results

NOTHING = "Nothing has been measured: no block of any cell is complete."
START_FORM = {"worker": "one worker", "pool": "a pool of one"}


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of the answer, and where a reader sees what it is made of."""

    topic: str
    text: str
    scenario: str = ""  #: whose section it is about; "" for the scenarios of the document
    chart: str = ""  #: that draws its numbers


def answer(found: Results) -> list[str]:
    """The sentences for the head of the page, in the order in which a reader asks."""
    return [sentence.text for sentence in told(found)]


@tables.once
def told(found: Results) -> tuple[Sentence, ...]:
    """The same with their topics and charts."""
    return tuple(sentence for sentence in _every(found) if sentence.text)


def about(found: Results, scenario: str) -> list[str]:
    """The sentences of one headline cost."""
    return [sentence.text for sentence in told(found) if sentence.scenario == scenario]


def _every(found: Results) -> Iterator[Sentence]:
    yield Sentence("Does it work?", works(found))
    for text in cold_starts(found):
        yield Sentence("How soon?", text, "startup", "startup")
    yield Sentence("Keep a pool?", running_pool(found), "startup", "startup")
    yield Sentence("Messages", messages(found), "throughput", "channels")
    yield Sentence("Answers", latency(found), "latency", "latency")
    for text in grains.sentences(found):
        yield Sentence("When does it pay?", text, grains.SCENARIO, "payoff")
    for text in speedups(found):
        yield Sentence("How far?", text, "scaling", "scaling")
    yield Sentence("Larger chunks?", chunks(found), "scaling", "scaling")


def progress(found: Results) -> str:
    """How much of the campaign the results hold; "" when it is all of it."""
    done, planned = int((found.cells["measured"] + found.cells["failed"]).sum()), int(found.cells["planned"].sum())
    if done >= planned:
        return ""
    return f"The campaign is not complete: {done:,} of {planned:,} rows so far. What follows may change."


def works(found: Results) -> str:
    """How many document scenarios run on how many backends."""
    table = tables.matrix(found)
    table = table.loc[~table["scenario"].isin(installed.costs())]
    counts = table["answer"].value_counts()
    good, absent, waiting = (int(counts.get(key, 0)) for key in ("works", "not offered", "not measured yet"))
    if table.empty or not good + (len(table) - absent - waiting):
        return ""
    rest = len(table) - good - absent - waiting
    failed = f"{rest} failed in some block" if rest else "none failed"
    later = f", {waiting} not measured yet" if waiting else ""
    return f"Of {len(table)} pairs of a scenario and a backend, {good} work, {failed}, and {absent} are not offered{later}."


def cold_starts(found: Results) -> list[str]:
    """Fastest and slowest first start, of a worker and of a pool, at the least width."""
    return [_cold_start(found, _start_lines(found, form, "cold ready"), what) for form, what in START_FORM.items()]


def running_pool(found: Results) -> str:
    """What keeping a pool saves where starting one costs most."""
    cold, running = (_start_lines(found, "pool", lap) for lap in ("cold ready", "running pool ready"))
    both = cold.merge(running, on=["run", "cell"], suffixes=("", "_running"))
    if both.empty:
        return ""
    line = records(both.sort_values("seconds", kind="stable"))[-1]
    judged = _judged(found, line | {"lap": "running pool ready"}, line | {"lap": "cold ready"})
    if judged is None or judged.verdict is not Verdict.SLOWER:
        return _unknown("whether to keep a pool running", judged)
    return (
        f"A pool of {installed.label(line['backend'])} that already runs begins a task within {duration(line['seconds_running'])}; "
        f"a new one takes {times(judged.ratio.value)} as long."
    )


def messages(found: Results) -> str:
    """The best and the worst way to send the smallest message."""
    table = tables.throughput(found)
    payload = numeric(factor(table, "payload"))
    smallest = float(payload.loc[table["headline"]].min() if table["headline"].any() else payload.min())
    table = _choices(table.loc[(payload == smallest) & (table["seconds"] > 0)])
    if table["headline"].any():  # those that the campaign has blocks enough of
        table = table.loc[table["headline"]]
    if len(table) < 2:
        return ""
    best, worst = _extremes(table)
    what = f"messages of {size(smallest)}"
    judged = _judged(found, best, worst)
    if judged is None or judged.verdict is not Verdict.SLOWER:
        return _unknown(f"which channel carries most {what}", judged)
    return (
        f"{_channel(best)} carries {number(best['messages_per_s'])} {what} a second, "
        f"{_channel(worst)} {number(worst['messages_per_s'])}: each takes {times(judged.ratio.value)} as long."
    )


def latency(found: Results) -> str:
    """The shortest and the longest usual wait for an answer."""
    table = tables.latency(found)
    table = table.loc[(table["lap"] == "p50") & (table["seconds"] > 0)]
    if len(table) < 2:
        return ""
    best, worst = _extremes(table)
    judged = _judged(found, best, worst)
    if judged is None or judged.verdict is not Verdict.SLOWER:
        return _unknown("which backend answers soonest", judged)
    return (
        f"A question is usually answered after {duration(best['seconds'])} by {installed.label(best['backend'])} "
        f"and after {duration(worst['seconds'])} by {installed.label(worst['backend'])}, {times(judged.ratio.value)} as long."
    )


def speedups(found: Results) -> list[str]:
    """The most and the least that a pool gains on pure Python with a worker for each usable CPU."""
    table = _pure_python(found)
    table = table.loc[table["speedup"].notna()].sort_values("speedup", kind="stable")
    ends = records(table)[-1:] + records(table)[:1] if len(table) > 1 else records(table)
    return [_speedup(line) for line in ends]


def chunks(found: Results) -> str:
    """For how many pools tuned chunks pay, on pure Python with a worker for each usable CPU."""
    table = _pure_python(found)
    table = table.loc[table["tuned_verdict"] != ""]
    if table.empty:
        return ""
    faster = table.loc[table["tuned_verdict"] == Verdict.FASTER.value]
    if faster.empty:
        return _no_verdict("whether larger chunks pay", table)
    most = records(faster.sort_values("tuned_ratio", kind="stable"))[0]
    return (
        f"Larger chunks than the default ones make {len(faster)} of {len(table)} pools faster, "
        f"most of all {installed.label(most['backend'])}: {times(1 / most['tuned_ratio'])}."
    )


@tables.once
def _pure_python(found: Results) -> pd.DataFrame:
    """The pools' lines of the workload in pure Python, with a worker for each usable CPU."""
    table = tables.on_most_cpus(tables.scaling(found))
    at_cpus = numeric(factor(table, "width")) == table["cpus"].astype(float)
    pure = factor(table, "workload").astype(str) == "cpu"
    return _choices(table.loc[at_cpus & pure & ~table["backend"].isin(installed.baselines())])


def _choices(table: pd.DataFrame) -> pd.DataFrame:
    """The lines of what a reader can choose: a floor is a yardstick."""
    return table.loc[~table["backend"].isin(installed.floors())]


def _start_lines(found: Results, form: str, lap: str) -> pd.DataFrame:
    """The start-up lines of one form and lap at the least width."""
    table = tables.startup(found)
    table = table.loc[(factor(table, "form").astype(str) == form) & (table["lap"] == lap) & (table["seconds"] > 0)]
    widths = numeric(factor(table, "width"))
    return _choices(table.loc[widths == widths.min()])


def _cold_start(found: Results, table: pd.DataFrame, what: str) -> str:
    if len(table) < 2:
        return ""
    best, worst = _extremes(table)
    judged = _judged(found, best, worst)
    if judged is None or judged.verdict is not Verdict.SLOWER:
        return _unknown(f"which backend starts {what} soonest", judged)
    return (
        f"From a standing start, {what} is at work after {duration(best['seconds'])} with {installed.label(best['backend'])} "
        f"and after {duration(worst['seconds'])} with {installed.label(worst['backend'])}, {times(judged.ratio.value)} as long."
    )


def _extremes(table: pd.DataFrame) -> tuple[Line, Line]:
    """The lines with the least and the most seconds."""
    lines = records(table.sort_values("seconds", kind="stable"))
    return lines[0], lines[-1]


def _judged(found: Results, best: Line, worst: Line) -> Judgement | None:
    """What the blocks that measured both say of the worst against the best; None when there is no such block."""
    a, b = found.paired(best["run"], (best["cell"], best["lap"]), (worst["cell"], worst["lap"]))
    return verdicts([(a, b)])[0] if len(a) else None


def _unknown(what: str, judged: Judgement | None) -> str:
    """The sentence for want of evidence, and how much more of it there would have to be."""
    blocks = judged.ratio.n if judged else 0
    if judged is None or blocks < least_blocks():
        return _too_few(what, blocks, VERDICT_LEVEL)
    if judged.verdict is Verdict.EQUIVALENT:
        return f"The blocks say that it makes no difference {what}."
    more = f"; about {judged.further_blocks} more would tell" if judged.further_blocks else ""
    return f"Not enough evidence to say {what}: after {_count(blocks)} the differences are within the noise{more}."


def _no_verdict(what: str, table: pd.DataFrame) -> str:
    """The same for a table of verdicts."""
    blocks = int(table["blocks"].max())
    if blocks < least_blocks():
        return _too_few(what, blocks, VERDICT_LEVEL)
    return f"Not enough evidence to say {what}: after {_count(blocks)} the differences are within the noise."


def _too_few(what: str, blocks: int, level: float) -> str:
    return (
        f"Not enough evidence to say {what}: {_count(blocks)} measured it, and a verdict needs {least_blocks(level)}."
    )


def _count(blocks: int) -> str:
    return "1 block" if blocks == 1 else f"{blocks} blocks"


def _channel(line: Line) -> str:
    return f"{installed.label(str(line['backend']))} through {plain(line.get('channel', 'its channel'), 40)}"


def _speedup(line: Line) -> str:
    value, low, high = line["speedup"], line["speedup_low"], line["speedup_high"]
    who = f"{installed.label(line['backend'])} with {plain(line['lap'], 40)}"
    where = f"pure Python with {line['cpus']} workers"
    if low != low:
        return _too_few(f"how fast {who} makes {where}", line["pairs"], CELL_LEVEL)
    interval = f"({number(low)}–{number(high)})"
    if low <= 1 <= high:
        return f"Whether {who} makes {where} faster than a serial loop cannot be told: {number(value)} {interval} times as fast."
    if value < 1:
        return f"{who} makes {where} slower than a serial loop: {number(value)} {interval} times as fast."
    return f"{who} makes {where} {times(value)} {interval} as fast as a serial loop."

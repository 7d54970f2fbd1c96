"""How long does a start take, and which part of it is spent where? A row for each backend, a panel for each form."""

from collections.abc import Mapping, Sequence

import pandas as pd

from study import installed, tables
from study.charts import finding, marks, rows
from study.charts.chart import MOST_PANELS, MOST_ROWS, Chart
from study.frame import records
from study.notation import plain
from study.palette import looks
from study.tables import Line, Results, once

FORMS = {"worker": "One new worker", "pool": "A pool of one"}
Keys = Mapping[
    str, tuple[str, str, bool]
]  # lap -> what the legend calls it, its marker ("" for the backend's own), filled
STATES: Keys = {
    "cold ready": ("first start", "", True),
    "warm ready": ("further starts", "", False),
    "running pool ready": ("pool that already runs", "|", True),
}
STAGES: Keys = {
    "cold call": ("the call has returned", "|", True),
    "cold ready": ("the worker is at work", "", True),
    "cold round trip": ("all is joined again", ">", False),
}


def startup(found: Results) -> rows.Table:
    """Milliseconds (log) from the request to the first statement of the last worker."""
    return _forms(found, STATES, linked=False)


def stages(found: Results) -> rows.Table:
    """Milliseconds (log) from the request to the end of each stage of a first start."""
    return _forms(found, STAGES, linked=True)


def _forms(found: Results, keys: Keys, *, linked: bool) -> rows.Table:
    lines = records(_at_least_width(found))
    names = marks.backends(lines)[:MOST_ROWS]
    limits = marks.limits(line["seconds"] * 1e3 for line in lines if line["lap"] in keys)
    panels = []
    for form in marks.names_of(lines, "form")[:MOST_PANELS]:
        own = [line for line in lines if line["form"] == form]
        drawn, heading = _marks(own, names, keys), FORMS.get(form, plain(form, 40))
        words = rows.words(own, "backend", names, drawn)
        panels.append(rows.Rows(heading, rows.Scale("milliseconds", limits), drawn, words, linked))
    legend = [marks.state(text, marker or "o", filled=filled) for text, marker, filled in keys.values()]
    return rows.Table([installed.label(name) for name in names], panels, legend, above=0.08)


def _marks(lines: Sequence[Line], names: Sequence[str], keys: Keys) -> list[rows.Mark]:
    own = looks(names)
    return [
        rows.Mark(
            names.index(line["backend"]), rows.ends(line, scale=1e3), own[line["backend"]], *keys[line["lap"]][1:],
            backend=line["backend"], cell=line["cell"],
        )
        for line in lines
        if line["lap"] in keys and line["seconds"] > 0 and line["backend"] in own
    ]  # fmt: skip


@once
def _at_least_width(found: Results) -> pd.DataFrame:
    """Of each form the lines with the fewest workers."""
    table = tables.startup(found)
    table = table.assign(form=marks.words_of(table, "form"), w=marks.numbers_of(table, "width"))
    least = table.groupby("form")["w"].transform("min")
    return table.loc[(table["w"] == least) | table["w"].isna()]


def _found(found: Results) -> str:
    return finding.headline(found, "startup")


def _found_stages(found: Results) -> str:
    table = _at_least_width(found)
    table = table.loc[table["lap"] == "cold round trip"]
    return finding.together(
        finding.ends(found, table.loc[table["form"] == form], f"{heading}, from the request until it is joined again")
        for form, heading in FORMS.items()
        if (table["form"] == form).any()
    )


CHART = Chart(
    "startup",
    "How long until a new worker is at work, and how long with a pool that already runs?",
    "startup",
    startup,
    rows.figure,
    _found,
    "The worker's first statement stamps the clock, in a fresh interpreter whose main module imports nothing.",
    "A main module that imports much makes spawn and forkserver slower than this; memory already in use makes fork slower.",
)
STAGES_CHART = Chart(
    "stages",
    "Where does the time of a first start go?",
    "startup",
    stages,
    rows.figure,
    _found_stages,
    "Each mark is the time from the request to the end of a stage; on a log axis lengths cannot be added, so these are marks "
    "and no stacked bars. A call that returns before the worker is at work leaves the rest to happen meanwhile.",
    "When the object was constructed and when the first result came back: the clock is not stopped there.",
)

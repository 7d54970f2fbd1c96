"""How long does a start take, and which part of it is spent where? A row for each backend, a panel for each form."""

import functools
from collections.abc import Mapping, Sequence

import pandas as pd
from matplotlib.figure import Figure

from study import installed, tables
from study.charts import finding, marks, rows
from study.charts.chart import MOST_PANELS, MOST_ROWS, Chart
from study.frame import records
from study.notation import plain
from study.palette import looks
from study.panels import NARROW
from study.tables import Results

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


def startup(found: Results, title: str, width: float) -> Figure:
    """Milliseconds (log) from the request to the first statement of the last worker."""
    return _forms(found, title, width, STATES, linked=False)


def stages(found: Results, title: str, width: float) -> Figure:
    """Milliseconds (log) from the request to the end of each stage of a first start."""
    return _forms(found, title, width, STAGES, linked=True)


def _forms(found: Results, title: str, width: float, keys: Keys, *, linked: bool) -> Figure:
    table = _at_least_width(found)
    names = marks.backends(table)[:MOST_ROWS]
    scale = rows.Scale("milliseconds", marks.limits(table["seconds"][table["lap"].isin(list(keys))] * 1e3))
    panels = []
    for form in list(dict.fromkeys(table["form"]))[:MOST_PANELS]:
        drawn = _marks(table.loc[table["form"] == form], names, keys)
        words = {
            row: marks.cell_words(table.loc[(table["form"] == form) & (table["backend"].astype(str) == backend)])
            for row, backend in enumerate(names)
            if all(mark.row != row for mark in drawn)
        }
        panels.append(rows.Rows(FORMS.get(form, plain(form, 40)), scale, drawn, words, linked))
    legend = [(marks.state(marker or "o", filled=filled), text) for text, marker, filled in keys.values()]
    height = 0.32 if width < 2 * NARROW else 0.36
    labels = [installed.label(backend) for backend in names]
    return rows.figure(title, labels, panels, width=width, height=height, legend=legend)


def _marks(table: pd.DataFrame, names: Sequence[str], keys: Keys) -> list[rows.Mark]:
    own = looks(names)
    drawn = table.loc[table["lap"].isin(list(keys)) & (table["seconds"] > 0) & table["backend"].isin(names)]
    return [
        rows.Mark(
            names.index(str(line["backend"])),
            tuple(line[key] * 1e3 for key in ("seconds", "low", "high")),
            own[str(line["backend"])],
            *keys[line["lap"]][1:],
            backend=str(line["backend"]),
            cell=str(line["cell"]),
        )
        for line in records(drawn)
    ]


@functools.lru_cache(maxsize=8)
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
    return " ".join(
        finding.ends(found, table.loc[table["form"] == form], f"{heading}, from the request until it is joined again")
        for form, heading in FORMS.items()
        if (table["form"] == form).any()
    )


CHART = Chart(
    "startup",
    "How long until a new worker is at work, and how long with a pool that already runs?",
    "startup",
    startup,
    _found,
    "The worker's first statement stamps the clock, in a fresh interpreter whose main module imports nothing.",
    "A main module that imports much makes spawn and forkserver slower than this; memory already in use makes fork slower.",
)
STAGES_CHART = Chart(
    "stages",
    "Where does the time of a first start go?",
    "startup",
    stages,
    _found_stages,
    "Each mark is the time from the request to the end of a stage; on a log axis lengths cannot be added, so these are marks "
    "and no stacked bars. A call that returns before the worker is at work leaves the rest to happen meanwhile.",
    "When the object was constructed and when the first result came back: the clock is not stopped there.",
)

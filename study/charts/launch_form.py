"""What does it change how a program was launched? A row for each form, a mark for each start method."""

import pandas as pd

from study import launches
from study.charts import finding, marks, rows
from study.charts.chart import MOST_ROWS, Chart
from study.frame import factor, records
from study.notation import plain
from study.palette import looks
from study.tables import Results

NEVER = "no worker begins"


def launch_form(found: Results) -> rows.Table:
    """Milliseconds (log) from the program's start of a worker to its first statement; filled where main is run again."""
    lines = records(_told(found))
    backends = marks.backends(marks.measured(lines))[:MOST_ROWS]
    own, lane = looks(backends), dict(zip(backends, rows.lanes(len(backends)), strict=True))
    forms = marks.names_of(lines, "form")[:MOST_ROWS]
    drawn = [
        rows.Mark(
            forms.index(line["form"]), rows.ends(line, scale=1e3), own[line["backend"]],
            filled=line["again"] > 0, lane=lane[line["backend"]], backend=line["backend"], cell=line["cell"],
        )
        for line in lines
        if line["backend"] in own and line["form"] in forms and line["seconds"] > 0
    ]  # fmt: skip
    with_marks = {mark.row for mark in drawn}
    words = {row: "no number" for row in range(len(forms)) if row not in with_marks}
    scale = rows.Scale("milliseconds until the worker begins", marks.limits(mark.value for mark in drawn))
    states = [
        marks.state("main is run again", "o", filled=True),
        marks.state("main is not run again", "o", filled=False),
    ]
    names = {form: launches.NAMES.get(form, plain(form, 40)) for form in forms}
    panel = rows.Rows("Launched from …", scale, drawn, words)
    legend = [*marks.dots_legend(lines), *states]
    notes = marks.notes(lines, "form", names)
    return rows.Table(list(names.values()), [panel], legend, notes, height=0.5, left=1.6)


def _told(found: Results) -> pd.DataFrame:
    """The lines with form and again: how many times main was run again for a worker. A cell without worker says so."""
    table = marks.lines_of(found, launches.SCENARIO)
    table = table.loc[table["lap"].isin([launches.READY, ""])]
    counted = launches.counts(found)
    told = [
        {lap: counted.get((run, cell, lap)) for lap in (launches.BEGAN, launches.AGAIN)}
        for run, cell in zip(table["run"], table["cell"], strict=True)
    ]
    never = pd.Series([one[launches.BEGAN] == 0 for one in told], index=table.index, dtype=bool)
    return table.assign(
        form=factor(table, "form").astype(str),
        again=pd.Series([one[launches.AGAIN] for one in told], index=table.index, dtype=float),
        words=table["words"].mask(never, NEVER),
        x=float("nan"),
    )


def _found(found: Results) -> str:
    table = _told(found)
    table = table.loc[table["form"] == launches.PLAINEST]
    said = [finding.ends(found, table, "Until the worker of a script begins")] if (table["seconds"] > 0).any() else []
    return " ".join([*said, *launches.mains(found)]) or finding.NO_NUMBER


CHART = Chart(
    "launch-form",
    "Does it matter how the program is launched, and is its main run again?",
    launches.SCENARIO,
    launch_form,
    rows.figure,
    _found,
    "The same few lines as a script, as a package, through pytest's script and on standard input. The program stamps the clock "
    "before it starts a worker, and the worker's first statement stamps it too.",
    "Programs with imports of their own pay for them again wherever main is run again.",
)

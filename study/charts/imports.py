"""What does each import in the main module cost a start? A row for each backend, from a bare main module to a heavy one."""

from study import installed
from study.charts import finding, marks, rows
from study.charts.chart import MOST_ROWS, Chart
from study.frame import records
from study.palette import looks
from study.tables import Results

PANELS = {"cold ready": "First start", "warm ready": "Further starts"}
MAINS = {"bare": ("main module that imports nothing", False), "heavy": ("main module that imports much", True)}


def imports(found: Results) -> rows.Table:
    """Milliseconds (log) until the worker is at work, from a bare main module and from a heavy one."""
    table = marks.lines_of(found, "imports")
    lines = records(table.assign(main=marks.words_of(table, "main")))
    names = marks.backends(lines)[:MOST_ROWS]
    own = looks(names)
    shown = [
        line
        for line in lines
        if line["lap"] in PANELS and line["seconds"] > 0 and line["backend"] in own and line["main"] in MAINS
    ]
    scale = rows.Scale("milliseconds", marks.limits(line["seconds"] * 1e3 for line in shown))
    panels = []
    for lap, heading in PANELS.items():
        drawn = [
            rows.Mark(
                names.index(line["backend"]), rows.ends(line, scale=1e3), own[line["backend"]],
                filled=MAINS[line["main"]][1], backend=line["backend"], cell=line["cell"],
            )
            for line in shown
            if line["lap"] == lap
        ]  # fmt: skip
        panels.append(rows.Rows(heading, scale, drawn, rows.words(lines, "backend", names, drawn), linked=True))
    legend = [marks.state(text, "o", filled=filled) for text, filled in MAINS.values()]
    return rows.Table([installed.label(name) for name in names], panels, legend)


def _found(found: Results) -> str:
    table = marks.lines_of(found, "imports")
    table = table.loc[(table["lap"] == "warm ready") & (table["seconds"] > 0)]
    table = table.assign(main=marks.words_of(table, "main"))
    bare, heavy = (table.loc[table["main"] == main] for main in MAINS)
    both = bare.merge(heavy[["backend", "cell", "lap", "seconds"]], on="backend", suffixes=("", "_heavy"))
    if both.empty:
        return finding.NO_NUMBER
    both = both.assign(more=both["seconds_heavy"] - both["seconds"]).sort_values("more", kind="stable")
    most = records(both)[-1]
    other = {"run": most["run"], "cell": most["cell_heavy"], "lap": most["lap_heavy"]}
    return (
        f"A heavy main module costs {finding.name(most)} most: a further start takes "
        f"{finding.change(most['seconds'], most['seconds_heavy'])}{finding.compared(found, most, other)}."
    )


CHART = Chart(
    "imports",
    "What does every new worker pay for the imports of the main module?",
    "imports",
    imports,
    rows.figure,
    _found,
    "The same program is run with a main file that imports nothing and with one that imports modules of the standard library; "
    "the worker's first statement stamps the clock.",
    "What your own imports cost: those of the heavy main file are a fixed choice, and numerical libraries are heavier.",
)

"""What does it change how a program was launched? The words beneath the table of the scenario that measures it."""

from collections.abc import Sequence

from study import installed
from study.frame import records
from study.notation import interval
from study.summary import CELL_LEVEL, ratio
from study.tables import Line, Results, once

SCENARIO, READY = "launch_form", "ready"
MODULES, AGAIN, BEGAN = "modules in the worker", "main run again", "workers that began"
PLAINEST = "script"
NAMES = {
    "script": "a script",
    "module": "python -m package",
    "pytest": "the pytest script",
    "stdin": "standard input",
}


def sentences(found: Results) -> list[str]:
    """What each form changes for each start method, whom it has run main again, and with whom no worker begins."""
    cells, told = _cells(found), counts(found)
    plain = {(line["run"], line["backend"]): line for line in cells if line.get("form") == PLAINEST}
    said = []
    for line in cells:
        base = plain.get((line["run"], line["backend"]))
        if line.get("form") in NAMES and base is not None and line is not base:
            said += _changed(found, told, line, base)
    return said + mains(found) + _never(told, cells)


Counts = dict[tuple[str, str, str], float]


@once
def _cells(found: Results) -> Sequence[Line]:
    return records(found.cells.loc[found.cells["scenario"] == SCENARIO])


@once
def counts(found: Results) -> Counts:
    """(run, cell, lap) -> the median over the blocks."""
    lines = records(found.quantities.loc[found.quantities["scenario"] == SCENARIO])
    return {(line["run"], line["cell"], line["lap"]): float(line["amount"]) for line in lines}


def _changed(found: Results, told: Counts, line: Line, base: Line) -> list[str]:
    """How many times as long a start takes, where the intervals tell that it is another time; and what the worker holds."""
    own, plain = found.paired(line["run"], (line["cell"], READY), (base["cell"], READY))
    if not len(own):
        return []
    judged = ratio(plain, own, CELL_LEVEL)
    if judged.low is None or judged.high is None or judged.low <= 1 <= judged.high:
        return []
    held = [told.get((one["run"], one["cell"], MODULES)) for one in (line, base)]
    modules = f"; its worker holds {held[0]:.0f} modules, and not {held[1]:.0f}" if all(held) else ""
    times = interval(judged.value, judged.low, judged.high)
    return [
        f"From {NAMES[line['form']]} a start with {_label(line)} takes {times} times as long as from a script{modules}."
    ]


def mains(found: Results) -> list[str]:
    """From where main is run again, by the worker or for it, and from where not."""
    cells, told = _cells(found), counts(found)
    said = []
    for backend in dict.fromkeys(line["backend"] for line in cells):
        own = [line for line in cells if line["backend"] == backend and line.get("form") in NAMES]
        again = {line["form"]: told.get((line["run"], line["cell"], AGAIN)) for line in own}
        yes = [NAMES[form] for form, value in again.items() if value]
        no = [NAMES[form] for form, value in again.items() if value == 0]
        if yes:
            not_again = f", and not when it comes from {_list(no)}" if no else ""
            said.append(
                f"{installed.label(str(backend))} runs main again for its worker when it comes from {_list(yes)}{not_again}."
            )
    return said


def _never(told: Counts, cells: Sequence[Line]) -> list[str]:
    """With whom no worker begins."""
    said = []
    for form, name in NAMES.items():
        own = [line for line in cells if line.get("form") == form and told.get((line["run"], line["cell"], BEGAN)) == 0]
        if own:
            said.append(f"From {name} no worker of {_list([_label(line) for line in own])} begins.")
    return said


def _label(line: Line) -> str:
    return installed.label(str(line["backend"]))


def _list(names: list[str]) -> str:
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))

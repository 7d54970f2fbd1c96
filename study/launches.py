"""What does it change how a program was launched? The words beneath the table of the scenario that measures it."""

from collections.abc import Sequence

from study import installed
from study.notation import interval
from study.summary import CELL_LEVEL, ratio
from study.tables import Line, Results

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
    cells = [line for line in found.cells.to_dict("records") if str(line["scenario"]) == SCENARIO]
    counts = _counts(found)
    plain = {(line["run"], line["backend"]): line for line in cells if line.get("form") == PLAINEST}
    said = []
    for line in cells:
        base = plain.get((line["run"], line["backend"]))
        if line.get("form") in NAMES and base is not None and line is not base:
            said += _changed(found, counts, line, base)
    return said + _main(counts, cells) + _never(counts, cells)


Counts = dict[tuple[str, str, str], float]


def _counts(found: Results) -> Counts:
    """(run, cell, lap) -> the median over the blocks."""
    lines = found.quantities.to_dict("records")
    return {(line["run"], line["cell"], line["lap"]): float(line["amount"]) for line in lines}


def _changed(found: Results, counts: Counts, line: Line, base: Line) -> list[str]:
    """How many times as long a start takes, where the intervals tell that it is another time; and what the worker holds."""
    own, plain = found.paired(line["run"], (line["cell"], READY), (base["cell"], READY))
    if not len(own):
        return []
    told = ratio(plain, own, CELL_LEVEL)
    if told.low is None or told.high is None or told.low <= 1 <= told.high:
        return []
    held = [counts.get((one["run"], one["cell"], MODULES)) for one in (line, base)]
    modules = f"; its worker holds {held[0]:.0f} modules, and not {held[1]:.0f}" if all(held) else ""
    times = interval(told.value, told.low, told.high)
    return [
        f"From {NAMES[line['form']]} a start with {_label(line)} takes {times} times as long as from a script{modules}."
    ]


def _main(counts: Counts, cells: Sequence[Line]) -> list[str]:
    """From where main is run again, by the worker or for it, and from where not."""
    said = []
    for backend in dict.fromkeys(line["backend"] for line in cells):
        own = [line for line in cells if line["backend"] == backend and line.get("form") in NAMES]
        again = {line["form"]: counts.get((line["run"], line["cell"], AGAIN)) for line in own}
        yes = [NAMES[form] for form, value in again.items() if value]
        no = [NAMES[form] for form, value in again.items() if value == 0]
        if yes:
            not_again = f", and not when it comes from {_list(no)}" if no else ""
            said.append(
                f"{installed.label(str(backend))} runs main again for its worker when it comes from {_list(yes)}{not_again}."
            )
    return said


def _never(counts: Counts, cells: Sequence[Line]) -> list[str]:
    """With whom no worker begins."""
    said = []
    for form, name in NAMES.items():
        own = [line for line in cells if line.get("form") == form and _began(counts, line) == 0]
        if own:
            said.append(f"From {name} no worker of {_list([_label(line) for line in own])} begins.")
    return said


def _began(counts: Counts, line: Line) -> float | None:
    return counts.get((line["run"], line["cell"], BEGAN))


def _label(line: Line) -> str:
    return installed.label(str(line["backend"]))


def _list(names: list[str]) -> str:
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))

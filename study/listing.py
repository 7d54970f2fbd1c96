"""What can be measured here: scenarios, backends, and for each pair a cell or the reason why there is none."""

import json
import sys
from typing import Any

import backends
from backends import Backend
from study import environment, preparation, scenarios
from study.plan import PROFILES, Plan, make_plan, python_of


def _plan(python: str) -> Plan:
    version, facts = (sys.version_info.major, sys.version_info.minor), None
    if python != sys.executable:
        facts = preparation.describe(python).facts
        version = python_of(facts)
    cpus = environment.usable_cpus()
    assert isinstance(cpus, int)
    return make_plan(PROFILES["default"], version, cpus, seed=0, facts=facts)


def document(python: str) -> dict[str, Any]:
    """Everything as plain data: scenarios, backends, floors, cells, and cells that are not offered with their reason."""
    plan = _plan(python)
    return {
        "scenarios": [
            {
                "name": scenario.name,
                "section": scenario.section,
                "title": scenario.title,
                "question": scenario.question,
                "unit": scenario.unit,
            }
            for scenario in scenarios.every()
        ],
        "backends": [_about(backend) for backend in backends.every()],
        "floors": [_about(floor) for floor in backends.floors()],
        "cells": [{"cell": cell.cell, "headline": cell.headline, "blocks": cell.blocks} for cell in plan.cells],
        "not_offered": [{"cell": cell.cell, "reason": cell.reason} for cell in plan.absent],
    }


def _about(backend: Backend) -> dict[str, str]:
    return {"name": backend.name, "label": backend.label, "library": backend.library}


def as_json(python: str) -> str:
    """`document` with sorted keys."""
    return json.dumps(document(python), indent=1, sort_keys=True, ensure_ascii=False)


def as_text(python: str, *, cells: bool) -> str:
    """The matrix for a terminal, or each cell on a line."""
    plan = _plan(python)
    if cells:
        return "\n".join(
            [*(cell.cell for cell in plan.cells), *(f"{cell.cell}  --  {cell.reason}" for cell in plan.absent)]
        )
    return f"{_matrix(plan)}\n\n{_reasons(plan)}"


def _matrix(plan: Plan) -> str:
    names = backends.names()
    offered = {(cell.scenario, cell.backend) for cell in plan.cells}
    titles = {
        found.name: f"{'§' + found.section if found.section else '':4}{found.name}" for found in scenarios.every()
    }
    width = max(map(len, titles.values()))
    lines = [" " * width + "".join(f"{number:>4}" for number in range(1, len(names) + 1))]
    for scenario, title in titles.items():
        marks = "".join(f"{'yes' if (scenario, name) in offered else '-':>4}" for name in names)
        lines.append(f"{title:<{width}}{marks}")
    legend = [f"{number:>3}  {name:<22}{backends.find(name).label}" for number, name in enumerate(names, start=1)]
    return "\n".join([*lines, "", *legend])


def _reasons(plan: Plan) -> str:
    """One line for each reason, with what it holds for."""
    holds: dict[str, list[str]] = {}
    measured = {(cell.scenario, cell.backend) for cell in plan.cells}
    for cell in plan.absent:
        if (cell.scenario, cell.backend) not in measured:
            pairs = holds.setdefault(cell.reason, [])
            if f"{cell.scenario}/{cell.backend}" not in pairs:
                pairs.append(f"{cell.scenario}/{cell.backend}")
    lines = [
        f"- {reason}: {', '.join(pairs[:3])}{f' and {len(pairs) - 3} more' if len(pairs) > 3 else ''}"
        for reason, pairs in holds.items()
    ]
    return "Not offered:\n" + "\n".join(lines)

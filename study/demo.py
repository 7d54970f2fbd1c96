"""A scenario's transcript: the tutorial's program run as it is, on one backend or on all, beside what the tutorial printed."""

import json
import tempfile
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path

import backends
from backends import Backend
from study import launch, scenarios
from study.launch import Child
from study.plan import python_of
from study.preparation import describe
from study.scenario import Scenario, body_of, suspicion, unanswered
from study.transcripts import tell

DEADLINE_S = 30.0
SUSPECT_DEADLINE_S = 10.0
FEW_OPERATIONS = 10  # a demonstration is not a measurement


@dataclass(frozen=True, slots=True)
class Shown:
    """What one backend printed, or why it printed nothing."""

    backend: str
    label: str
    lines: list[str] = field(default_factory=list)
    remark: str = ""  # why there is nothing, or how it failed
    went_well: bool = True


def perform(scenario_name: str, backend_name: str | None, python: str, *, as_written: bool = False) -> list[Shown]:
    """Run the tutorial's program. All backends run at the same time: most of it is waiting. Raises LookupError."""
    scenario = scenarios.find(scenario_name)
    if as_written and scenario.as_written is None:
        raise LookupError(f"{scenario_name} has no version with a defect; those with one: {', '.join(_defective())}")
    chosen = [backends.find(backend_name)] if backend_name else backends.every()
    version = python_of(describe(python).facts)
    with tempfile.TemporaryDirectory(prefix="concurrency-study-") as scratch, launch.adopting_orphans():
        started: list[tuple[Backend, str | None, Child | None]] = []
        for backend in chosen:
            reason = unanswered(scenario, backend, version)
            if as_written and backend.style != "workers":
                reason = "the tutorial starts its workers itself: there is no such version for this style"
            child = None if reason else Child(python, _request(scenario, backend, as_written), Path(scratch))
            started.append((backend, reason, child))
        return [_finish(scenario, backend, reason, child) for backend, reason, child in started]


def as_text(scenario_name: str, shown: list[Shown]) -> str:
    """One part for each backend, after what the tutorial printed."""
    scenario = scenarios.find(scenario_name)
    parts = (
        [f"The tutorial, §{scenario.section}, printed:\n{_indented(scenario.printed.splitlines())}"]
        if scenario.printed
        else []
    )
    for show in shown:
        parts.append(f"{show.label}:\n{_indented([*show.lines, *([f'({show.remark})'] if show.remark else [])])}")
    return "\n\n".join(parts)


def as_json(shown: list[Shown]) -> str:
    """The same as one document."""
    return json.dumps([asdict(show) for show in shown], indent=1, sort_keys=True, ensure_ascii=False)


def _request(scenario: Scenario, backend: Backend, as_written: bool) -> dict[str, object]:
    body = scenario.as_written if as_written else body_of(scenario, backend)
    assert body is not None, "asked for only when there is an answer"
    taken = body.__code__.co_varnames[: body.__code__.co_argcount]
    wanted = {"rounds": 1, "operations": FEW_OPERATIONS, **scenario.document}
    arguments = {name: value for name, value in wanted.items() if name in taken}
    return {
        "do": "run",
        "scenario": scenario.name,
        "backend": backend.name,
        "as_written": as_written,
        "arguments": arguments,
    }


def _finish(scenario: Scenario, backend: Backend, reason: str | None, child: Child | None) -> Shown:
    if child is None:
        return Shown(backend.name, backend.label, remark=f"not offered: {reason}")
    doubt = suspicion(scenario, backend)
    patience_s = SUSPECT_DEADLINE_S if doubt else DEADLINE_S
    ended = child.finish(max(patience_s, time.perf_counter() - child.begun))
    lines = tell(scenario, str(ended.answer.get("trace", "")))
    if ended.status == "measured":
        return Shown(backend.name, backend.label, lines)
    return Shown(
        backend.name,
        backend.label,
        lines,
        f"{ended.status}: {ended.reason}" + (f": {doubt}" if doubt else ""),
        doubt is not None,
    )


def _defective() -> list[str]:
    return [scenario.name for scenario in scenarios.every() if scenario.as_written]


def _indented(lines: list[str]) -> str:
    return "\n".join(f"    {line}".rstrip() for line in lines)

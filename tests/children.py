"""What a real child measured, with nothing between it and the test but the interpreter that was started for it."""

import sys
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

from study import launch

PATIENCE_S = 60


@cache
def laps_of(scenario: str, backend: str, python: str = sys.executable, **arguments: int | str) -> dict[str, Any]:
    """Name -> lap of a child that was given these arguments and ended in order, with the right answer."""
    request = {"do": "run", "scenario": scenario, "backend": backend, "arguments": arguments}
    with tempfile.TemporaryDirectory(prefix="s") as scratch, launch.adopting_orphans():
        ended = launch.ask(python, request, Path(scratch), PATIENCE_S)
    assert (ended.status, ended.reason) == ("measured", "")
    return {lap["name"]: lap for lap in ended.answer["laps"]}

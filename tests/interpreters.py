"""Which Pythons the tests of ring 0 run on: this one, and those that STUDY_TEST_PYTHONS names."""

import os
import sys
from functools import cache

from study.plan import python_of
from study.preparation import describe

PYTHONS = [sys.executable, *filter(None, os.environ.get("STUDY_TEST_PYTHONS", "").split(os.pathsep))]


def version_of(python: str) -> tuple[int, int]:
    """(3, 12)"""
    return python_of(facts_of(python))


@cache
def facts_of(python: str) -> dict[str, str | int | float | bool | list[str]]:
    """What an interpreter tells of itself."""
    return describe(python).facts

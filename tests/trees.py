"""A copy of what the measured interpreter sees, to which a test adds files; nothing else is edited."""

import shutil
import sys
from pathlib import Path

import pytest

import backends
from study import launch, scenarios

ROOT = Path(__file__).resolve().parent.parent
SEEN = (
    "backends",
    "study/__init__.py",
    "study/discovery.py",
    "study/hazard.py",
    "study/hazards",
    "study/scenario.py",
    "study/stopwatch.py",
    "study/trace.py",
    "study/child",
    "study/scenarios",
)


def tree_with(folder: Path, monkeypatch: pytest.MonkeyPatch, added: dict[str, str]) -> Path:
    """Copy ring 0 to `folder`, add files (path in the tree -> text), and have this process use the copy."""
    for name in SEEN:
        source, target = ROOT / name, folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, target)
    for name, text in added.items():
        (folder / name).write_text(text)
        module = name.removesuffix(".py").replace("/", ".")
        monkeypatch.setitem(sys.modules, module, None)  # restored, and so forgotten, when the test ends
        del sys.modules[module]
    monkeypatch.setattr(scenarios, "__path__", [str(folder / "study" / "scenarios")])
    monkeypatch.setattr(backends, "__path__", [str(folder / "backends")])
    monkeypatch.setattr(launch, "BARE", folder / "study" / "child" / "bare.py")
    return folder


def misbehaving(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A tree with the scenario that misbehaves as its load says."""
    text = Path(__file__).with_name("misbehaving.py").read_text()
    return tree_with(folder, monkeypatch, {"study/scenarios/misbehaving.py": text})

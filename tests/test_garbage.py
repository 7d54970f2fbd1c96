"""Garbage is not looked for while a journal is read and made a frame of, and is again afterwards."""

import gc
from pathlib import Path
from typing import Any

import pytest

import journals as made
from study import frame, journal
from study.garbage import uncollected
from study.plan import PROFILES


@pytest.mark.parametrize("enabled", [True, False])
def test_garbage_is_collected_again_if_it_was_even_after_an_error(enabled: bool) -> None:
    (gc.enable if enabled else gc.disable)()
    try:
        with pytest.raises(AssertionError), uncollected():
            assert gc.isenabled()
        assert gc.isenabled() is enabled
    finally:
        gc.enable()


def test_a_journal_is_loaded_and_made_a_frame_of_without_a_search(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    searched: dict[str, set[bool]] = {"decode": set(), "_within": set()}

    def watch(module: Any, name: str) -> None:
        real = getattr(module, name)

        def watched(*arguments: Any) -> Any:
            searched[name].add(gc.isenabled())
            return real(*arguments)

        monkeypatch.setattr(module, name, watched)

    watch(journal, "decode")
    watch(frame, "_within")
    path = made.write(made.full(PROFILES["smoke"]), tmp_path / "a.jsonl")
    assert len(frame.frame([journal.load(path)])) > 0
    assert searched == {"decode": {False}, "_within": {False}}
    assert gc.isenabled()

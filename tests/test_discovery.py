"""Is what a folder's files declare found by the file's name, and is what is not there told in a sentence?"""

import sys
from pathlib import Path

import pytest

from study.discovery import find, names_in


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A package of three files: one that declares, one that does not, one whose import fails."""
    folder = tmp_path / "things_to_find"
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    (folder / "good.py").write_text("class Declared:\n    name = ''\n\nTHING = Declared()\n")
    (folder / "empty.py").write_text("")
    (folder / "broken.py").write_text("import no_such_module_anywhere\n")
    monkeypatch.syspath_prepend(tmp_path)
    yield folder.name
    for module in [name for name in sys.modules if name.startswith(folder.name)]:
        del sys.modules[module]


def names(package: str) -> list[str]:
    return names_in(__import__(package).__path__)


def test_the_names_are_those_of_the_files(package: str) -> None:
    assert names(package) == ["broken", "empty", "good"]


def test_what_a_file_declares_is_told_its_name(package: str) -> None:
    assert find(package, "good", "THING", lambda: names(package)).name == "good"


def test_a_name_that_no_file_has_is_answered_with_those_there_are(package: str) -> None:
    with pytest.raises(LookupError, match="there is no thing 'bad'; there are: broken, empty, good"):
        find(package, "bad", "THING", lambda: names(package))


def test_a_file_that_declares_nothing_is_named(package: str) -> None:
    with pytest.raises(LookupError, match=r"things_to_find/empty\.py has no THING: a file in that folder is one thing"):
        find(package, "empty", "THING", lambda: names(package))


def test_a_module_that_a_file_itself_cannot_import_is_not_taken_for_the_file(package: str) -> None:
    with pytest.raises(ModuleNotFoundError, match="no_such_module_anywhere"):
        find(package, "broken", "THING", lambda: names(package))

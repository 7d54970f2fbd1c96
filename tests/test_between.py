"""Several sessions of one machine measure the differences that mean nothing; until there are five, ten percent is assumed."""

import json
from pathlib import Path

import pytest

from journals import journal, planned, simple, write
from study import between, cli
from study.journal import Fact, Journal, JournalError
from study.sessions import DEFAULT_FLOOR

LOCK = planned("lock/threads", 3, width=2)
FORK = planned("lock/processes.fork", 3, width=2)


def session(number: int, factor: float = 1.0, python: str = "3.13.1", machine: str = "one-2c-linux-abc") -> Journal:
    rows = [*simple(LOCK, [1.0 * factor] * 3), *simple(FORK, [2.0 * factor] * 3)]
    return journal(
        [LOCK, FORK],
        rows,
        run=f"2026010{number}T000000Z-{python}",
        environment={"machine_id": Fact(machine, "", "hash of stable facts")},
        interpreter={"version": python},
    )


def saved(folder: Path, *journals: Journal) -> list[Path]:
    (folder / "one").mkdir(parents=True)
    return [write(made, folder / "one" / f"{made.header.run}.jsonl") for made in journals]


def test_five_sessions_measure_the_floor() -> None:
    found = between.noise([session(n, 1 + n / 100) for n in range(1, 6)])
    assert found.measured
    assert found.cells == 2
    assert found.floor == pytest.approx(1.05 / 1.01)
    assert "differs by less than 4%" in between.as_text(found)


def test_four_sessions_do_not() -> None:
    found = between.noise([session(n, 1 + n) for n in range(1, 5)])
    assert not found.measured
    assert found.floor == DEFAULT_FLOOR
    assert "1 more session of `python -m study run` would" in between.as_text(found)


def test_one_session_has_nothing_in_common_with_itself() -> None:
    found = between.noise([session(1)])
    assert found.cells == 0
    assert between.as_text(found).startswith("one-2c-linux-abc, Python 3.13.1: 1 session, 0 figures in common.")


@pytest.mark.parametrize("other", [{"python": "3.12.0"}, {"machine": "two-8c-linux-def"}])
def test_sessions_of_another_machine_or_interpreter_are_refused(other: dict[str, str]) -> None:
    with pytest.raises(JournalError, match="name sessions of one machine and interpreter"):
        between.noise([session(1), session(2, **other)])


def test_by_default_those_like_the_newest_are_taken(tmp_path: Path) -> None:
    paths = saved(tmp_path, session(1), session(2, python="3.12.0"), session(3))
    assert between.like_the_newest(tmp_path) == [paths[0], paths[2]]


def test_a_folder_without_a_journal_is_one_sentence_and_exit_code_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["noise", "--results", str(tmp_path)]) == 2
    assert capsys.readouterr().err == f"study: {tmp_path}: holds no journal yet; `python -m study run` makes one.\n"


def test_the_command_prints_words_or_a_document(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    saved(tmp_path, *(session(n) for n in range(1, 6)))
    assert cli.main(["noise", "--results", str(tmp_path)]) == 0
    assert "5 sessions, 2 figures in common" in capsys.readouterr().out
    assert cli.main(["noise", "--results", str(tmp_path), "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["measured"] is True
    assert document["floor"] == 1.0
    assert len(document["runs"]) == 5

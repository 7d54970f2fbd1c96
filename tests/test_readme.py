"""What the README names exists, what exists is named there, and its figures come from the committed run."""

import platform
import re
from pathlib import Path

import pytest

import backends
from study import cli, compare, hazards, journal, scenarios, sentences, tables
from study.interleaving import runs_of
from study.journal import Journal
from study.noise import assess
from study.plan import PROFILES
from study.summary import Verdict

ROOT = Path(__file__).resolve().parent.parent
TEXT = (ROOT / "README.md").read_text()
LINES = [line[6:] for line in TEXT.splitlines() if line.startswith("    $ ")]


def commands() -> set[str]:
    parser = cli._parser()
    (group,) = (action for action in parser._actions if getattr(action, "choices", None))
    return set(group.choices or ())


def ticked(section: str) -> set[str]:
    """Names in backquotes in the check-boxes of a section."""
    body = TEXT.split(f"## {section}\n", 1)[1].split("\n## ", 1)[0]
    boxes = re.findall(r"^- \[x\] (.*?)(?=\n- |\n\n)", body, re.MULTILINE | re.DOTALL)
    return set(re.findall(r"`([a-z_.]+)`", " ".join(box.split(":")[0] if ":" in box else box for box in boxes)))


def test_every_backend_is_named_and_every_named_backend_exists() -> None:
    assert ticked("The backends") == set(backends.names())


def test_every_scenario_is_named_and_every_named_scenario_exists() -> None:
    assert ticked("The scenarios") == set(scenarios.names())


def test_the_number_of_hazards_is_that_of_their_files() -> None:
    assert f"provokes {len(hazards.names())} things" in TEXT


def test_every_command_is_named_and_every_named_command_exists() -> None:
    assert set(re.findall(r"python -m study (\w+)", TEXT)) == commands()


def test_every_option_that_is_named_exists() -> None:
    options = {option for name in commands() for option in options_of(name)}
    pytest_options = {"--benchmark-only", "--study-profile", "--study-budget", "--python", "--without-pip", "--extra"}
    named = set(re.findall(r"(--[a-z][a-z-]+)", TEXT))
    assert named - options - pytest_options == set()


def options_of(command: str) -> set[str]:
    (group,) = (action for action in cli._parser()._actions if getattr(action, "choices", None))
    parser = dict(group.choices or {})[command]  # type: ignore[call-overload]
    return {option for action in parser._actions for option in action.option_strings}


def test_the_lines_are_a_set_up_with_the_main_job_then_the_tests_then_a_comparison_with_the_reference_run() -> None:
    (reference,) = set(re.findall(r"results/[^)\s]+\.jsonl", TEXT.replace("results/*/*.jsonl", "")))
    assert [
        "python3 -m venv --without-pip .venv && python3 -m pip --python .venv install -e '.[test]' && "
        ".venv/bin/pytest --benchmark-only",
        ".venv/bin/pytest",
        f".venv/bin/python -m study compare {reference}",
    ] == LINES


def test_every_profile_that_is_named_exists() -> None:
    assert set(re.findall(r"profile[= ](\w+)", TEXT)) <= {*PROFILES}


def test_every_linked_file_exists() -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", TEXT):
        assert (ROOT / target).exists(), target


SHOWN = TEXT.split("<!-- reference run: begin -->", 1)[1].split("<!-- reference run: end -->", 1)[0]


@pytest.fixture(scope="module")
def reference() -> Journal:
    """The run that the README shows and links."""
    (target,) = re.findall(r"\]\((results/[^)]+\.jsonl)\)", SHOWN)
    return journal.load(ROOT / target)


def test_the_reference_run_is_a_complete_default_run(reference: Journal) -> None:
    assert reference.header.profile == "default"
    assert not reference.torn
    assert journal.unfinished(reference.header, reference.rows, reference.rejected_rows) == 0


def test_the_reference_run_takes_less_than_a_kilobyte_for_each_interpreter(reference: Journal) -> None:
    children = len(reference.rows) + len(reference.rejected_rows)
    assert Path(reference.path).stat().st_size <= 1000 * children


def test_the_reference_run_names_neither_host_nor_folder(reference: Journal) -> None:
    text = Path(reference.path).read_text()
    assert f'"{platform.node()}"' not in text
    assert str(ROOT) not in text
    assert str(Path.home()) not in text


def test_the_readmes_result_is_what_the_reference_run_says(reference: Journal) -> None:
    said = sentences.answer(tables.results([reference]))
    assert [line[2:] for line in SHOWN.splitlines() if line.startswith("* ")] == said


def test_the_readme_says_how_noisy_the_reference_run_was(reference: Journal) -> None:
    assert assess(reference).banner in SHOWN


def test_the_readme_says_what_an_upgrade_gives_in_the_campaign_over_several_interpreters(reference: Journal) -> None:
    summaries = {f"{kept}.jsonl" for kept in re.findall(r"\]\((results/[^)]+)/summary\.md\)", SHOWN)}
    (several,) = (ROOT / path for path in summaries if ROOT / path != Path(reference.path))
    beside = [several.with_name(f"{run}.jsonl") for run in runs_of(journal.load(several).header.campaign)]
    found = compare.against_the_first([journal.load(path) for path in beside])
    assert found
    for one in found:
        versions = one.second.interpreter["version"], one.first.interpreter["version"]
        slower, faster = (len(one.called(word)) for word in (Verdict.SLOWER, Verdict.FASTER))
        counts = f"Of {len(one.figures)} figures {slower} are slower on Python {versions[0]} than on {versions[1]}, and {faster} faster."
        assert counts in SHOWN


def test_the_kept_summary_is_made_of_the_reference_run(reference: Journal) -> None:
    kept = Path(reference.path).with_suffix("") / "summary.md"
    assert f"run {reference.header.run} " in kept.read_text()

"""Text from a results file that a stranger sent is text wherever a reader meets it: no code, no formula, no file's name."""

import csv
import html
from pathlib import Path

import msgspec
import pytest

from journals import HOSTILE, absent, failed, journal, measured, planned
from pages import Page, build, uneven_lines
from study import report
from study.journal import Journal


def hostile_journal() -> Journal:
    name = HOSTILE.replace("/", "|")
    plan = [
        planned(f"{name}/{name}", 2, **{HOSTILE: HOSTILE}),
        planned(f"startup/{name}", 2, form=HOSTILE, width=1),
        planned(f"scaling/{name}", 2, workload=HOSTILE, width=2),
        planned("lock/threads", 2, width="../../etc"),
    ]
    plan = [msgspec.structs.replace(cell, cell=f"{number}{HOSTILE}") for number, cell in enumerate(plan)]
    rows = [measured(cell, 1, {HOSTILE[:100]: [1.0, 2.0], "cold ready": [1.0]}, trace=f"{HOSTILE}\n") for cell in plan]
    rows += [failed(cell, 2, "exception", HOSTILE) for cell in plan]
    rows = [
        msgspec.structs.replace(row, laps=[msgspec.structs.replace(lap, source=HOSTILE) for lap in row.laps])
        for row in rows
    ]
    made_up = journal(
        plan, rows, [absent(f"{name}/serial", HOSTILE, x=1)], run=HOSTILE, started=HOSTILE, profile=HOSTILE
    )
    facts = {HOSTILE: msgspec.structs.replace(made_up.header.environment["cpu_model"], value=HOSTILE, source=HOSTILE)}
    interpreter: dict[str, str | int | float | bool | list[str]] = {"version": HOSTILE, HOSTILE: [HOSTILE]}
    return msgspec.structs.replace(
        made_up, header=msgspec.structs.replace(made_up.header, environment=facts, interpreter=interpreter)
    )


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(hostile_journal(), tmp_path_factory.mktemp("hostile"))


def test_a_strangers_text_is_text_on_the_page(hostile: Path) -> None:
    page = Page(hostile.read_text())
    assert page.tags.count("script") == 1
    assert "<script>alert(1)</script>" in page.text
    assert not [
        value
        for _, name, value in page.attributes
        if name == "href" and not value.startswith(("#", "charts/", "tables/")) and value != "../0.jsonl"
    ]
    assert not [name for _, name, _ in page.attributes if name.startswith("on") or name == "style"]


def test_nothing_invisible_reaches_the_page(hostile: Path) -> None:
    shown = html.unescape(hostile.read_text())
    assert not [character for character in "\x00\x1b\u202e" if character in shown.replace("\\uffff", "")]


def test_a_stranger_s_text_chooses_no_file_name(hostile: Path) -> None:
    assert {path.name for path in hostile.parent.rglob("*.csv")} == {
        f"{name}.csv" for name in [*report.CSV_TABLES, "failures", "environment", "published"]
    }


def test_no_field_of_a_csv_file_is_a_formula(hostile: Path) -> None:
    for path in hostile.parent.rglob("*.csv"):
        for line in csv.reader(path.read_text().splitlines()):
            for field in line:
                assert not field.startswith(("=", "+", "@", "\t", "-1+")), (path, field)


def test_the_summary_has_no_markup_of_a_stranger(hostile: Path) -> None:
    text = (hostile.parent / "summary.md").read_text()
    assert "<script" not in text.replace("\\<", "")
    assert "](javascript:" not in text.replace("\\]", "")
    assert "@all" not in text


def test_a_table_in_the_summary_keeps_its_columns_whatever_a_stranger_writes(hostile: Path) -> None:
    assert uneven_lines((hostile.parent / "summary.md").read_text()) == []

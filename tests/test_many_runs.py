"""A page of many runs: the first has all its charts, the others those that the first screen asks for, and nothing else is missing."""

import re
import shlex
from pathlib import Path
from urllib.parse import unquote

import msgspec
import pytest

import journals as made
from pages import Page
from recorded_run import reference
from study import bodies, gallery, report
from study.chapters import chapters, results_of
from study.charts import CHARTS
from study.journal import Journal

NOT_DRAWN = r"<p>A page of so many runs draws few charts of each; <code>([^<]*)</code> draws all of this one.</p>"
OF_EACH = [name for name in CHARTS if name in gallery.OF_EACH_OF_MANY]


def runs(count: int) -> list[Journal]:
    """The reference run under other names."""
    header = reference().header
    names = [f"run-{number}" for number in range(count)]
    return [msgspec.structs.replace(reference(), header=msgspec.structs.replace(header, run=name)) for name in names]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("many")
    paths = [made.write(one, folder / f"{one.header.run} of it's.jsonl") for one in runs(gallery.MANY_RUNS)]
    return report.build(paths, folder / "report")


@pytest.fixture(scope="module")
def text(built: Path) -> str:
    return built.read_text(encoding="utf-8")


def files() -> list[str]:
    """Of the charts that are drawn, in the order of the page."""
    later = [f"{name}-{number}" for number in range(2, gallery.MANY_RUNS + 1) for name in OF_EACH]
    return [*CHARTS, *later]


def test_the_charts_of_each_of_many_are_charts() -> None:
    assert set(OF_EACH) == gallery.OF_EACH_OF_MANY


def test_the_first_run_has_all_charts_and_the_others_those_of_the_first_screen(text: str) -> None:
    assert sorted(re.findall(r'<figure id="chart-([^"]+)"', text)) == sorted(files())
    assert re.findall(r'<svg [^>]*class="([^"]+)"', text) == ["each"] * len(files())


def test_the_folder_and_the_summary_have_the_charts_that_the_page_has(built: Path) -> None:
    wanted = sorted(f"{name}.svg" for name in files())
    assert sorted(path.name for path in (built.parent / "charts").iterdir()) == wanted
    summary = (built.parent / "summary.md").read_text(encoding="utf-8")
    assert sorted(re.findall(r"\]\(charts/([^)]+)\)", summary)) == wanted


def test_a_section_of_which_a_chart_is_not_drawn_says_which_command_draws_it(text: str) -> None:
    first, *others = re.split(r'<h2 class="chapter"', text)[1:]
    assert re.findall(NOT_DRAWN, first) == []
    bare = {chart.scenario for name, chart in CHARTS.items() if name not in OF_EACH}
    for number, other in enumerate(others, start=1):
        commands = re.findall(NOT_DRAWN, other)
        assert len(commands) == len(bare) > 0
        (command,) = {shlex.split(re.sub("&#39;", "'", found).replace("&#34;", '"'))[-1] for found in commands}
        assert command == f"run-{number} of it's.jsonl"


def test_every_link_within_the_page_leads_somewhere_and_no_place_is_there_twice(text: str) -> None:
    page = Page(text)
    assert len(page.ids) == len(set(page.ids))
    assert {unquote(link[1:]) for link in page.links if link.startswith("#")} <= set(page.ids)


def test_each_run_has_all_its_tables(text: str) -> None:
    names = re.findall(r'<table data-name="([^"]+)"', text)
    for number in range(2, gallery.MANY_RUNS + 1):
        later = [name.removesuffix(f"-{number}") for name in names if name.endswith(f"-{number}")]
        assert later == [name for name in names if f"{name}-{number}" in names]
        assert {"startup", "throughput", "latency", "scaling", "jobs", "matrix", "noise", "environment"} <= set(later)


def test_a_sentence_leads_to_its_chart_or_where_that_is_not_drawn_to_its_section() -> None:
    journals = runs(gallery.MANY_RUNS)
    first, second, *_ = chapters(journals, results_of(journals), bodies.of_runs([one.header for one in journals]))
    places = {told.topic: (first.place(told), second.place(told)) for told in second.answer}
    assert places["How soon?"] == ("#chart-startup", "#chart-startup-2")
    assert places["Messages"] == ("#chart-channels", "#section-throughput-2")
    assert places["Answers"] == ("#chart-latency", "#section-latency-2")


def test_fewer_runs_have_all_their_charts() -> None:
    every = gallery.pictures(results_of(runs(gallery.MANY_RUNS - 1)))
    assert [[picture.chart for picture in own] for own in every] == [list(CHARTS)] * (gallery.MANY_RUNS - 1)

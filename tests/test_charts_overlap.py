"""On every chart, of a whole run, of one with failures and holes, and of one backend: nothing overlaps, nothing is cut off."""

import pytest

from figures import overlaps, texts
from recorded_run import JOURNALS, found
from study.charts import CHARTS
from study.panels import NARROW, WIDE

EVERY_CHART = pytest.mark.parametrize("name", list(CHARTS))
EVERY_JOURNAL = pytest.mark.parametrize("journal", list(JOURNALS))


@EVERY_JOURNAL
@EVERY_CHART
@pytest.mark.parametrize("width", [WIDE, NARROW], ids=["wide", "narrow"])
def test_no_text_overlaps_another_and_none_leaves_the_chart(journal: str, name: str, width: float) -> None:
    figure = CHARTS[name].figure(found(journal), width)
    assert figure is not None
    assert overlaps(figure) == []
    assert CHARTS[name].title in " ".join(texts(figure))


@EVERY_JOURNAL
@EVERY_CHART
def test_every_chart_says_what_it_finds_how_it_was_measured_and_what_it_does_not_say(journal: str, name: str) -> None:
    chart = CHARTS[name]
    said = chart.finding(found(journal))
    assert all(text.endswith(".") for text in (said, chart.measured, chart.limits))
    assert not {"nan", "inf"} & set(said.replace("(", " ").replace(",", " ").split())

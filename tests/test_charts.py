"""What is drawn is what was measured; what was not is drawn in words; nothing overlaps; the same data give the same bytes."""

import re
from xml.etree import ElementTree

import matplotlib
import msgspec
import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text

import backends
import journals as made
from figures import panel, points, spans, texts
from journals import HOSTILE, absent, failed, journal, measured, planned, simple
from study import drawing, installed, tables, view
from study.charts import CHARTS, MOST_PANELS, MOST_ROWS
from study.journal import Fact
from study.panels import NARROW, WIDE
from study.plan import PROFILES
from study.tables import Results, results

WIDTHS = pytest.mark.parametrize("width", [WIDE, NARROW], ids=["wide", "narrow"])
EVERY_CHART = pytest.mark.parametrize("name", list(CHARTS))
SVG = "{http://www.w3.org/2000/svg}"
HEADLINES = pytest.mark.parametrize("name", ["startup", "throughput", "scaling"])


@pytest.fixture(scope="module")
def found() -> Results:
    return results([made.full(PROFILES["default"])])


@pytest.fixture(scope="module")
def figures(found: Results) -> dict[tuple[str, float], Figure]:
    return {(name, width): draw(name, found, width) for name in CHARTS for width in (WIDE, NARROW)}


def draw(name: str, found: Results, width: float = WIDE) -> Figure:
    figure = CHARTS[name].figure(found, width)
    assert figure is not None
    return figure


def test_each_chart_asks_a_question() -> None:
    assert all(chart.title.endswith("?") and chart.name == name for name, chart in CHARTS.items())


@EVERY_CHART
@WIDTHS
def test_the_title_is_on_the_chart(figures: dict[tuple[str, float], Figure], name: str, width: float) -> None:
    assert CHARTS[name].title in " ".join(texts(figures[name, width]))


@WIDTHS
def test_every_first_start_is_drawn_at_its_milliseconds(
    found: Results, figures: dict[tuple[str, float], Figure], width: float
) -> None:
    table = tables.startup(found)
    for form, heading in (("worker", "One new worker"), ("pool", "A pool of one")):
        own = table.loc[(table["form"] == form) & (table["width"] == 1)]
        given = own.loc[own["lap"].isin(["cold ready", "warm ready", "running pool ready"]), "seconds"] * 1e3
        drawn = {x for x, _ in points(panel(figures["startup", width], heading))}
        assert drawn == {float(f"{x:.6g}") for x in given}


@WIDTHS
def test_every_startup_interval_is_drawn_from_low_to_high(
    found: Results, figures: dict[tuple[str, float], Figure], width: float
) -> None:
    table = tables.startup(found)
    own = table.loc[
        (table["form"] == "pool")
        & (table["width"] == 1)
        & table["lap"].isin(["cold ready", "warm ready", "running pool ready"])
    ]
    drawn = {(round(low, 9), round(high, 9)) for low, high in spans(panel(figures["startup", width], "A pool of one"))}
    assert drawn == {
        (round(low * 1e3, 9), round(high * 1e3, 9)) for low, high in zip(own["low"], own["high"], strict=True)
    }


@pytest.mark.parametrize("channel", ["Queue", "Pipe", "submit"])
def test_every_rate_is_drawn(found: Results, figures: dict[tuple[str, float], Figure], channel: str) -> None:
    table = tables.throughput(found)
    given = table.loc[(table["channel"] == channel) & table["messages_per_s"].notna(), "messages_per_s"]
    drawn = {y for _, y in points(panel(figures["throughput", WIDE], channel))}
    assert drawn == {float(f"{y:.6g}") for y in given}


@pytest.mark.parametrize("lap", ["default chunks", "tuned chunks"])
def test_every_speed_up_of_a_pool_is_drawn_and_its_interval_too(
    found: Results, figures: dict[tuple[str, float], Figure], lap: str
) -> None:
    table = tables.scaling(found)
    own = table.loc[(table["workload"] == "cpu") & (table["lap"] == lap) & (table["backend"] != "serial")]
    axes = panel(figures["scaling", WIDE], f"Pure Python, {lap}")
    assert {y for _, y in points(axes)} == {float(f"{y:.6g}") for y in own["speedup"]}
    segments = [segment for collection in axes.collections for segment in collection.get_segments()]  # type: ignore[attr-defined]
    drawn = {(round(float(s[0][1]), 6), round(float(s[1][1]), 6)) for s in segments}
    assert drawn == {(round(a, 6), round(b, 6)) for a, b in zip(own["speedup_low"], own["speedup_high"], strict=True)}


def test_each_bound_of_the_machine_is_a_rule_and_those_of_one_number_share_it() -> None:
    whole = made.full(PROFILES["quick"])
    facts = {"physical_cores": 1, "logical_cpus": 2, "quota_cpus": 10**400}
    told = whole.header.environment | {name: Fact(value, "", "made up") for name, value in facts.items()}
    found = results([msgspec.structs.replace(whole, header=msgspec.structs.replace(whole.header, environment=told))])
    figure = draw("scaling", found)
    assert {"usable CPUs, logical CPUs: 2", "physical cores: 1"} <= set(texts(figure))
    rules = {tuple(map(float, line.get_xdata())) for line in panel(figure, "Pure Python, default chunks").lines}  # type: ignore[arg-type]
    assert {(1.0, 1.0), (2.0, 2.0)} <= rules


def test_the_usable_cpus_and_the_serial_loop_are_rules(figures: dict[tuple[str, float], Figure]) -> None:
    axes = panel(figures["scaling", WIDE], "Pure Python, default chunks")
    ends = [(list(map(float, line.get_xdata())), list(map(float, line.get_ydata()))) for line in axes.lines]  # type: ignore[arg-type]
    assert ([2.0, 2.0], [0.0, 1.0]) in ends
    assert ([0.0, 1.0], [1.0, 1.0]) in ends
    assert "usable CPUs: 2" in texts(figures["scaling", WIDE])


@HEADLINES
@WIDTHS
def test_every_axis_has_its_unit(figures: dict[tuple[str, float], Figure], name: str, width: float) -> None:
    units = {"startup": "milliseconds", "throughput": "payload", "scaling": "workers"}
    assert {axes.get_xlabel() for axes in figures[name, width].axes} == {units[name]}


@HEADLINES
@WIDTHS
@pytest.mark.parametrize(
    "words",
    [
        [installed.label(backend) for backend in backends.names()],
        ["not offered: needs Python 3.14; this is 3.13"],
    ],
    ids=["every backend", "what is not offered"],
)
def test_every_chart_says_in_words(
    figures: dict[tuple[str, float], Figure], name: str, width: float, words: list[str]
) -> None:
    shown = " ".join(texts(figures[name, width]))
    assert [missing for missing in words if missing not in shown] == []


@WIDTHS
@pytest.mark.parametrize("name", ["throughput", "channels", "scaling", "payoff", "synchronisation", "latency"])
def test_the_key_of_a_backend_carries_its_number_and_that_of_a_rule_none(
    figures: dict[tuple[str, float], Figure], name: str, width: float
) -> None:
    root = ElementTree.fromstring(drawing.svg(figures[name, width]))
    numbers = {
        text.text: one.attrib["data-b"]
        for one in root.iter()
        if "data-b" in one.attrib
        for text in one.iter(f"{SVG}text")
    }
    known = {installed.label(backend): str(view.series(backend))[1:] for backend in installed.known_backends()}
    rules = {"serial loop"} if name in ("scaling", "payoff") else set()
    assert numbers == {label: known[label] for label in set(texts(figures[name, width])) & set(known) - rules} != {}


def test_a_failure_and_a_cell_not_measured_yet_are_drawn_in_words() -> None:
    good, bad, late = (
        planned(f"startup/{name}", form="worker", width=1) for name in ("threads", "processes.fork", "processes.spawn")
    )
    figure = draw(
        "startup", results([journal([good, bad, late], [*simple(good, [0.01], "cold ready"), failed(bad, 1)])])
    )
    assert "failed (timeout) in 1 of 1 blocks" in texts(figure)
    assert "not measured yet" in texts(figure)


def test_a_note_says_at_which_places_a_backend_has_no_number(found: Results) -> None:
    notes = " ".join(texts(draw("scaling", found)))
    assert "serial loop at 2 workers, 4 workers: not offered: one thread works alone" in notes


def test_a_pool_without_a_serial_loop_to_compare_it_with_is_told_in_words() -> None:
    pool = planned("scaling/threads", 1, workload="cpu", width=1)
    notes = texts(draw("scaling", results([journal([pool], simple(pool, [1.0], "default chunks"))])))
    assert "Pure Python · threading.Thread: measured, but no block has the serial loop to compare it with" in notes


def test_a_message_that_takes_no_time_is_told_in_words() -> None:
    cell = planned("throughput/threads", 1, channel="Queue", payload=64)
    notes = texts(draw("throughput", results([journal([cell], simple(cell, [0.0]))])))
    assert "Queue · threading.Thread: shorter than the clock can tell" in notes


def test_a_backend_with_a_number_at_one_place_is_not_called_empty_everywhere() -> None:
    small, large = (planned("throughput/threads", 1, channel="Queue", payload=payload) for payload in (64, 1024))
    notes = texts(draw("throughput", results([journal([small, large], simple(small, [0.1]))])))
    assert "Queue · threading.Thread at 1 KiB: not measured yet" in notes


@EVERY_CHART
def test_a_chart_of_a_scenario_that_is_not_in_the_run_is_none(name: str) -> None:
    cell = planned("lock/threads", width=2)
    assert CHARTS[name].figure(results([journal([cell], simple(cell, [1.0]))]), WIDE) is None


@EVERY_CHART
@WIDTHS
def test_a_chart_without_one_number_is_drawn(name: str, width: float) -> None:
    whole = made.full(PROFILES["smoke"])
    empty = results([journal(whole.header.plan, [], whole.header.absent)])
    assert "not measured yet" in " ".join(texts(draw(name, empty, width)))


@EVERY_CHART
def test_text_on_a_telephone_is_at_least_eight_points_at_natural_size(
    figures: dict[tuple[str, float], Figure], name: str
) -> None:
    figure = figures[name, NARROW]
    assert figure.get_figwidth() * 96 <= 390 - 2 * 16
    assert min(text.get_fontsize() for text in figure.findobj(Text) if text.get_text().strip()) >= 8


@EVERY_CHART
def test_the_same_data_give_the_same_bytes(found: Results, name: str) -> None:
    first, second = (draw(name, found, NARROW) for _ in range(2))
    assert drawing.svg(first) == drawing.svg(second)
    assert drawing.png(first) == drawing.png(second)


def test_the_readers_own_settings_change_nothing(found: Results) -> None:
    plain = drawing.svg(draw("startup", found))
    with matplotlib.rc_context({"font.size": 30, "svg.fonttype": "path", "axes.facecolor": "red"}):
        assert drawing.svg(draw("startup", found)) == plain


def test_text_in_an_svg_is_text(found: Results) -> None:
    assert "ProcessPoolExecutor (spawn)" in "".join(
        ElementTree.fromstring(drawing.svg(draw("startup", found))).itertext()
    )


def test_an_inline_chart_has_no_style_and_identifiers_of_its_own(figures: dict[tuple[str, float], Figure]) -> None:
    text = drawing.inline(figures["scaling", WIDE], "scaling-wide", 'a "label"', "wide")
    root = ElementTree.fromstring(text)
    assert "style" not in {name for element in root.iter() for name in element.attrib}
    assert not [element for element in root.iter() if element.tag.endswith(("style", "metadata", "script"))]
    names = [element.attrib["id"] for element in root.iter() if "id" in element.attrib]
    assert len(names) == len(set(names))
    assert all(name.startswith("scaling-wide-") for name in names)
    referred = set(re.findall(r"url\(#([^)]+)\)", text)) | set(re.findall(r'href="#([^"]+)"', text))
    assert referred <= set(names)
    assert (root.attrib["role"], root.attrib["aria-label"]) == ("img", 'a "label"')


FACTORS = {
    "imports": ("main",),
    "launch_form": ("form",),
    "parent_memory": ("form", "touched_mb"),
    "fan": ("shape", "width", "maxsize"),
    "latency": ("samples",),
    "responsiveness": ("busy", "seconds"),
    "grain": ("task_us", "width", "chunks"),
    "synchronisation": ("contenders",),
    "wake_up": ("waiters",),
    "memory": ("width",),
    "recycling": ("limit",),
}


def hostile_results() -> Results:
    name = HOSTILE.replace("/", "")
    plan = [planned(f"startup/{name}", form=HOSTILE, width=1), planned("startup/_hidden", form=HOSTILE, width=1)]
    plan += [
        planned(f"throughput/{other}", channel=HOSTILE, payload=size)
        for other in (name, "_hidden")
        for size in (1, "x", -1, 10**30)
    ]
    plan += [
        planned(f"scaling/{other}", workload=HOSTILE, width=width)
        for other in (name, "_hidden")
        for width in (1, 0, "x")
    ]
    odd = (1, 0, "x", -1, 10**30, HOSTILE)
    plan += [
        planned(f"{scenario}/{other}", **dict.fromkeys(factors, value))
        for scenario, factors in FACTORS.items()
        for other in (name, "_hidden", "threads", "serial")
        for value in odd
    ]
    laps = {
        "cold ready": [0.1],
        "message": [0.0],
        "default chunks": [1e9],
        "warm ready": [0.1],
        "ready": [1e-9],
        "p50": [1.0],
    }
    rows = [measured(cell, 1, laps | {HOSTILE: [1.0]}) for cell in plan]
    return results([journal(plan, rows, [absent(f"startup/{name} 2", HOSTILE * 20, form="pool")])])


@EVERY_CHART
@WIDTHS
def test_a_stranger_s_text_and_numbers_do_not_break_a_chart(name: str, width: float) -> None:
    figure = draw(name, hostile_results(), width)
    file = drawing.svg(figure)
    root = ElementTree.fromstring(drawing.inline(figure, "x", HOSTILE.replace("\x00", "").replace("\x1b", ""), "wide"))
    assert not [element for element in root.iter() if element.tag.endswith("script")]
    assert "\x1b" not in file.decode()


def test_a_name_that_looks_like_mathematics_is_written_as_it_is() -> None:
    cell = planned("startup/$\\frac{1}{x}$", form="worker", width=1)
    figure = draw("startup", results([journal([cell], simple(cell, [0.01], "cold ready"))]))
    assert "$\\frac{1}{x}$" in "".join(ElementTree.fromstring(drawing.svg(figure)).itertext())


def test_more_backends_than_fit_do_not_make_a_chart_of_a_mile() -> None:
    plan = [planned(f"startup/backend {i}", 1, form=f"form {i % 20}", width=1) for i in range(60)]
    figure = draw("startup", results([journal(plan, [])]))
    assert len(figure.axes) == MOST_PANELS
    assert {axes.get_ylim()[0] for axes in figure.axes} == {MOST_ROWS - 0.5}

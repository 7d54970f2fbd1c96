"""The campaign in pytest's own run loop: all cells are measured in random blocks first, then each benchmark replays its own."""

import dataclasses
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from study import interpreters, launch, preparation, run
from study.budget import spell
from study.campaign import Busy, Campaign, Interrupted, deadline_of
from study.journal import JournalError, NotOffered, Planned, Row
from study.plan import PROFILES, Plan, arguments_of
from study.preparation import Options, Part, UsageError

CAMPAIGN = pytest.StashKey[Campaign]()
PREPARED = pytest.StashKey[tuple[Options, list[Part], Plan]]()
PAGE = pytest.StashKey[Path]()
BENCHMARKS = "bench_study.py"
STARTS_PER_TEST = 0.04  # interpreter starts that pytest takes to replay or skip one, which a budget has to pay for


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("study", "the comparison study")
    group.addoption("--study-profile", default="default", choices=sorted(PROFILES), help="how much is measured")
    group.addoption(
        "--python",
        action="append",
        default=[],
        metavar="PATH",
        help="an interpreter to measure (default: this one); given again, all in the same blocks; all: every one there is",
    )
    group.addoption(
        "--study-budget", default="", metavar="TIME", help="90s, 3m or 1h: as much as fits, headlines first"
    )
    group.addoption(
        "--study-cpus", default="", metavar="COUNTS", help="1 or 1,2,4: as on machines with so many CPUs (default: all)"
    )
    group.addoption(
        "--study-results", type=Path, metavar="DIR", help="where journals and reports are kept (default: results)"
    )


@pytest.hookimpl(tryfirst=True)
def pytest_collection(session: pytest.Session) -> None:
    """What cannot be followed of an interpreter, a budget or a number of CPUs is a usage error, before anything is collected."""
    if any(map(session.config.getoption, ("--python", "--study-budget", "--study-cpus"))):
        _prepared(session.config)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Where only benchmarks run, nothing else is collected: more than ten thousand tests take as long as a short campaign."""
    return True if config.getoption("--benchmark-only") and collection_path.name.startswith("test_") else None


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Every cell of the profile, offered or not, is a benchmark; its id is the cell's name, with the interpreter among several."""
    if "cell" in metafunc.fixturenames and Path(metafunc.module.__file__ or "").name == BENCHMARKS:
        _, _, plan = _prepared(metafunc.config)
        cells: list[Planned | NotOffered] = [*plan.cells, *plan.absent]
        metafunc.parametrize("cell", cells, ids=[cell.cell for cell in cells])


def _prepared(config: pytest.Config) -> tuple[Options, list[Part], Plan]:
    if PREPARED not in config.stash:
        results = config.getoption("--study-results") or Path(config.rootpath, "results")
        asked = {name: config.getoption(f"--study-{name}") for name in ("budget", "cpus")}
        options = Options(results, config.getoption("--study-profile"), **asked)
        try:
            parts = preparation.parts_for(options, interpreters.chosen(config.getoption("--python")))
            config.stash[PREPARED] = options, parts, preparation.whole(parts)[0]
        except UsageError as error:
            raise pytest.UsageError(str(error)) from error
    return config.stash[PREPARED]


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> None:
    """Measure the cells that pytest is about to run, in blocks, before it runs any of them."""
    config = session.config
    chosen = {item.callspec.params["cell"].cell for item in session.items if _is_cell(item)}
    if not chosen or config.option.collectonly or not _measures(config) or session.testsfailed:
        return
    options, parts, _ = _prepared(config)
    options = dataclasses.replace(options, afterwards=STARTS_PER_TEST * len(session.items))
    parts = preparation.parts_for(options, [part.interpreter for part in parts], chosen.__contains__)
    terminal = config.get_terminal_writer()
    terminal.line("\n" + preparation.announcement(parts, options.afterwards))
    try:
        campaign = config.stash[CAMPAIGN] = preparation.start(options, parts)
        seconds = _measure(campaign)
    except Interrupted:
        kept = ", ".join(map(str, campaign.paths))
        raise KeyboardInterrupt(f"{kept} keep{'' if len(campaign.paths) > 1 else 's'} what was measured") from None
    except (Busy, UsageError, JournalError) as error:
        raise pytest.UsageError(str(error)) from error
    terminal.line(run.summary(campaign, seconds))
    config.stash[PAGE] = run.write_report(campaign.paths)


def _is_cell(item: pytest.Item) -> bool:
    return item.path.name == BENCHMARKS and isinstance(item, pytest.Function) and hasattr(item, "callspec")


def _measures(config: pytest.Config) -> bool:
    """Whether benchmarks are measured: not when they are skipped, and not when each is only to be tried once."""
    option = config.option
    skipped = option.benchmark_skip and not option.benchmark_only
    tried_once = (option.benchmark_disable and not option.benchmark_enable) or getattr(option, "numprocesses", None)
    return not skipped and not tried_once and not hasattr(config, "workerinput")


def _measure(campaign: Campaign) -> float:
    begun = time.perf_counter()
    with run.Bar() as bar:
        campaign.tell = bar.show
        campaign.measure()
    return time.perf_counter() - begun


@pytest.fixture
def rows(cell: Planned | NotOffered, request: pytest.FixtureRequest) -> Iterator[list[Row]]:
    """What the campaign measured of this cell. Skips where it is not offered, fails as the cell failed."""
    if isinstance(cell, NotOffered):
        pytest.skip(cell.reason)
    campaign = request.config.stash.get(CAMPAIGN, None)
    if campaign is None:  # --benchmark-disable or -n: each cell is tried once, by itself
        yield []
        return
    if campaign.allowance and campaign.left_out(cell.cell):
        pytest.skip(f"left out: the budget of {spell(campaign.allowance.seconds)} did not reach it")
    yield [row for row in campaign.counted if row.cell == cell.cell]


@pytest.fixture
def tried(cell: Planned, request: pytest.FixtureRequest) -> launch.Ended:
    """One run of the cell, outside any campaign."""
    _, parts, _ = _prepared(request.config)
    python = next(part.interpreter.path for part in parts if cell.cell in part.cells)
    arguments = arguments_of(cell, rounds=1)
    with tempfile.TemporaryDirectory(prefix="concurrency-study-") as scratch, launch.adopting_orphans():
        asked = {"do": "run", "scenario": cell.scenario, "backend": cell.backend, "arguments": arguments}
        return launch.ask(python, asked, Path(scratch), deadline_of(cell))


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    """The report's path is the last line on the screen."""
    if PAGE in config.stash:
        config.get_terminal_writer().line(str(config.stash[PAGE]))


def pytest_benchmark_update_machine_info(config: pytest.Config, machine_info: dict[str, object]) -> None:
    """The study's facts instead of the host's name."""
    machine_info["node"] = ""
    if CAMPAIGN in config.stash:
        machine_info["study_journal"] = " ".join(path.name for path in config.stash[CAMPAIGN].paths)

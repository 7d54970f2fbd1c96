"""The commands: what a reader can ask of the study from a terminal. Data on stdout, progress and errors on stderr."""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeAlias

FINE, USAGE, INCOMPLETE, INTERRUPTED = 0, 2, 3, 130
Command = Callable[[argparse.Namespace], int]
Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit code is 0, 2 for usage or bad input, 3 for an incomplete campaign, 130 when interrupted."""
    options = _parser().parse_args(arguments)
    try:
        command: Command = options.command
        return command(options)
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:  # the reader of our output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FINE
    except Exception as error:
        if options.debug or not _is_expected(error):
            raise
        print(f"study: {error}", file=sys.stderr)
        return USAGE


def _is_expected(error: Exception) -> bool:
    """Whether the message is a sentence written for the reader."""
    if isinstance(error, (LookupError, OSError)):
        return not isinstance(error, (KeyError, IndexError))
    from study.campaign import Busy
    from study.journal import JournalError
    from study.preparation import UsageError

    return isinstance(error, (Busy, JournalError, UsageError))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="study", description="Python's concurrency backends, compared on your own machine.", allow_abbrev=False
    )
    parser.add_argument("--debug", action="store_true", help="show the traceback of an error")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    _add_reading(commands)
    _add_diagnosis(commands)
    _add_campaign(commands)
    _add_results(commands)
    return parser


def _add_reading(commands: Commands) -> None:
    """What needs no measurement."""
    listing = _command(commands, "list", _list, "scenarios, backends, and which of them meet")
    listing.add_argument("--cells", action="store_true", help="every cell of the default profile, a line each")
    listing.add_argument("--json", action="store_true", help="one JSON document")
    _python_option(listing)

    show = _command(commands, "show", _show, "a scenario's code")
    show.add_argument("scenario")
    show.add_argument("--backend", help="as a standalone script in that library's own names, ready to run")

    demo = _command(commands, "demo", _demo, "run the tutorial's program and print its transcript")
    demo.add_argument("scenario")
    demo.add_argument("--backend", help="only this one (default: all, side by side)")
    demo.add_argument("--as-written", action="store_true", help="with the tutorial's own defect")
    demo.add_argument("--json", action="store_true", help="one JSON document")
    _python_option(demo)


def _add_diagnosis(commands: Commands) -> None:
    doctor = _command(
        commands, "doctor", _doctor, "which figures this machine makes unreliable, and what to do about it"
    )
    doctor.add_argument("--json", action="store_true", help="one JSON document")
    doctor.add_argument("--no-color", action="store_true", help="no colours, as with NO_COLOR in the environment")
    _python_option(doctor)
    _results_option(doctor)

    explain = _command(commands, "explain", _explain, "what a traceback or a dump of hanging threads means")
    explain.add_argument("file", nargs="?", metavar="FILE", help="where it is written (default: standard input)")
    explain.add_argument("--json", action="store_true", help="one JSON document")

    failures = _command(commands, "failures", _failures, "what hangs, dies, loses or differs on each backend")
    failures.add_argument(
        "--backend", action="append", default=[], metavar="NAME", help="the dangers of this one (may be given again)"
    )
    failures.add_argument(
        "-k", dest="select", default="", metavar="WORDS", help='like pytest: "killed and not threads"'
    )
    failures.add_argument(
        "--python",
        action="append",
        metavar="PATH",
        help="an interpreter to try (default: this one; may be given again)",
    )
    failures.add_argument(
        "--repeat", type=_count, default=1, metavar="N", help="interpreters for each pair, for its rate"
    )
    failures.add_argument("--at-once", type=_count, default=0, metavar="N", help="how many run at a time")
    failures.add_argument("--json", action="store_true", help="one JSON document")
    _results_option(failures)


def _add_campaign(commands: Commands) -> None:
    """What measures."""
    run = _command(commands, "run", _run, "measure, then write the report")
    run.add_argument("--profile", default="default", help="smoke, quick, default or rigorous")
    run.add_argument(
        "--budget",
        default="",
        metavar="TIME",
        help="90s, 3m or 1h: as much as fits, the report included, headlines first",
    )
    run.add_argument(
        "--cpus", default="", metavar="COUNTS", help="1 or 1,2,4: as on machines with so many CPUs (default: all)"
    )
    run.add_argument("-k", dest="select", default="", metavar="EXPRESSION", help='like pytest: "lock and spawn"')
    run.add_argument("--machine", default="", help="a name for this machine instead of one made of its facts")
    run.add_argument(
        "--resume",
        nargs="?",
        const="newest",
        metavar="JOURNAL",
        help="go on with an unfinished journal (default: the newest), and with the others of its campaign",
    )
    run.add_argument(
        "--python",
        action="append",
        default=[],
        metavar="PATH",
        help="an interpreter to measure (default: this one); given again, all in the same blocks; all: every one there is",
    )
    _results_option(run)


def _add_results(commands: Commands) -> None:
    """What is made of measurements, and whether to believe it."""
    report = _command(commands, "report", _report, "write the report of one or more journals")
    report.add_argument("journals", nargs="*", type=Path, help="default: the newest")
    report.add_argument("--open", action="store_true", help="open it in the browser")
    report.add_argument("--png", action="store_true", help="write the charts as PNG too, which takes as long again")
    report.add_argument("--json", action="store_true", help="print the tables as one JSON document instead")
    _results_option(report)

    comparing = _command(
        commands, "compare", _compare, "what differs between a run and others, and what may be said of it"
    )
    comparing.add_argument("first", type=Path, metavar="RUN", help="the journal that the others are compared with")
    comparing.add_argument("others", nargs="*", type=Path, metavar="RUN", help="default: the newest of your own")
    comparing.add_argument("--fail-on", choices=("slower", "changed"), help="exit code 1 when there is such a thing")
    comparing.add_argument("--all", action="store_true", help="every line of every list")
    comparing.add_argument("--page", type=Path, metavar="DIR", help="write a page with the runs side by side there")
    comparing.add_argument("--json", action="store_true", help="one JSON document")
    _results_option(comparing)

    validating = _command(commands, "validate", _validate, "whether a results file is as it would have been written")
    validating.add_argument("places", nargs="+", type=Path, metavar="FILE", help="a file, or a folder with some in it")
    validating.add_argument("--json", action="store_true", help="one JSON document")

    exporting = _command(commands, "export", _export, "a run in one file for somebody else, without names and paths")
    exporting.add_argument("journal", nargs="?", type=Path, metavar="RUN", help="default: the newest")
    exporting.add_argument("--output", type=Path, metavar="FILE", help="default: the run's name, in the current folder")
    _results_option(exporting)

    between = _command(commands, "noise", _noise, "how far apart two sessions of the same thing are on this machine")
    between.add_argument("journals", nargs="*", type=Path, help="default: all that are like the newest")
    between.add_argument("--json", action="store_true", help="one JSON document")
    _results_option(between)

    checking = _command(
        commands, "selfcheck", _selfcheck, "measure the same by plain scripts and by the study, in turn"
    )
    checking.add_argument(
        "--blocks", type=_count, default=40, help="how often both measure (default: 40, about 8 minutes)"
    )
    checking.add_argument(
        "--trials",
        type=_count,
        default=1,
        help="comparisons of known outcome, 15 blocks each (default: 1, about 1 minute)",
    )
    checking.add_argument("--json", action="store_true", help="one JSON document")
    _python_option(checking)


def _command(commands: Commands, name: str, run: Command, help_: str) -> argparse.ArgumentParser:
    parser = commands.add_parser(name, help=help_, description=help_[0].upper() + help_[1:] + ".", allow_abbrev=False)
    parser.set_defaults(command=run)
    return parser


def _count(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is no number from 0 on")
    return int(text)


def _python_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--python", default=sys.executable, metavar="PATH", help="the interpreter to measure (default: this one)"
    )


def _results_option(parser: argparse.ArgumentParser) -> None:
    default = Path(os.environ.get("CONCURRENCY_STUDY_RESULTS", "results"))
    parser.add_argument(
        "--results",
        type=Path,
        default=default,
        metavar="DIR",
        help="where journals and reports are kept (default: results)",
    )


def _list(options: argparse.Namespace) -> int:
    from study import listing

    print(listing.as_json(options.python) if options.json else listing.as_text(options.python, cells=options.cells))
    return FINE


def _show(options: argparse.Namespace) -> int:
    import backends
    from study import scenarios, script

    scenario = scenarios.find(options.scenario)
    if options.backend:
        print(script.script(scenario, backends.find(options.backend)), end="")
        return FINE
    for style, source in script.side_by_side(scenario):
        print(f"# --- {style} ---\n\n{source}")
    return FINE


def _demo(options: argparse.Namespace) -> int:
    from study import demo

    shown = demo.perform(options.scenario, options.backend, options.python, as_written=options.as_written)
    print(demo.as_json(shown) if options.json else demo.as_text(options.scenario, shown))
    return FINE if all(show.went_well for show in shown) else 1


def _doctor(options: argparse.Namespace) -> int:
    import shutil

    from study import doctor

    found = doctor.diagnose(options.python, options.results)
    colour = sys.stdout.isatty() and not options.no_color and not os.environ.get("NO_COLOR")
    width = min(doctor.WIDEST, shutil.get_terminal_size((doctor.WIDEST, 0)).columns)
    print(doctor.as_json(found) if options.json else doctor.as_text(found, width, colour=colour))
    return FINE


def _explain(options: argparse.Namespace) -> int:
    import shutil

    from study import atlas
    from study.atlas import telling

    if not options.file and sys.stdin.isatty():
        print("Paste the traceback, then press Ctrl-D on a line of its own.", file=sys.stderr)
    given = Path(options.file).read_bytes() if options.file else sys.stdin.buffer.read()
    text = given.decode(errors="replace")
    if not text.strip():
        raise LookupError("there is nothing to explain; give a traceback on standard input or the name of a file.")
    found = atlas.explain(text)
    width = min(100, shutil.get_terminal_size((100, 0)).columns)
    print(telling.as_json(found, text) if options.json else telling.as_text(found, text, width))
    return FINE if found else 1


def _failures(options: argparse.Namespace) -> int:
    import shutil

    from study import failures, sightings
    from study.run import Bar

    pythons, only = tuple(options.python or [sys.executable]), tuple(options.backend)
    asked = failures.Options(options.results, pythons, only, options.select, options.repeat, options.at_once)
    paths: list[Path] = []
    try:
        with Bar() as bar:
            for chosen in failures.choose(asked):
                print(failures.announcement(asked, chosen), file=sys.stderr)
                failures.provoke(asked, chosen, bar.write, paths.append)
    except KeyboardInterrupt:
        kept = f"{', '.join(map(str, paths))} keeps what was seen" if paths else "nothing was tried yet"
        print(f"study: interrupted; {kept}.", file=sys.stderr)
        return INTERRUPTED
    seen = [sightings.read(path) for path in paths]
    width = min(120, shutil.get_terminal_size((100, 0)).columns)
    if options.json:
        print(failures.as_json(seen))
    elif only:
        print("\n\n".join(failures.dangers_as_text(seen, backend, width) for backend in only))
    else:
        print(failures.as_text(seen, width))
    print(*paths, sep="\n", file=sys.stderr)
    return FINE


def _run(options: argparse.Namespace) -> int:
    from study import interpreters, preparation, resumption, run
    from study.preparation import Options, UsageError

    asked = {"budget": options.budget, "cpus": options.cpus}
    chosen = Options(options.results, options.profile, options.select, options.machine, **asked)
    for name in filter(asked.get, asked if options.resume else ()):
        raise UsageError(f"--{name}: a campaign that is taken up keeps its own; leave out --{name} or --resume.")
    if options.resume:
        path = preparation.newest_journal(options.results) if options.resume == "newest" else Path(options.resume)
        campaign = resumption.resume(path, options.python)
    else:
        parts = preparation.parts_for(chosen, interpreters.chosen(options.python))
        campaign = preparation.start(chosen, parts)
        print(preparation.announcement(parts), file=sys.stderr)
    return run.to_the_end(campaign)


def _report(options: argparse.Namespace) -> int:
    from study import journal
    from study.preparation import newest_journal

    journals = options.journals or [newest_journal(options.results)]
    for path in journals:
        journal.load(path)  # what is no journal is told before all that draws is imported, which takes seconds
    from study import report

    if options.json:
        print(report.as_json(journals))
        return FINE
    page = report.build(journals, journals[-1].parent / "report", png=options.png)
    print(page)
    if options.open:
        import webbrowser

        webbrowser.open(page.resolve().as_uri())
    return FINE


def _compare(options: argparse.Namespace) -> int:
    from study import contrast
    from study.compare import against_the_first, runs

    journals = runs(options.first, options.others, options.results)
    found = against_the_first(journals, options.results)
    texts = [contrast.as_text(one, everything=options.all) for one in found]
    print(contrast.as_json(found) if options.json else "\n\n\n".join(texts))
    if options.page:
        from study import report

        print(report.build([Path(one.path) for one in journals], options.page, compared=found), file=sys.stderr)
    return 1 if any(contrast.fails(one, options.fail_on) for one in found) else FINE


def _validate(options: argparse.Namespace) -> int:
    from study import validation

    found = validation.validate(options.places)
    print(validation.as_json(found) if options.json else validation.as_text(found))
    return USAGE if any(one.complaints for one in found) else FINE


def _export(options: argparse.Namespace) -> int:
    from study.export import export
    from study.preparation import newest_journal

    written = export(options.journal or newest_journal(options.results), options.output)
    print(written.path)
    print(f"study: {written.told}", file=sys.stderr)
    return FINE


def _noise(options: argparse.Namespace) -> int:
    from study import between, journal

    paths = options.journals or between.like_the_newest(options.results)
    found = between.noise([journal.load(path) for path in paths])
    print(between.as_json(found) if options.json else between.as_text(found))
    return FINE


def _selfcheck(options: argparse.Namespace) -> int:
    from study import preparation, proof, selfcheck, trials
    from study.run import Bar

    python = preparation.describe(options.python).path
    with Bar() as bar:
        parities = selfcheck.check(python, options.blocks, bar.write) if options.blocks else []
        same = trials.alike(python, options.trials, trials.BLOCKS, bar.write) if options.trials else []
        late = trials.delayed(python, options.trials, trials.BLOCKS, bar.write) if options.trials else []
    show = proof.as_json if options.json else proof.as_text
    print(show(parities, same, late))
    holds = all(parity.holds for parity in parities) and not (same and trials.amiss(same, late))
    return FINE if holds else 1

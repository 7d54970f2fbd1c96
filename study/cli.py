"""The commands: what a reader can ask of the study from a terminal. Data on stdout, progress and errors on stderr."""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeAlias

from study import actions
from study.actions import FINE, INTERRUPTED, USAGE

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
    _add_trust(commands)
    return parser


def _add_reading(commands: Commands) -> None:
    """What needs no measurement."""
    listing = _command(commands, "list", actions.list_all, "scenarios, backends, and which of them meet")
    listing.add_argument("--cells", action="store_true", help="every cell of the default profile, a line each")
    listing.add_argument("--json", action="store_true", help="one JSON document")
    _python_option(listing)

    show = _command(commands, "show", actions.show, "a scenario's code")
    show.add_argument("scenario")
    show.add_argument("--backend", help="as a standalone script in that library's own names, ready to run")

    demo = _command(commands, "demo", actions.demo, "run the tutorial's program and print its transcript")
    demo.add_argument("scenario")
    demo.add_argument("--backend", help="only this one (default: all, side by side)")
    demo.add_argument("--as-written", action="store_true", help="with the tutorial's own defect")
    demo.add_argument("--json", action="store_true", help="one JSON document")
    _python_option(demo)


def _add_diagnosis(commands: Commands) -> None:
    doctor = _command(
        commands, "doctor", actions.doctor, "which figures this machine makes unreliable, and what to do about it"
    )
    doctor.add_argument("--json", action="store_true", help="one JSON document")
    doctor.add_argument("--no-color", action="store_true", help="no colours, as with NO_COLOR in the environment")
    _python_option(doctor)
    _results_option(doctor)

    explain = _command(commands, "explain", actions.explain, "what a traceback or a dump of hanging threads means")
    explain.add_argument("file", nargs="?", metavar="FILE", help="where it is written (default: standard input)")
    explain.add_argument("--json", action="store_true", help="one JSON document")

    failures = _command(commands, "failures", actions.failures, "what hangs, dies, loses or differs on each backend")
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
    run = _command(commands, "run", actions.run, "measure, then write the report")
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
    """What is made of measurements."""
    report = _command(commands, "report", actions.report, "write the report of one or more journals")
    report.add_argument("journals", nargs="*", type=Path, help="default: the newest")
    report.add_argument("--open", action="store_true", help="open it in the browser")
    report.add_argument("--png", action="store_true", help="write the charts as PNG too, which takes as long again")
    report.add_argument("--json", action="store_true", help="print the tables as one JSON document instead")
    _results_option(report)

    comparing = _command(
        commands, "compare", actions.compare, "what differs between a run and others, and what may be said of it"
    )
    comparing.add_argument("first", type=Path, metavar="RUN", help="the journal that the others are compared with")
    comparing.add_argument("others", nargs="*", type=Path, metavar="RUN", help="default: the newest of your own")
    comparing.add_argument("--fail-on", choices=("slower", "changed"), help="exit code 1 when there is such a thing")
    comparing.add_argument("--all", action="store_true", help="every line of every list")
    comparing.add_argument("--page", type=Path, metavar="DIR", help="write a page with the runs side by side there")
    comparing.add_argument("--json", action="store_true", help="one JSON document")
    _results_option(comparing)


def _add_trust(commands: Commands) -> None:
    """What goes to others and comes from them, and whether to believe what was measured."""
    validating = _command(
        commands, "validate", actions.validate, "whether a results file is as it would have been written"
    )
    validating.add_argument("places", nargs="+", type=Path, metavar="FILE", help="a file, or a folder with some in it")
    validating.add_argument("--json", action="store_true", help="one JSON document")

    exporting = _command(
        commands, "export", actions.export, "a run in one file for somebody else, without names and paths"
    )
    exporting.add_argument("journal", nargs="?", type=Path, metavar="RUN", help="default: the newest")
    exporting.add_argument("--output", type=Path, metavar="FILE", help="default: the run's name, in the current folder")
    _results_option(exporting)

    between = _command(
        commands, "noise", actions.noise, "how far apart two sessions of the same thing are on this machine"
    )
    between.add_argument("journals", nargs="*", type=Path, help="default: all that are like the newest")
    between.add_argument("--json", action="store_true", help="one JSON document")
    _results_option(between)

    checking = _command(
        commands, "selfcheck", actions.selfcheck, "measure the same by plain scripts and by the study, in turn"
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

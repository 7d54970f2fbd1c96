"""What each command does with its options; it returns the exit code. What is heavy is imported by the command that needs it."""

import argparse
import os
import sys
from pathlib import Path

FINE, USAGE, INTERRUPTED = 0, 2, 130


def list_all(options: argparse.Namespace) -> int:
    from study import listing

    print(listing.as_json(options.python) if options.json else listing.as_text(options.python, cells=options.cells))
    return FINE


def show(options: argparse.Namespace) -> int:
    import backends
    from study import scenarios, script

    scenario = scenarios.find(options.scenario)
    if options.backend:
        print(script.script(scenario, backends.find(options.backend)), end="")
        return FINE
    for style, source in script.side_by_side(scenario):
        print(f"# --- {style} ---\n\n{source}")
    return FINE


def demo(options: argparse.Namespace) -> int:
    from study import demo

    shown = demo.perform(options.scenario, options.backend, options.python, as_written=options.as_written)
    print(demo.as_json(shown) if options.json else demo.as_text(options.scenario, shown))
    return FINE if all(show.went_well for show in shown) else 1


def doctor(options: argparse.Namespace) -> int:
    import shutil

    from study import doctor

    found = doctor.diagnose(options.python, options.results)
    colour = sys.stdout.isatty() and not options.no_color and not os.environ.get("NO_COLOR")
    width = min(doctor.WIDEST, shutil.get_terminal_size((doctor.WIDEST, 0)).columns)
    print(doctor.as_json(found) if options.json else doctor.as_text(found, width, colour=colour))
    return FINE


def explain(options: argparse.Namespace) -> int:
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


def failures(options: argparse.Namespace) -> int:
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


def run(options: argparse.Namespace) -> int:
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


def report(options: argparse.Namespace) -> int:
    from study.garbage import uncollected

    with uncollected():
        return _report(options)


def _report(options: argparse.Namespace) -> int:
    from study import journal
    from study.preparation import newest_journal
    from study.run import write_report

    paths = options.journals or [newest_journal(options.results)]
    if options.json:
        journals = [journal.load(path) for path in paths]
        from study import report

        print(report.as_json(journals))
        return FINE
    page = write_report(paths, png=options.png)
    print(page)
    if options.open:
        import webbrowser

        webbrowser.open(page.resolve().as_uri())
    return FINE


def compare(options: argparse.Namespace) -> int:
    from study import contrast
    from study.compare import against_the_first, runs

    journals = runs(options.first, options.others, options.results)
    found = against_the_first(journals, options.results)
    texts = [contrast.as_text(one, everything=options.all) for one in found]
    print(contrast.as_json(found) if options.json else "\n\n\n".join(texts))
    if options.page:
        from study import report

        print(report.write(journals, options.page, compared=found), file=sys.stderr)
    return 1 if any(contrast.fails(one, options.fail_on) for one in found) else FINE


def validate(options: argparse.Namespace) -> int:
    from study import validation

    found = validation.validate(options.places)
    print(validation.as_json(found) if options.json else validation.as_text(found))
    return USAGE if any(one.complaints for one in found) else FINE


def export(options: argparse.Namespace) -> int:
    from study.export import export
    from study.preparation import newest_journal

    written = export(options.journal or newest_journal(options.results), options.output)
    print(written.path)
    print(f"study: {written.told}", file=sys.stderr)
    return FINE


def noise(options: argparse.Namespace) -> int:
    from study import between, journal

    paths = options.journals or between.like_the_newest(options.results)
    found = between.noise([journal.load(path) for path in paths])
    print(between.as_json(found) if options.json else between.as_text(found))
    return FINE


def selfcheck(options: argparse.Namespace) -> int:
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

"""Does the interpreter to be measured, or what is set around it, change what the figures mean?"""

from study.doctor.finding import EVERY, TIMED, WAKING, Finding, fine, hidden
from study.doctor.readings import Seen
from study.notation import duration

COARSEST_S = 1e-6
DEAREST_NS = 500.0  # a reading that enters the kernel takes about a microsecond, one that does not some 50 ns
SLOW_SOURCES = ("acpi_pm", "hpet", "jiffies", "pit", "refined-jiffies")  # read through the kernel and over a bus
SHORT_TIMES = ("latency", "responsiveness", *WAKING, "startup", "throughput")


def gil(seen: Seen) -> Finding:
    name = "GIL"
    if seen.gil_enabled is None or seen.free_threaded_build is None:
        return hidden(name, "Whether threads can compute in parallel is not known.")
    if not seen.gil_enabled:
        return fine(
            name, "off, free-threaded build", "Threads compute in parallel, and each a little slower than with it."
        )
    if not seen.free_threaded_build:
        return fine(
            name,
            "on, ordinary build",
            "Threads take turns in pure Python: that they gain nothing is a result, not a fault of this machine.",
        )
    says = "The build could do without it but has it on: threads take turns, and single threads are slower than in an ordinary build."
    next_step = "Find the extension module that turns it on: `python -X gil=0` leaves it off."
    return Finding(name, "on, free-threaded build", "weakens", says, next_step, ("scaling", "grain", "pool"))


def debug_build(seen: Seen) -> Finding:
    name = "debug build"
    if seen.debug_build is None:
        return hidden(name, "Whether the interpreter checks itself at each step is not known.")
    if not seen.debug_build:
        return fine(name, "no", "The interpreter is built for use.")
    says = "The interpreter checks itself at each step: everything is slower, and not by the same factor."
    return Finding(
        name, "yes", "spoils", says, "Name another interpreter with --python, one built without --with-pydebug.", EVERY
    )


def start_methods(seen: Seen) -> Finding:
    name = "start methods"
    if seen.default_start_method is None or not seen.start_methods:
        return hidden(name, "Which of fork, spawn and forkserver there are is not known.")
    here = f"{', '.join(seen.start_methods)}; by default {seen.default_start_method}"
    missing = {"fork", "spawn", "forkserver"}.difference(seen.start_methods)
    if missing:
        return fine(name, here, f"Cells of {' and '.join(sorted(missing))} show as not offered.")
    return fine(name, here, "Every row names the one it measured; the default is what your own program gets.")


def clock(seen: Seen) -> Finding:
    name = "timer"
    if seen.clock_resolution_s is None or seen.clock_reading_ns is None:
        return hidden(name, "How finely times are told apart is not known.")
    step, reading = duration(seen.clock_resolution_s), duration(seen.clock_reading_ns / 1e9)
    here = f"steps of {step}, {reading} a reading"
    if seen.clock_resolution_s <= COARSEST_S and seen.clock_reading_ns <= DEAREST_NS:
        return fine(name, here, "Far less than the shortest time that is taken.")
    longest = duration(max(seen.clock_resolution_s, seen.clock_reading_ns / 1e9))
    says = f"Expect each time that is taken singly to be wrong by up to {longest}."
    next_step = "Believe no difference of single times below that; see the timer source."
    return Finding(name, here, "weakens", says, next_step, SHORT_TIMES)


def clock_source(seen: Seen) -> Finding:
    name = "timer source"
    if seen.clock_source is None:
        return hidden(name, "Only Linux tells; what a reading costs is measured above.")
    if seen.clock_source not in SLOW_SOURCES:
        return fine(name, seen.clock_source, "What a reading of it costs is measured above.")
    says = "A reading goes through the kernel to a slow device, and adds about a microsecond to each short time."
    next_step = "See what the kernel offers: /sys/devices/system/clocksource/clocksource0/available_clocksource."
    return Finding(name, seen.clock_source, "weakens", says, next_step, SHORT_TIMES)


def hashes(seen: Seen) -> Finding:
    name = "hash seed"
    if seen.random_hashes is None:
        return hidden(name, "Whether it differs between interpreters is not known.")
    if seen.random_hashes:
        return fine(name, "random", "Each measured interpreter has another, so that no lucky layout becomes a result.")
    says = "All interpreters share one layout of sets and dictionaries: a lucky one looks like a result."
    return Finding(name, "fixed", "weakens", says, "Name another interpreter with --python.", TIMED)


def variables(seen: Seen) -> Finding:
    name = "PYTHON variables"
    if seen.variables is None:
        return hidden(name, "Which are set is not known.")
    if not seen.variables:
        return fine(name, "none set", "Your own programs run with Python's defaults.")
    says = (
        "Not passed on to the measured interpreters. Your own programs and the plain scripts of `selfcheck` do get them: "
        "unset them to compare."
    )
    return fine(name, ", ".join(seen.variables), says)


CHECKS = (gil, debug_build, start_methods, clock, clock_source, hashes, variables)
